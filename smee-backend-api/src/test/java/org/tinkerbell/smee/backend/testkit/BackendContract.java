// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.RaspberryPi;

/**
 * What every {@link Backend} must do, as tests.
 *
 * <p>Extend this class in the tests of a backend and implement {@link #backendWith}. The other
 * protected methods say what the backend can hold, and put it into states that not every backend
 * has; a test of such a state is not there until its method is overridden.
 *
 * <p>The kit closes the backends it was given after each test. The methods are called on the thread
 * of the test.
 */
public abstract class BackendContract {
  private static final int BOUND_SECONDS = 30;
  private static final int THREADS = 16;
  private static final int RECORDS = 200;

  private final List<Backend> opened = new ArrayList<>();

  /** What becomes of two records of one MAC address. */
  public enum SharedMac {
    /** A look-up of the address is {@link LookupResult.Ambiguous}. */
    IS_AMBIGUOUS,
    /** The record that comes last in the source takes the place of the others. */
    LAST_WINS
  }

  /**
   * Makes a running backend whose source holds exactly these records, and waits until it answers
   * from them.
   *
   * @param records in this order; may be none; several may have the same MAC or IP address
   * @return a backend of its own for each call; the kit closes it
   * @throws Exception if the backend cannot be made, which fails the test
   */
  protected abstract Backend backendWith(List<HardwareRecord> records) throws Exception;

  /**
   * Returns what the backend gives back for a record that was put in. Default: the same.
   *
   * @param hardware as given to {@link #backendWith}
   * @return the record without the values that the source has no place for; empty if the backend
   *     does not know the machine
   */
  protected Optional<HardwareRecord> expected(HardwareRecord hardware) {
    return Optional.of(hardware);
  }

  /**
   * Tells what becomes of two records of one MAC address. Default: {@link SharedMac#IS_AMBIGUOUS}.
   *
   * @return the rule
   */
  protected SharedMac sharedMac() {
    return SharedMac.IS_AMBIGUOUS;
  }

  /**
   * Tells whether look-ups fail after {@link Backend#close()}. Default: yes, as the interface says.
   *
   * @return false only for a backend that is shared and holds nothing that closing could end
   */
  protected boolean failsAfterClose() {
    return true;
  }

  /**
   * Makes a backend whose source holds two records, the second of which cannot be used although its
   * MAC address can be read. Default: there is no such state.
   *
   * @param sound a record that can be used
   * @param broken a record of which a value other than the MAC address is to be spoilt
   * @return the backend; the kit closes it
   * @throws Exception if the backend cannot be made, which fails the test
   */
  protected Optional<Backend> backendWithBroken(HardwareRecord sound, HardwareRecord broken)
      throws Exception {
    return Optional.empty();
  }

  /**
   * Makes a backend that has not loaded anything yet, since its source does not answer. Default:
   * there is no such state, since the backend is made only when its data are there.
   *
   * @return the backend; the kit closes it
   * @throws Exception if the backend cannot be made, which fails the test
   */
  protected Optional<Backend> backendBeforeItsFirstLoad() throws Exception {
    return Optional.empty();
  }

  /**
   * Takes the source away from a backend and waits until it has noticed. Default: the source cannot
   * get lost.
   *
   * @param backend the last that {@link #backendWith} returned
   * @return whether the source was taken away
   * @throws Exception if that cannot be done, which fails the test
   */
  protected boolean loseSource(Backend backend) throws Exception {
    return false;
  }

  private Backend open(List<HardwareRecord> records) throws Exception {
    return opened(backendWith(records));
  }

  private Backend opened(Backend backend) {
    opened.add(backend);
    return backend;
  }

  /** Closes what the test has opened. */
  @AfterEach
  final void closeBackends() {
    opened.forEach(Backend::close);
  }

  private static LookupResult result(Supplier<CompletionStage<LookupResult>> lookup)
      throws Exception {
    return lookup.get().toCompletableFuture().get(BOUND_SECONDS, TimeUnit.SECONDS);
  }

  private static LookupResult byMac(Backend backend, MacAddress mac) throws Exception {
    return result(() -> backend.findByMac(mac));
  }

  private static LookupResult byIp(Backend backend, InetAddress ip) throws Exception {
    return result(() -> backend.findByIp(ip));
  }

  private static InetAddress ip(HardwareRecord hardware) {
    return hardware.reservation().ipAddress().orElseThrow();
  }

