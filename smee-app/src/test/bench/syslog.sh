#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures how many syslog messages a second Smee writes to a file without losing one, beside
# rsyslog and syslog-ng, with loggen sending over UDP from the same machine.
#
#   smee-app/src/test/bench/syslog.sh [--seconds N] [--size BYTES] [--smee FILE] [SERVER ...]
#
# Servers: smee rsyslog syslog-ng; all by default. Needs rsyslogd, syslog-ng and loggen on the PATH or
# where `./dev test` unpacks them (~/.cache/smee/tools), and a built Smee (./dev build).
#
# Each server gets the same warm-up. Its rate is what loggen sends at most, or if that loses anything
# is found below it by bisection: up when every message sent is a line of the file, down when one is
# not. The result must hold for three runs of --seconds, or is lowered by a tenth until it does. Then
# Smee is stopped by SIGSTOP for a moment during a flood: the lines written and those that it says were
# dropped are together what was sent.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
PATH=$PATH:${XDG_CACHE_HOME:-$HOME/.cache}/smee/tools/syslog-ng-core/run:${XDG_CACHE_HOME:-$HOME/.cache}/smee/tools/rsyslog/run
smee=$here/../../../target/smee/bin/smee
seconds=5
size=256
servers=()
while (($# > 0)); do
  case $1 in
    --seconds) seconds=$2; shift ;;
    --size) size=$2; shift ;;
    --smee) smee=$2; shift ;;
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
# More than loggen can send.
readonly flood=400000
readonly port=5514 http=5580
log=$scratch/messages
key=$(printf '0100007F:%04X' $port)

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
global(workDirectory="$scratch" net.enableDNS="off")
module(load="imudp")
input(type="imudp" address="127.0.0.1" port="$port" rcvbufSize="4m")
*.* action(type="omfile" file="$log")
CONF
      rsyslogd -n -i "$scratch/rsyslog.pid" -f "$scratch/rsyslog.conf" 2>"$scratch/rsyslog.err" &
      ;;
    syslog-ng)
      cat >"$scratch/syslog-ng.conf" <<CONF
@version: 3.35
options { stats-freq(0); use-dns(no); keep-hostname(yes); log-fifo-size(100000); flush-lines(100); };
source in { network(ip("127.0.0.1") port($port) transport("udp") so-rcvbuf(4194304)); };
destination out { file("$log"); };
log { source(in); destination(out); };
CONF
      syslog-ng -F --no-caps -f "$scratch/syslog-ng.conf" -R "$scratch/syslog-ng.persist" \
        -p "$scratch/syslog-ng.pid" -c "$scratch/syslog-ng.ctl" 2>"$scratch/syslog-ng.err" &
      ;;
  esac
  pid=$!
  for _ in {1..200}; do
    if grep -q " $key " /proc/net/udp; then return; fi
    kill -0 "$pid" 2>/dev/null || { cat "$scratch"/*.err >&2; echo "$1 did not start" >&2; exit 1; }
    sleep 0.1
  done
  echo "$1 does not listen" >&2
  exit 1
}

kernel_drops() { awk -v key="$key" '$2 == key { print $NF }' /proc/net/udp; }

# Sends at rate $1 for $2 seconds. Prints how many messages were sent; loggen numbers them and says so.
send() { loggen --inet --dgram --quiet --size "$size" --rate "$1" --interval "$2" 127.0.0.1 $port 2>&1 | sed -n 's/.*count=\([0-9]*\).*/\1/p'; }

# What the server has used of a processor until now, in hundredths of a second.
ticks() { awk '{ print $14 + $15 }' "/proc/$pid/stat" 2>/dev/null || echo 0; }

# Waits until the file does not grow any more.
settle() {
  local before=-1 now
  now=$(stat -c %s "$log")
  while ((now != before)); do
    before=$now
    sleep 0.4
    now=$(stat -c %s "$log")
  done
}

# Sets sent, written and cpu (hundredths of a second) for a run at rate $1 of $2 seconds.
run() {
  local before
  : >"$log"
  before=$(ticks)
  sent=$(send "$1" "$2")
  settle
  cpu=$(($(ticks) - before))
  written=$(grep -c 'seq: ' "$log" || true)
  printf '%-10s rate %7d: %8d sent, %8d written, %7d sent/s, %d ns of processor time each\n' "$server" "$1" \
    "$sent" "$written" $((sent / $2)) $((cpu * 10000000 / (written + 1)))
}

for server in "${servers[@]}"; do
  start "$server"
  # Warms up: Java compiles what it runs often.
  for rate in 20000 50000 100000 200000 300000; do run "$rate" 2; done
  # The most that loggen sends; else what is found between that and little.
  run $flood 2
  if ((sent == written)); then
    best=$flood
  else
    low=20000
    high=$((sent / 2))
    best=0
    while ((high - low > high / 20)); do
      middle=$(((low + high) / 2))
      run $middle 2
      if ((sent == written)); then low=$middle best=$middle; else high=$middle; fi
    done
  fi
  held=no
  for _ in {1..8}; do
    held=yes
    for _ in 1 2 3; do
      run "$best" "$seconds"
      # loggen sends faster than it is told.
      if ((sent != written)); then held=no best=$((best * 9 / 10)); break; fi
    done
    if [[ $held == yes ]]; then break; fi
    if ((best > sent / seconds)); then best=$((sent / seconds * 9 / 10)); fi
  done
  if [[ $held == yes ]]; then
    echo "== $server: $((sent / seconds)) messages/s without a loss"
  else
    echo "== $server: loses messages at $((sent / seconds)) messages/s, too"
  fi
  if [[ $server == smee ]]; then
    dropped() { curl -s "http://127.0.0.1:$http/metrics" | awk '/^syslog_messages_total\{result="dropped"\}/ { printf "%d", $2 }'; }
    before=$(dropped)
    (sleep 1; kill -STOP "$pid"; sleep 1; kill -CONT "$pid") &
    run $flood "$seconds"
    sleep 1.5
    echo "== smee, flooded and held up for a second: $sent sent, $written written, $(($(dropped) - before)) dropped by its own count, $(kernel_drops) by the kernel in all"
  fi
  stop
done
