#!/usr/bin/env bash
# The heavy stage: the built tool and its stores against servers that nobody here wrote. They come from Debian, unpacked
# into a directory of our own: nothing is installed and nothing is started but by the tests, which stop it again.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

scratch=$(mktemp -d)
# Temporary directories of the tests are in ours, and with them the process numbers of what an interrupted test left.
export TMPDIR="$scratch"
clean_up() {
  for pid in "$scratch"/loadgate-nginx-*/nginx.pid "$scratch"/loadgate-ceph-*/*.pid; do
    [ -f "$pid" ] && kill "$(cat "$pid")"
  done
  rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

without=()
# skip TESTS WHY WHAT
skip() {
  printf '\n!!! SKIPPED: %s\n!!! Not tested: %s\n\n' "$2" "$3"
  without+=(--testPathIgnorePatterns "/test/heavy/$1\\.test")
}

lists_are_new=false
# unpack NAME PACKAGE…: with everything they depend on that is not here. Needs no root if the package lists are there.
unpack() (
  mkdir -p "$scratch/$1/packages" && cd "$scratch/$1/packages" || exit 1
  shift
  packages=$(apt-get install --simulate --no-install-recommends "$@" | awk '$1 == "Inst" { print $2 }')
  # shellcheck disable=SC2086
  timeout 300 apt-get download ${packages:-$@} || exit 1
  for package in *.deb; do dpkg --extract "$package" .. || exit 1; done
) >"$scratch/apt.log" 2>&1
fetch() {
  command -v apt-get >/dev/null || return 1
  unpack "$@" && return 0
  if "$lists_are_new" || [ "$(id -u)" != 0 ]; then return 1; fi
  lists_are_new=true
  timeout 120 apt-get update >"$scratch/apt.log" 2>&1 && unpack "$@"
}

NGINX=$(command -v nginx || true)
if [ -z "$NGINX" ] && fetch nginx nginx; then NGINX="$scratch/nginx/usr/sbin/nginx"; fi
export NGINX
if [ -z "$NGINX" ] || ! "$NGINX" -v; then
  skip nginx 'there is no nginx that runs here' \
    'the built tool against nginx (exact counts, gzip, chunks, HEAD, 304, error pages).'
fi

if [ -z "${CEPH_ROOT:-}" ] && fetch ceph radosgw ceph-mon ceph-osd; then CEPH_ROOT="$scratch/ceph"; fi
export CEPH_ROOT
if ! [ -x "${CEPH_ROOT:-}/usr/bin/radosgw" ]; then
  skip ceph "Ceph could not be fetched: $(tail -n 1 "$scratch/apt.log")" \
    'the store in S3 against Ceph (signatures, conditional writes, 32 writers at once).'
fi

node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js \
  --config test/heavy/jest.config.json "${without[@]}" "$@"
