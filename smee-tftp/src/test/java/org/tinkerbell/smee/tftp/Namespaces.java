// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Network namespaces of a test and the programs in them; closing ends both. */
final class Namespaces implements AutoCloseable {

  private final String prefix = "smee" + ProcessHandle.current().pid() + "-";
  private final Set<String> names = new LinkedHashSet<>();
  private final List<Program> programs = new ArrayList<>();

  /** Says what is missing to make namespaces here, if anything. */
  static Optional<String> obstacle() {
    String probe = "smee-probe" + ProcessHandle.current().pid();
    try {
      run("ip", "netns", "add", probe);
      run("ip", "netns", "del", probe);
      return Optional.empty();
    } catch (IOException | InterruptedException | IllegalStateException e) {
      return Optional.of("root and the ip command are needed: " + e.getMessage());
    }
  }

  void add(String name) throws IOException, InterruptedException {
    run("ip", "netns", "add", prefix + name);
    names.add(name);
    in(name, "ip link set lo up");
  }

  /** Joins two namespaces by a pair of interfaces. */
  void join(String one, String interfaceOfOne, String other, String interfaceOfOther)
      throws IOException, InterruptedException {
    run(
        "ip",
        "link",
        "add",
        interfaceOfOne,
        "netns",
        prefix + one,
        "type",
        "veth",
        "peer",
        "name",
        interfaceOfOther,
        "netns",
        prefix + other);
  }

  /** Runs a command to its end and returns its output. */
  String in(String name, String command) throws IOException, InterruptedException {
    return run(command(name, command.split(" ")));
  }

  Program start(String name, String... command) throws IOException {
    Program program = new Program(new ProcessBuilder(command(name, command)));
    programs.add(program);
    return program;
  }

  Program startJava(String name, Class<?> main, String... args) throws IOException {
    return start(name, java(main, args));
  }

  private static String[] java(Class<?> main, String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx128m");
    command.add("-Dio.netty.machineId=02:00:00:00:00:01");
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(List.of(args));
    return command.toArray(String[]::new);
  }

  String[] command(String name, String... command) {
    List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", prefix + name));
    whole.addAll(List.of(command));
    return whole.toArray(String[]::new);
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException(String.join(" ", command) + ": " + output.strip());
    }
    return output;
  }

  @Override
  public void close() throws Exception {
    programs.forEach(Program::close);
    for (String name : names) {
      run("ip", "netns", "del", prefix + name);
    }
  }

  /** A running program; its output, line by line. */
  static final class Program implements AutoCloseable {

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<String> all = new ArrayList<>();

    private Program(ProcessBuilder builder) throws IOException {
      this.process = builder.redirectErrorStream(true).start();
      Thread reader = new Thread(this::read, "output of " + builder.command().get(4));
      reader.setDaemon(true);
      reader.start();
    }

    private void read() {
      try (BufferedReader output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
          lines.add(line);
        }
      } catch (IOException e) {
        lines.add("output ended: " + e);
      }
    }

    /** Waits for a line that begins with this text; forgets those before it. */
    String await(String start) throws InterruptedException {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (true) {
        String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (line == null) {
          throw new AssertionError("no line \"" + start + "\" within 20 s, but " + all);
        }
        all.add(line);
        if (line.startsWith(start)) {
          return line;
        }
      }
    }

    /** Ends the program and its children. */
    @Override
    public void close() {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
      try {
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
