// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tinkerbell.smee.backend.spi.ValueText;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpMessageType;
import org.tinkerbell.smee.dhcp.DhcpOptions;
import org.tinkerbell.smee.dhcp.UserClass;
import org.tinkerbell.smee.http.ipxe.IpxePatch;
import org.tinkerbell.smee.http.iso.IsoHandler;

/**
 * Walks the flag table: changing a flag, by itself and by its variable, changes what Smee does or
 * sends. A flag without a step here fails the test.
 */
@Timeout(120)
class FlagWalkIT {
  private static final String MAC = "08:00:27:29:4e:67";
  private static final String RECORD_IP = "192.168.2.153";
  private static final int X86_64 = 0x8664;

  @TempDir static Path folder;

  private static final Map<String, Step> STEPS = new LinkedHashMap<>();
  private static final Map<String, String> BASELINES = new HashMap<>();
  private static final BlockingQueue<String> KUBE_REQUESTS = new LinkedBlockingQueue<>();
  private static HttpServer kube;
  private static OtlpCollector collector;

  /** Looks at something that Smee does. */
  @FunctionalInterface
  private interface Probe {
    String look(RunningSmee smee) throws Exception;
  }

  /** What a flag is to change. */
  private static final class Step {
    private final String flag;
    private final String value;
    private final String probeName;
    private final Probe probe;
    private final String expected;
    private final List<String> base;

    Step(
        String flag,
        String value,
        String probeName,
        Probe probe,
        String expected,
        List<String> base) {
      this.flag = flag;
      this.value = value;
      this.probeName = probeName;
      this.probe = probe;
      this.expected = expected;
      this.base = base;
    }

    /** The flags of both runs, without the one that is walked. */
    List<String> others() {
      return base.stream().filter(each -> !each.startsWith("-" + flag + "=")).toList();
    }

    @Override
    public String toString() {
      return "-" + flag + "=" + value + " seen in " + probeName;
    }
  }

  // --- the probes ---

  private static String dhcp(RunningSmee smee, Consumer<DhcpMessage.Builder> change)
      throws Exception {
    DhcpMessage.Builder request = RunningSmee.request(MAC, DhcpMessageType.DISCOVER);
    change.accept(request);
    return smee.dhcp(request.build(), 10_000)
        .map(reply -> "file=" + reply.file() + " siaddr=" + reply.siaddr() + "\n" + reply.toText())
        .orElse("no reply");
  }

  private static final Probe FIRMWARE = smee -> dhcp(smee, request -> {});

  private static final Probe HTTP_BOOT =
      smee ->
          dhcp(
              smee,
              request ->
                  request
                      .set(DhcpOptions.VENDOR_CLASS, "HTTPClient:Arch:00016:UNDI:003001")
                      .set(DhcpOptions.CLIENT_ARCHITECTURE, List.of(16)));

  private static Probe userClass(String name) {
    return smee -> dhcp(smee, request -> request.set(DhcpOptions.USER_CLASS, UserClass.bare(name)));
  }

  private static final Probe SCRIPT = smee -> status(smee.get("/" + MAC + "/auto.ipxe"));

  private static Probe get(String path, String... headers) {
    return smee -> status(smee.get(path, headers));
  }

  private static String status(HttpResponse<String> response) {
    return "status " + response.statusCode() + "\n" + response.body();
  }

  private static Probe listens(String protocol) {
    return smee ->
        smee.log().stream()
            .filter(line -> line.contains("listening for " + protocol))
            .findFirst()
            .orElse("not listening");
  }

  /** Which servers there are. */
  private static final Probe SERVERS =
      smee ->
          smee.log().stream()
              .filter(line -> line.contains(" listening for "))
              .map(line -> line.replaceFirst(".*listening for (\\w+).*", "$1"))
              .distinct()
              .toList()
              .toString();

  private static final Probe RECORDS =
      smee ->
          smee.get("/metrics")
              .body()
              .lines()
              .filter(line -> line.startsWith("smee_backend_records "))
              .collect(Collectors.joining());

