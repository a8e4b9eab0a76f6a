// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Osie;

/**
 * Decides which script a machine gets, and writes it: a function of the record and the settings.
 *
 * <p>Values go into scripts as they are, {@code ${…}} included, since operators use it; but none
 * gets out of its line: one that would is {@link ScriptReason#INVALID_VALUE}.
 */
public final class IpxeScripts {
  private static final ScriptTemplate HOOK = ScriptTemplate.load("hook.ipxe");
  private static final ScriptTemplate STATIC = ScriptTemplate.load("static.ipxe");
  private static final ScriptTemplate STAGES = ScriptTemplate.load("stages.ipxe");
  private static final ScriptTemplate SYSLOG = ScriptTemplate.load("syslog.ipxe");
  private static final ScriptTemplate CUSTOM_URL = ScriptTemplate.load("custom-url.ipxe");
  private static final ScriptTemplate CUSTOM_TEXT = ScriptTemplate.load("custom-text.ipxe");
  private static final ScriptTemplate REFUSED = ScriptTemplate.load("refused.ipxe");

  private final IpxeScriptSettings settings;

  private IpxeScripts(IpxeScriptSettings settings) {
    this.settings = Objects.requireNonNull(settings, "settings");
  }

  /**
   * Makes scripts with these settings.
   *
   * @param settings what all machines share
   * @return the scripts
   */
  public static IpxeScripts of(IpxeScriptSettings settings) {
    return new IpxeScripts(settings);
  }

  /**
   * Decides for a machine that asked by its IP address, without a trace.
   *
   * @param lookup what the backend said
   * @return the decision
   */
  public ScriptDecision decide(LookupResult lookup) {
    return decide(lookup, Optional.empty(), "");
  }

  /**
   * Decides for a machine that asked by its MAC address.
   *
   * @param lookup what the backend said
   * @param macAddress by which the machine asked
   * @param traceId of a sampled trace, to be shown on the machine's screen; empty for none
   * @return the decision
   */
  public ScriptDecision decide(LookupResult lookup, MacAddress macAddress, String traceId) {
    return decide(lookup, Optional.of(macAddress), traceId);
  }

  ScriptDecision decide(LookupResult lookup, Optional<MacAddress> asked, String traceId) {
    if (lookup instanceof LookupResult.Found found) {
      HardwareRecord hardware = found.hardware();
      Optional<MacAddress> mac = Optional.of(hardware.macAddress());
      if (hardware.netboot().isEmpty()) {
        return withoutRecord(mac, ScriptReason.NO_NETBOOT_DATA, "");
      }
      return forHardware(hardware, hardware.netboot().get(), traceId);
    }
    if (lookup instanceof LookupResult.Ambiguous ambiguous) {
      return withoutRecord(asked, ScriptReason.AMBIGUOUS_HARDWARE, ambiguous.detail());
    }
    if (lookup instanceof LookupResult.Unusable unusable) {
      return withoutRecord(asked, ScriptReason.UNUSABLE_RECORD, unusable.reason());
    }
    if (lookup instanceof LookupResult.Failed failed) {
      // Not the static script: a machine on record must not boot general settings in an outage.
      return new ScriptDecision.Refused(asked, ScriptReason.BACKEND_FAILED, failed.reason());
    }
    return withoutRecord(asked, ScriptReason.UNKNOWN_HARDWARE, "");
  }

  private ScriptDecision withoutRecord(
      Optional<MacAddress> mac, ScriptReason reason, String detail) {
    if (!settings.staticScripts()) {
      return new ScriptDecision.Refused(mac, reason, detail);
    }
    try {
      return new ScriptDecision.Served(ScriptKind.STATIC, mac, reason, detail, renderStatic());
    } catch (ScriptValueException e) {
      return new ScriptDecision.Refused(mac, ScriptReason.INVALID_VALUE, e.reason());
    }
  }

  private ScriptDecision forHardware(HardwareRecord hardware, Netboot netboot, String traceId) {
    Optional<MacAddress> mac = Optional.of(hardware.macAddress());
    if (!netboot.allowed()) {
      return new ScriptDecision.Refused(mac, ScriptReason.NETBOOT_NOT_ALLOWED, "");
    }
    String name = hardware.macAddress().toString();
    try {
      if (netboot.ipxeScriptUrl().isPresent()) {
        URI url = netboot.ipxeScriptUrl().get();
        if (!isHttp(url)) {
          return new ScriptDecision.Refused(
              mac, ScriptReason.INVALID_SCRIPT_URL, url + " (expected: http or https)");
        }
        String text = CUSTOM_URL.values().line("mac", name).line("url", url.toString()).render();
        return served(ScriptKind.CUSTOM_URL, mac, text);
      }
      if (netboot.ipxeScript().isPresent()) {
        String script = netboot.ipxeScript().get();
        String text = CUSTOM_TEXT.values().line("mac", name).block("script", script).render();
        return served(ScriptKind.CUSTOM_TEXT, mac, text);
      }
      return served(ScriptKind.HOOK, mac, renderHook(hardware, netboot, traceId));
    } catch (ScriptValueException e) {
      return new ScriptDecision.Refused(mac, ScriptReason.INVALID_VALUE, e.reason());
    }
  }

  private static ScriptDecision served(ScriptKind kind, Optional<MacAddress> mac, String script) {
    return new ScriptDecision.Served(kind, mac, ScriptReason.KNOWN_HARDWARE, "", script);
  }

