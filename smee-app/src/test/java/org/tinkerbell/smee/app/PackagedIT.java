// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged program from outside: what it prints, and how it ends. */
class PackagedIT {
  @TempDir Path folder;

  private Path hardware(String text) throws IOException {
    return Files.writeString(folder.resolve("hardware.yaml"), text);
  }

  private static List<String> loopback(Path hardware, String... more) {
    List<String> flags =
        Packaged.loopback("-backend-file-enabled", "-backend-file-path=" + hardware);
    flags.addAll(List.of(more));
    return flags;
  }

  private static final String RECORD =
      """
      08:00:27:29:4e:67:
        ipAddress: 192.168.2.153
        subnetMask: 255.255.255.0
        netboot: {allowPxe: true}
      """;

  private static void oneLine(Packaged.Result result, int status) {
    assertThat(result.status()).isEqualTo(status);
    assertThat(result.err()).hasSize(1);
    assertThat(result.err().get(0)).startsWith("smee: ").doesNotContain("Exception");
    assertThat(result.out()).noneMatch(line -> line.contains("\tat "));
  }

  @Test
  @DisplayName("B29 a broken hardware file is one line with file, line, column and reason")
  void brokenHardwareFile() throws Exception {
    Path file = hardware("a:\n  b: [1,\n");
    Packaged.Result result = Packaged.run(loopback(file).toArray(String[]::new));
    oneLine(result, 2);
    assertThat(result.err().get(0)).matches("smee: .*hardware\\.yaml:\\d+:\\d+: .+");
  }

  @Test
  void theFileFlagAloneChoosesTheFileBackend() throws Exception {
    Path file = hardware("a: [\n");
    Packaged.Result result =
        Packaged.run("-backend-file-path=" + file, "-dhcp-ip-for-packet=127.0.0.1");
    oneLine(result, 2);
    assertThat(result.err().get(0)).contains("hardware.yaml:");
  }

  @Test
  @DisplayName("B36 a missing hardware file")
  void missingHardwareFile() throws Exception {
    Path file = folder.resolve("none.yaml");
    Packaged.Result result = Packaged.run(loopback(file).toArray(String[]::new));
    oneLine(result, 2);
    assertThat(result.err().get(0)).contains(file.toString());
  }

  @Test
  @DisplayName("C3 an unknown flag")
  void unknownFlag() throws Exception {
    Packaged.Result result = Packaged.run("-dhcp-mod=proxy");
    oneLine(result, 2);
    assertThat(result.err().get(0)).contains("-dhcp-mod").contains("-dhcp-mode");
  }

