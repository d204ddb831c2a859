#!/bin/sh
# `npm test`: installs what is missing (packages, a Docker engine, the base image, small tools), checks types, runs every test.
# Arguments: parts of the paths of test files; without any all are run.
set -eu
cd "$(dirname "$0")/.."
if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then npm ci --ignore-scripts; fi
sh lab/engine.sh
missing=
for pair in ssh:openssh-client ssh-agent:openssh-client unzip:unzip curl:curl wget:wget file:file ps:procps rsync:rsync; do
  command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
if [ -n "$missing" ]; then
  echo "installing$missing"
  # shellcheck disable=SC2086 # a list of package names
  apt-get install -y --no-install-recommends $missing >/dev/null 2>&1 || { apt-get update >/dev/null && apt-get install -y --no-install-recommends $missing >/dev/null; }
fi
sh lab/base-image.sh
sh test/hosts/busybox-image.sh
npx tsc -p .
exec node --import tsx test/run.ts "$@"
