// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.tinkerbell.smee.app.Config.DhcpMode;
import org.tinkerbell.smee.backend.spi.BackendProvider;
import org.tinkerbell.smee.backend.spi.ValueText;
import org.tinkerbell.smee.dhcp.netboot.Chainload;
import org.tinkerbell.smee.http.TrustedProxies;
import org.tinkerbell.smee.http.ipxe.IpxePatch;

/**
 * Gives the flags their meaning and collects everything that is wrong with them, so that an
 * operator sees all faults in one go before anything starts.
 */
final class ConfigReader {
  private static final Inet4Address LOOPBACK = ValueText.ipv4Address("127.0.0.1").orElseThrow();
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(\\[[0-9a-fA-F:.]+\\]|[^\\s:/\\[\\]]+):[0-9]{1,5}");

  /** The characters of a path that stand for themselves (RFC 3986 §3.3), but no asterisk. */
  private static final Pattern PATH_SEGMENT = Pattern.compile("[A-Za-z0-9._~!$&'()+,;=:@-]*");

  /** The folders that Smee has files of its own below. */
  private static final Set<String> TAKEN_PREFIXES = Set.of("/ipxe/", "/ipxe/script/", "/iso/");

  private static final Pattern BACKSLASH_AT_END = Pattern.compile("\\\\(?:\\s|$)");

  private static final Pattern SCHEME = Pattern.compile("https?");
  private static final Pattern SCHEME_AND_HOST = Pattern.compile("^[A-Za-z][A-Za-z0-9+.-]*://[^/]");
  private static final Pattern PORT_AT_END = Pattern.compile("^[^:]+:\\d+$");

  /** Less than what a machine's kernel arguments usually take. */
  private static final int SHORT_MAGIC_STRING = 200;

  private final FlagValues flags;
  private final List<BackendProvider> providers;
  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  ConfigReader(FlagValues flags, List<BackendProvider> providers) {
    this.flags = flags;
    this.providers = providers;
  }

  /** Returns what is wrong, one line each; the configuration is of no use if there is anything. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** Returns what is odd but harmless, one line each. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  Config read() {
    boolean dhcp = flags.bool("dhcp-enabled");
    boolean tftp = flags.bool("tftp-enabled");
    boolean syslog = flags.bool("syslog-enabled");
    boolean binaries = flags.bool("http-ipxe-binary-enabled");
    boolean scripts = flags.bool("http-ipxe-script-enabled");
    boolean iso = flags.bool("iso-enabled");
    boolean pxe = flags.bool("pxe-http-enabled");
    if (!dhcp && !tftp && !syslog && !binaries && !scripts && !iso && !pxe) {
      problems.add("nothing is enabled: switch on at least one of DHCP, TFTP, HTTP and syslog");
    }
    DhcpMode mode =
        oneOf("dhcp-mode", DhcpMode::parse, "reservation, proxy or auto-proxy")
            .orElse(DhcpMode.RESERVATION);
    Config.Script script = script(mode);
    Optional<Config.Dhcp> dhcpPart =
        dhcp ? Optional.of(dhcp(mode, script.base())) : Optional.empty();
    String patch = flags.text("ipxe-script-patch");
    if (patch.getBytes(StandardCharsets.UTF_8).length > IpxePatch.MAX_BYTES) {
      problem(
          "ipxe-script-patch",
          "the text is longer than the " + IpxePatch.MAX_BYTES + " bytes there is room for");
    }
    if (!flags.text(PublicAddress.FLAG).isEmpty()) {
      ipv4(PublicAddress.FLAG);
    }
    Optional<Path> assetDir = tftp || pxe ? assetDir() : Optional.empty();
    return new Config(
        dhcp || scripts || iso || pxe || (tftp && !flags.text("tftp-asset-dir").isEmpty())
            ? new BackendChooser(flags, providers, problems, warnings).choose(mode)
            : Optional.empty(),
        dhcpPart,
        tftp ? Optional.of(tftp(assetDir)) : Optional.empty(),
        http(binaries, scripts, pxe ? pxe(assetDir) : Optional.empty()),
        iso ? iso() : Optional.empty(),
        syslog
            ? Optional.of(
                new Config.Syslog(
                    listen("syslog-addr", port("syslog-port")), flags.bool("syslog-tcp-enabled")))
            : Optional.empty(),
        script,
        ipxeDir(),
        patch,
        otel());
  }

  /** Reads where traces go; the standard variables of OpenTelemetry alone do not switch them on. */
  private Optional<Config.Otel> otel() {
    String text = flags.text("otel-endpoint");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (!HOST_AND_PORT.matcher(text).matches()) {
      problem(
          "otel-endpoint",
          "\"" + text + "\" is not host and port such as collector:4317, without a scheme");
    }
    return Optional.of(new Config.Otel(text, flags.bool("otel-insecure")));
  }

