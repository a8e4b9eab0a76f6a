// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.tinkerbell.smee.app.Flag.Group.BACKEND;
import static org.tinkerbell.smee.app.Flag.Group.DHCP;
import static org.tinkerbell.smee.app.Flag.Group.HTTP;
import static org.tinkerbell.smee.app.Flag.Group.ISO;
import static org.tinkerbell.smee.app.Flag.Group.NONE;
import static org.tinkerbell.smee.app.Flag.Group.OTEL;
import static org.tinkerbell.smee.app.Flag.Group.SYSLOG;
import static org.tinkerbell.smee.app.Flag.Group.TFTP;
import static org.tinkerbell.smee.app.Flag.Group.TFTP_HTTP;
import static org.tinkerbell.smee.app.GoType.BOOL;
import static org.tinkerbell.smee.app.GoType.DURATION;
import static org.tinkerbell.smee.app.GoType.INT;
import static org.tinkerbell.smee.app.GoType.TEXT;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tinkerbell.smee.backend.spi.BackendProvider;
import org.tinkerbell.smee.backend.spi.BackendSetting;

/**
 * All flags there are: those of the Go Smee with its names, defaults and help texts, our own, and
 * those that the backends on the class path describe.
 */
final class FlagTable {
  private final Map<String, Flag> byName = new LinkedHashMap<>();

  private final Map<String, Flag> byAnyName = new HashMap<>();

  private FlagTable(List<Flag> flags) {
    List<Flag> sorted = new ArrayList<>(flags);
    sorted.sort(Comparator.comparing(Flag::group).thenComparing(Flag::name));
    for (Flag flag : sorted) {
      byName.put(flag.name(), flag);
      byAnyName.put(flag.name(), flag);
      flag.aliases().forEach(alias -> byAnyName.put(alias.name(), flag));
    }
  }

  /**
   * Makes the table.
   *
   * @param publicIp the detected address, the default of eight flags; empty text if there is none
   * @param backends the backends on the class path
   */
  static FlagTable of(String publicIp, List<BackendProvider> backends) {
    List<Flag> flags = new ArrayList<>(standard(publicIp));
    for (BackendProvider backend : backends) {
      flags.add(
          new Flag(
              enabledFlag(backend),
              BACKEND,
              BOOL,
              // Kubernetes is what the reference uses when nothing is said.
              String.valueOf(backend.name().equals("kube")),
              backend.description()));
      for (BackendSetting setting : backend.settings()) {
        flags.add(
            new Flag(
                settingFlag(backend, setting),
                BACKEND,
                type(setting.type()),
                setting.defaultValue(),
                setting.description()));
      }
    }
    return new FlagTable(flags);
  }

  static String enabledFlag(BackendProvider backend) {
    return "backend-" + backend.name() + "-enabled";
  }

  static String settingFlag(BackendProvider backend, BackendSetting setting) {
    return "backend-" + backend.name() + "-" + setting.name();
  }

  private static GoType type(BackendSetting.Type type) {
    return switch (type) {
      case TEXT -> TEXT;
      case BOOLEAN -> BOOL;
      case INTEGER -> INT;
    };
  }

  /** Returns the flags in the order of the usage text: by group, then by name. */
  List<Flag> flags() {
    return List.copyOf(byName.values());
  }

  /** Returns the flag of this name, without dashes. */
  Optional<Flag> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** Returns the flag that has this name or this alias, without dashes. */
  Optional<Flag> findByAnyName(String name) {
    return Optional.ofNullable(byAnyName.get(name));
  }

  /** Tells whether an environment variable of this name is read. */
  boolean isVariable(String variable) {
    return byAnyName.keySet().stream().anyMatch(name -> Flag.variable(name).equals(variable));
  }

