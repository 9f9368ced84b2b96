# Makes the virtual environments of deploy/leadrelay and deploy/test; sourced by both.
# shellcheck shell=bash
# Everything is addressed absolutely: the caller's files are named from where the caller stands.
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

# fail WHAT DETAIL REMEDY
fail() {
  printf 'error: %s\n  %s\n  %s\n' "$@" >&2
  exit 1
}

suitable() {
  "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

find_python() {
  local name
  for name in python3.13 python3.12 python3.11 python3; do
    if command -v "$name" >/dev/null && suitable "$name"; then
      command -v "$name"
      return
    fi
  done
  fail 'no suitable Python found' \
    'leadrelay runs on Python 3.11, 3.12 and 3.13; none of python3.13, python3.12, python3.11, python3 is one' \
    'install one of them and run this again (Debian 12 and later, Ubuntu 24.04: apt install python3 python3-venv)'
}

make_environment() {
  local python
  python=$(find_python) || exit 1
  "$python" -c 'import ensurepip, venv' 2>/dev/null || fail 'no virtual environment can be made' \
    "$python lacks the modules venv and ensurepip" \
    'install them and run this again (Debian, Ubuntu: apt install python3-venv)'
  printf 'setting up %s once, a minute or two\n' "$1" >&2
  "$python" -m venv --clear "$1" || fail 'no virtual environment can be made' \
    "$python -m venv $1 failed, see above" 'check that the project folder can be written to and the disk has room'
}

# install_in ENVIRONMENT PIP-ARGUMENT...
install_in() {
  local environment=$1
  shift
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check "$@" || fail \
    'the packages cannot be installed' "pip failed, see above: pip install $*" \
    'check the network, the proxy (HTTPS_PROXY, PIP_INDEX_URL) and the disk, and run this again'
}

# prepare NAME REQUIREMENTS: an environment of that name in the project, up to date with the requirements.
prepare() {
  local environment=$root/$1 requirements=$root/$2 wanted
  wanted="$root $(cksum <"$requirements") $(cksum <"$root/pyproject.toml")"
  if suitable "$environment/bin/python"; then
    [[ $wanted == "$(cat "$environment/leadrelay-stamp" 2>/dev/null)" ]] && return
    printf 'bringing %s up to date, a minute or two\n' "$environment" >&2
  else
    make_environment "$environment"
  fi
  # Everything is pinned, so pip has nothing to resolve (and older ones miss the pin of coverage[toml] when they do).
  install_in "$environment" --no-deps --require-hashes --requirement "$requirements"
  # The build tools came with the requirements, so this downloads nothing.
  install_in "$environment" --no-deps --no-build-isolation --no-index --editable "$root"
  printf '%s\n' "$wanted" >"$environment/leadrelay-stamp"
}
