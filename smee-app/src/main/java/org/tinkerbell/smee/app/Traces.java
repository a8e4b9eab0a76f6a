// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.util.Optional;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.dhcp.DhcpExchange;
import org.tinkerbell.smee.dhcp.DhcpHandler;
import org.tinkerbell.smee.dhcp.DhcpObserver;
import org.tinkerbell.smee.dhcp.netboot.TraceParent;
import org.tinkerbell.smee.http.HttpHandler;
import org.tinkerbell.smee.http.HttpObserver;
import org.tinkerbell.smee.http.ipxe.IpxeScriptHandler;
import org.tinkerbell.smee.tftp.TftpObserver;

/**
 * What tracing adds to the servers. Knows no tracing library, so that none is loaded when it is
 * off: then every method gives back what it was given.
 */
interface Traces extends AutoCloseable {

  /** Returns no tracing. */
  static Traces off() {
    return new Traces() {};
  }

  /** Returns what turns DHCP packets into spans. */
  default DhcpObserver dhcpObserver() {
    return new DhcpObserver() {};
  }

  /** Returns what turns TFTP requests into spans. */
  default TftpObserver tftpObserver() {
    return new TftpObserver() {};
  }

  /** Returns what ends the spans of HTTP requests. */
  default HttpObserver httpObserver() {
    return HttpObserver.none();
  }

  /** Returns the handler with the packet's span around it. */
  default DhcpHandler dhcp(DhcpHandler handler) {
    return handler;
  }

  /** Returns the trace that a reply hands on to the machine. */
  default Optional<TraceParent> handedOn(DhcpExchange exchange) {
    return Optional.empty();
  }

  /** Returns the backend with a span for each look-up. */
  default Backend lookups(Backend records) {
    return records;
  }

  /** Returns the backend as DHCP sees it, with a span that shows what was found. */
  default Backend dhcpLookups(Backend records) {
    return records;
  }

  /** Returns the handler of all HTTP requests, with a span for each. */
  default HttpHandler http(HttpHandler handler) {
    return handler;
  }

  /** Returns the handler of one route, whose name the span shows. */
  default HttpHandler route(String pattern, HttpHandler handler) {
    return handler;
  }

  /** Returns the handler of scripts, which show the trace on the machine's screen. */
  default HttpHandler scripts(IpxeScriptHandler handler) {
    return handler;
  }

  /** Returns the handler of boot files, with a span for each. */
  default HttpHandler bootFiles(HttpHandler handler) {
    return handler;
  }

  /** Sends what waits, within a few seconds, and ends. */
  @Override
  default void close() {}
}
