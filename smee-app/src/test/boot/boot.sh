#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Boots a virtual machine with empty disks from smee, from firmware to a Linux kernel.
#
#   boot.sh --firmware bios|uefi|uefi-http --smee DIR --out DIR [--mode MODE] [--port-4011]
#           [--timeout SECONDS] [--console] [--beside COMMAND] [-- SMEE-FLAG...]
#
#   --firmware   bios, uefi (PXE), or uefi-http: UEFI HTTP Boot, for which OVMF must be able to leave
#                out PXE (2022.11 is)
#   --smee DIR   the distribution: DIR/bin/smee is started
#   --out DIR    receives serial.log (the guest's console as it is), console.log (the same as lines
#                with seconds), smee.log (what smee printed), osie.log (the downloads of kernel
#                and initramfs), dnsmasq.log (proxy modes), qemu.log and summary.txt
#   --mode       smee's DHCP mode: reservation, the default; proxy or auto-proxy, where dnsmasq on
#                the same link gives the addresses and nothing to boot
#   --port-4011  proxy modes: dnsmasq shares smee's host and so has port 67; its offers are marked
#                PXEClient, which makes the guest ask this host again at port 4011, where smee is
#   --timeout    seconds for the whole boot, default 110
#   --beside     a shell command that runs in the network beside smee, such as a collector of traces;
#                it is told to end (SIGTERM) when smee has ended
#   --console    show the guest's console without the kernel's own messages, each line with the
#                seconds since power-on, and the summary
#
# Exit code: 0 the guest's kernel started, got its address and said so; 1 it did not; 2 bad usage
# or something is missing on this machine.
#
# Everything runs in network, mount and process namespaces of its own, which end with this
# script, however it ends: no process, interface or name is left. Nothing leaves the machine.
# The network inside: smee has 192.168.77.1; the guest 52:54:00:77:00:01 has the reservation
# 192.168.77.10, host name machine-1. A second web server, 192.168.77.1:8081, has the kernel.
# In the proxy modes dnsmasq (192.168.77.2, or .1 with --port-4011) gives the guest 192.168.77.20,
# host name leased-1; in auto-proxy smee has no record of the guest.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly server=192.168.77.1 mac=52:54:00:77:00:01
readonly other_server=192.168.77.2 leased=192.168.77.20

fail() { # EXIT-CODE MESSAGE
  echo "boot.sh: $2" >&2
  exit "$1"
}

# --- outside the namespaces -------------------------------------------------------------------

firmware='' smee='' out='' mode=reservation port_4011=no timeout=110 console=no beside='' flags=()
while (($# > 0)); do
  case $1 in
    --firmware | --smee | --out | --mode | --timeout | --beside)
      (($# > 1)) || fail 2 "$1 needs a value"
      declare "${1#--}=$2"
      shift 2
      ;;
    --port-4011)
      port_4011=yes
      shift
      ;;
    --console)
      console=yes
      shift
      ;;
    --)
      shift
      flags=("$@")
      break
      ;;
    *) fail 2 "unknown argument: $1" ;;
  esac
done
[[ $firmware == bios || $firmware == uefi || $firmware == uefi-http ]] ||
  fail 2 "--firmware is bios, uefi or uefi-http"
[[ $mode == reservation || $mode == proxy || $mode == auto-proxy ]] ||
  fail 2 "--mode is reservation, proxy or auto-proxy"
[[ $port_4011 == no || $mode != reservation ]] || fail 2 "--port-4011 is for the proxy modes"
[[ $timeout =~ ^[1-9][0-9]*$ ]] || fail 2 "--timeout is a number of seconds"
[[ -x $smee/bin/smee ]] || fail 2 "no program $smee/bin/smee (build first: ./dev build)"
[[ -n $out ]] || fail 2 "--out is missing"
tools=(qemu-system-x86_64 ip unshare setpriv cpio)
if [[ $mode != reservation ]]; then tools+=(dnsmasq); fi
for tool in "${tools[@]}"; do
  command -v "$tool" >/dev/null || PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null ||
    fail 2 "$tool is not installed (./dev test installs what the boot tests need)"
