// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tinkerbell.smee.app.BootFile.UserClass;
import org.tinkerbell.smee.app.BootImage.Machine;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.http.ipxe.IpxePatch;

/**
 * The iPXE binaries that there are, by the names DHCP hands out. Read whole at start: they are a
 * few megabytes, every client asks for the same bytes, and the patch is applied once.
 */
final class BootFileCatalog {

  /**
   * A name of Smee's and where a build of it may be found, best first.
   *
   * @param name the name DHCP hands out
   * @param machine what an EFI binary of this name must be for; empty for BIOS images and disks
   * @param candidates file names as builders and distributions have them, below the folder
   */
  private record Known(String name, Optional<Machine> machine, List<String> candidates) {}

  private static final List<String> ARM64 =
      List.of(
          "snp-arm64.efi",
          // The Go Smee's name of the ARM64 build; elsewhere it is x86-64, which the header tells.
          "snp.efi",
          "snponly-arm64.efi",
          "ipxe-snponly-arm64.efi",
          "ipxe-snponly-aarch64.efi",
          "arm64-efi/snponly.efi",
          "arm64-efi/snp.efi",
          "arm64/snponly.efi",
          "arm64/snp.efi",
          "ipxe-arm64.efi",
          "ipxe-aarch64.efi",
          "arm64-efi/ipxe.efi",
          "arm64/ipxe.efi");

  private static final List<Known> KNOWN =
      List.of(
          new Known("undionly.kpxe", Optional.empty(), List.of("undionly.kpxe")),
          new Known(
              "ipxe.efi",
              Optional.of(Machine.X86_64),
              List.of(
                  "ipxe.efi",
                  "ipxe-x86_64.efi",
                  "ipxe-amd64.efi",
                  "x86_64-efi/ipxe.efi",
                  "x86_64/ipxe.efi")),
          new Known(
              "snp-x86_64.efi",
              Optional.of(Machine.X86_64),
              List.of(
                  "snp-x86_64.efi",
                  "snponly-x86_64.efi",
                  "snponly.efi",
                  "ipxe-snponly-x86_64.efi",
                  "x86_64-efi/snponly.efi",
                  "x86_64-efi/snp.efi",
                  "x86_64/snponly.efi",
                  "snp.efi")),
          new Known("snp-arm64.efi", Optional.of(Machine.ARM64), ARM64),
          new Known("snp.efi", Optional.of(Machine.ARM64), ARM64),
          new Known("ipxe.iso", Optional.empty(), List.of("ipxe.iso")),
          new Known("ipxe-efi.img", Optional.empty(), List.of("ipxe-efi.img")));

  /** What the architecture table hands out; the others are asked for by hand. */
  private static final List<String> NEEDED = List.of("undionly.kpxe", "ipxe.efi", "snp.efi");

  private final Map<String, BootFile> files;
  private final List<String> warnings;
  private final String description;

  private BootFileCatalog(Map<String, BootFile> files, List<String> warnings, String description) {
    this.files = files;
    this.warnings = List.copyOf(warnings);
    this.description = description;
  }

  /**
   * Reads the files from the first place that has any: the given folder alone if one is given, else
   * the jar, else the folders of the operating system's package.
   *
   * @param folder empty means none is given
   * @param patch what overwrites the marker; empty text means nothing
   */
  static BootFileCatalog load(Optional<Path> folder, String patch) {
    if (folder.isPresent()) {
      return load(new BootFileSource.Folder(folder.get(), true), patch);
    }
    List<BootFileSource> places =
        List.of(
            new BootFileSource.Packaged(),
            // Debian, Ubuntu.
            new BootFileSource.Folder(Path.of("/usr/lib/ipxe"), false),
            // Fedora and its kin.
            new BootFileSource.Folder(Path.of("/usr/share/ipxe"), false));
    for (BootFileSource place : places) {
      BootFileCatalog catalog = load(place, patch);
      if (!catalog.files.isEmpty()) {
        return catalog;
      }
    }
    return new BootFileCatalog(
        Map.of(),
        List.of(
            "no iPXE binaries found in the program's jar, /usr/lib/ipxe or /usr/share/ipxe; install"
                + " the operating system's iPXE package (Debian, Ubuntu: apt install ipxe) or name"
                + " a folder with -ipxe-dir"),
        "nowhere");
  }

