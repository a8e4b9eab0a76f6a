// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Where the octets of a download go. Used by one thread at a time. */
interface DownloadTarget<T> {

  /** Tells whether {@link #write} and {@link #finish} may block. */
  boolean isBlocking();

  /** Returns how many octets fit in. */
  long capacity();

  /** Takes octets; does not release them. */
  void write(ByteBuf octets) throws IOException;

  /** Returns the result, after all was written. */
  T finish() throws IOException;

  /** Takes the place of a target that has got all. */
  final class Closed<T> implements DownloadTarget<T> {

    @Override
    public boolean isBlocking() {
      return false;
    }

    @Override
    public long capacity() {
      return 0;
    }

    @Override
    public void write(ByteBuf octets) throws IOException {
      throw new IOException("the download is complete");
    }

    @Override
    public T finish() throws IOException {
      throw new IOException("the download is complete");
    }
  }

  /** Keeps all in memory. */
  final class Memory implements DownloadTarget<byte[]> {

    private final long capacity;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Memory(long capacity) {
      this.capacity = capacity;
    }

    @Override
    public boolean isBlocking() {
      return false;
    }

    @Override
    public long capacity() {
      return capacity;
    }

    @Override
    public void write(ByteBuf octets) throws IOException {
      octets.getBytes(octets.readerIndex(), bytes, octets.readableBytes());
    }

    @Override
    public byte[] finish() {
      return bytes.toByteArray();
    }
  }

  /** Writes to a channel that somebody else closes. */
  final class ToChannel implements DownloadTarget<Long> {

    private final WritableByteChannel channel;
    private long written;

    ToChannel(WritableByteChannel channel) {
      this.channel = channel;
    }

    @Override
    public boolean isBlocking() {
      return true;
    }

    @Override
    public long capacity() {
      return Long.MAX_VALUE;
    }

    @Override
    public void write(ByteBuf octets) throws IOException {
      for (ByteBuffer part : octets.nioBuffers()) {
        while (part.hasRemaining()) {
          written += channel.write(part);
        }
      }
    }

    @Override
    public Long finish() {
      return written;
    }
  }
}