done
smee=$(cd "$smee" && pwd)
mkdir -p "$out"
out=$(cd "$out" && pwd)

if [[ -z ${boot_inside:-} ]]; then
  rm -f "$out"/{serial,console,smee,osie,dnsmasq,qemu,beside}.log "$out/summary.txt"
  work=$out/work
  rm -rf "$work"
  unshare_pid=''
  # The first process of the namespaces takes every other one with it.
  # shellcheck disable=SC2317 # called by the trap
  finish() {
    if [[ -n $unshare_pid ]]; then
      kill -KILL "$unshare_pid" 2>/dev/null || true
      wait "$unshare_pid" 2>/dev/null || true
    fi
    rm -rf "$work"
  }
  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  "$here/guest.sh" "$work/www" || exit 2
  user=()
  if ((EUID != 0)); then user=(--user --map-root-user); fi
  unshare "${user[@]}" --net true 2>/dev/null ||
    fail 2 "cannot make a network namespace (run as root)"
  args=(--firmware "$firmware" --smee "$smee" --out "$out" --mode "$mode" --timeout "$timeout")
  if [[ $port_4011 == yes ]]; then args+=(--port-4011); fi
  if [[ $console == yes ]]; then args+=(--console); fi
  if [[ -n $beside ]]; then args+=(--beside "$beside"); fi
  boot_inside=yes setpriv --pdeathsig KILL \
    unshare "${user[@]}" --net --mount --pid --fork --kill-child --mount-proc \
    "$0" "${args[@]}" -- "${flags[@]}" </dev/null &
  unshare_pid=$!
  status=0
  wait "$unshare_pid" || status=$?
  unshare_pid=''
  exit "$status"
fi

# --- inside -----------------------------------------------------------------------------------

unset boot_inside
work=$out/work
PATH=$PATH:/usr/sbin:/sbin
busybox=${XDG_CACHE_HOME:-$HOME/.cache}/smee/guest/busybox
now() { printf '%s' "${EPOCHREALTIME/[.,]/}"; } # microseconds

# Prints each line with the seconds since power-on in front.
since_power_on() {
  local line start='' elapsed
  while IFS= read -r line; do
    [[ $line =~ [^[:space:]] ]] || continue
    if [[ -z $start ]]; then start=$(<"$work/power_on"); fi
    elapsed=$(($(now) - start))
    printf '%4d.%d s  %s\n' $((elapsed / 1000000)) $((elapsed / 100000 % 10)) "$line"
  done
}

# The guest's console for human eyes: lines instead of cursor movements.
readable() {
  sed -u -e 's/\r*$//; s/\x1b\[[0-9;]*H/\n/g; s/\x1b\[[0-9;=?]*[A-Za-z]//g; s/\x08//g; s/ *\r\r*/\n/g; s/ \{30,\}/\n/g; s/  *$//' |
    since_power_on |
    if [[ $console == yes ]]; then
      tee "$out/console.log" | grep --line-buffered -Ev '^ *[0-9.]+ s  \[ *[0-9]+\.[0-9]+\]'
    else
      cat >"$out/console.log"
    fi
}

listening() { # PROTOCOL PORT [PID]: in the network of this process, or of another one
  local net=/proc/${3:-$$}/net
  grep -Eqs "^ *[0-9]+: [0-9A-F]+:$(printf '%04X' "$2") " "$net/$1" "$net/${1}6"
}

ip link set lo up
ip tuntap add dev tap0 mode tap 2>"$out/qemu.log" ||
  fail 2 "cannot make a network interface (run as root): $(tail -n 1 "$out/qemu.log")"
ip link set tap0 up
lan=tap0 dhcp_port=67
if [[ $mode != reservation && $port_4011 == no ]]; then
  # Two servers cannot both have port 67 of one host: dnsmasq is a host of its own on the same link.
  lan=br0
  ip link add br0 type bridge
  ip link set tap0 master br0
  ip link set br0 up
fi
ip addr add "$server/24" dev "$lan"

