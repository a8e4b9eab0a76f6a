// SPDX-License-Identifier: Apache-2.0
/**
 * Hardware records from Tinkerbell {@code Hardware} objects in a Kubernetes cluster.
 *
 * <pre>{@code
 * try (KubeBackend backend = KubeBackend.builder().namespace("tink").build()) {
 *   backend.start();
 *   backend.synced().toCompletableFuture().get(30, TimeUnit.SECONDS);
 *   LookupResult result =
 *       backend.findByMac(MacAddress.parse("02:00:00:00:00:ff")).toCompletableFuture().join();
 * }
 * }</pre>
 *
 * <p>{@link org.tinkerbell.smee.backend.kube.KubeBackend} lists all objects once, watches for
 * changes and keeps an index of converted records, so that look-ups never wait for the cluster. One
 * daemon thread for each backend talks to the API server; it starts over by itself, with growing
 * delays, whatever goes wrong. {@link org.tinkerbell.smee.backend.kube.KubeBackendProvider} makes
 * the backend from an application's settings.
 *
 * <p>The cluster is found as {@code kubectl} finds it: a given file, {@code KUBECONFIG}, {@code
 * ~/.kube/config}, or the service account of the pod. Needed rights: {@code get}, {@code list} and
 * {@code watch} on {@code hardware.tinkerbell.org}, in the given namespace or in all.
 */
@NullMarked
package org.tinkerbell.smee.backend.kube;

import org.jspecify.annotations.NullMarked;
