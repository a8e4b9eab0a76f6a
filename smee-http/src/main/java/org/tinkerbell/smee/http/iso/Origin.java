// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.iso;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks a source for an ISO over HTTP. Connections are kept open: a machine that mounts an ISO asks
 * about 3000 times.
 */
final class Origin {
  private static final int MAX_REDIRECTS = 10;
  private static final int MAX_REDIRECT_BYTES = 64 * 1024;
  private static final Set<Integer> REDIRECTS = Set.of(300, 301, 302, 303, 305, 307, 308);

  private final HttpClient client;
  private final Duration responseTimeout;

  Origin(Duration connectTimeout, Duration responseTimeout, Executor executor) {
    this.responseTimeout = responseTimeout;
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(connectTimeout)
            .executor(executor)
            .build();
  }

  /** What the source answered; the body has to be read or {@linkplain #discard discarded}. */
  record Answer(HttpResponse<Flow.Publisher<List<ByteBuffer>>> response) {

    int status() {
      return response.statusCode();
    }

    Optional<String> header(String name) {
      return response.headers().firstValue(name);
    }

    /** Returns the length of the body, or -1. */
    long length() {
      return response.headers().firstValueAsLong("Content-Length").orElse(-1);
    }

    Flow.Publisher<List<ByteBuffer>> body() {
      return response.body();
    }

    void discard() {
      body().subscribe(new Discarding());
    }
  }

  /** The source answers with redirections only. */
  static final class RedirectException extends IOException {
    private static final long serialVersionUID = 1L;

    RedirectException(String message) {
      super(message);
    }
  }

  /** Asks, and follows where the source points to. */
  CompletionStage<Answer> ask(String method, URI source, Map<String, String> fields) {
    return ask(method, source, fields, MAX_REDIRECTS);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a response that came too late is let go of
  private CompletionStage<Answer> ask(
      String method, URI source, Map<String, String> fields, int redirects) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(source).method(method, HttpRequest.BodyPublishers.noBody());
    fields.forEach(request::setHeader);
    CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> exchange =
        client.sendAsync(request.build(), info -> readLater(method, info));
    // A deadline of its own: HttpRequest.timeout covers the body, too, on newer Java platforms.
    return exchange
        .copy()
        .orTimeout(responseTimeout.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (response, failure) -> {
              if (failure instanceof TimeoutException) {
                exchange.cancel(true);
                // If the response came at the last moment after all.
                exchange.thenAccept(late -> new Answer(late).discard());
                return CompletableFuture.<Answer>failedFuture(
                    new HttpTimeoutException("no response within " + responseTimeout));
              }
              if (failure != null) {
                return CompletableFuture.<Answer>failedFuture(failure);
              }
              return follow(method, fields, redirects, new Answer(response));
            })
        .thenCompose(next -> next);
  }

  private CompletionStage<Answer> follow(
      String method, Map<String, String> fields, int redirects, Answer answer) {
    Optional<String> location = answer.header("Location");
    if (!REDIRECTS.contains(answer.status()) || location.isEmpty()) {
      return CompletableFuture.completedFuture(answer);
    }
    answer.discard();
    if (redirects == 0) {
      return CompletableFuture.failedFuture(
          new RedirectException("more than " + MAX_REDIRECTS + " redirections"));
    }
    URI next;
    try {
      next = answer.response().uri().resolve(location.get());
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(
          new RedirectException("redirected to what is no URL: " + location.get()));
    }
    if (!isHttp(next)) {
      return CompletableFuture.failedFuture(
          new RedirectException("redirected to what is not HTTP: " + next));
    }
    return ask(method, next, fields, redirects - 1);
  }

  static boolean isHttp(URI uri) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    return (scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null;
  }

  /**
   * Leaves a body unread until someone subscribes; but reads the short text of a redirection, so
   * that the connection can be used again.
   */
  private static BodySubscriber<Flow.Publisher<List<ByteBuffer>>> readLater(
      String method, HttpResponse.ResponseInfo info) {
    int status = info.statusCode();
    long length = info.headers().firstValueAsLong("Content-Length").orElse(-1);
    boolean bodiless = method.equals("HEAD") || status == 204 || status == 304;
    boolean shortText = REDIRECTS.contains(status) && length >= 0 && length <= MAX_REDIRECT_BYTES;
    return bodiless || shortText
        ? BodySubscribers.replacing(new NoBuffers())
        : BodySubscribers.ofPublisher();
  }

  /** A body of which nothing is left. */
  private static final class NoBuffers implements Flow.Publisher<List<ByteBuffer>> {
    @Override
    public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
      subscriber.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long n) {
              subscriber.onComplete();
            }

            @Override
            public void cancel() {}
          });
    }
  }

  /** Ends the reading of a body before it begins, which frees its connection. */
  private static final class Discarding implements Flow.Subscriber<List<ByteBuffer>> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.cancel();
    }

    @Override
    public void onNext(List<ByteBuffer> item) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onComplete() {}
  }
}