  private void isAnswerFor(HardwareRecord hardware, LookupResult actual) {
    Optional<HardwareRecord> expected = expected(hardware);
    if (expected.isEmpty()) {
      assertThat(actual).isEqualTo(LookupResult.notFound());
      return;
    }
    assertThat(actual)
        .asInstanceOf(InstanceOfAssertFactories.type(LookupResult.Found.class))
        .extracting(LookupResult.Found::hardware)
        .usingRecursiveComparison()
        .isEqualTo(expected.get());
  }

  private static void isOneLine(String text) {
    assertThat(text).isNotBlank().doesNotContain("\n", "\r");
  }

  @Test
  final void machinesAreFoundByMacAndByIp() throws Exception {
    List<HardwareRecord> records = SampleRecords.plain(3);
    Backend backend = open(records);
    for (HardwareRecord hardware : records) {
      isAnswerFor(hardware, byMac(backend, hardware.macAddress()));
      isAnswerFor(hardware, byIp(backend, ip(hardware)));
    }
  }

  @Test
  final void everyValueOfARecordComesBack() throws Exception {
    List<HardwareRecord> records = SampleRecords.various();
    Backend backend = open(records);
    for (HardwareRecord hardware : records) {
      isAnswerFor(hardware, byMac(backend, hardware.macAddress()));
    }
  }

  /** A backend need not look for it, but then it finds nothing, and never another machine. */
  @Test
  final void aSerialNumberFindsItsRaspberryPiIfAnything() throws Exception {
    List<HardwareRecord> records = SampleRecords.various();
    HardwareRecord board =
        records.stream()
            .filter(each -> each.netboot().flatMap(Netboot::raspberryPi).isPresent())
            .findFirst()
            .orElseThrow();
    String number =
        board.netboot().flatMap(Netboot::raspberryPi).map(RaspberryPi::serialNumber).orElseThrow();
    Backend backend = open(records);
    for (String text : List.of(number, RaspberryPi.shortSerialNumber(number))) {
      LookupResult result = result(() -> backend.findBySerialNumber(text));
      if (!result.equals(LookupResult.notFound())) {
        isAnswerFor(board, result);
      }
    }
    assertThat(result(() -> backend.findBySerialNumber("00000000")))
        .isEqualTo(LookupResult.notFound());
    assertThat(result(() -> backend.findBySerialNumber(""))).isEqualTo(LookupResult.notFound());
  }

  @Test
  final void anAddressIsTheSameInEveryNotation() throws Exception {
    HardwareRecord hardware = SampleRecords.plain(MacAddress.parse("02:00:5e:00:53:ab"), 171);
    Backend backend = open(List.of(hardware));
    for (String text : List.of("02:00:5E:00:53:AB", "02-00-5e-00-53-ab", "0200.5e00.53ab")) {
      isAnswerFor(hardware, byMac(backend, MacAddress.parse(text)));
    }
    byte[] octets = {2, 0, 0x5e, 0, 0x53, (byte) 0xab};
    LookupResult result = byMac(backend, MacAddress.of(octets));
    isAnswerFor(hardware, result);
    if (result instanceof LookupResult.Found found) {
      assertThat(found.hardware().macAddress()).hasToString("02:00:5e:00:53:ab");
    }
  }

  @Test
  final void ipv6AddressesAreLookedUpToo() throws Exception {
    HardwareRecord hardware = SampleRecords.ipv6();
    Backend backend = open(List.of(hardware));
    isAnswerFor(hardware, byIp(backend, InetAddress.getByName("2001:DB8:0:0::0:15")));
    isAnswerFor(hardware, byMac(backend, hardware.macAddress()));
    assertThat(byIp(backend, InetAddress.getByName("2001:db8::16")))
        .isEqualTo(LookupResult.notFound());
  }

  @Test
  final void otherMachinesAreNotFound() throws Exception {
    for (List<HardwareRecord> records : List.of(SampleRecords.plain(2), SampleRecords.plain(0))) {
      Backend backend = open(records);
      for (String mac : List.of("02:00:00:ff:ff:ff", "02:00:00:00:00:00:00:01")) {
        assertThat(byMac(backend, MacAddress.parse(mac))).isEqualTo(LookupResult.notFound());
      }
      for (int length : new int[] {1, 16, 20}) {
        assertThat(byMac(backend, MacAddress.of(new byte[length])))
            .isEqualTo(LookupResult.notFound());
      }
      for (String ip : List.of("192.0.2.1", "0.0.0.0", "255.255.255.255", "::", "fe80::1")) {
        assertThat(byIp(backend, InetAddress.getByName(ip))).isEqualTo(LookupResult.notFound());
      }
    }
  }

