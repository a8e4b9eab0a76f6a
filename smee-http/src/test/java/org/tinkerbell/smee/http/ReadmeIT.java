// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compiles and runs the programs in README.md. */
@Timeout(60)
class ReadmeIT {
  private static final Pattern PROGRAM = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern PORT = Pattern.compile(":(\\d+)]");

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "BootFiles, /hello, hello",
    "BootFiles, /boot/a.txt, content",
    "BootScripts, /52:54:00:aa:88:2a/auto.ipxe, #!ipxe"
  })
  void programRuns(String name, String target, String start, @TempDir Path folder)
      throws Exception {
    Files.writeString(folder.resolve("a.txt"), "content");
    Path source = Files.writeString(folder.resolve(name + ".java"), program(name));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    int result =
        compiler.run(
            null,
            null,
            null,
            "-d",
            folder.toString(),
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            source.toString());
    assertThat(result).isZero();

    PrintStream before = System.out;
    PipedInputStream printed = new PipedInputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      System.setOut(new PrintStream(new PipedOutputStream(printed), true));
      var main = loader.loadClass(name).getMethod("main", String[].class);
      FutureTask<Object> run =
          new FutureTask<>(() -> main.invoke(null, (Object) new String[] {folder.toString()}));
      Thread thread = new Thread(run);
      thread.start();
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(printed, StandardCharsets.UTF_8));
      Matcher port = PORT.matcher(lines.readLine());
      assertThat(port.find()).isTrue();
      InetSocketAddress address =
          new InetSocketAddress("127.0.0.1", Integer.parseInt(port.group(1)));
      try (RawClient client = new RawClient(address)) {
        assertThat(client.get(target).answer().text()).startsWith(start);
      }
      thread.interrupt();
      thread.join(TimeUnit.SECONDS.toMillis(40));
      assertThat(run.isDone()).isTrue();
    } finally {
      System.setOut(before);
    }
  }

  private static String program(String name) throws Exception {
    Matcher matcher = PROGRAM.matcher(Files.readString(Path.of("README.md")));
    List<String> programs = matcher.results().map(r -> r.group(1)).toList();
    return programs.stream().filter(p -> p.contains("class " + name)).findFirst().orElseThrow();
  }
}
