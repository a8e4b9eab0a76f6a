// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Ordinary DHCP clients, three on the server's own network and three behind a relay agent, in
 * network namespaces:
 *
 * <pre>
 *   near1, near2, near3 ---- near 10.81.0.1  server  uplink 10.83.0.1
 *                                                           |
 *   far1, far2, far3   ---- far  10.82.0.1  relay   link   10.83.0.2
 * </pre>
 *
 * <p>1 is busybox udhcpc, 2 is ISC dhclient, 3 is dhcpcd, and the relay is ISC dhcrelay. Each gets
 * a lease with everything a record can say, renews it, rebinds it when its unicasts are lost, and
 * gives it back. They all start at once, as most of the time is waiting for short leases to age.
 */
@Tag("netns")
@Timeout(180)
class RealClientsIT {

  private static final String LOST = "02:de:ad:00:00:01";

  private static final Namespaces NET = new Namespaces();
  private static final ExecutorService TASKS = Executors.newCachedThreadPool();

  @TempDir static Path folder;

  private static Namespaces.Program server;

  private static Future<?> nearUdhcpc;
  private static Future<?> nearDhclient;
  private static Future<?> nearDhcpcd;
  private static Future<?> farUdhcpc;
  private static Future<?> farDhclient;
  private static Future<?> farDhcpcd;

  @BeforeAll
  static void start() throws Exception {
    Optional<String> obstacle = Namespaces.obstacle();
    obstacle.ifPresent(
        what ->
            LoggerFactory.getLogger(RealClientsIT.class)
                .error("SKIPPED: DHCP is not tested with real clients here, {}", what));
    Assumptions.assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
    build();
    server = NET.startJava("server", ReservationServer.class);
    server.await("started");
    NET.start("relay", "dhcrelay", "-4", "-d", "-a", "-id", "far", "-iu", "link", "10.83.0.1")
        .find("Sending on +Socket/fallback");

    script("udhcpc", UDHCPC_SCRIPT);
    script("dhclient", DHCLIENT_SCRIPT);
    script("dhcpcd", DHCPCD_SCRIPT);
    Files.writeString(folder.resolve("dhclient.conf"), DHCLIENT_CONF);
    Files.writeString(folder.resolve("dhcpcd.conf"), DHCPCD_CONF);
    nearUdhcpc = run(() -> udhcpc("near", "81"));
    nearDhclient = run(() -> dhclient("near", "81"));
    nearDhcpcd = run(() -> dhcpcd("near", "81"));
    farUdhcpc = run(() -> udhcpc("far", "82"));
    farDhclient = run(() -> dhclient("far", "82"));
    farDhcpcd = run(() -> dhcpcd("far", "82"));
  }

  private static void build() throws Exception {
    NET.add("server");
    NET.add("relay");
    bridge("server", "near", "10.81.0.1/24");
    bridge("relay", "far", "10.82.0.1/24");
    NET.join("server", "uplink", "relay", "link");
    NET.in("server", "ip address add 10.83.0.1/24 dev uplink");
    NET.in("server", "ip link set dev uplink up");
    NET.in("relay", "ip address add 10.83.0.2/24 dev link");
    NET.in("relay", "ip link set dev link up");
    NET.in("server", "ip route add 10.82.0.0/24 via 10.83.0.2");
    NET.in("relay", "ip route add 10.81.0.0/24 via 10.83.0.1");
    NET.in("relay", "sysctl -qw net.ipv4.ip_forward=1");
    for (int i = 1; i <= 3; i++) {
      client("near", "server", "81", i);
      client("far", "relay", "82", i);
    }
  }

  private static void bridge(String where, String name, String address) throws Exception {
    NET.in(where, "ip link add " + name + " type bridge");
    NET.in(where, "ip address add " + address + " dev " + name);
    NET.in(where, "ip link set dev " + name + " up");
  }