  private static List<Flag> standard(String publicIp) {
    return List.of(
        new Flag("log-level", NONE, TEXT, "info", "log level (debug, info, warn, error)"),
        new Flag(
            "log-format",
            NONE,
            TEXT,
            "auto",
            "log format (json, text; auto is text on a terminal)"),
        new Flag(
            "bind-address",
            NONE,
            TEXT,
            "",
            "local IP to listen on for TFTP, HTTP and Syslog, where the flag of its own is not given"),
        new Flag(
            "public-ipv4",
            NONE,
            TEXT,
            "",
            "address of this machine to use wherever the detected one is the default"),
        new Flag(
            "backend",
            BACKEND,
            TEXT,
            "",
            "backend to use by its name (kube, file or none), instead of the flag that enables it"),
        new Flag(
                "dhcp-addr",
                DHCP,
                TEXT,
                "0.0.0.0:67",
                "local IP:Port to listen on for DHCP requests")
            .alias(Alias.withPort("dhcp-bind-addr", 67)),
        new Flag(
            "dhcp-boot-server-enabled",
            DHCP,
            BOOL,
            "true",
            "in the proxy modes listen at port 4011, too, where some PXE clients ask"),
        new Flag(
            "dhcp-enable-netboot-options",
            DHCP,
            BOOL,
            "true",
            "send network boot options; without them the proxy modes answer nothing"),
        new Flag("dhcp-enabled", DHCP, BOOL, "true", "enable DHCP server"),
        new Flag(
                "dhcp-http-ipxe-binary-host",
                DHCP,
                TEXT,
                publicIp,
                "HTTP iPXE binaries host or IP to use in DHCP packets")
            .alias(Alias.emptyIsDefault("dhcp-ipxe-http-binary-host")),
        new Flag(
                "dhcp-http-ipxe-binary-path",
                DHCP,
                TEXT,
                "/ipxe/",
                "HTTP iPXE binaries path to use in DHCP packets")
            .alias("dhcp-ipxe-http-binary-path"),
        new Flag(
                "dhcp-http-ipxe-binary-port",
                DHCP,
                INT,
                "8080",
                "HTTP iPXE binaries port to use in DHCP packets")
            .alias(Alias.emptyIsDefault("dhcp-ipxe-http-binary-port")),
        new Flag(
                "dhcp-http-ipxe-binary-scheme",
                DHCP,
                TEXT,
                "http",
                "HTTP iPXE binaries scheme to use in DHCP packets")
            .alias("dhcp-ipxe-http-binary-scheme"),
        new Flag(
                "dhcp-http-ipxe-script-host",
                DHCP,
                TEXT,
                publicIp,
                "HTTP iPXE script host or IP to use in DHCP packets")
            .alias(Alias.emptyIsDefault("dhcp-ipxe-http-script-host")),
        new Flag(
                "dhcp-http-ipxe-script-path",
                DHCP,
                TEXT,
                "/auto.ipxe",
                "HTTP iPXE script path to use in DHCP packets")
            .alias("dhcp-ipxe-http-script-path"),
        new Flag(
                "dhcp-http-ipxe-script-port",
                DHCP,
                INT,
                "8080",
                "HTTP iPXE script port to use in DHCP packets")
            .alias(Alias.emptyIsDefault("dhcp-ipxe-http-script-port")),
        new Flag(
                "dhcp-http-ipxe-script-prepend-mac",
                DHCP,
                BOOL,
                "true",
                "prepend the hardware MAC address to iPXE script URL base, http://1.2.3.4/auto.ipxe -> http://1.2.3.4/40:15:ff:89:cc:0e/auto.ipxe")
            .alias("dhcp-ipxe-http-script-prepend-mac"),
        new Flag(
                "dhcp-http-ipxe-script-scheme",
                DHCP,
                TEXT,
                "http",
                "HTTP iPXE script scheme to use in DHCP packets")
            .alias("dhcp-ipxe-http-script-scheme"),
        new Flag(
            "dhcp-http-ipxe-script-url",
            DHCP,
            TEXT,
            "",
            "HTTP iPXE script URL to use in DHCP packets, this overrides the flags for dhcp-http-ipxe-script-{scheme, host, port, path}"),
        new Flag("dhcp-iface", DHCP, TEXT, "", "interface to bind to for DHCP requests")
            .alias("dhcp-bind-interface"),
        new Flag(
            "dhcp-ip-for-packet",
            DHCP,
            TEXT,
            publicIp,
            "IP address to use in DHCP packets (opt 54, etc)"),
        new Flag(
            "dhcp-mode", DHCP, TEXT, "reservation", "DHCP mode (reservation, proxy, auto-proxy)"),
        new Flag(
            "dhcp-reference-parity",
            DHCP,
            BOOL,
            "false",
            "do as the Go Smee does where Smee for Java has a better way (no NAK, no answer to INFORM, ...)"),
        new Flag(
            "dhcp-strict-pxe",
            DHCP,
            BOOL,
            "false",
            "send options 60 and 97 to PXE clients in reservation mode, too"),
        new Flag(
            "dhcp-syslog-ip",
            DHCP,
            TEXT,
            publicIp,
            "Syslog server IP address to use in DHCP packets (opt 7)"),
        new Flag(
            "dhcp-tftp-ip",
            DHCP,
            TEXT,
            publicIp,
            "TFTP server IP address to use in DHCP packets (opt 66, etc)"),
        new Flag(
            "dhcp-tftp-port",
            DHCP,
            INT,
            "69",
            "TFTP server port to use in DHCP packets (opt 66, etc)"),
        new Flag(
            "dhcp-vlan-option",
            DHCP,
            BOOL,
            "false",
            "send the VLAN id of a machine's record in option 43.116"),
        new Flag(
            "ipxe-binary-inject-mac-addr-format",
            DHCP,
            TEXT,
            "colon",
            "how URLs of iPXE binaries name the machine (colon, dash, dot, no-delimiter; empty: not at all)"),
        new Flag(
            "ipxe-override-arch-mapping",
            DHCP,
            TEXT,
            "",
            "iPXE binaries by client architecture instead of the usual ones, such as 16=ipxe.efi,11=snp.efi (255: every unknown one)"),
        new Flag(
            "ipxe-chainload",
            DHCP,
            TEXT,
            "auto",
            "whether a client that already is iPXE is given an iPXE binary first (auto: only one that sets the user class Tinkerbell, always, never)"),
        new Flag(
                "extra-kernel-args",
                HTTP,
                TEXT,
                "",
                "extra set of kernel args (k=v k=v) that are appended to the kernel cmdline iPXE script")
            .alias(Alias.list("ipxe-http-script-extra-kernel-args")),
        new Flag(
            "http-addr",
            HTTP,
            TEXT,
            publicIp,
            "local IP to listen on for iPXE HTTP script requests"),
        new Flag("http-ipxe-binary-enabled", HTTP, BOOL, "true", "enable iPXE HTTP binary server")
            .alias("ipxe-http-binary-enabled"),
        new Flag("http-ipxe-script-enabled", HTTP, BOOL, "true", "enable iPXE HTTP script server")
            .alias("ipxe-http-script-enabled"),
        new Flag(
            "http-port",
            HTTP,
            INT,
            "8080",
            "local port to listen on for iPXE HTTP script requests"),
        new Flag(
            "https-port",
            HTTP,
            INT,
            "7443",
            "local port to listen on for HTTPS requests, beside HTTP, if there is a certificate"),
        new Flag(
            "pxe-http-enabled",
            HTTP,
            BOOL,
            "false",
            "serve PXELINUX configurations and the files of -tftp-asset-dir over HTTP, too, as U-Boot asks for them"),
        new Flag("pxe-http-path-prefix", HTTP, TEXT, "/tftp/", "path that those files are below"),
        new Flag(
            "tls-cert-file",
            HTTP,
            TEXT,
            "",
            "PEM file with the certificate for HTTPS, followed by those between it and the root; read again when it changes"),
        new Flag(
            "tls-key-file",
            HTTP,
            TEXT,
            "",
            "PEM file with the private key of the certificate for HTTPS"),
        new Flag(
                "ipxe-script-retries",
                HTTP,
                INT,
                "0",
                "number of retries to attempt when fetching kernel and initrd files in the iPXE script")
            .alias("ipxe-http-script-retries"),
        new Flag(
                "ipxe-script-retry-delay",
                HTTP,
                INT,
                "2",
                "delay (in seconds) between retries when fetching kernel and initrd files in the iPXE script")
            .alias("ipxe-http-script-retry-delay"),
        new Flag("osie-url", HTTP, TEXT, "", "URL where OSIE (HookOS) images are located")
            .alias("ipxe-http-script-osie-url"),
        new Flag("tink-server", HTTP, TEXT, "", "IP:Port for the Tink server")
            .alias(Alias.tinkServer("ipxe-script-tink-server-addr-port", publicIp)),
        new Flag(
                "tink-server-insecure-tls", HTTP, BOOL, "false", "use insecure TLS for Tink server")
            .alias("ipxe-script-tink-server-insecure-tls"),
        new Flag("tink-server-tls", HTTP, BOOL, "false", "use TLS for Tink server")
            .alias("ipxe-script-tink-server-use-tls"),
        new Flag(
                "trusted-proxies",
                HTTP,
                TEXT,
                "",
                "comma separated list of trusted proxies in CIDR notation")
            .alias("ipxe-http-script-trusted-proxies"),
        new Flag("iso-enabled", ISO, BOOL, "false", "enable patching an OSIE ISO"),
        new Flag(
                "iso-magic-string",
                ISO,
                TEXT,
                "",
                "the string pattern to match for in the source ISO, defaults to the one defined in HookOS")
            .alias("iso-patch-magic-string"),
        new Flag("iso-static-ipam-enabled", ISO, BOOL, "false", "enable static IPAM for HookOS"),
        new Flag(
                "iso-url",
                ISO,
                TEXT,
                "",
                "an ISO source URL target for patching; the absolute path of a local file will do")
            .alias("iso-upstream-url"),
        new Flag("otel-endpoint", OTEL, TEXT, "", "OpenTelemetry collector endpoint"),
        new Flag("otel-insecure", OTEL, BOOL, "true", "OpenTelemetry collector insecure"),
        new Flag("syslog-addr", SYSLOG, TEXT, publicIp, "local IP to listen on for Syslog messages")
            .alias("syslog-bind-addr"),
        new Flag("syslog-enabled", SYSLOG, BOOL, "true", "enable Syslog server(receiver)"),
        new Flag("syslog-port", SYSLOG, INT, "514", "local port to listen on for Syslog messages")
            .alias("syslog-bind-port"),
        new Flag(
            "syslog-tcp-enabled",
            SYSLOG,
            BOOL,
            "false",
            "receive Syslog messages by TCP, too, at the same address and port"),
        new Flag(
            "ipxe-dir",
            TFTP_HTTP,
            TEXT,
            "",
            "folder with the iPXE binaries to serve via TFTP and HTTP; without it those in the program's jar, else those of the operating system's iPXE package"),
        new Flag(
                "ipxe-script-patch",
                TFTP_HTTP,
                TEXT,
                "",
                "iPXE script fragment to patch into served iPXE binaries served via TFTP or HTTP")
            .alias("ipxe-embedded-script-patch"),
        new Flag(
                "tftp-addr",
                TFTP,
                TEXT,
                publicIp,
                "local IP to listen on for iPXE TFTP binary requests")
            .alias("tftp-server-bind-addr"),
        new Flag(
            "tftp-asset-dir",
            TFTP,
            TEXT,
            "",
            "folder with further files to serve by TFTP, such as a Raspberry Pi's firmware; none if empty"),
        new Flag(
            "tftp-block-size",
            TFTP,
            INT,
            "512",
            "largest TFTP block size to grant, a value between 512 (the default block size for TFTP) and 65456 (the max size a UDP packet payload can be); unless it is set, what a client asks for is granted up to what fits the network unfragmented"),
        new Flag("tftp-enabled", TFTP, BOOL, "true", "enable iPXE TFTP binary server")
            .alias("tftp-server-enabled"),
        new Flag(
                "tftp-port",
                TFTP,
                INT,
                "69",
                "local port to listen on for iPXE TFTP binary requests")
            .alias("tftp-server-bind-port"),
        new Flag(
            "tftp-single-port",
            TFTP,
            BOOL,
            "true",
            "send all TFTP answers from the port of the requests, which works behind NAT; else each transfer has a port of its own"),
        new Flag("tftp-timeout", TFTP, DURATION, "5s", "iPXE TFTP binary server requests timeout"));
  }
}
