// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request as it came from the network: acceptable, or not and why.
 *
 * @param request the request; absent if it is refused
 * @param keepAlive whether the connection may go on after the response
 * @param status the status of the refusal
 * @param reason the reason of the refusal
 */
record IncomingRequest(
    @Nullable HttpRequest request, boolean keepAlive, int status, String reason) {

  // RFC 3986 §3.2.2 and §3.2.3, without user information.
  private static final Pattern HOST =
      Pattern.compile("(?:\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(?::\\d{0,5})?");

  static IncomingRequest refused(int status, String reason) {
    return new IncomingRequest(null, false, status, reason);
  }

  static IncomingRequest refused(DecoderResult result) {
    Throwable cause = result.cause();
    if (cause instanceof DecoderException wrapped && wrapped.getCause() != null) {
      cause = wrapped.getCause();
    }
    if (cause instanceof TooLongHttpLineException) {
      return refused(414, "request line too long");
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return refused(431, "header fields too large");
    }
    return refused(400, "malformed message");
  }

  /** Reads a head that the decoder took (RFC 9112 §3.2, §6.3; RFC 9110 §10.1.1). */
  static IncomingRequest of(
      io.netty.handler.codec.http.HttpRequest head,
      InetSocketAddress peer,
      boolean secure,
      ServerConfig config) {
    if (head.decoderResult().isFailure()) {
      return refused(head.decoderResult());
    }
    HttpVersion version = head.protocolVersion();
    if (version.majorVersion() != 1) {
      return refused(505, "protocol version not supported");
    }
    HttpHeaders headers = head.headers();
    boolean http10 = version.minorVersion() == 0;
    List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
    if (hosts.size() > 1 || (hosts.isEmpty() && !http10)) {
      return refused(400, hosts.isEmpty() ? "no Host field" : "several Host fields");
    }
    if (!hosts.isEmpty() && !HOST.matcher(hosts.get(0)).matches()) {
      return refused(400, "invalid Host field");
    }
    Optional<RequestTarget> target = RequestTarget.parse(head.uri());
    if (target.isEmpty()) {
      return refused(400, "invalid request target");
    }
    if (declaredLength(headers) > config.maxRequestBodyBytes) {
      return refused(413, "request body too large");
    }
    boolean keepAlive = HttpUtil.isKeepAlive(head);
    String expectation = headers.get(HttpHeaderNames.EXPECT);
    if (expectation != null) {
      if (!expectation.equalsIgnoreCase("100-continue")) {
        return refused(417, "expectation not supported");
      }
      // The answer does not wait for a body that may then never come: the connection ends with it.
      keepAlive = false;
    }
    HttpRequest.Builder builder =
        new HttpRequest.Builder(head.method().name(), head.uri(), target.get())
            .protocol(http10 ? "HTTP/1.0" : "HTTP/1.1")
            .peer(peer)
            .secure(secure)
            .receivedAt(config.clock.instant());
    for (Map.Entry<String, String> field : headers) {
      builder.header(field.getKey(), field.getValue());
    }
    if (!config.trustedProxies.isEmpty()) {
      InetAddress client =
          config.trustedProxies.clientOf(peer.getAddress(), headers.getAll("X-Forwarded-For"));
      builder.client(new InetSocketAddress(client, peer.getPort()));
    }
    return new IncomingRequest(builder.build(), keepAlive, 0, "");
  }

  private static long declaredLength(HttpHeaders headers) {
    String value = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    // The decoder has checked that it is a number that fits.
    return value == null ? 0 : Long.parseLong(value.trim());
  }
}
