# shellcheck shell=bash
# namespaces [SECONDS [SEED]]: real processes, each in a network of its own, and all goes wrong

# Four nodes, each in its network namespace on one bridge, under load. Links get slow and lossy or
# are cut, processes are killed and stopped, a disk is full, a clock is wrong. Afterwards every node
# must come to the same end, every ledger must derive again from its own bytes, and no two may
# differ.
campaign_namespaces() {
    local seconds=${1:-120}
    RANDOM=${2:-$$}
    if [ "$(id -u)" -ne 0 ] || ! command -v ip >/dev/null || ! command -v tc >/dev/null; then
        fail "this needs root, ip and tc: apt-get install iproute2"
    fi
    prepare
    build_custos "${CUSTOS_BUILD:-release}"
    net=$(socket_folder)
    trap namespaces_stop EXIT
    namespaces_start
    namespaces_load &
    load_pid=$!
    namespaces_storm "$seconds"
    namespaces_judge
}

namespace() { printf 'cust%s-%s' "$$" "$1"; }

namespaces_start() {
    step "Four nodes on a bridge, each in its own network namespace"
    "$custos" devnet --prepare --dir "$net" --network genesis/county.yaml \
        --base-port 23000 >/dev/null
    bridge=cust$$
    ip link add "$bridge" type bridge
    ip link set "$bridge" up
    # The regulator's disk is small, so that it can be full.
    mv "$net/regulator/data" "$net/regulator/first"
    mkdir "$net/regulator/data"
    mount -t tmpfs -o size=96m tmpfs "$net/regulator/data"
    cp -a "$net/regulator/first/." "$net/regulator/data"
    local index=0 member
    for member in "${members[@]}"; do
        ip netns add "$(namespace $index)"
        ip link add "v$$-$index" type veth peer name eth0 netns "$(namespace $index)"
        ip link set "v$$-$index" master "$bridge" up
        ip -n "$(namespace $index)" addr add "10.77.91.$((index + 1))/24" dev eth0
        ip -n "$(namespace $index)" link set eth0 up
        ip -n "$(namespace $index)" link set lo up
        index=$((index + 1))
    done
    for member in "${members[@]}"; do namespaces_address "$net/$member/node.json"; done
    for index in 0 1 2 3; do namespaces_node $index; done
    for member in "${members[@]}"; do
        "$custos" status --node "$net/$member" --wait 60 >/dev/null ||
            fail "the node of $member did not come up"
    done
}

# Ports tell the nodes apart: each gets its address in place of the loopback.
namespaces_address() {
    local changed="$1.changed" index table=""
    for index in 0 1 2 3; do
        table+="$(member_port "${members[$index]}")=10.77.91.$((index + 1)) "
    done
    awk -v table="$table" '
        BEGIN { n = split(table, rows, " "); for (i = 1; i <= n; i++) {
            split(rows[i], row, "="); address[row[1]] = row[2] } }
        { line[NR] = $0 }
        /"host"/ { host = NR }
        /"port"/ && host {
            port = $0; gsub(/[^0-9]/, "", port)
            if (port in address) sub(/127\.0\.0\.1/, address[port], line[host])
            host = 0
        }
        END { for (i = 1; i <= NR; i++) print line[i] }' "$1" >"$changed"
    mv "$changed" "$1"
}

# The port that a member listens on, as its own configuration says.
member_port() {
    if [ ! -f "$net/$1.port" ]; then
        sed -n '/"listen"/,/}/s/.*"port" : \([0-9]*\).*/\1/p' "$net/$1/node.json" >"$net/$1.port"
    fi
    cat "$net/$1.port"
}

# Starts a node; what follows stands before the program, such as a clock that is wrong.
namespaces_node() {
    local index=$1 member=${members[$1]}
    shift
    ip netns exec "$(namespace "$index")" "$@" "$custos" node "$net/$member" \
        >>"$net/$member/node.log" 2>&1 </dev/null &
    node_pids[$member]=$!
}