dnsmasq_pid=''
if [[ $mode != reservation ]]; then
  # In debug mode dnsmasq stays in the foreground and keeps its user.
  dnsmasq=(dnsmasq --no-daemon --conf-file=/dev/null --leasefile-ro --no-ping --log-dhcp --port=0
    --bind-interfaces --dhcp-authoritative "--dhcp-range=$leased,static"
    "--dhcp-host=$mac,id:*,$leased,leased-1" "--dhcp-option=option:router,$server"
    "--dhcp-option=option:dns-server,$server")
  if [[ $port_4011 == yes ]]; then
    dhcp_port=6767
    "${dnsmasq[@]}" --interface="$lan" --dhcp-vendorclass=set:pxe,PXEClient \
      --dhcp-option-force=tag:pxe,60,PXEClient </dev/null >"$out/dnsmasq.log" 2>&1 &
    dnsmasq_pid=$!
  else
    # shellcheck disable=SC2016 # for the other shell
    unshare --net bash -c '
      until ip link show dhcp1 >/dev/null 2>&1; do sleep 0.05; done
      ip addr add "$1/24" dev dhcp1
      ip link set dhcp1 up
      shift
      exec "$@"
    ' dnsmasq "$other_server" "${dnsmasq[@]}" --interface=dhcp1 </dev/null >"$out/dnsmasq.log" 2>&1 &
    dnsmasq_pid=$!
    until [[ $(readlink "/proc/$dnsmasq_pid/ns/net") != "$(readlink /proc/$$/ns/net)" ]]; do
      kill -0 "$dnsmasq_pid" 2>/dev/null || fail 2 "no second network namespace: $(<"$out/dnsmasq.log")"
      sleep 0.05
    done
    ip link add dhcp0 type veth peer name dhcp1
    ip link set dhcp0 master br0 up
    ip link set dhcp1 netns "$dnsmasq_pid"
  fi
fi

# The guest. The kernel's console is the second serial port, as smee's script says (ttyS1).
# SeaBIOS knows only the first one, OVMF would write to both.
# Paused at first: the interface needs it to be up, and smee is to be ready before it
# powers on. TCG on purpose: firmware does not run everywhere where /dev/kvm can be opened.
mkfifo "$work/monitor.in" "$work/monitor.out"
nic=virtio-net-pci,netdev=lan,mac=$mac,bootindex=0
# shellcheck disable=SC2054 # the commas are QEMU's
qemu=(qemu-system-x86_64 -accel tcg -smp 1 -m 512 -nodefaults -no-user-config -no-reboot -nographic -S
  -chardev "pipe,id=monitor,path=${work//,/,,}/monitor" -mon chardev=monitor
  -chardev "stdio,id=console,mux=on,signal=off,logfile=${out//,/,,}/serial.log"
  -netdev tap,id=lan,ifname=tap0,script=no,downscript=no)
if [[ $firmware == bios ]]; then
  qemu+=(-machine pc -device "$nic" -serial chardev:console -serial chardev:console)
else
  for size in _4M ''; do
    code=/usr/share/OVMF/OVMF_CODE$size.fd vars=/usr/share/OVMF/OVMF_VARS$size.fd
    if [[ -f $code && -f $vars ]]; then break; fi
  done
  [[ -f $code && -f $vars ]] || fail 2 "no OVMF firmware in /usr/share/OVMF (./dev test installs it)"
  cp "$vars" "$work/vars.fd"
  # An empty ROM file: the firmware's own PXE client is to ask, not QEMU's iPXE. Newer OVMF has no
  # network without a source of random numbers.
  # shellcheck disable=SC2054
  qemu+=(-machine q35 -device "$nic,romfile=" -device virtio-rng-pci
    -device isa-serial,index=1,chardev=console
    -drive "if=pflash,unit=0,format=raw,readonly=on,file=$code"
    -drive "if=pflash,unit=1,format=raw,file=${work//,/,,}/vars.fd")
  if [[ $firmware == uefi-http ]]; then
    for version in 4 6; do
      # shellcheck disable=SC2054
      qemu+=(-fw_cfg "name=opt/org.tianocore/IPv${version}PXESupport,string=no")
    done
  fi
fi
"${qemu[@]}" </dev/null > >(readable) 2>"$out/qemu.log" &
qemu_pid=$!

