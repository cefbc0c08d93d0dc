#!/usr/bin/env bash
# The heavy stage: the built tool against servers that nobody here wrote. They come from Debian, unpacked into a
# directory of our own: nothing is installed and nothing is started but by the tests, which stop it again.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

scratch=$(mktemp -d)
# Temporary directories of the tests are in ours, and with them the process numbers of what an interrupted test left.
export TMPDIR="$scratch"
clean_up() {
  for pid in "$scratch"/loadgate-nginx-*/nginx.pid; do
    [ -f "$pid" ] && kill "$(cat "$pid")"
  done
  rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

skip() {
  printf '\n!!! HEAVY STAGE SKIPPED: %s\n' "$1"
  printf '!!! Not tested: the built tool against nginx (exact counts, gzip, chunks, HEAD, 304, error pages).\n\n'
  exit 0
}

# Needs no root if the package lists are there already.
unpack_nginx() (
  cd "$scratch"
  if ! apt-get download nginx; then
    [ "$(id -u)" = 0 ] || return 1
    timeout 120 apt-get update && timeout 120 apt-get download nginx || return 1
  fi
  dpkg --extract nginx_*.deb root
) >"$scratch/apt.log" 2>&1

if ! NGINX=$(command -v nginx); then
  command -v apt-get >/dev/null || skip 'there is no nginx here and no apt-get to fetch it with'
  unpack_nginx || skip "nginx could not be fetched: $(tail -n 1 "$scratch/apt.log")"
  NGINX="$scratch/root/usr/sbin/nginx"
fi
export NGINX
"$NGINX" -v || skip "$NGINX does not run here"

node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js \
  --config test/heavy/jest.config.json "$@"