namespaces_kill() {
    local member=${members[$1]}
    kill -9 "${node_pids[$member]}" 2>/dev/null || true
    wait "${node_pids[$member]}" 2>/dev/null || true
}

# Something to order all the while: what was ingested already adds nothing.
namespaces_load() {
    local file
    for file in samples/synthea-small/*.ndjson samples/planted samples/late; do
        "$custos" ingest "$file" --derive --assign samples/institutions.json --net "$net" \
            >/dev/null 2>&1 || true
        sleep 3
    done
}

namespaces_storm() {
    local end=$((SECONDS + $1)) index member
    step "Faults for $1 seconds"
    while [ "$SECONDS" -lt "$end" ]; do
        index=$((RANDOM % 4))
        member=${members[$index]}
        case $((RANDOM % 7)) in
            0 | 1)
                note "$member: 100 ms of delay, a fifth of packets lost"
                tc -n "$(namespace $index)" qdisc replace dev eth0 root \
                    netem delay 100ms 50ms loss 20% 2>/dev/null || note "(no netem here)"
                sleep 6
                tc -n "$(namespace $index)" qdisc del dev eth0 root 2>/dev/null || true
                ;;
            2)
                note "$member: cut off"
                ip link set "v$$-$index" down
                sleep 5
                ip link set "v$$-$index" up
                ;;
            3)
                note "$member: kill -9"
                namespaces_kill $index
                sleep 2
                namespaces_node $index
                ;;
            4)
                note "$member: stopped for four seconds"
                kill -STOP "${node_pids[$member]}"
                sleep 4
                kill -CONT "${node_pids[$member]}"
                ;;
            5) namespaces_full_disk ;;
            6) namespaces_wrong_clock $index ;;
        esac
        sleep 2
    done
}

# The node may end, must not lie, and starts again when there is room.
namespaces_full_disk() {
    note "regulator: its disk is full"
    dd if=/dev/zero of="$net/regulator/data/full" bs=1M status=none 2>/dev/null || true
    sleep 5
    rm -f "$net/regulator/data/full"
    namespaces_kill 3
    namespaces_node 3
}

namespaces_wrong_clock() {
    if ! command -v faketime >/dev/null; then
        note "${members[$1]}: no wrong clock without faketime (apt-get install faketime)"
        return
    fi
    note "${members[$1]}: its clock is an hour ahead"
    namespaces_kill "$1"
    namespaces_node "$1" faketime -f +1h
    sleep 6
    namespaces_kill "$1"
    namespaces_node "$1"
}

namespaces_judge() {
    local member height
    step "Faults stop: all come to the same end"
    kill "$load_pid" 2>/dev/null || true
    wait "$load_pid" 2>/dev/null || true
    for member in "${members[@]}"; do
        kill -0 "${node_pids[$member]}" 2>/dev/null || fail "the node of $member is gone: \
$(tail -n 2 "$net/$member/node.log")"
    done
    "$custos" status --node "$net/regulator" --wait 120 --settled >/dev/null
    height=$("$custos" status --node "$net/regulator" --json | field height)
    for member in "${members[@]}"; do
        "$custos" status --node "$net/$member" --wait 120 --height "$height" >/dev/null ||
            fail "$member did not come to block $height"
    done
    demo_stop
    step "Block $height everywhere; every ledger derived again from its bytes, and compared"
    for member in "${members[@]}"; do
        "$custos" check --node "$net/$member" || fail "$member's ledger does not derive"
        if [ "$member" = insurer ]; then continue; fi
        "$custos" diverge "$net/insurer" "$net/$member" || fail "insurer and $member differ"
    done
}

namespaces_stop() {
    local index
    if [ -n "${load_pid:-}" ]; then kill "$load_pid" 2>/dev/null || true; fi
    demo_stop
    for index in 0 1 2 3; do ip netns del "$(namespace $index)" 2>/dev/null || true; done
    ip link del "${bridge:-none}" 2>/dev/null || true
    umount "$net/regulator/data" 2>/dev/null || true
}
