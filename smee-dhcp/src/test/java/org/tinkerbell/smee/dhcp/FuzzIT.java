// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.tinkerbell.smee.dhcp.netboot.HandlerFuzzTarget;

/**
 * Lets Jazzer make up datagrams and hardware records, guided by the code that they reach.
 *
 * <p>Each target runs in a JVM of its own with a small heap, for 15 s or as many seconds as {@code
 * -Dsmee.fuzz.seconds} says. What it found interesting stays in {@code target/fuzz} and is where
 * the next run goes on; an input that makes a check fail is left there, too, as {@code crash-*},
 * and printed in hex. {@code ./dev fuzz} is for long runs.
 */
class FuzzIT {

  private static final int SECONDS = Integer.getInteger("smee.fuzz.seconds", 15);
  private static final Path FOLDER = Path.of("target", "fuzz");
  private static final Pattern DONE = Pattern.compile("stat::number_of_executed_units:\\s+(\\d+)");

  @Test
  void anyDatagramIsReadOrRefused() throws Exception {
    fuzz(CodecFuzzTarget.class, CodecFuzzTarget.seeds());
  }

  @Test
  void anyRequestIsDecidedWhateverTheRecord() throws Exception {
    fuzz(HandlerFuzzTarget.class, HandlerFuzzTarget.seeds());
  }

  private static void fuzz(Class<?> target, List<byte[]> seeds) throws Exception {
    Path folder = FOLDER.resolve(target.getSimpleName()).toAbsolutePath();
    Path corpus = Files.createDirectories(folder.resolve("corpus"));
    Path seedFolder = Files.createDirectories(folder.resolve("seeds"));
    for (int i = 0; i < seeds.size(); i++) {
      Files.write(seedFolder.resolve("seed-" + i), seeds.get(i));
    }
    Path log = folder.resolve("log.txt");
    Process process = start(target, folder, log, corpus, seedFolder);
    boolean ended = process.waitFor(SECONDS + 60L, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    String output = Files.readString(log);
    assertThat(ended).as("hangs, see " + log + ": " + output).isTrue();
    assertThat(process.exitValue()).as("see " + log + ": " + output).isZero();
    assertThat(executions(output)).as(output).isGreaterThan(100L * SECONDS);
  }

  private static Process start(Class<?> target, Path folder, Path log, Path... corpora)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+EnableDynamicAgentLoading",
            "-Dio.netty.machineId=02:00:00:00:00:01",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + target.getName(),
            "--instrumentation_includes=org.tinkerbell.smee.**",
            "--reproducer_path=" + folder,
            "-artifact_prefix=" + folder + "/",
            "-max_total_time=" + SECONDS,
            "-max_len=4096",
            "-timeout=10",
            "-rss_limit_mb=1024",
            "-print_final_stats=1");
    for (Path corpus : corpora) {
      builder.command().add(corpus.toString());
    }
    return builder
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  private static long executions(String output) {
    Matcher matcher = DONE.matcher(output);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }
}
