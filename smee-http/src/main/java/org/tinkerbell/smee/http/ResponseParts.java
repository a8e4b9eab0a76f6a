// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** What a response is made of on the wire: buffers and file regions, in order. */
final class ResponseParts {
  private final ServerConfig config;
  private final ByteBufAllocator allocator;

  /** Enough for nearly every head. */
  private static final int HEAD_BYTES = 512;

  private final List<Object> messages = new ArrayList<>(2);
  private final ByteBuf head;
  private final boolean regions;
  private int status;
  private long bodyLength;
  private boolean streamed;

  private ResponseParts(
      HttpBody body, ServerConfig config, boolean regions, ByteBufAllocator allocator) {
    this.config = config;
    this.regions = regions;
    this.allocator = allocator;
    boolean copied = body instanceof HttpBody.Bytes && body.length() < HttpBody.Bytes.DIRECT_FROM;
    this.head = allocator.directBuffer(copied ? HEAD_BYTES + (int) body.length() : HEAD_BYTES);
    messages.add(head);
  }

  /**
   * Renders a response to a request: chooses between the whole, a range and no body.
   *
   * @param regions whether large bodies may be handed to the kernel as they are; if not, they are
   *     read piece by piece as the client takes them
   * @throws IOException if a file cannot be opened or has changed its length
   */
  static ResponseParts render(
      HttpRequest request,
      HttpResponse response,
      String connection,
      ServerConfig config,
      boolean regions,
      ByteBufAllocator allocator)
      throws IOException {
    ResponseParts parts = new ResponseParts(response.body(), config, regions, allocator);
    try {
      parts.render(request, response, connection);
      if (!parts.streamed) {
        discard(response);
      }
      return parts;
    } catch (IOException | RuntimeException e) {
      parts.release();
      throw e;
    }
  }

  /** Frees a stream that will not be read. */
  static void discard(HttpResponse response) {
    if (response.body() instanceof HttpBody.Stream stream) {
      stream.source().discard();
    }
  }

  int status() {
    return status;
  }

  /** Returns the number of bytes after the head. */
  long bodyLength() {
    return bodyLength;
  }

  /** Returns the messages; who takes them releases them. */
  List<Object> messages() {
    return messages;
  }

  /** Tells whether something is read while it is sent. */
  boolean hasStream() {
    return streamed;
  }

  /** Tells whether everything is in the buffer of the head. */
  boolean isSmall() {
    return messages.size() == 1;
  }

  /** Tells whether the kernel is to read a part of the body by itself. */
  boolean hasRegion() {
    return messages.stream().anyMatch(FileRegion.class::isInstance);
  }

  private void release() {
    messages.forEach(ReferenceCountUtil::release);
  }

  private void render(HttpRequest request, HttpResponse response, String connection)
      throws IOException {
    HttpBody body = response.body();
    long size = body.length();
    status = response.status();
    boolean selectable =
        status == 200
            && size >= 0
            && (response.etag().isPresent() || response.lastModified().isPresent())
            && (request.method().equals("GET") || request.isHead());
    boolean ranges = selectable && config.maxRanges > 0;
    ByteRanges selected = ByteRanges.WHOLE;
    if (selectable) {
      status = Conditions.evaluate(request, response);
      if (status == 200 && ranges && !request.isHead()) {
        selected = selectRanges(request, response, size);
      }
    }
    String type = response.mediaType().orElse("");
    String date = config.dates.text(config.clock.instant());
    if (size < 0 && status != 304 && status != 204) {
      boolean chunked = !request.protocol().equals("HTTP/1.0");
      String coding = chunked ? "chunked" : "";
      ResponseHead.write(head, status, response, type, coding, date, connection);
      if (!request.isHead() && body instanceof HttpBody.Stream stream) {
        addStream(new StreamPart(stream.source(), 0, -1, chunked));
      }
    } else if (status == 304 || status == 204) {
      ResponseHead.write(head, status, response, -1, "", "", false, date, connection);
    } else if (status == 412) {
      ResponseHead.write(head, status, response, 0, "", "", false, date, connection);
    } else if (selected == ByteRanges.UNSATISFIABLE) {
      status = 416;
      String range = "bytes */" + size;
      ResponseHead.write(head, status, response, 0, "", range, ranges, date, connection);
    } else if (selected.ranges().size() > 1) {
      status = 206;
      renderMultipart(response, selected.ranges(), date, connection);
    } else if (selected.ranges().size() == 1) {
      status = 206;
      ByteRanges.Range range = selected.ranges().get(0);
      String text = range.contentRange(size);
      ResponseHead.write(
          head, status, response, range.length(), type, text, ranges, date, connection);
      addBody(body, range.offset(), range.length());
    } else {
      ResponseHead.write(head, status, response, size, type, "", ranges, date, connection);
      if (!request.isHead()) {
        addBody(body, 0, size);
      }
    }
  }

