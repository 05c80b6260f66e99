#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether this processor has the instructions that the functions below are made of; where it has
/// not, they may not be called.
bool csha256_is_supported(void);

/// Hashes of inner nodes, two in step: `count` parents of twice as many children, side by side.
///
/// A hash is four words, of which the highest byte is the first. Parents may be written over the
/// children, where they begin at the same place or before it.
void csha256_nodes(uint64_t *parents, const uint64_t *children, size_t count);

/// Hashes of two messages in step, or of two leaves of a hash tree, which a zero byte begins.
void csha256_messages(
    uint64_t hashes[8], const uint8_t *first, size_t first_count, const uint8_t *second,
    size_t second_count, bool are_leaves);

/// Whether this processor can do sixteen at once; where it cannot, the functions below may not be
/// called. It says nothing of those above.
bool csha256_has_lanes(void);

/// Sixteen parents of thirty-two children, as by `csha256_nodes`, and over them as there.
void csha256_sixteen_nodes(uint64_t *parents, const uint64_t *children);

/// Hashes of sixteen leaves of a hash tree, which are stretches of `bytes`: of each its start and
/// its end.
void csha256_sixteen_leaves(uint64_t *hashes, const uint8_t *bytes, const size_t ranges[32]);
