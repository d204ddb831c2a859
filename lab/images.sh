#!/bin/sh
# Makes the two images of the lab on top of the base image: the node's (/setup with the archives and wars, nothing else) and the
# database's (PostgreSQL with its database). An image is made again only when what goes into it has changed; its label says what did.
# The database's password comes on standard input; prints "changed" lines for the lab playbook.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=${LAB_CACHE:-$here/cache}
base=${LAB_BASE_IMAGE:-play-base:12}
node=${LAB_NODE_IMAGE:-play-node:12}
db=${LAB_DB_IMAGE:-play-db:12}
subnet=${LAB_SUBNET:-172.18.0.0/16}
password=$(cat)
container=

give_up() { printf 'images: %s\n' "$*" >&2; exit 1; }
trap 'test -z "$container" || docker rm -f "$container" >/dev/null 2>&1' EXIT
trap 'exit 1' HUP INT TERM

[ -n "$password" ] || give_up "no database password on standard input"

base_id=$(docker image inspect -f '{{.Id}}' "$base" 2>/dev/null) || give_up "$base is missing; run lab/base-image.sh first"
# The image that a new one replaces would stay behind without a name.
old_id() { docker image inspect -f '{{.Id}}' "$1" 2>/dev/null || true; }
drop() { if [ -n "$1" ]; then docker rmi "$1" >/dev/null 2>&1 || true; fi; }
is_made() { [ "$(docker image inspect -f '{{index .Config.Labels "play.inputs"}}' "$1" 2>/dev/null)" = "$2" ]; }

files='jdk.tgz tomcat.tgz tomcat-connectors.tgz mago3d-admin.war mago3d-user.war'
# shellcheck disable=SC2086 # a list of file names
inputs=$( (echo "$base_id"; cd "$cache" && sha256sum $files) | sha256sum | cut -c1-64)
if ! is_made "$node" "$inputs"; then
  old=$(old_id "$node")
  container=$(docker create "$base")
  setup=$(mktemp -d)
  mkdir "$setup/setup"
  for file in $files; do ln "$cache/$file" "$setup/setup/" 2>/dev/null || cp "$cache/$file" "$setup/setup/"; done
  (cd "$setup" && tar --owner=0 --group=0 -cf - setup) | docker cp - "$container:/"
  rm -rf "$setup"
  docker commit -c "LABEL play.inputs=$inputs" -c 'CMD ["/sbin/init"]' "$container" "$node" >/dev/null
  drop "$old"
  docker rm -f "$container" >/dev/null
  container=
  echo "changed: $node"
fi

inputs=$(printf '%s\n' "$base_id" "$subnet" "$password" | cat - "$here/database-inside.sh" | sha256sum | cut -c1-64)
if ! is_made "$db" "$inputs"; then
  old=$(old_id "$db")
  container=$(docker run -d "$base" sleep 1800)
  docker cp "$here/database-inside.sh" "$container:/root/database-inside.sh" >/dev/null
  printf '%s\n' "$password" | docker exec -i "$container" sh /root/database-inside.sh "$subnet" >"$cache/database.log" 2>&1 ||
    give_up "PostgreSQL could not be set up: $(tail -n 5 "$cache/database.log")"
  docker commit -c "LABEL play.inputs=$inputs" -c 'CMD ["/sbin/init"]' "$container" "$db" >/dev/null
  drop "$old"
  docker rm -f "$container" >/dev/null
  container=
  echo "changed: $db"
fi
