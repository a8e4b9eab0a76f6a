// SPDX-License-Identifier: Apache-2.0
/**
 * The {@code smee} program: flags, wiring, logs, metrics.
 *
 * <p>Reading order: {@link org.tinkerbell.smee.app.Main} parses ({@code FlagTable}, {@code
 * FlagParser}) and checks ({@code Config}); {@code Smee} builds the servers from that and runs
 * them; {@code BootFileCatalog} knows which iPXE binaries there are; the {@code *Log} classes turn
 * what the servers tell their observers into log lines, the {@code *Metrics} classes into figures;
 * {@code *Observers} tell both. Policy belongs into the protocol modules.
 */
@NullMarked
package org.tinkerbell.smee.app;

import org.jspecify.annotations.NullMarked;
