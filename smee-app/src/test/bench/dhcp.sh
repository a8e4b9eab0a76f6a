#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures how many DHCP exchanges (DISCOVER, OFFER, REQUEST, ACK) a second Smee answers, beside
# dnsmasq, ISC dhcpd and Kea: reservations only, through a relay agent (dhcpload.c, compiled here).
# Server and relay are in two network namespaces of this script's, on a processor each; one server
# runs at a time. Prints a Markdown table. As root:
#
#   smee-app/src/test/bench/dhcp.sh [--hosts "1000 10000"] [--outstanding N] [--warmup SECONDS]
#       [--seconds SECONDS] [--rounds N] [--smee FILE] [SERVER ...]
#
# Servers: smee smee-quiet dnsmasq dhcpd kea; those that are there by default. smee writes its log,
# a line for each request and each reply, to /dev/null, smee-quiet only warnings. Needs a C compiler and
# a built Smee (./dev build). DNSMASQ, DHCPD and KEA can name the programs.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
smee=$here/../../../target/smee/bin/smee
hosts=1000 outstanding=64 warmup=5 seconds=4 rounds=2
dnsmasq=${DNSMASQ:-dnsmasq} dhcpd=${DHCPD:-dhcpd} kea=${KEA:-kea-dhcp4}
servers=()
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
while (($# > 0)); do
  case $1 in
    --hosts) hosts=$2; shift ;;
    --outstanding) outstanding=$2; shift ;;
    --warmup) warmup=$2; shift ;;
    --seconds) seconds=$2; shift ;;
    --rounds) rounds=$2; shift ;;
    --smee) smee=$2; shift ;;
    smee | smee-quiet | dnsmasq | dhcpd | kea) servers+=("$1") ;;
    *) sed -n '3,14s/^# \?//p' "$0" >&2; exit 2 ;;
  esac
  shift
done
if ((${#servers[@]} == 0)); then
  servers=(smee smee-quiet)
  for name in dnsmasq dhcpd kea; do
    if command -v "${!name}" >/dev/null; then servers+=("$name"); fi
  done
fi
for command in cc ip taskset; do
  command -v "$command" >/dev/null || { echo "$command is missing" >&2; exit 2; }
done

scratch=$(mktemp -d)
chmod 755 "$scratch"
readonly here_ns=smee-bench-$$-relay there_ns=smee-bench-$$-server
pid=''
stop() {
  if [[ -n $pid ]]; then
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    pid=''
  fi
}
finish() {
  stop
  ip netns del $here_ns 2>/dev/null || true
  ip netns del $there_ns 2>/dev/null || true
  rm -rf "$scratch"
}
trap finish EXIT

cc -O2 -o "$scratch/dhcpload" "$here/dhcpload.c"
ip netns add $here_ns
ip netns add $there_ns
ip link add eth0 netns $there_ns type veth peer name eth0 netns $here_ns
for end in "$there_ns 1" "$here_ns 2"; do
  read -r ns last <<<"$end"
  ip -n "$ns" address add "10.0.0.$last/8" dev eth0
  ip -n "$ns" link set lo up
  ip -n "$ns" link set eth0 up
done

# Prints number, MAC address and IP address of each machine.
machines() {
  awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++)
    printf "%d 02:00:%02x:%02x:%02x:%02x 10.%d.%d.%d\n", i, int(i / 16777216), int(i / 65536) % 256,
      int(i / 256) % 256, i % 256, 128 + int(i / 65536), int(i / 256) % 256, i % 256 }'
}

configure() { # server, number of machines
  case $1 in
    smee*)
      machines "$2" | awk '{ printf "%s:\n  ipAddress: %s\n  subnetMask: 255.0.0.0\n" \
        "  defaultGateway: 10.0.0.1\n  nameServers: [10.0.0.1]\n  hostname: h%d\n  leaseTime: 86400\n" \
        "  netboot: {allowPxe: true}\n", $2, $3, $1 }' | sed -E 's/^([0-9a-f:]{17}):$/"\1":/' \
        >"$scratch/hardware.yaml"
      ;;
    dnsmasq) machines "$2" | awk '{ printf "%s,%s,h%d\n", $2, $3, $1 }' >"$scratch/dnsmasq.hosts" ;;
    dhcpd)
      {
        echo 'authoritative; default-lease-time 86400; filename "ipxe.efi"; next-server 10.0.0.1;'
        echo 'option domain-name-servers 10.0.0.1; use-host-decl-names on;'
        echo 'subnet 10.0.0.0 netmask 255.0.0.0 { option routers 10.0.0.1; }'
        machines "$2" | awk '{ printf "host h%d { hardware ethernet %s; fixed-address %s; }\n", $1, $2, $3 }'
      } >"$scratch/dhcpd.conf"
      : >"$scratch/dhcpd.leases"
      ;;
    kea)
      {
        echo '{"Dhcp4": {"interfaces-config": {"interfaces": ["eth0"]},'
        echo '"lease-database": {"type": "memfile", "persist": false}, "valid-lifetime": 86400,'
        echo '"boot-file-name": "ipxe.efi", "next-server": "10.0.0.1",'
        echo '"host-reservation-identifiers": ["hw-address"],'
        echo '"option-data": [{"name": "routers", "data": "10.0.0.1"},'
        echo '{"name": "domain-name-servers", "data": "10.0.0.1"}],'
        echo '"loggers": [{"name": "kea-dhcp4", "severity": "WARN"}],'
        echo '"subnet4": [{"subnet": "10.0.0.0/8", "reservations": ['
        machines "$2" | awk '{ printf "%s{\"hw-address\": \"%s\", \"ip-address\": \"%s\", \"hostname\": \"h%d\"}\n",
          NR == 1 ? "" : ",", $2, $3, $1 }'
        echo ']}]}}'
      } >"$scratch/kea.json"
      ;;
  esac
}