  @Test
  final void anIpAddressOfTwoMachinesIsAmbiguous() throws Exception {
    HardwareRecord one = SampleRecords.plain(1).get(0);
    HardwareRecord two = SampleRecords.plain(MacAddress.parse("02:00:5e:00:53:02"), 0);
    assertThat(ip(two)).isEqualTo(ip(one));
    Backend backend = open(List.of(one, two));
    isAnswerFor(one, byMac(backend, one.macAddress()));
    isAnswerFor(two, byMac(backend, two.macAddress()));
    if (expected(one).isPresent()) {
      isAmbiguous(byIp(backend, ip(one)));
    }
  }

  @Test
  final void aMacAddressOfTwoRecordsIsNotAGuess() throws Exception {
    MacAddress mac = MacAddress.parse("02:00:5e:00:53:01");
    HardwareRecord one = SampleRecords.plain(mac, 1);
    HardwareRecord two = SampleRecords.plain(mac, 2);
    Backend backend = open(List.of(one, two));
    if (expected(one).isEmpty() || sharedMac() == SharedMac.LAST_WINS) {
      isAnswerFor(two, byMac(backend, mac));
    } else {
      isAmbiguous(byMac(backend, mac));
    }
  }

  private static void isAmbiguous(LookupResult result) {
    assertThat(result).isInstanceOf(LookupResult.Ambiguous.class);
    isOneLine(((LookupResult.Ambiguous) result).detail());
  }

  @TestFactory
  final Stream<DynamicTest> aBrokenRecordIsUnusableAndHarmsNoOther() throws Exception {
    HardwareRecord sound = SampleRecords.plain(2).get(0);
    HardwareRecord broken = SampleRecords.plain(2).get(1);
    return ifThere(
        backendWithBroken(sound, broken),
        backend -> {
          LookupResult result = byMac(backend, broken.macAddress());
          assertThat(result).isInstanceOf(LookupResult.Unusable.class);
          isOneLine(((LookupResult.Unusable) result).reason());
          isAnswerFor(sound, byMac(backend, sound.macAddress()));
          isAnswerFor(sound, byIp(backend, ip(sound)));
          assertThat(backend.status().ready()).isTrue();
        });
  }

  @TestFactory
  final Stream<DynamicTest> beforeTheFirstLoadLookUpsFailAndDoNotWait() throws Exception {
    HardwareRecord hardware = SampleRecords.plain(1).get(0);
    return ifThere(
        backendBeforeItsFirstLoad(),
        backend -> {
          // Not found would have another server's answer taken, or the machine given up.
          LookupResult result = byMac(backend, hardware.macAddress());
          assertThat(result).isInstanceOf(LookupResult.Failed.class);
          isOneLine(((LookupResult.Failed) result).reason());
          assertThat(byIp(backend, ip(hardware))).isInstanceOf(LookupResult.Failed.class);
          assertThat(backend.status().ready()).isFalse();
          isOneLine(backend.status().detail());
          doesNotBlock(backend, hardware);
        });
  }

  @TestFactory
  final Stream<DynamicTest> aLostSourceLeavesTheRecordsInForce() throws Exception {
    HardwareRecord hardware = SampleRecords.plain(1).get(0);
    Backend made = open(List.of(hardware));
    String before = made.status().detail();
    return ifThere(
        loseSource(made) ? Optional.of(made) : Optional.empty(),
        backend -> {
          isAnswerFor(hardware, byMac(backend, hardware.macAddress()));
          isAnswerFor(hardware, byIp(backend, ip(hardware)));
          assertThat(backend.status().ready()).isTrue();
          assertThat(backend.status().detail()).isNotEqualTo(before);
          isOneLine(backend.status().detail());
          doesNotBlock(backend, hardware);
        });
  }

  /** A check of a backend in some state. */
  private interface Check {
    void of(Backend backend) throws Exception;
  }

  private Stream<DynamicTest> ifThere(Optional<Backend> backend, Check check) {
    backend.ifPresent(this::opened);
    return backend.stream()
        .map(
            there -> {
              Executable test = () -> check.of(there);
              return DynamicTest.dynamicTest(there.getClass().getSimpleName(), test);
            });
  }

  @Test
  final void aLookUpDoesNotBlock() throws Exception {
    List<HardwareRecord> records = SampleRecords.plain(1);
    doesNotBlock(open(records), records.get(0));
  }

