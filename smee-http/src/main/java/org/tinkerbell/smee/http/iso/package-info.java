// SPDX-License-Identifier: Apache-2.0
/**
 * Installation ISOs for machines whose management controller mounts one over HTTP.
 *
 * <pre>{@code
 * IsoHandler isos =
 *     IsoHandler.builder(backend, settings)
 *         .source(URI.create("http://192.168.2.1:8080/hook.iso"))
 *         .build();
 * HttpRouter router = HttpRouter.builder().get("/iso/**", isos).build();
 * }</pre>
 *
 * <p>{@code http://smee/iso/52-54-00-12-34-56/hook.iso} is then the ISO of the source with the
 * kernel arguments of that machine in the place of the image's placeholder.
 *
 * <table>
 * <caption>The types</caption>
 * <tr><th>type</th><th>is</th></tr>
 * <tr><td>{@link org.tinkerbell.smee.http.iso.IsoHandler}</td><td>who answers; has threads of its
 * own for reading</td></tr>
 * <tr><td>{@link org.tinkerbell.smee.http.iso.IsoDecision}, {@link
 * org.tinkerbell.smee.http.iso.IsoReason}</td><td>what was answered and why, for logs and
 * metrics</td></tr>
 * <tr><td>{@link org.tinkerbell.smee.http.iso.IsoObserver}</td><td>is told of bodies that are
 * through</td></tr>
 * </table>
 */
@NullMarked
package org.tinkerbell.smee.http.iso;

import org.jspecify.annotations.NullMarked;
