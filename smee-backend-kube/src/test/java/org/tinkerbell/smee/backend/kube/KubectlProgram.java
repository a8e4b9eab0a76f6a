// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The real {@code kubectl}, with a configuration and a home of its own. */
public final class KubectlProgram {
  private final Path kubeconfig;
  private final Path home;

  public KubectlProgram(Path kubeconfig, Path home) {
    this.kubeconfig = kubeconfig;
    this.home = home;
  }

  public static boolean installed() throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder("kubectl", "version", "--client")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Runs it, which must succeed, and returns what it prints. */
  public String run(Object... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kubectl", "--request-timeout=20s"));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Path out = home.resolve("out");
    ProcessBuilder builder = new ProcessBuilder(command);
    // Its cache of what a server has is kept by address, and ours come and go.
    builder.environment().putAll(Map.of("KUBECONFIG", kubeconfig.toString(), "HOME", "" + home));
    Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s", command).isTrue();
    String text = Files.readString(out, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as("%s: %s", command, text).isZero();
    return text;
  }
}