  private static boolean isHttp(URI url) {
    String scheme = url.getScheme();
    return (scheme != null && (scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https")))
        && url.getRawAuthority() != null;
  }

  private String renderHook(HardwareRecord hardware, Netboot netboot, String traceId)
      throws ScriptValueException {
    Osie osie = netboot.osie();
    String mac = hardware.macAddress().toString();
    String initrd = osie.initrd().filter(text -> !text.isEmpty()).orElse(initrdName());
    List<String> arguments = new ArrayList<>();
    hardware.reservation().vlanId().ifPresent(vlan -> arguments.add("vlan_id=" + vlan));
    arguments.add("facility=" + netboot.facility().orElse(""));
    arguments.add("syslog_host=" + settings.syslogHost());
    arguments.add("grpc_authority=" + settings.tinkServer());
    arguments.add("tinkerbell_tls=" + settings.tinkServerTls());
    arguments.add("tinkerbell_insecure_tls=" + settings.tinkServerInsecureTls());
    arguments.add("worker_id=" + hardware.agentId().filter(id -> !id.isEmpty()).orElse(mac));
    arguments.add("hw_addr=" + mac);
    arguments.add("modules=loop,squashfs,sd-mod,usb-storage");
    arguments.add("intel_iommu=on");
    arguments.add("iommu=pt");
    arguments.add("initrd=" + imageName(initrd));
    arguments.add("console=tty0");
    arguments.add("console=ttyS1,115200");
    // The last value of a repeated key counts, so what operators add has to come last.
    arguments.addAll(settings.extraKernelArgs());
    osie.kernelParams().stream().filter(text -> !text.isEmpty()).forEach(arguments::add);
    return HOOK.values()
        .block("syslog", syslog())
        .line("mac", mac)
        .line("trace", traceId.isEmpty() ? "" : "echo Debug TraceID: " + traceId)
        .line("arch", hardware.reservation().arch().orElse("x86_64"))
        .line(
            "download-url",
            osie.baseUrl()
                .map(URI::toString)
                .filter(text -> !text.isEmpty())
                .orElse(settings.osieUrl()))
        .line("kernel", osie.kernel().filter(text -> !text.isEmpty()).orElse(kernelName()))
        .line("initrd", initrd)
        .line("retries", Integer.toString(settings.retries()))
        .line("retry-delay", Long.toString(settings.retryDelay().toSeconds()))
        .block("stages", stages(arguments))
        .render();
  }

  private String renderStatic() throws ScriptValueException {
    List<String> arguments = new ArrayList<>();
    arguments.add("syslog_host=${syslog_host}");
    arguments.add("grpc_authority=${grpc_authority}");
    arguments.add("tinkerbell_tls=${tinkerbell_tls}");
    arguments.add("tinkerbell_insecure_tls=" + settings.tinkServerInsecureTls());
    arguments.add("worker_id=${worker_id}");
    arguments.add("hw_addr=${mac}");
    arguments.add("console=tty1");
    arguments.add("console=tty2");
    arguments.add("console=ttyAMA0,115200");
    arguments.add("console=ttyAMA1,115200");
    arguments.add("console=ttyS0,115200");
    arguments.add("console=ttyS1,115200");
    arguments.add("intel_iommu=on");
    arguments.add("iommu=pt");
    arguments.add("initrd=" + imageName(initrdName()));
    arguments.addAll(settings.extraKernelArgs());
    return STATIC
        .values()
        .block("syslog", syslog())
        .line("kernel", kernelName())
        .line("initrd", initrdName())
        .line("download-url", settings.osieUrl())
        .line("retries", Integer.toString(settings.retries()))
        .line("retry-delay", Long.toString(settings.retryDelay().toSeconds()))
        .line("tink-server", settings.tinkServer())
        .line("syslog-host", settings.syslogHost())
        .line("tink-server-tls", Boolean.toString(settings.tinkServerTls()))
        .block("stages", stages(arguments))
        .render();
  }

  private static String stages(List<String> arguments) throws ScriptValueException {
    String text =
        STAGES.values().block("kernel-args", ScriptTemplate.continued(arguments)).render();
    return text.stripTrailing();
  }

  private String syslog() throws ScriptValueException {
    return settings.syslogHost().isEmpty()
        ? ""
        : SYSLOG.values().line("syslog-host", settings.syslogHost()).render().stripTrailing();
  }

  private String kernelName() {
    return (settings.kernelName().isEmpty() ? "vmlinuz" : settings.kernelName()) + "-${arch}";
  }

  private String initrdName() {
    return (settings.initrdName().isEmpty() ? "initramfs" : settings.initrdName()) + "-${arch}";
  }

  /**
   * Returns the name iPXE gives a downloaded image, by which the kernel's UEFI stub looks for it:
   * the last segment of the URL's path.
   */
  private static String imageName(String initrd) {
    int query = initrd.indexOf('?');
    String path = query < 0 ? initrd : initrd.substring(0, query);
    String name = path.substring(path.lastIndexOf('/') + 1);
    return name.equals(initrd) ? "${initrd}" : name;
  }

  /** Returns a script that says why there is none, and ends. */
  static String refusal(ScriptReason reason) {
    return REFUSED.values().block("why", reason.text()).render();
  }
}
