// What both ways to compress have in common: the constants, and how a message lies in blocks.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// FIPS 180-4, section 4.2.2.
static const uint32_t constants[64] __attribute__((aligned(64))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/// FIPS 180-4, section 5.3.3.
static const uint32_t start_words[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

/// Bytes to hash: behind a zero byte, where they are a leaf of a hash tree.
typedef struct {
    const uint8_t *bytes;
    size_t count, prefix_count;
} Message;

/// How many blocks there are, with the bit that ends every message and the length.
static inline size_t block_count(const Message *message) {
    return (message->prefix_count + message->count + 1 + 8 + 63) / 64;
}

/// Block `number`, where it lies, or laid out in `room` if it begins or ends the message.
///
/// FIPS 180-4, section 5.1.1.
static inline const uint8_t *block_of(const Message *message, size_t number, uint8_t room[64]) {
    size_t start = number * 64, end = message->prefix_count + message->count;
    if (start >= message->prefix_count && start + 64 <= end)
        return message->bytes + (start - message->prefix_count);
    memset(room, 0, 64);
    size_t skipped = number == 0 ? message->prefix_count : 0;
    size_t from = start + skipped - message->prefix_count;
    size_t left = from < message->count ? message->count - from : 0;
    size_t copied = left < 64 - skipped ? left : 64 - skipped;
    if (copied > 0) memcpy(room + skipped, message->bytes + from, copied);
    if (end >= start && end < start + 64) room[end - start] = 0x80;
    if (number + 1 == block_count(message)) {
        uint64_t bits = __builtin_bswap64((uint64_t)end * 8);
        memcpy(room + 56, &bits, 8);
    }
    return room;
}
