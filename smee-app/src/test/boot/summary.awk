# SPDX-License-Identifier: Apache-2.0
# Turns the logs of one boot into a table of its steps, in seconds after power-on.
#
#   awk -v power_on=MICROSECONDS -f summary.awk smee.log osie.log console.log | sort -n | cut -f 2
#
# Reads smee's JSON lines (times in UTC), osie.log (lines that begin with microseconds) and
# console.log (lines that begin with seconds after power-on). Each output line begins with its
# sort key and a tab.

function text(name) {
  if (!match($0, "\"" name "\":\"[^\"]*\"")) return ""
  return substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 5)
}

function number(name) {
  if (!match($0, "\"" name "\":[0-9]+")) return 0
  return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3) + 0
}

# Seconds after power-on of an RFC 3339 time. The day does not matter for a boot of two minutes.
function after(time, clock, seconds) {
  split(substr(time, 12), clock, /[:Z]/)
  seconds = clock[1] * 3600 + clock[2] * 60 + clock[3] - start_of_day
  return seconds < -43200 ? seconds + 86400 : seconds
}

# Seconds of a duration such as "479.863ms".
function span(duration, unit) {
  unit = duration
  sub(/^[0-9.]+/, "", unit)
  return unit == "s" ? duration + 0 : unit == "ms" ? duration / 1000 : duration / 1000000
}

function step(begin, end, kind, what) {
  printf "%.4f\t%7.2f %8.2f   %-7s %s\n", end, begin, end, kind, what
}

BEGIN {
  seconds = power_on / 1000000
  start_of_day = seconds - int(seconds / 86400) * 86400
  asked = -1
}

/"msg":"received DHCP packet"/ {
  if (asked < 0 || (text("type") == "DISCOVER" && previous != "DISCOVER")) asked = after(text("time"))
  previous = text("type")
}

# A proxy's answer has no address: that is another server's, and so is the end of the exchange.
/"msg":"sent DHCP response"/ && (text("type") ~ /ACK$/ || text("ipAddress") == "0.0.0.0") {
  now = after(text("time"))
  file = text("bootFileName")
  address = text("ipAddress")
  who = file == "" ? "operating system" : file ~ /^https?:.*\.ipxe$/ ? "iPXE" : "firmware"
  what = address == "0.0.0.0" ? "is told " file : "gets " address (file == "" ? "" : " and " file)
  step(asked < 0 ? now : asked, now, "DHCP", who " " what)
  asked = -1
}

/"msg":"no DHCP response"/ { asked = -1 }

/"msg":"file served"/ {
  now = after(text("time"))
  step(now - number("durationMs") / 1000, now, "TFTP", text("filename") ", " number("bytesSent") " bytes")
}

/"msg":"response"/ && /"logger":"http"/ {
  now = after(text("time"))
  uri = text("uri")
  gsub(/%3[Aa]/, ":", uri)
  step(now - span(text("duration")), now, "HTTP", uri ", " number("bytesSent") " bytes, status " number("code"))
}

/"logger":"syslog"/ && /"syslog":[{]/ {
  now = after(text("time"))
  $0 = substr($0, index($0, "\"syslog\":{"))
  step(now, now, "syslog", text("app-name") " on " text("host") ": " text("msg"))
}

/^[0-9]+ .* url:/ {
  now = ($1 - power_on) / 1000000
  sub(/.* url:/, "")
  step(now, now, "HTTP", $0 " from the kernel's server begins")
}

/^ *[0-9.]+ s  SMEE-BOOT-(KERNEL|OK)/ {
  step($1, $1, "guest", $3 == "SMEE-BOOT-OK" ? "SMEE-BOOT-OK" : "kernel " $4 " has started")
}
