// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.RaspberryPi;
import org.tinkerbell.smee.tftp.TftpContent;
import org.tinkerbell.smee.tftp.TftpHandler;
import org.tinkerbell.smee.tftp.TftpRequest;
import org.tinkerbell.smee.tftp.TftpResult;

/**
 * Serves by TFTP what is not iPXE: a machine's PXELINUX configuration, what a Raspberry Pi's boot
 * ROM asks for below its serial number, and the files of the asset folder.
 *
 * <p>In this order; a route that has nothing leaves the request to the next one, also when its
 * look-up failed.
 */
final class HardwareFiles implements TftpHandler {

  /** A boot ROM uses the last eight characters of the board's serial number. */
  private static final int SHORT_SERIAL = 8;

  /** What can be a board's serial number, or its end. */
  private static final Pattern SERIAL = Pattern.compile("\\p{XDigit}{1,16}");

  private final Backend records;
  private final PxelinuxConfigs configs;
  private final Optional<TftpHandler> assets;

  /**
   * Makes the routes.
   *
   * @param records asked for every name that is not iPXE's
   * @param assetDir no name leads out of it; empty means that there are no such files
   */
  HardwareFiles(Backend records, Optional<Path> assetDir) {
    this.records = records;
    this.configs = new PxelinuxConfigs(records);
    this.assets = assetDir.map(TftpContent::directory);
  }

  @Override
  public CompletionStage<TftpResult> open(TftpRequest request) {
    Optional<String> clean = request.path();
    if (clean.isEmpty()) {
      return done(missing(request.lastElement()));
    }
    String path = TraceSuffix.split(clean.get()).name();
    return configs
        .find(path)
        .thenApply(text -> text.map(TftpContent::ofText).map(TftpResult::content))
        .thenCompose(result -> result.isPresent() ? done(result) : raspberryPi(request, path))
        .thenCompose(result -> result.isPresent() ? done(result.get()) : asset(request, path));
  }

  private CompletionStage<Optional<TftpResult>> raspberryPi(TftpRequest request, String path) {
    int slash = path.indexOf('/');
    if (slash < 0) {
      return done(Optional.empty());
    }
    String serial = path.substring(0, slash);
    String rest = path.substring(slash + 1);
    InetAddress client = request.remote().getAddress();
    return PxelinuxConfigs.netboot(records.findByIp(client))
        .thenApply(netboot -> netboot.filter(part -> isBoard(part, serial)))
        .thenCompose(
            netboot ->
                netboot.isPresent() || !SERIAL.matcher(serial).matches()
                    ? done(netboot)
                    // Another server may have given the board its address.
                    : PxelinuxConfigs.netboot(records.findBySerialNumber(serial))
                        .thenApply(other -> other.filter(part -> isBoard(part, serial))))
        .thenCompose(
            netboot ->
                netboot.isPresent()
                    ? raspberryPi(
                        request, netboot.get(), netboot.get().raspberryPi().orElseThrow(), rest)
                    : done(Optional.empty()));
  }

  private static boolean isBoard(Netboot netboot, String asked) {
    return netboot.raspberryPi().filter(board -> isSerial(asked, board.serialNumber())).isPresent();
  }

  private CompletionStage<Optional<TftpResult>> raspberryPi(
      TftpRequest request, Netboot netboot, RaspberryPi board, String rest) {
    Optional<String> text = Optional.empty();
    List<String> kernelParams = netboot.osie().kernelParams();
    if (rest.equals("config.txt")) {
      text = board.configTxt().filter(config -> !config.isEmpty());
    } else if (rest.equals("cmdline.txt") && !kernelParams.isEmpty()) {
      text = Optional.of(String.join(" ", kernelParams));
    }
    if (text.isPresent()) {
      return done(Optional.of(TftpResult.content(TftpContent.ofText(text.get()))));
    }
    Optional<String> firmware = board.firmwarePath().filter(folder -> !folder.isEmpty());
    if (firmware.isEmpty() || assets.isEmpty()) {
      return done(Optional.empty());
    }
    return asset(request, firmware.get() + "/" + rest).thenApply(Optional::of);
  }

  /** Boards ask for the end of the number; records have that or the whole. */
  private static boolean isSerial(String asked, String serial) {
    return asked.equals(serial)
        || (asked.length() == SHORT_SERIAL
            && serial.regionMatches(true, serial.length() - SHORT_SERIAL, asked, 0, SHORT_SERIAL));
  }

  private CompletionStage<TftpResult> asset(TftpRequest request, String path) {
    return assets.isPresent()
        ? assets.get().open(request.withFileName(path))
        : done(missing(path.substring(path.lastIndexOf('/') + 1)));
  }

  /** Kept as the reference has it, down to the dot for an empty name: people search for it. */
  static TftpResult missing(String name) {
    return TftpResult.notFound(
        "file [" + (name.isEmpty() ? "." : name) + "] unknown: file does not exist");
  }

  private static <T> CompletionStage<T> done(T value) {
    return CompletableFuture.completedStage(value);
  }
}
