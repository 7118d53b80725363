#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/lint/deps.sh [build] [check] [lint]: installs the packages that are missing for it when it may, or says the one command
# to run.
build="gcc libc6-dev make pkg-config libevent-dev libjansson-dev libyaml-dev libpcre2-dev libsystemd-dev tzdata"
# clang for the thread-safety analysis, the sanitizers (llvm: names in what they report) and the fuzzers; systemd, strace and
# man-db for what is installed; Jinja is what templates are compared with.
check="$build check clang libclang-rt-14-dev llvm systemd strace man-db python3-jinja2"
lint="$build check clang clang-format git shellcheck"

packages=
for purpose in "${@:-build}"; do
    case $purpose in
    build) packages="$packages $build" ;;
    check) packages="$packages $check" ;;
    lint) packages="$packages $lint" ;;
    *) echo "usage: $0 [build] [check] [lint]" >&2 && exit 2 ;;
    esac
done
if ! command -v dpkg-query >/dev/null; then
    echo "this is not a Debian system: whether the packages are there is not checked:$packages" >&2
    exit 0
fi
# shellcheck disable=SC2086
installed=" $(dpkg-query -W -f='${db:Status-Status}:${Package}\n' $packages 2>/dev/null | sed -n 's/^installed://p' | tr '\n' ' ')"
missing=
for package in $packages; do
    case "$installed$missing " in *" $package "*) ;; *) missing="$missing $package" ;; esac
done
[ -z "$missing" ] && exit 0

install="apt-get install -y --no-install-recommends$missing"
sudo=
[ "$(id -u)" = 0 ] || sudo="sudo "
if [ -z "$sudo" ] || sudo -n true 2>/dev/null; then
    echo "installing:$missing"
    ${sudo}apt-get update -qq && ${sudo}env DEBIAN_FRONTEND=noninteractive $install >/dev/null && exit 0
fi
command="${sudo}apt-get update && $sudo$install"
[ -z "$sudo" ] || command -v sudo >/dev/null || command="su - -c 'apt-get update && $install'" # asks for root's password
printf 'hassd needs packages that are not installed. Run this, then make again:\n\n    %s\n\n' "$command" >&2
exit 1
