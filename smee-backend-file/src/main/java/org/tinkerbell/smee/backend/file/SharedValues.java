// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.spi.ValueText;

/**
 * Reads addresses and URLs as {@link ValueText} does, giving the same object when a text comes
 * again: the machines of a large file have routers, masks and scripts in common, which would
 * otherwise take half of the memory.
 */
final class SharedValues {
  private final Recent<String, Optional<InetAddress>> addresses = new Recent<>();
  private final Recent<String, Optional<URI>> urls = new Recent<>();

  Optional<InetAddress> ipAddress(String text) {
    return addresses.get(text, ValueText::ipAddress);
  }

  Optional<URI> url(String text) {
    return urls.get(text, ValueText::url);
  }

  Optional<Inet4Address> ipv4Address(String text) {
    return ipAddress(text).filter(Inet4Address.class::isInstance).map(Inet4Address.class::cast);
  }

  /** Values by key, each in the one place that its hash code gives; the latest stays. */
  private static final class Recent<K, V> {
    /** A power of two. */
    private static final int PLACES = 256;

    private final @Nullable Object[] keys = new @Nullable Object[PLACES];
    private final @Nullable Object[] values = new @Nullable Object[PLACES];

    @SuppressWarnings("unchecked")
    V get(K key, Function<K, V> maker) {
      int hash = key.hashCode() * 0x9e3779b9;
      int place = hash >>> 24;
      Object value = values[place];
      if (value != null && key.equals(keys[place])) {
        return (V) value;
      }
      V made = maker.apply(key);
      keys[place] = key;
      values[place] = made;
      return made;
    }
  }
}