backend=(-backend-file-enabled -backend-file-path "$work/hardware.yaml")
if [[ $mode == auto-proxy ]]; then backend=(-backend-noop-enabled); fi
cat >"$work/hardware.yaml" <<YAML
$mac:
  ipAddress: 192.168.77.10
  subnetMask: 255.255.255.0
  defaultGateway: $server
  broadcastAddress: 192.168.77.255
  nameServers: [$server]
  hostname: machine-1
  leaseTime: 3600
  arch: x86_64
  netboot:
    allowPxe: true
YAML

"$busybox" httpd -f -vv -p "$server:8081" -h "$work/www" 2> >(
  while IFS= read -r line; do printf '%s %s\n' "$(now)" "$line"; done >"$out/osie.log"
) &
beside_pid=''
if [[ -n $beside ]]; then
  bash -c "exec $beside" </dev/null >"$out/beside.log" 2>&1 &
  beside_pid=$!
fi
# With standard output not a terminal, smee writes one JSON object a line.
TZ=UTC "$smee/bin/smee" \
  "${backend[@]}" -dhcp-mode "$mode" \
  -dhcp-addr "0.0.0.0:$dhcp_port" -dhcp-iface "$lan" -dhcp-ip-for-packet "$server" \
  -dhcp-tftp-ip "$server" -dhcp-syslog-ip "$server" \
  -dhcp-http-ipxe-binary-host "$server" -dhcp-http-ipxe-script-host "$server" \
  -tftp-addr "$server" -http-addr "$server" -syslog-addr "$server" \
  -osie-url "http://$server:8081" -tink-server "$server:42113" \
  -extra-kernel-args "panic=1" "${flags[@]}" \
  >"$out/smee.log" 2>&1 &
smee_pid=$!

for ((tries = 0; ; tries++)); do
  if listening udp "$dhcp_port" && listening udp 69 && listening tcp 8080 && listening tcp 8081 &&
    { [[ -z $dnsmasq_pid ]] || listening udp 67 "$dnsmasq_pid"; }; then break; fi
  kill -0 "$smee_pid" 2>/dev/null || fail 1 "smee ended at once: $(tail -n 1 "$out/smee.log")"
  kill -0 "$qemu_pid" 2>/dev/null || fail 2 "QEMU did not start: $(tail -n 1 "$out/qemu.log")"
  [[ -z $dnsmasq_pid ]] || kill -0 "$dnsmasq_pid" 2>/dev/null ||
    fail 2 "dnsmasq ended at once: $(tail -n 1 "$out/dnsmasq.log")"
  ((tries < 300)) || fail 1 "smee does not listen on all its ports after 30 s, see $out/smee.log"
  sleep 0.1
done

# Power on, and wait until the guest has powered off.
now >"$work/power_on"
echo cont >"$work/monitor.in"
for ((tries = timeout * 5; tries > 0; tries--)); do
  kill -0 "$qemu_pid" 2>/dev/null || break
  sleep 0.2
done
kill -TERM "$smee_pid" 2>/dev/null || true
smee_status=0
wait "$smee_pid" || smee_status=$?
if [[ -n $beside_pid ]]; then
  kill -TERM "$beside_pid" 2>/dev/null || true
  wait "$beside_pid" || true
fi

{
  printf '%s boot, mode %s, seconds after power-on:\n  begin      end   step\n' "$firmware" "$mode"
  awk -v "power_on=$(<"$work/power_on")" -f "$here/summary.awk" "$out"/{smee,osie,console}.log | sort -n | cut -f 2
} >"$out/summary.txt"
if [[ $console == yes ]]; then cat "$out/summary.txt"; fi

((tries > 0)) || fail 1 "the guest did not power off within $timeout s; its last words: $(tail -n 1 "$out/console.log")"
tr -d '\r' <"$out/serial.log" | grep -q '^SMEE-BOOT-OK$' ||
  fail 1 "the guest ended without the marker; its last words: $(tail -n 1 "$out/console.log")"
((smee_status == 0)) || fail 1 "smee ended with exit code $smee_status on SIGTERM: $(tail -n 1 "$out/smee.log")"
