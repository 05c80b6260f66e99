# shellcheck shell=bash
# release: all tests again, optimised

campaign_release() {
    prepare
    step "All tests again, optimised"
    swift test -c release -Xswiftc -enable-testing
}
