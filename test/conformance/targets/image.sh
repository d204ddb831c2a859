#!/bin/sh
# Makes the image in which ansible-core's own integration targets run: the base image and the tools that the targets expect on a machine
# of ansible-test's. Does nothing where it is there already. Usage: image.sh [NAME]
set -eu
image=${1:-play-targets:1}
here=$(cd "$(dirname "$0")" && pwd)
if docker image inspect "$image" >/dev/null 2>&1; then exit 0; fi
sh "$here/../../../lab/base-image.sh"
container=$(docker run -d play-base:12 sleep 1800)
trap 'docker rm -f "$container" >/dev/null' EXIT
docker exec -e DEBIAN_FRONTEND=noninteractive "$container" sh -ec '
apt-get update -qq
apt-get install -y -qq --no-install-recommends python3-venv python3-pip python3-apt python3-debian python3-passlib python3-pexpect \
  git subversion gcc libc6-dev libstdc++6 make acl attr lsb-release cron at rsync openssh-client sshpass passwd locales gnupg debconf expect \
  e2fsprogs xfsprogs zip bzip2 xz-utils zstd file less iptables lvm2 dbus netcat-openbsd iputils-ping net-tools man-db doas debconf-utils policycoreutils >/dev/null
echo "en_US.UTF-8 UTF-8" >/etc/locale.gen && locale-gen >/dev/null
'
docker commit -c 'CMD ["/sbin/init"]' "$container" "$image" >/dev/null
