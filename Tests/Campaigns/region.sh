# A synthetic region through a devnet of four nodes, supervised and scored: sourced by custos.sh.
# ./custos.sh campaign region [PATIENTS [YEARS [SEED [ACTIVITY]]]]; otherwise 20,000 people for
# three years who are as seldom at a doctor as those of the quieter countries (docs/synthesis.md).

campaign_region() {
    local patients=${1:-20000} years=${2:-3} seed=${3:-1} activity=${4:-450} begin=$SECONDS member
    prepare
    build_custos "${CUSTOS_BUILD:-release}"
    net=$(socket_folder)
    trap demo_stop EXIT
    begin=$SECONDS
    step "A region of $patients people for $years years, seed $seed"
    show synthesize --patients "$patients" --years "$years" --seed "$seed" \
        --activity "$activity" --out "$net/region"
    note "$((SECONDS - begin)) s"
    # Every patient of the region is new to each institution; names are not to be waited for.
    demo_start --names-per-minute 1000000
    step "Its institutions anchor it, in the order of its days"
    show ingest "$net/region/csv" --mapping mappings/region --by-time --net "$net" \
        --placed "$net/placed.csv"
    note "$((SECONDS - begin)) s"
    step "The rules come to the last of it"
    show status --node "$net/regulator" --wait 900 --settled
    note "$((SECONDS - begin)) s"
    step "What the regulator's node found, against what was planted"
    show score --node "$net/regulator" --placed "$net/placed.csv" \
        --truth "$net/region/truth.csv" --html "$net/scoreboard.html" --out "$net/found.csv"
    step "All of it took $((SECONDS - begin)) s, building apart"
    for member in "${members[@]}"; do
        note "$member: $(du -sh "$net/$member" | cut -f 1) on the disk"
    done
    note "The page with plots is $net/scoreboard.html."
}
