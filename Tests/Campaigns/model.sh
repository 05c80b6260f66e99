# shellcheck shell=bash
# model [ROUNDS]: every state of the protocol at one height, with Spin; 3 rounds take seconds

# Each breakage of docs/model/consensus.pml must be found, and without one nothing.
campaign_model() {
    local rounds=${1:-3} model folder broken
    if ! { command -v spin && command -v gcc; } >/dev/null; then
        fail "the model needs: apt-get install spin gcc"
    fi
    case $rounds in
        1 | 2 | 3 | 4) ;;
        *) fail "the model has 1 to 4 rounds, not '$rounds'" ;;
    esac
    model=$PWD/docs/model/consensus.pml
    folder=$(mktemp -d)
    cd "$folder"
    for broken in BROKEN_LOCK BROKEN_PROOF BROKEN_QUORUM; do
        step "$broken: a disagreement must be found"
        run_model "$model" "-D$broken"
        if grep -q "errors: 0" log; then fail "none was found"; fi
    done
    step "The protocol, $rounds rounds: all states"
    run_model "$model" "-DROUNDS=$rounds"
    grep -E "errors:|states, stored" log
    grep -q "errors: 0" log || fail "the model is not safe"
    if grep -q "max search depth too small" log; then fail "not all states were reached"; fi
    rm -r "$folder"
}

run_model() {
    spin -a "$2" "$1" >/dev/null
    gcc -w -O2 -DSAFETY -DCOLLAPSE -o pan pan.c
    ./pan -m1000000 -w24 >log
}
