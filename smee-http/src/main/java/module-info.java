// SPDX-License-Identifier: Apache-2.0
/** A small HTTP/1.1 server for firmware and iPXE, and the boot scripts and ISOs it serves. */
module org.tinkerbell.smee.http {
  requires transitive org.tinkerbell.smee.backend.api;
  requires transitive io.netty.transport;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.common;
  requires io.netty.handler;
  requires static io.netty.transport.classes.epoll;
  requires static org.jspecify;
  requires java.net.http;
  requires org.slf4j;

  exports org.tinkerbell.smee.http;
  exports org.tinkerbell.smee.http.ipxe;
  exports org.tinkerbell.smee.http.iso;
}
