# shellcheck shell=bash
# namespaces [SECONDS [SEED]]: real processes, each in a network of its own, and all goes wrong

# Four nodes, each in its network namespace, under load. Links get slow and lossy, double packets or
# are cut, processes are killed and stopped, one of them and all, a disk is full, a clock is wrong.
# Afterwards every node must come to the same end, every ledger must derive again from its own
# bytes, and no two may differ.
campaign_namespaces() {
    local seconds=${1:-120}
    RANDOM=${2:-$$}
    if [ "$(id -u)" -ne 0 ] || ! { command -v ip && command -v tc; } >/dev/null; then
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
    step "Four nodes, each in its own network namespace"
    "$custos" devnet --prepare --dir "$net" --network genesis/county.yaml \
        --base-port 23000 >/dev/null
    # The regulator's disk is small, so that it can be full.
    mv "$net/regulator/data" "$net/regulator/first"
    mkdir "$net/regulator/data"
    mount -t tmpfs -o size=96m tmpfs "$net/regulator/data"
    cp -a "$net/regulator/first/." "$net/regulator/data"
    local index=0 member
    for member in "${members[@]}"; do
        ip netns add "$(namespace $index)"
        ip link add "v$$-$index" type veth peer name eth0 netns "$(namespace $index)"
        ip link set "v$$-$index" up
        ip -n "$(namespace $index)" addr add "10.77.91.$((index + 1))/24" dev eth0
        ip -n "$(namespace $index)" link set eth0 up
        ip -n "$(namespace $index)" link set lo up
        index=$((index + 1))
    done
    namespaces_join
    for member in "${members[@]}"; do namespaces_address "$net/$member/node.json"; done
    for index in 0 1 2 3; do namespaces_node $index; done
    for member in "${members[@]}"; do
        "$custos" status --node "$net/$member" --wait 60 >/dev/null ||
            fail "the node of $member did not come up"
    done
}

# A bridge where the kernel has netem, and otherwise a switch of our own that delays and drops.
namespaces_join() {
    local index
    if tc -n "$(namespace 0)" qdisc add dev eth0 root netem delay 1ms 2>/dev/null; then
        tc -n "$(namespace 0)" qdisc del dev eth0 root
        note "the weather is netem's"
        bridge=cust$$
        ip link add "$bridge" type bridge
        ip link set "$bridge" up
        for index in 0 1 2 3; do ip link set "v$$-$index" master "$bridge"; done
        return
    fi
    command -v python3 >/dev/null || fail "without netem this needs python3"
    note "this kernel has no netem: the weather is made by Tests/Campaigns/bad_network.py"
    for index in 0 1 2 3; do
        ip netns exec "$(namespace $index)" python3 Tests/Campaigns/bad_network.py plain eth0
    done
    coproc bad_network {
        exec python3 Tests/Campaigns/bad_network.py switch "v$$-0" "v$$-1" "v$$-2" "v$$-3" >&2
    }
}

# namespaces_weather INDEX DELAY JITTER LOSS DOUBLED: milliseconds and percent
namespaces_weather() {
    if [ -n "${bridge:-}" ]; then
        tc -n "$(namespace "$1")" qdisc replace dev eth0 root \
            netem delay "$2ms" "$3ms" loss "$4%" duplicate "$5%"
    else
        echo "weather $*" >&"${bad_network[1]}"
    fi
}

namespaces_cut() {
    if [ -n "${bridge:-}" ]; then
        ip link set "v$$-$1" down
    else
        echo "cut $1" >&"${bad_network[1]}"
    fi
}

namespaces_mend() {
    if [ -n "${bridge:-}" ]; then
        ip link set "v$$-$1" up
        tc -n "$(namespace "$1")" qdisc del dev eth0 root 2>/dev/null || true
    else
        echo "mend $1" >&"${bad_network[1]}"
    fi
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

# Each kind of fault comes once before any comes again, in an order that follows from the seed.
namespaces_storm() {
    local end=$((SECONDS + $1)) kind count=0
    local kinds=(slow lossy doubled cut halves killed power stopped full clock)
    step "Faults for $1 seconds"
    while [ "$SECONDS" -lt "$end" ]; do
        for kind in $(for each in "${kinds[@]}"; do echo "$RANDOM $each"; done | sort -n |
            cut -d ' ' -f 2); do
            [ "$SECONDS" -lt "$end" ] || break
            namespaces_strike "$kind" $((RANDOM % 4))
            count=$((count + 1))
            sleep 2
        done
    done
    note "$count faults"
}

namespaces_strike() {
    local index=$2 member=${members[$2]} other=$((($2 + 1) % 4)) each
    case $1 in
        slow)
            note "$member: 300 ms of delay, 100 ms more or less"
            namespaces_weather "$index" 300 100 0 0
            ;;
        lossy)
            note "$member: a fifth of packets lost, 100 ms of delay"
            namespaces_weather "$index" 100 50 20 0
            ;;
        doubled)
            note "$member: a third of packets doubled, out of order"
            namespaces_weather "$index" 20 20 2 33
            ;;
        cut)
            note "$member: cut off"
            namespaces_cut "$index"
            ;;
        halves)
            note "$member and ${members[$other]}: cut off, so that nobody has a quorum"
            namespaces_cut "$index"
            namespaces_cut "$other"
            ;;
        killed)
            note "$member: kill -9"
            namespaces_kill "$index"
            sleep 2
            namespaces_node "$index"
            return
            ;;
        power)
            note "all: kill -9 at once"
            kill -9 "${node_pids[@]}" 2>/dev/null || true
            for each in 0 1 2 3; do namespaces_kill $each; done
            for each in 0 1 2 3; do namespaces_node $each; done
            return
            ;;
        stopped)
            note "$member: stopped for six seconds"
            kill -STOP "${node_pids[$member]}"
            sleep 6
            kill -CONT "${node_pids[$member]}"
            return
            ;;
        full) namespaces_full_disk && return ;;
        clock) namespaces_wrong_clock "$index" && return ;;
    esac
    sleep 6
    namespaces_mend "$index"
    namespaces_mend "$other"
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

# The clock of the day is wrong, and the one that only counts is not, as in a bad machine.
namespaces_wrong_clock() {
    local library
    library=$(ls /usr/lib/*/faketime/libfaketimeMT.so.1 2>/dev/null | head -n 1)
    if [ -z "$library" ]; then
        note "${members[$1]}: no wrong clock without faketime (apt-get install faketime)"
        return
    fi
    note "${members[$1]}: its clock is an hour ahead"
    namespaces_kill "$1"
    namespaces_node "$1" env LD_PRELOAD="$library" FAKETIME=+1h FAKETIME_DONT_FAKE_MONOTONIC=1
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
    compare_ledgers
}

namespaces_stop() {
    local index
    if [ -n "${load_pid:-}" ]; then kill "$load_pid" 2>/dev/null || true; fi
    demo_stop
    if [ -n "${bad_network_PID:-}" ]; then
        exec {bad_network[1]}>&- || true
        wait "$bad_network_PID" 2>/dev/null || true
    fi
    for index in 0 1 2 3; do ip netns del "$(namespace $index)" 2>/dev/null || true; done
    ip link del "${bridge:-none}" 2>/dev/null || true
    umount "$net/regulator/data" 2>/dev/null || true
}
