#!/bin/sh
# Runs in a throwaway container of the base image (see archives.sh): makes the files named as arguments in /out, each from
# downloaded, unpacked, never installed packages.
set -eu

mkdir -p /out /packages /build
cd /packages
apt-get update

# unpack DIRECTORY PACKAGE...
unpack() {
  into=$1
  shift
  mkdir -p "$into"
  apt-get download "$@"
  for package; do
    dpkg-deb -x "$package"_*.deb "$into"
  done
}

# Debian keeps the JDK's configuration in /etc; the archive has to stand alone.
make_jdk() {
  tree=/tmp/jdk-tree
  mkdir -p $tree
  unpack $tree openjdk-17-jdk-headless openjdk-17-jre-headless
  home=$(echo $tree/usr/lib/jvm/java-17-openjdk-*)
  find "$home" -type l | while IFS= read -r link; do
    to=$(readlink "$link")
    case $to in /etc/*) ln -sfn "$tree$to" "$link" ;; esac
  done
  rm -rf "$home/jmods" "$home/docs" "$home/man" "$home/lib/src.zip"
  mkdir -p /build
  # Two links point at files a postinst would make (the CA store, -Xshare archives): cp names them and goes on.
  cp -aL "$home" /build/jdk-17 || true
  find /build/jdk-17 -type l -delete
  /build/jdk-17/bin/java -Xshare:dump
  /build/jdk-17/bin/java -version
  tar -C /build --owner=0 --group=0 -czf /out/jdk.tgz jdk-17
}

make_tomcat() {
  tree=/tmp/tomcat-tree
  unpack $tree tomcat10-common libtomcat10-java tomcat10 tomcat10-user libeclipse-jdt-core-java libcommons-daemon-java
  version=$(dpkg-deb -f libtomcat10-java_*.deb Version | sed 's/-.*//')
  home=/build/apache-tomcat-$version
  mkdir -p "$home/bin" "$home/lib" "$home/logs" "$home/temp" "$home/work" "$home/webapps"
  share=$tree/usr/share
  for file in "$share"/tomcat10/bin/*.sh "$share"/tomcat10/bin/bootstrap.jar; do
    cp -L "$file" "$home/bin/"
  done
  # Links lead to jars by absolute path, or beside /usr/share/java: the name in there is what counts.
  for link in "$share"/tomcat10/bin/tomcat-juli.jar "$share"/tomcat10/lib/*.jar; do
    name=$(basename "$(readlink "$link" || basename "$link")")
    case $link in */bin/*) to=bin ;; *) to=lib ;; esac
    if [ -e "$share/java/$name" ]; then cp -L "$share/java/$name" "$home/$to/$(basename "$link")"; else echo "left out: $link"; fi
  done
  cp -L "$share"/java/eclipse-jdt-core.jar "$home/lib/" 2>/dev/null ||
    cp -L "$(ls "$share"/java/eclipse-jdt-core*.jar "$share"/java/org.eclipse.jdt.core*.jar 2>/dev/null | head -n 1)" "$home/lib/eclipse-jdt-core.jar"
  cp -L "$share"/java/commons-daemon.jar "$home/bin/"
  mkdir -p "$home/conf"
  cp -RL "$share"/tomcat10/etc/. "$home/conf/" 2>/dev/null || true
  cp -L $tree/etc/tomcat10/*.* "$home/conf/" 2>/dev/null || true
  find $tree -name catalina.policy -exec cp {} "$home/conf/" \;
  # Debian's own has no shutdown port, and shutdown.sh then has nothing to talk to.
  sed -i 's/<Server port="-1"/<Server port="8005"/' "$home/conf/server.xml"
  mkdir -p "$home/webapps/ROOT"
  cp -R "$share"/tomcat10-root/default_root/. "$home/webapps/ROOT/" 2>/dev/null || echo '<html><body>Tomcat</body></html>' >"$home/webapps/ROOT/index.html"
  chmod 0755 "$home"/bin/*.sh
  tar -C /build --owner=0 --group=0 -czf /out/tomcat.tgz "apache-tomcat-$version"
}

# Only the upstream tarball of the source package is needed. A mirror may lack it for one release and have it for the next, so the
# next release's source is asked too, newest first; apt names the checksum.
make_connectors() {
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | sed -n 's/^deb /deb-src /p' >/tmp/source.list
  sed -n 's/ bookworm main/ trixie main/p' /tmp/source.list >>/tmp/source.list
  mv /tmp/source.list /etc/apt/sources.list.d/source.list
  for file in /etc/apt/sources.list.d/*.sources; do
    if [ -e "$file" ]; then sed -i 's/^Types: deb$/Types: deb deb-src/; s/^Suites: bookworm /&trixie /' "$file"; fi
  done
  apt-get update || true
  for version in $(apt-cache showsrc libapache-mod-jk | sed -n 's/^Version: //p' | sort -rV); do
    apt-get source --print-uris "libapache-mod-jk=$version" | grep "orig\.tar\.[a-z0-9]*'" | tr -d "'" >/tmp/uris || continue
    read -r uri _ _ sum </tmp/uris
    curl -fsSL -o /tmp/connectors.orig "$uri" || continue
    case $sum in
      SHA256:*) echo "${sum#SHA256:}  /tmp/connectors.orig" | sha256sum -c || continue ;;
      SHA512:*) echo "${sum#SHA512:}  /tmp/connectors.orig" | sha512sum -c || continue ;;
    esac
    mkdir -p /build/connectors
    tar -C /build/connectors -xf /tmp/connectors.orig
    (cd /build/connectors && tar --owner=0 --group=0 -czf /out/tomcat-connectors.tgz *)
    return
  done
  echo "no mirror has the upstream archive of tomcat-connectors; give a file in LAB_CONNECTORS" >&2
  return 1
}

make_jdbc() {
  unpack /tmp/jdbc-tree libpostgresql-jdbc-java
  cp -L /tmp/jdbc-tree/usr/share/java/postgresql.jar /out/
}

for file; do
  case $file in
    jdk.tgz) make_jdk ;;
    tomcat.tgz) make_tomcat ;;
    tomcat-connectors.tgz) make_connectors ;;
    postgresql.jar) make_jdbc ;;
  esac
done
