// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * Adds the token of a file to each request. The file is read every time: the kubelet replaces it
 * about once an hour, and a watch makes a request every few minutes.
 */
final class TokenFile implements Interceptor {
  private final Path file;

  TokenFile(Path file) {
    this.file = file;
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    String token;
    try {
      token = Files.readString(file).strip();
    } catch (IOException e) {
      throw new CredentialException("cannot read the token file " + file, e);
    }
    return chain.proceed(
        chain.request().newBuilder().header("Authorization", "Bearer " + token).build());
  }
}
