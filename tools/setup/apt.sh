# shellcheck shell=bash
# tools/setup/apt.sh - step_check and step_install of the steps that install Debian packages: those that $list names. Sourced by
# them, after lib.sh.

# Nothing that is installed here is to run as a service: nginx would take port 80.
no_services() {
    [ -e /usr/sbin/policy-rc.d ] && return 0
    printf '#!/bin/sh\nexit 101\n' | as_root tee /usr/sbin/policy-rc.d >/dev/null
    as_root chmod +x /usr/sbin/policy-rc.d
    # shellcheck disable=SC2064
    trap "$(declare -f as_root); as_root rm -f /usr/sbin/policy-rc.d" EXIT
}

# The lines of $list that this machine does not satisfy yet, as package names.
missing() {
    local name version word command have
    declare -A installed=()
    while read -r name have; do
        installed[$name]=$have
    done < <(dpkg-query -W -f='${db:Status-Status} ${Package} ${Version}\n' 2>/dev/null | sed -n 's/^installed //p')
    while read -r name version word command; do
        case $name in '' | '#'*) continue ;; esac
        if [ "$word" = or ] && command -v "$command" >/dev/null; then
            continue
        fi
        have=${installed[$name]:-}
        [ -n "$have" ] && { [[ $have == "$version"* ]] || dpkg --compare-versions "$have" ge "$version"; } && continue
        echo "$name"
    done <"$list"
}

step_check() { [ -z "$(missing)" ]; }

step_install() {
    local wanted
    mapfile -t wanted < <(missing)
    [ ${#wanted[@]} -gt 0 ] || return 0
    echo "to install: ${wanted[*]}"
    # One broken foreign source must not stop us: what counts is whether the packages can be had.
    as_root apt-get -o Acquire::Retries=3 -q update || echo "warning: some apt sources did not answer"
    # A development machine wants PostgreSQL's programs, not a cluster started at boot: Harken keeps its own.
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        as_root mkdir -p /etc/postgresql-common
        echo "create_main_cluster = false" | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    no_services
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=3 -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-unsafe-io \
        -o Dpkg::Use-Pty=0 -y -q install --no-install-recommends "${wanted[@]}"
}