start() {
  local command level=info
  case $1 in
    smee*)
      if [[ $1 == smee-quiet ]]; then level=warn; fi
      command=("$smee" -public-ipv4=10.0.0.1 -backend-file-enabled
        "-backend-file-path=$scratch/hardware.yaml" -tftp-enabled=false -syslog-enabled=false
        -http-ipxe-script-enabled=false -http-addr=127.0.0.1 -http-port=18080 "-log-level=$level")
      ;;
    dnsmasq)
      command=("$dnsmasq" --keep-in-foreground --conf-file=/dev/null --port=0 --user=root --pid-file=
        --dhcp-range=10.0.0.0,static,255.0.0.0,24h --dhcp-lease-max=1000000 --dhcp-boot=ipxe.efi
        --dhcp-hostsfile="$scratch/dnsmasq.hosts"
        --interface=eth0 --quiet-dhcp --leasefile-ro --log-facility="$scratch/dnsmasq.log")
      ;;
    dhcpd)
      command=("$dhcpd" -4 -f -q -cf "$scratch/dhcpd.conf" -lf "$scratch/dhcpd.leases" --no-pid eth0)
      ;;
    kea)
      command=(env KEA_LOCKFILE_DIR=none KEA_PIDFILE_DIR="$scratch" "$kea" -c "$scratch/kea.json")
      ;;
  esac
  ip netns exec $there_ns taskset -c 0 "${command[@]}" >/dev/null 2>"$scratch/server.err" &
  pid=$!
}

# Waits for the first answers; as long as a file of that many machines takes to be read.
answers() {
  for _ in {1..60}; do
    if load 1 1 0 0.5 >/dev/null 2>&1; then return; fi
    kill -0 "$pid" 2>/dev/null || break
  done
  { echo "no answer from $1"; tail -n 5 "$scratch/server.err"; } >&2
  exit 1
}

load() { ip netns exec $here_ns taskset -c 1 "$scratch/dhcpload" 10.0.0.1 10.0.0.2 "$@"; }

echo '| machines | server | exchanges/s | median µs | p99 µs | repeats | wrong |'
echo '|---|---|---|---|---|---|---|'
for n in $hosts; do
  for ((round = 1; round <= rounds; round++)); do
    for server in "${servers[@]}"; do
      configure "$server" "$n"
      start "$server"
      answers "$server"
      read -r rate median p99 repeats wrong < <(load "$n" "$outstanding" "$warmup" "$seconds")
      echo "| $n | $server | $rate | $median | $p99 | $repeats | $wrong |"
      stop
    done
  done
done
