# shellcheck shell=bash
# tools/setup/npm.sh - npm packages by lock file, for the steps that unpack one. Sourced after lib.sh.
npm_lock=$setup_dir/npm.lock

# npm_version NAME: the locked version.
npm_version() { awk -v n="$1" '$1 == n { print $2 }' "$npm_lock"; }

# npm_fetch NAME: the path of the package's tarball, downloaded when it is not in the cache and checked against the lock.
# No install script of any package is run, and no dependency is looked at: these packages are only unpacked.
npm_fetch() {
    local name=$1 version sha file
    version=$(npm_version "$name")
    sha=$(awk -v n="$name" '$1 == n { print $3 }' "$npm_lock")
    [ -n "$sha" ] || die "$name is not in tools/setup/npm.lock"
    file=${name#@}
    file=$cache/${file//\//-}-$version.tgz
    if ! hash_is "$file" sha512 "$sha"; then
        (cd "$cache" && npm pack --silent --ignore-scripts "$name@$version" >/dev/null) || die "cannot download $name $version"
        hash_is "$file" sha512 "$sha" || die "$name $version does not have the sha512 in tools/setup/npm.lock"
    fi
    echo "$file"
}
