// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program with the jar of somebody else's backend beside it. */
class OtherBackendIT {
  private static final Path CLASSES = Path.of("target/test-classes");
  private static final String SERVICE =
      "META-INF/services/org.tinkerbell.smee.backend.spi.BackendProvider";

  @TempDir Path folder;
  private List<String> command;

  @BeforeEach
  void makeJar() throws IOException {
    Path jar = folder.resolve("smee-backend-csv.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> classes = Files.list(CLASSES.resolve("com/example/smee/csv"))) {
      List<Path> content =
          Stream.concat(
                  Stream.of(CLASSES.resolve(SERVICE)),
                  classes.filter(path -> path.getFileName().toString().contains("Provider")))
              .toList();
      assertThat(content).hasSizeGreaterThan(1);
      for (Path path : content) {
        out.putNextEntry(new JarEntry(CLASSES.relativize(path).toString()));
        Files.copy(path, out);
      }
    }
    command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            Packaged.JAR + File.pathSeparator + jar,
            "org.tinkerbell.smee.app.Main");
  }

  @Test
  void itsFlagsAreInTheHelpText() throws Exception {
    Packaged.Result help = Packaged.run(command, Map.of(), "-h");
    assertThat(help.status()).isZero();
    assertThat(help.out())
        .anyMatch(line -> line.startsWith("  -backend-csv-enabled "))
        .anyMatch(line -> line.startsWith("  -backend-csv-path "));
  }

  @Test
  void itIsChosenAndLoaded() throws Exception {
    Path file = folder.resolve("hardware.csv");
    Files.writeString(file, "08:00:27:29:4e:67,192.168.2.153,255.255.255.0,box,true\n");
    try (Packaged smee =
        Packaged.start(
            command,
            Map.of("SMEE_BACKEND_CSV_PATH", file.toString()),
            "-backend-csv-enabled",
            "-dhcp-enabled=false",
            "-tftp-enabled=false",
            "-syslog-enabled=false",
            "-http-ipxe-binary-enabled=false",
            "-http-addr=127.0.0.1",
            "-http-port=0",
            "-dhcp-syslog-ip=127.0.0.1",
            "-dhcp-http-ipxe-script-host=127.0.0.1")) {
      smee.await(line -> line.contains("hardware.csv") && line.contains("\"records\":1"));
      smee.awaitMessage("smee is ready");
      smee.terminate();
      assertThat(smee.end().status()).isZero();
    }
  }

  @Test
  void aFileThatIsNotThereIsOneLine() throws Exception {
    Path file = folder.resolve("none.csv");
    Packaged.Result result =
        Packaged.run(
            command,
            Map.of(),
            "-backend-csv-enabled",
            "-backend-csv-path=" + file,
            "-dhcp-ip-for-packet=127.0.0.1");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err())
        .containsExactly("smee: " + file + ": cannot be read (set by flag -backend-csv-path)");
  }
}
