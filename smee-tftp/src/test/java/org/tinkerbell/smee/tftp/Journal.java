// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Writes down what a server tells its observer, and waits for it. */
final class Journal implements TftpObserver {

  /** One call: its name, its main words, and the transfer or failure that came with it. */
  record Entry(String event, String text, Object detail) {}

  private final List<Entry> entries = new CopyOnWriteArrayList<>();

  List<Entry> entries() {
    return List.copyOf(entries);
  }

  List<Entry> entries(String event) {
    return entries.stream().filter(entry -> entry.event().equals(event)).toList();
  }

  /** Waits until there is such an entry. */
  Entry await(String event) throws InterruptedException {
    return await(event, entry -> true);
  }

  Entry await(String event, Predicate<Entry> which) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    synchronized (entries) {
      while (true) {
        for (Entry entry : entries) {
          if (entry.event().equals(event) && which.test(entry)) {
            return entry;
          }
        }
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          throw new AssertionError("no " + event + " in " + entries);
        }
        entries.wait(left);
      }
    }
  }

  private void add(String event, String text, Object detail) {
    synchronized (entries) {
      entries.add(new Entry(event, text, detail));
      entries.notifyAll();
    }
  }

  @Override
  public void requested(TftpRequest request) {
    add("requested", request.fileName(), request);
  }

  @Override
  public void completed(TftpTransfer transfer) {
    add("completed", transfer.fileName(), transfer);
  }

  @Override
  public void aborted(TftpTransfer transfer, TftpErrorCode code, String message) {
    add("aborted", code + " " + message, transfer);
  }

  @Override
  public void failed(TftpTransfer transfer, TftpFailure failure) {
    add("failed", failure.toString(), failure);
  }

  @Override
  public void refused(TftpRequest request, TftpErrorCode code, String message) {
    add("refused", code + " " + message, request);
  }

  @Override
  public void unsupported(
      InetSocketAddress remote, InetSocketAddress local, String fileName, TftpErrorCode code) {
    add("unsupported", code + " " + fileName, remote);
  }

  @Override
  public void replaced(TftpTransfer transfer) {
    add("replaced", transfer.fileName(), transfer);
  }

  @Override
  public void repeated(TftpRequest request) {
    add("repeated", request.fileName(), request);
  }

  @Override
  public void malformed(InetSocketAddress remote, InetSocketAddress local, String reason) {
    add("malformed", reason, remote);
  }

  @Override
  public void limited(InetSocketAddress remote, TftpLimit limit) {
    add("limited", limit.toString(), remote);
  }
}
