// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.spi.BackendProvider;
import org.tinkerbell.smee.dhcp.DhcpCodec;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpMessageType;
import org.tinkerbell.smee.dhcp.DhcpOptions;
import org.tinkerbell.smee.tftp.TftpClient;

/**
 * Smee in this process, made from flags as the program makes it, and the clients to try it with.
 */
final class RunningSmee implements AutoCloseable {

  /** Where replies for relayed requests go: port 67 is the protocol's, so the address is ours. */
  static final String RELAY = "127.0.67.67";

  static final List<BackendProvider> BACKENDS =
      ServiceLoader.load(BackendProvider.class).stream()
          .map(ServiceLoader.Provider::get)
          .sorted(Comparator.comparing(BackendProvider::name))
          .toList();

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final Collector log;
  private final Smee smee;

  /** Takes what is logged while Smee runs. */
  private static final class Collector extends AppenderBase<ILoggingEvent> {
    private final List<String> lines = new ArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      StringBuilder line = new StringBuilder(event.getLevel() + " " + event.getFormattedMessage());
      if (event.getKeyValuePairs() != null) {
        for (KeyValuePair pair : event.getKeyValuePairs()) {
          line.append(' ').append(pair.key).append('=').append(pair.value);
        }
      }
      synchronized (lines) {
        lines.add(line.toString());
        lines.notifyAll();
      }
    }
  }

  private RunningSmee(Smee smee, Collector log) {
    this.smee = smee;
    this.log = log;
  }

  static RunningSmee start(String... flags) throws Exception {
    return start(Map.of(), List.of(flags));
  }

  static RunningSmee start(Map<String, String> environment, List<String> flags) throws Exception {
    Optional<PublicAddress> address = PublicAddress.of(flags, environment);
    FlagTable table =
        FlagTable.of(address.map(a -> a.address().getHostAddress()).orElse(""), BACKENDS);
    FlagParser parser = new FlagParser(table);
    FlagValues values = parser.parse(flags, environment);
    ConfigReader reader = new ConfigReader(values, BACKENDS);
    Config config = reader.read();
    assertThat(parser.problems()).isEmpty();
    assertThat(reader.problems()).isEmpty();
    Collector log = new Collector();
    Logger logger = (Logger) LoggerFactory.getLogger(Logging.PREFIX);
    log.setContext(logger.getLoggerContext());
    log.start();
    logger.setLevel(Logging.level(values.text("log-level")).orElse(Level.INFO));
    logger.setAdditive(false);
    // What Netty says at debug level is nobody's concern here, and much.
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    logger.addAppender(log);
    Smee smee = null;
    try {
      smee = Smee.create(config);
      smee.start().toCompletableFuture().get(20, TimeUnit.SECONDS);
      return new RunningSmee(smee, log);
    } catch (Exception e) {
      if (smee != null) {
        smee.close();
      }
      logger.detachAppender(log);
      throw e;
    }
  }

  /** Returns what was logged so far: level, message and the keys with their values. */
  List<String> log() {
    synchronized (log.lines) {
      return List.copyOf(log.lines);
    }
  }

  /** Waits for a line of the log. */
  String await(Predicate<String> wanted) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    synchronized (log.lines) {
      while (true) {
        for (String line : log.lines) {
          if (wanted.test(line)) {
            return line;
          }
        }
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          throw new AssertionError("no such line in " + String.join("\n", log.lines));
        }
        log.lines.wait(left);
      }
    }
  }

  /** Returns where a server listens. */
  InetSocketAddress address(String protocol) throws Exception {
    String line = await(each -> each.contains("listening for " + protocol + " address="));
    String text = line.replaceFirst(".* address=", "").replaceFirst(" .*", "");
    int colon = text.lastIndexOf(':');
    return new InetSocketAddress(
        InetAddress.getByName(text.substring(0, colon).replaceAll("[\\[\\]]", "")),
        Integer.parseInt(text.substring(colon + 1)));
  }

  /** Returns the response to a GET. */
  HttpResponse<String> get(String path, String... headers) throws Exception {
    InetSocketAddress server = address("HTTP");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            URI.create(
                "http://" + server.getAddress().getHostAddress() + ":" + server.getPort() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(
        request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
  }

  /** Returns a file by TFTP. */
  byte[] tftp(String name) throws Exception {
    try (TftpClient client = TftpClient.create()) {
      return client.get(address("TFTP"), name).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
  }

  /** Begins the request of a UEFI machine, through a relay, so that nothing is broadcast. */
  static DhcpMessage.Builder request(String mac, DhcpMessageType type) throws Exception {
    return DhcpMessage.builder()
        .xid(0x0a0b0c0d)
        .giaddr((Inet4Address) InetAddress.getByName(RELAY))
        .hardwareAddress(MacAddress.parse(mac))
        .set(DhcpOptions.MESSAGE_TYPE, type)
        .set(DhcpOptions.VENDOR_CLASS, "PXEClient:Arch:00007:UNDI:003001")
        .set(DhcpOptions.CLIENT_ARCHITECTURE, List.of(7))
        .set(DhcpOptions.CLIENT_NDI, new byte[] {1, 3, 1})
        .set(DhcpOptions.CLIENT_MACHINE_ID, new byte[17]);
  }

  /** Returns the reply; empty if there is none within the time. */
  Optional<DhcpMessage> dhcp(DhcpMessage request, int timeoutMillis) throws Exception {
    return dhcp(address("DHCP"), request, timeoutMillis);
  }

  /** Returns a server's reply; empty if there is none within the time. */
  static Optional<DhcpMessage> dhcp(
      InetSocketAddress server, DhcpMessage request, int timeoutMillis) throws Exception {
    try (DatagramSocket relay = new DatagramSocket(new InetSocketAddress(RELAY, 67))) {
      relay.setSoTimeout(timeoutMillis);
      byte[] octets = DhcpCodec.encode(request);
      relay.send(new DatagramPacket(octets, octets.length, server));
      DatagramPacket reply = new DatagramPacket(new byte[2048], 2048);
      relay.receive(reply);
      byte[] received = new byte[reply.getLength()];
      System.arraycopy(reply.getData(), 0, received, 0, received.length);
      return Optional.of(DhcpCodec.decode(received));
    } catch (SocketTimeoutException e) {
      return Optional.empty();
    }
  }

  /** Sends a datagram to the syslog server. */
  void syslog(String message) throws Exception {
    byte[] octets = message.getBytes(StandardCharsets.UTF_8);
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      socket.send(new DatagramPacket(octets, octets.length, address("syslog")));
    }
  }

  @Override
  public void close() {
    smee.close();
    Logger logger = (Logger) LoggerFactory.getLogger(Logging.PREFIX);
    logger.detachAppender(log);
  }
}
