// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

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
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;

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
    return start(name, java(List.of(), main, args));
  }

  /** Starts a program that has not got some of root's capabilities. */
  Program startJavaWithout(String capabilities, String name, Class<?> main, String... args)
      throws IOException {
    return start(name, java(List.of("setpriv", "--bounding-set", capabilities), main, args));
  }

  private static String[] java(List<String> wrapper, Class<?> main, String... args) {
    List<String> command = new ArrayList<>(wrapper);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx64m");
    command.add("-Dio.netty.machineId=02:00:00:00:00:01");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(List.of(args));
    return command.toArray(String[]::new);
  }

  private String[] command(String name, String... command) {
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

    private static final long LIMIT_SECONDS = 40;

    private final Process process;
    private final List<String> lines = new ArrayList<>();

    /** How many lines {@link #await} has passed. */
    private int passed;

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
          add(line);
        }
      } catch (IOException e) {
        add("output ended: " + e);
      }
    }

    private synchronized void add(String line) {
      lines.add(line);
      notifyAll();
    }

    /** Waits for a line that begins with this text; forgets those before it. */
    synchronized String await(String start) throws InterruptedException {
      int found = find(passed, line -> line.startsWith(start), "\"" + start + "\"");
      passed = found + 1;
      return lines.get(found);
    }

    /** Waits for a line that matches, or finds one that came before. */
    synchronized String find(String regex) throws InterruptedException {
      return lines.get(find(0, Pattern.compile(regex).asPredicate(), regex));
    }

    private int find(int from, Predicate<String> wanted, String name) throws InterruptedException {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
      int at = from;
      while (true) {
        for (; at < lines.size(); at++) {
          if (wanted.test(lines.get(at))) {
            return at;
          }
        }
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          throw new AssertionError("no line " + name + ", but " + String.join("\n", lines));
        }
        wait(left);
      }
    }

    /** Sends a signal, such as USR1. */
    void signal(String name) throws IOException, InterruptedException {
      run("kill", "-" + name, String.valueOf(process.pid()));
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
