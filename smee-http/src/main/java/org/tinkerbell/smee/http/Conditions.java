// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Conditional requests (RFC 9110 §13), evaluated in the order of §13.2.2. */
final class Conditions {
  private Conditions() {}

  /** Returns 412, 304 or 200. */
  static int evaluate(HttpRequest request, HttpResponse response) {
    Optional<String> tag = response.etag();
    Optional<Instant> modified =
        response.lastModified().map(time -> time.truncatedTo(ChronoUnit.SECONDS));
    List<String> ifMatch = request.headers("If-Match");
    if (!ifMatch.isEmpty()) {
      if (!matches(ifMatch, tag, true)) {
        return 412;
      }
    } else if (date(request, "If-Unmodified-Since")
        .flatMap(since -> modified.map(time -> time.isAfter(since)))
        .orElse(false)) {
      return 412;
    }
    List<String> ifNoneMatch = request.headers("If-None-Match");
    if (!ifNoneMatch.isEmpty()) {
      return matches(ifNoneMatch, tag, false) ? 304 : 200;
    }
    boolean unchanged =
        date(request, "If-Modified-Since")
            .flatMap(since -> modified.map(time -> !time.isAfter(since)))
            .orElse(false);
    return unchanged ? 304 : 200;
  }

  /**
   * Tells whether {@code If-Range} lets a range be served (RFC 9110 §13.1.5): strong match only.
   */
  static boolean rangeAllowed(HttpRequest request, HttpResponse response) {
    Optional<String> field = request.header("If-Range");
    if (field.isEmpty()) {
      return true;
    }
    String value = field.get();
    if (value.endsWith("\"")) {
      return response.etag().map(tag -> value.equals('"' + tag + '"')).orElse(false);
    }
    Optional<Instant> date = HttpDates.parse(value);
    return date.isPresent()
        && date.equals(response.lastModified().map(t -> t.truncatedTo(ChronoUnit.SECONDS)));
  }

  private static Optional<Instant> date(HttpRequest request, String name) {
    return request.header(name).flatMap(HttpDates::parse);
  }

  private static boolean matches(List<String> fields, Optional<String> tag, boolean strong) {
    for (String field : fields) {
      if (field.equals("*")) {
        return true;
      }
      if (tag.isPresent() && listContains(field, tag.get(), strong)) {
        return true;
      }
    }
    return false;
  }

  private static boolean listContains(String field, String tag, boolean strong) {
    String quoted = '"' + tag + '"';
    int at = field.indexOf(quoted);
    while (at >= 0) {
      boolean weak = at >= 2 && field.startsWith("W/", at - 2);
      if (!weak || !strong) {
        return true;
      }
      at = field.indexOf(quoted, at + 1);
    }
    return false;
  }
}
