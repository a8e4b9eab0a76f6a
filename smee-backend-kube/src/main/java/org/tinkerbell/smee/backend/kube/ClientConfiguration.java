// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import io.kubernetes.client.openapi.ApiClient;
import java.io.IOException;

/**
 * Which API server to talk to, and with what credentials.
 *
 * @param server the URL, for messages
 * @param source where the configuration comes from, for messages
 * @param factory makes a client; slow, as it reads certificates and may run a credential plug-in
 */
record ClientConfiguration(String server, String source, ClientFactory factory) {

  /** Makes clients with credentials as they are now. */
  interface ClientFactory {
    ApiClient create() throws IOException;
  }
}
