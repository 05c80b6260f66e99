#!/usr/bin/env bash
# One door to the project: builds, tests, shows and measures Custos. `./custos.sh help` tells more.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

swift_at_least=6.2
import_check=(--explicit-target-dependency-import-check error)

help() {
    cat <<'TEXT'
./custos.sh VERB

  demo [--keep] [--data DIR]   four institutions, planted frauds, findings, a proof checked offline
  test                         style, one debug build, all tests
  build [debug]                the program `custos`, optimised unless told otherwise
  bench [NAME…] [--json]       measure; without a name, everything
  format                       put every Swift file into the house style
  lint                         check the style and change nothing
  campaign NAME                the long forms that continuous integration has no time for
  help                         this text

Each verb first looks for what it needs: Swift 6.2 or newer, and a few system packages, which it
installs with apt-get where it may and names where it may not.
TEXT
}

main() {
    local verb=${1:-help}
    if [ $# -gt 0 ]; then shift; fi
    case $verb in
        demo) prepare && build_release && demo "$@" ;;
        test) run_tests ;;
        build) prepare && build "$@" ;;
        bench) prepare && bench "$@" ;;
        format) need_swift && swift_format format --in-place ;;
        lint) need_swift && lint ;;
        campaign) campaign "$@" ;;
        help | -h | --help) help ;;
        *)
            help >&2
            fail "there is no verb '$verb'"
            ;;
    esac
}

# --- saying ---------------------------------------------------------------------------------------

step() { printf '\n== %s\n' "$*" >&2; }
note() { printf '   %s\n' "$*" >&2; }
fail() {
    printf 'custos.sh: %s\n' "$*" >&2
    exit 1
}

# --- what must be there ---------------------------------------------------------------------------

prepare() {
    need_packages
    need_swift
}

need_swift() {
    local found
    found=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' |
        head -n 1) || true
    if [ -n "$found" ] &&
        [ "$(printf '%s\n' "$swift_at_least" "$found" | sort -V | head -n 1)" = "$swift_at_least" ]
    then
        return
    fi
    cat >&2 <<TEXT
custos.sh: Custos needs Swift $swift_at_least or newer; found: ${found:-none}.
   Get it from https://www.swift.org/install/linux/, or with Swift's own installer, swiftly:
       curl -O https://download.swift.org/swiftly/linux/swiftly-\$(uname -m).tar.gz
       tar zxf swiftly-\$(uname -m).tar.gz && ./swiftly init
   Then open a new shell, so that \`swift\` is on the PATH, and run this command again.
TEXT
    exit 1
}

# What is looked for, and the Debian or Ubuntu package that brings it. Things are looked for and not
# packages, so that another distribution, or a package under another name, is as good.
needs() {
    cat <<'TABLE'
command  git                                git
command  ld                                 binutils
file     /etc/ssl/certs/ca-certificates.crt ca-certificates
file     /usr/share/zoneinfo/UTC            tzdata
header   stdlib.h                           libc6-dev
file     /usr/lib/gcc/*/*/libstdc++.so      g++
header   zlib.h                             zlib1g-dev
library  libcurl.so.4                       libcurl4-openssl-dev
library  libxml2.so*                        libxml2-dev
library  libsqlite3.so.0                    libsqlite3-0
library  libedit.so.2                       libedit2
library  libncurses.so.6                    libncurses-dev
header   secp256k1.h                        libsecp256k1-dev
header   leveldb/c.h                        libleveldb-dev
header   openssl/evp.h                      libssl-dev
TABLE
}

is_there() {
    case $1 in
        command) command -v "$2" >/dev/null ;;
        file) compgen -G "$2" >/dev/null ;;
        header) compgen -G "/usr/include/$2" >/dev/null ||
            compgen -G "/usr/include/*-linux-gnu*/$2" >/dev/null ||
            compgen -G "/usr/local/include/$2" >/dev/null ;;
        library) compgen -G "/usr/lib/*/$2" >/dev/null || compgen -G "/usr/lib/$2" >/dev/null ||
            compgen -G "/lib/*/$2" >/dev/null || compgen -G "/usr/local/lib/$2" >/dev/null ;;
    esac
}

need_packages() {
    local kind what package missing=()
    while read -r kind what package; do
        is_there "$kind" "$what" || missing+=("$package")
    done < <(needs)
    if [ ${#missing[@]} -eq 0 ]; then return; fi

    local as=()
    if ! command -v apt-get >/dev/null; then
        fail "these packages, or what your system calls them, are missing: ${missing[*]}"
    fi
    if [ "$(id -u)" -ne 0 ]; then as=(sudo -n); fi
    if [ ${#as[@]} -gt 0 ] && ! sudo -n true 2>/dev/null; then
        fail "some packages are missing and only root may install them. Please run:
   sudo apt-get update && sudo apt-get install --yes ${missing[*]}"
    fi
    step "Installing ${missing[*]}"
    "${as[@]}" apt-get update --quiet --quiet >&2
    "${as[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --quiet --quiet --no-install-recommends "${missing[@]}" >&2
}

# --- style ----------------------------------------------------------------------------------------

swift_format() {
    local paths=(Package.swift Sources Tests)
    if [ -d Benchmarks ]; then paths+=(Benchmarks/Package.swift Benchmarks/Sources); fi
    swift format "$@" --recursive --parallel "${paths[@]}"
}

lint() {
    step "Style"
    swift_format lint --strict
    bash -n custos.sh .ci/run
}

# --- building and testing -------------------------------------------------------------------------

build() {
    case ${1:-release} in
        release) build_release ;;
        debug)
            step "Building custos (debug)"
            swift build --product custos >&2
            note "$(swift build --show-bin-path)/custos"
            ;;
        *) fail "build takes 'release' or 'debug', not '$1'" ;;
    esac
}

build_release() {
    step "Building custos (release; the first time takes some minutes)"
    swift build -c release --product custos >&2
    custos=$(swift build -c release --show-bin-path)/custos
    note "$custos"
}

run_tests() {
    prepare
    lint
    step "Building (debug, with tests)"
    swift build --build-tests "${import_check[@]}"
    step "Testing"
    swift test --skip-build "${import_check[@]}"
}

bench() {
    fail "there are no benchmarks yet"
}

demo() {
    fail "there is no demo yet"
}

campaign() {
    case ${1:-} in
        release)
            prepare
            step "All tests again, optimised"
            swift test -c release -Xswiftc -enable-testing
            ;;
        *) fail "campaigns: release (all tests again, optimised)" ;;
    esac
}

main "$@"
