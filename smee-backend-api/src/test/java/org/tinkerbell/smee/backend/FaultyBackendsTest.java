// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.tinkerbell.smee.backend.testkit.BackendContract;

/** The contract kit against backends with one fault each: it finds the fault and no other. */
class FaultyBackendsTest {

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(Sound.class, Set.of()),
        Arguments.of(LastWins.class, Set.of("aMacAddressOfTwoRecordsIsNotAGuess")),
        Arguments.of(GuessesByIp.class, Set.of("anIpAddressOfTwoMachinesIsAmbiguous")),
        Arguments.of(
            AnswersWhenClosed.class, Set.of("closingTwiceIsClosingOnceAndLookUpsFailAfterwards")),
        Arguments.of(
            ForgetsWhenClosed.class,
            Set.of(
                "closingTwiceIsClosingOnceAndLookUpsFailAfterwards",
                "closingDuringLookUpsNeverMakesAMachineUnknown")),
        Arguments.of(LosesAValue.class, Set.of("everyValueOfARecordComesBack")),
        Arguments.of(KnowsIpv4Only.class, Set.of("ipv6AddressesAreLookedUpToo")),
        Arguments.of(Waits.class, Set.of("aLookUpDoesNotBlock")),
        Arguments.of(FailsForUnknown.class, Set.of("otherMachinesAreNotFound")),
        Arguments.of(NeverReady.class, Set.of("aBackendThatAnswersIsReady")),
        Arguments.of(EarlyNotFound.class, Set.of("beforeTheFirstLoadLookUpsFailAndDoNotWait")),
        Arguments.of(BrokenIsUnknown.class, Set.of("aBrokenRecordIsUnusableAndHarmsNoOther")),
        Arguments.of(LosesAll.class, Set.of("aLostSourceLeavesTheRecordsInForce")));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void theKitFindsTheFault(Class<?> kit, Set<String> expected) {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request().selectors(selectClass(kit)).build(),
            listener);
    assertThat(listener.getSummary().getTestsStartedCount()).isGreaterThan(10);
    Set<String> failed =
        listener.getSummary().getFailures().stream()
            .map(failure -> failure.getTestIdentifier().getUniqueId())
            // The last method in the path; tests made by a factory have a number below it.
            .map(
                id ->
                    id.replaceFirst(".*\\[(?:method|test-factory):(?:[^(#]*#)?([^(]*)\\(.*", "$1"))
            .collect(Collectors.toSet());
    assertThat(failed).isEqualTo(expected);
  }

  /** A backend without faults. */
  private static class InMemory implements Backend {
    final Map<MacAddress, LookupResult> byMac = new HashMap<>();
    final Map<InetAddress, LookupResult> byIp = new HashMap<>();
    private volatile boolean closed;

    InMemory(List<HardwareRecord> records) {
      for (HardwareRecord hardware : records) {
        put(byMac, hardware.macAddress(), hardware);
        put(byIp, hardware.reservation().ipAddress().orElseThrow(), hardware);
      }
    }

    private static <K> void put(Map<K, LookupResult> index, K key, HardwareRecord hardware) {
      index.merge(
          key,
          LookupResult.found(hardware),
          (before, now) -> new LookupResult.Ambiguous(key + " is there twice"));
    }

    private <K> CompletionStage<LookupResult> find(Map<K, LookupResult> index, K key) {
      return CompletableFuture.completedStage(
          closed
              ? new LookupResult.Failed("closed")
              : index.getOrDefault(key, LookupResult.notFound()));
    }

    @Override
    public CompletionStage<LookupResult> findByMac(MacAddress macAddress) {
      return find(byMac, macAddress);
    }

    @Override
    public CompletionStage<LookupResult> findByIp(InetAddress ipAddress) {
      return find(byIp, ipAddress);
    }

    @Override
    public BackendStatus status() {
      return BackendStatus.ready("in memory");
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  /** The kit for a backend without faults. */
  static class Sound extends BackendContract {
    @Override
    protected Backend backendWith(List<HardwareRecord> records) {
      return new InMemory(records);
    }
  }

  static class LastWins extends BackendContract {
    @Override
    protected Backend backendWith(List<HardwareRecord> records) {
      InMemory backend = new InMemory(records);
      records.forEach(r -> backend.byMac.put(r.macAddress(), LookupResult.found(r)));
      return backend;
    }
  }

  static class GuessesByIp extends BackendContract {
    @Override
    protected Backend backendWith(List<HardwareRecord> records) {
      InMemory backend = new InMemory(records);
      records.forEach(
          r -> backend.byIp.put(r.reservation().ipAddress().orElseThrow(), LookupResult.found(r)));
      return backend;
    }
  }

  static class AnswersWhenClosed extends BackendContract {
    @Override
    protected Backend backendWith(List<HardwareRecord> records) {
      return new InMemory(records) {
        @Override
        public void close() {}
      };
    }
  }

  static class ForgetsWhenClosed extends BackendContract {
    @Override
    protected Backend backendWith(List<HardwareRecord> records) {
      return new InMemory(records) {
        private volatile boolean forgotten;

        @Override
        public CompletionStage<LookupResult> findByMac(MacAddress macAddress) {
          return forgotten
              ? CompletableFuture.completedStage(LookupResult.notFound())
              : super.findByMac(macAddress);
        }

        @Override
        public void close() {
          forgotten = true;
        }
      };
    }
  }

  static class LosesAValue extends BackendContract {
    private static final UnaryOperator<HardwareRecord> WITHOUT_AGENT =
        r -> new HardwareRecord(r.reservation(), r.netboot(), Optional.empty(), r.isoSource());

    @Override
    protected Backend backendWith(List<HardwareRecord> records) {
      return new InMemory(records.stream().map(WITHOUT_AGENT).toList());
    }
  }

  static class KnowsIpv4Only extends BackendContract {
    @Override
    protected Backend backendWith(List<HardwareRecord> records) {
      InMemory backend = new InMemory(records);
      backend.byIp.keySet().removeIf(Inet6Address.class::isInstance);
      return backend;
    }
  }

  static class Waits extends BackendContract {
    @Override
    protected Backend backendWith(List<HardwareRecord> records) {
      return new InMemory(records) {
        private final Semaphore connections = new Semaphore(1);

        @Override
        public CompletionStage<LookupResult> findByMac(MacAddress macAddress) {
          try {
            connections.acquire();
          } catch (InterruptedException e) {
            return CompletableFuture.failedStage(e);
          }
          try {
            return super.findByMac(macAddress);
          } finally {
            connections.release();
          }
        }
      };
    }
  }

  static class FailsForUnknown extends BackendContract {
    @Override
    protected Backend backendWith(List<HardwareRecord> records) {
      return new InMemory(records) {
        @Override
        public CompletionStage<LookupResult> findByMac(MacAddress macAddress) {
          return byMac.containsKey(macAddress)
              ? super.findByMac(macAddress)
              : CompletableFuture.completedStage(new LookupResult.Failed("unknown"));
        }
      };
    }
  }

  static class NeverReady extends BackendContract {
    @Override
    protected Backend backendWith(List<HardwareRecord> records) {
      return new InMemory(records) {
        @Override
        public BackendStatus status() {
          return BackendStatus.notReady("never");
        }
      };
    }
  }

  static class EarlyNotFound extends Sound {
    @Override
    protected Optional<Backend> backendBeforeItsFirstLoad() {
      return Optional.of(new InMemory(List.of()));
    }
  }

  static class BrokenIsUnknown extends Sound {
    @Override
    protected Optional<Backend> backendWithBroken(HardwareRecord sound, HardwareRecord broken) {
      return Optional.of(new InMemory(List.of(sound)));
    }
  }

  static class LosesAll extends Sound {
    @Override
    protected boolean loseSource(Backend backend) {
      ((InMemory) backend).byMac.clear();
      return true;
    }
  }
}
