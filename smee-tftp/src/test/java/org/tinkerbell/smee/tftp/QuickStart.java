// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/** The program of the README; {@code QuickStartIT} checks that both are the same and runs it. */
final class QuickStart {

  private QuickStart() {}

  static TftpServer start(InetSocketAddress address, Path folder) {
    // README begins
    TftpHandler handler =
        TftpRouter.builder()
            .get(
                "{mac}/autoexec.ipxe",
                TftpRouter.Route.of(
                    (request, variables) ->
                        TftpResult.content(
                            TftpContent.ofText("#!ipxe\necho " + variables.get("mac") + "\n"))))
            .mount("boot", TftpContent.directory(folder))
            .build();
    TftpServer server = TftpServer.builder().bind(address).handler(handler).build();
    server.start().toCompletableFuture().join();
    // README ends
    return server;
  }

  static byte[] fetch(TftpServer server, String fileName) {
    try (TftpClient client = TftpClient.create()) {
      return client.get(server.boundAddresses().get(0), fileName).toCompletableFuture().join();
    }
  }
}
