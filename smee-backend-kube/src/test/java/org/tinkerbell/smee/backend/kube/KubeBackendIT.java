// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tinkerbell.smee.backend.kube.Samples.IP1;
import static org.tinkerbell.smee.backend.kube.Samples.IP2;
import static org.tinkerbell.smee.backend.kube.Samples.MAC1;
import static org.tinkerbell.smee.backend.kube.Samples.MAC2;
import static org.tinkerbell.smee.backend.kube.Samples.h1;
import static org.tinkerbell.smee.backend.kube.Samples.h1With;
import static org.tinkerbell.smee.backend.kube.Samples.h2;
import static org.tinkerbell.smee.backend.kube.Samples.hardware;
import static org.tinkerbell.smee.backend.kube.Samples.list;
import static org.tinkerbell.smee.backend.kube.Samples.map;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;

class KubeBackendIT {

  @Test
  void startsWithoutApiAndSyncsWhenItComes() throws Exception {
    try (Cluster cluster = new Cluster(h1())) {
      cluster.server.stop();
      cluster.started();
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Failed.class);
      assertThat(cluster.recorder.awaitFailed())
          .matches(
              "cannot reach the Kubernetes API at http://127.0.0.1:\\d+: connection refused;"
                  + " retrying in 1 s");
      assertThat(cluster.backend.status().ready()).isFalse();
      assertThat(cluster.backend.status().detail()).contains("connection refused");
      assertThat(cluster.ip(IP1))
          .isEqualTo(new LookupResult.Failed(cluster.backend.status().detail()));
      cluster.server.start();
      cluster.awaitSync();
      assertThat(cluster.backend.status().ready()).isTrue();
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Found.class);
      // The same trouble is told once, however often it was tried.
      assertThat(cluster.recorder.failed).isEmpty();
    }
  }

  @Test
  void serverThatNeverAnswersHoldsNobodyUp() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      KubeBackend backend =
          KubeBackend.builder()
              .surroundings(Cluster.NOWHERE)
              .apiServer("http://127.0.0.1:" + silent.getLocalPort())
              .build();
      backend.start();
      try (Socket accepted = silent.accept()) {
        assertThat(accepted.getInputStream().read()).isEqualTo('G');
        assertThat(backend.status().ready()).isFalse();
        assertThat(backend.findByMac(MacAddress.parse(MAC1)).toCompletableFuture().join())
            .isInstanceOf(LookupResult.Failed.class);
        backend.close();
        assertThat(watchThreads()).isEmpty();
      }
    }
  }

  @Test
  void lostApiLeavesTheDataInForce() throws Exception {
    try (Cluster cluster = new Cluster(h1())) {
      cluster.synced();
      cluster.server.stop();
      assertThat(cluster.recorder.awaitFailed()).contains("connection refused");
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Found.class);
      assertThat(cluster.backend.status().ready()).isTrue();
      assertThat(cluster.backend.status().detail())
          .matches("1 records of 1 hardware objects, no news for \\d+ s: cannot reach .*");
      assertThat(cluster.backend.status().staleFor()).isPositive();
      cluster.server.apply(h2());
      cluster.server.start();
      cluster.recorder.awaitLoaded();
      assertThat(cluster.mac(MAC2)).isInstanceOf(LookupResult.Found.class);
      assertThat(cluster.backend.status().detail()).isEqualTo("2 records of 2 hardware objects");
      assertThat(cluster.backend.status().staleFor()).isZero();
    }
  }

  @Test
  void droppedConnectionGoesOnWhereItEnded() throws Exception {
    try (Cluster cluster = new Cluster(h1())) {
      cluster.synced();
      cluster.server.apply(h1With("dhcp.hostname", "renamed"));
      cluster.recorder.awaitLoaded();
      cluster.server.requests.clear();
      cluster.server.dropWatches();
      cluster.server.apply(h2());
      cluster.recorder.awaitLoaded();
      assertThat(cluster.mac(MAC2)).isInstanceOf(LookupResult.Found.class);
      assertThat(cluster.server.requests)
          .isNotEmpty()
          .allMatch(
              request -> request.isWatch() && request.query().get("resourceVersion").equals("102"));
      // Servers end connections all the time; that is nothing to report.
      assertThat(cluster.recorder.failed).isEmpty();
    }
  }

  @Test
  void bookmarksKeepAQuietWatchFromExpiring() throws Exception {
    try (Cluster cluster = new Cluster(h1())) {
      cluster.synced();
      cluster.server.otherChange();
      cluster.server.awaitTold(102);
      // An event without version: when it is seen, the bookmark before it has been read as well.
      cluster.server.sendRaw(
          "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"marker\"},\"spec\":{}}}\n");
      cluster.recorder.awaitLoaded();
      cluster.server.compact();
      cluster.server.arrivals.clear();
      cluster.server.dropWatches();
      ApiServerDouble.Request next = cluster.server.arrivals.poll(10, TimeUnit.SECONDS);
      assertThat(next.isWatch()).isTrue();
      assertThat(next.query().get("resourceVersion")).isEqualTo("102");
    }
  }

  @Test
  void missingResourceIsToldOnceAndWaitedFor() throws Exception {
    try (Cluster cluster = new Cluster(h1())) {
      cluster.server.served = "";
      cluster.started();
      assertThat(cluster.recorder.awaitFailed())
          .contains("has no resource hardware.tinkerbell.org", "custom resource definition");
      // Both versions are asked for, again and again.
      for (int i = 0; i < 6; i++) {
        cluster.server.awaitRequest(false);
      }
      assertThat(cluster.recorder.failed).isEmpty();
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Failed.class);
      cluster.server.served = "v1alpha1";
      cluster.awaitSync();
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Found.class);
    }
  }

  @Test
  void removedResourceLeavesTheDataInForce() throws Exception {
    try (Cluster cluster = new Cluster(h1())) {
      cluster.synced();
      cluster.server.served = "";
      cluster.server.dropWatches();
      assertThat(cluster.recorder.awaitFailed()).contains("has no resource");
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Found.class);
    }
  }

  @Test
  void otherVersionIsReadWhereOnlyThatIsServed() throws Exception {
    try (Cluster cluster = new Cluster()) {
      cluster.server.served = "v1alpha2";
      cluster.server.apply(
          map(
              "apiVersion",
              "tinkerbell.org/v1alpha2",
              "kind",
              "Hardware",
              "metadata",
              map("name", "sm01"),
              "spec",
              map(
                  "networkInterfaces",
                  map(MAC1, map("ipam", map("ipv4", map("address", IP1, "prefix", "24")))))));
      cluster.synced();
      assertThat(cluster.found(MAC1).reservation().subnetMask()).isPresent();
      assertThat(cluster.ip(IP1)).isInstanceOf(LookupResult.Found.class);
    }
  }

  @Test
  void missingRightsAreNamed() throws Exception {
    try (Cluster cluster = new Cluster(h1())) {
      cluster.server.listStatus = 403;
      cluster.started();
      assertThat(cluster.recorder.awaitFailed())
          .contains("(403)", "get, list and watch on hardware.tinkerbell.org");
    }
  }

  @Test
  void brokenObjectHarmsNoOther() throws Exception {
    try (Cluster cluster = new Cluster(h1With("dhcp.ip.netmask", "bad"), h2())) {
      cluster.server.apply(map("kind", "Hardware", "metadata", map("name", "odd"), "spec", list()));
      cluster.synced();
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Unusable.class);
      assertThat(cluster.mac(MAC2)).isInstanceOf(LookupResult.Found.class);
      assertThat(cluster.recorder.problems)
          .containsExactlyInAnyOrder(
              "hardware tink/sm01: spec.interfaces[0].dhcp.ip.netmask: \"bad\" is not a mask in"
                  + " dotted form",
              "hardware default/odd: spec: a list where a mapping is expected; ignored");
      // A change that leaves the fault as it is says nothing new.
      Map<String, Object> labelled = h1With("dhcp.ip.netmask", "bad");
      Samples.set(labelled, "metadata.labels", map("a", "b"));
      cluster.server.apply(labelled);
      cluster.recorder.awaitLoaded();
      assertThat(cluster.recorder.problems).hasSize(2);
      cluster.server.apply(h1());
      cluster.recorder.awaitLoaded();
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Found.class);
    }
  }

  @Test
  void listThatBreaksOffChangesNothing() throws Exception {
    try (Cluster cluster = new Cluster(h1(), h2())) {
      cluster.server.cutListAfter = 600;
      cluster.started();
      assertThat(cluster.recorder.awaitFailed()).contains("broke off while listing hardware");
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Failed.class);
      cluster.server.cutListAfter = -1;
      cluster.awaitSync();
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Found.class);
      assertThat(cluster.mac(MAC2)).isInstanceOf(LookupResult.Found.class);
    }
  }

  @Test
  void listsComeInPagesAndEventsInPieces() throws Exception {
    try (Cluster cluster = new Cluster()) {
      for (int i = 0; i < 25; i++) {
        cluster.server.apply(
            hardware("tink", "n" + i, "02:00:00:00:00:" + (10 + i), "10.0.0." + i));
      }
      cluster.server.pageSize = 7;
      cluster.server.splitEvents = true;
      cluster.synced();
      assertThat(cluster.backend.status().detail()).isEqualTo("25 records of 25 hardware objects");
      cluster.server.apply(h1With("dhcp.hostname", "zwölf"));
      cluster.recorder.awaitLoaded();
      assertThat(cluster.found(MAC1).reservation().hostname()).hasValue("zwölf");
    }
  }

  @Test
  void watchesThatEndAtOnceAreNotRepeatedInATightLoop() throws Exception {
    try (Cluster cluster = new Cluster(h1())) {
      cluster.server.endWatchesAtOnce = true;
      cluster.started();
      assertThat(cluster.recorder.awaitFailed()).contains("ends the watch at once");
      assertThat(cluster.server.requests.size()).isLessThan(6);
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Found.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>\n",
        "{}\n",
        "{\"type\":\"ADDED\",\"object\":7}\n",
        "{\"type\":\"MODIFIED\",\"object\":{\"metadata\":\n",
        "[[[[[[\n",
        "\"\n",
        "{\"type\":\"ERROR\",\"object\":{\"code\":\"x\"}}\n",
      })
  void nonsenseOnTheWatchIsSurvived(String nonsense) throws Exception {
    try (Cluster cluster = new Cluster(h1())) {
      cluster.synced();
      cluster.server.sendRaw(nonsense);
      // The next request of any kind shows that the backend has read it and starts over.
      cluster.server.arrivals.poll(10, TimeUnit.SECONDS);
      cluster.server.apply(h2());
      while (!(cluster.mac(MAC2) instanceof LookupResult.Found)) {
        cluster.recorder.awaitLoaded();
      }
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Found.class);
    }
  }

  @Test
  void whatIsNoApiServerIsNamed() throws Exception {
    try (Cluster cluster = new Cluster()) {
      cluster.server.cutListAfter = 0;
      cluster.started();
      assertThat(cluster.recorder.awaitFailed()).contains(cluster.server.url());
      assertThat(cluster.backend.status().ready()).isFalse();
    }
  }

  @Test
  void replacedTokenIsReadAgain(@TempDir Path account) throws Exception {
    Path token = account.resolve("token");
    Files.writeString(token, "first\n");
    try (Cluster cluster = new Cluster(h1())) {
      cluster.server.token = "first";
      cluster.synced(
          builder ->
              builder.surroundings(new Surroundings(Map.of(), Path.of("/nonexistent"), account)));
      cluster.server.token = "second";
      cluster.server.dropWatches();
      assertThat(cluster.recorder.awaitFailed()).contains("does not accept the credentials (401)");
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Found.class);
      Files.writeString(token, "second");
      cluster.server.apply(h2());
      cluster.recorder.awaitLoaded();
      assertThat(cluster.mac(MAC2)).isInstanceOf(LookupResult.Found.class);
      Files.delete(token);
      cluster.server.dropWatches();
      assertThat(cluster.recorder.awaitFailed()).contains("cannot read the token file " + token);
    }
  }

  @Test
  void tokenOfAKubeconfigIsSent(@TempDir Path folder) throws Exception {
    try (Cluster cluster = new Cluster(h1())) {
      cluster.server.token = "s3cret";
      Path file = folder.resolve("config");
      Files.writeString(file, Kubeconfigs.withToken(cluster.server.url(), "s3cret"));
      cluster.backend =
          KubeBackend.builder()
              .surroundings(Cluster.NOWHERE)
              .kubeconfig(file)
              .observer(cluster.recorder)
              .build();
      cluster.backend.start();
      cluster.awaitSync();
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Found.class);
    }
  }

  /** The server's name means nothing here: only by way of the proxy it can be reached. */
  @Test
  void proxyOfAKubeconfigIsUsed(@TempDir Path folder) throws Exception {
    try (Cluster cluster = new Cluster(h1())) {
      Path file = folder.resolve("config");
      Files.writeString(
          file,
          Kubeconfigs.with(
              "server: http://cluster.invalid:6443\nproxy-url: " + cluster.server.url(),
              "token: x"));
      cluster.backend =
          KubeBackend.builder()
              .surroundings(Cluster.NOWHERE)
              .kubeconfig(file)
              .observer(cluster.recorder)
              .build();
      cluster.backend.start();
      cluster.awaitSync();
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Found.class);
    }
  }

  @Test
  void tokenFileOfAKubeconfigIsReadAgain(@TempDir Path folder) throws Exception {
    try (Cluster cluster = new Cluster(h1())) {
      cluster.server.token = "one";
      Files.writeString(folder.resolve("tok"), "one");
      Path file = folder.resolve("config");
      Files.writeString(file, Kubeconfigs.withTokenFile(cluster.server.url(), "tok"));
      cluster.synced(builder -> builder.kubeconfig(file));
      Files.writeString(folder.resolve("tok"), "two");
      cluster.server.token = "two";
      cluster.server.dropWatches();
      cluster.server.apply(h2());
      cluster.recorder.awaitLoaded();
      assertThat(cluster.mac(MAC2)).isInstanceOf(LookupResult.Found.class);
    }
  }

  @Test
  void lookupsSeeNoGapWhileObjectsChange() throws Exception {
    long seed = 42;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    try (Cluster cluster = new Cluster(h1(), h2())) {
      cluster.synced();
      AtomicBoolean done = new AtomicBoolean();
      CompletableFuture<List<LookupResult>> reader =
          CompletableFuture.supplyAsync(
              () -> {
                List<LookupResult> wrong = new ArrayList<>();
                while (!done.get()) {
                  LookupResult result = cluster.mac(MAC1);
                  if (!(result instanceof LookupResult.Found)) {
                    wrong.add(result);
                  }
                }
                return wrong;
              });
      for (int i = 0; i < 300; i++) {
        cluster.server.apply(h1With("dhcp.ip.address", "172.16.10." + (1 + random.nextInt(250))));
        if (random.nextInt(20) == 0) {
          cluster.server.compact();
        }
        if (random.nextInt(20) == 0) {
          cluster.server.dropWatches();
        }
      }
      cluster.server.apply(h1With("dhcp.hostname", "last"));
      while (!cluster.found(MAC1).reservation().hostname().orElse("").equals("last")) {
        cluster.recorder.awaitLoaded();
      }
      done.set(true);
      assertThat(reader.get(10, TimeUnit.SECONDS)).isEmpty();
      assertThat(cluster.ip(IP1)).isInstanceOf(LookupResult.Found.class);
      assertThat(cluster.ip(IP2)).isInstanceOf(LookupResult.Found.class);
      assertThat(cluster.backend.status().detail()).isEqualTo("2 records of 2 hardware objects");
    }
  }

  @Test
  void closeEndsTheThreadAndTheAnswers() throws Exception {
    try (Cluster cluster = new Cluster(h1())) {
      cluster.synced();
      assertThat(watchThreads()).isNotEmpty();
      cluster.backend.close();
      cluster.backend.close();
      assertThat(watchThreads()).isEmpty();
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Failed.class);
      assertThat(cluster.backend.status().ready()).isFalse();
      assertThatThrownBy(cluster.backend::start).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void closeBeforeTheFirstSyncCancelsIt() throws Exception {
    try (Cluster cluster = new Cluster()) {
      cluster.server.stop();
      cluster.started();
      cluster.recorder.awaitFailed();
      cluster.backend.close();
      assertThat(cluster.backend.synced().toCompletableFuture()).isCompletedExceptionally();
      assertThat(watchThreads()).isEmpty();
    }
  }

  private static List<Thread> watchThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("smee-kube-watch") && thread.isAlive())
        .toList();
  }

  @Test
  void manyBackendsShareOneProcess() throws Exception {
    try (Cluster one = new Cluster(h1());
        Cluster two = new Cluster(h2())) {
      one.synced();
      two.synced();
      assertThat(one.mac(MAC1)).isInstanceOf(LookupResult.Found.class);
      assertThat(one.mac(MAC2)).isEqualTo(LookupResult.notFound());
      assertThat(two.backend.findByMac(MacAddress.parse(MAC2)).toCompletableFuture().join())
          .isInstanceOf(LookupResult.Found.class);
    }
  }
}
