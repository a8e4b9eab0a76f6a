// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON into maps, lists, texts, numbers and flags. The reader bounds the depth. */
final class JsonTree {
  /** By far the largest parts of many objects, and of no interest here. */
  private static final String SKIPPED = "managedFields";

  private JsonTree() {}

  static Map<String, @Nullable Object> object(JsonReader reader) throws IOException {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    reader.beginObject();
    while (reader.hasNext()) {
      String name = reader.nextName();
      if (name.equals(SKIPPED)) {
        reader.skipValue();
      } else {
        map.put(name, value(reader));
      }
    }
    reader.endObject();
    return map;
  }

  private static @Nullable Object value(JsonReader reader) throws IOException {
    JsonToken token = reader.peek();
    return switch (token) {
      case BEGIN_OBJECT -> object(reader);
      case BEGIN_ARRAY -> array(reader);
      case STRING -> reader.nextString();
      case NUMBER -> number(reader.nextString());
      case BOOLEAN -> reader.nextBoolean();
      case NULL -> {
        reader.nextNull();
        yield null;
      }
      default -> throw new IOException("unexpected " + token + " at " + reader.getPath());
    };
  }

  private static List<@Nullable Object> array(JsonReader reader) throws IOException {
    List<@Nullable Object> list = new ArrayList<>();
    reader.beginArray();
    while (reader.hasNext()) {
      list.add(value(reader));
    }
    reader.endArray();
    return list;
  }

  private static Object number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return new BigDecimal(text);
    }
  }

  /** Returns a text below two names, or empty text. */
  static String text(Map<String, ?> tree, String part, String name) {
    return tree.get(part) instanceof Map<?, ?> map && map.get(name) instanceof String text
        ? text
        : "";
  }
}
