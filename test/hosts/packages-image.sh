#!/bin/sh
# The image play-packages:12: play-base:12 with zypper, dnf, pacman and OpenRC, each with a small repository of packages made here, for tests of their modules.
set -eu
docker image inspect play-base:12 >/dev/null 2>&1 || sh "$(dirname "$0")/../../lab/base-image.sh"
name=play-packages-$$
docker run -d --name "$name" --network host play-base:12 sleep infinity >/dev/null
trap 'docker rm -f "$name" >/dev/null' EXIT
docker exec -e DEBIAN_FRONTEND=noninteractive "$name" sh -c 'apt-get update -q && apt-get install -y -q --no-install-recommends zypper dnf rpm createrepo-c pacman-package-manager libarchive-tools openrc && apt-get clean'
docker exec -i "$name" bash -eu <<'EOF'
mkdir -p /srv/rpm /srv/pacman /etc/rpm /etc/yum.repos.d /etc/zypp/repos.d
# Debian keeps rpm's database in a home; zypper looks where everybody else has it
echo '%_dbpath /var/lib/rpm' >/etc/rpm/macros.dbpath
rpmdb --initdb
rpm_of() { # name version requires
  cat >/tmp/p.spec <<SPEC
Name: $1
Version: $2
Release: 1
Summary: for tests
License: none
BuildArch: noarch
${3:+Requires: $3}
%description
for tests
%install
mkdir -p %{buildroot}/usr/share/$1
echo $2 >%{buildroot}/usr/share/$1/version
%files
/usr/share/$1/version
SPEC
  rpmbuild -bb --quiet --define '__os_install_post %{nil}' --define '_rpmdir /srv/rpm' /tmp/p.spec
}
pacman_of() { # name version depends group
  file=$1-$2-1-any.pkg.tar.gz; rm -rf /tmp/p; mkdir -p "/tmp/p/opt/$1" "/srv/lists/$1-$2-1"; echo "$2" >"/tmp/p/opt/$1/version"
  printf 'pkgname = %s\npkgver = %s-1\npkgdesc = for tests\nbuilddate = 1\nsize = 4\narch = any\n' "$1" "$2" >/tmp/p/.PKGINFO
  [ -z "$3" ] || echo "depend = $3" >>/tmp/p/.PKGINFO; [ -z "$4" ] || echo "group = $4" >>/tmp/p/.PKGINFO
  (cd /tmp/p; bsdtar -czf "/srv/pacman/$file" .PKGINFO opt)
  printf '%%FILENAME%%\n%s\n\n%%NAME%%\n%s\n\n%%VERSION%%\n%s-1\n\n%%CSIZE%%\n300\n\n%%ARCH%%\nany\n\n' "$file" "$1" "$2" >"/srv/lists/$1-$2-1/desc"
  [ -z "$3" ] || printf '%%DEPENDS%%\n%s\n\n' "$3" >>"/srv/lists/$1-$2-1/desc"; [ -z "$4" ] || printf '%%GROUPS%%\n%s\n\n' "$4" >>"/srv/lists/$1-$2-1/desc"
}
for make in rpm_of pacman_of; do $make alpha 1.0 beta ''; $make alpha 2.0 beta ''; $make beta 1.0 '' ''; $make gamma 1.0 '' letters; $make delta 1.0 '' letters; done
cat >/tmp/comps.xml <<'COMPS'
<?xml version="1.0"?>
<comps><group><id>abc</id><name>Some Letters</name><description/><default>true</default><uservisible>true</uservisible><packagelist><packagereq type="mandatory">gamma</packagereq><packagereq type="mandatory">delta</packagereq></packagelist></group></comps>
COMPS
rpm_of keep 1.0 '' ''
createrepo_c -q -g /tmp/comps.xml /srv/rpm
printf '[tests]\nname=tests\nbaseurl=file:///srv/rpm\nenabled=1\ngpgcheck=0\n' | tee /etc/yum.repos.d/tests.repo >/etc/zypp/repos.d/tests.repo
printf '[options]\nArchitecture = auto\nSigLevel = Never\n[tests]\nServer = file:///srv/pacman\n' >/etc/pacman.conf
# the lists name alpha 1.0 first; a test publishes 2.0
cd /srv/lists; bsdtar -czf /srv/pacman/tests.db alpha-1.0-1 beta* gamma* delta*
pacman --sync --refresh; zypper --non-interactive refresh
# its rpmdb2solv fails on a database without a package
zypper --non-interactive install keep
cat >/etc/init.d/tsleep <<'SCRIPT'
#!/sbin/openrc-run
command=/bin/sleep
command_args="1000 $WORDS"
command_background=yes
pidfile=/run/tsleep.pid
extra_started_commands=reload
reload() { kill -0 "$(cat $pidfile)"; }
SCRIPT
printf '#!/sbin/openrc-run\nstart() { echo something is missing; return 3; }\n' >/etc/init.d/tbad
printf '#!/bin/sh\ncase $1 in start) for a; do printf "<%%s>" "$a"; done >/tmp/words; touch /run/tscript;; stop) rm -f /run/tscript;; status) [ -e /run/tscript ];; esac\n' >/etc/init.d/tscript
chmod +x /etc/init.d/tsleep /etc/init.d/tbad /etc/init.d/tscript
rm -rf /tmp/*
EOF
docker commit "$name" play-packages:12 >/dev/null
