// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.util.concurrent.CompletionStage;
import org.tinkerbell.smee.http.HttpHandler;
import org.tinkerbell.smee.http.HttpRequest;
import org.tinkerbell.smee.http.HttpResponse;

/**
 * Counts the requests for scripts: those whose path ends in {@code auto.ipxe}, whatever the answer.
 */
final class MeteredScripts implements HttpHandler {
  private final HttpHandler handler;
  private final Work.Series work;

  MeteredScripts(HttpHandler handler, Work.Series work) {
    this.handler = handler;
    this.work = work;
  }

  @Override
  public CompletionStage<HttpResponse> handle(HttpRequest request) {
    String path = request.path();
    boolean script = path.endsWith("/auto.ipxe") || path.endsWith("/auto.ipxe/");
    return script ? work.count(() -> handler.handle(request)) : handler.handle(request);
  }
}
