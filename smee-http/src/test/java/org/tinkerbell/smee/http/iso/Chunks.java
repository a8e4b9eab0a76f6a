// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.iso;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Takes a chunked body (RFC 9112 §7.1) apart. */
final class Chunks {
  private Chunks() {}

  static byte[] join(byte[] chunked) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int at = 0;
    while (true) {
      int end = at;
      while (chunked[end] != '\r') {
        end++;
      }
      int size = Integer.parseInt(new String(chunked, at, end - at, StandardCharsets.US_ASCII), 16);
      at = end + 2;
      if (size == 0) {
        if (at + 2 != chunked.length) {
          throw new AssertionError("bytes after the last chunk");
        }
        return body.toByteArray();
      }
      body.write(chunked, at, size);
      at += size + 2;
    }
  }
}
