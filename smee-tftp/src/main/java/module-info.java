// SPDX-License-Identifier: Apache-2.0
/** A TFTP server and client on Netty. */
module org.tinkerbell.smee.tftp {
  requires static org.jspecify;
  requires transitive io.netty.buffer;
  requires io.netty.common;
  requires transitive io.netty.transport;
  requires static io.netty.transport.classes.epoll;
  requires static io.netty.transport.unix.common;
  requires org.slf4j;

  exports org.tinkerbell.smee.tftp;
}
