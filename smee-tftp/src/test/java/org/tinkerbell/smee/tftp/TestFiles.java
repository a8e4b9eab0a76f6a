// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** Files of the sizes that the golden cases name, with arbitrary content. */
final class TestFiles {

  static final byte[] SNP = random(267_264, 1);
  static final byte[] UNDIONLY = random(93_955, 2);

  private TestFiles() {}

  static byte[] random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** Serves files by the last element of their name. */
  static TftpHandler handler(Map<String, byte[]> files) {
    return request -> {
      byte[] file = files.get(request.lastElement());
      return CompletableFuture.completedFuture(
          file == null
              ? TftpResult.notFound(request)
              : TftpResult.content(TftpContent.ofBytes(file)));
    };
  }

  static TftpHandler golden() {
    return handler(Map.of("snp.efi", SNP, "undionly.kpxe", UNDIONLY));
  }
}
