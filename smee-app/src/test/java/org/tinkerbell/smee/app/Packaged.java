// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process running the packaged program, as a user would start it. */
final class Packaged implements AutoCloseable {
  static final Path JAR = Path.of("target/smee-app.jar").toAbsolutePath();
  static final Path LAUNCHER = Path.of("target/smee/bin/smee").toAbsolutePath();
  private static final Pattern PORT = Pattern.compile("127\\.0\\.0\\.1:(\\d+)");
  private static final long LIMIT_SECONDS = 30;

  private final Process process;
  private final List<String> out = new ArrayList<>();
  private final Path errors;
  private final Thread reader;

  private Packaged(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    this.reader = new Thread(this::read, "stdout of smee");
    reader.setDaemon(true);
    reader.start();
  }

  /** What a finished run left behind. */
  record Result(int status, List<String> out, List<String> err) {}

  static List<String> javaJar() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-jar",
        JAR.toString());
  }

  /** Flags for a run as an ordinary user: every port free, everything on loopback. */
  static List<String> loopback(String... more) {
    List<String> flags =
        new ArrayList<>(
            List.of(
                "-dhcp-addr=127.0.0.1:0",
                "-dhcp-ip-for-packet=127.0.0.1",
                "-dhcp-syslog-ip=127.0.0.1",
                "-dhcp-tftp-ip=127.0.0.1",
                "-dhcp-http-ipxe-binary-host=127.0.0.1",
                "-dhcp-http-ipxe-script-host=127.0.0.1",
                "-http-addr=127.0.0.1",
                "-http-port=0",
                "-tftp-addr=127.0.0.1",
                "-tftp-port=0",
                "-syslog-addr=127.0.0.1",
                "-syslog-port=0",
                "-osie-url=http://127.0.0.1:9999/hook"));
    flags.addAll(List.of(more));
    return flags;
  }

  static Packaged start(List<String> command, Map<String, String> environment, String... flags)
      throws IOException {
    List<String> words = new ArrayList<>(command);
    words.addAll(List.of(flags));
    Path errors = Files.createTempFile("smee-stderr", ".txt");
    ProcessBuilder builder = new ProcessBuilder(words).redirectError(errors.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("SMEE_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    return new Packaged(process, errors);
  }

  static Packaged start(String... flags) throws IOException {
    return start(javaJar(), Map.of(), flags);
  }

  /** Runs the program to its end. */
  static Result run(List<String> command, Map<String, String> environment, String... flags)
      throws Exception {
    try (Packaged packaged = start(command, environment, flags)) {
      return packaged.end();
    }
  }

  static Result run(String... flags) throws Exception {
    return run(javaJar(), Map.of(), flags);
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        synchronized (out) {
          out.add(line);
          out.notifyAll();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for a line of output. */
  String await(Predicate<String> wanted) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    int seen = 0;
    synchronized (out) {
      while (true) {
        for (; seen < out.size(); seen++) {
          if (wanted.test(out.get(seen))) {
            return out.get(seen);
          }
        }
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0 || !process.isAlive()) {
          throw new AssertionError("no such line in " + out + ", standard error: " + errors());
        }
        out.wait(Math.min(left, 200));
      }
    }
  }

  /** Waits for a line with this message. */
  String awaitMessage(String message) throws InterruptedException {
    return await(line -> line.contains("\"msg\":\"" + message + "\""));
  }

  /** Waits until it listens, and returns where. */
  InetSocketAddress awaitListening(String protocol) throws InterruptedException {
    String line = awaitMessage("listening for " + protocol);
    Matcher port = PORT.matcher(line);
    if (!port.find()) {
      throw new AssertionError("no port in " + line);
    }
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port.group(1)));
  }

  /** Asks the process to stop, as a service manager does. */
  void terminate() {
    // Process.destroy would also close the pipes, and the last lines would be lost.
    process.toHandle().destroy();
  }

  /** Waits for the end. */
  Result end() throws InterruptedException {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running after " + LIMIT_SECONDS + " s: " + out);
    }
    reader.join(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
    synchronized (out) {
      return new Result(process.exitValue(), List.copyOf(out), errors());
    }
  }

  private List<String> errors() {
    try {
      return Files.readAllLines(errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws InterruptedException, IOException {
    process.destroyForcibly();
    process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
    Files.deleteIfExists(errors);
  }
}
