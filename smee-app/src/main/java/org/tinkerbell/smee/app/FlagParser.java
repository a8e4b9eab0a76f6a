// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Reads the command line and the environment, in the syntax of Go's flag package: {@code -name
 * value}, {@code -name=value} and both with two dashes; a boolean takes its value only after {@code
 * =}; the last of a repeated flag wins; {@code --} ends the flags.
 *
 * <p>A flag beats its variable, which beats the default; an empty variable counts as unset. The
 * aliases of a flag are as good as its name; if two names are used in the same place, the command
 * line or the environment, with different values, that is a fault.
 */
final class FlagParser {
  private static final String PREFIX = "SMEE_";

  /** Variables without a flag. */
  private static final List<String> OTHER_VARIABLES =
      List.of(PublicAddress.INTERFACE_VARIABLE, "SMEE_JAVA_OPTS");

  /** What Kubernetes puts into the environment of every pod beside a service named smee. */
  private static final Pattern KUBERNETES_SERVICE =
      Pattern.compile("SMEE_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_[0-9]+_(TCP|UDP)(_.+)?)?)");

  private final FlagTable table;
  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private boolean help;
  private boolean version;
  private boolean check;

  FlagParser(FlagTable table) {
    this.table = table;
  }

  /** Returns what is wrong, one line each; the values are of no use if there is anything. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** Returns what is odd but harmless, one line each. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** Tells whether the usage was asked for. */
  boolean help() {
    return help;
  }

  /** Tells whether the version was asked for. */
  boolean version() {
    return version;
  }

  /** Tells whether only the configuration is to be checked. */
  boolean check() {
    return check;
  }

  /** Reads everything; complaints are collected, so that all of them can be shown at once. */
  FlagValues parse(List<String> arguments, Map<String, String> environment) {
    Map<String, FlagValues.Given> given = new HashMap<>();
    ParseResult result = parseArguments(arguments);
    help = result.hasMatchedOption("-h");
    version = result.hasMatchedOption("-version");
    check = result.hasMatchedOption("-check");
    for (Flag flag : table.flags()) {
      List<FlagValues.Given> values = onCommandLine(flag, result);
      if (values.isEmpty()) {
        values = inEnvironment(flag, environment);
      }
      give(given, flag, values);
    }
    for (String name : new TreeSet<>(environment.keySet())) {
      if (name.startsWith(PREFIX)
          && !OTHER_VARIABLES.contains(name)
          && !KUBERNETES_SERVICE.matcher(name).matches()
          && !table.isVariable(name)) {
        warnings.add(name + ": no flag goes with this variable; it is ignored");
      }
    }
    return new FlagValues(table, given);
  }

  /** Returns what the command line says, by the flag's name and by its aliases. */
  private static List<FlagValues.Given> onCommandLine(Flag flag, ParseResult result) {
    List<FlagValues.Given> values = new ArrayList<>();
    String dashed = "-" + flag.name();
    if (result.hasMatchedOption(dashed)) {
      values.add(new FlagValues.Given(last(result, dashed), dashed));
    }
    for (Alias alias : flag.aliases()) {
      String other = "-" + alias.name();
      if (result.hasMatchedOption(other)) {
        String value =
            alias.repeatable() ? String.join(" ", all(result, other)) : last(result, other);
        alias.meaning().apply(value).ifPresent(v -> values.add(new FlagValues.Given(v, other)));
      }
    }
    return values;
  }

  private static List<String> all(ParseResult result, String option) {
    return result.matchedOption(option).originalStringValues();
  }

  private static String last(ParseResult result, String option) {
    List<String> values = all(result, option);
    return values.isEmpty() ? "" : values.get(values.size() - 1);
  }

  /** Returns what the environment says; an empty variable says nothing. */
  private static List<FlagValues.Given> inEnvironment(Flag flag, Map<String, String> environment) {
    List<FlagValues.Given> values = new ArrayList<>();
    String own = environment.getOrDefault(flag.variable(), "");
    if (!own.isEmpty()) {
      values.add(new FlagValues.Given(own, flag.variable()));
    }
    for (Alias alias : flag.aliases()) {
      String other = environment.getOrDefault(alias.variable(), "");
      if (!other.isEmpty()) {
        alias
            .meaning()
            .apply(other)
            .ifPresent(v -> values.add(new FlagValues.Given(v, alias.variable())));
      }
    }
    return values;
  }

