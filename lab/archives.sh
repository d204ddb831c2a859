#!/bin/sh
# Puts what the images of the lab need into lab/cache: archives of the JDK, Tomcat and tomcat-connectors, and the JDBC driver.
# They come from Debian packages, unpacked in a throwaway container (nothing is installed). A file of one's own is taken instead
# where LAB_JDK, LAB_TOMCAT, LAB_CONNECTORS or LAB_JDBC names one.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=${LAB_CACHE:-$here/cache}
image=${LAB_BASE_IMAGE:-play-base:12}

give_up() { printf 'archives: %s\n' "$*" >&2; exit 1; }

mkdir -p "$cache"

# given NAME FILE: a file of the user's replaces the cached one when it differs.
given() {
  [ -n "$2" ] || return 0
  [ -f "$2" ] || give_up "$2 does not exist (it was named as the source of $1)"
  cmp -s "$2" "$cache/$1" || cp "$2" "$cache/$1"
}
given jdk.tgz "${LAB_JDK-}"
given tomcat.tgz "${LAB_TOMCAT-}"
given tomcat-connectors.tgz "${LAB_CONNECTORS-}"
given postgresql.jar "${LAB_JDBC-}"

missing=
for file in jdk.tgz tomcat.tgz tomcat-connectors.tgz postgresql.jar; do
  [ -s "$cache/$file" ] || missing="$missing $file"
done
if [ -z "$missing" ]; then
  echo "archives are there"
  exit 0
fi

printf 'making%s from Debian packages\n' "$missing"
container=$(docker run -d "$image" sleep 1800)
trap 'docker rm -f "$container" >/dev/null 2>&1' EXIT
trap 'exit 1' HUP INT TERM
# shellcheck disable=SC2086 # a list of file names
docker exec -i "$container" sh -s $missing <"$here/archives-inside.sh" >"$cache/archives.log" 2>&1 ||
  give_up "the container failed: $(tail -n 5 "$cache/archives.log")"
for file in $missing; do
  docker cp "$container:/out/$file" "$cache/$file.part" >/dev/null
  mv "$cache/$file.part" "$cache/$file"
done
printf 'made%s\n' "$missing"
