// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpResponseTest {

  @ParameterizedTest
  @CsvSource({
    "ipxe.efi, application/efi",
    "IPXE.EFI, application/efi",
    "ipxe.iso, application/vnd.efi-iso",
    "ipxe-efi.img, application/vnd.efi-img",
    "undionly.kpxe, application/octet-stream",
    "auto.ipxe, text/plain; charset=utf-8",
    "vmlinuz-x86_64, application/octet-stream",
    "efi, application/efi",
    "'', application/octet-stream",
  })
  void mediaTypeGoesByTheName(String name, String type) {
    assertThat(HttpResponse.mediaTypeOf(name)).isEqualTo(type);
  }

  @Test
  void copiesLeaveTheOriginalAlone() {
    HttpAttribute<String> key = HttpAttribute.of("key", String.class);
    HttpResponse first = HttpResponse.text("a");
    HttpResponse second =
        first.withHeader("X-A", "1").withStatus(201).with(key, "v").withMediaType("a/b");
    assertThat(first.header("x-a")).isEmpty();
    assertThat(first.attribute(key)).isEmpty();
    assertThat(second.header("x-a")).contains("1");
    assertThat(second.attribute(key)).contains("v");
    assertThat(second.attribute(HttpAttribute.of("key", String.class))).isEmpty();
    assertThat(second).hasToString("HttpResponse[201, 1 bytes]");
  }

  @Test
  void bytesAreCopied() {
    byte[] bytes = {1, 2, 3};
    HttpBody body = HttpBody.bytes(bytes);
    bytes[0] = 9;
    assertThat(((HttpBody.Bytes) body).content().get(0)).isEqualTo((byte) 1);
    assertThat(((HttpBody.Bytes) body).content().isReadOnly()).isTrue();
  }

  @Test
  void contentTagGoesByTheBytes() {
    String tag = HttpResponse.text("a").withContentEtag().etag().orElseThrow();
    assertThat(HttpResponse.text("a").withContentEtag().etag()).contains(tag);
    assertThat(HttpResponse.text("b").withContentEtag().etag()).get().isNotEqualTo(tag);
    HttpResponse file = HttpResponse.status(200).withBody(HttpBody.file(Path.of("x"), 1));
    assertThatIllegalStateException().isThrownBy(file::withContentEtag);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nb", "a\nb", "a\0", "é"})
  void headerCannotBeSplit(String value) {
    HttpResponse response = HttpResponse.notFound();
    assertThatIllegalArgumentException().isThrownBy(() -> response.withHeader("X-A", value));
    assertThatIllegalArgumentException().isThrownBy(() -> response.withHeader(value, "a"));
    assertThatIllegalArgumentException().isThrownBy(() -> response.withMediaType(value));
    assertThatIllegalArgumentException().isThrownBy(() -> response.withEtag(value));
    assertThatIllegalArgumentException().isThrownBy(() -> HttpResponse.redirect(301, value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length", "transfer-encoding", "Date", "Connection", "ETag", ""})
  void fieldsOfTheServerCannotBeSet(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HttpResponse.notFound().withHeader(name, "1"));
  }

  @Test
  void numbersAreChecked() {
    assertThatIllegalArgumentException().isThrownBy(() -> HttpResponse.status(100));
    assertThatIllegalArgumentException().isThrownBy(() -> HttpResponse.status(600));
    assertThatIllegalArgumentException().isThrownBy(() -> HttpResponse.redirect(304, "/"));
    assertThatIllegalArgumentException().isThrownBy(() -> HttpBody.file(Path.of("x"), -1));
    assertThat(HttpResponse.serviceUnavailable(Duration.ZERO).header("Retry-After")).contains("1");
  }

  @Test
  void folderIsNoFile(@TempDir Path folder) {
    assertThatThrownBy(() -> HttpResponse.file(folder)).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> HttpResponse.file(folder.resolve("x")))
        .isInstanceOf(NoSuchFileException.class);
  }
}
