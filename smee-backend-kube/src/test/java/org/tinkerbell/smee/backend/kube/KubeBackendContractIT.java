// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.testkit.BackendContract;

class KubeBackendContractIT extends BackendContract {
  private final List<Cluster> clusters = new ArrayList<>();

  private Cluster cluster(List<Map<String, Object>> objects) throws Exception {
    Cluster cluster = new Cluster();
    clusters.add(cluster);
    objects.forEach(cluster.server::apply);
    return cluster;
  }

  @AfterEach
  void stopServers() {
    clusters.forEach(Cluster::close);
  }

  @Override
  protected Backend backendWith(List<HardwareRecord> records) throws Exception {
    List<Map<String, Object>> objects = new ArrayList<>();
    for (HardwareRecord hardware : records) {
      objects.add(HardwareObject.of("machine-" + objects.size(), hardware));
    }
    return cluster(objects).synced().backend;
  }

  /** The objects have no place for a console. */
  @Override
  protected Optional<HardwareRecord> expected(HardwareRecord hardware) {
    return Optional.of(
        new HardwareRecord(
            hardware.reservation(),
            hardware.netboot().map(KubeBackendContractIT::withoutConsole),
            hardware.agentId(),
            hardware.isoSource()));
  }

  private static Netboot withoutConsole(Netboot netboot) {
    Netboot.Builder to = Netboot.builder().allowed(netboot.allowed()).osie(netboot.osie());
    netboot.ipxeScriptUrl().ifPresent(to::ipxeScriptUrl);
    netboot.ipxeScript().ifPresent(to::ipxeScript);
    netboot.ipxeBinary().ifPresent(to::ipxeBinary);
    netboot.facility().ifPresent(to::facility);
    netboot.pxelinuxConfig().ifPresent(to::pxelinuxConfig);
    netboot.raspberryPi().ifPresent(to::raspberryPi);
    return to.build();
  }

  @Override
  protected Optional<Backend> backendWithBroken(HardwareRecord sound, HardwareRecord broken)
      throws Exception {
    Map<String, Object> spoilt = HardwareObject.of("broken", broken);
    Samples.set(firstInterface(spoilt), "dhcp.ip.netmask", "none");
    return Optional.of(
        cluster(List.of(spoilt, HardwareObject.of("sound", sound))).synced().backend);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> firstInterface(Map<String, Object> object) {
    Map<String, Object> spec = (Map<String, Object>) object.get("spec");
    return ((List<Map<String, Object>>) spec.get("interfaces")).get(0);
  }

  @Override
  protected Optional<Backend> backendBeforeItsFirstLoad() throws Exception {
    Cluster cluster = cluster(List.of());
    cluster.server.stop();
    return Optional.of(cluster.started().backend);
  }

  @Override
  protected boolean loseSource(Backend backend) throws Exception {
    Cluster cluster = clusters.get(clusters.size() - 1);
    cluster.server.stop();
    cluster.recorder.awaitFailed();
    return true;
  }
}
