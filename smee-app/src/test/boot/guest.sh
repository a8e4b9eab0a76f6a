#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes what the boot tests' guest runs: a distribution kernel and a busybox, taken from the
# machine's own package archive (nothing is installed), and an initramfs built from initramfs/.
#
#   guest.sh          fetch kernel and busybox into the cache, unless they are there
#   guest.sh DIR      the same, then put vmlinuz-x86_64 and initramfs-x86_64 into DIR
#
# The cache is ${XDG_CACHE_HOME:-~/.cache}/smee/guest; remove it to get a newer kernel.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/smee/guest
work=
modules='virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci failover net_failover virtio_net'

die() {
  echo "guest.sh: $*" >&2
  exit 1
}

# The package that holds the kernel image; the names differ between distributions.
kernel_package() {
  local meta package
  for meta in linux-image-cloud-amd64 linux-image-amd64 linux-image-virtual linux-image-generic; do
    package=$(apt-cache depends "$meta" 2>/dev/null |
      sed -n 's/^ *Depends: \(linux-image-[0-9][^ ]*\)$/\1/p' | head -n 1)
    if [[ -n $package ]]; then
      echo "$package"
      return
    fi
  done
  return 1
}

# Downloads a package, checked by apt, into the current folder; old package lists are renewed once.
download() {
  local log
  apt-get download -q "$1" >/dev/null 2>&1 && return
  apt-get update -q >/dev/null 2>&1 || true
  log=$(apt-get download -q "$1" 2>&1) || die "cannot download the package $1: $(tail -n 1 <<<"$log")"
}

unpack() { # DEB PATTERN...
  local deb=$1
  shift
  dpkg-deb --fsys-tarfile "$deb" | tar -x --wildcards --no-anchored "$@" 2>/dev/null || true
}

fetch() {
  local package module file
  [[ $(dpkg --print-architecture 2>/dev/null) == amd64 ]] ||
    die "the boot tests need Debian or Ubuntu on x86-64"
  mkdir -p "${cache%/*}"
  work=$(mktemp -d "${cache%/*}/fetch.XXXXXX")
  chmod 755 "$work" # apt downloads as a user of its own
  cd "$work"

  package=$(kernel_package) || {
    apt-get update -q >/dev/null 2>&1 || true
    package=$(kernel_package)
  } || die "no kernel package in the package lists (run apt-get update)"
  echo "guest: fetching $package and busybox-static" >&2
  download "$package"
  download busybox-static
  # Ubuntu keeps the modules apart, and most of these are part of its kernel.
  unpack "$package"_*.deb 'boot/vmlinuz-*' 'virtio*.ko*' '*failover.ko*'
  if [[ $package == *-generic || $package == *-virtual ]]; then
    download "${package/image/modules}"
    unpack "${package/image/modules}"_*.deb 'virtio*.ko*' '*failover.ko*'
  fi
  unpack busybox-static_*.deb '*bin/busybox'

  mkdir -p guest/modules
  for file in boot/vmlinuz-*; do
    [[ -f $file ]] || die "$package holds no kernel image"
    cp "$file" guest/vmlinuz
  done
  for file in bin/busybox usr/bin/busybox; do
    if [[ -f $file ]]; then cp "$file" guest/busybox; fi
  done
  [[ -x guest/busybox ]] || die "the package busybox-static holds no busybox"
  for module in $modules; do
    file=$(find . -path ./guest -prune -o -name "$module.ko*" -print | head -n 1)
    case $file in
      '') continue ;;
      *.zst) zstd -q -d "$file" -o "guest/modules/$module.ko" ;;
      *.xz) xz -d -c "$file" >"guest/modules/$module.ko" ;;
      *) cp "$file" "guest/modules/$module.ko" ;;
    esac
    echo "$module.ko" >>guest/modules/order
  done
  touch guest/modules/order
  echo "$package" >guest/package
  # Two runs at once both made the same thing: the first one wins.
  [[ -d $cache ]] || mv -T guest "$cache" 2>/dev/null || [[ -d $cache ]]
  cd /
  rm -rf "$work"
}

assemble() {
  local out=$1 root
  work=$(mktemp -d)
  root=$work
  mkdir -p "$root"/{bin,dev,proc,sys,modules}
  cp "$cache/busybox" "$root/bin/busybox"
  ln -s busybox "$root/bin/sh"
  cp "$cache"/modules/* "$root/modules/"
  install -m 755 "$here/initramfs/init" "$root/init"
  install -m 755 "$here/initramfs/lease" "$root/lease"
  (cd "$root" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0 | gzip -1) >"$out/initramfs-x86_64"
  ln -sf "$cache/vmlinuz" "$out/vmlinuz-x86_64"
}

trap 'rm -rf "$work"' EXIT
[[ -f $cache/vmlinuz ]] || fetch
if (($# > 0)); then
  mkdir -p "$1"
  assemble "$(cd "$1" && pwd)"
fi
