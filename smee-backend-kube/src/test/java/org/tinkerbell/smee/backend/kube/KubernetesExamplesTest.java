// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.tinkerbell.smee.backend.spi.HardwareObjects;

/** The files that the documentation offers to {@code kubectl apply}. */
class KubernetesExamplesTest {
  private static final Path FOLDER = Path.of("..", "docs", "kubernetes");

  private static List<Map<String, Object>> documents(String name) throws IOException {
    List<Map<String, Object>> documents = new ArrayList<>();
    Load yaml = new Load(LoadSettings.builder().setLabel(name).build());
    for (Object document : yaml.loadAllFromString(Files.readString(FOLDER.resolve(name)))) {
      documents.add(map(document));
    }
    return documents;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    assertThat(value).isInstanceOf(Map.class);
    return (Map<String, Object>) value;
  }

  private static Object at(Object tree, String... path) {
    Object at = tree;
    for (String name : path) {
      at = at instanceof List<?> list ? list.get(Integer.parseInt(name)) : map(at).get(name);
    }
    return at;
  }

  private static Map<String, Object> schema() throws IOException {
    return map(
        at(
            documents("hardware-crd.yaml").get(0),
            "spec",
            "versions",
            "0",
            "schema",
            "openAPIV3Schema"));
  }

  /** Adds what does not fit to the faults. */
  private static void validate(
      Map<String, Object> schema, Object value, String path, List<String> faults) {
    String type = (String) schema.get("type");
    boolean fits =
        switch (type) {
          case "object" -> value instanceof Map;
          case "array" -> value instanceof List;
          case "string" -> value instanceof String;
          case "integer" -> value instanceof Integer || value instanceof Long;
          case "boolean" -> value instanceof Boolean;
          default -> false;
        };
    if (!fits) {
      faults.add(path + " is no " + type);
    } else if (value instanceof List<?> list) {
      for (Object element : list) {
        validate(map(schema.get("items")), element, path + "[]", faults);
      }
    } else if (value instanceof Map<?, ?> fields && schema.containsKey("properties")) {
      Map<String, Object> properties = map(schema.get("properties"));
      fields.forEach(
          (name, field) -> {
            if (!properties.containsKey(name)) {
              faults.add(path + "." + name + " is not in the schema");
            } else {
              validate(map(properties.get(name)), field, path + "." + name, faults);
            }
          });
    } else if (schema.containsKey("pattern")
        && !Pattern.compile((String) schema.get("pattern")).matcher((String) value).find()) {
      faults.add(path + " does not match");
    }
  }

  @Test
  void definitionIsThatOfTheReference() throws Exception {
    Map<String, Object> definition = documents("hardware-crd.yaml").get(0);
    assertThat(at(definition, "kind")).isEqualTo("CustomResourceDefinition");
    assertThat(at(definition, "metadata", "name")).isEqualTo("hardware.tinkerbell.org");
    assertThat(at(definition, "spec", "group")).isEqualTo("tinkerbell.org");
    assertThat(at(definition, "spec", "scope")).isEqualTo("Namespaced");
    assertThat(at(definition, "spec", "names", "kind")).isEqualTo("Hardware");
    assertThat(at(definition, "spec", "names", "plural")).isEqualTo("hardware");
    assertThat(at(definition, "spec", "names", "shortNames")).isEqualTo(List.of("hw"));
    assertThat(at(definition, "spec", "versions", "0", "name")).isEqualTo("v1alpha1");
    assertThat(at(definition, "spec", "versions", "0", "subresources", "status")).isNotNull();
  }

  @Test
  void definitionHasEveryFieldOfTheSamples() throws Exception {
    List<String> faults = new ArrayList<>();
    validate(schema(), Samples.h1(), "", faults);
    assertThat(faults).isEmpty();
  }

  @Test
  void exampleFitsTheDefinitionAndIsReadWithoutProblem() throws Exception {
    Map<String, Object> example = documents("hardware-example.yaml").get(0);
    List<String> faults = new ArrayList<>();
    validate(schema(), example, "", faults);
    assertThat(faults).isEmpty();
    HardwareObjects.Conversion conversion = HardwareObjects.convert(example);
    assertThat(conversion.problems()).isEmpty();
    assertThat(conversion.records()).hasSize(2);
    assertThat(conversion.records().get(0).netbootAllowed()).isTrue();
    assertThat(conversion.records().get(1).netboot()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dhcp.mac", "dhcp.lease_time", "netboot.allowPXE"})
  void validationOfThisTestFindsFaults(String path) throws Exception {
    List<String> faults = new ArrayList<>();
    validate(schema(), Samples.h1With(path, "BAD"), "", faults);
    assertThat(faults).hasSize(1);
  }

  @Test
  void rightsAreThoseThatAreNeeded() throws Exception {
    List<Map<String, Object>> documents = documents("rbac.yaml");
    assertThat(documents)
        .extracting(document -> document.get("kind"))
        .containsExactly("ServiceAccount", "ClusterRole", "ClusterRoleBinding");
    Map<String, Object> role = documents.get(1);
    assertThat(at(role, "rules"))
        .isEqualTo(
            List.of(
                Map.of(
                    "apiGroups", List.of("tinkerbell.org"),
                    "resources", List.of("hardware"),
                    "verbs", List.of("get", "list", "watch"))));
    Map<String, Object> binding = documents.get(2);
    assertThat(at(binding, "roleRef", "name")).isEqualTo(at(role, "metadata", "name"));
    assertThat(at(binding, "subjects", "0", "name"))
        .isEqualTo(at(documents.get(0), "metadata", "name"));
    assertThat(new TreeSet<>(map(at(binding, "roleRef")).keySet()))
        .containsExactly("apiGroup", "kind", "name");
  }
}
