// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;

/**
 * Turns Tinkerbell {@code Hardware} objects into hardware records, one for each network interface.
 *
 * <p>An object is given as the plain tree that any JSON or YAML reader makes: {@link Map}s with
 * text keys, {@link List}s, {@link String}s, {@link Number}s, {@link Boolean}s and {@code null},
 * which means absent. Versions {@code v1alpha1} and {@code v1alpha2} of group {@code
 * tinkerbell.org} are understood; an object without {@code apiVersion} is told by its shape.
 *
 * <p>The reading is lenient. Field names match exactly or else ignoring case; numbers and flags may
 * be written as text ({@code "86400"}, {@code "yes"}) and text as number or flag; a single value
 * stands for a list of one; unknown fields are ignored. Whatever else has the wrong type or form
 * never throws: it becomes a {@link Problem}.
 *
 * <ul>
 *   <li>An interface without {@code dhcp}, or with neither MAC nor IP address, is passed over.
 *   <li>Nobody can be found by a broken key, and half an address is worse than none: such an
 *       interface, one with a bad mask, gateway, static route, lease or installation ISO is
 *       <em>unusable</em>, with the keys that could be read, so that a backend can answer {@link
 *       LookupResult.Unusable}.
 *   <li>Entries of address lists that are not addresses are dropped, the others kept.
 *   <li>No {@code netboot} part gives a record without one, which is not the same as one that
 *       forbids netboot. A boot script URL that is not absolute is kept, so that the script request
 *       fails; one that is no URL at all forbids netboot. DHCP goes on in both cases.
 * </ul>
 *
 * <pre>{@code
 * HardwareObjects.Conversion conversion = HardwareObjects.convert(tree);
 * conversion.records().forEach(record -> index.put(record.macAddress(), record));
 * conversion.problems().forEach(problem -> log.warn("{}: {}", conversion.name(), problem));
 * }</pre>
 *
 * <p>Has no state; may be called by any thread.
 */
public final class HardwareObjects {
  private static final String GROUP = "tinkerbell.org/";

  private HardwareObjects() {}

  /**
   * What came of one object.
   *
   * @param name {@code namespace/name} of the object's metadata, {@code name} if it has no
   *     namespace, empty text if it has neither
   * @param records one record for each usable interface, in the object's order; no MAC address
   *     occurs twice
   * @param problems what could not be used, in the object's order
   */
  public record Conversion(String name, List<HardwareRecord> records, List<Problem> problems) {
    /** Copies the lists. */
    public Conversion {
      Objects.requireNonNull(name, "name");
      records = List.copyOf(records);
      problems = List.copyOf(problems);
    }
  }

  /**
   * One thing that is wrong with an object. Holds no values that may be secret, such as scripts and
   * URLs.
   *
   * @param path where, for example {@code spec.interfaces[0].dhcp.ip.netmask}
   * @param text one line: what is wrong and what becomes of it
   * @param unusable whether the interface yields no record; otherwise only the value at this path
   *     is left out
   * @param macAddress the interface's MAC address, if it is known
   * @param ipAddress the interface's IP address, if it is known
   */
  public record Problem(
      String path,
      String text,
      boolean unusable,
      Optional<MacAddress> macAddress,
      Optional<InetAddress> ipAddress) {
    /** Checks that nothing is null. */
    public Problem {
      Objects.requireNonNull(path, "path");
      Objects.requireNonNull(text, "text");
      Objects.requireNonNull(macAddress, "macAddress");
      Objects.requireNonNull(ipAddress, "ipAddress");
    }

    /** Returns path and text, one line. */
    @Override
    public String toString() {
      return path + ": " + text;
    }
  }

  /**
   * Converts one object.
   *
   * @param hardware the object's tree; read only, and not kept
   * @return records and problems; both are empty for an object without interfaces
   */
  public static Conversion convert(Map<String, ?> hardware) {
    Findings findings = new Findings();
    ObjectNode root = new ObjectNode(hardware, "", findings);
    String name = name(root);
    String kind = root.text("kind").orElse("Hardware");
    if (!kind.equals("Hardware")) {
      findings.unusable("kind", ObjectNode.quoted(kind) + " is not Hardware");
      return findings.conversion(name);
    }
    ObjectNode spec = root.child("spec").orElse(null);
    String version = root.text("apiVersion").orElse("");
    if (spec == null) {
      if (!root.has("spec")) {
        findings.unusable("spec", "missing; the object describes no machine");
      }
    } else if (version.equals(GROUP + "v1alpha1")
        || (version.isEmpty() && !spec.has("networkInterfaces"))) {
      new HardwareV1Alpha1(spec, findings).convert();
    } else if (version.equals(GROUP + "v1alpha2") || version.isEmpty()) {
      new HardwareV1Alpha2(spec, findings).convert();
    } else {
      findings.unusable(
          "apiVersion",
          ObjectNode.quoted(version)
              + " is not supported (expected: tinkerbell.org/v1alpha1 or v1alpha2)");
    }
    return findings.conversion(name);
  }

  private static String name(ObjectNode root) {
    ObjectNode metadata = root.child("metadata").orElse(null);
    if (metadata == null) {
      return "";
    }
    String name = metadata.text("name").orElse("");
    return metadata.text("namespace").map(namespace -> namespace + "/" + name).orElse(name);
  }
}
