// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares what the built jars show to the world with the checked-in {@code module-contract.txt}: a
 * new public type or dependency is then a visible line in a change.
 */
class ModuleContractIT {
  private static final Path LIB = Path.of("target/smee/lib");

  static List<Path> jars() throws IOException {
    try (Stream<Path> files = Files.list(LIB)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("smee-"))
          .sorted()
          .toList();
    }
  }

  private static ModuleDescriptor descriptor(Path jar) {
    return ModuleFinder.of(jar).findAll().iterator().next().descriptor();
  }

  /** Name, what is exported, required and provided, and every public type in exported packages. */
  private static List<String> contract(Path jar) throws Exception {
    ModuleDescriptor module = descriptor(jar);
    List<String> lines = new ArrayList<>();
    lines.add("module " + module.name() + (module.isAutomatic() ? " (automatic)" : ""));
    for (ModuleDescriptor.Requires requires : new TreeSet<>(module.requires())) {
      String modifiers =
          requires.modifiers().stream()
              .filter(m -> m != ModuleDescriptor.Requires.Modifier.MANDATED)
              .map(m -> m.name().toLowerCase(Locale.ROOT) + " ")
              .sorted()
              .collect(Collectors.joining());
      if (!requires.name().equals("java.base")) {
        lines.add("  requires " + modifiers + requires.name());
      }
    }
    for (ModuleDescriptor.Provides provides : new TreeSet<>(module.provides())) {
      lines.add("  provides " + provides.service() + " with " + provides.providers());
    }
    Set<String> exported =
        module.exports().stream()
            .map(ModuleDescriptor.Exports::source)
            .collect(Collectors.toCollection(TreeSet::new));
    try (JarFile file = new JarFile(jar.toFile());
        URLClassLoader loader =
            new URLClassLoader(
                new URL[] {jar.toUri().toURL()}, ModuleContractIT.class.getClassLoader())) {
      List<String> types =
          file.stream()
              .map(entry -> entry.getName())
              .filter(name -> name.endsWith(".class") && !name.contains("-info"))
              .map(name -> name.substring(0, name.length() - 6).replace('/', '.'))
              .filter(
                  name ->
                      module.isAutomatic()
                          || exported.contains(name.substring(0, name.lastIndexOf('.'))))
              .sorted()
              .toList();
      for (String type : types) {
        Class<?> loaded = Class.forName(type, false, loader);
        if (Modifier.isPublic(loaded.getModifiers()) && !loaded.isMemberClass()) {
          lines.add("  " + type);
        }
      }
    }
    return lines;
  }

  @Test
  void contractIsAsCheckedIn() throws Exception {
    List<String> actual = new ArrayList<>();
    for (Path jar : jars()) {
      actual.addAll(contract(jar));
    }
    List<String> expected;
    try (InputStream in = getClass().getResourceAsStream("/module-contract.txt")) {
      expected = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
    Path file = Path.of("target/module-contract.txt");
    Files.write(file, actual);
    assertThat(actual)
        .as("if the change is meant, copy smee-app/%s over src/test/resources", file)
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("jars")
  void servicesOfTheModulePathAndOfTheClassPathAreTheSame(Path jar) throws Exception {
    ModuleDescriptor module = descriptor(jar);
    Set<String> onClassPath = new TreeSet<>();
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : (Iterable<JarEntry>) file.stream()::iterator) {
        if (entry.getName().startsWith("META-INF/services/") && !entry.isDirectory()) {
          try (InputStream in = file.getInputStream(entry)) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .map(String::trim)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .forEach(onClassPath::add);
          }
        }
      }
    }
    Set<String> onModulePath =
        module.provides().stream()
            .flatMap(provides -> provides.providers().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(onModulePath).isEqualTo(onClassPath);
  }

  @Test
  void protocolModulesKnowNeitherEachOtherNorABackend() throws IOException {
    for (Path jar : jars()) {
      ModuleDescriptor module = descriptor(jar);
      Set<String> ours =
          module.requires().stream()
              .map(ModuleDescriptor.Requires::name)
              .filter(name -> name.startsWith("org.tinkerbell"))
              .collect(Collectors.toSet());
      switch (module.name()) {
        case "org.tinkerbell.smee.dhcp",
            "org.tinkerbell.smee.http",
            "org.tinkerbell.smee.backend.file" ->
            assertThat(ours).containsExactly("org.tinkerbell.smee.backend.api");
        default -> assertThat(ours).as(module.name()).isEmpty();
      }
    }
  }
}
