# shellcheck shell=bash
# upgrade [SECONDS [OLD_CUSTOS]]: from an older program to this one, a node at a time, under load

# Four nodes of the older program go over to this one, each stopped and started once, while their
# institutions hand in. Where no older program is named, this one is held back to the first version
# of the protocol. Afterwards every row has the number that it was accepted under, every ledger
# derives again from its bytes, and no two differ.
campaign_upgrade() {
    local seconds=${1:-120} older=${2:-} newer member
    prepare
    build_custos "${CUSTOS_BUILD:-release}"
    newer=$custos
    net=$(socket_folder)
    trap upgrade_stop EXIT
    "$newer" devnet --prepare --dir "$net" --network genesis/county.yaml \
        --base-port $((20000 + RANDOM % 10000)) >/dev/null
    step "Four nodes of ${older:-this program, held back to the first version of the protocol}"
    custos=${older:-$newer}
    for member in "${members[@]}"; do
        if [ -z "$older" ]; then
            sed -i '1s/{/{\n  "protocolVersion" : 1,/' "$net/$member/node.json"
        fi
        start_node "$member"
    done
    custos=$newer
    for member in "${members[@]}"; do upgrade_wait "$member" 60; done
    upgrade_load &
    load_pid=$!
    for member in "${members[@]}"; do
        sleep $((seconds / 5))
        upgrade_node "$member"
    done
    sleep $((seconds / 5))
    touch "$net/enough"
    wait "$load_pid"
    upgrade_judge
}

upgrade_wait() {
    "$custos" status --node "$net/$1" --wait "$2" "${@:3}" >/dev/null ||
        fail "the node of $1 is not there: $(tail -n 2 "$net/$1/node.log")"
}

# Stops a node, and starts it anew as the newer program, with all words of its protocol.
upgrade_node() {
    local height
    height=$("$custos" status --node "$net/$1" --json | field height)
    note "$1 goes over at block $height"
    kill "${node_pids[$1]}"
    wait "${node_pids[$1]}" || fail "$1 did not end as it should"
    sed -i '/"protocolVersion"/d' "$net/$1/node.json"
    start_node "$1"
    upgrade_wait "$1" 60 --height $((height + 3))
}

# Region after region; what finds a node down is handed in again until all of it is accepted.
upgrade_load() {
    local round=0
    while [ ! -e "$net/enough" ]; do
        round=$((round + 1))
        "$custos" synthesize --patients 60 --years 1 --seed "$round" --out "$net/region-$round" \
            >/dev/null
        until upgrade_ingest "$round" placed >>"$net/load.log" 2>&1; do sleep 1; done
    done
}

upgrade_ingest() {
    "$custos" ingest "$net/region-$1/csv" --mapping mappings/region --by-time --net "$net" \
        --placed "$net/$2-$1.csv"
}

# Which row has which number, of those that were accepted.
upgrade_numbers() { cut -d , -f 1-5 "$net/$1-$2.csv" | sort; }

upgrade_judge() {
    local member height changed round=0 rows=0
    step "All of them are this program: each row is asked for once more"
    while [ -e "$net/placed-$((round + 1)).csv" ]; do
        round=$((round + 1))
        upgrade_ingest "$round" again >/dev/null || fail "region $round is not taken again"
        # Which leaf it is may have become known since, and what was refused then is accepted now.
        changed=$(comm -23 <(upgrade_numbers placed "$round") <(upgrade_numbers again "$round"))
        [ -z "$changed" ] || fail "accepted before, and not so now: $(head -n 3 <<<"$changed")"
        rows=$((rows + $(wc -l <"$net/placed-$round.csv") - 1))
    done
    [ "$rows" -gt 0 ] || fail "nothing was handed in: $(tail -n 2 "$net/load.log")"
    upgrade_wait regulator 300 --settled
    height=$("$custos" status --node "$net/regulator" --json | field height)
    for member in "${members[@]}"; do upgrade_wait "$member" 120 --height "$height"; done
    demo_stop
    step "$rows rows in $height blocks; every ledger derived again from its bytes, and compared"
    compare_ledgers
}

upgrade_stop() {
    touch "$net/enough"
    if [ -n "${load_pid:-}" ]; then kill "$load_pid" 2>/dev/null || true; fi
    demo_stop
}
