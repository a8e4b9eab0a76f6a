// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A response. Immutable, so one that never changes can be kept and returned for every request.
 *
 * <p>The server adds {@code Content-Length}, {@code Date} and {@code Connection} by itself. A
 * response with status 200 that has an entity tag or a modification time is also served in ranges
 * and under conditions (RFC 9110 §13 and §14): the handler always answers with the whole.
 */
public final class HttpResponse {
  private static final String PLAIN_TEXT = "text/plain; charset=utf-8";
  private static final Pattern FIELD_NAME = Pattern.compile("[A-Za-z0-9-]+");
  private static final List<String> RESERVED =
      List.of(
          "accept-ranges",
          "connection",
          "content-length",
          "content-range",
          "content-type",
          "date",
          "etag",
          "last-modified",
          "transfer-encoding");

  /** Fields of another server's response that are this server's own business. */
  private static final List<String> HOP_BY_HOP =
      List.of("connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade");

  private static final HttpResponse NOT_FOUND = status(404);
  private static final HttpResponse NO_CONTENT = status(204);
  private static final HttpResponse METHOD_NOT_ALLOWED =
      status(405).withHeader("Allow", "GET, HEAD");

  private final int status;
  private final HttpBody body;
  private final @Nullable String mediaType;
  private final @Nullable String etag;
  private final @Nullable Instant lastModified;
  private final List<String> fields;
  private final Map<HttpAttribute<?>, Object> attributes;

  private HttpResponse(
      int status,
      HttpBody body,
      @Nullable String mediaType,
      @Nullable String etag,
      @Nullable Instant lastModified,
      List<String> fields,
      Map<HttpAttribute<?>, Object> attributes) {
    this.status = status;
    this.body = body;
    this.mediaType = mediaType;
    this.etag = etag;
    this.lastModified = lastModified;
    this.fields = fields;
    this.attributes = attributes;
  }

  /**
   * Returns a response without a body.
   *
   * @param status 200 to 599
   * @return the response
   * @throws IllegalArgumentException if the status is outside the range
   */
  public static HttpResponse status(int status) {
    return new HttpResponse(
        checkStatus(status), HttpBody.none(), null, null, null, List.of(), Map.of());
  }