  @Test
  @DisplayName("C12 C16 C17 every fault is shown in one go")
  void everyFault() throws Exception {
    Packaged.Result result =
        Packaged.run(
            Packaged.javaJar(),
            Map.of("SMEE_HTTP_PORT", "abc", "SMEE_HTP_PORT", "1"),
            "-dhcp-mode=bogus",
            "-log-level=foo",
            "-backend-file-enabled",
            "-backend-noop-enabled");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).hasSizeGreaterThanOrEqualTo(4).allMatch(l -> l.startsWith("smee: "));
    assertThat(String.join("\n", result.err()))
        .contains("SMEE_HTTP_PORT:")
        .contains("-dhcp-mode:")
        .contains("-log-level:")
        .contains("only one backend")
        .contains("smee: warning: SMEE_HTP_PORT:");
  }

  @Test
  void whatIsWrongWithTheHardwareFileIsShownWithTheOtherFaults() throws Exception {
    Path file = hardware("a: b: c\n");
    Packaged.Result result = Packaged.run("-dhcp-mode=bogus", "-backend-file-path=" + file);
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).hasSize(2).allMatch(line -> line.startsWith("smee: "));
    assertThat(String.join("\n", result.err())).contains("-dhcp-mode:").contains(file + ":1:");
  }

  @Test
  @DisplayName("C27 a port that is taken")
  void portTaken() throws Exception {
    Path file = hardware(RECORD);
    try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
      Packaged.Result result =
          Packaged.run(loopback(file, "-tftp-port=" + taken.getLocalPort()).toArray(String[]::new));
      oneLine(result, 1);
      assertThat(result.err().get(0))
          .contains("TFTP")
          .contains("127.0.0.1")
          .contains(Integer.toString(taken.getLocalPort()))
          .contains("in use");
    }
  }

  @Test
  void withoutPort4011AProxyServesTheOtherMachines() throws Exception {
    String address = "127.0.40.11"; // the port is not a matter of choice, so the address is
    List<String> flags = loopback(hardware(RECORD), "-dhcp-mode=proxy");
    flags.replaceAll(
        flag -> flag.replace("-dhcp-addr=127.0.0.1:0", "-dhcp-addr=" + address + ":0"));
    try (DatagramSocket taken = new DatagramSocket(4011, InetAddress.getByName(address));
        Packaged smee = Packaged.start(flags.toArray(String[]::new))) {
      String warning = smee.awaitMessage("PXE clients that ask at port 4011 get no answer");
      assertThat(warning)
          .contains("\"level\":\"WARN\"")
          .contains(address + ":" + taken.getLocalPort())
          .contains("in use");
      smee.awaitMessage("smee is ready");
      smee.terminate();
      assertThat(smee.end().status()).isZero();
    }
  }

  @Test
  @DisplayName("C1 help; smee print ipxe-script; version")
  void texts() throws Exception {
    Packaged.Result help = Packaged.run("-h");
    assertThat(help.status()).isZero();
    assertThat(help.out()).contains("USAGE", "  smee [flags]", "FLAGS");
    assertThat(help.err()).isEmpty();
    Packaged.Result script = Packaged.run("print", "ipxe-script");
    assertThat(script.status()).isZero();
    assertThat(script.out().get(0)).isEqualTo("#!ipxe");
    assertThat(script.out()).anyMatch(line -> line.contains("user-class Tinkerbell"));
    Packaged.Result version = Packaged.run("-version");
    assertThat(version.status()).isZero();
    assertThat(version.out()).singleElement().asString().startsWith("smee 0.");
    oneLine(Packaged.run("print", "nothing"), 2);
  }

  @ParameterizedTest(name = "C28 {0} ends it with status 0, after it has served")
  @ValueSource(strings = {"java -jar", "bin/smee"})
  void servesAndStops(String how) throws Exception {
    Path file = hardware(RECORD);
    List<String> command =
        how.equals("bin/smee") ? List.of(Packaged.LAUNCHER.toString()) : Packaged.javaJar();
    try (Packaged smee = Packaged.start(command, Map.of(), loopback(file).toArray(String[]::new))) {
      String listening = smee.awaitMessage("listening for HTTP");
      smee.awaitMessage("smee is ready");
      String port = listening.replaceFirst(".*\"address\":\"127\\.0\\.0\\.1:(\\d+)\".*", "$1");
      HttpClient client = HttpClient.newHttpClient();
      String base = "http://127.0.0.1:" + port;
      HttpResponse<String> script = get(client, base + "/08:00:27:29:4e:67/auto.ipxe");
      assertThat(script.statusCode()).isEqualTo(200);
      assertThat(script.body()).startsWith("#!ipxe\n").contains("http://127.0.0.1:9999/hook");
      assertThat(get(client, base + "/healthcheck").body()).startsWith("{\"git_rev\":");
      assertThat(get(client, base + "/x/y/autoexec.ipxe").body()).startsWith("#!ipxe\n");
      assertThat(get(client, base + "/08:00:27:00:00:00/auto.ipxe").statusCode()).isEqualTo(404);
      smee.terminate();
      Packaged.Result result = smee.end();
      assertThat(result.status()).isZero();
      assertThat(result.err()).isEmpty();
      assertThat(result.out()).anyMatch(line -> line.contains("smee is shutting down"));
    }
  }

  @Test
  void checkLoadsTheHardwareFileAndOpensNoSocket() throws Exception {
    Path file = hardware(RECORD);
    try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
      Packaged.Result good =
          Packaged.run(
              loopback(file, "-check", "-tftp-port=" + taken.getLocalPort())
                  .toArray(String[]::new));
      assertThat(good.err()).isEmpty();
      assertThat(good.out()).last().isEqualTo("smee: the configuration can be used");
      assertThat(good.status()).isZero();
    }
    Path broken = hardware("a:\n  b: [1,\n");
    Packaged.Result bad = Packaged.run(loopback(broken, "-check").toArray(String[]::new));
    oneLine(bad, 2);
    assertThat(bad.err().get(0)).contains("hardware.yaml:");
  }

  @Test
  void onATerminalLinesAreForPeople() throws Exception {
    Packaged.Result result =
        Packaged.run(
            List.of("script", "-qec"),
            Map.of(),
            String.join(" ", Packaged.javaJar())
                + " -backend-file-path="
                + folder.resolve("none.yaml"),
            "/dev/null");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.out())
        .anyMatch(line -> line.matches("[0-9:.]{12} INFO  smee     starting .*"));
  }

  private static HttpResponse<String> get(HttpClient client, String url) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  @DisplayName("C19 the default is the first address of the interface with the default route")
  void detectedAddressIsThePrimaryOne() throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "unshare",
                "--net",
                "sh",
                "-c",
                "ip link add veth1 type veth peer name veth2 && ip addr add 10.1.0.2/24 dev veth1"
                    + " && ip addr add 10.2.0.2/24 dev veth2 && ip addr add 10.2.0.9/24 dev veth2"
                    + " && ip link set veth1 up && ip link set veth2 up"
                    + " && ip route add default via 10.2.0.1 && exec \"$0\" \"$@\""));
    command.addAll(Packaged.javaJar());
    Packaged.Result result = Packaged.run(command, Map.of(), "-h");
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .filteredOn(line -> line.startsWith("  -http-addr "))
        .singleElement()
        .asString()
        .endsWith("(default \"10.2.0.2\")");
  }

  @Test
  void aMissingCapabilityIsOneLineThatSaysWhatToDo() throws Exception {
    // As nobody, in a network namespace of its own, where the ports below 1024 are privileged.
    Path file = Files.createTempFile("hardware", ".yaml");
    try {
      Files.writeString(file, RECORD);
      file.toFile().setReadable(true, false);
      List<String> command =
          new ArrayList<>(
              List.of(
                  "unshare",
                  "--net",
                  "sh",
                  "-c",
                  "ip link set lo up && exec setpriv --reuid=65534 --regid=65534 --clear-groups"
                      + " --bounding-set=-all \"$0\" \"$@\""));
      command.addAll(Packaged.javaJar());
      List<String> flags = loopback(file);
      flags.replaceAll(flag -> flag.startsWith("-dhcp-addr") ? "-dhcp-addr=0.0.0.0:67" : flag);
      Packaged.Result result =
          Packaged.run(command, Map.of("HOME", "/"), flags.toArray(String[]::new));
      oneLine(result, 1);
      assertThat(result.err().get(0)).contains(":67").contains("CAP_NET_BIND_SERVICE");
    } finally {
      Files.delete(file);
    }
  }
}
