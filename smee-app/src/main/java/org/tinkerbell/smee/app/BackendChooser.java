// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tinkerbell.smee.app.Config.BackendChoice;
import org.tinkerbell.smee.app.Config.DhcpMode;
import org.tinkerbell.smee.backend.spi.BackendProvider;
import org.tinkerbell.smee.backend.spi.BackendSetting;
import org.tinkerbell.smee.backend.spi.BackendSettings;

/**
 * Chooses the one backend by the reference's rules: any other one that is enabled switches
 * Kubernetes off, which is the one to use when nothing is said.
 */
final class BackendChooser {
  private static final String BACKEND = "backend";
  private static final String KUBE = "kube";
  private static final String KUBE_ENABLED = "backend-kube-enabled";

  private final FlagValues flags;
  private final List<BackendProvider> providers;
  private final List<String> problems;
  private final List<String> warnings;

  /**
   * Makes a chooser.
   *
   * @param problems takes what is wrong, one line each
   * @param warnings takes what is odd but harmless, one line each
   */
  BackendChooser(
      FlagValues flags,
      List<BackendProvider> providers,
      List<String> problems,
      List<String> warnings) {
    this.flags = flags;
    this.providers = providers;
    this.problems = problems;
    this.warnings = warnings;
  }

  /** Returns the choice; empty if there is none, or a problem with it. */
  Optional<BackendChoice> choose(DhcpMode mode) {
    String named = named();
    if (!named.isEmpty() && provider(named).isEmpty()) {
      problems.add(
          flags.origin(BACKEND)
              + ": there is no backend "
              + flags.text(BACKEND)
              + ", but "
              + providers.stream().map(BackendProvider::name).toList());
      return Optional.empty();
    }
    // Kubernetes is enabled unless another one is, so its flag alone does not compete.
    List<BackendProvider> enabled =
        providers.stream()
            .filter(
                provider ->
                    provider.name().equals(named)
                        || (!provider.name().equals(KUBE)
                            && flags.bool(FlagTable.enabledFlag(provider))))
            .toList();
    if (enabled.size() > 1) {
      List<String> names = enabled.stream().map(p -> origin(p, named)).toList();
      problems.add(
          "only one backend can be enabled at a time, and " + String.join(" and ", names) + " are");
      return Optional.empty();
    }
    boolean kubeGiven = flags.isGiven(KUBE_ENABLED);
    boolean kubeWanted = kubeGiven && flags.bool(KUBE_ENABLED);
    Optional<BackendProvider> chosen = enabled.stream().findFirst();
    if (chosen.isPresent() && kubeWanted && !chosen.get().name().equals(KUBE)) {
      warnings.add(
          flags.origin(KUBE_ENABLED)
              + ": not used, since the "
              + chosen.get().name()
              + " backend is enabled");
    }
    if (chosen.isEmpty() && !kubeGiven) {
      chosen = byFilePath();
    }
    if (chosen.isEmpty() && kubeGiven && !kubeWanted) {
      problems.add("no backend is enabled: enable one, for example with -backend-file-path=FILE");
      return Optional.empty();
    }
    boolean byDefault = chosen.isEmpty() && !kubeGiven;
    chosen = chosen.or(() -> provider(KUBE));
    if (chosen.isEmpty()) {
      problems.add(
          "no backend is enabled, and the default one is not on the class path: add the jar"
              + " smee-backend-kube, or enable one of "
              + providers.stream().map(BackendProvider::name).toList());
      return Optional.empty();
    }
    BackendProvider provider = chosen.get();
    if (provider.name().equals("noop") && mode != DhcpMode.AUTO_PROXY) {
      problems.add(
          flags.origin(named.isEmpty() ? "backend-noop-enabled" : BACKEND)
              + ": the noop backend needs -dhcp-mode=auto-proxy");
    }
    return settings(provider).map(settings -> new BackendChoice(provider, settings, byDefault));
  }

  /**
   * Returns the name of the backend that {@code -backend} asks for; empty text if it is not used.
   */
  private String named() {
    String text = flags.text(BACKEND);
    return text.equals("none") ? "noop" : text;
  }

  private static String origin(BackendProvider provider, String named) {
    return provider.name().equals(named)
        ? "-" + BACKEND + "=" + named
        : "-" + FlagTable.enabledFlag(provider);
  }

  /** The path of the hardware file has no other use than to be read. */
  private Optional<BackendProvider> byFilePath() {
    return flags.isGiven("backend-file-path") ? provider("file") : Optional.empty();
  }

  private Optional<BackendProvider> provider(String name) {
    return providers.stream().filter(provider -> provider.name().equals(name)).findFirst();
  }

  private Optional<BackendSettings> settings(BackendProvider provider) {
    Map<String, String> values = new HashMap<>();
    for (BackendSetting setting : provider.settings()) {
      String flag = FlagTable.settingFlag(provider, setting);
      String value = flags.text(flag);
      // The flag has accepted every way of writing a boolean or a number; a backend sees one.
      values.put(
          setting.name(),
          switch (setting.type()) {
            case TEXT -> value;
            case BOOLEAN -> String.valueOf(flags.bool(flag));
            case INTEGER -> value.isEmpty() ? "" : String.valueOf(flags.integer(flag));
          });
    }
    try {
      return Optional.of(BackendSettings.of(provider.settings(), values));
    } catch (IllegalArgumentException e) {
      problems.add("-backend-" + provider.name() + "-" + e.getMessage());
      return Optional.empty();
    }
  }
}
