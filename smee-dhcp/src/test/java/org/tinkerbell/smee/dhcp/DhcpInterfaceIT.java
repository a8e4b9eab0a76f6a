// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * A server with two interfaces and clients on both sides, in network namespaces:
 *
 * <pre>
 *   left  l1 10.71.0.2 ---- s1 10.71.0.1  server  s2 10.72.0.1 ---- r2 10.72.0.2  right
 *                                                                   lo 10.73.0.9
 * </pre>
 *
 * <p>The server reaches 10.73.0.0/24 through the right.
 */
@Tag("netns")
@Timeout(120)
class DhcpInterfaceIT {

  private static final Namespaces NET = new Namespaces();

  @TempDir static Path folder;

  private static Path script;

  private Namespaces.Program server;

  @BeforeAll
  static void build() throws Exception {
    Optional<String> obstacle = Namespaces.obstacle();
    obstacle.ifPresent(
        what ->
            LoggerFactory.getLogger(DhcpInterfaceIT.class)
                .error("SKIPPED: DHCP on interfaces is not tested here, {}", what));
    Assumptions.assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
    for (String name : new String[] {"server", "left", "right", "bare"}) {
      NET.add(name);
    }
    link("1", "left", "l1");
    link("2", "right", "r2");
    NET.in("right", "ip address add 10.73.0.9/32 dev lo");
    NET.in("right", "ip route add default via 10.72.0.1");
    NET.in("server", "ip route add 10.73.0.0/24 via 10.72.0.2");
    script =
        Files.createFile(
            folder.resolve("lease.sh"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Files.writeString(
        script, "#!/bin/sh\necho \"$1 ip=$ip serverid=$serverid mask=$mask on=$interface\"\n");
  }

  private static void link(String number, String peer, String peerInterface) throws Exception {
    NET.join("server", "s" + number, peer, peerInterface);
    NET.in("server", "ip address add 10.7" + number + ".0.1/24 dev s" + number);
    NET.in("server", "ip link set s" + number + " up");
    NET.in(peer, "ip address add 10.7" + number + ".0.2/24 dev " + peerInterface);
    NET.in(peer, "ip link set " + peerInterface + " up");
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  @AfterAll
  static void tearDown() throws Exception {
    NET.close();
  }

  @Test
  void clientsOnBothSidesAreAnsweredOnTheirOwn() throws Exception {
    serve("s1", "s2");

    assertThat(lease("left", "l1"))
        .isEqualTo("bound ip=10.71.0.100 serverid=10.71.0.1 mask=24 on=l1");
    assertThat(lease("right", "r2"))
        .isEqualTo("bound ip=10.72.0.100 serverid=10.72.0.1 mask=24 on=r2");
    assertThat(server.await("replied OFFER"))
        .isEqualTo(
            "replied OFFER to=/255.255.255.255:68 local=/255.255.255.255:67 server=/10.71.0.1"
                + " interface=s1");
    assertThat(server.await("replied ACK")).contains("interface=s1");
    assertThat(server.await("replied ACK")).contains("interface=s2");
  }

  @Test
  void everyInterfaceIsServedAndFollowed() throws Exception {
    serve("*");

    assertThat(lease("left", "l1")).contains("ip=10.71.0.100");
    assertThat(lease("right", "r2")).contains("ip=10.72.0.100");
    link("3", "bare", "b3");
    server.await("listening 0.0.0.0:67 on s3");
    assertThat(lease("bare", "b3")).contains("ip=10.73.0.100 serverid=10.73.0.1");
    NET.in("server", "ip link del s3");
    server.await("stopped 0.0.0.0:67 on s3");
    assertThat(lease("left", "l1")).contains("ip=10.71.0.100");
  }

  @Test
  void anInterfaceMadeAnewIsFollowed() throws Exception {
    link("4", "bare", "b4");
    serve("s4");
    NET.in("server", "ip link del s4");
    link("4", "bare", "b4");

    server.await("listening 0.0.0.0:67 on s4");
    assertThat(lease("bare", "b4")).contains("ip=10.74.0.100");
    NET.in("server", "ip link del s4");
  }

  @Test
  void x16RepliesToRelaysFollowTheRoutesFromTheAddressAsked() throws Exception {
    serve("s1", "s2");
    Namespaces.Program relay =
        NET.startJava("right", NamespacePeer.class, "listen", "10.73.0.9", "67");
    relay.await("waiting");

    // Asked on the left, for a relay that is reached through the right.
    ask("left", "10.71.0.2", 67, "10.71.0.1", "10.73.0.9", "0.0.0.0", 1).await("sent");

    assertThat(relay.await("got")).isEqualTo("got /10.71.0.100 from /10.71.0.1:67");
    String replied =
        "replied OFFER to=/10.73.0.9:67 local=/10.71.0.1:67 server=/10.71.0.1 interface=s1";
    assertThat(server.await("replied")).isEqualTo(replied);
    // The socket that sent this reply takes nothing away from the one that listens.
    ask("left", "10.71.0.2", 67, "10.71.0.1", "10.73.0.9", "0.0.0.0", 1).await("sent");
    assertThat(server.await("replied")).isEqualTo(replied);
    assertThat(lease("left", "l1")).contains("ip=10.71.0.100");
    Namespaces.Program second = NET.startJava("server", NamespaceServer.class, "s1");
    assertThat(second.await("failed")).contains("address already in use");
  }

  @Test
  void x15RelaysAreAnsweredAtPort67() throws Exception {
    serve("s1");
    Namespaces.Program relay =
        NET.startJava("left", NamespacePeer.class, "listen", "10.71.0.2", "67");
    relay.await("waiting");

    ask("left", "10.71.0.2", 40000, "10.71.0.1", "10.71.0.2", "0.0.0.0", 1).await("sent");

    assertThat(relay.await("got")).isEqualTo("got /10.71.0.100 from /10.71.0.1:67");
  }

  @Test
  void burstsThroughARelayAreAnsweredWhole() throws Exception {
    serve("s1");

    Namespaces.Program relay =
        NET.startJava("left", NamespacePeer.class, "burst", "10.71.0.2", "67", "10.71.0.1");

    assertThat(relay.await("got")).isEqualTo("got 100 of 100");
  }

  @Test
  void x14RenewingClientsAreAnsweredDirectly() throws Exception {
    serve("s1", "s2");

    Namespaces.Program near = ask("left", "10.71.0.2", 68, "10.71.0.1", "0.0.0.0", "10.71.0.2", 3);
    assertThat(near.await("got")).isEqualTo("got /10.71.0.100 from /10.71.0.1:67");
    // Behind a router, as seen from the server.
    Namespaces.Program far = ask("right", "10.73.0.9", 68, "10.72.0.1", "0.0.0.0", "10.73.0.9", 3);
    assertThat(far.await("got")).isEqualTo("got /10.72.0.100 from /10.72.0.1:67");
  }

  @Test
  void theAddressAskedAnswersWhicheverInterfaceTheRequestCameInOn() throws Exception {
    serve("s1", "s2");

    Namespaces.Program far = ask("right", "10.73.0.9", 68, "10.71.0.1", "0.0.0.0", "10.73.0.9", 3);

    assertThat(far.await("got")).isEqualTo("got /10.72.0.100 from /10.71.0.1:67");
    Namespaces.Program near = ask("right", "10.72.0.2", 68, "10.71.0.1", "0.0.0.0", "10.72.0.2", 3);
    assertThat(near.await("got")).isEqualTo("got /10.72.0.100 from /10.71.0.1:67");
    assertThat(lease("left", "l1")).contains("ip=10.71.0.100");
    assertThat(lease("right", "r2")).contains("ip=10.72.0.100");
  }

  @Test
  void aSecondServerIsRefused() throws Exception {
    serve("s1");

    for (String listener : new String[] {"s1", "0.0.0.0", "10.71.0.1"}) {
      Namespaces.Program second = NET.startJava("server", NamespaceServer.class, listener);
      assertThat(second.await("failed"))
          .contains("address already in use; another DHCP server is running");
    }
    Namespaces.Program other = NET.startJava("server", NamespaceServer.class, "s2");
    other.await("started");
    other.close();
    assertThat(lease("left", "l1")).contains("ip=10.71.0.100");
  }

  @Test
  void withoutPermissionTheRemedyIsNamed() throws Exception {
    server = NET.startJavaWithout("-net_bind_service", "server", NamespaceServer.class, "s1", "s2");

    assertThat(server.await("failed"))
        .isEqualTo(
            "failed cannot listen for DHCP on interface s1 0.0.0.0:67: permission denied; run as"
                + " root or grant CAP_NET_BIND_SERVICE (and CAP_NET_RAW for binding to an interface"
                + " on Linux before 5.7)");
  }

  @Test
  void permissionToBindThePortIsEnough() throws Exception {
    server =
        NET.startJavaWithout(
            "-net_raw,-net_admin,-sys_admin", "server", NamespaceServer.class, "*");
    server.await("started");

    assertThat(lease("left", "l1")).contains("ip=10.71.0.100");
    Namespaces.Program far = ask("right", "10.73.0.9", 68, "10.72.0.1", "0.0.0.0", "10.73.0.9", 3);
    assertThat(far.await("got")).isEqualTo("got /10.72.0.100 from /10.72.0.1:67");
  }

  @Test
  void anAddressCanBeListenedOnBesideItsInterface() throws Exception {
    serve("s1", "10.71.0.1");

    assertThat(lease("left", "l1")).contains("ip=10.71.0.100");
    Namespaces.Program renewal =
        ask("left", "10.71.0.2", 68, "10.71.0.1", "0.0.0.0", "10.71.0.2", 3);
    assertThat(renewal.await("got")).isEqualTo("got /10.79.0.100 from /10.71.0.1:67");
    Namespaces.Program second = NET.startJava("server", NamespaceServer.class, "10.71.0.1");
    assertThat(second.await("failed")).contains("address already in use");
  }

  @Test
  void theLoopbackIsServedWhereThereIsNothingElse() throws Exception {
    server = NET.startJava("bare", NamespaceServer.class, "*");

    server.await("listening 0.0.0.0:67 on lo");
    server.await("started");
    Namespaces.Program client =
        ask("bare", "127.0.0.1", 68, "127.0.0.1", "0.0.0.0", "127.0.0.1", 3);
    assertThat(client.await("got")).endsWith("from /127.0.0.1:67");
  }

  private void serve(String... listeners) throws Exception {
    server = NET.startJava("server", NamespaceServer.class, listeners);
    server.await("started");
  }

  private static Namespaces.Program ask(
      String where, String from, int port, String server, String giaddr, String ciaddr, int type)
      throws IOException {
    return NET.startJava(
        where,
        NamespacePeer.class,
        "ask",
        from,
        String.valueOf(port),
        server,
        giaddr,
        ciaddr,
        String.valueOf(type));
  }

  private static String lease(String where, String interfaceName) throws Exception {
    try (Namespaces.Program client =
        NET.start(
            where,
            "busybox",
            "udhcpc",
            "-f",
            "-q",
            "-n",
            "-t",
            "10",
            "-T",
            "1",
            "-i",
            interfaceName,
            "-s",
            script.toString())) {
      return client.await("bound ");
    }
  }
}