  private void addStream(StreamPart part) {
    streamed = true;
    messages.add(part);
  }

  private ByteRanges selectRanges(HttpRequest request, HttpResponse response, long size) {
    List<String> fields = request.headers("Range");
    return fields.size() == 1 && Conditions.rangeAllowed(request, response)
        ? ByteRanges.parse(fields.get(0), size, config.maxRanges)
        : ByteRanges.WHOLE;
  }

  private void renderMultipart(
      HttpResponse response, List<ByteRanges.Range> ranges, String date, String connection)
      throws IOException {
    String boundary = "smee-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    List<byte[]> partHeads = new ArrayList<>(ranges.size());
    byte[] end = ("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII);
    long total = end.length;
    for (ByteRanges.Range range : ranges) {
      StringBuilder text = new StringBuilder("\r\n--").append(boundary).append("\r\n");
      response.mediaType().ifPresent(t -> text.append("Content-Type: ").append(t).append("\r\n"));
      text.append("Content-Range: ")
          .append(range.contentRange(response.body().length()))
          .append("\r\n\r\n");
      byte[] partHead = text.toString().getBytes(StandardCharsets.US_ASCII);
      partHeads.add(partHead);
      total += partHead.length + range.length();
    }
    String type = "multipart/byteranges; boundary=" + boundary;
    ResponseHead.write(head, status, response, total, type, "", true, date, connection);
    for (int i = 0; i < partHeads.size(); i++) {
      addBytes(partHeads.get(i));
      addBody(response.body(), ranges.get(i).offset(), ranges.get(i).length());
    }
    addBytes(end);
  }

  private void addBytes(byte[] bytes) {
    bodyLength += bytes.length;
    if (isSmall()) {
      head.writeBytes(bytes);
    } else {
      messages.add(allocator.directBuffer(bytes.length).writeBytes(bytes));
    }
  }

  private void addBody(HttpBody body, long offset, long length) throws IOException {
    if (length == 0) {
      return;
    }
    bodyLength += length;
    if (body instanceof HttpBody.Stream stream) {
      addStream(new StreamPart(stream.source(), offset, length, false));
    } else if (body instanceof HttpBody.Bytes memory) {
      if (length < HttpBody.Bytes.DIRECT_FROM && isSmall()) {
        head.writeBytes(memory.slice(offset, length));
      } else if (!regions) {
        addStream(
            new StreamPart(
                (from, count) -> new MemoryPublisher(memory.slice(from, count)),
                offset,
                length,
                false));
      } else {
        addMemory(memory, offset, length);
      }
    } else if (body instanceof HttpBody.File file) {
      DefaultFileRegion region = region(file, offset, length);
      if (regions) {
        messages.add(region);
      } else {
        // Opened once to see that it is there and as long as it was; read on the event loop, as
        // sendfile would.
        region.release();
        addStream(
            new StreamPart(HttpStream.ofFile(file.path(), Runnable::run), offset, length, false));
      }
    }
  }

  private void addMemory(HttpBody.Bytes memory, long offset, long length) {
    FileChannel file = memory.file();
    if (file == null || length < HttpBody.Bytes.FILE_FROM) {
      messages.add(Unpooled.wrappedBuffer(memory.slice(offset, length)));
    } else {
      messages.add(new KeptFileRegion(file, offset, length));
    }
  }

  /** A part of a file that stays open. */
  private static final class KeptFileRegion extends DefaultFileRegion {
    KeptFileRegion(FileChannel file, long position, long count) {
      super(file, position, count);
    }

    @Override
    protected void deallocate() {}
  }

  private static DefaultFileRegion region(HttpBody.File file, long offset, long length)
      throws IOException {
    FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ);
    try {
      if (channel.size() != file.length()) {
        throw new IOException(
            file.path() + " has " + channel.size() + " bytes now, not " + file.length());
      }
      return new DefaultFileRegion(channel, offset, length);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }
}
