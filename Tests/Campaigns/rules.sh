# shellcheck shell=bash
# rules: a rule is ended, tried, voted in and superseded on four nodes, none of which starts again

campaign_rules() {
    prepare
    build_custos "${CUSTOS_BUILD:-release}"
    # Short, because the path of a Unix socket may have 107 bytes only.
    net=$(socket_folder)
    trap demo_stop EXIT
    demo_start
    demo_ingest ""
    rules_prepare
    step "What the next version of $rule would find, of all that the regulator may open"
    show rules backtest "$net/next" --rule "$rule" --node "$net/regulator"

    step "The rule ends at once; what it found stays"
    rules_vote retire "$rule"
    rules_expect "none open, none of it runs" 0 ""
    step "Its next version runs in the shadow: it travels from a node that does not run it"
    cp "$net/built/$hash.rule" "$net/city-hospital/data/rules/"
    rules_vote rule "$rule" "$hash" insurer,regulator shadow
    rules_expect "open and not anchored" 1 shadow
    if [ "$(rules_anchored)" -ne "$before" ]; then fail "a rule in the shadow was anchored"; fi
    step "One institution anchors what it finds"
    rules_vote rule "$rule" "$hash" insurer,regulator canary=regulator
    rules_expect "open" 1 canary
    rules_until "anchored" '[ "$(rules_anchored)" -gt "$before" ]'
    step "It comes into force for services from a day on that is not there yet"
    rules_vote rule "$rule" "$hash" insurer,regulator from=2100-01-01
    rules_expect "it judges no service so far" 0 "in force"
    step "It comes into force for all services"
    rules_vote rule "$rule" "$hash" insurer,regulator
    rules_expect "open" 1 "in force"
    rules_verify
    step "That was all"
}

# The rule, the next version of it in a folder of rules and as a node has it, and its hash.
rules_prepare() {
    rule=AC-11
    before=$(rules_anchored)
    cp -r rules "$net/next"
    sed -i "s/^title: .*/title: Too many patients' records in a day/" \
        "$net/next/access/$rule.yaml"
    "$custos" rules build "$net/next" --out "$net/built" >/dev/null
    hash=$("$custos" rules list "$net/next" --json | tr '{' '\n' | grep "\"id\":\"$rule\"" |
        field hash)
}

# Proposes a change to rules at one node, and has it agreed on at two others.
rules_vote() {
    local proposal member
    printf '\n$ custos govern propose %s\n' "$*" >&2
    proposal=$("$custos" govern propose "$@" --reason "a campaign" --json \
        --node "$net/county-hospital" | field id)
    for member in city-hospital insurer; do
        "$custos" govern vote "$proposal" yes --node "$net/$member" >/dev/null
    done
}

# How many findings of the rule stand on the ledger.
rules_anchored() {
    "$custos" findings --node "$net/regulator" --json | tr '{' '\n' |
        grep "\"rule\":\"$rule\"" | grep -c '"leaf":[0-9]' || true
}

rules_until() {
    local said=$1 try
    for try in $(seq 1 120); do
        if eval "$2"; then
            note "$said"
            return
        fi
        sleep 0.5
    done
    "$custos" rules running --node "$net/regulator" >&2
    fail "waited in vain for: $said"
}

# Waits until the rule has so many findings open at the regulator's node, in this stage.
rules_expect() {
    local said=$1
    wanted="$2 $3"
    rules_until "$said" '[ "$(rules_standing)" = "$wanted" ]'
}

rules_standing() {
    local line
    line=$("$custos" rules running --node "$net/regulator" --json | tr '{' '\n' |
        grep "\"id\":\"$rule\"" || true)
    printf '%s %s' "$(field open <<<"${line:-\"open\":0}")" "$(field stage <<<"$line")"
}

# Away from the nodes: which version was in force when, and each finding by the rule of its time.
rules_verify() {
    local finding
    step "Which version was in force when, with the proof, and what both found, offline"
    show rules history "$rule" --node "$net/regulator" --out "$net/$rule.proof"
    for finding in $("$custos" findings --node "$net/regulator" --json | tr '{' '\n' |
        grep "\"rule\":\"$rule\"" | sed -n 's/.*"finding":"\([0-9a-f]*\)".*/\1/p'); do
        "$custos" proof --finding "$finding" --node "$net/regulator" \
            --out "$net/$finding.proof" >/dev/null
    done
    demo_stop
    "$custos" verify "$net/$rule.proof" --genesis "$net/county.genesis" >/dev/null ||
        fail "the rule's history was not proved"
    for finding in "$net"/*.proof; do
        "$custos" verify "$finding" --genesis "$net/county.genesis" >/dev/null ||
            fail "$finding was not proved"
        note "proved: $finding"
    done
}
