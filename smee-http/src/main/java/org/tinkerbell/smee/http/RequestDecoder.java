// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/** Netty's decoder, made to refuse whatever two parsers could read in two ways. */
final class RequestDecoder extends HttpRequestDecoder {

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
}
