// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.context.Context;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.dhcp.netboot.TraceParent;

/**
 * A request for a boot file or script, and the trace it belongs to.
 *
 * @param fileName the last element of the path, without trace suffix
 * @param requestedFileName the path as it was asked for
 * @param address who asks
 * @param mac the MAC address among the folders of the path
 * @param parent what led to the request
 * @param joinedBy how the parent was found; empty text without parent
 */
record BootRequest(
    String fileName,
    String requestedFileName,
    InetAddress address,
    Optional<MacAddress> mac,
    Optional<TraceParent> parent,
    String joinedBy) {

  /**
   * Finds the trace of a request: in the file's name, else by the MAC address in the path, else by
   * the address that the machine was given.
   */
  static BootRequest of(String path, InetAddress address, BootTraces boots) {
    TraceSuffix suffix = TraceSuffix.ofPath(path);
    Optional<MacAddress> mac = macIn(path);
    // Asked in any case, since it also takes notice that the boot has come this far.
    Optional<TraceParent> byMac = mac.flatMap(boots::download);
    Optional<TraceParent> byAddress = byMac.isPresent() ? byMac : boots.download(address);
    Optional<TraceParent> parent = suffix.parent().or(() -> byAddress);
    String joinedBy = "";
    if (suffix.parent().isPresent()) {
      joinedBy = "file-name";
    } else if (byMac.isPresent()) {
      joinedBy = "mac";
    } else if (byAddress.isPresent()) {
      joinedBy = "address";
    }
    return new BootRequest(suffix.name(), path, address, mac, parent, joinedBy);
  }

  private static Optional<MacAddress> macIn(String path) {
    String[] elements = path.replace('\\', '/').split("/", -1);
    for (int i = elements.length - 2; i >= 0; i--) {
      Optional<MacAddress> mac = MacAddress.tryParse(elements[i]);
      if (mac.isPresent()) {
        return mac;
      }
    }
    return Optional.empty();
  }

  /** Starts a span of this request in the trace. */
  Span start(SpanBuilder builder) {
    builder.setParent(parent.map(SpanContexts::of).orElseGet(Context::root));
    if (!joinedBy.isEmpty()) {
      builder.setAttribute(SpanContexts.JOINED_BY, joinedBy);
    }
    describe(builder);
    return builder.startSpan();
  }

  /** Adds the reference's attributes. */
  void describe(SpanBuilder builder) {
    builder.setAttribute("filename", fileName);
    builder.setAttribute("requested-filename", requestedFileName);
    builder.setAttribute("ip", address.getHostAddress());
    @Nullable MacAddress known = mac.orElse(null);
    if (known != null) {
      builder.setAttribute("mac", known.toString());
    }
  }
}
