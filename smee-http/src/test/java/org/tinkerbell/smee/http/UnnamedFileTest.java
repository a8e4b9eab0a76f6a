// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnnamedFileTest {
  @TempDir private Path folder;

  @Test
  void holdsTheBytesAndHasNoName() throws Exception {
    byte[] bytes = new byte[100_000];
    bytes[99_999] = 1;
    try (FileChannel file = UnnamedFile.of(bytes, folder).orElseThrow()) {
      assertThat(folder).isEmptyDirectory();
      ByteBuffer read = ByteBuffer.allocate(bytes.length + 1);
      assertThat(file.read(read, 0)).isEqualTo(bytes.length);
      assertThat(read.flip()).isEqualTo(ByteBuffer.wrap(bytes));
    }
  }

  @Test
  void withoutAPlaceThereIsNone() {
    assertThat(UnnamedFile.of(new byte[1], folder.resolve("none"))).isEmpty();
  }
}
