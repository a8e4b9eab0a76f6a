// SPDX-License-Identifier: Apache-2.0
/**
 * For those who write a backend of their own.
 *
 * <p>Implement {@link org.tinkerbell.smee.backend.spi.BackendProvider} and name it in {@code
 * META-INF/services/org.tinkerbell.smee.backend.spi.BackendProvider} (and in {@code provides} of a
 * module descriptor). Put the jar on the class path of the application: the backend then has a flag
 * {@code -backend-NAME-enabled}, and each of its settings a flag {@code -backend-NAME-SETTING} and
 * the environment variable that goes with it.
 */
@NullMarked
package org.tinkerbell.smee.backend.spi;

import org.jspecify.annotations.NullMarked;
