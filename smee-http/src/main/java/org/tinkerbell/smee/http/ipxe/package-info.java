// SPDX-License-Identifier: Apache-2.0
/**
 * The iPXE scripts that boot machines into their installation environment.
 *
 * <pre>{@code
 * IpxeScriptSettings settings =
 *     IpxeScriptSettings.builder()
 *         .osieUrl("http://192.168.2.1:8080/hook")
 *         .tinkServer("192.168.2.1:42113")
 *         .build();
 * HttpHandler scripts = IpxeScriptHandler.of(backend, settings);
 * }</pre>
 *
 * <table>
 * <caption>The types</caption>
 * <tr><th>type</th><th>is</th></tr>
 * <tr><td>{@link org.tinkerbell.smee.http.ipxe.IpxeScripts}</td><td>decides and writes; no I/O</td>
 * </tr>
 * <tr><td>{@link org.tinkerbell.smee.http.ipxe.ScriptDecision}</td><td>a script or a refusal, with
 * its reason</td></tr>
 * <tr><td>{@link org.tinkerbell.smee.http.ipxe.IpxeScriptHandler}</td><td>the same over HTTP and a
 * backend</td></tr>
 * <tr><td>{@link org.tinkerbell.smee.http.ipxe.AutoexecScript}</td><td>brings an iPXE that knows
 * nothing of Smee to its script</td></tr>
 * <tr><td>{@link org.tinkerbell.smee.http.ipxe.EmbeddedScript}, {@link
 * org.tinkerbell.smee.http.ipxe.IpxePatch}</td><td>what is built into Smee's own iPXE, and how it is
 * changed afterwards</td></tr>
 * </table>
 *
 * <p>The scripts themselves are resource files beside the classes. Everything here is immutable and
 * may be shared between threads.
 */
@NullMarked
package org.tinkerbell.smee.http.ipxe;

import org.jspecify.annotations.NullMarked;