  private static final Probe KUBE =
      smee -> String.valueOf(KUBE_REQUESTS.poll(20, TimeUnit.SECONDS));

  /** What a client of TFTP that wants large blocks and never acknowledges is sent in a second. */
  private static final Probe TFTP_OPTIONS =
      smee -> {
        StringBuilder received = new StringBuilder();
        try (DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
          InetSocketAddress server = smee.address("TFTP");
          send(client, server, "\0\1ipxe.efi\0octet\0blksize\0001400\0");
          long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(900);
          for (long left = 900; left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            client.setSoTimeout((int) left);
            DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
            try {
              client.receive(packet);
            } catch (SocketTimeoutException e) {
              break;
            }
            String text =
                new String(packet.getData(), 2, packet.getLength() - 2, StandardCharsets.US_ASCII);
            received.append('[').append(text.replace('\0', ' ')).append(']');
          }
          // Or the end of Smee would wait for the transfer.
          send(client, server, "\0\5\0\0enough\0");
        }
        return received.toString();
      };

  /** What becomes of a message over TCP; without a server nothing listens there. */
  private static String syslogByTcp(RunningSmee smee) throws Exception {
    if (smee.log().stream().noneMatch(line -> line.contains("listening for syslog over TCP"))) {
      return "nobody listens";
    }
    InetSocketAddress server = smee.address("syslog over TCP");
    try (Socket sender = new Socket(server.getAddress(), server.getPort())) {
      sender.getOutputStream().write("<30>app: hello by TCP\n".getBytes(StandardCharsets.US_ASCII));
      return smee.await(line -> line.contains("syslog message received"));
    }
  }

  private static void send(DatagramSocket client, InetSocketAddress server, String packet)
      throws IOException {
    byte[] octets = packet.getBytes(StandardCharsets.ISO_8859_1);
    client.send(new DatagramPacket(octets, octets.length, server));
  }

  // --- the steps ---

  private static void step(
      String flag, String value, String probeName, Probe probe, String expected, String... more) {
    List<String> base = new ArrayList<>(base());
    for (String other : more) {
      String name = other.substring(0, other.indexOf('=') + 1);
      base.removeIf(each -> each.startsWith(name));
      if (!other.endsWith("=(none)")) {
        base.add(other);
      }
    }
    STEPS.put(flag, new Step(flag, value, probeName, probe, expected, base));
  }

  private static List<String> base() {
    return List.of(
        "-backend-file-path=" + folder.resolve("hardware.yaml"),
        "-ipxe-dir=" + folder.resolve("ipxe"),
        "-bind-address=127.0.0.1",
        "-public-ipv4=192.0.2.1",
        "-dhcp-addr=127.0.0.1:0",
        "-http-port=0",
        "-tftp-port=0",
        "-syslog-port=0",
        "-osie-url=http://192.0.2.1/hook",
        "-tink-server=192.0.2.1:42113");
  }

