# shellcheck shell=bash
# simulate [SEEDS [FIRST [LOG]]]: seeds of 200 heights, ten at a time; it goes on where LOG says

campaign_simulate() {
    local seeds=${1:-10000} first=${2:-1} log=${3:-campaign.log}
    local commit seed end broken=0 output
    prepare
    build_custos release
    commit=$(git rev-parse --short HEAD)
    end=$((first + seeds - 1))
    seed=$first
    # What was done on this very commit is not done again.
    if [ -f "$log" ]; then
        while grep -q "^$commit $seed " "$log"; do seed=$((seed + 10)); done
    fi
    step "Simulating seeds $seed to $end, 200 heights each; what is done stands in $log"
    while [ "$seed" -le "$end" ]; do
        local last=$((seed + 9))
        if [ "$last" -gt "$end" ]; then last=$end; fi
        output=$("$custos" simulate --seed "$seed" --seeds $((last - seed + 1)) --heights 200) ||
            broken=1
        if grep -q BROKEN <<<"$output"; then
            printf '%s\n' "$output" | tee -a "$log.broken" >&2
        fi
        printf '%s %s %s %s\n' "$commit" "$seed" "$last" \
            "$(sed -n 's/.*run in \([0-9.]* s\).*, \([0-9]* broken\)/\1, \2/p' <<<"$output")" |
            tee -a "$log"
        seed=$((last + 1))
    done
    [ "$broken" -eq 0 ] || fail "a promise was broken: see $log.broken"
}
