// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Osie;
import org.tinkerbell.smee.backend.RaspberryPi;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.http.ipxe.AutoexecScript;
import org.tinkerbell.smee.tftp.TftpClient;
import org.tinkerbell.smee.tftp.TftpServer;

/** What TFTP serves besides iPXE: cases T41 to T47. */
class HardwareFilesIT {

  private static final MacAddress MAC = MacAddress.parse("aa:bb:cc:dd:ee:ff");

  @TempDir private Path folder;

  private final TftpClient client = TftpClient.create();
  private TftpServer server;

  /** Knows one machine, by its address and as whoever asks. */
  private record OneMachine(Netboot netboot) implements Backend {

    private LookupResult found() {
      return new LookupResult.Found(HardwareRecord.of(Reservation.builder(MAC).build(), netboot));
    }

    @Override
    public CompletionStage<LookupResult> findByMac(MacAddress macAddress) {
      return CompletableFuture.completedStage(
          macAddress.equals(MAC) ? found() : new LookupResult.NotFound());
    }

    @Override
    public CompletionStage<LookupResult> findByIp(InetAddress ipAddress) {
      return CompletableFuture.completedStage(found());
    }

    @Override
    public BackendStatus status() {
      return Backend.none().status();
    }

    @Override
    public void close() {}
  }

  /** Fails every look-up. */
  private record Broken() implements Backend {

    @Override
    public CompletionStage<LookupResult> findByMac(MacAddress macAddress) {
      return CompletableFuture.failedStage(new IllegalStateException("broken on purpose"));
    }

    @Override
    public CompletionStage<LookupResult> findByIp(InetAddress ipAddress) {
      return CompletableFuture.completedStage(new LookupResult.Failed("broken on purpose"));
    }

    @Override
    public BackendStatus status() {
      return Backend.none().status();
    }

    @Override
    public void close() {}
  }

  private static Netboot pi(String serial, Optional<String> firmware, Optional<String> config) {
    return Netboot.builder()
        .raspberryPi(new RaspberryPi(serial, firmware, config))
        .osie(
            new Osie(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of("console=tty1", "rw")))
        .build();
  }

  @BeforeEach
  void makeFiles() throws Exception {
    Path assets = Files.createDirectories(folder.resolve("assets"));
    Files.writeString(folder.resolve("secret"), "secret");
    Files.createDirectories(assets.resolve("rpi4b"));
    Files.createDirectories(assets.resolve("pxelinux.cfg"));
    Files.writeString(assets.resolve("rpi4b/start.elf"), "firmware");
    Files.writeString(assets.resolve("vmlinuz"), "kernel");
    Files.writeString(assets.resolve("undionly.kpxe"), "not this one");
    Files.writeString(assets.resolve("pxelinux.cfg/default"), "for all others");
    Files.createDirectories(folder.resolve("ipxe"));
    Files.writeString(folder.resolve("ipxe/undionly.kpxe"), "the embedded one");
  }

  @AfterEach
  void stop() {
    client.close();
    if (server != null) {
      server.close();
    }
  }

  private void start(Backend records, boolean withAssets) throws Exception {
    BootFileHandlers handlers =
        new BootFileHandlers(
            BootFileCatalog.load(Optional.of(folder.resolve("ipxe")), ""),
            AutoexecScript.of(URI.create("http://192.0.2.1/auto.ipxe"), true));
    Optional<Path> assets =
        withAssets ? Optional.of(folder.resolve("assets")) : Optional.<Path>empty();
    server =
        TftpServer.builder()
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .handler(handlers.tftp(new HardwareFiles(records, assets)))
            .build();
    server.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private String get(String name) throws Exception {
    return new String(
        client
            .get(server.boundAddresses().get(0), name)
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS),
        StandardCharsets.UTF_8);
  }

