// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.tinkerbell.smee.backend.ClasslessRoute;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Osie;
import org.tinkerbell.smee.backend.RaspberryPi;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.backend.spi.ValueText;

/** Reads one record of a file that maps MAC addresses to records. */
final class RecordReader {
  private static final Pattern BARE_MAC = Pattern.compile("[0-9a-fA-F]{12}");

  private final SharedValues shared = new SharedValues();
  private final Problems problems;

  RecordReader(Problems problems) {
    this.problems = problems;
  }

  /** Reads the key of a record: a MAC address in any of its forms. */
  static Optional<MacAddress> mac(String key) {
    if (key.length() == 12 && BARE_MAC.matcher(key).matches()) {
      return MacAddress.tryParse(key.replaceAll("(..)(?=.)", "$1:"));
    }
    return MacAddress.tryParse(key);
  }

  /** Makes an entry of a record; it holds the reason if the record cannot be used. */
  HardwareEntry read(MacAddress mac, YamlNode.Scalar key, YamlNode value) {
    Optional<InetAddress> ip = Optional.empty();
    try {
      if (!(value instanceof YamlNode.Mapping mapping)) {
        String found = value.isNull() ? "nothing" : value.kind();
        throw new BadRecordException(value, "a record is a mapping, not " + found);
      }
      Fields fields = new Fields(mapping, mac.toString(), shared, problems);
      InetAddress address =
          fields.required("ipAddress", shared::ipAddress, "an IP address such as 192.168.2.15");
      ip = Optional.of(address);
      HardwareRecord hardware = record(mac, address, fields);
      return HardwareEntry.usable(hardware, false, key.line(), key.column());
    } catch (BadRecordException e) {
      problems.add(e.line(), e.column(), mac + ": " + e.getMessage() + "; the record is not used");

      return new HardwareEntry(
          Optional.of(mac),
          ip,
          new LookupResult.Unusable(e.getMessage() + " (line " + e.line() + ")"),
          false,
          key.line(),
          key.column());
    }
  }

  private HardwareRecord record(MacAddress mac, InetAddress address, Fields fields)
      throws BadRecordException {
    return new HardwareRecord(
        reservation(mac, address, fields),
        Optional.of(netboot(fields)),
        fields.text("agentId"),
        fields.uri("isoSource"));
  }

  private Reservation reservation(MacAddress mac, InetAddress address, Fields fields)
      throws BadRecordException {
    Reservation.Builder builder = Reservation.builder(mac).ipAddress(address);
    // An IPv6 address has no mask in this form; the reference ignores the text it demands.
    if (!(address instanceof Inet6Address)) {
      subnetMask(builder, fields);
    }
    fields.addressOrWarn("defaultGateway", builder::defaultGateway);
    fields.addressOrWarn("broadcastAddress", builder::broadcastAddress);
    builder.nameServers(fields.addresses("nameServers"));
    builder.ntpServers(fields.addresses("ntpServers"));
    fields.text("hostname", builder::hostname);
    fields.text("domainName", builder::domainName);
    builder.domainSearch(fields.texts("domainSearch"));
    fields.text("arch", builder::arch);
    fields.text("vlanID", builder::vlanId);
    fields.text("tftpServerName", builder::tftpServerName);
    fields.text("bootFileName", builder::bootFileName);
    builder.disabled(fields.bool("disabled"));
    builder.classlessStaticRoutes(fields.eachOf("classlessStaticRoutes", RecordReader::route));
    leaseTime(builder, fields);
    return builder.build();
  }

  private void subnetMask(Reservation.Builder builder, Fields fields) throws BadRecordException {
    builder.subnetMask(
        fields.required(
            "subnetMask",
            text ->
                shared
                    .ipv4Address(text)
                    .map(
                        mask -> {
                          if (!ScalarText.isContiguous(mask)) {
                            fields.warn(
                                fields.place(),
                                "subnetMask " + text + " has a gap between its bits; used as is");
                          }
                          return mask;
                        }),
            "a mask such as 255.255.255.0"));
  }

  private static void leaseTime(Reservation.Builder builder, Fields fields)
      throws BadRecordException {
    OptionalLong seconds = fields.integer("leaseTime");
    if (seconds.isEmpty() || seconds.getAsLong() == 0) {
      return;
    }
    long value = seconds.getAsLong();
    if (value < 0 || value > Reservation.INFINITE_LEASE.toSeconds()) {
      YamlNode.Scalar scalar = fields.scalar("leaseTime");
      fields.warn(
          scalar == null ? fields.place() : scalar,
          "leaseTime is outside 1 to "
              + Reservation.INFINITE_LEASE.toSeconds()
              + " seconds; "
              + Reservation.DEFAULT_LEASE.toSeconds()
              + " is used");
      return;
    }
    builder.leaseTime(Duration.ofSeconds(value));
  }

  private static ClasslessRoute route(Fields fields) throws BadRecordException {
    String destination =
        fields.required("destination", Optional::of, "a network such as 10.0.0.0/8");
    int slash = destination.indexOf('/');
    var network = ValueText.ipv4Address(slash < 0 ? destination : destination.substring(0, slash));
    OptionalLong length =
        slash < 0 ? OptionalLong.empty() : ScalarText.integer(destination.substring(slash + 1));
    if (network.isEmpty()
        || length.isEmpty()
        || length.getAsLong() < 0
        || length.getAsLong() > 32) {
      throw new BadRecordException(
          fields.place(),
          "destination "
              + YamlReader.shorten(destination)
              + " is not a network such as 10.0.0.0/8");
    }
    return new ClasslessRoute(
        network.get(),
        (int) length.getAsLong(),
        fields.required("router", ValueText::ipv4Address, "an IPv4 address"));
  }

  /**
   * Reads the netboot part. A record without one is a machine that must not be netbooted, as in the
   * reference; this format cannot say that nothing is known.
   */
  private static Netboot netboot(Fields fields) throws BadRecordException {
    Netboot.Builder builder = Netboot.builder();
    Optional<Fields> found = fields.fields("netboot");
    if (found.isEmpty()) {
      return builder.build();
    }
    Fields netboot = found.get();
    builder.allowed(netboot.bool("allowPxe"));
    netboot
        .uri("ipxeScriptUrl")
        .ifPresent(
            url -> {
              if (!url.isAbsolute()) {
                netboot.warn(
                    netboot.place(),
                    "ipxeScriptUrl has no scheme such as http; the boot script will be refused");
              }
              builder.ipxeScriptUrl(url);
            });
    netboot.text("ipxeScript", builder::ipxeScript);
    netboot.text("ipxeBinary", builder::ipxeBinary);
    netboot.text("console", builder::console);
    netboot.text("facility", builder::facility);
    netboot.text("pxelinuxConfig", builder::pxelinuxConfig);
    Optional<Fields> osie = netboot.fields("osie");
    if (osie.isPresent()) {
      builder.osie(osie(osie.get()));
    }
    Optional<Fields> pi = netboot.fields("raspberryPi");
    if (pi.isPresent()) {
      builder.raspberryPi(raspberryPi(pi.get()));
    }
    return builder.build();
  }

  private static Osie osie(Fields fields) throws BadRecordException {
    return new Osie(
        fields.uri("baseUrl"),
        fields.text("kernel"),
        fields.text("initrd"),
        fields.texts("kernelParams"));
  }

  private static RaspberryPi raspberryPi(Fields fields) throws BadRecordException {
    return new RaspberryPi(
        fields.required("serialNumber", Optional::of, "a serial number"),
        fields.text("firmwarePath"),
        fields.text("configTxt"));
  }
}
