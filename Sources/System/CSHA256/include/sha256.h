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
/// children, where both begin at the same place.
void csha256_nodes(uint64_t *parents, const uint64_t *children, size_t count);

/// Hashes of two messages in step, or of two leaves of a hash tree, which a zero byte begins.
void csha256_messages(
    uint64_t hashes[8], const uint8_t *first, size_t first_count, const uint8_t *second,
    size_t second_count, bool are_leaves);