  private void assertMissing(String name) {
    assertThat(client.get(server.boundAddresses().get(0), name).toCompletableFuture())
        .as(name)
        .failsWithin(20, TimeUnit.SECONDS)
        .withThrowableOfType(ExecutionException.class)
        .withMessageContaining("unknown: file does not exist");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "T41, pxelinux.cfg/01-aa-bb-cc-dd-ee-ff",
    "T42, pxelinux.cfg/01-AA-BB-CC-DD-EE-FF",
    "T42, /pxelinux.cfg/01-aa-bb-cc-dd-ee-ff",
  })
  void aMachineGetsItsPxelinuxConfiguration(String number, String name) throws Exception {
    start(new OneMachine(Netboot.builder().pxelinuxConfig("DEFAULT linux").build()), false);
    assertThat(get(name)).isEqualTo("DEFAULT linux");
    assertMissing("pxelinux.cfg/01-aa-bb-cc-dd-ee-00");
    assertMissing("pxelinux.cfg/aa-bb-cc-dd-ee-ff");
    assertMissing("pxelinux.cfg/default");
  }

  @Test
  void machinesWithoutOneGetTheDefaultOfTheAssetFolder() throws Exception {
    start(new OneMachine(Netboot.builder().build()), true);
    assertMissing("pxelinux.cfg/01-aa-bb-cc-dd-ee-ff");
    assertThat(get("pxelinux.cfg/default")).isEqualTo("for all others");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "T43, abc123/config.txt, arm_64bit=1",
    "T44, abc123/cmdline.txt, console=tty1 rw",
    "T45, abc123/start.elf, firmware",
    "T47, abc123/undionly.kpxe, the embedded one",
    "T47, vmlinuz, kernel",
  })
  void aRaspberryPiGetsItsFiles(String number, String name, String content) throws Exception {
    start(new OneMachine(pi("abc123", Optional.of("rpi4b"), Optional.of("arm_64bit=1"))), true);
    assertThat(get(name)).isEqualTo(content);
  }

  @Test
  void theEndOfALongSerialNumberIsEnough() throws Exception {
    start(new OneMachine(pi("10000000DEADBEEF", Optional.empty(), Optional.of("a=b"))), false);
    assertThat(get("deadbeef/config.txt")).isEqualTo("a=b");
    assertThat(get("deadbeef/cmdline.txt")).isEqualTo("console=tty1 rw");
    assertMissing("beef/config.txt");
    assertMissing("deadbeef/start.elf");
  }

  /** Through everything that stands between TFTP and the records; the address is another one. */
  @Test
  void aBoardWithAnAddressOfAnotherServerIsFoundByItsSerialNumber() throws Exception {
    Path hardware =
        Files.writeString(
            folder.resolve("hardware.yaml"),
            """
            b8:27:eb:00:00:01:
              ipAddress: 192.0.2.10
              subnetMask: 255.255.255.0
              netboot:
                raspberryPi: {serialNumber: 10000000DEADBEEF, firmwarePath: rpi4b, configTxt: a=b}
            """);
    try (RunningSmee smee =
        RunningSmee.start(
            "-backend-file-path=" + hardware,
            "-dhcp-enabled=false",
            "-syslog-enabled=false",
            "-http-addr=127.0.0.1",
            "-http-port=0",
            "-tftp-addr=127.0.0.1",
            "-tftp-port=0",
            "-tftp-asset-dir=" + folder.resolve("assets"),
            "-dhcp-syslog-ip=127.0.0.1",
            "-dhcp-http-ipxe-script-host=127.0.0.1",
            "-osie-url=http://127.0.0.1:9999/hook")) {
      assertThat(smee.tftp("deadbeef/config.txt")).asString().isEqualTo("a=b");
      assertThat(smee.tftp("deadbeef/start.elf")).asString().isEqualTo("firmware");
      assertThat(smee.get("/metrics").body())
          .contains("smee_backend_lookups_total{from=\"tftp\",result=\"found\"} 2");
    }
  }

  @ParameterizedTest(name = "T46 {0}")
  @ValueSource(
      strings = {
        "abc123/../../secret", "abc123/../secret", "../secret", "/../secret", "other/config.txt",
        "abc123", "abc123/", "abc123/missing.dtb", "..\\secret", "rpi4b"
      })
  void nothingElseIsThere(String name) throws Exception {
    start(new OneMachine(pi("abc123", Optional.of("rpi4b"), Optional.of("x"))), true);
    assertMissing(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "../", "/../..", "rpi4b/../.."})
  void aFirmwareFolderOutsideOfTheAssetFolderIsNotServed(String firmware) throws Exception {
    start(new OneMachine(pi("abc123", Optional.of(firmware), Optional.empty())), true);
    assertMissing("abc123/secret");
  }

  @Test
  void aBrokenBackendDoesNotStandInTheWayOfFiles() throws Exception {
    start(new Broken(), true);
    assertThat(get("rpi4b/start.elf")).isEqualTo("firmware");
    assertThat(get("undionly.kpxe")).isEqualTo("the embedded one");
    assertMissing("pxelinux.cfg/01-aa-bb-cc-dd-ee-ff");
  }

  @Test
  void withoutAnAssetFolderNoFileIsServed() throws Exception {
    start(new OneMachine(pi("abc123", Optional.of("rpi4b"), Optional.empty())), false);
    assertMissing("vmlinuz");
    assertMissing("abc123/start.elf");
    assertMissing("abc123/config.txt");
    assertThat(get("abc123/cmdline.txt")).isEqualTo("console=tty1 rw");
  }
}
