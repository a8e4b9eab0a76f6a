// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.http.HttpBody;
import org.tinkerbell.smee.http.HttpRequest;
import org.tinkerbell.smee.http.HttpResponse;

/** Answers are kept, but never longer than they are true. */
class IpxeScriptHandlerTest {
  private static final String A = "08:00:27:29:4e:67";

  /** Gives what was put in last. */
  private static final class Changing implements Backend {
    private final Map<MacAddress, HardwareRecord> records = new HashMap<>();

    void put(String mac, Netboot.Builder netboot) {
      MacAddress address = MacAddress.parse(mac);
      records.put(
          address, HardwareRecord.of(Reservation.builder(address).build(), netboot.build()));
    }

    @Override
    public CompletionStage<LookupResult> findByMac(MacAddress mac) {
      HardwareRecord hardware = records.get(mac);
      return CompletableFuture.completedStage(
          hardware == null ? new LookupResult.NotFound() : new LookupResult.Found(hardware));
    }

    @Override
    public CompletionStage<LookupResult> findByIp(InetAddress ipAddress) {
      return CompletableFuture.failedStage(new IllegalStateException("not asked"));
    }

    @Override
    public BackendStatus status() {
      return Backend.none().status();
    }

    @Override
    public void close() {}
  }

  private final Changing records = new Changing();
  private final IpxeScriptHandler handler =
      IpxeScriptHandler.of(records, Machines.settings().build());

  private static HttpResponse ask(IpxeScriptHandler handler, String mac) {
    return handler
        .handle(HttpRequest.builder("GET", "/" + mac + "/auto.ipxe").build())
        .toCompletableFuture()
        .join();
  }

  private static String text(HttpResponse response) {
    return response.body() instanceof HttpBody.Bytes bytes
        ? StandardCharsets.UTF_8.decode(bytes.content()).toString()
        : "";
  }

  @Test
  void theSameRecordGetsTheSameAnswerAndAnotherOneItsOwn() {
    records.put(A, Netboot.builder().allowed(true).facility("one"));
    HttpResponse first = ask(handler, A);
    assertThat(text(first)).contains(" facility=one ");
    assertThat(ask(handler, A)).isSameAs(first);
    records.put(A, Netboot.builder().allowed(true).facility("two"));
    assertThat(text(ask(handler, A))).contains(" facility=two ");
    records.put(A, Netboot.builder());
    assertThat(ask(handler, A).status()).isEqualTo(404);
    records.records.clear();
    assertThat(ask(handler, A).attribute(IpxeScriptHandler.DECISION))
        .map(ScriptDecision::reason)
        .hasValue(ScriptReason.UNKNOWN_HARDWARE);
  }

  @Test
  void longScriptsAreServedButNotKept() {
    String script = "#!ipxe\n" + "echo long\n".repeat(1000);
    records.put(A, Netboot.builder().allowed(true).ipxeScript(script));
    HttpResponse first = ask(handler, A);
    assertThat(text(first)).contains(script);
    assertThat(ask(handler, A)).isNotSameAs(first);
    assertThat(text(ask(handler, A))).isEqualTo(text(first));
  }

  @Test
  void machinesThatShareAPlaceDoNotShareAnAnswer() {
    for (int i = 0; i < 5000; i++) {
      records.put(mac(i), Netboot.builder().allowed(true).facility("f" + i));
    }
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 5000; i++) {
        assertThat(text(ask(handler, mac(i))))
            .contains(" facility=f" + i + " ", "hw_addr=" + mac(i));
      }
    }
  }

  private static String mac(int i) {
    return String.format(Locale.ROOT, "02:00:00:00:%02x:%02x", i >> 8, i & 0xff);
  }

  @Test
  void aTraceIsShownToItsOwnRequestOnly() {
    records.put(A, Netboot.builder().allowed(true));
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    IpxeScriptHandler traced = handler.withTraceIds(request -> Optional.of(trace));
    assertThat(text(ask(handler, A))).doesNotContain("TraceID");
    assertThat(text(ask(traced, A))).contains("echo Debug TraceID: " + trace + "\n");
    assertThat(text(ask(handler, A))).doesNotContain("TraceID");
  }
}
