// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.iso;

import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.http.HttpAttribute;
import org.tinkerbell.smee.http.HttpHandler;
import org.tinkerbell.smee.http.HttpRequest;
import org.tinkerbell.smee.http.HttpResponse;
import org.tinkerbell.smee.http.ipxe.IpxeScriptSettings;

/**
 * Serves each machine an installation ISO that has the machine's kernel arguments in it.
 *
 * <p>Takes paths that end in {@code MAC/NAME.iso}, whatever stands before. The ISO is fetched from
 * the source on record, else from the one in the settings, and on its way every placeholder in it
 * is overwritten with the arguments and blanks up to its length: no byte moves, so ranges, lengths
 * and validators are those of the source. Placeholders are found wherever they lie, also those of
 * which a client asks for a part only.
 *
 * <p>An ISO of any size takes the same memory, a few hundred KiB for each request under way. A
 * source that cannot be used is answered for with 502 or 504, one that fails in the middle with the
 * end of the connection. Every answer carries an {@link IsoDecision} as {@link #DECISION}.
 *
 * <p>Whether the record allows netboot is not looked at: that a machine mounts this ISO was decided
 * by who set its management controller to it.
 */
public final class IsoHandler implements HttpHandler, AutoCloseable {

  /** What was decided, with the reason; on every response of this handler. */
  public static final HttpAttribute<IsoDecision> DECISION =
      HttpAttribute.of("iso-decision", IsoDecision.class);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  /** Fields of the client that the source has to see. */
  private static final String[] PASSED_ON = {
    "Accept",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "User-Agent"
  };

  private final Backend backend;
  private final Optional<URI> source;
  private final Placeholder placeholder;
  private final KernelArguments arguments;
  private final boolean staticIpam;
  private final IsoObserver observer;
  private final ThreadPoolExecutor executor;
  private final Origin origin;

  private IsoHandler(Builder b, Backend backend, IpxeScriptSettings settings) {
    this.backend = backend;
    source = Optional.ofNullable(b.source);
    placeholder = b.placeholder;
    arguments = new KernelArguments(settings, b.staticIpam);
    staticIpam = b.staticIpam;
    observer = b.observer;
    executor = newExecutor();
    origin = new Origin(b.connectTimeout, b.responseTimeout, executor);
  }