  private Config.Dhcp dhcp(DhcpMode mode, URI scriptBase) {
    String iface = flags.text("dhcp-iface");
    InetSocketAddress listen = hostAndPort("dhcp-addr");
    Inet4Address packetIp = ipv4("dhcp-ip-for-packet").orElse(LOOPBACK);
    Inet4Address tftpIp = ipv4("dhcp-tftp-ip").orElse(LOOPBACK);
    Optional<Inet4Address> syslogIp =
        flags.text("dhcp-syslog-ip").isEmpty() ? Optional.empty() : ipv4("dhcp-syslog-ip");
    String host = flags.text("dhcp-http-ipxe-binary-host");
    URI binaryBase =
        url(
            "dhcp-http-ipxe-binary-host",
            flags.text("dhcp-http-ipxe-binary-scheme"),
            host,
            port("dhcp-http-ipxe-binary-port"),
            flags.text("dhcp-http-ipxe-binary-path"));
    boolean parity = flags.bool("dhcp-reference-parity");
    Chainload chainload =
        oneOf("ipxe-chainload", ConfigReader::chainload, "auto, always or never")
            .filter(given -> flags.isGiven("ipxe-chainload") || !parity)
            .orElse(parity ? Chainload.ALWAYS : Chainload.AUTO);
    return new Config.Dhcp(
        listen,
        iface.isEmpty() ? Optional.empty() : Optional.of(iface),
        mode,
        packetIp,
        syslogIp,
        new InetSocketAddress(tftpIp, port("dhcp-tftp-port")),
        binaryBase,
        scriptBase,
        flags.bool("dhcp-http-ipxe-script-prepend-mac"),
        chainload,
        flags.bool("dhcp-boot-server-enabled"),
        NetbootFlags.read(flags, this::problem));
  }

  private Config.Tftp tftp(Optional<Path> assetDir) {
    OptionalInt maxBlockSize = OptionalInt.empty();
    if (flags.isGiven("tftp-block-size")) {
      maxBlockSize = OptionalInt.of((int) inRange("tftp-block-size", 512, 65456));
    }
    Duration timeout = flags.duration("tftp-timeout");
    if (timeout.compareTo(Duration.ofMillis(100)) < 0
        || timeout.compareTo(Duration.ofSeconds(255)) > 0) {
      problem(
          "tftp-timeout", "\"" + flags.text("tftp-timeout") + "\" is not within 100ms and 255s");
      timeout = Duration.ofSeconds(5);
    }
    return new Config.Tftp(
        listen("tftp-addr", port("tftp-port")),
        maxBlockSize,
        timeout,
        flags.bool("tftp-single-port"),
        assetDir);
  }

