# shellcheck shell=bash
# fuzz [SECONDS [FOLDER]]: libFuzzer over the decoders; inputs that found new ways stay in FOLDER

# Ends with an error where an input traps, and leaves the input in FOLDER.
campaign_fuzz() {
    local seconds=${1:-600} folder=${2:-.build/corpus}
    prepare
    step "Building the decoders for libFuzzer (a build of its own, in .build/fuzz)"
    local package=(--package-path Fuzzing --scratch-path "$PWD/.build/fuzz" --sanitize=fuzzer)
    swift build "${package[@]}" >&2
    mkdir -p "$folder"
    step "Fuzzing for $seconds seconds, from the samples that come with the project on"
    CUSTOS_CORPUS=$folder CUSTOS_ROOT=$PWD \
        "$(swift build "${package[@]}" --show-bin-path)/Fuzz" \
        -max_total_time="$seconds" -max_len=65536 -timeout=20 -rss_limit_mb=4096 \
        -artifact_prefix="$folder/" -print_final_stats=1 "$folder"
}
