#!/usr/bin/env bash
# unpacked-podman.sh ROOT: writes ROOT/podman, which runs the podman that is unpacked there, with all it keeps below ROOT, but
# for an index of layers in /var/lib/containers/cache, which it lets nobody move.
set -euo pipefail
root=$(cd "$1" && pwd)
libraries="$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu"

mkdir -p "$root/home/.config/containers" "$root/state"
cp "$root/etc/containers/policy.json" "$root/home/.config/containers/"

# runc, since crun refuses a machine with cgroups of both versions. No limit of open files above this process's own may be
# asked for where the right to raise it is missing. The network is the host's: any other needs a firewall's tools.
cat >"$root/containers.conf" <<EOF
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "$root/state"
conmon_path = ["$root/usr/bin/conmon"]
# It starts podman once more when a container has ended, and hands on nothing else of the environment.
conmon_env_vars = ["LD_LIBRARY_PATH=$libraries"]
[engine.runtimes]
runc = ["$root/usr/sbin/runc", "$root/usr/bin/runc"]
[network]
network_config_dir = "$root/state/networks"
[containers]
default_ulimits = ["nofile=8192:8192", "nproc=8192:8192"]
init_path = "$root/usr/bin/catatonit"
netns = "host"
seccomp_profile = "$root/usr/share/containers/seccomp.json"
EOF
cat >"$root/storage.conf" <<EOF
[storage]
driver = "overlay"
graphroot = "$root/images"
runroot = "$root/state"
EOF
cat >"$root/podman" <<EOF
#!/bin/sh
export HOME="$root/home" LD_LIBRARY_PATH="$libraries" PATH="$root/usr/bin:$root/usr/sbin:\$PATH"
export CONTAINERS_CONF="$root/containers.conf" CONTAINERS_STORAGE_CONF="$root/storage.conf"
export CONTAINERS_REGISTRIES_CONF="$root/etc/containers/registries.conf"
exec "$root/usr/bin/podman" "\$@"
EOF
chmod +x "$root/podman"
