// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import io.netty.buffer.ByteBuf;
import io.netty.util.LeakPresenceDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test class that left a buffer unreleased. Found by JUnit through META-INF/services. */
public final class LeakCheck implements AfterAllCallback {
  @Override
  public void afterAll(ExtensionContext context) {
    if (!(ResourceLeakDetectorFactory.instance().newResourceLeakDetector(ByteBuf.class)
        instanceof LeakPresenceDetector)) {
      throw new AssertionError("leaks are not looked for: see surefire.args in pom.xml");
    }
    LeakPresenceDetector.check();
  }
}
