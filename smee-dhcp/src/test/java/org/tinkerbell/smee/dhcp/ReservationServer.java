// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.ClasslessRoute;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.dhcp.netboot.NetbootSettings;
import org.tinkerbell.smee.dhcp.netboot.ReservationHandler;

/**
 * A server in reservation mode for {@link RealClientsIT}, run inside a network namespace until its
 * input ends. Gives the machine 02:00:00:00:MM:NN the address 10.MM.0.NN, with all that a record
 * can say, for as many seconds as its first argument has; tells what happens on its output.
 */
final class ReservationServer {

  private ReservationServer() {}

  public static void main(String[] args) throws Exception {
    NetbootSettings settings =
        NetbootSettings.builder(Packets.ip("10.81.0.1")).syslogIp(Packets.ip("10.80.0.7")).build();
    try (DhcpServer server =
        DhcpServer.builder()
            .listen(DhcpListener.everyInterface())
            .handler(ReservationHandler.builder(new Records(), settings).build())
            .observer(new Printer())
            .build()) {
      server.start().toCompletableFuture().join();
      System.out.println("started");
      while (System.in.read() >= 0) {
        // Until the test closes the pipe.
      }
    }
  }

  /** Leases are as short as each client takes them: dhcpcd no less than 20 s. */
  private static Duration lease(int client) {
    return Duration.ofSeconds(
        switch (client) {
          case 12 -> 16;
          case 13 -> 20;
          default -> 3600;
        });
  }

  private static final class Records implements Backend {

    @Override
    public CompletionStage<LookupResult> findByMac(MacAddress mac) {
      String[] octets = mac.toString().split(":");
      String network = "10." + octets[4] + ".0.";
      return CompletableFuture.completedFuture(
          LookupResult.found(
              HardwareRecord.of(
                  Reservation.builder(mac)
                      .ipAddress(Packets.ip(network + octets[5]))
                      .subnetMask(Packets.ip("255.255.255.0"))
                      .broadcastAddress(Packets.ip(network + "255"))
                      .defaultGateway(Packets.ip(network + "1"))
                      .nameServers(List.of(Packets.ip("10.80.0.53"), Packets.ip("10.80.0.54")))
                      .ntpServers(List.of(Packets.ip("10.80.0.123")))
                      .hostname("host" + octets[5])
                      .domainName("lab.example")
                      .domainSearch(List.of("lab.example", "example"))
                      .classlessStaticRoutes(
                          List.of(
                              new ClasslessRoute(
                                  Packets.ip("10.99.0.0"), 16, Packets.ip(network + "2"))))
                      .tftpServerName("10.80.0.69")
                      .bootFileName("boot/file.efi")
                      .leaseTime(lease(Integer.parseInt(octets[5])))
                      .build())));
    }

    @Override
    public CompletionStage<LookupResult> findByIp(InetAddress ipAddress) {
      return CompletableFuture.completedFuture(LookupResult.notFound());
    }

    @Override
    public BackendStatus status() {
      return BackendStatus.ready("test");
    }

    @Override
    public void close() {}
  }

  private static final class Printer implements DhcpObserver {

    @Override
    public void replied(
        DhcpExchange exchange, DhcpResult.Reply reply, InetSocketAddress destination) {
      say(exchange, reply.message().messageType().orElseThrow() + " to " + destination);
    }

    @Override
    public void sendFailed(
        DhcpExchange exchange,
        DhcpResult.Reply reply,
        InetSocketAddress destination,
        Throwable cause) {
      say(exchange, "sendFailed to " + destination + ": " + cause);
    }

    @Override
    public void ignored(DhcpExchange exchange, DhcpResult.Ignore ignore) {
      say(exchange, ignore.toString());
    }

    private static void say(DhcpExchange exchange, String what) {
      DhcpMessage request = exchange.request();
      Arrival arrival = exchange.arrival();
      System.out.println(
          request.hardwareAddress().orElseThrow()
              + " "
              + request.messageType().orElseThrow()
              + " ciaddr="
              + request.ciaddr().getHostAddress()
              + " giaddr="
              + request.giaddr().getHostAddress()
              + " on "
              + arrival.interfaceName().orElse("?")
              + " at "
              + arrival.local().getAddress().getHostAddress()
              + ": "
              + what);
    }
  }
}
