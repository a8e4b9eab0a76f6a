// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

/**
 * A part of a response that is read while it is sent.
 *
 * @param source where it is read from
 * @param offset where it begins
 * @param length how long it is; -1 if that is not known
 * @param chunked whether a part of unknown length is sent in chunks; else the end of the connection
 *     is its end
 */
record StreamPart(HttpStream source, long offset, long length, boolean chunked) {}
