// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.Optional;

/**
 * The text of one JSON object, known to be valid; passed through to the log without touching its
 * numbers.
 *
 * @param text the object
 */
record JsonText(String text) {
  private static final int MAX_DEPTH = 32;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  /** Returns the object if the text is exactly one, and not nested too deep. */
  static Optional<JsonText> parse(String text) {
    if (!text.startsWith("{")) {
      return Optional.empty();
    }
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      parser.skipChildren();
      boolean whole = parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
      return whole ? Optional.of(new JsonText(text)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Writes the object on one line. */
  void writeTo(JsonGenerator json) throws IOException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      parser.nextToken();
      json.copyCurrentStructureExact(parser);
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
