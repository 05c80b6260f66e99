// SHA-256 of sixteen messages at once (FIPS 180-4, section 6.2), by the vectors of AVX-512: each
// word of the standard is a vector, and each lane of it belongs to another message. None of these
// instructions is special to SHA-256, so there are more places in the processor to carry them out.

#include "sha256.h"

#if defined(__x86_64__)

#include "blocks.h"

#include <immintrin.h>

#define WIDE __attribute__((target("avx512f,avx512bw")))
/// Vectors stay in registers only where each has a name, and no loop is left over them.
#define UNROLLED _Pragma("clang loop unroll(full)")
#define PART static inline __attribute__((always_inline)) WIDE

typedef uint32_t Lanes __attribute__((vector_size(64)));

bool csha256_has_lanes(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
}

PART Lanes rotate(Lanes x, int count) { return x >> count | x << (32 - count); }

PART void begin(Lanes state[8]) {
    UNROLLED for (int word = 0; word < 8; word++) state[word] = (Lanes){0} + start_words[word];
}

/// Makes rows of columns: half of each vector goes to one that is 8, 4, 2 and 1 further.
PART void transpose(Lanes rows[16]) {
    UNROLLED for (int step = 8; step > 0; step /= 2) {
        Lanes low, high;
        UNROLLED for (int lane = 0; lane < 16; lane++) {
            low[lane] = lane & step ? 16 + lane - step : lane;
            high[lane] = lane & step ? 16 + lane : lane + step;
        }
        UNROLLED for (int row = 0; row < 16; row++) {
            if (row & step) continue;
            Lanes one = rows[row], two = rows[row + step];
            rows[row] = (Lanes)_mm512_permutex2var_epi32((__m512i)one, (__m512i)low, (__m512i)two);
            rows[row + step] =
                (Lanes)_mm512_permutex2var_epi32((__m512i)one, (__m512i)high, (__m512i)two);
        }
    }
}

/// The words of bytes that lie in memory with the highest first.
PART Lanes big_endian(Lanes words) {
    return (rotate(words, 8) & 0xff00ff00) | (rotate(words, 24) & 0x00ff00ff);
}

/// One block of each message; `words` are its sixteen words, and used up.
PART void compress(Lanes state[8], Lanes words[16]) {
    Lanes a = state[0], b = state[1], c = state[2], d = state[3];
    Lanes e = state[4], f = state[5], g = state[6], h = state[7];
    UNROLLED for (int round = 0; round < 64; round++) {
        Lanes *word = &words[round % 16];
        if (round >= 16) {
            Lanes x = words[(round + 1) % 16], y = words[(round + 14) % 16];
            *word += words[(round + 9) % 16] + (rotate(x, 7) ^ rotate(x, 18) ^ x >> 3)
                + (rotate(y, 17) ^ rotate(y, 19) ^ y >> 10);
        }
        Lanes one = *word + constants[round] + h + ((e & f) ^ (~e & g))
            + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25));
        Lanes two = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + one, d = c, c = b, b = a, a = one + two;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

/// A hash is four numbers of 64 bits, so that in memory of each two words the second is first.
PART void store_hashes(Lanes state[8], uint64_t *hashes) {
    Lanes rows[16] = {0};
    UNROLLED for (int word = 0; word < 8; word++) rows[word ^ 1] = state[word];
    transpose(rows);
    UNROLLED for (int lane = 0; lane < 16; lane++) memcpy(hashes + 4 * lane, &rows[lane], 32);
}

WIDE void csha256_sixteen_nodes(uint64_t *parents, const uint64_t *children) {
    Lanes state[8], rows[16], words[16];
    UNROLLED for (int lane = 0; lane < 16; lane++) memcpy(&rows[lane], children + 8 * lane, 64);
    transpose(rows);
    // The byte 0x01 shifts all others: each word ends with the first three bytes of a child's.
    Lanes last = (Lanes){0} + 1;
    UNROLLED for (int word = 0; word < 16; word++) {
        words[word] = last << 24 | rows[word ^ 1] >> 8;
        last = rows[word ^ 1];
    }
    begin(state);
    compress(state, words);
    // The last byte, the bit that ends every message, and the length of 65 bytes in bits.
    words[0] = last << 24 | 0x80 << 16;
    UNROLLED for (int word = 1; word < 15; word++) words[word] = (Lanes){0};
    words[15] = (Lanes){0} + 65 * 8;
    compress(state, words);
    store_hashes(state, parents);
}

/// Block `number` of a message as it lies in memory; nothing where the message has no such block.
///
/// What is masked is not touched, so a stretch may begin before the first byte and end behind the
/// last. Source: FIPS 180-4, section 5.1.1.
PART Lanes block_row(const Message *message, size_t number) {
    size_t start = number * 64, end = message->prefix_count + message->count;
    if (start >= end + 9) return (Lanes){0};
    uint64_t here = start + 64 <= end ? UINT64_MAX : start < end ? (1ull << (end - start)) - 1 : 0;
    if (number == 0) here &= UINT64_MAX << message->prefix_count;
    uintptr_t from = (uintptr_t)message->bytes + start - message->prefix_count;
    __m512i row = _mm512_maskz_loadu_epi8(here, (const uint8_t *)from);
    uint64_t mark = end >= start && end < start + 64 ? 1ull << (end - start) : 0;
    row = _mm512_mask_mov_epi8(row, mark, _mm512_set1_epi8((char)0x80));
    uint8_t last = end + 9 <= start + 64 ? 0x80 : 0;
    return (Lanes)_mm512_mask_set1_epi64(row, last, (long long)__builtin_bswap64(end * 8));
}

WIDE void csha256_sixteen_leaves(
    uint64_t *hashes, const uint8_t *bytes, const size_t ranges[32]) {
    Message messages[16];
    size_t most = 0;
    for (int lane = 0; lane < 16; lane++) {
        const size_t *range = ranges + 2 * lane;
        messages[lane] = (Message){bytes + range[0], range[1] - range[0], 1};
        size_t count = block_count(&messages[lane]);
        if (count > most) most = count;
    }
    Lanes state[8];
    begin(state);
    for (size_t number = 0; number < most; number++) {
        Lanes words[16], before[8];
        __mmask16 has_ended = 0;
        UNROLLED for (int lane = 0; lane < 16; lane++) {
            words[lane] = block_row(&messages[lane], number);
            has_ended |= (number >= block_count(&messages[lane])) << lane;
        }
        transpose(words);
        UNROLLED for (int word = 0; word < 16; word++) words[word] = big_endian(words[word]);
        UNROLLED for (int word = 0; word < 8; word++) before[word] = state[word];
        compress(state, words);
        // A message that has ended keeps its hash.
        UNROLLED for (int word = 0; word < 8; word++)
            state[word] = (Lanes)_mm512_mask_mov_epi32(
                (__m512i)state[word], has_ended, (__m512i)before[word]);
    }
    store_hashes(state, hashes);
}

#else

bool csha256_has_lanes(void) { return false; }

// Nobody comes here: the answer above is asked first.

void csha256_sixteen_nodes(uint64_t *parents, const uint64_t *children) { __builtin_trap(); }

void csha256_sixteen_leaves(uint64_t *hashes, const uint8_t *bytes, const size_t ranges[32]) {
    __builtin_trap();
}

#endif
