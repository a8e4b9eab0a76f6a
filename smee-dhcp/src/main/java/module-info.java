// SPDX-License-Identifier: Apache-2.0
/** DHCPv4: message model, codec, server, and the netboot policy on top of them. */
module org.tinkerbell.smee.dhcp {
  requires transitive org.tinkerbell.smee.backend.api;
  requires transitive io.netty.buffer;
  requires transitive io.netty.transport;
  requires io.netty.common;
  requires static io.netty.transport.classes.epoll;
  requires static io.netty.transport.unix.common;
  requires org.slf4j;
  requires static org.jspecify;

  exports org.tinkerbell.smee.dhcp;
  exports org.tinkerbell.smee.dhcp.netboot;
}
