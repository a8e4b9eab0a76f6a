// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The values that all scripts of a service share.
 *
 * @param osieUrl where kernel and initrd lie; no slash at the end
 * @param extraKernelArgs appended to the kernel arguments of every machine
 * @param syslogHost where machines log to: an address or a name, no port; empty for nowhere
 * @param tinkServer host and port of the Tink server; may be empty
 * @param tinkServerTls whether that server speaks TLS
 * @param tinkServerInsecureTls whether its certificate goes unchecked
 * @param retries how often a failed download is tried again
 * @param retryDelay how long a machine waits before it does; whole seconds
 * @param kernelName name of the kernel without the architecture; empty for {@code vmlinuz}
 * @param initrdName name of the initrd without the architecture; empty for {@code initramfs}
 * @param staticScripts whether machines without a usable record get the static script
 */
public record IpxeScriptSettings(
    String osieUrl,
    List<String> extraKernelArgs,
    String syslogHost,
    String tinkServer,
    boolean tinkServerTls,
    boolean tinkServerInsecureTls,
    int retries,
    Duration retryDelay,
    String kernelName,
    String initrdName,
    boolean staticScripts) {

  /** Copies the list without its empty elements, and checks every value. */
  public IpxeScriptSettings {
    extraKernelArgs = extraKernelArgs.stream().filter(arg -> !arg.isEmpty()).toList();
    check("osieUrl", osieUrl);
    for (String argument : extraKernelArgs) {
      check("extraKernelArgs", argument);
    }
    check("syslogHost", syslogHost);
    check("tinkServer", tinkServer);
    check("kernelName", kernelName);
    check("initrdName", initrdName);
    if (retries < 0) {
      throw new IllegalArgumentException("retries: " + retries + " (expected: 0 or more)");
    }
    if (retryDelay.isNegative()) {
      throw new IllegalArgumentException("retryDelay: " + retryDelay + " (expected: 0 or more)");
    }
  }

  private static void check(String name, String value) {
    try {
      ScriptTemplate.singleLine(name, value);
    } catch (ScriptValueException e) {
      throw new IllegalArgumentException(e.reason() + " (expected: a single line)");
    }
  }

  /**
   * Begins settings with the defaults.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects the settings. Not thread safe; may build several times. */
  public static final class Builder {
    private String osieUrl = "";
    private List<String> extraKernelArgs = List.of();
    private String syslogHost = "";
    private String tinkServer = "";
    private boolean tinkServerTls;
    private boolean tinkServerInsecureTls;
    private int retries;
    private Duration retryDelay = Duration.ofSeconds(2);
    private String kernelName = "";
    private String initrdName = "";
    private boolean staticScripts;

    private Builder() {}

    /**
     * Sets where kernel and initrd lie. Default: empty, so that each record has to say it.
     *
     * @param value the URL; a slash at its end is dropped
     * @return this builder
     */
    public Builder osieUrl(String value) {
      osieUrl = value.endsWith("/") ? value.substring(0, value.length() - 1) : value;
      return this;
    }

    /**
     * Sets what is appended to all kernel arguments. Default: nothing.
     *
     * @param value arguments; empty ones are dropped
     * @return this builder
     */
    public Builder extraKernelArgs(List<String> value) {
      extraKernelArgs = new ArrayList<>(value);
      return this;
    }

    /**
     * Sets where machines log to. Default: nowhere.
     *
     * @param value an address or a name, no port; empty for nowhere
     * @return this builder
     */
    public Builder syslogHost(String value) {
      syslogHost = Objects.requireNonNull(value, "syslogHost");
      return this;
    }

    /**
     * Sets the Tink server. Default: empty.
     *
     * @param value host and port
     * @return this builder
     */
    public Builder tinkServer(String value) {
      tinkServer = Objects.requireNonNull(value, "tinkServer");
      return this;
    }

    /**
     * Sets whether the Tink server speaks TLS. Default: no.
     *
     * @param value whether it does
     * @return this builder
     */
    public Builder tinkServerTls(boolean value) {
      tinkServerTls = value;
      return this;
    }

    /**
     * Sets whether the Tink server's certificate goes unchecked. Default: no.
     *
     * @param value whether it does
     * @return this builder
     */
    public Builder tinkServerInsecureTls(boolean value) {
      tinkServerInsecureTls = value;
      return this;
    }

    /**
     * Sets how often a failed download is tried again. Default: 0.
     *
     * @param value 0 or more
     * @return this builder
     */
    public Builder retries(int value) {
      retries = value;
      return this;
    }

    /**
     * Sets how long a machine waits before it tries again. Default: 2 s.
     *
     * @param value 0 or more; whole seconds count
     * @return this builder
     */
    public Builder retryDelay(Duration value) {
      retryDelay = Objects.requireNonNull(value, "retryDelay");
      return this;
    }

    /**
     * Sets the name of the kernel; {@code -} and the architecture are appended. Default: {@code
     * vmlinuz}.
     *
     * @param value the name; empty for the default
     * @return this builder
     */
    public Builder kernelName(String value) {
      kernelName = Objects.requireNonNull(value, "kernelName");
      return this;
    }

    /**
     * Sets the name of the initrd; {@code -} and the architecture are appended. Default: {@code
     * initramfs}.
     *
     * @param value the name; empty for the default
     * @return this builder
     */
    public Builder initrdName(String value) {
      initrdName = Objects.requireNonNull(value, "initrdName");
      return this;
    }

    /**
     * Sets whether machines without a usable record get the static script, as in auto-proxy mode.
     * Default: no.
     *
     * @param value whether they do
     * @return this builder
     */
    public Builder staticScripts(boolean value) {
      staticScripts = value;
      return this;
    }

    /**
     * Makes the settings.
     *
     * @return the settings
     * @throws IllegalArgumentException if a value is outside its range or not a single line
     */
    public IpxeScriptSettings build() {
      return new IpxeScriptSettings(
          osieUrl,
          extraKernelArgs,
          syslogHost,
          tinkServer,
          tinkServerTls,
          tinkServerInsecureTls,
          retries,
          retryDelay,
          kernelName,
          initrdName,
          staticScripts);
    }
  }
}