  /**
   * Returns a plain text, 200.
   *
   * @param text the text, sent as UTF-8
   * @return the response
   */
  public static HttpResponse text(String text) {
    return bytes(PLAIN_TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns a JSON document, 200.
   *
   * @param json the document, sent as UTF-8
   * @return the response
   */
  public static HttpResponse json(String json) {
    return bytes("application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns bytes, 200. They are copied once; see {@link HttpBody#bytes}.
   *
   * @param mediaType the {@code Content-Type}
   * @param bytes the bytes
   * @return the response, without an entity tag (see {@link #withContentEtag})
   */
  public static HttpResponse bytes(String mediaType, byte[] bytes) {
    return status(200).withBody(HttpBody.bytes(bytes)).withMediaType(mediaType);
  }

  /**
   * Returns a file, 200, with its modification time and an entity tag made of that time, the length
   * and the identity of the file. The media type is that of {@link #mediaTypeOf}.
   *
   * <p>Reads the attributes of the file, which blocks as long as the file system does.
   *
   * @param path a regular file
   * @return the response
   * @throws IOException if there is no such regular file or its attributes cannot be read
   */
  public static HttpResponse file(Path path) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw new NoSuchFileException(path.toString(), null, "not a regular file");
    }
    Path name = path.getFileName();
    Instant modified = attributes.lastModifiedTime().toInstant();
    String identity =
        attributes.size() + "|" + modified + "|" + attributes.fileKey() + "|" + path.getFileName();
    return status(200)
        .withBody(HttpBody.file(path, attributes.size()))
        .withMediaType(mediaTypeOf(name == null ? "" : name.toString()))
        .withLastModified(modified)
        .withEtag(digest(identity.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Returns 404 without a body.
   *
   * @return the response
   */
  public static HttpResponse notFound() {
    return NOT_FOUND;
  }

  /**
   * Returns 204.
   *
   * @return the response
   */
  public static HttpResponse noContent() {
    return NO_CONTENT;
  }

  /**
   * Returns 405 with {@code Allow: GET, HEAD}.
   *
   * @return the response
   */
  public static HttpResponse methodNotAllowed() {
    return METHOD_NOT_ALLOWED;
  }

  /**
   * Returns 503 with {@code Retry-After}.
   *
   * @param retryAfter when to try again; whole seconds, at least one
   * @return the response
   */
  public static HttpResponse serviceUnavailable(Duration retryAfter) {
    return status(503)
        .withHeader("Retry-After", Long.toString(Math.max(1, retryAfter.toSeconds())));
  }

  /**
   * Returns a redirection.
   *
   * @param status 301, 302, 303, 307 or 308
   * @param location where to
   * @return the response
   */
  public static HttpResponse redirect(int status, String location) {
    if (status < 301 || status > 308 || status == 304) {
      throw new IllegalArgumentException(
          "status: " + status + " (expected: 301, 302, 303, 307 or 308)");
    }
    return status(status).withHeader("Location", location);
  }

  /**
   * Returns the media type of a file by the end of its name: the three by which UEFI firmware tells
   * what it was given (UEFI 2.10 §24.7.2), iPXE scripts and a few others, and else {@code
   * application/octet-stream}.
   *
   * @param fileName a name such as {@code ipxe.efi}
   * @return the media type
   */
  public static String mediaTypeOf(String fileName) {
    String suffix = fileName.substring(fileName.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return switch (suffix) {
      case "efi" -> "application/efi";
      case "iso" -> "application/vnd.efi-iso";
      case "img" -> "application/vnd.efi-img";
      case "ipxe", "txt", "cfg" -> PLAIN_TEXT;
      case "json" -> "application/json";
      case "html", "htm" -> "text/html; charset=utf-8";
      default -> "application/octet-stream";
    };
  }

  /**
   * Returns the status.
   *
   * @return 200 to 599
   */
  public int status() {
    return status;
  }

  /**
   * Returns the body.
   *
   * @return the whole body, also where only a part of it will be sent
   */
  public HttpBody body() {
    return body;
  }

  /**
   * Returns the media type.
   *
   * @return the {@code Content-Type}, if there is one
   */
  public Optional<String> mediaType() {
    return Optional.ofNullable(mediaType);
  }

  /**
   * Returns the strong entity tag.
   *
   * @return the tag without quotes, if there is one
   */
  public Optional<String> etag() {
    return Optional.ofNullable(etag);
  }

  /**
   * Returns the modification time.
   *
   * @return the time, if there is one
   */
  public Optional<Instant> lastModified() {
    return Optional.ofNullable(lastModified);
  }

  /**
   * Returns the first value of a header field that was set with {@link #withHeader}.
   *
   * @param name the name, in either case
   * @return the value
   */
  public Optional<String> header(String name) {
    for (int i = 0; i < fields.size(); i += 2) {
      if (fields.get(i).equalsIgnoreCase(name)) {
        return Optional.of(fields.get(i + 1));
      }
    }
    return Optional.empty();
  }

  /** Returns names and values by turns. */
  List<String> fields() {
    return fields;
  }

  /**
   * Returns what the handler tells observers.
   *
   * @param key which attribute
   * @param <T> its type
   * @return the value, if there is one
   */
  public <T> Optional<T> attribute(HttpAttribute<T> key) {
    return Optional.ofNullable(attributes.get(key)).map(key::cast);
  }

  /**
   * Returns this response with another status.
   *
   * @param value 200 to 599
   * @return a copy
   */
  public HttpResponse withStatus(int value) {
    return new HttpResponse(
        checkStatus(value), body, mediaType, etag, lastModified, fields, attributes);
  }

  /**
   * Returns this response with another body.
   *
   * @param value the body
   * @return a copy
   */
  public HttpResponse withBody(HttpBody value) {
    Objects.requireNonNull(value, "body");
    return new HttpResponse(status, value, mediaType, etag, lastModified, fields, attributes);
  }

  /**
   * Returns this response with another media type.
   *
   * @param value the {@code Content-Type}
   * @return a copy
   */
  public HttpResponse withMediaType(String value) {
    return new HttpResponse(
        status, body, checkValue("mediaType", value), etag, lastModified, fields, attributes);
  }

  /**
   * Returns this response with a strong entity tag.
   *
   * @param value the tag, without quotes; must change whenever a byte of the body does
   * @return a copy
   * @throws IllegalArgumentException if it holds a quote or what is not visible ASCII
   */
  public HttpResponse withEtag(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c <= ' ' || c > '~' || c == '"') {
        throw new IllegalArgumentException("etag: " + value + " (expected: visible ASCII)");
      }
    }
    return new HttpResponse(status, body, mediaType, value, lastModified, fields, attributes);
  }

  /**
   * Returns this response with an entity tag that is a digest of its bytes.
   *
   * @return a copy
   * @throws IllegalStateException if the body is a file or a stream
   */
  public HttpResponse withContentEtag() {
    if (!(body instanceof HttpBody.Bytes) && !(body instanceof HttpBody.None)) {
      throw new IllegalStateException("body: " + body + " (expected: bytes)");
    }
    byte[] bytes = new byte[(int) body.length()];
    if (body instanceof HttpBody.Bytes memory) {
      memory.content().get(bytes);
    }
    return withEtag(digest(bytes));
  }

  /**
   * Returns this response with a modification time.
   *
   * @param value the time; sent in whole seconds
   * @return a copy
   */
  public HttpResponse withLastModified(Instant value) {
    Objects.requireNonNull(value, "lastModified");
    return new HttpResponse(status, body, mediaType, etag, value, fields, attributes);
  }

  /**
   * Returns this response with one more header field.
   *
   * @param name its name; none of those the server sets by itself, nor one with a method of its own
   * @param value its value; visible ASCII and blanks
   * @return a copy
   * @throws IllegalArgumentException if name or value are not acceptable
   */
  public HttpResponse withHeader(String name, String value) {
    if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("name: " + name + " (expected: one not set elsewhere)");
    }
    return withField(name, value);
  }

  /**
   * Returns this response with a header field of another server's response that is passed on as it
   * is: other than {@link #withHeader} it may be one of those that describe the body, such as
   * {@code Content-Range} or {@code ETag}. Ranges and conditions are then the other server's
   * business, unless this response has an entity tag or a modification time of its own as well.
   *
   * @param name its name; none of those that concern one connection only
   * @param value its value; visible ASCII and blanks
   * @return a copy
   * @throws IllegalArgumentException if name or value are not acceptable
   */
  public HttpResponse withRelayedHeader(String name, String value) {
    if (HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("name: " + name + " (expected: one for both ends)");
    }
    return withField(name, value);
  }

  private HttpResponse withField(String name, String value) {
    if (!FIELD_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("name: " + name + " (expected: a header field name)");
    }
    List<String> copy = new ArrayList<>(fields);
    copy.add(name);
    copy.add(checkValue(name, value));
    return new HttpResponse(
        status, body, mediaType, etag, lastModified, List.copyOf(copy), attributes);
  }

  /**
   * Returns this response with something to tell observers.
   *
   * @param key which attribute
   * @param value its value
   * @param <T> its type
   * @return a copy
   */
  public <T> HttpResponse with(HttpAttribute<T> key, T value) {
    Map<HttpAttribute<?>, Object> copy = new HashMap<>(attributes);
    copy.put(
        Objects.requireNonNull(key, "key"), key.cast(Objects.requireNonNull(value, key.name())));
    return new HttpResponse(status, body, mediaType, etag, lastModified, fields, copy);
  }

  private static int checkStatus(int status) {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status: " + status + " (expected: 200 to 599)");
    }
    return status;
  }

  private static String checkValue(String name, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c > '~') {
        throw new IllegalArgumentException(name + ": bad character at " + i);
      }
    }
    return value;
  }

  private static String digest(byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(Arrays.copyOf(hash, 16));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing from this Java platform", e);
    }
  }

  /** Returns status and body, without the bytes. */
  @Override
  public String toString() {
    return "HttpResponse[" + status + ", " + body + "]";
  }
}
