// SPDX-License-Identifier: Apache-2.0
/**
 * The contract of a backend as tests: extend {@link
 * org.tinkerbell.smee.backend.testkit.BackendContract} in the tests of a backend of your own.
 *
 * <p>Published as the artifact {@code smee-backend-api} of type {@code test-jar}. It needs JUnit
 * Jupiter and AssertJ on the class path of the tests.
 */
package org.tinkerbell.smee.backend.testkit;
