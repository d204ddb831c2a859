#!/bin/sh
# Makes the image that every container of the lab starts from: Debian 12 with systemd, sshd, sudo, python3, curl and unzip.
# Usage: lab/base-image.sh [--force]. Does nothing where the image is already there.
set -eu

image=${LAB_BASE_IMAGE:-play-base:12}
pull_seconds=${LAB_PULL_SECONDS:-20}
suite=bookworm
packages=systemd,systemd-sysv,dbus,openssh-server,sudo,iproute2,procps,python3,ca-certificates,curl,unzip

# Host keys and machine-id are made anew in every container: two containers must not be taken for one machine.
host_keys_unit='[Service]\nExecStartPre=\nExecStartPre=/usr/bin/ssh-keygen -A\nExecStartPre=/usr/sbin/sshd -t\n'

made=

say() { printf '%s\n' "$*"; }
give_up() { printf 'base-image: %s\n' "$*" >&2; exit 1; }

if [ "${1-}" != --force ] && docker image inspect "$image" >/dev/null 2>&1; then
  say "$image is there"
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# The machine's own package source is the only one that is known to be reachable; no host name stands in this file.
# Prints source lines of this release (with its updates and security), as apt itself has read them from its configuration.
apt_sources() {
  apt-get indextargets --format 'deb $(SITE) $(CODENAME) $(COMPONENT)' 'Identifier: Packages' 2>/dev/null |
    awk -v want="$suite" '($3 == want || $3 == want "-updates" || $3 == want "-security") && $4 == "main" && !seen[$0]++'
}

from_registry() {
  say "pulling debian:12 (at most $pull_seconds s)"
  timeout "$pull_seconds" docker pull -q debian:12 >/dev/null 2>&1 || return 1
  container=$(docker run -d debian:12 sleep 1800) || return 1
  if docker exec -i "$container" sh -s "$(printf %s "$packages" | tr , ' ')" "$host_keys_unit" >"$work/log" 2>&1 <<'INSIDE'
set -e
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends $1
rm -rf /var/lib/apt/lists/* /etc/ssh/ssh_host_* /etc/machine-id
touch /etc/machine-id
systemctl enable ssh
mkdir -p /etc/systemd/system/ssh.service.d
printf "$2" >/etc/systemd/system/ssh.service.d/host-keys.conf
INSIDE
  then docker commit -c 'CMD ["/sbin/init"]' "$container" "$image" >/dev/null && made=yes; fi
  docker rm -f "$container" >/dev/null
  [ -n "$made" ]
}

from_mmdebstrap() {
  if ! command -v mmdebstrap >/dev/null 2>&1; then
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 ||
      give_up "debian:12 cannot be pulled and mmdebstrap is missing; install mmdebstrap, or give an image in LAB_BASE_IMAGE"
    say "installing mmdebstrap"
    apt-get install -y --no-install-recommends mmdebstrap debian-archive-keyring >"$work/apt" 2>&1 ||
      { apt-get update >/dev/null 2>&1; apt-get install -y --no-install-recommends mmdebstrap debian-archive-keyring >"$work/apt" 2>&1; } ||
      give_up "mmdebstrap cannot be installed: $(tail -n 3 "$work/apt")"
  fi
  apt_sources >"$work/sources"
  say "building $image with mmdebstrap"
  set -- --variant=minbase --include="$packages" \
    --customize-hook='rm -f "$1"/etc/ssh/ssh_host_* "$1"/etc/machine-id; touch "$1"/etc/machine-id' \
    --customize-hook='chroot "$1" systemctl enable ssh >/dev/null 2>&1; mkdir -p "$1"/etc/systemd/system/ssh.service.d' \
    --customize-hook="printf '$host_keys_unit' >\"\$1\"/etc/systemd/system/ssh.service.d/host-keys.conf" \
    "$suite" "$work/base.tar"
  # Without a source of this release here (an Ubuntu machine), mmdebstrap takes Debian's own.
  if [ -s "$work/sources" ]; then set -- "$@" "$work/sources"; fi
  mmdebstrap "$@" >"$work/log" 2>&1 || give_up "mmdebstrap failed: $(tail -n 5 "$work/log")"
  docker import -c 'CMD ["/sbin/init"]' "$work/base.tar" "$image" >/dev/null
}

docker info >/dev/null 2>&1 || give_up "no Docker engine answers; run lab/engine.sh first"
from_registry || from_mmdebstrap
say "$image is made"
