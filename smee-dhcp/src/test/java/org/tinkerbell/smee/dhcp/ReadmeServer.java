// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.net.Inet4Address;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tinkerbell.smee.backend.MacAddress;

/** The server that the README shows; a test compares the two and runs it. */
final class ReadmeServer {

  private ReadmeServer() {}

  static DhcpServer start(
      DhcpListener listener,
      Map<MacAddress, Inet4Address> addresses,
      Inet4Address mask,
      Inet4Address router) {
    DhcpHandler handler =
        DhcpHandlers.immediate(
            exchange -> {
              Optional<Inet4Address> address =
                  exchange.request().hardwareAddress().map(addresses::get);
              if (address.isEmpty()) {
                return DhcpResult.ignore(IgnoreReason.UNKNOWN_HARDWARE, "");
              }
              return DhcpResult.reply(
                  exchange
                      .replyTo(address.get())
                      .set(DhcpOptions.LEASE_TIME, 86_400L)
                      .set(DhcpOptions.SUBNET_MASK, mask)
                      .set(DhcpOptions.ROUTERS, List.of(router))
                      .build());
            });
    DhcpServer server = DhcpServer.builder().listen(listener).handler(handler).build();
    server.start().toCompletableFuture().join();
    return server;
  }
}
