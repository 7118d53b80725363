#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `make install` puts files where Debian would, `make uninstall` removes exactly those.
. "$(dirname "$0")/lib/e2e.bash"

cd "$here" || exit 1
variant=$(basename "$build")
multiarch=$(cc -print-multiarch)
rel=${build#"$here"/} # as make itself names it, or everything would be built again
make_() { make --no-print-directory VARIANT="$variant" BUILD="$rel" "$@" 2>&1; }

root=$work/root
mkdir -p "$root/usr/bin" "$root/etc/hassd"
echo "of somebody else" >"$root/usr/bin/other"
echo "mine" >"$root/etc/hassd/configuration.yaml"
before=$(cd "$root" && find . -type f -o -type l | sort)
output=$(make_ install DESTDIR="$root")
is "install" 0 "$?"
lib=usr/lib/$multiarch
for file in usr/bin/hassd usr/bin/hassctl "$lib/libhass.so.1" "$lib/libhass.so" "$lib/hassd/integrations/sensor.so" \
    usr/include/hass/hass.h usr/include/hass/integrations/sensor/sensor.h "$lib/pkgconfig/hass.pc" \
    usr/share/man/man8/hassd.8 usr/share/man/man1/hassctl.1 usr/share/bash-completion/completions/hassctl \
    usr/share/bash-completion/completions/hassd usr/lib/systemd/system/hassd.service usr/lib/sysusers.d/hassd.conf \
    usr/lib/tmpfiles.d/hassd.conf usr/share/hassd/configuration.yaml usr/share/hassd/automations.yaml usr/share/doc/hassd/operating.md; do
    claim "there is /$file" test -e "$root/$file"
done
is "every integration" "$(ls "$build/integrations" | grep -c '\.so$')" "$(ls "$root/$lib/hassd/integrations" | wc -l)"
is "every public header" "$(ls lib/include/hass/*.h | wc -l)" "$(ls "$root"/usr/include/hass/*.h | wc -l)"
is "no path of DESTDIR or a placeholder got into a file" "" "$(grep -rlIE "$root|@[A-Z]+@" "$root/usr" | grep -v '\.h$')"
is "the user's configuration is untouched" mine "$(cat "$root/etc/hassd/configuration.yaml")"
has "hass.pc knows its plugins" "/usr/lib/$multiarch/hassd/integrations" \
    "$(PKG_CONFIG_PATH=$root/$lib/pkgconfig pkg-config --variable=plugindir hass)"
has "and the lint flags" "-Wthread-safety" "$(PKG_CONFIG_PATH=$root/$lib/pkgconfig pkg-config --variable=lint_cflags hass)"
has "the unit starts what was installed" '^ExecStart=/usr/bin/hassd run --config /etc/hassd$' "$(cat "$root/usr/lib/systemd/system/hassd.service")"
if command -v systemd-tmpfiles >/dev/null; then
    claim "tmpfiles.d is understood" systemd-tmpfiles --cat-config "$root/usr/lib/tmpfiles.d/hassd.conf"
    # Users and folders of a system of its own: the user that the files belong to is nobody there.
    tree=$work/tree
    mkdir -p "$tree/etc/hassd" "$tree/usr/share/hassd" "$tree/usr/lib/tmpfiles.d"
    cp "$root"/usr/share/hassd/*.yaml "$tree/usr/share/hassd/"
    cp "$root/usr/lib/tmpfiles.d/hassd.conf" "$tree/usr/lib/tmpfiles.d/"
    echo 'hassd:x:65533:65533::/:/bin/false' >"$tree/etc/passwd"
    echo 'hassd:x:65533:' >"$tree/etc/group"
    echo "mine" >"$tree/etc/hassd/automations.yaml"
    if [ "$(id -u)" = 0 ]; then
        claim "and works" systemd-tmpfiles --root="$tree" --create hassd.conf
        is "the folder is the administrator's" "0 65533 1770" "$(stat -c '%u %g %a' "$tree/etc/hassd")"
        is "an older file is handed over" "65533 660 mine" "$(stat -c '%u %a' "$tree/etc/hassd/automations.yaml") $(cat "$tree/etc/hassd/automations.yaml")"
        is "the configuration is not" "0 640" "$(stat -c '%u %a' "$tree/etc/hassd/configuration.yaml")"
        is "nor are integrations" "0 750" "$(stat -c '%u %a' "$tree/etc/hassd/integrations")"
    fi
else
    echo "# systemd-tmpfiles is not installed: tmpfiles.d is not checked"
fi
if command -v man >/dev/null; then
    for page in man8/hassd.8 man1/hassctl.1; do
        is "man page $page has no mistakes" "" "$(LC_ALL=C.UTF-8 man --warnings -l "$root/usr/share/man/$page" 2>&1 >/dev/null)"
    done
else
    echo "# man is not installed: the manual pages are not checked"
fi
claim "bash completion is bash" bash -n "$root/usr/share/bash-completion/completions/hassctl"
has "it completes commands" '^states$' "$(bash -c ". '$root/usr/share/bash-completion/completions/hassctl'
    COMP_WORDS=(hassctl st) COMP_CWORD=1; _hassctl; printf '%s\n' \"\${COMPREPLY[@]}\"")"
for command in $("$build/hassctl" --help | sed -n 's/^  \([a-z]\+\) .*/\1/p'); do
    has "the manual page knows $command" "^\.B[IR]? \"?$command" "$(cat daemon/hassctl.1)"
done

# --- another prefix runs from where it is
output=$(make_ install PREFIX="$work/opt")
is "install with PREFIX" 0 "$?"
build_was=$build
build=$work/opt/bin
new_config prefix 'input_boolean:
  busy:'
start_ready "the installed daemon runs from any prefix"
has "with the installed integrations" "$work/opt/lib/$multiarch|input_boolean" "$(ctl info)"
stop "and stops"
build=$build_was

output=$(make_ uninstall DESTDIR="$root")
is "uninstall" 0 "$?"
is "removes what install put there, nothing else" "$before" "$(cd "$root" && find . -type f -o -type l | sort)"
is "and its folders" "" "$(find "$root" -type d -empty)"
make_ uninstall PREFIX="$work/opt" >/dev/null
is "of any prefix" "" "$(find "$work/opt" -type f -o -type l)"
finish
