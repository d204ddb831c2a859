#!/bin/sh
# Makes the image `play-busybox:1`: nothing but BusyBox, for tests that steps and reads need no more. Usage: test/hosts/busybox-image.sh
set -eu
image=${PLAY_BUSYBOX_IMAGE:-play-busybox:1}
docker image inspect "$image" >/dev/null 2>&1 && exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
busybox=$(command -v busybox || :)
case $(file -L "$busybox" 2>/dev/null || :) in *static*) ;; *) busybox=;; esac
if [ -z "$busybox" ]; then
  apt-get download busybox-static >/dev/null 2>&1 || { apt-get update >/dev/null && apt-get download busybox-static >/dev/null; }
  dpkg-deb -x busybox-static_*.deb package
  busybox=$work/package/bin/busybox
fi
mkdir -p root/bin root/etc root/root root/tmp root/var/tmp root/home
chmod 1777 root/tmp root/var/tmp
cp "$busybox" root/bin/busybox
for applet in $("$busybox" --list); do [ "$applet" = busybox ] || ln -s busybox "root/bin/$applet"; done
printf 'root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/:/bin/false\nnobody:x:65534:65534:nobody:/:/bin/false\n' >root/etc/passwd
printf 'root:x:0:\ndaemon:x:1:\nnogroup:x:65534:\n' >root/etc/group
printf 'root:*::0:::::\ndaemon:*::0:::::\nnobody:*::0:::::\n' >root/etc/shadow
chmod 640 root/etc/shadow
tar -C root -c . | docker import -c 'CMD ["/bin/sh"]' -c 'ENV PATH=/bin' - "$image" >/dev/null
