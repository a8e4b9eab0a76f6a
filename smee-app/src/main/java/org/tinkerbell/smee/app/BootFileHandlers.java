// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.tinkerbell.smee.http.HttpBody;
import org.tinkerbell.smee.http.HttpHandler;
import org.tinkerbell.smee.http.HttpRequest;
import org.tinkerbell.smee.http.HttpResponse;
import org.tinkerbell.smee.http.ipxe.AutoexecScript;
import org.tinkerbell.smee.tftp.TftpContent;
import org.tinkerbell.smee.tftp.TftpHandler;
import org.tinkerbell.smee.tftp.TftpMode;
import org.tinkerbell.smee.tftp.TftpRequest;
import org.tinkerbell.smee.tftp.TftpResult;

/** Serves the iPXE binaries, and the script that newer iPXE asks for beside its own file. */
final class BootFileHandlers {

  /** What iPXE asks for by itself, beside the file it was loaded from and at the root. */
  static final String AUTOEXEC = "autoexec.ipxe";

  private final BootFileCatalog catalog;
  private final AutoexecScript autoexec;
  private final Map<String, TftpContent> tftpContents = new HashMap<>();
  private final Map<String, HttpResponse> httpResponses = new HashMap<>();

  /**
   * Prepares an answer for each file once, since every client gets the same bytes.
   *
   * @param catalog the files
   * @param autoexec the script that leads a machine to its own
   */
  BootFileHandlers(BootFileCatalog catalog, AutoexecScript autoexec) {
    this.catalog = catalog;
    this.autoexec = autoexec;
    for (BootFile file : catalog.files()) {
      tftpContents.put(file.name(), TftpContent.ofBytes(file.content()));
      httpResponses.put(
          file.name(),
          HttpResponse.status(200)
              .withBody(HttpBody.resident(file.content()))
              .withMediaType(HttpResponse.mediaTypeOf(file.name()))
              .withLastModified(file.lastModified())
              .withContentEtag());
    }
  }

  /**
   * Returns the handler for every TFTP request.
   *
   * @param others takes what is not an iPXE file
   */
  TftpHandler tftp(TftpHandler others) {
    return request -> openTftp(request, others);
  }

  private CompletionStage<TftpResult> openTftp(TftpRequest request, TftpHandler others) {
    BootFileCatalog.Asked asked = catalog.find(request.fileName());
    if (asked.shortName().equals(AUTOEXEC)) {
      return done(TftpResult.content(TftpContent.ofText(autoexecFor(asked))));
    }
    TftpContent content = tftpContents.get(asked.shortName());
    if (content == null) {
      return others.open(request);
    }
    if (request.mode().equals(TftpMode.NETASCII)) {
      Logging.logger("tftp")
          .atWarn()
          .addKeyValue("client", Text.of(request.remote()))
          .addKeyValue("filename", asked.shortName())
          .log("binary asked for in netascii mode, which changes its bytes");
    }
    return done(TftpResult.content(content));
  }

  /** Returns the handler for HTTP requests of binaries, whatever stands in front of the name. */
  HttpHandler http() {
    return HttpHandler.of(this::answerHttp);
  }

  private HttpResponse answerHttp(HttpRequest request) {
    BootFileCatalog.Asked asked = catalog.find(request.path());
    HttpResponse response = httpResponses.get(asked.shortName());
    if (response == null) {
      return missing("no boot file of this name");
    }
    return response;
  }

  /** Returns the reference's answer for what is not there, with a note for the log. */
  static HttpResponse missing(String note) {
    return HttpResponse.text("404 page not found\n")
        .withStatus(404)
        .withHeader("X-Content-Type-Options", "nosniff")
        .with(HttpLog.NOTE, note);
  }

  /** Returns the handler for {@code autoexec.ipxe} over HTTP. */
  HttpHandler httpAutoexec() {
    return HttpHandler.of(
        request ->
            HttpResponse.bytes(
                    "text/plain; charset=utf-8",
                    autoexecFor(catalog.find(request.path())).getBytes(StandardCharsets.UTF_8))
                .withHeader("Cache-Control", "no-store"));
  }

  private String autoexecFor(BootFileCatalog.Asked asked) {
    return asked.mac().map(autoexec::forMachine).orElseGet(autoexec::forAnyMachine);
  }

  private static <T> CompletionStage<T> done(T value) {
    return CompletableFuture.completedStage(value);
  }
}
