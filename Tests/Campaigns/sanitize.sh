# shellcheck shell=bash
# sanitize address|thread [ROOMS]: the tests again, instrumented; a build of its own

# Rooms as CUSTOS_ROOMS takes them, with commas; all without.
campaign_sanitize() {
    local kind=${1:-}
    case $kind in
        address | thread) ;;
        *) fail "sanitize takes 'address' or 'thread', not '$kind'" ;;
    esac
    prepare
    step "Building with the $kind sanitizer (the first time takes a good while)"
    local place=.build/sanitize-$kind
    if [ -n "${2:-}" ]; then export CUSTOS_ROOMS=$2; fi
    swift build --build-tests --sanitize="$kind" --scratch-path "$place" >&2
    step "Testing"
    # Swift's runtime keeps what it has allocated once; races in it are its own affair.
    export ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=halt_on_error=1
    swift test --skip-build --sanitize="$kind" --scratch-path "$place"
}
