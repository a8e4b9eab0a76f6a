// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend;

import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a machine is to be netbooted. Immutable.
 *
 * <p>A record without this part is a machine that gets an address and nothing to boot; a record
 * whose part says {@link #allowed()} {@code false} is one that must not be netbooted.
 */
public final class Netboot {
  private final boolean allowed;
  private final Optional<URI> ipxeScriptUrl;
  private final Optional<String> ipxeScript;
  private final Optional<String> ipxeBinary;
  private final Optional<String> console;
  private final Optional<String> facility;
  private final Osie osie;
  private final Optional<String> pxelinuxConfig;
  private final Optional<RaspberryPi> raspberryPi;

  private Netboot(Builder b) {
    allowed = b.allowed;
    ipxeScriptUrl = Optional.ofNullable(b.ipxeScriptUrl);
    ipxeScript = Reservation.text(b.ipxeScript);
    ipxeBinary = Reservation.text(b.ipxeBinary);
    console = Reservation.text(b.console);
    facility = Reservation.text(b.facility);
    osie = b.osie;
    pxelinuxConfig = Reservation.text(b.pxelinuxConfig);
    raspberryPi = Optional.ofNullable(b.raspberryPi);
  }

  /**
   * Begins a netboot part.
   *
   * @return a builder; netboot is not allowed until said so
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Tells whether the machine may be netbooted.
   *
   * @return whether it may
   */
  public boolean allowed() {
    return allowed;
  }

  /**
   * Returns the URL of the machine's own iPXE script; it wins over {@link #ipxeScript()}.
   *
   * @return the URL as the source has it; not necessarily absolute
   */
  public Optional<URI> ipxeScriptUrl() {
    return ipxeScriptUrl;
  }

  /**
   * Returns the text of the machine's own iPXE script.
   *
   * @return the text, never empty
   */
  public Optional<String> ipxeScript() {
    return ipxeScript;
  }

  /**
   * Returns the name of the iPXE binary for this machine, in place of the one its architecture has.
   *
   * @return the file name, never empty
   */
  public Optional<String> ipxeBinary() {
    return ipxeBinary;
  }

  /**
   * Returns the console setting; kept, but used nowhere in the reference either.
   *
   * @return the text, never empty
   */
  public Optional<String> console() {
    return console;
  }

  /**
   * Returns the facility; inserted as it is into the kernel arguments.
   *
   * @return the text, never empty; may hold blanks and further arguments
   */
  public Optional<String> facility() {
    return facility;
  }

  /**
   * Returns the machine's own installation environment.
   *
   * @return the environment; {@link Osie#DEFAULT} if the source names none
   */
  public Osie osie() {
    return osie;
  }

  /**
   * Returns the text of the machine's PXELINUX configuration.
   *
   * @return the text, never empty
   */
  public Optional<String> pxelinuxConfig() {
    return pxelinuxConfig;
  }

  /**
   * Returns what a Raspberry Pi is to be served.
   *
   * @return the settings; empty for other machines
   */
  public Optional<RaspberryPi> raspberryPi() {
    return raspberryPi;
  }

  /** Returns the permission only: scripts may hold what does not belong into a log. */
  @Override
  public String toString() {
    return "Netboot[" + (allowed ? "allowed" : "not allowed") + "]";
  }

  /** Collects the values of a netboot part. Not thread safe; may build several times. */
  public static final class Builder {
    private boolean allowed;
    private @Nullable URI ipxeScriptUrl;
    private @Nullable String ipxeScript;
    private @Nullable String ipxeBinary;
    private @Nullable String console;
    private @Nullable String facility;
    private Osie osie = Osie.DEFAULT;
    private @Nullable String pxelinuxConfig;
    private @Nullable RaspberryPi raspberryPi;

    private Builder() {}

    /**
     * Allows or forbids netboot. Default: forbidden.
     *
     * @param value whether the machine may be netbooted
     * @return this builder
     */
    public Builder allowed(boolean value) {
      allowed = value;
      return this;
    }

    /**
     * Sets the URL of the machine's own iPXE script. Default: none.
     *
     * @param value the URL
     * @return this builder
     */
    public Builder ipxeScriptUrl(URI value) {
      ipxeScriptUrl = Objects.requireNonNull(value, "ipxeScriptUrl");
      return this;
    }

    /**
     * Sets the text of the machine's own iPXE script. Default: none.
     *
     * @param value the text; empty text means none
     * @return this builder
     */
    public Builder ipxeScript(String value) {
      ipxeScript = Objects.requireNonNull(value, "ipxeScript");
      return this;
    }

    /**
     * Sets the iPXE binary. Default: by architecture.
     *
     * @param value the file name; empty text means none
     * @return this builder
     */
    public Builder ipxeBinary(String value) {
      ipxeBinary = Objects.requireNonNull(value, "ipxeBinary");
      return this;
    }

    /**
     * Sets the console. Default: none.
     *
     * @param value the text; empty text means none
     * @return this builder
     */
    public Builder console(String value) {
      console = Objects.requireNonNull(value, "console");
      return this;
    }

    /**
     * Sets the facility. Default: none.
     *
     * @param value the text; empty text means none
     * @return this builder
     */
    public Builder facility(String value) {
      facility = Objects.requireNonNull(value, "facility");
      return this;
    }

    /**
     * Sets the machine's own installation environment. Default: {@link Osie#DEFAULT}.
     *
     * @param value the environment
     * @return this builder
     */
    public Builder osie(Osie value) {
      osie = Objects.requireNonNull(value, "osie");
      return this;
    }

    /**
     * Sets the PXELINUX configuration. Default: none.
     *
     * @param value the text; empty text means none
     * @return this builder
     */
    public Builder pxelinuxConfig(String value) {
      pxelinuxConfig = Objects.requireNonNull(value, "pxelinuxConfig");
      return this;
    }

    /**
     * Sets what a Raspberry Pi is to be served. Default: none.
     *
     * @param value the settings
     * @return this builder
     */
    public Builder raspberryPi(RaspberryPi value) {
      raspberryPi = Objects.requireNonNull(value, "raspberryPi");
      return this;
    }

    /**
     * Makes the netboot part.
     *
     * @return the netboot part
     */
    public Netboot build() {
      return new Netboot(this);
    }
  }
}
