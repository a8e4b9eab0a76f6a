// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.dhcp.DhcpCodec;
import org.tinkerbell.smee.dhcp.DhcpDecodeException;
import org.tinkerbell.smee.dhcp.DhcpHandler;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpResult;
import org.tinkerbell.smee.dhcp.EncodeOptions;

/**
 * What must hold for any request and any record: a handler decides at once, does not throw, and
 * what it replies can be sent and read. Called by the fuzzer, see {@code FuzzIT}.
 *
 * <p>An input is one byte for the settings, two for the length of the record's description, the
 * description (see {@link HostileRecord}), and the rest is the datagram.
 */
public final class HandlerFuzzTarget {

  /** What one decision may allocate, checks included. */
  private static final long MAX_ALLOCATED_BYTES = 8L * 1024 * 1024;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final Optional<TraceParent> TRACE = Optional.of(GoldenCase.TRACE);

  private static final List<NetbootSettings> SETTINGS =
      IntStream.range(0, 256).mapToObj(HandlerFuzzTarget::settings).toList();

  private HandlerFuzzTarget() {}

  /** Returns what the fuzzer starts from: every golden request, with some records and settings. */
  public static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    List<byte[]> records = HostileRecord.seeds();
    for (GoldenCase golden : GoldenCase.all()) {
      int settings = golden.mode().equals("reservation") ? 0 : 1;
      int number = seeds.size();
      byte[] record = records.get(number % records.size());
      seeds.add(input(settings | number << 1, record, Fixtures.hex(golden.requestHex())));
    }
    return seeds;
  }

  private static byte[] input(int settings, byte[] record, byte[] datagram) {
    byte[] input = new byte[3 + record.length + datagram.length];
    input[0] = (byte) settings;
    input[1] = (byte) (record.length >> 8);
    input[2] = (byte) record.length;
    System.arraycopy(record, 0, input, 3, record.length);
    System.arraycopy(datagram, 0, input, 3 + record.length, datagram.length);
    return input;
  }

  /** The fuzzer's entry. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < 3) {
      return;
    }
    int length = Math.min(input.length - 3, (input[1] & 0xff) << 8 | input[2] & 0xff);
    byte[] recipe = Arrays.copyOfRange(input, 3, 3 + length);
    DhcpMessage request;
    try {
      request = DhcpCodec.decode(Arrays.copyOfRange(input, 3 + length, input.length));
    } catch (DhcpDecodeException e) {
      return;
    }
    HardwareRecord hardware = HostileRecord.of(Fixtures.MAC, recipe);
    DhcpHandler handler = handler(input[0] & 0xff, hardware);
    long allocated = allocatedBy(handler, request, input);
    if (allocated > MAX_ALLOCATED_BYTES) {
      // The first decision of its kind may load classes, on the account of this thread.
      allocated = allocatedBy(handler, request, input);
    }
    check(allocated <= MAX_ALLOCATED_BYTES, allocated + " bytes allocated", input);
  }

  private static long allocatedBy(DhcpHandler handler, DhcpMessage request, byte[] input) {
    long start = THREADS.getCurrentThreadAllocatedBytes();
    decide(handler, request, input);
    return THREADS.getCurrentThreadAllocatedBytes() - start;
  }

  private static void decide(DhcpHandler handler, DhcpMessage request, byte[] input) {
    CompletableFuture<DhcpResult> decision =
        handler.handle(Fixtures.exchange(request)).toCompletableFuture();
    check(decision.isDone(), "not decided", input);
    DhcpResult result = decision.join();
    if (result instanceof DhcpResult.Reply reply) {
      check(request, reply.message(), (input[0] & 2) != 0, input);
    } else {
      check(!Fixtures.ignore(result).reason().token().isEmpty(), "no reason", input);
    }
  }

  private static void check(DhcpMessage request, DhcpMessage reply, boolean parity, byte[] input) {
    check(request.op() == DhcpMessage.BOOTREQUEST, "a reply was answered", input);
    check(reply.op() == DhcpMessage.BOOTREPLY, "op", input);
    check(reply.xid() == request.xid(), "xid", input);
    check(reply.giaddr().equals(request.giaddr()), "giaddr", input);
    check(Arrays.equals(reply.chaddr(), request.chaddr()), "chaddr", input);
    check(reply.has(53) && reply.has(54), "53 and 54", input);
    EncodeOptions layout = EncodeOptions.forRequest(request);
    byte[] bytes = DhcpCodec.encode(reply, layout);
    boolean expendable = reply.optionCodes().stream().anyMatch(Set.of(119, 42, 15, 12)::contains);
    check(bytes.length <= layout.maxBytes() || parity || !expendable, "too long", input);
    DhcpMessage sent;
    try {
      sent = DhcpCodec.decode(bytes);
    } catch (DhcpDecodeException e) {
      check(false, "the reply cannot be read: " + e.getMessage(), input);
      return;
    }
    List<Integer> codes = reply.optionCodes().stream().sorted().toList();
    check(sent.optionCodes().stream().sorted().toList().equals(codes), "options", input);
    check(sent.file().equals(reply.file()), "file", input);
    check(!reply.toText().isEmpty(), "text", input);
  }

  private static DhcpHandler handler(int settings, HardwareRecord hardware) {
    boolean proxy = (settings & 1) != 0;
    LookupResult found = LookupResult.found(hardware);
    if (proxy) {
      return ProxyHandler.builder(Fixtures.backend(found), SETTINGS.get(settings))
          .policy(ProxyPolicy.values()[(settings >> 5) % ProxyPolicy.values().length])
          .sayNotAllowed((settings & 8) != 0)
          .build();
    }
    return ReservationHandler.builder(Fixtures.backend(found), SETTINGS.get(settings))
        .trace(exchange -> TRACE.filter(trace -> (settings & 4) != 0))
        .build();
  }

  private static NetbootSettings settings(int settings) {
    return GoldenCase.of("R01")
        .netbootSettings()
        .referenceParity((settings & 2) != 0)
        .strictPxe((settings & 4) != 0)
        .vlanOption((settings & 8) != 0)
        .netbootOptions((settings & 16) == 0)
        .chainload(Chainload.values()[(settings >> 5) % Chainload.values().length])
        .build();
  }

  private static void check(boolean holds, String what, byte[] input) {
    if (!holds) {
      throw new IllegalStateException(what + ": " + HexFormat.of().formatHex(input));
    }
  }
}
