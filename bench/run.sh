#!/bin/sh
# The same work by play, Ansible, Mitogen and pyinfra, in one run, in turns: prints ratios. Needs Docker and Python; see docs/compare.md.
# Options: --rounds 3, --only directories,role (files of bench/work), --hosts 10 (1: nothing with many hosts), --rtt 0,30 (only these), --keep (leaves the containers).
set -eu
cd "$(dirname "$0")/.."
if [ ! -d node_modules ]; then npm ci --ignore-scripts; fi
sh lab/engine.sh
sh lab/base-image.sh
npm run --silent build
exec node --import tsx bench/run.ts "$@"
