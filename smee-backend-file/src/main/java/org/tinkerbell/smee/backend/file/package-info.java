// SPDX-License-Identifier: Apache-2.0
/**
 * Hardware records from a YAML or JSON file that is watched for changes.
 *
 * <pre>{@code
 * try (FileBackend backend = FileBackend.builder().path(Path.of("hardware.yaml")).build()) {
 *   LookupResult result =
 *       backend.findByMac(MacAddress.parse("52:54:00:aa:88:2a")).toCompletableFuture().join();
 * }
 * }</pre>
 *
 * <p>{@link org.tinkerbell.smee.backend.file.FileBackend} reads the file once per change, builds an
 * immutable index and swaps it in; look-ups touch nothing else and never wait. One daemon thread
 * watches the file. A change that cannot be read leaves the records read before in force.
 *
 * <p>An application that knows its backends by {@link java.util.ServiceLoader} uses {@link
 * org.tinkerbell.smee.backend.file.FileBackendProvider} instead. The file's format is described in
 * the README of this module.
 *
 * <p>Limits: 64 MiB a file, 64 levels of nesting, 10,000,000 nodes by way of aliases, 100 problems
 * told per load; the first and the last can be set.
 */
@NullMarked
package org.tinkerbell.smee.backend.file;

import org.jspecify.annotations.NullMarked;
