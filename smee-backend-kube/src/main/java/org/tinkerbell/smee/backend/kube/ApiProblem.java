// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import java.io.IOException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A request to the API server did not do what it should. The message is one line for the user. */
final class ApiProblem extends Exception {
  private static final long serialVersionUID = 1L;

  /** What kind of problem, as far as the next step depends on it. */
  enum Kind {
    /** No connection, or an answer that is no use; the same request may work later. */
    FAILED,
    /** A connection that was open has ended; nothing unusual. */
    DROPPED,
    /** The version to go on from is no longer known; everything must be listed again. */
    GONE,
    /** The server does not know the resource. */
    MISSING,
    /** The server or its certificate, or the credentials, are not accepted. */
    REFUSED
  }

  private final Kind kind;
  private final String reason;

  ApiProblem(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
    reason = message;
  }

  ApiProblem(Kind kind, String message, Throwable cause) {
    super(message, cause, false, false);
    this.kind = kind;
    reason = message;
  }

  Kind kind() {
    return kind;
  }

  String reason() {
    return reason;
  }

  static ApiProblem of(String server, IOException e) {
    if (e instanceof CredentialException) {
      return new ApiProblem(Kind.REFUSED, oneLine(e.getMessage()), e);
    }
    return new ApiProblem(
        e instanceof SSLException ? Kind.REFUSED : Kind.FAILED,
        "cannot reach the Kubernetes API at " + server + ": " + networkReason(e),
        e);
  }

  private static String networkReason(IOException e) {
    String text = oneLine(e.getMessage());
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (message.contains("Connection refused")) {
        return "connection refused";
      }
      if (cause instanceof UnknownHostException) {
        return "unknown host name";
      }
      if (cause instanceof NoRouteToHostException) {
        return "no route to the host";
      }
      if (cause instanceof SocketTimeoutException) {
        return "timed out";
      }
      if (cause instanceof SSLException) {
        return text.contains("PKIX path")
            ? "its certificate is not signed by an authority that is trusted"
            : "TLS: " + text;
      }
    }
    return text;
  }

  static ApiProblem ofStatus(String server, int status, String what, String detail) {
    String message =
        switch (status) {
          case 401 -> "the Kubernetes API at " + server + " does not accept the credentials (401)";
          case 403 ->
              "the Kubernetes API at "
                  + server
                  + " does not allow to "
                  + what
                  + " (403); grant get, list and watch on hardware.tinkerbell.org, or set a"
                  + " namespace";
          case 404 ->
              "the Kubernetes API at "
                  + server
                  + " has no resource hardware.tinkerbell.org (404); install its custom resource"
                  + " definition";
          default ->
              "the Kubernetes API at "
                  + server
                  + " fails to "
                  + what
                  + " ("
                  + status
                  + (detail.isEmpty() ? ")" : "): " + oneLine(detail));
        };
    Kind kind =
        switch (status) {
          case 401 -> Kind.REFUSED;
          case 404 -> Kind.MISSING;
          // 400 and 504 are what servers say of versions from before they were set up anew.
          case 400, 410, 504 -> Kind.GONE;
          default -> Kind.FAILED;
        };
    return new ApiProblem(kind, message);
  }

  /** Returns what is wrong with a file or a setting of the configuration. */
  static String reason(Exception e) {
    return e instanceof NoSuchFileException missing
        ? "no such file " + missing.getFile()
        : oneLine(e.getMessage() == null ? e.toString() : e.getMessage());
  }

  /** Returns a text fit for one line of a log. */
  static String oneLine(@Nullable String text) {
    if (text == null || text.isBlank()) {
      return "no reason given";
    }
    String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return line.length() <= 200 ? line : line.substring(0, 200) + "...";
  }
}
