// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.http.HttpDirectory;
import org.tinkerbell.smee.http.HttpHandler;
import org.tinkerbell.smee.http.HttpRequest;
import org.tinkerbell.smee.http.HttpResponse;

/**
 * Serves by HTTP what U-Boot asks for there instead of by TFTP: a machine's PXELINUX configuration,
 * else a file of the asset folder.
 */
final class PxeHttpFiles implements HttpHandler {
  private final PxelinuxConfigs configs;
  private final HttpHandler assets;

  /**
   * Makes the routes.
   *
   * @param records asked for every PXELINUX name
   * @param assetDir no name leads out of it; empty means that there are no such files
   */
  PxeHttpFiles(Backend records, Optional<Path> assetDir) {
    configs = new PxelinuxConfigs(records);
    assets =
        assetDir
            .<HttpHandler>map(HttpDirectory::of)
            .orElse(HttpHandler.of(request -> HttpResponse.notFound()));
  }

  @Override
  public CompletionStage<HttpResponse> handle(HttpRequest request) {
    return configs
        .find(request.subPath())
        .thenCompose(
            text ->
                text.isPresent()
                    ? HttpHandler.of(any -> config(text.get())).handle(request)
                    : assets.handle(request).thenApply(PxeHttpFiles::explained));
  }

  private static HttpResponse config(String text) {
    return HttpResponse.text(text).withHeader("Cache-Control", "no-store");
  }

  private static HttpResponse explained(HttpResponse response) {
    return response.status() == 404
        ? BootFileHandlers.missing("no PXELINUX configuration and no asset of this name")
        : response;
  }
}
