// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileIdentityTest {

  private static final long NOW = 1_700_000_100_000L;

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = write("file", "abc", 10_000);
    assumeThat(attributes(file).fileKey()).as("SKIPPED: no file keys here").isNotNull();
  }

  private Path write(String name, String content, long agedMillis) throws IOException {
    Path path = Files.writeString(folder.resolve(name), content);
    Files.setLastModifiedTime(path, FileTime.fromMillis(NOW - agedMillis));
    return path;
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class);
  }

  private static FileIdentity identity(BasicFileAttributes attributes) {
    return FileIdentity.of(attributes, attributes, NOW);
  }

  @Test
  void theSameStateOfAFileIsKnownAgain() throws IOException {
    assertThat(identity(attributes(file))).isNotNull().isEqualTo(identity(attributes(file)));
  }

  @Test
  void anotherFileOrTimeOrLengthIsAnotherState() throws IOException {
    FileIdentity first = identity(attributes(file));
    assertThat(identity(attributes(write("other", "abc", 10_000)))).isNotEqualTo(first);
    write("file", "abc", 9_999);
    assertThat(identity(attributes(file))).isNotNull().isNotEqualTo(first);
    write("file", "abcd", 10_000);
    assertThat(identity(attributes(file))).isNotNull().isNotEqualTo(first);
  }

  @Test
  void whatWasWrittenJustNowHasNoIdentity() throws IOException {
    assertThat(identity(attributes(write("file", "abc", 2_999)))).isNull();
    assertThat(identity(attributes(write("file", "abc", 3_000)))).isNotNull();
    // A clock that is wrong.
    assertThat(identity(attributes(write("file", "abc", -60_000)))).isNull();
  }

  @Test
  void aFileThatIsReplacedWhileItIsOpenedHasNoIdentity() throws IOException {
    BasicFileAttributes before = attributes(file);
    Files.move(write("new", "abc", 10_000), file, StandardCopyOption.REPLACE_EXISTING);
    assertThat(FileIdentity.of(before, attributes(file), NOW)).isNull();
  }
}
