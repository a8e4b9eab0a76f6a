// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.backend.file.HardwareFiles.found;
import static org.tinkerbell.smee.backend.file.HardwareFiles.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.spi.BackendObserver;

/** Files that change in all the ways in which editors, tools and Kubernetes change them. */
class FileWatchIT {
  @TempDir Path folder;

  private final RecordingObserver observer = new RecordingObserver();
  private FileBackend backend;

  @AfterEach
  void close() {
    if (backend != null) {
      backend.close();
    }
  }

  private void start(Path path) throws InterruptedException {
    backend =
        FileBackend.builder()
            .path(path)
            .observer(observer)
            .pollInterval(Duration.ofMillis(200))
            .debounce(Duration.ofMillis(50))
            .build();
    assertThat(observer.nextLoad()).startsWith("loaded ");
  }

  private LookupResult find(int octet) {
    MacAddress mac =
        MacAddress.of((byte) 0x52, (byte) 0x54, (byte) 0, (byte) 0, (byte) 0, (byte) octet);
    return backend.findByMac(mac).toCompletableFuture().join();
  }

  private void assertFound(int octet) {
    assertThat(found(find(octet)).macAddress().octets()[5]).isEqualTo((byte) octet);
  }

  private void assertUnknown(int octet) {
    assertThat(find(octet)).isInstanceOf(LookupResult.NotFound.class);
  }

  @Test
  void rewriteInPlaceIsSeenB34() throws Exception {
    Path file = folder.resolve("hardware.yaml");
    HardwareFiles.write(file, record(1) + record(2));
    start(file);
    assertFound(1);
    HardwareFiles.write(file, record(2));
    assertThat(observer.nextLoad()).isEqualTo("loaded 1");
    assertUnknown(1);
    assertFound(2);
  }

  @Test
  void renameOverTheFileAndLaterAppendAreSeenWithinASecondB35() throws Exception {
    Path file = folder.resolve("hardware.yaml");
    HardwareFiles.write(file, record(1));
    // The defaults, since the second is what is promised.
    backend = FileBackend.builder().path(file).observer(observer).build();
    observer.nextLoad();
    Path next = folder.resolve("hardware.yaml.new");
    HardwareFiles.write(next, record(2));
    long begin = System.nanoTime();
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    assertThat(observer.nextLoad()).isEqualTo("loaded 1");
    System.out.printf("rename seen after %d ms%n", (System.nanoTime() - begin) / 1_000_000);
    assertFound(2);
    assertUnknown(1);
    Files.writeString(file, record(3), StandardOpenOption.APPEND);
    assertThat(observer.nextLoad()).isEqualTo("loaded 2");
    assertFound(2);
    assertFound(3);
  }

  @Test
  void backupAndNewFileOfAnEditorAreSeen() throws Exception {
    Path file = folder.resolve("hardware.yaml");
    HardwareFiles.write(file, record(1));
    start(file);
    Files.move(file, folder.resolve("hardware.yaml~"));
    HardwareFiles.write(file, record(2));
    Files.delete(folder.resolve("hardware.yaml~"));
    String load = observer.nextLoad();
    // On a slow machine the moment without a file may last long enough to be noticed.
    assertThat(load.startsWith("failed") ? observer.nextLoad() : load).isEqualTo("loaded 1");
    assertFound(2);
  }

  @Test
  void swapOfAConfigMapIsSeen() throws Exception {
    Path first = Files.createDirectory(folder.resolve("..2026_1"));
    Path second = Files.createDirectory(folder.resolve("..2026_2"));
    HardwareFiles.write(first.resolve("hardware.yaml"), record(1));
    HardwareFiles.write(second.resolve("hardware.yaml"), record(2));
    Path data = Files.createSymbolicLink(folder.resolve("..data"), first.getFileName());
    Path file =
        Files.createSymbolicLink(folder.resolve("hardware.yaml"), Path.of("..data/hardware.yaml"));
    start(file);
    assertFound(1);
    Path temporary = Files.createSymbolicLink(folder.resolve("..tmp"), second.getFileName());
    Files.move(temporary, data, StandardCopyOption.ATOMIC_MOVE);
    assertThat(observer.nextLoad()).isEqualTo("loaded 1");
    assertFound(2);
    assertUnknown(1);
  }

  @Test
  void editOfALinksTargetElsewhereIsSeen() throws Exception {
    Path target = Files.createDirectory(folder.resolve("elsewhere")).resolve("real.yaml");
    HardwareFiles.write(target, record(1));
    Path watched = Files.createDirectory(folder.resolve("watched"));
    start(Files.createSymbolicLink(watched.resolve("hardware.yaml"), target));
    HardwareFiles.write(target, record(1) + record(2));
    assertThat(observer.nextLoad()).isEqualTo("loaded 2");
    assertFound(2);
  }

  @Test
  void replacedFolderIsSeen() throws Exception {
    Path parent = Files.createDirectory(folder.resolve("parent"));
    Path file = parent.resolve("hardware.yaml");
    HardwareFiles.write(file, record(1));
    start(file);
    Path next = Files.createDirectory(folder.resolve("next"));
    HardwareFiles.write(next.resolve("hardware.yaml"), record(2));
    Files.move(parent, folder.resolve("old"));
    Files.move(next, parent);
    String load = observer.nextLoad();
    assertThat(load.startsWith("failed") ? observer.nextLoad() : load).isEqualTo("loaded 1");
    assertFound(2);
    HardwareFiles.write(file, record(3));
    assertThat(observer.nextLoad()).isEqualTo("loaded 1");
    assertFound(3);
  }

