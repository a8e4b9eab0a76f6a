// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the files below a folder, by {@link HttpRequest#subPath()}.
 *
 * <p>Nothing outside is reachable, neither by dots nor by symbolic links that lead out. There are
 * no listings. Each request looks at the file system; that is a matter of microseconds on a local
 * disk, for others give an {@link Executor}.
 */
public final class HttpDirectory implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(HttpDirectory.class);

  private final Path root;
  private final HttpHandler lookup;

  private HttpDirectory(Path root, Executor executor) {
    this.root = root;
    this.lookup = HttpHandler.blocking(request -> find(request.subPath()), executor);
  }

  /**
   * Serves a folder on a local disk.
   *
   * @param root the folder; need not exist yet
   * @return the handler
   */
  public static HttpDirectory of(Path root) {
    return new HttpDirectory(root, Runnable::run);
  }

  /**
   * Serves a folder whose file system may be slow.
   *
   * @param root the folder; need not exist yet
   * @param executor looks for the files
   * @return the handler
   */
  public static HttpDirectory of(Path root, Executor executor) {
    return new HttpDirectory(root, executor);
  }

  @Override
  public CompletionStage<HttpResponse> handle(HttpRequest request) {
    return lookup.handle(request);
  }

  private HttpResponse find(String subPath) {
    if (subPath.isEmpty() || subPath.endsWith("/") || subPath.indexOf('\\') >= 0) {
      return HttpResponse.notFound();
    }
    try {
      Path real = root.toRealPath();
      Path file = real.resolve(subPath).toRealPath();
      return file.startsWith(real) ? HttpResponse.file(file) : HttpResponse.notFound();
    } catch (NoSuchFileException | InvalidPathException e) {
      return HttpResponse.notFound();
    } catch (AccessDeniedException | FileSystemLoopException e) {
      LOG.atWarn().addKeyValue("file", e.getFile()).log("file-not-readable");
      return HttpResponse.notFound();
    } catch (IOException e) {
      // "Not a directory" and names too long for the file system arrive as plain I/O errors.
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("file-not-served");
      return HttpResponse.notFound();
    }
  }
}