  private static ThreadPoolExecutor newExecutor() {
    AtomicInteger count = new AtomicInteger();
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            8,
            8,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "smee-iso-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  /**
   * Begins a handler.
   *
   * @param backend where machines are looked up; not closed by the handler
   * @param settings the values that kernel arguments are made of; the same as for the scripts
   * @return a builder
   */
  public static Builder builder(Backend backend, IpxeScriptSettings settings) {
    return new Builder(backend, settings);
  }

  @Override
  public CompletionStage<HttpResponse> handle(HttpRequest request) {
    String path = request.path();
    int slash = path.lastIndexOf('/');
    if (!path.endsWith(".iso")) {
      return refused(Optional.empty(), IsoReason.NOT_AN_ISO, "");
    }
    String segment = slash <= 0 ? "" : path.substring(path.lastIndexOf('/', slash - 1) + 1, slash);
    Optional<MacAddress> mac = MacAddress.tryParse(segment);
    if (mac.isEmpty()) {
      return refused(mac, IsoReason.MALFORMED_MAC, "");
    }
    return backend
        .findByMac(mac.get())
        .exceptionally(failure -> new LookupResult.Failed(String.valueOf(failure.getMessage())))
        .thenCompose(result -> answer(request, mac.get(), result));
  }

  private CompletionStage<HttpResponse> answer(
      HttpRequest request, MacAddress mac, LookupResult result) {
    if (result instanceof LookupResult.Found found) {
      return serve(request, mac, found.hardware());
    }
    if (result instanceof LookupResult.Ambiguous ambiguous) {
      return refused(Optional.of(mac), IsoReason.AMBIGUOUS_HARDWARE, ambiguous.detail());
    }
    if (result instanceof LookupResult.Unusable unusable) {
      return refused(Optional.of(mac), IsoReason.UNUSABLE_RECORD, unusable.reason());
    }
    if (result instanceof LookupResult.Failed failed) {
      return refused(Optional.of(mac), IsoReason.BACKEND_FAILED, failed.reason());
    }
    return refused(Optional.of(mac), IsoReason.UNKNOWN_HARDWARE, "");
  }

  private CompletionStage<HttpResponse> serve(
      HttpRequest request, MacAddress mac, HardwareRecord hardware) {
    Optional<MacAddress> asked = Optional.of(mac);
    Optional<URI> recorded = hardware.isoSource();
    // A record may come from many hands: it must not be able to name files of this machine.
    if (recorded.isPresent() && !Origin.isHttp(recorded.get())) {
      String detail = withoutUser(recorded.get()) + " (expected: http or https)";
      return refused(asked, IsoReason.INVALID_SOURCE, detail);
    }
    Optional<URI> from = recorded.isPresent() ? recorded : source;
    if (from.isEmpty()) {
      return refused(asked, IsoReason.NO_SOURCE, "");
    }
    String text = arguments.of(hardware, mac);
    if (text.chars().anyMatch(Character::isISOControl)) {
      return refused(asked, IsoReason.INVALID_VALUE, "a control character in " + printable(text));
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > placeholder.length()) {
      String detail = bytes.length + " bytes do not fit the " + placeholder.length() + " there are";
      return refused(asked, IsoReason.ARGUMENTS_TOO_LONG, detail);
    }
    byte[] replacement = Arrays.copyOf(bytes, placeholder.length());
    Arrays.fill(replacement, bytes.length, replacement.length, (byte) ' ');
    String note =
        staticIpam && !text.contains(" ipam=")
            ? "no ipam token: address, netmask or name server is missing"
            : "";
    URI shown = withoutUser(from.get());
    IsoDecision decision =
        new IsoDecision(asked, IsoReason.SOURCE_ANSWERED, note, Optional.of(shown));
    IsoBody body = new IsoBody(placeholder, replacement, mac, shown, observer);
    CompletionStage<HttpResponse> answer =
        from.get().getScheme().equals("file")
            ? CompletableFuture.supplyAsync(
                () -> body.ofFile(Path.of(from.get()), executor), executor)
            : fetch(request, from.get(), body);
    return answer.handle(
        (response, failure) ->
            failure == null
                ? response.withHeader("Cache-Control", "no-store").with(DECISION, decision)
                : failed(decision, failure));
  }

  private CompletionStage<HttpResponse> fetch(HttpRequest request, URI from, IsoBody body) {
    Map<String, String> fields = new HashMap<>();
    for (String name : PASSED_ON) {
      request.header(name).ifPresent(value -> fields.put(name, value));
    }
    fields.putIfAbsent("User-Agent", "smee");
    // In compressed data nothing can be found.
    fields.put("Accept-Encoding", "identity");
    Optional<AskedRange> range =
        request.isHead() ? Optional.empty() : AskedRange.parse(request.headers("Range"));
    if (range.isPresent()) {
      fields.put("Range", range.get().widenedBy(placeholder.length() - 1));
    } else {
      fields.remove("If-Range");
    }
    return origin
        .ask(request.method(), from, fields)
        .thenApply(answer -> body.ofAnswer(answer, request.isHead(), range));
  }

  private static HttpResponse failed(IsoDecision decision, Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    IsoReason reason = IsoReason.SOURCE_UNREACHABLE;
    if (cause instanceof HttpTimeoutException) {
      reason = IsoReason.SOURCE_TIMEOUT;
    } else if (cause instanceof Origin.RedirectException) {
      reason = IsoReason.SOURCE_REDIRECTS;
    } else if (cause instanceof IsoBody.UnusableAnswerException unusable) {
      reason = unusable.reason();
    }
    String detail = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return refusal(
        new IsoDecision(decision.macAddress(), reason, printable(detail), decision.source()));
  }

  private static CompletionStage<HttpResponse> refused(
      Optional<MacAddress> mac, IsoReason reason, String detail) {
    return CompletableFuture.completedFuture(
        refusal(new IsoDecision(mac, reason, detail, Optional.empty())));
  }

  private static HttpResponse refusal(IsoDecision decision) {
    int status = decision.reason().status();
    HttpResponse response =
        status == 503 ? HttpResponse.serviceUnavailable(RETRY_AFTER) : HttpResponse.status(status);
    return response.withHeader("Cache-Control", "no-store").with(DECISION, decision);
  }

  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  private static URI withoutUser(URI uri) {
    return uri.getRawUserInfo() == null
        ? uri
        : URI.create(uri.toString().replaceFirst("//[^/@]*@", "//"));
  }

  /**
   * Ends the handler's threads. Requests that are still under way fail: close the server first.
   * Connections to sources close by themselves.
   */
  @Override
  public void close() {
    executor.shutdownNow();
  }

  /** Collects the settings of a handler. Not thread safe; may build several times. */
  public static final class Builder {
    private final Backend backend;
    private final IpxeScriptSettings settings;
    private Placeholder placeholder = Placeholder.hookOs();
    private IsoObserver observer = IsoObserver.none();
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration responseTimeout = Duration.ofSeconds(30);
    private boolean staticIpam;
    private @Nullable URI source;

    private Builder(Backend backend, IpxeScriptSettings settings) {
      this.backend = Objects.requireNonNull(backend, "backend");
      this.settings = Objects.requireNonNull(settings, "settings");
    }

    /**
     * Sets where the ISO of machines comes from whose record does not say. Default: nowhere, and
     * such machines are answered 500.
     *
     * @param value an absolute {@code http}, {@code https} or {@code file} URL
     * @return this builder
     * @throws IllegalArgumentException if it is something else
     */
    public Builder source(URI value) {
      boolean file =
          "file".equals(value.getScheme()) && value.getPath() != null && value.getHost() == null;
      if (!file && !Origin.isHttp(value)) {
        throw new IllegalArgumentException(
            "source: " + value + " (expected: an http, https or file URL)");
      }
      source = value;
      return this;
    }

    /**
     * Sets the text that is to be replaced. Default: the 1024 characters that HookOS images have in
     * their boot loader's configuration.
     *
     * @param value a text that occurs nowhere else and does not overlap itself; not empty
     * @return this builder
     */
    public Builder magicString(String value) {
      placeholder = Placeholder.of(value);
      return this;
    }

    /**
     * Sets whether the arguments give the machine its address, so that it needs no DHCP. Default:
     * no. Machines whose record has no IPv4 address, netmask or name server go without.
     *
     * @param value whether to add {@code ipam=}
     * @return this builder
     */
    public Builder staticIpam(boolean value) {
      staticIpam = value;
      return this;
    }

    /**
     * Sets who is told of patched bodies. Default: nobody.
     *
     * @param value the observer
     * @return this builder
     */
    public Builder observer(IsoObserver value) {
      observer = Objects.requireNonNull(value, "observer");
      return this;
    }

    /**
     * Limits how long connecting to a source may take; then the answer is 504. Default: 10 s.
     *
     * @param value 10 ms to 1 day
     * @return this builder
     */
    public Builder connectTimeout(Duration value) {
      connectTimeout = checked("connectTimeout", value);
      return this;
    }

    /**
     * Limits how long a source may take for the head of its response; then the answer is 504.
     * Default: 30 s. The server's {@link
     * org.tinkerbell.smee.http.HttpServer.Builder#handlerTimeout} should be longer. How long a body
     * may stand still is the server's {@link
     * org.tinkerbell.smee.http.HttpServer.Builder#writeTimeout}.
     *
     * @param value 10 ms to 1 day
     * @return this builder
     */
    public Builder responseTimeout(Duration value) {
      responseTimeout = checked("responseTimeout", value);
      return this;
    }

    private static Duration checked(String name, Duration value) {
      if (value.toMillis() < 10 || value.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: 10 ms to 1 day)");
      }
      return value;
    }

    /**
     * Makes the handler. Close it after the server that uses it.
     *
     * @return the handler
     */
    public IsoHandler build() {
      return new IsoHandler(this, backend, settings);
    }
  }
}
