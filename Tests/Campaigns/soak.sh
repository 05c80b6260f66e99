# shellcheck shell=bash
# soak [SECONDS [SEED]]: load with crashes and partitions; an hour unless told otherwise

campaign_soak() {
    prepare
    build_bench
    step "Half of saturation, a node killed every few seconds, one cut off every minute"
    "$bench" soak "${1:-3600}" "${2:-$RANDOM}"
}