  @Test
  void deletedFileKeepsTheRecordsUntilItIsBack() throws Exception {
    Path file = folder.resolve("hardware.yaml");
    HardwareFiles.write(file, record(1));
    start(file);
    Files.delete(file);
    assertThat(observer.nextLoad()).isEqualTo("failed " + file + ": no such file");
    assertFound(1);
    assertThat(backend.status().ready()).isTrue();
    assertThat(backend.status().staleFor()).isPositive();
    assertThat(backend.status().detail())
        .isEqualTo(
            "1 record from "
                + file
                + ", the last change was not taken: "
                + file
                + ": no such file");
    HardwareFiles.write(file, record(1));
    assertThat(observer.nextLoad()).isEqualTo("loaded 1");
    assertThat(backend.status()).isEqualTo(BackendStatus.ready("1 record from " + file));
    HardwareFiles.write(file, record(2));
    assertThat(observer.nextLoad()).isEqualTo("loaded 1");
    assertFound(2);
  }

  @Test
  void brokenFileKeepsTheRecordsUntilItIsMended() throws Exception {
    Path file = folder.resolve("hardware.yaml");
    HardwareFiles.write(file, record(1));
    start(file);
    HardwareFiles.write(file, record(1) + "a: [\n");
    assertThat(observer.nextLoad()).startsWith("failed " + file + ":3:1: ");
    assertFound(1);
    assertThat(backend.status().ready()).isTrue();
    assertThat(backend.status().detail()).contains("1 record").contains(file + ":3:1: ");
    HardwareFiles.write(file, record(1) + record(2));
    assertThat(observer.nextLoad()).isEqualTo("loaded 2");
    assertThat(backend.status()).isEqualTo(BackendStatus.ready("2 records from " + file));
    assertFound(2);
  }

  @Test
  void changeThatLeavesSizeAndTimeStampIsSeenWhileTheFileIsFresh() throws Exception {
    Path file = folder.resolve("hardware.yaml");
    HardwareFiles.write(file, record(1));
    start(file);
    FileTime stamp = FileTime.from(Instant.now());
    Files.setLastModifiedTime(file, stamp);
    HardwareFiles.write(file, record(2));
    Files.setLastModifiedTime(file, stamp);
    assertThat(observer.nextLoad()).isEqualTo("loaded 1");
    assertFound(2);
  }

  @Test
  void permissionThatComesBackIsSeen() throws Exception {
    Path file = folder.resolve("hardware.yaml");
    HardwareFiles.write(file, record(1));
    start(file);
    // A folder in the file's place fails to be read for every user, root among them.
    Files.delete(file);
    Files.createDirectory(file);
    String load = observer.nextLoad();
    if (load.endsWith("no such file")) {
      load = observer.nextLoad();
    }
    assertThat(load).isEqualTo("failed " + file + ": this is a directory, a file is expected");
    Files.delete(file);
    HardwareFiles.write(file, record(1) + record(2));
    load = observer.nextLoad();
    assertThat(load.startsWith("failed") ? observer.nextLoad() : load).isEqualTo("loaded 2");
    assertFound(2);
  }

  @Test
  void touchedFileIsNotLoadedAgain() throws Exception {
    Path file = folder.resolve("hardware.yaml");
    HardwareFiles.write(file, record(1));
    start(file);
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
    // The next real change is the next load: nothing came of the touch.
    assertThat(observer.loads.poll(600, TimeUnit.MILLISECONDS)).isNull();
    HardwareFiles.write(file, record(1) + record(2));
    assertThat(observer.nextLoad()).isEqualTo("loaded 2");
  }

  @Test
  void closeEndsTheThreadAndTheLookUps() throws Exception {
    Path file = folder.resolve("hardware.yaml");
    HardwareFiles.write(file, record(1));
    start(file);
    assertThat(watchingThreads()).isEqualTo(1);
    backend.close();
    backend.close();
    assertThat(watchingThreads()).isZero();
    assertThat(find(1)).isInstanceOf(LookupResult.Failed.class);
    assertThat(backend.status().ready()).isFalse();
  }

  @Test
  void observerThatThrowsOrClosesDoesNotHarm() throws Exception {
    Path file = folder.resolve("hardware.yaml");
    HardwareFiles.write(file, record(1));
    CountDownLatch closed = new CountDownLatch(1);
    FileBackend[] self = new FileBackend[1];
    BackendObserver rude =
        new BackendObserver() {
          @Override
          public void loaded(String source, int records) {
            if (records == 2) {
              self[0].close();
              closed.countDown();
            }
            throw new IllegalStateException("an observer's mistake");
          }
        };
    backend =
        FileBackend.builder()
            .path(file)
            .observer(rude)
            .pollInterval(Duration.ofMillis(200))
            .debounce(Duration.ZERO)
            .build();
    self[0] = backend;
    HardwareFiles.write(file, record(1) + record(2));
    assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(backend.status().ready()).isFalse();
  }

  private static long watchingThreads() throws IOException {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("smee-backend-file"))
        .count();
  }
}
