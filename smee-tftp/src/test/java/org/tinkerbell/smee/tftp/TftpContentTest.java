// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TftpContentTest {

  @TempDir private Path folder;
  private Path root;

  @BeforeEach
  void makeTree() throws IOException {
    root = Files.createDirectories(folder.resolve("root"));
    Files.createDirectories(root.resolve("sub"));
    Files.writeString(root.resolve("a.txt"), "a");
    Files.writeString(root.resolve("sub/b.txt"), "b");
    Files.writeString(folder.resolve("secret"), "secret");
    Files.writeString(Files.createDirectories(folder.resolve("root2")).resolve("c"), "c");
    Files.createSymbolicLink(root.resolve("inside"), Path.of("sub/b.txt"));
    Files.createSymbolicLink(root.resolve("outside"), folder.resolve("secret"));
    Files.createSymbolicLink(root.resolve("updir"), Path.of(".."));
    Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
  }

  static String read(ByteSource source, int step) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int got = step;
    while (got == step) {
      ByteBuf part = source.read(step);
      got = part.readableBytes();
      all.writeBytes(ByteBufUtil.getBytes(part));
      part.release();
    }
    source.close();
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  private String fromRoot(String name) throws Exception {
    TftpResult result =
        TftpContent.directory(root).open(TftpRouterTest.request(name)).toCompletableFuture().get();
    if (result instanceof TftpResult.Refusal refusal) {
      throw new NoSuchFileException(refusal.message());
    }
    return read(((TftpResult.Content) result).content().open(), 100);
  }

  @Test
  void filesBelowTheRootAreServed() throws Exception {
    assertThat(fromRoot("a.txt")).isEqualTo("a");
    assertThat(fromRoot("/a.txt")).isEqualTo("a");
    assertThat(fromRoot("sub/b.txt")).isEqualTo("b");
    assertThat(fromRoot("sub\\b.txt")).isEqualTo("b");
    assertThat(fromRoot("sub/../a.txt")).isEqualTo("a");
    assertThat(fromRoot("inside")).isEqualTo("b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        ".",
        "..",
        "../secret",
        "sub/../../secret",
        "..\\secret",
        "/etc/passwd",
        "outside",
        "updir/secret",
        "updir/root/a.txt/..",
        "loop",
        "sub",
        "a.txt/x",
        "missing",
        "../root2/c",
        "%2e%2e/secret",
        "....//secret",
        "A.TXT"
      })
  void nothingElseIs(String name) {
    assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> fromRoot(name));
  }

  @Test
  void anOverlongNameIsMissing() {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> fromRoot("x".repeat(5000)));
  }

  @Test
  void lengthsAreKnownWhereTheyCanBe() throws Exception {
    assertThat(TftpContent.ofText("äb").open().length()).hasValue(3);
    assertThat(TftpContent.ofFile(root.resolve("a.txt")).open().length()).hasValue(1);
    assertThat(TftpContent.ofStream(new ByteArrayInputStream(new byte[5])).open().length())
        .isEmpty();
    assertThat(TftpContent.ofStream(new ByteArrayInputStream(new byte[5]), 5).open().length())
        .hasValue(5);
    try (FileChannel channel = FileChannel.open(folder.resolve("secret"))) {
      channel.position(2);
      assertThat(TftpContent.ofChannel(channel).open().length()).hasValue(4);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TftpContent.ofStream(new ByteArrayInputStream(new byte[5]), -1));
  }

  @Test
  void contentThatEndsEarlyOrGrowsIsNotMisrepresented() throws Exception {
    Path file = root.resolve("a.txt");
    ByteSource growing = TftpContent.ofFile(file).open();
    Files.writeString(file, "longer than before");
    assertThat(read(growing, 10)).isEqualTo("l");
    ByteSource shrinking = TftpContent.ofFile(file).open();
    Files.writeString(file, "");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> read(shrinking, 10))
        .withMessageContaining("shorter");
    ByteSource promised = TftpContent.ofStream(new ByteArrayInputStream(new byte[5]), 6).open();
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> read(promised, 10));
  }

  @Test
  void aStreamServesOnceAndIsClosedInAnyCase() throws Exception {
    AtomicInteger closed = new AtomicInteger();
    class Counting extends ByteArrayInputStream {
      Counting() {
        super(new byte[3]);
      }

      @Override
      public void close() {
        closed.incrementAndGet();
      }
    }

    TftpContent content = TftpContent.ofStream(new Counting());
    content.open().close();
    assertThatExceptionOfType(IOException.class).isThrownBy(content::open);
    content.discard(Runnable::run);
    assertThat(closed).hasValue(1);
    TftpContent.ofStream(new Counting()).discard(Runnable::run);
    assertThat(closed).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 512})
  void netasciiPairsSurviveTheEdgesOfBlocks(int step) throws Exception {
    ByteSource source = new ByteSources.Netascii(TftpContent.ofText("a\nb\rc\r\nd\n\n\r").open());
    assertThat(source.length()).isEmpty();
    assertThat(read(source, step)).isEqualTo("a\r\nb\r\0c\r\0\r\nd\r\n\r\n\r\0");
  }

  @Test
  void errorTextsFitAPacket() {
    assertThat(ErrorText.of("a\0b")).isEqualTo("ab");
    assertThat(ErrorText.of("ä".repeat(1000)).getBytes(StandardCharsets.UTF_8))
        .hasSizeBetween(500, 507);
    assertThat(ErrorText.of("😀".repeat(300))).endsWith("😀");
  }
}
