#!/bin/sh
# The image play-databases:12: play-base:12 with PostgreSQL and MariaDB, for tests of their modules.
set -eu
docker image inspect play-base:12 >/dev/null 2>&1 || sh "$(dirname "$0")/../../lab/base-image.sh"
name=play-databases-$$
docker run -d --name "$name" --network host play-base:12 sleep infinity >/dev/null
trap 'docker rm -f "$name" >/dev/null' EXIT
docker exec -e DEBIAN_FRONTEND=noninteractive "$name" sh -c 'apt-get update -q && apt-get install -y -q postgresql mariadb-server && apt-get clean'
docker commit "$name" play-databases:12 >/dev/null
