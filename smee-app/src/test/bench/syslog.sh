#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures how many syslog messages a second Smee writes to a file without losing one, beside
# rsyslog and syslog-ng, with loggen sending over UDP from the same machine.
#
#   smee-app/src/test/bench/syslog.sh [--seconds N] [--size BYTES] [--rates "R ..."] [--smee FILE] [SERVER ...]
#
# Servers: smee rsyslog syslog-ng; all by default. Needs rsyslogd, syslog-ng and loggen on the PATH
# (./dev test makes rsyslogd and loggen ready in ~/.cache/smee/tools) and a built Smee (./dev build).
# For each server the rates are tried from below; the last one at which every message sent is a
# line of the file, in two runs of two, is its result. Then one run far above it shows that the
# lines written and those that the server says it dropped are together what was sent.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
smee=$here/../../../target/smee/bin/smee
seconds=5
size=256
rates="10000 20000 35000 50000 75000 100000 150000 200000 250000 300000 350000 400000 450000 500000 600000 700000 800000"
servers=()
while (($# > 0)); do
  case $1 in
    --seconds) seconds=$2; shift ;;
    --size) size=$2; shift ;;
    --smee) smee=$2; shift ;;
    --rates) rates=$2; shift ;;
    smee | rsyslog | syslog-ng) servers+=("$1") ;;
    *) echo "unknown argument: $1" >&2; exit 2 ;;
  esac
  shift
done
((${#servers[@]} > 0)) || servers=(smee rsyslog syslog-ng)
for tool in loggen curl; do command -v "$tool" >/dev/null || { echo "$tool is missing" >&2; exit 2; }; done

scratch=$(mktemp -d)
pid=''
stop() {
  if [[ -n $pid ]]; then
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    pid=''
  fi
}
trap 'stop; rm -rf "$scratch"' EXIT
readonly port=5514 http=5580
log=$scratch/messages

start() {
  : >"$log"
  case $1 in
    smee)
      "$smee" -dhcp-enabled=false -tftp-enabled=false -http-ipxe-binary-enabled=false \
        -http-ipxe-script-enabled=false -http-addr=127.0.0.1 -http-port=$http \
        -syslog-addr=127.0.0.1 -syslog-port=$port -log-format=json >>"$log" 2>"$scratch/smee.err" &
      ;;
    rsyslog)
      cat >"$scratch/rsyslog.conf" <<CONF
global(workDirectory="$scratch")
module(load="imudp")
input(type="imudp" address="127.0.0.1" port="$port" rcvbufSize="4m")
*.* action(type="omfile" file="$log")
CONF
      rsyslogd -n -i "$scratch/rsyslog.pid" -f "$scratch/rsyslog.conf" 2>"$scratch/rsyslog.err" &
      ;;
    syslog-ng)
      cat >"$scratch/syslog-ng.conf" <<CONF
@version: 3.35
options { stats-freq(0); };
source in { network(ip("127.0.0.1") port($port) transport("udp") so-rcvbuf(4194304)); };
destination out { file("$log"); };
log { source(in); destination(out); };
CONF
      syslog-ng -F --no-caps -f "$scratch/syslog-ng.conf" -R "$scratch/syslog-ng.persist" \
        -p "$scratch/syslog-ng.pid" -c "$scratch/syslog-ng.ctl" 2>"$scratch/syslog-ng.err" &
      ;;
  esac
  pid=$!
  local key
  key=$(printf '0100007F:%04X' $port)
  for _ in {1..200}; do
    if grep -q " $key " /proc/net/udp; then return; fi
    kill -0 "$pid" 2>/dev/null || { cat "$scratch"/*.err >&2; echo "$1 did not start" >&2; exit 1; }
    sleep 0.1
  done
  echo "$1 does not listen" >&2
  exit 1
}

kernel_drops() { awk -v key="$(printf '0100007F:%04X' $port)" '$2 == key { print $NF }' /proc/net/udp; }

# loggen numbers its messages and says in the end how many it sent.
send() { loggen --inet --dgram --quiet --size "$size" --rate "$1" --interval "$2" 127.0.0.1 $port 2>&1 | sed -n 's/.*count=\([0-9]*\).*/\1/p'; }

lines() { grep -c 'seq: ' "$log" || true; }

# Waits until the file does not grow any more.
settle() {
  local before=-1 now
  now=$(stat -c %s "$log")
  while ((now != before)); do
    before=$now
    sleep 0.5
    now=$(stat -c %s "$log")
  done
}

# Prints "sent written" of a run at rate $1.
run() {
  local before sent
  : >"$log"
  before=0
  sent=$(send "$1" "$seconds")
  settle
  echo "$sent $(($(lines) - before))"
}

for server in "${servers[@]}"; do
  start "$server"
  # Warms up: Java compiles what it runs often.
  for rate in 20000 50000 100000 200000; do run "$rate" >/dev/null; done
  best=none
  for rate in $rates; do
    ok=yes
    for _ in 1 2; do
      read -r sent written < <(run "$rate")
      printf '%-10s rate %7d: %8d sent, %8d written, %7d messages/s\n' \
        "$server" "$rate" "$sent" "$written" $((sent / seconds))
      if ((sent != written)); then ok=no; break; fi
    done
    if [[ $ok == no ]]; then break; fi
    best=$((sent / seconds))
    # loggen itself is at its end
    if ((best < rate * 9 / 10)); then break; fi
  done
  echo "== $server: $best messages/s without a loss"
  if [[ $server == smee ]]; then
    dropped() { curl -s "http://127.0.0.1:$http/metrics" | awk '/^syslog_messages_total\{result="dropped"\}/ { printf "%d", $2 }'; }
    before=$(dropped)
    read -r sent written < <(run 2000000)
    sleep 1.5
    echo "== smee, flooded: $sent sent, $written written, $(($(dropped) - before)) dropped by its own count, $(kernel_drops) by the kernel in all"
  fi
  stop
done
