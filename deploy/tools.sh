# Gets the programs that tests use and Python has no package of; sourced by deploy/test.
# shellcheck shell=bash
# Where they cannot be had, their tests are skipped by name, and this says how to get them.

privileged() {
  if [[ $(id -u) == 0 ]]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
  command -v apt-get >/dev/null && { [[ $(id -u) == 0 ]] || sudo -n true 2>/dev/null; }
}

# The package would start a server, so these two files are unpacked, into the project.
get_prometheus() (
  mkdir -p "$root/.leadrelay/tools" && cd "$root/.leadrelay/tools" &&
    apt-get -qq download prometheus &&
    dpkg-deb --fsys-tarfile prometheus_*.deb | tar --extract ./usr/bin/promtool ./usr/bin/prometheus && rm prometheus_*.deb
)

get_compose() {
  DEBIAN_FRONTEND=noninteractive privileged apt-get -qq install --no-install-recommends docker-compose
}

composes() {
  docker-compose version || docker compose version
}

# need NAME TEST GET...
need() {
  local name=$1 works=$2
  shift 2
  "$works" >/dev/null 2>&1 && return
  if may_install; then
    printf 'getting %s\n' "$name" >&2
    "$@" >/dev/null 2>&1 || { privileged apt-get -qq update && "$@" >/dev/null; } || true
  fi
  "$works" >/dev/null 2>&1 || printf 'no %s: its tests will be skipped; install it to run them\n' "$name" >&2
}

prometheus_works() (
  PATH=$root/.leadrelay/tools/usr/bin:$PATH
  promtool --version && prometheus --version
)

get_tools() {
  need 'prometheus and promtool (Debian: prometheus)' prometheus_works get_prometheus
  need 'docker-compose (Debian: docker-compose)' composes get_compose
}
