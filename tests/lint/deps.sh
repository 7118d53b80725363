#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the packages the build and the tests need when it may, or says the one command to run.
packages="gcc make pkg-config clang clang-format libclang-rt-14-dev llvm libevent-dev libjansson-dev libyaml-dev libsystemd-dev check
    universal-ctags binutils libc6-dev procps"
missing=
for package in $packages; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
command="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
    echo "installing:$missing"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive $command >/dev/null && exit 0
elif sudo -n true 2>/dev/null; then
    echo "installing:$missing"
    sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive $command >/dev/null && exit 0
fi
echo "hassd needs packages that are not installed. Run: sudo apt-get update && sudo $command" >&2
exit 1
