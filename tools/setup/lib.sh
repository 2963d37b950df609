# shellcheck shell=bash
# tools/setup/lib.sh - what every set-up step shares. Sourced by the files in steps/, never run.
#
# A step defines
#   step_name      its name, also that of its stamp and log
#   step_title     what it does, for the person watching
#   step_inputs    the files that decide its result: when one changes, the step runs again
#   step_remedy    one sentence: what to do when it fails
#   step_check     true while its result is in place (cheap: no network, well under 0.1 s)
#   step_install   makes the result; its output goes to .deps/log/NAME.log
# and ends with `step_main`.

set -euo pipefail

setup_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$setup_dir/../.." && pwd)
deps=${HARKEN_DEPS:-$top/.deps}
cache=$deps/cache
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
mkdir -p "$deps"/{bin,include,lib/pkgconfig,models,stamps,log,cache}

# Debian's own interpreter: the same one on every machine, whatever else is on PATH.
python=/usr/bin/python3
[ -x "$python" ] || python=python3

say() { printf '%s\n' "$*"; }

# die WHY [REMEDY]: ends the step, from any subshell of it; the remedy defaults to the step's own.
die() {
    printf '%s\n%s\n' "$1" "${2:-$step_remedy}" >"$deps/log/$step_name.why"
    exit 1
}

# The commands that need root go through here: directly as root, else by sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -E "$@"
    else
        die "this needs root, and there is no sudo here" "run 'make setup' as root once, or install sudo"
    fi
}

# hash_is FILE ALGORITHM HEX: true when the file has that digest (ALGORITHM is sha256 or sha512).
hash_is() { [ -f "$1" ] && [ "$("$2sum" <"$1" | cut -d' ' -f1)" = "$3" ]; }

# The stamp also holds the place: a moved checkout is set up anew, because its virtual environment and .pc files name it.
step_key() { { printf "%s\n" "$deps"; cat "${step_inputs[@]}"; } | sha256sum | cut -d" " -f1; }

# Milliseconds of the monotonic clock.
now_ms() { local up; read -r up _ </proc/uptime; echo $((10#${up/./} * 10)); }

step_main() {
    local stamp=$deps/stamps/$step_name log=$deps/log/$step_name.log key start rc took why
    key=$(step_key)
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$key" ] && step_check >/dev/null 2>&1; then
        [ -n "${SETUP_QUIET:-}" ] || say "setup: $step_name: in place"
        return 0
    fi
    say "setup: $step_name: $step_title ..."
    why=$deps/log/$step_name.why
    rm -f "$stamp" "$why"
    start=$(now_ms)
    rc=0
    # A subshell of its own, so that set -e holds inside (it does not in a condition).
    set +e
    (set -e; step_install) >"$log" 2>&1
    rc=$?
    set -e
    if [ $rc != 0 ] || ! (step_check) >>"$log" 2>&1; then
        say "setup: $step_name: FAILED; the end of $log:" >&2
        tail -n 15 "$log" | sed 's/^/  | /' >&2
        [ -f "$why" ] || printf 'see the log\n%s\n' "$step_remedy" >"$why"
        printf '  why: %s\n  remedy: %s\n' "$(sed -n 1p "$why")" "$(sed -n 2p "$why")" >&2
        return 1
    fi
    took=$(($(now_ms) - start))
    printf '%s\n' "$key" >"$stamp"
    printf 'setup: %s: done in %d.%d s\n' "$step_name" $((took / 1000)) $((took % 1000 / 100))
}
