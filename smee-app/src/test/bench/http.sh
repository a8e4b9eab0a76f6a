#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Measures Smee's HTTP beside nginx: the same script and the same 1 MiB binary, wrk with 256 connections, by turns.
#
#   ./dev build && smee-app/src/test/bench/http.sh [SECONDS [ROUNDS]]
#
# Each run takes 8 s if nothing else is said, and there are 3 rounds; the last lines are the ratios of the medians.
#
# Needs wrk, nginx and curl, an idle machine, and the ports 18080 and 18081 of the loopback address. Not root.
set -eu

seconds=${1:-8} rounds=${2:-3}
smee=${SMEE:-$(cd "$(dirname "$0")/../../.." && pwd)/target/smee/bin/smee}
dir=$(mktemp -d)
smee_pid='' nginx_pid=''
# shellcheck disable=SC2154
trap 'code=$?; kill $smee_pid $nginx_pid 2> /dev/null || true; wait; rm -rf "$dir"; exit $code' EXIT
trap 'exit 1' INT TERM

chmod 755 "$dir" # nginx, started by root, reads as somebody else
mkdir "$dir/www" "$dir/ipxe" "$dir/nginx"
head -c 1048576 /dev/urandom > "$dir/ipxe/undionly.kpxe"
cp "$dir/ipxe/undionly.kpxe" "$dir/www/undionly.kpxe"
cat > "$dir/hardware.yaml" << END
08:00:27:29:4e:67:
  ipAddress: 192.168.2.153
  subnetMask: 255.255.255.0
  netboot: {allowPxe: true, facility: onprem}
END
"$smee" -backend-file-enabled -backend-file-path="$dir/hardware.yaml" -ipxe-dir="$dir/ipxe" \
  -dhcp-enabled=false -tftp-enabled=false -syslog-enabled=false -http-addr=127.0.0.1 -http-port=18080 \
  -dhcp-syslog-ip=192.168.2.1 -tink-server=192.168.2.1:42113 -osie-url=http://192.168.2.1:8080/hook \
  > "$dir/smee.log" 2>&1 &
smee_pid=$!
script=/08:00:27:29:4e:67/auto.ipxe
until curl -fsS -o "$dir/www/auto.ipxe" "http://127.0.0.1:18080$script" 2> /dev/null; do
  kill -0 "$smee_pid" || { cat "$dir/smee.log"; exit 1; }
  sleep 0.2
done
curl -fsS "http://127.0.0.1:18080/ipxe/undionly.kpxe" | cmp - "$dir/ipxe/undionly.kpxe"

cat > "$dir/nginx.conf" << END
worker_processes 2;
pid $dir/nginx/pid;
error_log $dir/nginx/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  open_file_cache max=10;
  default_type application/octet-stream;
  client_body_temp_path $dir/nginx/a; proxy_temp_path $dir/nginx/b; fastcgi_temp_path $dir/nginx/c;
  uwsgi_temp_path $dir/nginx/d; scgi_temp_path $dir/nginx/e;
  server { listen 127.0.0.1:18081; root $dir/www; }
}
END
nginx -c "$dir/nginx.conf" -e "$dir/nginx/error.log" -g 'daemon off;' &
nginx_pid=$!
sleep 0.5

# rate URL: measures once; leaves wrk's report in $dir/out
rate() {
  sleep 1 # until the connections of the run before are closed: Smee admits 256 from one address
  wrk -t 2 -c 256 -d "${seconds}s" --latency "$1" > "$dir/out"
  awk '/Requests\/sec/ { print int($2) }' "$dir/out"
}

# warm NAME URL: for the compiler of the Java platform to be done: six runs, and until two agree within 5 %, at most 16
warm() {
  last=0 rates='' i=0
  while [ $i -lt 16 ]; do
    now=$(rate "$2") i=$((i + 1)) rates="$rates $now"
    grep -E 'Socket errors|Non-2xx' "$dir/out" || true
    [ $i -ge 6 ] && [ $((now * 100)) -gt $((last * 95)) ] && [ $((now * 95)) -lt $((last * 100)) ] && break
    last=$now
  done
  echo "warming up, $1:$rates requests/s"
}

# run NAME URL: one line with rate, throughput and what went wrong
run() {
  rate "$2" > /dev/null
  awk -v name="$1" '
    /50%|99%/ { if (NF == 2) latency = latency " " $1 " " $2 }
    /Requests\/sec/ { rate = $2 }
    /Transfer\/sec/ { transfer = $2 }
    /Socket errors|Non-2xx/ { errors = errors " " $0 }
    END { printf "%-14s %10s requests/s %10s/s %s%s\n", name, rate, transfer, latency, errors }' "$dir/out" | tee -a "$dir/runs"
}

# ratio NAME: of the median rates of all rounds
ratio() {
  for who in smee nginx; do
    awk -v name="$1" -v who=$who '$1 == name && $2 == who { print $3 }' "$dir/runs" | sort -n |
      awk '{ all[NR] = $1 } END { print (all[int((NR + 1) / 2)] + all[int((NR + 2) / 2)]) / 2 }'
  done | xargs | awk -v name="$1" '{ printf "%s: median %.0f of smee, %.0f of nginx, ratio %.2f\n", name, $1, $2, $1 / $2 }'
}

warm script "http://127.0.0.1:18080$script"
warm binary http://127.0.0.1:18080/ipxe/undionly.kpxe
round=0
while [ $round -lt "$rounds" ]; do
  round=$((round + 1))
  echo "round $round"
  run "script smee" "http://127.0.0.1:18080$script"
  run "script nginx" http://127.0.0.1:18081/auto.ipxe
  run "binary smee" http://127.0.0.1:18080/ipxe/undionly.kpxe
  run "binary nginx" http://127.0.0.1:18081/undionly.kpxe
done
ratio script
ratio binary
echo "log: $(wc -l < "$dir/smee.log") lines, $(grep -c 'were dropped' "$dir/smee.log" || true) gaps"
