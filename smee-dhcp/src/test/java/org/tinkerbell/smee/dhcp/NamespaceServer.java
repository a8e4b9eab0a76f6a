// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionException;

/**
 * A server for {@link DhcpInterfaceIT}, run inside a network namespace until its input ends. Gives
 * clients on interface {@code sN} the address 10.7N.0.100, and tells what happens on its output.
 *
 * <p>Arguments are interfaces, addresses, or {@code *} for every interface.
 */
final class NamespaceServer {

  private NamespaceServer() {}

  public static void main(String[] args) throws Exception {
    DhcpServer.Builder builder =
        DhcpServer.builder()
            .handler(DhcpHandlers.immediate(NamespaceServer::answer))
            .interfaceScanInterval(Duration.ofMillis(100))
            .observer(new Printer());
    for (String arg : args) {
      if (arg.equals("*")) {
        builder.listen(DhcpListener.everyInterface());
      } else if (Character.isDigit(arg.charAt(0))) {
        builder.listen(DhcpListener.onAddress(new InetSocketAddress(arg, 67)));
      } else {
        builder.listen(DhcpListener.onInterface(arg));
      }
    }
    try (DhcpServer server = builder.build()) {
      server.start().toCompletableFuture().join();
      System.out.println("started");
      while (System.in.read() >= 0) {
        // Until the test closes the pipe.
      }
    } catch (CompletionException e) {
      System.out.println("failed " + e.getCause().getMessage());
    }
  }

  private static DhcpResult answer(DhcpExchange exchange) {
    String subnet =
        exchange
            .arrival()
            .interfaceName()
            .map(name -> name.replaceAll("\\D", ""))
            .filter(digits -> !digits.isEmpty())
            .orElse("9");
    return DhcpResult.reply(
        exchange
            .replyTo(Packets.ip("10.7" + subnet + ".0.100"))
            .set(DhcpOptions.LEASE_TIME, 3600L)
            .set(DhcpOptions.SUBNET_MASK, Packets.ip("255.255.255.0"))
            .build());
  }

  private static final class Printer implements DhcpObserver {

    @Override
    public void replied(
        DhcpExchange exchange, DhcpResult.Reply reply, InetSocketAddress destination) {
      Arrival arrival = exchange.arrival();
      System.out.println(
          "replied "
              + reply.message().messageType().orElseThrow()
              + " to="
              + destination
              + " local="
              + arrival.local()
              + " server="
              + arrival.serverAddress().map(Object::toString).orElse("none")
              + " interface="
              + arrival.interfaceName().orElse("none"));
    }

    @Override
    public void sendFailed(
        DhcpExchange exchange,
        DhcpResult.Reply reply,
        InetSocketAddress destination,
        Throwable cause) {
      System.out.println("sendFailed " + destination + " " + cause);
    }

    @Override
    public void ignored(DhcpExchange exchange, DhcpResult.Ignore ignore) {
      System.out.println("ignored " + ignore);
    }

    @Override
    public void listening(BoundListener listener) {
      System.out.println("listening " + listener);
    }

    @Override
    public void stopped(BoundListener listener) {
      System.out.println("stopped " + listener);
    }
  }
}