  /** What waits for a lock, a queue or a channel notices that its thread is interrupted. */
  private static void doesNotBlock(Backend backend, HardwareRecord hardware) throws Exception {
    Callable<Boolean> calls =
        () -> {
          Thread.currentThread().interrupt();
          CompletionStage<LookupResult> mac = backend.findByMac(hardware.macAddress());
          CompletionStage<LookupResult> ip = backend.findByIp(ip(hardware));
          BackendStatus status = backend.status();
          boolean untouched = Thread.interrupted();
          assertThat(mac.toCompletableFuture()).isNotCompletedExceptionally();
          assertThat(ip.toCompletableFuture()).isNotCompletedExceptionally();
          isOneLine(status.detail());
          return untouched;
        };
    assertThat(onThreads(List.of(calls))).containsExactly(true);
  }

  @Test
  final void manyThreadsLookUpAtOnce() throws Exception {
    List<HardwareRecord> records = SampleRecords.plain(RECORDS);
    Backend backend = open(records);
    CountDownLatch start = new CountDownLatch(THREADS);
    List<Callable<Integer>> calls = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      int first = thread;
      calls.add(
          () -> {
            start.countDown();
            start.await();
            int answered = 0;
            for (int i = 0; i < RECORDS; i++) {
              HardwareRecord hardware = records.get((first * 31 + i) % RECORDS);
              answered += isFor(hardware, byMac(backend, hardware.macAddress())) ? 1 : 0;
              answered += isFor(hardware, byIp(backend, ip(hardware))) ? 1 : 0;
            }
            return answered;
          });
    }
    assertThat(onThreads(calls)).hasSize(THREADS).containsOnly(2 * RECORDS);
  }

  /** The short form of {@link #isAnswerFor}, which is slow. */
  private boolean isFor(HardwareRecord hardware, LookupResult result) {
    if (result instanceof LookupResult.Found found) {
      return expected(hardware).isPresent()
          && found.hardware().macAddress().equals(hardware.macAddress())
          && found.hardware().reservation().ipAddress().equals(Optional.of(ip(hardware)));
    }
    return expected(hardware).isEmpty() && result.equals(LookupResult.notFound());
  }

  private static <T> List<T> onThreads(List<Callable<T>> calls) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(calls.size());
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (Callable<T> call : calls) {
        futures.add(threads.submit(call));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get(BOUND_SECONDS, TimeUnit.SECONDS));
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  final void aBackendThatAnswersIsReady() throws Exception {
    Backend backend = open(SampleRecords.plain(2));
    assertThat(backend.status().ready()).isTrue();
    isOneLine(backend.status().detail());
  }

  @Test
  final void closingTwiceIsClosingOnceAndLookUpsFailAfterwards() throws Exception {
    HardwareRecord hardware = SampleRecords.plain(1).get(0);
    Backend backend = open(List.of(hardware));
    backend.close();
    assertThatCode(backend::close).doesNotThrowAnyException();
    assertThatCode(backend::status).doesNotThrowAnyException();
    assertThat(hasFailed(backend.findByMac(hardware.macAddress()))).isEqualTo(failsAfterClose());
    assertThat(hasFailed(backend.findByIp(ip(hardware)))).isEqualTo(failsAfterClose());
  }

  @Test
  final void closingDuringLookUpsNeverMakesAMachineUnknown() throws Exception {
    HardwareRecord hardware = SampleRecords.plain(1).get(0);
    Backend backend = open(List.of(hardware));
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    Callable<Boolean> lookups =
        () -> {
          boolean right = true;
          boolean last;
          do {
            last = closed.getCount() == 0;
            CompletionStage<LookupResult> stage = backend.findByMac(hardware.macAddress());
            right &= hasFailed(stage) || isFor(hardware, of(stage));
            running.countDown();
          } while (!last);
          return right;
        };
    Callable<Boolean> close =
        () -> {
          running.await();
          backend.close();
          closed.countDown();
          return true;
        };
    assertThat(onThreads(List.of(lookups, close))).containsExactly(true, true);
  }

  private static LookupResult of(CompletionStage<LookupResult> stage) throws Exception {
    return result(() -> stage);
  }

  /** A stage that fails is treated like the result that says so. */
  private static boolean hasFailed(CompletionStage<LookupResult> stage) throws Exception {
    try {
      return result(() -> stage) instanceof LookupResult.Failed;
    } catch (ExecutionException e) {
      return true;
    }
  }
}