  /** Adds a machine 02:00:00:00:MM:1N with the one interface smee-MM-N. */
  private static void client(String side, String where, String network, int number)
      throws Exception {
    String name = side + number;
    String port = "p" + number;
    String nic = nic(network, number);
    NET.add(name);
    NET.join(where, port, name, nic);
    NET.in(where, "ip link set dev " + port + " master " + side);
    NET.in(where, "ip link set dev " + port + " up");
    NET.in(name, "ip link set dev " + nic + " address 02:00:00:00:" + network + ":1" + number);
    NET.in(name, "ip link set dev " + nic + " up");
  }

  /** Names are unlikely to occur elsewhere: dhcpcd keeps files by them, whatever the namespace. */
  private static String nic(String network, int number) {
    return "smee-" + network + "-" + number;
  }

  private static void script(String name, String text) throws IOException {
    Path file =
        Files.createFile(
            folder.resolve(name + ".sh"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Files.writeString(file, text);
  }

  private static Future<?> run(Callable<?> task) {
    return TASKS.submit(task);
  }

  @AfterAll
  static void tearDown() throws Exception {
    TASKS.shutdownNow();
    NET.close();
    for (String network : new String[] {"81", "82"}) {
      Files.deleteIfExists(Path.of("/var/lib/dhcpcd", nic(network, 3) + ".lease"));
    }
  }

  private static void join(Future<?> client) throws Exception {
    try {
      client.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AssertionError failure) {
        throw failure;
      }
      throw e;
    }
  }

  @Test
  void udhcpcGetsRenewsRebindsAndReleases() throws Exception {
    join(nearUdhcpc);
  }

  @Test
  void dhclientGetsRenewsRebindsAndReleases() throws Exception {
    join(nearDhclient);
  }

  @Test
  void dhcpcdGetsRenewsRebindsAndReleases() throws Exception {
    join(nearDhcpcd);
  }

  @Test
  void udhcpcGetsRenewsRebindsAndReleasesBehindARelay() throws Exception {
    join(farUdhcpc);
  }

  @Test
  void dhclientGetsRenewsRebindsAndReleasesBehindARelay() throws Exception {
    join(farDhclient);
  }

  @Test
  void dhcpcdGetsRenewsRebindsAndReleasesBehindARelay() throws Exception {
    join(farDhcpcd);
  }

  private static final String UDHCPC_SCRIPT =
      """
      #!/bin/sh
      echo "$1 ip=$ip/$mask broadcast=$broadcast router=$router dns=$dns host=$hostname" \\
        "domain=$domain search=$search ntp=$ntpsrv lease=$lease server=$serverid" \\
        "routes=$staticroutes tftp=$tftp boot=$bootfile file=$boot_file"
      if [ "$1" = bound ]; then
        ip address add "$ip/$mask" dev "$interface"
        ip route add default via "${ip%.*}.1"
      fi
      """;

  /** Is told to renew by signals, since it counts leases under two minutes as two. */
  private static Void udhcpc(String side, String network) throws Exception {
    String name = side + 1;
    Namespaces.Program client =
        NET.start(
            name,
            ("busybox udhcpc -f -t 10 -T 1 -O ntpsrv -O search -O tftp -O bootfile -O staticroutes"
                    + " -i "
                    + nic(network, 1)
                    + " -s "
                    + folder.resolve("udhcpc.sh"))
                .split(" "));
    String own = "10." + network + ".0.";
    String got =
        " ip="
            + own
            + "11/24 broadcast="
            + own
            + "255 router="
            + own
            + "1 dns=10.80.0.53 10.80.0.54 host=host11 domain=lab.example"
            + " search=lab.example example ntp=10.80.0.123 lease=3600 server=10.81.0.1"
            + " routes=10.99.0.0/16 "
            + own
            + "2 0.0.0.0/0 "
            + own
            + "1 tftp=10.80.0.69 boot=boot/file.efi file=boot/file.efi";
    assertThat(client.await("bound")).isEqualTo("bound" + got);
    leased(network, 1);

    // In this order: the relay passes on renewals, too, which are sent to the server directly, and
    // the second answer could be taken for one to the next request.
    loseUnicasts(name, network, 1);
    client.signal("USR1");
    client.await("udhcpc: sending renew to server 10.81.0.1");
    client.await("udhcpc: broadcasting renew");
    assertThat(client.await("renew")).isEqualTo("renew" + got);
    rebound(network, 1);

    deliverUnicasts(name, network, 1);
    client.signal("USR1");
    client.await("udhcpc: sending renew to server 10.81.0.1");
    assertThat(client.await("renew")).isEqualTo("renew" + got);
    renewed(network, 1);

    client.signal("USR2");
    client.await("udhcpc: entering released state");
    released(network, 1);
    return null;
  }

  /** What dhclient and dhcpcd tell their scripts, in the same words. */
  private static final String NEW =
      "ip=$new_ip_address mask=$new_subnet_mask broadcast=$new_broadcast_address"
          + " router=$new_routers dns=$new_domain_name_servers host=$new_host_name"
          + " domain=$new_domain_name search=$new_domain_search ntp=$new_ntp_servers"
          + " log=$new_log_servers lease=$new_dhcp_lease_time t1=$new_dhcp_renewal_time"
          + " t2=$new_dhcp_rebinding_time server=$new_dhcp_server_identifier"
          + " tftp=$new_tftp_server_name boot=$new_bootfile_name file=$new_filename";

  private static String options(String network, int number, int lease, String search) {
    String own = "10." + network + ".0.";
    return " ip="
        + own
        + "1"
        + number
        + " mask=255.255.255.0 broadcast="
        + own
        + "255 router="
        + own
        + "1 dns=10.80.0.53 10.80.0.54 host=host1"
        + number
        + " domain=lab.example search="
        + search
        + " ntp=10.80.0.123 log=10.80.0.7 lease="
        + lease
        + " t1="
        + lease / 2
        + " t2="
        + (lease - lease / 8)
        + " server=10.81.0.1 tftp=10.80.0.69 boot=boot/file.efi file=boot/file.efi";
  }

  private static final String DHCLIENT_SCRIPT =
      """
      #!/bin/sh
      echo "$reason NEW"
      case $reason in
        BOUND)
          ip address add "$new_ip_address/24" dev "$interface"
          ip route add default via "$new_routers"
          ;;
      esac
      exit 0
      """
          .replace("NEW", NEW);

  private static final String DHCLIENT_CONF =
      """
      request subnet-mask, broadcast-address, routers, domain-name, domain-name-servers,
        domain-search, host-name, ntp-servers, log-servers, tftp-server-name, bootfile-name,
        dhcp-renewal-time, dhcp-rebinding-time;
      initial-interval 1;
      backoff-cutoff 1;
      """;

  private static Void dhclient(String side, String network) throws Exception {
    String name = side + 2;
    String command =
        "dhclient -4 -d -v -cf "
            + folder.resolve("dhclient.conf")
            + " -lf "
            + folder.resolve(name + ".leases")
            + " -pf "
            + folder.resolve(name + ".pid")
            + " -sf "
            + folder.resolve("dhclient.sh");
    Namespaces.Program client = NET.start(name, (command + " " + nic(network, 2)).split(" "));
    String got = options(network, 2, 16, "lab.example. example.");
    assertThat(client.await("BOUND")).isEqualTo("BOUND" + got);
    leased(network, 2);

    client.await("DHCPACK of 10." + network + ".0.12 from 10.81.0.1");
    assertThat(client.await("RENEW")).isEqualTo("RENEW" + got);
    renewed(network, 2);

    loseUnicasts(name, network, 2);
    client.await("DHCPREQUEST for 10." + network + ".0.12 on " + nic(network, 2) + " to 255.");
    // To its script it says REBIND only if the server is another one.
    assertThat(client.await("RENEW")).isEqualTo("RENEW" + got);
    rebound(network, 2);

    deliverUnicasts(name, network, 2);
    NET.start(name, (command + " -r " + nic(network, 2)).split(" ")).await("RELEASE");
    released(network, 2);
    return null;
  }

  private static final String DHCPCD_SCRIPT =
      """
      #!/bin/sh
      echo "$reason NEW routes=$new_classless_static_routes"
      """
          .replace("NEW", NEW);

  private static final String DHCPCD_CONF =
      """
      option subnet_mask, broadcast_address, routers, domain_name, domain_name_servers
      option domain_search, host_name, ntp_servers, log_servers, tftp_server_name, bootfile_name
      option classless_static_routes, dhcp_renewal_time, dhcp_rebinding_time
      noarp
      noipv4ll
      """;

  private static Void dhcpcd(String side, String network) throws Exception {
    String name = side + 3;
    Namespaces.Program client =
        NET.start(
            name,
            "dhcpcd",
            "-4",
            "-B",
            "-d",
            "-f",
            folder.resolve("dhcpcd.conf").toString(),
            "-c",
            folder.resolve("dhcpcd.sh").toString(),
            nic(network, 3));
    String own = "10." + network + ".0.";
    String got =
        options(network, 3, 20, "lab.example example")
            + " routes=10.99.0.0/16 "
            + own
            + "2 0.0.0.0/0 "
            + own
            + "1";
    assertThat(client.await("BOUND")).isEqualTo("BOUND" + got);
    leased(network, 3);

    loseUnicasts(name, network, 3);
    assertThat(client.await("REBIND")).isEqualTo("REBIND" + got);
    rebound(network, 3);

    deliverUnicasts(name, network, 3);
    client.signal("USR1");
    assertThat(client.await("RENEW")).isEqualTo("RENEW" + got);
    renewed(network, 3);

    client.signal("ALRM");
    client.await("STOPPED");
    released(network, 3);
    return null;
  }

  /** The way to the server now leads to nobody. */
  private static void loseUnicasts(String name, String network, int number) throws Exception {
    NET.in(
        name,
        "ip neighbour replace 10."
            + network
            + ".0.1 lladdr "
            + LOST
            + " nud permanent dev "
            + nic(network, number));
  }

  private static void deliverUnicasts(String name, String network, int number) throws Exception {
    NET.in(name, "ip neighbour del 10." + network + ".0.1 dev " + nic(network, number));
  }

  private static void leased(String network, int number) throws Exception {
    String from =
        network.equals("81")
            ? "giaddr=0.0.0.0 on near at 255.255.255.255: "
            : "giaddr=10.82.0.1 on uplink at 10.83.0.1: ";
    String to = network.equals("81") ? " to /255.255.255.255:68" : " to /10.82.0.1:67";
    saw(network, number, "DISCOVER ciaddr=0.0.0.0 " + from + "OFFER" + to);
    saw(network, number, "REQUEST ciaddr=0.0.0.0 " + from + "ACK" + to);
  }

  /**
   * The request came straight to the server's address, and was answered straight from there, even
   * if that address is not one of the interface it came in on.
   */
  private static void renewed(String network, int number) throws Exception {
    String own = "10." + network + ".0.1" + number;
    String on = network.equals("81") ? "near" : "uplink";
    saw(
        network,
        number,
        "REQUEST ciaddr=" + own + " giaddr=0.0.0.0 on " + on + " at 10.81.0.1: ACK to /" + own);
  }

  /** The request was a broadcast, on the server's own network or to the relay. */
  private static void rebound(String network, int number) throws Exception {
    String own = "10." + network + ".0.1" + number;
    String how =
        network.equals("81")
            ? " giaddr=0.0.0.0 on near at 255.255.255.255: ACK to /" + own
            : " giaddr=10.82.0.1 on uplink at 10.83.0.1: ACK to /10.82.0.1:67";
    saw(network, number, "REQUEST ciaddr=" + own + how);
  }

  private static void released(String network, int number) throws Exception {
    String own = "10." + network + ".0.1" + number;
    saw(network, number, "RELEASE ciaddr=" + own + " .*: released: address " + own);
  }

  private static void saw(String network, int number, String event) throws Exception {
    server.find("^02:00:00:00:" + network + ":1" + number + " " + event);
  }
}
