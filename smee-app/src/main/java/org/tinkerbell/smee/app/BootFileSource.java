// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A place where iPXE binaries may lie. */
interface BootFileSource {

  /** No iPXE binary is nearly as large; a larger file in the folder was put there by mistake. */
  int MAX_BYTES = 64 * 1024 * 1024;

  /**
   * The bytes of a file and where they are from.
   *
   * @param content the bytes
   * @param origin for a person
   * @param lastModified the file's time
   */
  @SuppressWarnings("ArrayRecordComponent") // megabytes, handed on once, never compared
  record Found(byte[] content, String origin, Instant lastModified) {}

  /**
   * Reads a file.
   *
   * @param name relative to the source, with {@code /}
   * @return empty if there is no such file
   * @throws IOException if it is there and cannot be read
   */
  Optional<Found> read(String name) throws IOException;

  /** Returns the names of the files that lie there beside those Smee knows, in order. */
  List<String> otherNames();

  /** Returns the place for a person. */
  String description();

  /** The files in a folder; only those in it, whatever a name or a link says. */
  record Folder(Path folder, boolean servesOtherNames) implements BootFileSource {
    @Override
    public Optional<Found> read(String name) throws IOException {
      Path file = folder.resolve(name);
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException("larger than " + MAX_BYTES / 1024 / 1024 + " MiB");
      }
      return Optional.of(
          new Found(
              Files.readAllBytes(file),
              file.toString(),
              Files.getLastModifiedTime(file).toInstant()));
    }

    @Override
    public List<String> otherNames() {
      if (!servesOtherNames) {
        return List.of();
      }
      try (Stream<Path> files = Files.list(folder)) {
        TreeSet<String> names = new TreeSet<>();
        files.filter(Files::isRegularFile).forEach(file -> names.add(fileName(file)));
        return List.copyOf(names);
      } catch (IOException e) {
        return List.of();
      }
    }

    private static String fileName(Path file) {
      Path name = file.getFileName();
      return name == null ? "" : name.toString();
    }

    @Override
    public String description() {
      return folder.toString();
    }
  }

  /** The files that a packager put into the program's jar. */
  record Packaged() implements BootFileSource {
    @Override
    public Optional<Found> read(String name) throws IOException {
      URL resource = Main.class.getResource("ipxe/" + name);
      if (resource == null) {
        return Optional.empty();
      }
      URLConnection connection = resource.openConnection();
      connection.setUseCaches(false);
      try (InputStream in = connection.getInputStream()) {
        byte[] content = in.readNBytes(MAX_BYTES);
        Instant modified = Instant.ofEpochMilli(connection.getLastModified());
        return Optional.of(new Found(content, "packaged " + name, modified));
      }
    }

    @Override
    public List<String> otherNames() {
      return List.of();
    }

    @Override
    public String description() {
      return "the program's jar";
    }
  }
}
