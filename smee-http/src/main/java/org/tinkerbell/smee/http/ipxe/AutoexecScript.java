// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

import java.net.URI;
import org.tinkerbell.smee.backend.MacAddress;

/**
 * The text of {@code autoexec.ipxe}, for builds of iPXE that know nothing of Smee.
 *
 * <p>On UEFI, iPXE since 2021 asks for that file beside the one it was loaded from (iPXE 2.0 also
 * at the root), by TFTP or HTTP. The script gets an address if there is none, goes on with the
 * machine's own script, and after {@value #TRIES} failures hands back to the firmware. It also sets
 * the user class {@code Tinkerbell}, so that a DHCP server answers later requests with the script.
 */
public final class AutoexecScript {

  /** How often an address is asked for before the script gives up. */
  public static final int TRIES = 5;

  private static final ScriptTemplate TEMPLATE = ScriptTemplate.load("autoexec.ipxe");

  private final URI scriptUrl;
  private final boolean prependMac;

  private AutoexecScript(URI scriptUrl, boolean prependMac) {
    this.scriptUrl = scriptUrl;
    this.prependMac = prependMac;
  }

  /**
   * Makes the script for a service.
   *
   * @param scriptUrl where scripts are, such as {@code http://192.168.2.1:8080/auto.ipxe}
   * @param prependMac whether the machine's MAC address goes before the last segment of the path,
   *     as in the URL that DHCP hands out
   * @return the script
   * @throws IllegalArgumentException if the URL is not absolute or has no host
   */
  public static AutoexecScript of(URI scriptUrl, boolean prependMac) {
    if (!scriptUrl.isAbsolute() || scriptUrl.getRawAuthority() == null) {
      throw new IllegalArgumentException(
          "scriptUrl: " + scriptUrl + " (expected: such as http://192.168.2.1:8080/auto.ipxe)");
    }
    return new AutoexecScript(scriptUrl, prependMac);
  }

  /**
   * Returns the text for a machine whose MAC address is known.
   *
   * @param macAddress the address
   * @return the script
   */
  public String forMachine(MacAddress macAddress) {
    return render(macAddress.toString());
  }

  /**
   * Returns the text for whichever machine asks: iPXE puts its own MAC address in.
   *
   * @return the script
   */
  public String forAnyMachine() {
    return render("${smee-mac}");
  }

  private String render(String mac) {
    String url = prependMac ? prepend(scriptUrl, mac) : scriptUrl.toString();
    return TEMPLATE.values().block("url", url).block("tries", Integer.toString(TRIES)).render();
  }

  /** Puts a segment before the last one; an empty path has none to put it before. */
  private static String prepend(URI url, String mac) {
    String path = url.getRawPath() == null ? "" : url.getRawPath();
    StringBuilder out = new StringBuilder();
    out.append(url.getScheme()).append("://").append(url.getRawAuthority());
    String[] segments = path.split("/", -1);
    String last = "";
    for (String segment : segments) {
      if (segment.isEmpty()) {
        continue;
      }
      if (!last.isEmpty()) {
        out.append('/').append(last);
      }
      last = segment;
    }
    out.append('/').append(mac);
    if (!last.isEmpty()) {
      out.append('/').append(last);
    }
    if (url.getRawQuery() != null) {
      out.append('?').append(url.getRawQuery());
    }
    return out.toString();
  }
}
