#!/usr/bin/env bash
# The heavy stage: the built tool and its stores against servers that nobody here wrote. They come from Debian, unpacked
# into a directory of our own: nothing is installed and nothing is started but by the tests, which stop it again.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

scratch=$(mktemp -d)
# Temporary directories of the tests are in ours, and with them the process numbers of what an interrupted test left.
export TMPDIR="$scratch"
export PODMAN="$scratch/podman/podman"
clean_up() {
  for pid in "$scratch"/loadgate-nginx-*/nginx.pid "$scratch"/loadgate-ceph-*/*.pid; do
    [ -f "$pid" ] && kill "$(cat "$pid")"
  done
  # Containers outlive whoever started them.
  if [ -x "$PODMAN" ]; then
    "$PODMAN" rm --all --force --time 0 >/dev/null || true
    umount --quiet "$scratch/podman/images/overlay" || true
  fi
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

if [ -z "${AWSCLI_ROOT:-}" ] && ! [ -x /usr/bin/aws ] && fetch awscli awscli; then AWSCLI_ROOT="$scratch/awscli"; fi
export AWSCLI_ROOT
if ! PYTHONPATH="${AWSCLI_ROOT:-}/usr/lib/python3/dist-packages" /usr/bin/python3 "${AWSCLI_ROOT:-}/usr/bin/aws" --version; then
  skip awscli "Debian's awscli could not be fetched, or does not run here: $(tail -n 1 "$scratch/apt.log")" \
    "the stand-in for ECS, S3, CloudFormation and STS against Amazon's own command line."
fi

if [ -z "${GENERATORS_ROOT:-}" ] && command -v java >/dev/null && fetch generators wrk python3-locust jmeter jmeter-http; then
  GENERATORS_ROOT="$scratch/generators"
fi
export GENERATORS_ROOT
if ! [ -x "${GENERATORS_ROOT:-}/usr/bin/wrk" ]; then
  skip '(?:other-generators|jmx-import)' "wrk, Locust and JMeter could not be fetched, or there is no Java: $(tail -n 1 "$scratch/apt.log")" \
    'runs of wrk, Locust and JMeter as they write them, judged and kept; plans of JMeter sent by JMeter and as imported.'
fi

# Pages are looked at with Chromium, and with packages that nothing else here needs.
export BROWSER_MODULES="$scratch/browser/node_modules"
CHROMIUM=${CHROMIUM:-$(command -v chromium || true)}
if [ -z "$CHROMIUM" ] && fetch chromium chromium fonts-dejavu-core; then
  CHROMIUM="$scratch/chromium/run"
  cat >"$scratch/chromium/fonts.conf" <<END
<fontconfig>
  <dir>/usr/share/fonts</dir><dir>$scratch/chromium/usr/share/fonts</dir><cachedir>$scratch/chromium/fonts</cachedir>
</fontconfig>
END
  cat >"$CHROMIUM" <<END
#!/bin/sh
export FONTCONFIG_FILE='$scratch/chromium/fonts.conf'
libraries='$scratch/chromium/usr/lib/$(uname -m)-linux-gnu'
export LD_LIBRARY_PATH="\$libraries:\$libraries/pulseaudio:$scratch/chromium/lib/$(uname -m)-linux-gnu"
exec '$scratch/chromium/usr/lib/chromium/chromium' "\$@"
END
  chmod +x "$CHROMIUM"
fi
export CHROMIUM
get_browser_modules() {
  mkdir "$scratch/browser" && cp test/heavy/browser/package*.json "$scratch/browser" && cd "$scratch/browser" &&
    timeout 300 npm ci --ignore-scripts --no-audit --no-fund
}
why=
if [ -z "$CHROMIUM" ]; then
  why="Debian's chromium could not be fetched: $(tail -n 1 "$scratch/apt.log")"
elif ! timeout 60 "$CHROMIUM" --headless --no-sandbox --disable-gpu --dump-dom about:blank >"$scratch/chromium.log" 2>&1; then
  why="chromium does not run here: $(tail -n 1 "$scratch/chromium.log")"
elif ! (get_browser_modules) >"$scratch/npm.log" 2>&1; then
  why="playwright-core could not be fetched: $(tail -n 1 "$scratch/npm.log")"
fi
if [ -n "$why" ]; then
  skip 'browser/.*' "$why" 'pages and charts in Chromium (test/heavy/browser).'
fi

# What the worker's image is built upon, by the name of the official image: Node and the libraries that it is linked
# against. What else is in the official one is not tested.
make_base() {
  mkdir -p "$scratch/base/usr/local/bin"
  cp "$(node -p process.execPath)" "$scratch/base/usr/local/bin/node"
  tar -C "$scratch/base" --exclude ./packages --exclude ./usr/share -c . |
    "$PODMAN" import --change 'ENV PATH=/usr/local/bin:/usr/bin:/bin' --change 'CMD ["node"]' - localhost/node:24-slim
  "$PODMAN" run --rm --pull=never localhost/node:24-slim node --version
} >"$scratch/podman.log" 2>&1
why=
if [ "$(id -u)" != 0 ]; then
  why='podman needs root here'
elif ! [ -x "${CEPH_ROOT:-}/usr/bin/radosgw" ]; then
  why='there is no Ceph here'
elif ! fetch podman podman runc catatonit || ! fetch base libc6 libstdc++6 libgcc-s1; then
  why="podman could not be fetched: $(tail -n 1 "$scratch/apt.log")"
elif ! bash scripts/unpacked-podman.sh "$scratch/podman" || ! make_base; then
  why="podman does not run here: $(tail -n 1 "$scratch/podman.log")"
fi
if [ -n "$why" ]; then
  skip fargate-containers "$why" \
    'the built tool with eight containers of the built image (infra/worker.Dockerfile), Ceph and the stand-in for ECS.'
fi

node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js \
  --config test/heavy/jest.config.json "$@" "${without[@]}"
