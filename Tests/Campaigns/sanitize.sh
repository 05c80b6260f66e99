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
    # Optimised: whole networks are simulated in some tests, and take an hour otherwise.
    local build=(
        -c release -Xswiftc -enable-testing --build-tests
        --sanitize="$kind" --scratch-path "$place")
    if [ -n "${2:-}" ]; then export CUSTOS_ROOMS=$2; fi
    swift build "${build[@]}" >&2
    local tests
    tests=$(swift build "${build[@]}" --show-bin-path)/custosPackageTests.xctest
    # Swift's runtime keeps what it has allocated once.
    export ASAN_OPTIONS=detect_leaks=0
    export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
    local shim=
    if [ "$kind" = thread ]; then
        step "Seeing whether races are found, and none where a lock or a task orders"
        shim=$(build_thread_shim "$place") || fail "the shim for threads does not build"
        check_thread_sanitizer "$place" "$shim"
    fi
    step "Testing"
    LD_PRELOAD=$shim "$tests" --testing-library swift-testing
}

# What tells the thread sanitizer of locks and tasks; nothing to do where it is not Linux.
build_thread_shim() {
    [ "$(uname)" = Linux ] || return 0
    clang -shared -fPIC -O1 Tests/Campaigns/thread_shim.c -o "$1/thread_shim.so" >&2 || return 1
    echo "$PWD/$1/thread_shim.so"
}

# What a lock or a task orders is no race, and without them it is one.
check_thread_sanitizer() {
    swiftc -O -sanitize=thread Tests/Campaigns/races.swift -o "$1/races"
    LD_PRELOAD=$2 "$1/races" locked || fail "the sanitizer takes what is in order for a race"
    if LD_PRELOAD=$2 "$1/races" open 2>/dev/null; then fail "the sanitizer misses a race"; fi
}
