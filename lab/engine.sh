#!/bin/sh
# Makes sure that a Docker engine answers. A client alone is none. Where there is no engine and we are root on Debian or Ubuntu,
# it is installed and started, after saying so; elsewhere the message says what to install.
set -eu

say() { printf '%s\n' "$*"; }
give_up() { printf 'engine: %s\n' "$*" >&2; exit 1; }
answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

wait_until_it_answers() {
  tries=${1:-60}
  while [ "$tries" -gt 0 ]; do
    if answers; then return 0; fi
    sleep 0.5
    tries=$((tries - 1))
  done
  return 1
}

if answers; then
  say "Docker engine $(docker version --format '{{.Server.Version}}') answers"
  exit 0
fi

if [ -n "${DOCKER_HOST-}" ]; then
  give_up "DOCKER_HOST is $DOCKER_HOST, and no engine answers there; start it, or unset DOCKER_HOST"
fi
if [ "$(id -u)" != 0 ]; then
  if command -v dockerd >/dev/null 2>&1; then
    give_up "a Docker engine is installed but does not answer: start it (sudo systemctl start docker), be in the group docker (sudo usermod -aG docker $(id -un)), or run this as root"
  fi
  give_up "no Docker engine runs here, and only root can install one: on Debian and Ubuntu 'sudo apt-get install docker.io', elsewhere the engine of your system (docker, podman-docker or Docker Desktop), then start it"
fi

system=$(. /etc/os-release 2>/dev/null && echo "${ID-} ${ID_LIKE-}") || system=
if ! command -v dockerd >/dev/null 2>&1; then
  case " $system " in
    *" debian "* | *" ubuntu "*) ;;
    *) give_up "no Docker engine runs here; install and start one (this system is not Debian or Ubuntu, so this script does not do it): for instance 'dnf install docker' or 'apk add docker'" ;;
  esac
  say "no Docker engine here: installing docker.io with apt-get"
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  install_engine() { apt-get install -y --no-install-recommends docker.io iptables >"$log" 2>&1; }
  install_engine || { apt-get update >"$log" 2>&1 && install_engine; } || give_up "docker.io cannot be installed: $(tail -n 5 "$log")"
  rm -f "$log"
fi

if [ -d /run/systemd/system ]; then
  say "starting the Docker engine"
  systemctl start docker || give_up "the engine does not start: $(journalctl -u docker -n 5 --no-pager 2>&1)"
elif ! wait_until_it_answers 4; then
  # No init system that could start it (a container, a build machine): by hand, and left running.
  log=${LAB_ENGINE_LOG:-/var/log/dockerd.log}
  say "starting dockerd (no systemd here; it writes to $log)"
  setsid dockerd >"$log" 2>&1 </dev/null &
fi
wait_until_it_answers 120 || give_up "the Docker engine was started but does not answer within a minute: $(tail -n 5 "${log:-/dev/null}")"
say "Docker engine $(docker version --format '{{.Server.Version}}') answers"
