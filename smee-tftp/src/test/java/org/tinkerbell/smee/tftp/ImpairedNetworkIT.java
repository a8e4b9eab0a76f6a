// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tinkerbell.smee.tftp.ImpairingRelay.Impairment;

class ImpairedNetworkIT {

  private static final byte[] FILE = TestFiles.random(100_000, 7);

  static Stream<Arguments> networks() {
    List<Arguments> all = new ArrayList<>();
    for (TftpPortMode mode : List.of(TftpPortMode.SINGLE_PORT, TftpPortMode.PORT_PER_TRANSFER)) {
      all.add(Arguments.of(mode, new Impairment(0.01, 0, 0, 0, 0, 11)));
      all.add(Arguments.of(mode, new Impairment(0.05, 0.05, 0, 0, 0, 12)));
      all.add(Arguments.of(mode, new Impairment(0.01, 0.02, 1, 3, 0, 13)));
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("networks")
  void filesArriveWhole(TftpPortMode mode, Impairment impairment) throws Exception {
    Journal journal = new Journal();
    try (TftpServer server =
            TftpServer.builder()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .mode(mode)
                .handler(TestFiles.handler(Map.of("file", FILE)))
                .observer(journal)
                .build();
        TftpClient client = TftpClient.create()) {
      server.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
      try (ImpairingRelay relay = new ImpairingRelay(server.boundAddresses().get(0), impairment)) {
        List<CompletableFuture<byte[]>> downloads = new ArrayList<>();
        for (int window : List.of(1, 1, 4, 4, 16, 16, 64)) {
          TftpOptions options =
              TftpOptions.none().withTsize(0).withBlksize(1024).withWindowsize(window);
          downloads.add(client.get(relay.address(), "file", options).toCompletableFuture());
        }
        for (CompletableFuture<byte[]> download : downloads) {
          assertThat(download.get(60, TimeUnit.SECONDS)).isEqualTo(FILE);
        }
        assertThat(relay.lost()).isPositive();
        assertThat(journal.entries("requested")).hasSizeGreaterThanOrEqualTo(downloads.size());
      }
    }
  }
}