  static BootFileCatalog load(BootFileSource source, String patch) {
    Map<String, BootFileSource.Found> found = new LinkedHashMap<>();
    List<String> warnings = new ArrayList<>();
    for (Known known : KNOWN) {
      find(source, known, warnings).ifPresent(file -> found.put(known.name(), file));
    }
    for (String name : source.otherNames()) {
      if (!found.containsKey(name) && KNOWN.stream().noneMatch(k -> k.name().equals(name))) {
        read(source, name, warnings).ifPresent(file -> found.put(name, file));
      }
    }
    boolean othersSetIt =
        found.entrySet().stream()
            .filter(entry -> !BootImage.isCompressed(entry.getKey()))
            .anyMatch(entry -> BootImage.setsUserClass(entry.getValue().content()));
    Map<String, BootFile> files = new LinkedHashMap<>();
    found.forEach(
        (name, file) -> {
          boolean marker = IpxePatch.isPatchable(file.content());
          files.put(
              name,
              new BootFile(
                  name,
                  file.origin(),
                  IpxePatch.apply(file.content(), patch),
                  file.lastModified(),
                  userClass(name, file.content(), othersSetIt),
                  marker));
        });
    return new BootFileCatalog(files, warnings, source.description());
  }

  private static UserClass userClass(String name, byte[] content, boolean othersSetIt) {
    if (BootImage.setsUserClass(content)) {
      return UserClass.TINKERBELL;
    }
    if (!BootImage.isCompressed(name)) {
      return UserClass.STOCK;
    }
    return othersSetIt ? UserClass.ASSUMED_TINKERBELL : UserClass.ASSUMED_STOCK;
  }

  private static Optional<BootFileSource.Found> find(
      BootFileSource source, Known known, List<String> warnings) {
    List<String> refused = new ArrayList<>();
    for (String candidate : known.candidates()) {
      Optional<BootFileSource.Found> file = read(source, candidate, warnings);
      if (file.isEmpty()) {
        continue;
      }
      Optional<Machine> machine = BootImage.machine(file.get().content());
      if (known.machine().isEmpty() || machine.equals(known.machine())) {
        return file;
      }
      // A name that only other builders use for another processor is no mistake.
      if (candidate.equals(known.name()) && !candidate.equals("snp.efi")) {
        refused.add(
            file.get().origin()
                + " is not served: it is "
                + machine.map(m -> "an EFI program for " + m).orElse("not an EFI program")
                + ", and "
                + known.name()
                + " is handed to "
                + known.machine().get()
                + " machines");
      }
    }
    warnings.addAll(refused);
    return Optional.empty();
  }

  private static Optional<BootFileSource.Found> read(
      BootFileSource source, String name, List<String> warnings) {
    try {
      return source.read(name);
    } catch (IOException e) {
      warnings.add(
          source.description() + "/" + name + " is not served: " + String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** Returns the files in the order of Smee's own list, others behind. */
  List<BootFile> files() {
    return List.copyOf(files.values());
  }

  /** Returns the needed names that have no file. */
  List<String> missing() {
    return NEEDED.stream().filter(name -> !files.containsKey(name)).toList();
  }

  /** Returns which machines are handed a file of this name, for a person. */
  static String machines(String name) {
    return switch (name) {
      case "undionly.kpxe" -> "x86 BIOS";
      case "ipxe.efi" -> "x86-64 UEFI";
      default -> "ARM64 UEFI";
    };
  }

  /** Returns what is odd, one line each. */
  List<String> warnings() {
    return warnings;
  }

  /** Returns where the files are from, for a person. */
  String description() {
    return description;
  }

  /**
   * Tells whether handing out this file ends the chain-load loop. A file that is not here is not
   * known to: an iPXE that can fetch the script had better do so.
   */
  boolean breaksLoop(String name) {
    BootFile file = files.get(name);
    return file != null && file.userClass().breaksLoop();
  }

  /**
   * What a client asked for, understood.
   *
   * @param shortName the last element of the path, without trace suffix
   * @param file the file; empty if there is none of this name
   * @param mac the MAC address that stood in front of the name
   * @param traceId of the suffix
   */
  record Asked(
      String shortName,
      Optional<BootFile> file,
      Optional<MacAddress> mac,
      Optional<String> traceId) {}

  /**
   * Looks up what a client asks for. Only the last element of the path counts, separated by slash
   * or backslash; any folders in front, a MAC address among them, are accepted.
   */
  Asked find(String path) {
    String normal = path.replace('\\', '/');
    int slash = normal.lastIndexOf('/');
    TraceSuffix suffix = TraceSuffix.split(normal.substring(slash + 1));
    Optional<MacAddress> mac = Optional.empty();
    if (slash > 0) {
      String folders = normal.substring(0, slash);
      mac = MacAddress.tryParse(folders.substring(folders.lastIndexOf('/') + 1));
    }
    return new Asked(
        suffix.name(), Optional.ofNullable(files.get(suffix.name())), mac, suffix.traceId());
  }
}
