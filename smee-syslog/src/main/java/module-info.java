// SPDX-License-Identifier: Apache-2.0
/** A syslog parser and receiver on Netty. */
module org.tinkerbell.smee.syslog {
  requires static org.jspecify;
  requires io.netty.buffer;
  requires io.netty.common;
  requires io.netty.handler;
  requires transitive io.netty.transport;
  requires static io.netty.transport.classes.epoll;
  requires static io.netty.transport.unix.common;
  requires org.slf4j;

  exports org.tinkerbell.smee.syslog;
}
