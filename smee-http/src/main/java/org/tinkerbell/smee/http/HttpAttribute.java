// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.util.Objects;

/**
 * A key for something a handler tells the {@link HttpObserver} beside the response.
 *
 * <p>Attributes never reach the client. Two keys are the same only if they are one object, so keep
 * a key in a constant.
 *
 * @param <T> the type of the value
 */
public final class HttpAttribute<T> {
  private final String name;
  private final Class<T> type;

  private HttpAttribute(String name, Class<T> type) {
    this.name = Objects.requireNonNull(name, "name");
    this.type = Objects.requireNonNull(type, "type");
  }

  /**
   * Makes a new key.
   *
   * @param name for logs
   * @param type the type of the value
   * @param <T> the type of the value
   * @return the key
   */
  public static <T> HttpAttribute<T> of(String name, Class<T> type) {
    return new HttpAttribute<>(name, type);
  }

  /**
   * Returns the name.
   *
   * @return the name, for logs
   */
  public String name() {
    return name;
  }

  T cast(Object value) {
    return type.cast(value);
  }

  @Override
  public String toString() {
    return name;
  }
}
