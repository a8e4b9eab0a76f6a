// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.time.Duration;

/** What {@link TftpServer.Builder} collected; the meanings are told there. */
record ServerSettings(
    TftpPortMode mode,
    int maxBlockSize,
    boolean fitBlocksToMtu,
    int maxWindowSize,
    Duration timeout,
    int maxSends,
    Duration handlerTimeout,
    int maxTransfers,
    int maxTransfersPerClient,
    long maxBufferedBytes,
    long maxCachedBytes,
    int maxRequestBytes,
    int maxFileNameLength,
    int errorsPerSecond,
    TftpHandler handler,
    TftpObserver observer) {}