  /** Takes the value, which all names that were used have to agree on. */
  private void give(Map<String, FlagValues.Given> given, Flag flag, List<FlagValues.Given> values) {
    for (FlagValues.Given value : values) {
      if (!flag.type().accepts(value.text())) {
        problems.add(
            value.origin() + ": \"" + value.text() + "\" is not " + flag.type().expected());
        return;
      }
    }
    for (FlagValues.Given value : values) {
      FlagValues.Given first = given.computeIfAbsent(flag.name(), name -> value);
      if (!flag.type().same(first.text(), value.text())) {
        problems.add(
            value.origin() + ": another value than that of " + first.origin() + ", its other name");
      }
    }
  }

  private ParseResult parseArguments(List<String> arguments) {
    CommandSpec spec = CommandSpec.create().name("smee");
    spec.addOption(OptionSpec.builder("-h", "--h", "-help", "--help").arity("0").build());
    spec.addOption(OptionSpec.builder("-version", "--version").arity("0").build());
    spec.addOption(OptionSpec.builder("-check", "--check").arity("0").build());
    for (Flag flag : table.flags()) {
      spec.addOption(option(flag.name()));
      flag.aliases().forEach(alias -> spec.addOption(option(alias.name())));
    }
    CommandLine commandLine =
        new CommandLine(spec)
            .setPosixClusteredShortOptionsAllowed(false)
            .setOverwrittenOptionsAllowed(true)
            .setExpandAtFiles(false)
            .setTrimQuotes(false)
            .setUnmatchedOptionsArePositionalParams(false);
    spec.parser().collectErrors(true);

    int end = arguments.indexOf("--");
    List<String> flags = end < 0 ? arguments : arguments.subList(0, end);
    if (end >= 0 && end + 1 < arguments.size()) {
      warnings.add("what follows -- is ignored: " + arguments.subList(end + 1, arguments.size()));
    }
    ParseResult result = commandLine.parseArgs(withBooleanValues(flags).toArray(String[]::new));
    for (Exception error : result.errors()) {
      if (error instanceof MissingParameterException missing
          && missing.getMissing().get(0) instanceof OptionSpec option) {
        String name = option.names()[0];
        problems.add(name + ": a value is missing; give " + name + "=VALUE");
      } else if (!(error instanceof UnmatchedArgumentException)) {
        problems.add(String.valueOf(error.getMessage()));
      }
    }
    for (String word : result.unmatched()) {
      problems.add(unmatched(word, flags));
    }
    return result;
  }

  private static OptionSpec option(String name) {
    return OptionSpec.builder("-" + name, "--" + name).type(String.class).arity("1").build();
  }

  /** Says {@code -flag=true} for a bare {@code -flag}: picocli would take the next word for it. */
  private List<String> withBooleanValues(List<String> arguments) {
    List<String> result = new ArrayList<>(arguments.size());
    boolean isValue = false;
    for (String word : arguments) {
      Optional<Flag> flag =
          isValue || !word.startsWith("-")
              ? Optional.empty()
              : table.findByAnyName(withoutDashes(word));
      boolean bareBoolean = flag.map(f -> f.type() == GoType.BOOL).orElse(false);
      isValue = flag.isPresent() && !bareBoolean;
      result.add(bareBoolean ? word + "=true" : word);
    }
    return result;
  }

  private static String withoutDashes(String word) {
    return word.replaceFirst("^--?", "");
  }

  private String unmatched(String word, List<String> arguments) {
    if (!word.startsWith("-")) {
      int at = arguments.indexOf(word);
      String before = at > 0 ? withoutDashes(arguments.get(at - 1)) : "";
      boolean afterBoolean =
          table.findByAnyName(before).map(flag -> flag.type() == GoType.BOOL).orElse(false);
      return "unexpected argument \""
          + word
          + "\""
          + (afterBoolean
              ? "; a true-or-false flag takes its value after an equals sign: -"
                  + before
                  + "="
                  + word
              : "; every setting is a flag, see \"smee -h\"");
    }
    String name = word.replaceFirst("=.*", "");
    return "unknown flag "
        + name
        + nearest(withoutDashes(name)).map(f -> "; did you mean -" + f + "?").orElse(";")
        + " \"smee -h\" lists all flags";
  }

  /** Returns the flag that fewest changes of a letter turn the word into, if they are few. */
  private Optional<String> nearest(String word) {
    return table.flags().stream()
        .map(Flag::name)
        .min(Comparator.comparingInt(name -> distance(word, name)))
        .filter(name -> distance(word, name) <= Math.max(2, word.length() / 4));
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
