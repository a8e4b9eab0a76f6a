// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Where octets come from. */
final class ByteSources {

  private ByteSources() {}

  /** Octets in memory; never blocks. */
  static final class OfBytes extends PositionalSource {

    private final byte[] bytes;

    OfBytes(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    long size() {
      return bytes.length;
    }

    @Override
    Object identity() {
      return bytes;
    }

    @Override
    ByteBuf readAt(long position, int max) {
      int count = (int) Math.min(max, bytes.length - position);
      return Unpooled.wrappedBuffer(bytes, (int) position, count);
    }
  }

  /** An open file, of the length that it had when it was opened. */
  static final class OfFile extends PositionalSource {

    private final FileChannel file;
    private final long size;
    private final @Nullable FileIdentity identity;

    /**
     * Makes a source.
     *
     * @param identity what this state of the file is known by, or null if it may be changing
     */
    OfFile(FileChannel file, @Nullable FileIdentity identity) throws IOException {
      this.file = file;
      this.size = file.size();
      // It may have grown since its attributes were read.
      this.identity = identity != null && identity.size() == size ? identity : null;
    }

    @Override
    long size() {
      return size;
    }

    @Override
    @Nullable Object identity() {
      return identity;
    }

    @Override
    ByteBuf readAt(long position, int max) throws IOException {
      int count = (int) Math.min(max, size - position);
      ByteBuf part = ByteBufAllocator.DEFAULT.directBuffer(Math.max(1, count), Math.max(1, count));
      try {
        while (part.readableBytes() < count) {
          int got =
              part.writeBytes(file, position + part.readableBytes(), count - part.readableBytes());
          if (got < 0) {
            throw new IOException("the file became shorter while it was sent");
          }
        }
        return part;
      } catch (IOException | RuntimeException e) {
        part.release();
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  /** A channel, read to its end or for the given length. */
  static final class OfChannel implements ByteSource {

    private final ReadableByteChannel channel;
    private final OptionalLong length;
    private long remaining;

    OfChannel(ReadableByteChannel channel, OptionalLong length) {
      this.channel = channel;
      this.length = length;
      this.remaining = length.orElse(Long.MAX_VALUE);
    }

    @Override
    public OptionalLong length() {
      return length;
    }

    @Override
    public ByteBuf read(int max) throws IOException {
      int count = (int) Math.min(max, remaining);
      ByteBuf part = ByteBufAllocator.DEFAULT.directBuffer(Math.max(1, count), Math.max(1, count));
      try {
        while (part.readableBytes() < count) {
          int got = channel.read(part.nioBuffer(part.writerIndex(), count - part.readableBytes()));
          if (got < 0) {
            if (length.isPresent()) {
              throw new IOException("the content ended before its announced length");
            }
            break;
          }
          part.writerIndex(part.writerIndex() + got);
          remaining -= got;
        }
        return part;
      } catch (IOException | RuntimeException e) {
        part.release();
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /**
   * Another source in the form that netascii has on the wire (RFC 1350 §1, RFC 764): LF becomes CR
   * LF, CR becomes CR NUL. Its length is not known before the end.
   */
  static final class Netascii implements ByteSource {

    private final ByteSource source;
    private ByteBuf raw = Unpooled.EMPTY_BUFFER;
    private boolean ended;

    /** The second octet of a pair whose first one was the last that fitted, or -1. */
    private int pending = -1;

    Netascii(ByteSource source) {
      this.source = source;
    }

    @Override
    public OptionalLong length() {
      return OptionalLong.empty();
    }

    @Override
    public ByteBuf read(int max) throws IOException {
      ByteBuf out = ByteBufAllocator.DEFAULT.directBuffer(max, max);
      try {
        while (out.isWritable()) {
          if (pending >= 0) {
            out.writeByte(pending);
            pending = -1;
          } else if (raw.isReadable()) {
            write(raw.readByte(), out);
          } else if (ended) {
            break;
          } else {
            raw.release();
            raw = Unpooled.EMPTY_BUFFER;
            raw = source.read(max);
            ended = raw.readableBytes() < max;
          }
        }
        return out;
      } catch (IOException | RuntimeException e) {
        out.release();
        throw e;
      }
    }

    private void write(byte octet, ByteBuf out) {
      if (octet == '\n') {
        out.writeByte('\r');
        pending = '\n';
      } else {
        out.writeByte(octet);
        if (octet == '\r') {
          pending = 0;
        }
      }
    }

    @Override
    public void close() throws IOException {
      raw.release();
      raw = Unpooled.EMPTY_BUFFER;
      source.close();
    }
  }
}