  private Optional<Path> assetDir() {
    String text = flags.text("tftp-asset-dir");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      Path folder = Path.of(text);
      if (!Files.isDirectory(folder)) {
        warnings.add(
            flags.origin("tftp-asset-dir")
                + ": \""
                + text
                + "\" is not a folder; nothing is served from it until it is one");
      }
      return Optional.of(folder);
    } catch (InvalidPathException e) {
      problem("tftp-asset-dir", "\"" + text + "\" is not a path");
      return Optional.empty();
    }
  }

  /**
   * Reads where U-Boot finds its files; {@code tftp}, {@code /tftp} and {@code /tftp//} are one.
   */
  private Optional<Config.PxeHttp> pxe(Optional<Path> assetDir) {
    String text = flags.text("pxe-http-path-prefix");
    StringBuilder prefix = new StringBuilder("/");
    for (String segment : text.trim().split("/", -1)) {
      if (segment.equals("..") || !PATH_SEGMENT.matcher(segment).matches()) {
        problem("pxe-http-path-prefix", "\"" + text + "\" is not a path such as /tftp/");
        return Optional.empty();
      }
      if (!segment.isEmpty() && !segment.equals(".")) {
        prefix.append(segment).append('/');
      }
    }
    if (TAKEN_PREFIXES.contains(prefix.toString())) {
      problem(
          "pxe-http-path-prefix",
          "\"" + text + "\" is where other files are; choose a path such as /tftp/");
      return Optional.empty();
    }
    return Optional.of(new Config.PxeHttp(prefix.toString(), assetDir));
  }

  private Config.Http http(boolean binaries, boolean scripts, Optional<Config.PxeHttp> pxe) {
    String proxies = flags.text("trusted-proxies");
    try {
      TrustedProxies.parse(proxies);
    } catch (IllegalArgumentException e) {
      problem("trusted-proxies", String.valueOf(e.getMessage()));
      proxies = "";
    }
    return new Config.Http(
        listen("http-addr", port("http-port")), https(), binaries, scripts, pxe, proxies);
  }

  private Optional<Config.Https> https() {
    Optional<String> certificate = flags.optional("tls-cert-file");
    Optional<String> key = flags.optional("tls-key-file");
    if (certificate.isPresent() != key.isPresent()) {
      String given = key.isPresent() ? "tls-key-file" : "tls-cert-file";
      String missing = key.isPresent() ? "tls-cert-file" : "tls-key-file";
      warnings.add(flags.origin(given) + ": no HTTPS without -" + missing);
    }
    if (certificate.isEmpty() || key.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Config.Https(
            listen("http-addr", port("https-port")),
            Path.of(certificate.get()),
            Path.of(key.get())));
  }

  private Optional<Config.Iso> iso() {
    String text = flags.text("iso-url");
    if (text.isEmpty()) {
      problem("iso-enabled", "name the ISO with -iso-url: a URL, or a file's absolute path");
      return Optional.empty();
    }
    String magicString = flags.text("iso-magic-string");
    if (!magicString.isEmpty() && magicString.length() < SHORT_MAGIC_STRING) {
      warnings.add(
          flags.origin("iso-magic-string")
              + ": kernel arguments seldom fit "
              + magicString.length()
              + " characters; a machine whose do not is answered 500");
    }
    if (PORT_AT_END.matcher(flags.text("dhcp-syslog-ip")).find()) {
      warnings.add(
          flags.origin("dhcp-syslog-ip")
              + ": HookOS adds the port to syslog_host by itself; give the host alone");
    }
    try {
      URI source = text.startsWith("/") ? Path.of(text).toUri() : new URI(text);
      String scheme = source.getScheme() == null ? "" : source.getScheme();
      if (scheme.equals("file") && !Files.isReadable(Path.of(source))) {
        problem("iso-url", "\"" + text + "\" is not a file that can be read");
      }
      if (scheme.equals("file") || (SCHEME.matcher(scheme).matches() && source.getHost() != null)) {
        return Optional.of(
            new Config.Iso(source, magicString, flags.bool("iso-static-ipam-enabled")));
      }
    } catch (URISyntaxException | IllegalArgumentException e) {
      // Complained about below.
    }
    problem("iso-url", "\"" + text + "\" is not an http, https or file URL, nor an absolute path");
    return Optional.empty();
  }

  private Config.Script script(DhcpMode mode) {
    List<String> extra = new ArrayList<>();
    for (String word : flags.text("extra-kernel-args").split(" ", -1)) {
      if (!word.isEmpty()) {
        extra.add(word);
      }
    }
    for (String name : List.of("dhcp-syslog-ip", "extra-kernel-args", "osie-url", "tink-server")) {
      if (flags.text(name).chars().anyMatch(c -> c == '\n' || c == '\r' || c == 0)) {
        problem(name, "the text must not hold a line break, which would end the script's line");
      } else if (BACKSLASH_AT_END.matcher(flags.text(name)).find()) {
        problem(name, "no word may end in a backslash, which would join the script's next line");
      }
    }
    String osieUrl = flags.text("osie-url");
    if (!osieUrl.isEmpty() && !SCHEME_AND_HOST.matcher(osieUrl).find()) {
      warnings.add(
          flags.origin("osie-url")
              + ": \""
              + osieUrl
              + "\" is no URL with scheme and host; machines take it as relative to their script's");
    }
    return new Config.Script(
        scriptBase(),
        flags.bool("dhcp-http-ipxe-script-prepend-mac"),
        osieUrl,
        extra,
        flags.text("dhcp-syslog-ip"),
        flags.text("tink-server"),
        flags.bool("tink-server-tls"),
        flags.bool("tink-server-insecure-tls"),
        (int) inRange("ipxe-script-retries", 0, 100),
        (int) inRange("ipxe-script-retry-delay", 0, 3600),
        mode == DhcpMode.AUTO_PROXY);
  }

  private URI scriptBase() {
    String whole = flags.text("dhcp-http-ipxe-script-url");
    if (whole.isEmpty()) {
      return url(
          "dhcp-http-ipxe-script-host",
          flags.text("dhcp-http-ipxe-script-scheme"),
          flags.text("dhcp-http-ipxe-script-host"),
          port("dhcp-http-ipxe-script-port"),
          flags.text("dhcp-http-ipxe-script-path"));
    }
    try {
      URI uri = new URI(whole);
      if (uri.getScheme() != null && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Complained about below.
    }
    problem("dhcp-http-ipxe-script-url", "\"" + whole + "\" is not a URL with scheme and host");
    return URI.create("http://127.0.0.1/");
  }

  private URI url(String hostFlag, String scheme, String host, int port, String path) {
    String schemeFlag = hostFlag.replaceFirst("-host$", "-scheme");
    if (!SCHEME.matcher(scheme).matches()) {
      problem(schemeFlag, "\"" + scheme + "\" is not http or https");
    }
    if (host.isEmpty()) {
      if (flags.bool("dhcp-enabled")) {
        problem(hostFlag, noAddress());
      }
      return URI.create("http://127.0.0.1/");
    }
    String literal = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    try {
      URI uri =
          new URI(scheme + "://" + literal + ":" + port + (path.startsWith("/") ? "" : "/") + path);
      if (uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Complained about below.
    }
    problem(hostFlag, "\"" + host + "\" with path \"" + path + "\" does not make a URL");
    return URI.create("http://127.0.0.1/");
  }

  private Optional<Path> ipxeDir() {
    String text = flags.text("ipxe-dir");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Path folder = Path.of(text);
    if (!Files.isDirectory(folder) || !Files.isReadable(folder)) {
      problem("ipxe-dir", "\"" + text + "\" is not a folder that can be read");
    }
    return Optional.of(folder);
  }

  private <T> Optional<T> oneOf(String name, Function<String, Optional<T>> parse, String expected) {
    Optional<T> value = parse.apply(flags.text(name));
    if (value.isEmpty()) {
      problem(name, "\"" + flags.text(name) + "\" is not " + expected);
    }
    return value;
  }

  private static Optional<Chainload> chainload(String text) {
    for (Chainload value : Chainload.values()) {
      if (value.name().toLowerCase(Locale.ROOT).equals(text)) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  private int port(String name) {
    return (int) inRange(name, 0, 65535);
  }

  private long inRange(String name, long min, long max) {
    long value = flags.integer(name);
    if (value < min || value > max) {
      problem(name, value + " is not within " + min + " and " + max);
      return min;
    }
    return value;
  }

  private Optional<Inet4Address> ipv4(String name) {
    String text = flags.text(name);
    if (text.isEmpty()) {
      problem(name, noAddress());
      return Optional.empty();
    }
    Optional<Inet4Address> address = ValueText.ipv4Address(text);
    if (address.isEmpty()) {
      problem(name, "\"" + text + "\" is not an IPv4 address");
    }
    return address;
  }

  private static String noAddress() {
    return "no address was found on this machine; give one, with -"
        + PublicAddress.FLAG
        + " for all purposes, or name an interface with "
        + PublicAddress.INTERFACE_VARIABLE;
  }

  /**
   * Reads a listening address: an IP address or host name; empty text means every address. Without
   * the flag of its own a server listens where {@code -bind-address} says.
   */
  private InetSocketAddress listen(String flag, int port) {
    String name = flags.isGiven("bind-address") && !flags.isGiven(flag) ? "bind-address" : flag;
    String text = flags.text(name);
    if (text.isEmpty()) {
      return new InetSocketAddress(port);
    }
    Optional<InetAddress> address = Addresses.resolve(text);
    if (address.isEmpty()) {
      problem(name, "\"" + text + "\" is neither an IP address nor a host name that is known");
    }
    return new InetSocketAddress(address.orElse(LOOPBACK), port);
  }

  private InetSocketAddress hostAndPort(String name) {
    String text = flags.text(name);
    int colon = text.lastIndexOf(':');
    Optional<Inet4Address> address =
        colon < 0 ? Optional.empty() : ValueText.ipv4Address(text.substring(0, colon));
    Optional<Long> port = colon < 0 ? Optional.empty() : GoType.integer(text.substring(colon + 1));
    if (address.isEmpty() || port.isEmpty() || port.get() < 0 || port.get() > 65535) {
      problem(name, "\"" + text + "\" is not an IPv4 address and port such as 0.0.0.0:67");
      return new InetSocketAddress(LOOPBACK, 0);
    }
    return new InetSocketAddress(address.get(), port.get().intValue());
  }

  private void problem(String flag, String what) {
    problems.add(flags.origin(flag) + ": " + what);
  }
}
