#!/usr/bin/env bash
# The engine beside other load tools. What npm does not have comes from Debian, unpacked into a folder of our own: nothing
# is installed. Without Debian the bench runs with what is there, and says what is not.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

cache="$PWD/bench/.cache"
tools=(nginx wrk hey nghttp2-client python3-locust)

# The package lists may be missing; only root can fetch them.
missing_packages() {
  apt-get --simulate --no-install-recommends install "${tools[@]}" 2>/dev/null ||
    { [ "$(id -u)" = 0 ] && timeout 120 apt-get update >&2 &&
      apt-get --simulate --no-install-recommends install "${tools[@]}"; }
}

# All that the tools need and this machine has not, or not new enough: never the C library, and nothing that is only looked
# at or compiled against.
unpack() {
  local names package
  mkdir -p "$cache/packages" "$cache/new"
  names=$(missing_packages) || return 1
  names=$(awk '/^Inst/ { print $2 }' <<<"$names" | grep -v -E '^(libc6$|fonts-|sphinx-)|-dev$')
  if [ -n "$names" ]; then
    # shellcheck disable=SC2086 # one word each
    (cd "$cache/packages" && timeout 300 apt-get download $names) || return 1
    for package in "$cache"/packages/*.deb; do
      dpkg --extract "$package" "$cache/new" || return 1
    done
  fi
  mv "$cache/new" "$cache/root"
}

if [ ! -d "$cache/root" ]; then
  rm -rf "$cache"
  mkdir -p "$cache"
  if ! command -v apt-get >/dev/null; then
    printf '\n!!! Nothing is fetched: there is no apt-get here.\n\n'
  elif ! unpack >"$cache/apt.log" 2>&1; then
    printf '\n!!! Nothing is fetched: %s\n\n' "$(tail -n 1 "$cache/apt.log")"
  fi
fi

node bench/peers.ts "$@"
