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
        demo) prepare && build_custos "${CUSTOS_BUILD:-debug}" && demo "$@" ;;
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

# A new folder for nodes; short, because the path of a Unix socket may have 107 bytes only.
socket_folder() { mktemp -d /tmp/custos-XXXXXX; }

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
command  python3                            python3-venv
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
    local script
    for script in custos.sh .ci/run Tests/Campaigns/*.sh; do bash -n "$script"; done
}

# --- building and testing -------------------------------------------------------------------------

build() {
    case ${1:-release} in
        release | debug) build_custos "${1:-release}" ;;
        *) fail "build takes 'release' or 'debug', not '$1'" ;;
    esac
}

# The demo takes the debug build, which the tests share, unless CUSTOS_BUILD says otherwise: a
# stranger who waits for the first build should wait once.
build_custos() {
    step "Building custos ($1; the first time takes some minutes)"
    swift build -c "$1" --product custos >&2
    custos=$(swift build -c "$1" --show-bin-path)/custos
    note "$custos"
}

# Programs of others that tests hold our bytes against, in a place of their own. Where they cannot
# be had, the tests that need them are skipped, and say so.
need_python() {
    local place=.build/python
    if [ -z "${CUSTOS_PYTHON:-}" ] && ! has_packages python3 && ! has_packages "$place/bin/python3"
    then
        step "Installing Python packages into $place"
        python3 -m venv "$place" >&2 &&
            "$place/bin/pip" install --quiet --requirement Tests/requirements.txt >&2 ||
            note "tests against them are skipped"
    fi
}

has_packages() {
    "$1" -c 'import cbor2, cryptography, cwt, ecdsa, jsonschema, pycose, yaml' 2>/dev/null
}

# Apache Spark, which a test holds the sweep against; it runs on Java. Where it cannot be had, the
# test leaves it out, and says so.
need_spark() {
    local place=.build/spark
    if [ -n "${SPARK_HOME:-}" ] || command -v spark-submit >/dev/null; then return; fi
    if ! command -v java >/dev/null; then
        note "there is no Java: tests leave Apache Spark out"
        return
    fi
    if ! "$place/bin/python3" -c 'import pyspark' 2>/dev/null; then
        step "Installing Apache Spark into $place"
        python3 -m venv "$place" >&2 &&
            "$place/bin/pip" install --quiet 'pyspark>=4,<5' >&2 || {
            note "tests leave Apache Spark out"
            return
        }
    fi
    SPARK_HOME=$("$place/bin/python3" -c 'import pyspark; print(pyspark.__path__[0])')
    export SPARK_HOME
}

run_tests() {
    prepare
    need_python
    need_spark
    lint
    step "Building (debug, with tests)"
    swift build --build-tests "${import_check[@]}"
    step "Testing"
    local said=.build/tests.log
    # All at once, a test would wait between any two of its steps for a turn of a thousand others,
    # and come to its limit for no fault of its own.
    export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=8
    # Where a test never ends, this does, with what was said until then.
    timeout --kill-after=60 45m swift test --skip-build "${import_check[@]}" 2>&1 |
        tee "$said" || tell_failures "$said"
    simulate_new_seeds
}

# Tests say much: what failed is said again at the end, before the runner's closing line.
tell_failures() {
    step "What failed"
    grep --text --after-context=8 '✘.* recorded an issue' "$1" || note "no test said why"
    grep --text '✘ Test run with' "$1" || tail -n 5 "$1"
    exit 1
}

# Seeds that nobody has run yet, for a fixed time; and one of them twice, in two processes. They
# follow from the commit: each has its own, and what one run of it found the next run finds again.
simulate_new_seeds() {
    local seed digests
    seed=$((16#$(git rev-parse HEAD | cut -c 1-8)))
    step "Simulating new seeds from $seed on, for 60 seconds"
    custos=$(swift build --show-bin-path)/custos
    digests=$(for _ in 1 2; do
        "$custos" simulate --seed "$seed" --heights 5 --json | field digest
    done | sort -u | wc -l)
    if [ "$digests" -ne 1 ]; then fail "seed $seed ran differently in two processes"; fi
    "$custos" simulate --seed "$seed" --heights 15 --seconds 60
}

bench() {
    build_bench
    step "Measuring"
    "$bench" "$@"
}

# The benchmarks are a package of their own, so that nobody else builds them; in the same folder as
# an optimised custos, they find all but themselves built.
build_bench() {
    step "Building benchmarks and nodes (release; the first time takes some minutes)"
    local package=(-c release --package-path Benchmarks --scratch-path "$PWD/.build")
    swift build "${package[@]}" >&2
    bench=$(swift build "${package[@]}" --show-bin-path)/bench
}

# --- demo -----------------------------------------------------------------------------------------

declare -A node_pids=()
members=(county-hospital city-hospital insurer regulator)

demo() {
    local keep=no data=
    while [ $# -gt 0 ]; do
        case $1 in
            --keep) keep=yes ;;
            --data) data=${2:?--data takes a folder} && shift ;;
            *) fail "demo takes --keep and --data DIR, not '$1'" ;;
        esac
        shift
    done
    net=$(socket_folder)
    trap demo_stop EXIT
    demo_start
    demo_ingest "$data"
    demo_summary
    demo_crash
    demo_prove
    if [ "$keep" = no ]; then
        step "All nodes are stopped; an auditor checks the proof with the genesis alone"
        demo_stop
    else
        step "An auditor checks the proof with the genesis alone, away from the network"
    fi
    demo_verify
    if [ "$keep" = yes ]; then demo_keep; fi
    step "That was all"
    note "Everything is in $net. With --keep, the network stays up until ctrl-c."
}

# Shows a command, then runs it: what the demo does, a reader can do by hand.
show() {
    printf '\n$ custos %s\n' "$*" >&2
    "$custos" "$@"
}

start_node() {
    "$custos" node "$net/$1" >>"$net/$1/node.log" 2>&1 </dev/null &
    node_pids[$1]=$!
}

# On stopped nodes: every ledger derives again from its own bytes, and no two differ.
compare_ledgers() {
    local member
    for member in "${members[@]}"; do
        "$custos" check --node "$net/$member" || fail "$member's ledger does not derive"
        if [ "$member" = insurer ]; then continue; fi
        "$custos" diverge "$net/insurer" "$net/$member" || fail "insurer and $member differ"
    done
}

# Ends the processes that this script started, by their ids.
demo_stop() {
    local pid
    for pid in "${node_pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${node_pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    node_pids=()
}

# What it is given goes on to `custos devnet`.
demo_start() {
    step "Four institutions: keys, genesis, a node each"
    # Ports that hardly anybody uses, so that a network that runs already is not in the way.
    show devnet --prepare --dir "$net" --network genesis/county.yaml \
        --base-port $((20000 + RANDOM % 10000)) "$@"
    local member
    for member in "${members[@]}"; do start_node "$member"; done
    for member in "${members[@]}"; do
        "$custos" status --node "$net/$member" --wait 60 >/dev/null || {
            tail -n 5 "$net/$member/node.log" >&2
            fail "the node of $member did not come up"
        }
        note "$member is up, process ${node_pids[$member]}"
    done
}

demo_ingest() {
    step "They anchor what their systems recorded; a few frauds are planted among it"
    show ingest samples/synthea-small samples/planted --derive \
        --assign samples/institutions.json --net "$net"
    if [ -n "$1" ]; then
        show ingest "$1" --derive --assign samples/institutions.json --net "$net"
    fi
}

demo_summary() {
    step "What the ledger holds, and what the rules found"
    show status --node "$net/regulator" --wait 120 --settled
    show findings --node "$net/regulator"
}

demo_crash() {
    step "City Hospital's machine dies (kill -9); the other three go on"
    kill -9 "${node_pids[city-hospital]}"
    wait "${node_pids[city-hospital]}" 2>/dev/null || true
    unset 'node_pids[city-hospital]'
    show submit samples/late/visit.ndjson --node "$net/county-hospital"
    step "It comes back, and catches up"
    local height
    height=$("$custos" status --node "$net/insurer" --json | field height)
    start_node city-hospital
    show status --node "$net/city-hospital" --wait 60 --height "$height"
}

# Proves a finding where there is one, and else the last claim.
demo_prove() {
    local finding leaf
    # One that the rules still find: a later fact may have closed what an earlier one opened.
    finding=$("$custos" findings --node "$net/regulator" --json | tr '{' '\n' |
        awk '/"isOpen":true/ && !found++' | field finding)
    if [ -n "$finding" ]; then
        step "One finding, why it was found, and its proof in a file"
        show explain "$finding" --node "$net/regulator"
        show proof --finding "$finding" --node "$net/regulator" --out "$net/entry.proof"
    else
        step "One claim, and its proof in a file"
        leaf=$("$custos" query institution county-hospital --kind claim --limit 1 --json \
            --node "$net/regulator" | field leaf)
        show proof "$leaf" --node "$net/regulator" --out "$net/entry.proof"
    fi
}

# The first value of a field in a line of JSON, for numbers and for text without escapes.
field() {
    sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" | head -n 1
}

demo_keep() {
    step "The network stays up; ctrl-c ends it"
    note "in another terminal: $custos status --node $net/regulator"
    wait || true
}

demo_verify() {
    local offline=()
    if unshare --net --map-root-user true 2>/dev/null; then
        offline=(unshare --net --map-root-user)
        note "in a network namespace of its own, without any network"
    fi
    printf '\n$ custos verify entry.proof --genesis county.genesis\n' >&2
    "${offline[@]}" "$custos" verify "$net/entry.proof" --genesis "$net/county.genesis"

    step "One bit of the file is flipped"
    flip "$net/entry.proof" "$net/flipped.proof"
    printf '\n$ custos verify flipped.proof --genesis county.genesis\n' >&2
    if "$custos" verify "$net/flipped.proof" --genesis "$net/county.genesis"; then
        fail "a changed proof was taken for good"
    fi
}

# Copies a file with the lowest bit of its middle byte changed.
flip() {
    cp "$1" "$2"
    local place byte
    place=$(($(wc -c <"$1") / 2))
    byte=$(od -An -tu1 -j "$place" -N 1 "$1")
    # shellcheck disable=SC2059
    printf "\\x$(printf '%02x' $((byte ^ 1)))" |
        dd of="$2" bs=1 seek="$place" conv=notrunc status=none
}

# One file each in Tests/Campaigns; its second line says what it is.
campaign() {
    local name=${1:-}
    if [ -z "$name" ] || [ ! -f "Tests/Campaigns/$name.sh" ]; then
        for name in Tests/Campaigns/*.sh; do sed -n '2s/^# /  /p' "$name" >&2; done
        fail "campaigns are the above${1:+; there is none called '$1'}"
    fi
    shift
    # shellcheck source=/dev/null
    . "Tests/Campaigns/$name.sh"
    "campaign_$name" "$@"
}

main "$@"
