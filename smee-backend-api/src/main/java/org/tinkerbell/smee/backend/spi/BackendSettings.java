// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The values of a backend's settings, checked against their descriptions. Immutable. */
public final class BackendSettings {
  private final Map<String, BackendSetting> descriptions;
  private final Map<String, String> values;

  private BackendSettings(Map<String, BackendSetting> descriptions, Map<String, String> values) {
    this.descriptions = descriptions;
    this.values = values;
  }

  /**
   * Checks values and adds the defaults of those not given.
   *
   * @param descriptions the settings that there are
   * @param given values by setting name; empty text counts as not given
   * @return the settings
   * @throws IllegalArgumentException if a name is not described or a value does not fit its type
   */
  public static BackendSettings of(List<BackendSetting> descriptions, Map<String, String> given) {
    Map<String, BackendSetting> byName = new LinkedHashMap<>();
    Map<String, String> values = new LinkedHashMap<>();
    for (BackendSetting setting : descriptions) {
      byName.put(setting.name(), setting);
      String value = given.getOrDefault(setting.name(), "");
      setting.check(value);
      values.put(setting.name(), value.isEmpty() ? setting.defaultValue() : value);
    }
    for (String name : given.keySet()) {
      if (!byName.containsKey(name)) {
        throw new IllegalArgumentException(
            "name: " + name + " (expected: one of " + byName.keySet() + ")");
      }
    }
    return new BackendSettings(byName, values);
  }

  /**
   * Returns a setting of any type as text.
   *
   * @param name the setting's name
   * @return the value, or its default; empty if there is neither
   * @throws IllegalArgumentException if there is no such setting
   */
  public Optional<String> text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "name: " + name + " (expected: one of " + descriptions.keySet() + ")");
    }
    return value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  /**
   * Returns a setting of type {@link BackendSetting.Type#BOOLEAN}.
   *
   * @param name the setting's name
   * @return the value; false if there is neither value nor default
   * @throws IllegalArgumentException if there is no such setting
   */
  public boolean isSet(String name) {
    return text(name).map(Boolean::parseBoolean).orElse(false);
  }

  /**
   * Returns a setting of type {@link BackendSetting.Type#INTEGER}.
   *
   * @param name the setting's name
   * @return the value; empty if there is neither value nor default
   * @throws IllegalArgumentException if there is no such setting
   */
  public OptionalInt number(String name) {
    Optional<String> value = text(name);
    return value.isPresent() ? OptionalInt.of(Integer.parseInt(value.get())) : OptionalInt.empty();
  }

  /** Returns names and values, without those that are secret. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("BackendSettings[");
    String separator = "";
    for (Map.Entry<String, String> entry : values.entrySet()) {
      BackendSetting setting = descriptions.get(entry.getKey());
      boolean secret = setting != null && setting.secret();
      text.append(separator).append(entry.getKey()).append('=');
      text.append(secret ? "***" : entry.getValue());
      separator = ", ";
    }
    return text.append(']').toString();
  }
}
