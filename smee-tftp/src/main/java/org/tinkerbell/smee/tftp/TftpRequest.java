// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;

/**
 * A valid read request, as a handler sees it.
 *
 * @param fileName the name as it came: any separators, maybe empty, never to be used as a path
 * @param mode octet or netascii
 * @param options what the client asked for, including options that the server does not know
 * @param remote where the request came from
 * @param local the address it was sent to, if the system tells, else the bound address
 */
public record TftpRequest(
    String fileName,
    TftpMode mode,
    TftpOptions options,
    InetSocketAddress remote,
    InetSocketAddress local) {

  /** Checks that nothing is missing. */
  public TftpRequest {
    Objects.requireNonNull(fileName, "fileName");
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(remote, "remote");
    Objects.requireNonNull(local, "local");
  }

  /**
   * Returns the file name as a clean relative path: {@code \} counts as {@code /}, there is no
   * leading and no double slash, and {@code .} and {@code ..} are resolved.
   *
   * @return elements separated by {@code /}, or empty if there is no element left or if the name
   *     climbs above its root
   */
  public Optional<String> path() {
    Deque<String> elements = new ArrayDeque<>();
    for (String element : fileName.replace('\\', '/').split("/", -1)) {
      if (element.equals("..")) {
        if (elements.pollLast() == null) {
          return Optional.empty();
        }
      } else if (!element.isEmpty() && !element.equals(".")) {
        elements.addLast(element);
      }
    }
    return elements.isEmpty() ? Optional.empty() : Optional.of(String.join("/", elements));
  }

  /**
   * Returns what follows the last separator of {@link #fileName()}, either {@code /} or {@code \}.
   *
   * @return the last element, maybe empty
   */
  public String lastElement() {
    return fileName.substring(Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1);
  }

  /** Returns the text for a client whose file is not there. */
  String missingText() {
    return "file [" + lastElement() + "] unknown: file does not exist";
  }

  /**
   * Returns this request for another file.
   *
   * @param name the other name
   * @return the new request
   */
  public TftpRequest withFileName(String name) {
    return new TftpRequest(name, mode, options, remote, local);
  }
}
