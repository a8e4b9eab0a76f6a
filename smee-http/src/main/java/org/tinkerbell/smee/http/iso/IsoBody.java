// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.iso;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.http.HttpBody;
import org.tinkerbell.smee.http.HttpResponse;
import org.tinkerbell.smee.http.HttpStream;

/** Makes the response for one machine of what a source gives. */
final class IsoBody {
  private static final Logger LOG = LoggerFactory.getLogger(IsoBody.class);

  /** Fields that are about the connection to the source, or that this answer has its own of. */
  private static final Set<String> NOT_RELAYED =
      Set.of(
          "cache-control",
          "connection",
          "content-length",
          "content-range",
          "date",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private final Placeholder placeholder;
  private final byte[] replacement;
  private final MacAddress mac;
  private final URI source;
  private final IsoObserver observer;

  IsoBody(
      Placeholder placeholder,
      byte[] replacement,
      MacAddress mac,
      URI source,
      IsoObserver observer) {
    this.placeholder = placeholder;
    this.replacement = replacement;
    this.mac = mac;
    this.source = source;
    this.observer = observer;
  }

  /** The source's answer cannot be used. */
  static final class UnusableAnswerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final IsoReason reason;

    UnusableAnswerException(IsoReason reason, String message) {
      super(message);
      this.reason = reason;
    }

    IsoReason reason() {
      return reason;
    }
  }

  // ---- a file

  /** Returns a whole file; the server itself selects ranges and looks at conditions. Blocks. */
  HttpResponse ofFile(Path path, Executor executor) {
    HttpResponse file;
    try {
      file = HttpResponse.file(path);
    } catch (IOException e) {
      throw new UncheckedIOException(String.valueOf(e), e);
    }
    long size = file.body().length();
    HttpStream plain = HttpStream.ofFile(path, executor);
    // Two machines, or one before and after a change of its record, get different bytes.
    String etag = file.etag().orElse("") + "-" + Integer.toHexString(Arrays.hashCode(replacement));
    return file.withEtag(etag)
        .withBody(HttpBody.stream(size, (offset, length) -> part(plain, size, offset, length)));
  }

  private Flow.Publisher<List<ByteBuffer>> part(
      HttpStream plain, long size, long offset, long length) {
    int margin = placeholder.length() - 1;
    long from = Math.max(0, offset - margin);
    long to = Math.min(size, offset + length + margin);
    boolean whole = length == size;
    return patched(plain.open(from, to - from), to - from, offset - from, length, whole);
  }

  private Flow.Publisher<List<ByteBuffer>> patched(
      Flow.Publisher<List<ByteBuffer>> from,
      long fromLength,
      long skip,
      long length,
      boolean whole) {
    return new PatchedBody(
        from,
        fromLength,
        skip,
        length,
        placeholder.new Replacing(replacement),
        count -> observer.bodyPatched(mac, source, count, whole));
  }

  // ---- another server

  /**
   * Returns what a source answered, with the bytes of the ISO patched.
   *
   * @param range what the client asked for; the source was asked for a placeholder more on both
   *     sides
   * @throws UnusableAnswerException if the bytes cannot be patched
   */
  HttpResponse ofAnswer(Origin.Answer answer, boolean head, Optional<AskedRange> range) {
    try {
      return relayed(answer, head, range);
    } catch (UnusableAnswerException e) {
      answer.discard();
      throw e;
    }
  }

  private HttpResponse relayed(Origin.Answer answer, boolean head, Optional<AskedRange> range) {
    int status = answer.status();
    if (status < 200 || status > 599) {
      throw new UnusableAnswerException(IsoReason.SOURCE_INVALID, "the source answered " + status);
    }
    boolean content = status == 200 || status == 206;
    String coding = answer.header("Content-Encoding").orElse("identity");
    if (content && !coding.equalsIgnoreCase("identity")) {
      throw new UnusableAnswerException(
          IsoReason.SOURCE_COMPRESSED, "the source sends Content-Encoding: " + coding);
    }
    HttpResponse response = withFields(HttpResponse.status(status), answer);
    long length = answer.length();
    if (status == 204 || status == 304) {
      answer.discard();
      return response;
    }
    if (status == 206 && !head) {
      return withPart(response, answer, range);
    }
    if (head) {
      // The length is what matters here; there is nothing to read.
      return response.withBody(HttpBody.stream(length, new Unread(answer, answer.body())));
    }
    Optional<String> contentRange = answer.header("Content-Range");
    if (contentRange.isPresent()) {
      response = response.withRelayedHeader("Content-Range", contentRange.get());
    }
    Flow.Publisher<List<ByteBuffer>> body =
        content ? patched(answer.body(), length, 0, length, true) : answer.body();
    return response.withBody(HttpBody.stream(length, new Unread(answer, body)));
  }

  private HttpResponse withPart(
      HttpResponse response, Origin.Answer answer, Optional<AskedRange> range) {
    int margin = placeholder.length() - 1;
    String field = answer.header("Content-Range").orElse("");
    Optional<ContentRange> given = ContentRange.parse(field);
    Optional<ContentRange> part =
        given.flatMap(all -> range.flatMap(asked -> all.partFor(asked, margin)));
    if (part.isEmpty() || (answer.length() >= 0 && answer.length() != given.get().length())) {
      throw new UnusableAnswerException(
          IsoReason.SOURCE_INVALID, "the source sends another part: " + field);
    }
    ContentRange wanted = part.get();
    if (wanted.length() == 0) {
      // Only what was asked for beside the client's range is there.
      answer.discard();
      return response
          .withStatus(416)
          .withRelayedHeader("Content-Range", "bytes */" + wanted.total());
    }
    Flow.Publisher<List<ByteBuffer>> body =
        patched(
            answer.body(),
            given.get().length(),
            wanted.first() - given.get().first(),
            wanted.length(),
            wanted.length() == wanted.total());
    return response
        .withRelayedHeader("Content-Range", wanted.toString())
        .withBody(HttpBody.stream(wanted.length(), new Unread(answer, body)));
  }

  private static HttpResponse withFields(HttpResponse response, Origin.Answer answer) {
    Set<String> left = new HashSet<>(NOT_RELAYED);
    Map<String, List<String>> fields = answer.response().headers().map();
    fields.forEach(
        (name, values) -> {
          if (name.equalsIgnoreCase("Connection")) {
            for (String value : values) {
              left.addAll(Arrays.asList(value.toLowerCase(Locale.ROOT).split("\\s*,\\s*")));
            }
          }
        });
    HttpResponse relayed = response;
    for (Map.Entry<String, List<String>> field : fields.entrySet()) {
      if (left.contains(field.getKey().toLowerCase(Locale.ROOT))) {
        continue;
      }
      for (String value : field.getValue()) {
        try {
          relayed = relayed.withRelayedHeader(field.getKey(), value);
        } catch (IllegalArgumentException e) {
          // A field that this server would not send is of no use to a machine that boots.
          LOG.atDebug().addKeyValue("field", field.getKey()).log("field-not-relayed");
        }
      }
    }
    return relayed;
  }

  /** A body on the connection to the source, which can be read once. */
  private record Unread(Origin.Answer answer, Flow.Publisher<List<ByteBuffer>> body)
      implements HttpStream {

    @Override
    public Flow.Publisher<List<ByteBuffer>> open(long offset, long length) {
      return body;
    }

    @Override
    public void discard() {
      answer.discard();
    }
  }
}
