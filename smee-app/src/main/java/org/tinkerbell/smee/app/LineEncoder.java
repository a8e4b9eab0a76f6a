// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;

/** Writes each event as a line, with nothing before the first and behind the last. */
abstract class LineEncoder extends EncoderBase<ILoggingEvent> {

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }

  /** Returns the part of a logger's name that people know: {@code dhcp}, {@code http} and so on. */
  static String subject(String loggerName) {
    if (loggerName.startsWith(Logging.PREFIX + ".")) {
      return loggerName.substring(Logging.PREFIX.length() + 1);
    }
    return loggerName.substring(loggerName.lastIndexOf('.') + 1);
  }
}
