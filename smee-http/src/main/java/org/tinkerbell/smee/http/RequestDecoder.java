// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/** Netty's decoder, made to refuse whatever two parsers could read in two ways. */
final class RequestDecoder extends HttpRequestDecoder {

  /** Whether the next octet belongs to a head, not to a body. */
  private boolean inHead = true;

  /** Whether lines of this head were taken before. */
  private boolean begun;

  private boolean refused;

  RequestDecoder(ServerConfig config) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(config.maxRequestLineBytes)
            .setMaxHeaderSize(config.maxHeaderBytes)
            .setMaxChunkSize(8 * 1024)
            .setStrictLineParsing(true)
            .setUseRfc9112TransferEncoding(true)
            .setAllowDuplicateContentLengths(false)
            .setValidateHeaders(true));
  }

  /** Refuses a message with both lengths, the usual means of request smuggling (RFC 9112 §6.1). */
  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("Transfer-Encoding together with Content-Length");
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out)
      throws Exception {
    if (refused || (inHead && hasFoldedLine(buffer))) {
      buffer.skipBytes(buffer.readableBytes());
      if (!refused) {
        refused = true;
        out.add(refusal());
      }
      return;
    }
    int from = buffer.readerIndex();
    int before = out.size();
    super.decode(ctx, buffer, out);
    begun |= buffer.readerIndex() > from;
    for (int i = before; i < out.size(); i++) {
      Object message = out.get(i);
      if (message instanceof LastHttpContent) {
        inHead = true;
        begun = false;
      } else if (message instanceof HttpRequest) {
        inHead = false;
      }
    }
  }

  /**
   * Tells whether a line of the head goes on in the next one, which begins with a blank. Servers
   * have to refuse that or make one line of it (RFC 9112 §5.2); a proxy in front may do the other.
   */
  private boolean hasFoldedLine(ByteBuf buffer) {
    int end = buffer.writerIndex();
    int line = buffer.readerIndex();
    if (!begun) {
      // Empty lines before a request are no part of it (RFC 9112 §2.2).
      while (line < end && (buffer.getByte(line) == '\r' || buffer.getByte(line) == '\n')) {
        line++;
      }
      line = nextLine(buffer, line, end);
    }
    while (line < end) {
      byte first = buffer.getByte(line);
      if (first == ' ' || first == '\t') {
        return true;
      }
      if (first == '\r' || first == '\n') {
        return false;
      }
      line = nextLine(buffer, line, end);
    }
    return false;
  }

  private static int nextLine(ByteBuf buffer, int from, int end) {
    int feed = buffer.indexOf(from, end, (byte) '\n');
    return feed < 0 ? end : feed + 1;
  }

  private static HttpRequest refusal() {
    HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    request.setDecoderResult(
        DecoderResult.failure(new IllegalArgumentException("a line that goes on in the next")));
    return request;
  }
}
