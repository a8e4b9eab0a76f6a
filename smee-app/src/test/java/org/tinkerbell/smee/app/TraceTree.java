// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Traces as text: each span below its parent, with the seconds since its trace began. */
final class TraceTree {
  private static final List<String> SHOWN =
      List.of(
          "filename",
          "url.path",
          "DHCP.reply.Header.yiaddr",
          "DHCP.reply.Header.file",
          "DHCP.reply.Opt53.MessageType",
          "smee.bytes_sent",
          "http.response.status_code",
          "smee.reason",
          "smee.joined_by");

  private TraceTree() {}

  static String of(List<OtlpCollector.Received> spans) {
    StringBuilder text = new StringBuilder();
    Map<String, List<OtlpCollector.Received>> traces =
        spans.stream()
            .sorted(Comparator.comparingLong(s -> s.span().getStartTimeUnixNano()))
            .collect(
                Collectors.groupingBy(
                    OtlpCollector.Received::traceId,
                    java.util.LinkedHashMap::new,
                    Collectors.toList()));
    traces.forEach(
        (id, members) -> {
          text.append("trace ").append(id).append('\n');
          long begin = members.get(0).span().getStartTimeUnixNano();
          for (OtlpCollector.Received span : members) {
            boolean root =
                members.stream().noneMatch(other -> other.spanId().equals(span.parentId()));
            if (root) {
              append(text, members, span, 1, begin);
            }
          }
        });
    return text.toString();
  }

  private static void append(
      StringBuilder text,
      List<OtlpCollector.Received> all,
      OtlpCollector.Received span,
      int depth,
      long begin) {
    double at = (span.span().getStartTimeUnixNano() - begin) / 1e9;
    double took = (span.span().getEndTimeUnixNano() - span.span().getStartTimeUnixNano()) / 1e6;
    text.append(String.format(Locale.ROOT, "%8.3f s %10.3f ms  ", at, took));
    text.append("  ".repeat(depth - 1)).append(span.name());
    Map<String, String> attributes = span.attributes();
    for (String key : SHOWN) {
      if (attributes.containsKey(key)) {
        text.append(' ')
            .append(key.replaceFirst("^DHCP\\.reply\\.|^smee\\.|^http\\.response\\.", ""))
            .append('=')
            .append(attributes.get(key));
      }
    }
    text.append('\n');
    for (OtlpCollector.Received child : all) {
      if (child.parentId().equals(span.spanId())) {
        append(text, all, child, depth + 1, begin);
      }
    }
  }
}
