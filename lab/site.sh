#!/bin/sh
# `npm run site`: installs what is missing, brings the lab up, builds the site in it and prints where it is.
# Arguments go to both runs of play (-e lab_port_offset=1000, -v).
set -eu
cd "$(dirname "$0")/.."

if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "installing npm packages"
  npm ci --omit=optional --no-audit --no-fund
fi
[ -e dist/.built ] || npm run --silent build

play() { node runner/play.mjs "$@"; }
play lab.yml -i inventory "$@"
play site.yml -i inventory "$@"

# The ports as they are published now, whatever the offset.
published() { docker port haproxy "$1/tcp" 2>/dev/null | sed -n 's/.*:\([0-9]*\)$/\1/p' | head -n 1; }
user=$(published 80)
admin=$(published 9090)
cat <<TEXT

The site is up:
  user    http://localhost:${user:-80}/
  admin   http://localhost:${admin:-9090}/
  stats   http://localhost:${user:-80}/haproxy?stats   (user and password: lab/secrets/vars.yml)
Next:
  npx play site.yml -i inventory --dry-run      nothing left to do
  npx play verify.yml -i inventory              real requests: sessions, failover, static files
  npx play lab.yml -i inventory -e state=absent removes the lab
TEXT
