// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.RaspberryPi;
import org.tinkerbell.smee.backend.spi.HardwareObjects.Conversion;
import org.tinkerbell.smee.backend.spi.HardwareObjects.Problem;

/**
 * The records of all objects by MAC, IP address and serial number. One thread writes; any may read,
 * without locks, and for a key that stays the same sees either the old or the new record.
 */
final class HardwareIndex {
  private static final int MOST_NAMED = 5;

  /** An object as it was converted. */
  record Stored(String resourceVersion, Conversion conversion) {}

  /** What one object answers for a key. */
  private record Answer(String object, LookupResult result) {}

  private final Map<String, Stored> objects = new HashMap<>();
  private final Map<MacAddress, List<Answer>> byMac = new ConcurrentHashMap<>();
  private final Map<InetAddress, List<Answer>> byIp = new ConcurrentHashMap<>();
  private final Map<String, List<Answer>> bySerialNumber = new ConcurrentHashMap<>();
  private volatile int objectCount;
  private volatile int recordCount;

  @Nullable Stored stored(String name) {
    return objects.get(name);
  }

  int objectCount() {
    return objectCount;
  }

  int recordCount() {
    return recordCount;
  }

  /** Takes an object in place of what was there under its name. */
  void put(String name, Stored object) {
    Stored old = objects.put(name, object);
    replace(name, byMac, old == null ? Map.of() : macAnswers(name, old), macAnswers(name, object));
    replace(name, byIp, old == null ? Map.of() : ipAnswers(name, old), ipAnswers(name, object));
    replace(
        name,
        bySerialNumber,
        old == null ? Map.of() : serialNumberAnswers(name, old),
        serialNumberAnswers(name, object));
    count(old, object);
  }

  /** Forgets an object; tells whether it was there. */
  boolean remove(String name) {
    Stored old = objects.remove(name);
    if (old == null) {
      return false;
    }
    replace(name, byMac, macAnswers(name, old), Map.of());
    replace(name, byIp, ipAnswers(name, old), Map.of());
    replace(name, bySerialNumber, serialNumberAnswers(name, old), Map.of());
    count(old, null);
    return true;
  }

  private void count(@Nullable Stored old, @Nullable Stored now) {
    int records = recordCount;
    if (old != null) {
      records -= old.conversion().records().size();
    }
    if (now != null) {
      records += now.conversion().records().size();
    }
    recordCount = records;
    objectCount = objects.size();
  }

  private static <K> void replace(
      String name, Map<K, List<Answer>> index, Map<K, Answer> old, Map<K, Answer> now) {
    for (Map.Entry<K, Answer> entry : now.entrySet()) {
      index.merge(
          entry.getKey(),
          List.of(entry.getValue()),
          (there, added) -> {
            List<Answer> answers = without(name, there);
            answers.addAll(added);
            return List.copyOf(answers);
          });
    }
    for (K key : old.keySet()) {
      if (!now.containsKey(key)) {
        index.computeIfPresent(
            key,
            (k, there) -> {
              List<Answer> answers = without(name, there);
              return answers.isEmpty() ? null : List.copyOf(answers);
            });
      }
    }
  }

  private static List<Answer> without(String name, List<Answer> answers) {
    List<Answer> others = new ArrayList<>(answers.size() + 1);
    for (Answer answer : answers) {
      if (!answer.object().equals(name)) {
        others.add(answer);
      }
    }
    return others;
  }

  private static Map<MacAddress, Answer> macAnswers(String name, Stored object) {
    Map<MacAddress, Answer> answers = new LinkedHashMap<>();
    for (HardwareRecord hardware : object.conversion().records()) {
      answers.putIfAbsent(hardware.macAddress(), found(name, hardware));
    }
    for (Problem problem : object.conversion().problems()) {
      if (problem.unusable()) {
        problem.macAddress().ifPresent(mac -> answers.putIfAbsent(mac, unusable(name, problem)));
      }
    }
    return answers;
  }

  private static Map<InetAddress, Answer> ipAnswers(String name, Stored object) {
    Map<InetAddress, Answer> answers = new LinkedHashMap<>();
    for (HardwareRecord hardware : object.conversion().records()) {
      hardware
          .reservation()
          .ipAddress()
          .ifPresent(ip -> answers.putIfAbsent(ip, found(name, hardware)));
    }
    for (Problem problem : object.conversion().problems()) {
      if (problem.unusable()) {
        problem.ipAddress().ifPresent(ip -> answers.putIfAbsent(ip, unusable(name, problem)));
      }
    }
    return answers;
  }

  private static Map<String, Answer> serialNumberAnswers(String name, Stored object) {
    Map<String, Answer> answers = new LinkedHashMap<>();
    for (HardwareRecord hardware : object.conversion().records()) {
      hardware
          .netboot()
          .flatMap(Netboot::raspberryPi)
          .map(board -> RaspberryPi.shortSerialNumber(board.serialNumber()))
          .ifPresent(number -> answers.putIfAbsent(number, found(name, hardware)));
    }
    return answers;
  }

  private static Answer found(String name, HardwareRecord hardware) {
    return new Answer(name, LookupResult.found(hardware));
  }

  private static Answer unusable(String name, Problem problem) {
    return new Answer(name, new LookupResult.Unusable("hardware " + name + ": " + problem));
  }

  LookupResult find(MacAddress mac) {
    return answer(byMac.get(mac), mac.toString());
  }

  LookupResult find(InetAddress ip) {
    return answer(byIp.get(ip), ip.getHostAddress());
  }

  LookupResult findBySerialNumber(String serialNumber) {
    String number = RaspberryPi.shortSerialNumber(serialNumber);
    return answer(bySerialNumber.get(number), "serial number " + number);
  }

  private static LookupResult answer(@Nullable List<Answer> answers, String key) {
    if (answers == null) {
      return LookupResult.notFound();
    }
    if (answers.size() == 1) {
      return answers.get(0).result();
    }
    return new LookupResult.Ambiguous(
        key
            + " is in "
            + answers.size()
            + " hardware objects: "
            + answers.stream()
                .map(Answer::object)
                .sorted()
                .limit(MOST_NAMED)
                .collect(Collectors.joining(", "))
            + (answers.size() > MOST_NAMED ? ", ..." : ""));
  }
}
