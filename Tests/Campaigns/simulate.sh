# shellcheck shell=bash
# simulate [SEEDS [FIRST [RECORD]]]: seeds of 200 heights; it goes on where RECORD ends

# RECORD gets a line for each seed. Several runs, on as many cores, each with a RECORD of its own,
# are summed up with: cat RECORDS >ALL; custos simulate --seeds 0 --record ALL
campaign_simulate() {
    local seeds=${1:-10000} first=${2:-1}
    local record=${3:-campaign-$(git rev-parse --short HEAD).ndjson}
    prepare
    build_custos release
    step "Simulating $seeds seeds from $first on, 200 heights each; what is done stands in $record"
    "$custos" simulate --seed "$first" --seeds "$seeds" --heights 200 --record "$record" ||
        fail "a promise was broken: the seeds are named above"
}
