// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive of classes that makes starts faster, made and used as after an installation. */
class ArchiveIT {
  private static final String FROM_ARCHIVE = "Main source: shared objects file (top)";

  @TempDir Path folder;

  /** A copy of the program. Java does not use archives for jars with a blank in their path. */
  private Path install() throws IOException {
    Path from = Packaged.LAUNCHER.getParent().getParent();
    Path to = folder.resolve("smee");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path each : (Iterable<Path>) files::iterator) {
        Files.copy(each, to.resolve(from.relativize(each)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    Files.deleteIfExists(to.resolve("lib/smee.jsa"));
    return to.resolve("bin/smee");
  }

  private static List<Path> jars(Path lib) throws IOException {
    try (Stream<Path> files = Files.list(lib)) {
      return files.filter(file -> file.toString().endsWith(".jar")).toList();
    }
  }

  private String run(Path program) throws Exception {
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(program.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(4, TimeUnit.MINUTES)).isTrue();
      String text = Files.readString(output);
      assertThat(process.exitValue()).as(text).isZero();
      return text;
    } finally {
      process.destroyForcibly();
    }
  }

  /** Returns where a run's classes came from; nothing else may be said than what was asked for. */
  private String classes(Path smee) throws Exception {
    Path classes = folder.resolve("classes.txt");
    Packaged.Result result =
        Packaged.run(
            List.of(smee.toString()),
            Map.of("SMEE_JAVA_OPTS", "-Xlog:class+load:file=" + classes),
            "-version");
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).singleElement().asString().startsWith("smee 0.");
    assertThat(result.status()).isZero();
    return Files.readString(classes);
  }

  @Test
  void theArchiveIsUsedAndOneThatDoesNotFitIsPassedOver() throws Exception {
    Path smee = install();
    Path archive = smee.resolveSibling("../lib/smee.jsa");
    assertThat(classes(smee)).contains("app.Main source: file:");
    assertThat(run(smee.resolveSibling("smee-archive")))
        .isEqualTo("wrote " + archive.toRealPath() + "\n");
    assertThat(classes(smee)).contains("org.tinkerbell.smee.app." + FROM_ARCHIVE);

    // Made for other jars, as after an update.
    for (Path jar : jars(archive.resolveSibling("."))) {
      Files.setLastModifiedTime(jar, FileTime.fromMillis(0));
    }
    assertThat(classes(smee)).doesNotContain(FROM_ARCHIVE);

    Files.delete(archive);
    Files.writeString(archive, "no archive");
    assertThat(classes(smee)).doesNotContain(FROM_ARCHIVE);
  }
}