  private static String placeholder() throws IOException {
    try (InputStream text = IsoHandler.class.getResourceAsStream("hookos-placeholder.txt")) {
      return new String(text.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("\\s", "");
    }
  }

  /** An image with the place that HookOS leaves for its arguments, and one with other letters. */
  private static Path image(String name, String text) throws IOException {
    return Files.writeString(
        folder.resolve(name),
        "x".repeat(2048) + text + "\n" + placeholder() + "\n" + "M".repeat(600) + "\n");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @BeforeAll
  static void steps() throws Exception {
    Files.writeString(
        folder.resolve("hardware.yaml"),
        """
        08:00:27:29:4e:67:
          ipAddress: 192.168.2.153
          subnetMask: 255.255.255.0
          defaultGateway: 192.168.2.1
          nameServers: [1.1.1.1]
          hostname: machine-1
          vlanID: "30"
          netboot: {allowPxe: true}
        """);
    Files.writeString(
        folder.resolve("two.yaml"),
        """
        08:00:27:00:00:01: {ipAddress: 192.168.2.1, subnetMask: 255.255.255.0}
        08:00:27:00:00:02: {ipAddress: 192.168.2.2, subnetMask: 255.255.255.0}
        """);
    Path binaries = Files.createDirectory(folder.resolve("ipxe"));
    Files.write(
        binaries.resolve("ipxe.efi"),
        BootFileCatalogTest.efi(X86_64, new String(IpxePatch.marker(), StandardCharsets.US_ASCII)));
    Path others = Files.createDirectory(folder.resolve("others"));
    Files.write(others.resolve("ipxe.efi"), BootFileCatalogTest.efi(X86_64, "another build"));

    kube = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    kube.createContext(
        "/",
        exchange -> {
          KUBE_REQUESTS.add(exchange.getRequestURI().getPath());
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    kube.start();
    collector = OtlpCollector.start();
    String api = "http://127.0.0.1:" + kube.getAddress().getPort();
    Path kubeconfig =
        Files.writeString(
            folder.resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            current-context: c
            contexts: [{name: c, context: {cluster: c, user: u, namespace: of-the-file}}]
            clusters: [{name: c, cluster: {server: "%s"}}]
            users: [{name: u, user: {}}]
            """
                .formatted(api));

    step("bind-address", "127.0.0.5", "listening", listens("HTTP"), "address=127.0.0.5:");
    step("public-ipv4", "192.0.2.9", "reply", FIRMWARE, "siaddr=/192.0.2.9");
    String none = "-backend-file-path=(none)";
    step("backend", "none", "records", RECORDS, "records 0", "-dhcp-mode=auto-proxy");
    step("backend-noop-enabled", "true", "records", RECORDS, "records 0", "-dhcp-mode=auto-proxy");
    step(
        "backend-file-enabled",
        "true",
        "records",
        RECORDS,
        "records 1",
        "-backend-kube-enabled=true",
        "-backend-kube-api=" + api);
    step(
        "backend-file-path",
        folder.resolve("two.yaml").toString(),
        "records",
        RECORDS,
        "records 2",
        "-dhcp-mode=auto-proxy",
        "-backend-kube-api=" + api);
    step(
        "backend-kube-enabled",
        "true",
        "records",
        RECORDS,
        "records 0",
        "-backend-kube-api=" + api);
    step(
        "backend-kube-api",
        api + "/behind-a-proxy",
        "request to Kubernetes",
        KUBE,
        "/behind-a-proxy/apis/tinkerbell.org",
        none,
        "-backend-kube-config=" + kubeconfig);
    step(
        "backend-kube-config",
        kubeconfig.toString(),
        "request to Kubernetes",
        KUBE,
        "/apis/tinkerbell.org",
        none,
        "-backend-kube-namespace=n");
    step(
        "backend-kube-namespace",
        "lab",
        "request to Kubernetes",
        KUBE,
        "/namespaces/lab/hardware",
        none,
        "-backend-kube-api=" + api);

    step("dhcp-addr", "127.0.0.6:0", "listening", listens("DHCP"), "address=127.0.0.6:");
    step("dhcp-enabled", "false", "servers", SERVERS, "HTTP]");
    String binary = "HTTP boot reply";
    step("dhcp-http-ipxe-binary-host", "h.test", binary, HTTP_BOOT, "file=http://h.test:8080/");
    step("dhcp-http-ipxe-binary-path", "/b/", binary, HTTP_BOOT, ":8080/b/");
    step("dhcp-http-ipxe-binary-port", "81", binary, HTTP_BOOT, "file=http://192.0.2.1:81/");
    step(
        "dhcp-http-ipxe-binary-scheme", "https", binary, HTTP_BOOT, "file=https://192.0.2.1:8080/");
    Probe ipxe = userClass("Tinkerbell");
    String script = "iPXE's reply";
    step("dhcp-http-ipxe-script-host", "h.test", script, ipxe, "file=http://h.test:8080/");
    step("dhcp-http-ipxe-script-path", "/s/x.ipxe", script, ipxe, ":8080/s/" + MAC + "/x.ipxe");
    step("dhcp-http-ipxe-script-port", "80", script, ipxe, "file=http://192.0.2.1/" + MAC);
    step("dhcp-http-ipxe-script-scheme", "https", script, ipxe, "file=https://192.0.2.1:8080/");
    step(
        "dhcp-http-ipxe-script-prepend-mac",
        "false",
        script,
        ipxe,
        "file=http://192.0.2.1:8080/auto.ipxe");
    step(
        "dhcp-http-ipxe-script-url",
        "https://boot.test",
        script,
        ipxe,
        "file=https://boot.test/" + MAC);
    step("dhcp-iface", "lo", "listening", listens("DHCP"), " on lo", "-dhcp-addr=0.0.0.0:0");
    step("dhcp-ip-for-packet", "192.0.2.7", "reply", FIRMWARE, "192.0.2.7");
    step("dhcp-mode", "proxy", "reply", FIRMWARE, "yiaddr: 0.0.0.0");
    step("dhcp-syslog-ip", "192.0.2.8", "reply", FIRMWARE, "192.0.2.8");
    step("dhcp-tftp-ip", "192.0.2.6", "reply", FIRMWARE, "siaddr=/192.0.2.6");
    Probe stock = userClass("iPXE");
    step(
        "dhcp-tftp-port",
        "6969",
        "iPXE's reply",
        stock,
        "file=tftp://192.0.2.1:6969/",
        "-ipxe-chainload=always");
    step("ipxe-chainload", "always", "iPXE's reply", stock, "file=tftp://192.0.2.1");

    String text = "script";
    step("extra-kernel-args", "walked=1 k=v", text, SCRIPT, "walked=1");
    step("http-addr", "127.0.0.7", "listening", listens("HTTP"), "address=127.0.0.7:");
    step("http-ipxe-binary-enabled", "false", "GET", get("/ipxe/ipxe.efi"), "status 404");
    step("http-ipxe-script-enabled", "false", text, SCRIPT, "status 404");
    int httpPort = freePort();
    step("http-port", "" + httpPort, "listening", listens("HTTP"), "address=127.0.0.1:" + httpPort);
    step("ipxe-script-retries", "7", text, SCRIPT, "retries:int32 7");
    step("ipxe-script-retry-delay", "9", text, SCRIPT, "retry_delay:int32 9");
    step("osie-url", "http://osie.test/x", text, SCRIPT, "http://osie.test/x");
    step("tink-server", "tink.test:1", text, SCRIPT, "grpc_authority=tink.test:1");
    step("tink-server-insecure-tls", "true", text, SCRIPT, "tinkerbell_insecure_tls=true");
    step("tink-server-tls", "true", text, SCRIPT, "tinkerbell_tls=true");
    step(
        "trusted-proxies",
        "127.0.0.0/8",
        "script for a forwarded address",
        get("/auto.ipxe", "X-Forwarded-For", RECORD_IP),
        "status 200");

    walkDhcpSwitches();
    walkTftpSwitches();
    walkHttps();

    Probe iso = get("/iso/" + MAC + "/hook.iso");
    String isoOn = "-iso-enabled=true";
    String image = "-iso-url=" + image("hook.iso", "first image");
    step("iso-enabled", "true", "ISO", iso, "first image", image);
    String other = image("other.iso", "second image").toString();
    step("iso-url", other, "ISO", iso, "second image", image, isoOn);
    step("iso-magic-string", "M".repeat(600), "ISO", iso, placeholder(), image, isoOn);
    step("iso-static-ipam-enabled", "true", "ISO", iso, " ipam=", image, isoOn);

    step("otel-endpoint", collector.endpoint(), "script", SCRIPT, "echo Debug TraceID: ");
    step(
        "otel-insecure",
        "false",
        "what the collector got",
        smee -> {
          int before = collector.spans().size();
          smee.get("/auto.ipxe");
          smee.close();
          return collector.spans().size() > before ? "spans" : "nothing";
        },
        "nothing",
        "-otel-endpoint=" + collector.endpoint());

    step("syslog-addr", "127.0.0.8", "listening", listens("syslog"), "address=127.0.0.8:");
    step("syslog-enabled", "false", "servers", SERVERS, "[TFTP, ");
    int syslogPort = freePort();
    step("syslog-port", "" + syslogPort, "listening", listens("syslog"), ":" + syslogPort);
    step(
        "syslog-tcp-enabled",
        "true",
        "a message by TCP",
        FlagWalkIT::syslogByTcp,
        "msg=hello by TCP");
    step("ipxe-dir", others.toString(), "GET", get("/ipxe/ipxe.efi"), "another build");
    step("ipxe-script-patch", "echo patched", "GET", get("/ipxe/ipxe.efi"), "echo patched");
    step("tftp-addr", "127.0.0.9", "listening", listens("TFTP"), "address=127.0.0.9:");
    step("tftp-block-size", "600", "TFTP options", TFTP_OPTIONS, "blksize 600");
    step("tftp-enabled", "false", "servers", SERVERS, "[syslog, HTTP");
    int tftpPort = freePort();
    step("tftp-port", "" + tftpPort, "listening", listens("TFTP"), ":" + tftpPort);
    step("tftp-timeout", "300ms", "TFTP options", TFTP_OPTIONS, "[blksize 1400 ][blksize 1400 ]");
  }

  private static void walkDhcpSwitches() {
    step(
        "dhcp-boot-server-enabled",
        "false",
        "DHCP sockets",
        smee ->
            smee.log().stream().filter(line -> line.contains("listening for DHCP")).count()
                + " sockets",
        "1 sockets",
        "-dhcp-mode=proxy",
        "-dhcp-addr=127.0.40.12:0");
    step("dhcp-enable-netboot-options", "false", "reply", FIRMWARE, "file= ");
    step(
        "dhcp-reference-parity",
        "true",
        "reply to a request for another address",
        smee ->
            dhcp(
                smee,
                request ->
                    request
                        .set(DhcpOptions.MESSAGE_TYPE, DhcpMessageType.REQUEST)
                        .set(DhcpOptions.REQUESTED_ADDRESS, address("192.168.2.99"))),
        "Type: ACK");
    step("dhcp-strict-pxe", "true", "reply", FIRMWARE, "option 60 ");
    step("dhcp-vlan-option", "true", "reply", FIRMWARE, "116=3330");
    step(
        "ipxe-binary-inject-mac-addr-format",
        "dash",
        "HTTP boot reply",
        HTTP_BOOT,
        MAC.replace(':', '-'));
    step("ipxe-override-arch-mapping", "7=snp.efi", "reply", FIRMWARE, "file=snp.efi");
  }

  private static Inet4Address address(String text) {
    return ValueText.ipv4Address(text).orElseThrow();
  }

  private static void walkTftpSwitches() throws IOException {
    Path assets = Files.createDirectory(folder.resolve("assets"));
    Files.writeString(assets.resolve("asset.txt"), "an asset");
    step(
        "tftp-asset-dir",
        assets.toString(),
        "TFTP",
        smee -> {
          try {
            return new String(smee.tftp("asset.txt"), StandardCharsets.UTF_8);
          } catch (ExecutionException e) {
            return "no file";
          }
        },
        "an asset");
    String folderFlag = "-tftp-asset-dir=" + assets;
    Probe overHttp = get("/tftp/asset.txt");
    step("pxe-http-enabled", "true", "GET", overHttp, "an asset", folderFlag);
    step(
        "pxe-http-path-prefix",
        "u-boot",
        "GET",
        get("/u-boot/asset.txt"),
        "an asset",
        folderFlag,
        "-pxe-http-enabled=true");
    step(
        "tftp-single-port",
        "false",
        "port of the answer",
        smee -> {
          try (DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            InetSocketAddress server = smee.address("TFTP");
            send(client, server, "\0\1ipxe.efi\0octet\0");
            client.setSoTimeout(10_000);
            DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
            client.receive(packet);
            send(client, (InetSocketAddress) packet.getSocketAddress(), "\0\5\0\0enough\0");
            return packet.getPort() == server.getPort() ? "the same" : "another";
          }
        },
        "another");
  }

  private static void walkHttps() throws Exception {
    KeyStore store = keyStore();
    String certificate =
        "-tls-cert-file="
            + pem("cert.pem", "CERTIFICATE", store.getCertificate("smee").getEncoded());
    String key =
        "-tls-key-file="
            + pem(
                "key.pem",
                "PRIVATE KEY",
                store.getKey("smee", "password".toCharArray()).getEncoded());
    int port = freePort();
    Probe https = listens("HTTPS");
    String free = "-https-port=0";
    step("https-port", "" + port, "listening", https, ":" + port, certificate, key);
    String text = "listening for HTTPS";
    step("tls-cert-file", value(certificate), "listening", https, text, key, free);
    step("tls-key-file", value(key), "listening", https, text, certificate, free);
  }

  private static String value(String flag) {
    return flag.substring(flag.indexOf('=') + 1);
  }

  /** Made for the occasion by the JDK's own tool. */
  private static KeyStore keyStore() throws Exception {
    Path file = folder.resolve("smee.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "smee",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=smee.test",
                "-storetype",
                "PKCS12",
                "-storepass",
                "password",
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.txt").toFile())
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, "password".toCharArray());
    }
    return store;
  }

  private static Path pem(String name, String kind, byte[] octets) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(octets);
    return Files.writeString(
        folder.resolve(name),
        "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
  }

  @AfterAll
  static void stop() {
    kube.stop(0);
    collector.close();
  }

  // --- the walk ---

  static List<Step> walk() {
    FlagTable table = FlagTable.of("", RunningSmee.BACKENDS);
    return STEPS.values().stream().filter(step -> table.find(step.flag).isPresent()).toList();
  }

  private static String look(Step step, Map<String, String> environment, List<String> flags) {
    KUBE_REQUESTS.clear();
    try (RunningSmee smee = RunningSmee.start(environment, flags)) {
      return step.probe.look(smee);
    } catch (Exception | AssertionError e) {
      return "does not start: " + e.getMessage();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("walk")
  void changingItChangesWhatSmeeDoes(Step step) {
    String before =
        BASELINES.computeIfAbsent(
            step.probeName + step.others() + step.base, key -> look(step, Map.of(), step.base));
    List<String> flags = new ArrayList<>(step.others());
    flags.add("-" + step.flag + "=" + step.value);
    String byFlag = look(step, Map.of(), flags);
    assertThat(byFlag).contains(step.expected).doesNotStartWith("does not start");
    assertThat(before).doesNotContain(step.expected);
    String byVariable = look(step, Map.of(Flag.variable(step.flag), step.value), step.others());
    assertThat(byVariable).contains(step.expected);
  }

  /** Both decide how lines look, which the program sets up before anything else. */
  @Test
  void logFlagsChangeTheLog() throws Exception {
    String missing = "-backend-file-path=" + folder.resolve("missing.yaml");
    assertThat(lines(Map.of(), missing)).isNotEmpty().allMatch(line -> line.startsWith("{"));
    assertThat(lines(Map.of(), missing, "-log-level=error")).isEmpty();
    assertThat(lines(Map.of("SMEE_LOG_LEVEL", "error"), missing)).isEmpty();
    assertThat(lines(Map.of(), missing, "-log-format=text"))
        .isNotEmpty()
        .allMatch(line -> line.contains(" INFO  "));
    assertThat(lines(Map.of("SMEE_LOG_FORMAT", "text"), missing))
        .isNotEmpty()
        .allMatch(line -> line.contains(" INFO  "));
  }

  private static List<String> lines(Map<String, String> environment, String... flags)
      throws Exception {
    Packaged.Result result = Packaged.run(Packaged.javaJar(), environment, flags);
    assertThat(result.status()).isEqualTo(2);
    return result.out();
  }

  @Test
  void everyFlagIsWalked() {
    TreeSet<String> walked = new TreeSet<>(STEPS.keySet());
    walked.addAll(List.of("log-level", "log-format"));
    assertThat(walked)
        .containsExactlyInAnyOrderElementsOf(
            FlagTable.of("", RunningSmee.BACKENDS).flags().stream()
                .map(Flag::name)
                // The backend of a test on the class path.
                .filter(name -> !name.startsWith("backend-csv"))
                .toList());
  }
}
