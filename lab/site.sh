#!/bin/sh
# `npm run site`: from a fresh clone to the running site. Installs what is missing (packages of the runner, a Docker engine), makes the
# lab, runs site.yml in it and prints where the site is. Arguments go to both playbooks (-e lab_port_offset=1000).
set -eu
cd "$(dirname "$0")/.."
started=$(date +%s)

if [ ! -d node_modules ]; then
  echo "installing the runner's packages"
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
fi
[ -e dist/.built ] || npm run --silent build
sh lab/engine.sh
node runner/play.mjs lab.yml -i inventory "$@"
node runner/play.mjs site.yml -i inventory "$@"

place() { docker port haproxy "$1/tcp" | sed -n 's/^0\.0\.0\.0:/http:\/\/localhost:/p' | sed 's/:80$//' | head -n 1; }
cat <<END

The site runs after $(($(date +%s) - started)) s:
  user     $(place 80)/
  admin    $(place 9090)/
  HAProxy  $(place 80)/haproxy?stats

  npx play verify.yml      asks it for everything that it promises
  npx play site.yml        a second run finds nothing to do
  npx play lab.yml -e state=absent    removes it
END
