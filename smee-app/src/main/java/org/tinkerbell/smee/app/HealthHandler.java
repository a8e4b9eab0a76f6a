// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.tinkerbell.smee.http.HttpHandler;
import org.tinkerbell.smee.http.HttpResponse;

/** Says that the process lives: {@code /healthcheck} with the reference's keys, and the probes. */
final class HealthHandler {
  private HealthHandler() {}

  /** Answers {@code /livez} and {@code /healthz}. */
  static HttpHandler alive() {
    return HttpHandler.of(
        request -> HttpResponse.text("ok").withHeader("Cache-Control", "no-store"));
  }

  static HttpHandler of(BuildInfo build) {
    return HttpHandler.of(
        request -> HttpResponse.json(body(build)).withHeader("Cache-Control", "no-store"));
  }

  private static String body(BuildInfo build) {
    double uptime = ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0;
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("git_rev", build.revision());
      json.writeNumberField("uptime", uptime);
      json.writeStringField("uptime_seconds", String.format(Locale.ROOT, "%.2f", uptime));
      // What the reference counts are its goroutines; dashboards look for the name.
      json.writeNumberField("goroutines", Thread.activeCount());
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return text + "\n";
  }
}
