// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.app.BootFile.UserClass;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.http.ipxe.IpxePatch;

class BootFileCatalogTest {
  private static final int X86_64 = 0x8664;
  private static final int ARM64 = 0xaa64;
  private static final String MARKER = new String(IpxePatch.marker(), StandardCharsets.US_ASCII);
  private static final String TINKERBELL = "\nset user-class Tinkerbell\n";

  @TempDir Path folder;

  /** Makes what looks like an EFI program from outside, with some text in it. */
  static byte[] efi(int machine, String text) {
    ByteBuffer image = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
    image.put((byte) 'M').put((byte) 'Z').putInt(0x3c, 0x80);
    image.putInt(0x80, 0x4550).putShort(0x84, (short) machine);
    image.position(0x100).put(text.getBytes(StandardCharsets.US_ASCII));
    return image.array();
  }

  private void file(String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  private BootFileCatalog given() {
    return BootFileCatalog.load(Optional.of(folder), "");
  }

  private BootFileCatalog asPackage() {
    return BootFileCatalog.load(new BootFileSource.Folder(folder, false), "");
  }

  private static BootFile get(BootFileCatalog catalog, String name) {
    return catalog.find(name).file().orElseThrow();
  }

  @Test
  void smeesOwnKindIsKnownByItsUserClass() throws IOException {
    file("ipxe.efi", efi(X86_64, TINKERBELL + MARKER));
    BootFile ipxe = get(given(), "ipxe.efi");
    assertThat(ipxe.userClass()).isEqualTo(UserClass.TINKERBELL);
    assertThat(ipxe.patchMarker()).isTrue();
    assertThat(given().breaksLoop("ipxe.efi")).isTrue();
  }

  @Test
  void stockKindDoesNotBreakTheLoop() throws IOException {
    file("ipxe.efi", efi(X86_64, "user-class is a setting, and Tinkerbell not near it"));
    assertThat(get(given(), "ipxe.efi").userClass()).isEqualTo(UserClass.STOCK);
    assertThat(given().breaksLoop("ipxe.efi")).isFalse();
  }

  @Test
  void compressedImageCountsAsTheOthersOfItsFolder() throws IOException {
    file("undionly.kpxe", new byte[100]);
    assertThat(get(given(), "undionly.kpxe").userClass()).isEqualTo(UserClass.ASSUMED_STOCK);
    file("ipxe.efi", efi(X86_64, TINKERBELL));
    assertThat(get(given(), "undionly.kpxe").userClass()).isEqualTo(UserClass.ASSUMED_TINKERBELL);
    assertThat(given().breaksLoop("undionly.kpxe")).isTrue();
  }

  @Test
  void fileThatIsNotThereDoesNotBreakTheLoop() {
    assertThat(given().breaksLoop("ipxe.efi")).isFalse();
    assertThat(given().missing()).containsExactly("undionly.kpxe", "ipxe.efi", "snp.efi");
  }

  @Test
  void debiansNamesAreMapped() throws IOException {
    file("undionly.kpxe", new byte[100]);
    file("ipxe.efi", efi(X86_64, ""));
    file("snponly.efi", efi(X86_64, "snponly"));
    file("ipxe-arm64.efi", efi(ARM64, "arm"));
    BootFileCatalog catalog = asPackage();
    assertThat(get(catalog, "snp-x86_64.efi").source()).endsWith("snponly.efi");
    assertThat(get(catalog, "snp-arm64.efi").source()).endsWith("ipxe-arm64.efi");
    assertThat(get(catalog, "snp.efi").source()).endsWith("ipxe-arm64.efi");
    assertThat(catalog.missing()).isEmpty();
    assertThat(catalog.warnings()).isEmpty();
  }

  @Test
  void fedorasNamesAndFoldersAreMapped() throws IOException {
    file("ipxe-x86_64.efi", efi(X86_64, ""));
    file("ipxe-snponly-x86_64.efi", efi(X86_64, ""));
    file("arm64-efi/snponly.efi", efi(ARM64, ""));
    file("arm64-efi/ipxe.efi", efi(ARM64, ""));
    BootFileCatalog catalog = asPackage();
    assertThat(get(catalog, "ipxe.efi").source()).endsWith("ipxe-x86_64.efi");
    assertThat(get(catalog, "snp-x86_64.efi").source()).endsWith("ipxe-snponly-x86_64.efi");
    assertThat(get(catalog, "snp.efi").source()).endsWith("arm64-efi/snponly.efi");
  }

  @Test
  void snpIsSortedByTheProcessorInItsHeader() throws IOException {
    file("snp.efi", efi(X86_64, ""));
    assertThat(given().find("snp-x86_64.efi").file()).isPresent();
    assertThat(given().find("snp.efi").file()).isEmpty();
    file("snp.efi", efi(ARM64, ""));
    assertThat(given().find("snp-x86_64.efi").file()).isEmpty();
    assertThat(given().find("snp.efi").file()).isPresent();
    assertThat(given().find("snp-arm64.efi").file()).isPresent();
  }

  @Test
  void binaryForTheWrongProcessorIsNotServedAndSaidSo() throws IOException {
    file("ipxe.efi", efi(ARM64, ""));
    assertThat(given().find("ipxe.efi").file()).isEmpty();
    assertThat(given().warnings())
        .singleElement()
        .asString()
        .contains("ipxe.efi is not served: it is an EFI program for ARM64")
        .contains("x86-64 machines");
  }

  @Test
  void otherFilesOfTheGivenFolderAreServedByTheirNames() throws IOException {
    file("custom.efi", efi(0x14c, ""));
    assertThat(given().find("custom.efi").file()).isPresent();
    assertThat(asPackage().find("custom.efi").file()).isEmpty();
  }

  @Test
  void patchIsAppliedOnceAndSizeStays() throws IOException {
    byte[] plain = efi(X86_64, MARKER + "\n");
    file("ipxe.efi", plain);
    BootFile patched = get(BootFileCatalog.load(Optional.of(folder), "echo hi"), "ipxe.efi");
    assertThat(patched.content()).hasSameSizeAs(plain);
    assertThat(new String(patched.content(), StandardCharsets.ISO_8859_1))
        .contains("echo hi   ")
        .doesNotContain(MARKER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ipxe.efi",
        "/ipxe.efi",
        "02:00:00:00:00:ff/ipxe.efi",
        "/x/../ipxe.efi",
        "boot\\ipxe.efi",
        "a/b/ipxe.efi-00-23b1e307bb35484f535a1f772c06910e-d887dc3912240434-01",
      })
  void onlyTheLastElementCounts(String path) throws IOException {
    file("ipxe.efi", efi(X86_64, ""));
    assertThat(given().find(path).shortName()).isEqualTo("ipxe.efi");
    assertThat(given().find(path).file()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "IPXE.EFI", "ipxe.efi/", "../ipxe.efi.bak", "etc/passwd"})
  void otherNamesAreNotFound(String path) throws IOException {
    file("ipxe.efi", efi(X86_64, ""));
    assertThat(given().find(path).file()).isEmpty();
  }

  @Test
  void macInFrontOfTheNameIsKept() {
    assertThat(given().find("/02-00-00-00-00-ff/ipxe.efi").mac())
        .hasValue(MacAddress.parse("02:00:00:00:00:ff"));
    assertThat(given().find("02:00:00:00:00:ff/ipxe.efi").mac()).isPresent();
    assertThat(given().find("/x/ipxe.efi").mac()).isEmpty();
  }
}
