// SHA-256 of two messages at once (FIPS 180-4), by the SHA instructions of x86: "Intel SHA
// Extensions" by S. Gulley and others, 2013. Each of these waits for the one before it; between
// those of one message the processor has room for those of another.

#include "sha256.h"

#if defined(__x86_64__)

#include "blocks.h"

#include <cpuid.h>
#include <immintrin.h>

#define SHA __attribute__((target("sha,sse4.1,ssse3")))
#define PART static inline __attribute__((always_inline)) SHA

bool csha256_is_supported(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return false;
    bool has_sse = (c & bit_SSSE3) && (c & bit_SSE4_1);
    return has_sse && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & (1u << 29));
}

/// One hash on its way.
typedef struct {
    /// The working words a, b, e, f and c, d, g, h, from the highest lane to the lowest: so the
    /// instructions want them, and so the upper halves are the first and second word of a hash
    /// and the lower halves the third and fourth.
    __m128i abef, cdgh;
    /// The last sixteen words of the message schedule, the earlier word in the lower lane.
    __m128i schedule[4];
} Stream;

/// FIPS 180-4, section 5.3.3.
PART void begin(Stream *stream) {
    const uint32_t *words = start_words;
    stream->abef = _mm_set_epi32(words[0], words[1], words[4], words[5]);
    stream->cdgh = _mm_set_epi32(words[2], words[3], words[6], words[7]);
}

/// Four rounds, and the four words of the schedule that are needed sixteen rounds later.
PART void four_rounds(Stream *stream, int step) {
    __m128i *now = &stream->schedule[step % 4];
    const __m128i *before = &stream->schedule[(step + 3) % 4];
    __m128i words = _mm_add_epi32(*now, _mm_load_si128((const __m128i *)constants + step));
    stream->cdgh = _mm_sha256rnds2_epu32(stream->cdgh, stream->abef, words);
    words = _mm_shuffle_epi32(words, 0x0e);
    stream->abef = _mm_sha256rnds2_epu32(stream->abef, stream->cdgh, words);
    if (step >= 12) return;
    __m128i next = _mm_sha256msg1_epu32(*now, stream->schedule[(step + 1) % 4]);
    next = _mm_add_epi32(next, _mm_alignr_epi8(*before, stream->schedule[(step + 2) % 4], 4));
    *now = _mm_sha256msg2_epu32(next, *before);
}

PART void compress(Stream *stream) {
    Stream start = *stream;
#pragma clang loop unroll(full)
    for (int step = 0; step < 16; step++) four_rounds(stream, step);
    stream->abef = _mm_add_epi32(stream->abef, start.abef);
    stream->cdgh = _mm_add_epi32(stream->cdgh, start.cdgh);
}

PART void compress_two(Stream *first, Stream *second) {
    Stream one = *first, two = *second;
#pragma clang loop unroll(full)
    for (int step = 0; step < 16; step++) {
        four_rounds(first, step);
        four_rounds(second, step);
    }
    first->abef = _mm_add_epi32(first->abef, one.abef);
    first->cdgh = _mm_add_epi32(first->cdgh, one.cdgh);
    second->abef = _mm_add_epi32(second->abef, two.abef);
    second->cdgh = _mm_add_epi32(second->cdgh, two.cdgh);
}

/// The hash as four words, of which the highest byte is the first.
PART void store_hash(const Stream *stream, uint64_t *hash) {
    _mm_storeu_si128((__m128i *)hash, _mm_unpackhi_epi64(stream->abef, stream->cdgh));
    _mm_storeu_si128((__m128i *)hash + 1, _mm_unpacklo_epi64(stream->abef, stream->cdgh));
}

// MARK: - Nodes of a hash tree: 0x01 and two hashes in two blocks (RFC 9162, section 2.1.1)

/// Half a hash as one number of 128 bits.
PART __m128i half(const uint64_t *words) {
    return _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)words), 0x4e);
}

/// Four words of the message: the last byte of `before`, and all of `half` but its last.
PART __m128i behind(__m128i before, __m128i half) {
    return _mm_shuffle_epi32(_mm_alignr_epi8(before, half, 1), 0x1b);
}

PART void take_children(Stream *stream, const uint64_t *children) {
    const __m128i prefix = _mm_set_epi64x(0, 1);
    __m128i halves[4];
    for (int part = 0; part < 4; part++) halves[part] = half(children + 2 * part);
    for (int part = 0; part < 4; part++)
        stream->schedule[part] = behind(part == 0 ? prefix : halves[part - 1], halves[part]);
}

/// The last byte, the bit that ends every message, and the length of 65 bytes in bits.
PART void take_end(Stream *stream, const uint64_t *children) {
    uint32_t word = (uint32_t)children[7] << 24 | 0x80 << 16;
    stream->schedule[0] = _mm_cvtsi32_si128((int)word);
    stream->schedule[1] = stream->schedule[2] = _mm_setzero_si128();
    stream->schedule[3] = _mm_set_epi32(65 * 8, 0, 0, 0);
}

SHA void csha256_nodes(uint64_t *parents, const uint64_t *children, size_t count) {
    for (; count > 1; count -= 2, children += 16, parents += 8) {
        Stream one, two;
        begin(&one);
        begin(&two);
        take_children(&one, children);
        take_children(&two, children + 8);
        compress_two(&one, &two);
        take_end(&one, children);
        take_end(&two, children + 8);
        compress_two(&one, &two);
        store_hash(&one, parents);
        store_hash(&two, parents + 4);
    }
    if (count == 0) return;
    Stream stream;
    begin(&stream);
    take_children(&stream, children);
    compress(&stream);
    take_end(&stream, children);
    compress(&stream);
    store_hash(&stream, parents);
}

// MARK: - Messages of any lengths

PART void take(Stream *stream, const uint8_t *block) {
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    for (int part = 0; part < 4; part++) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)block + part);
        stream->schedule[part] = _mm_shuffle_epi8(bytes, big_endian);
    }
}

/// The blocks from `number` on of a message whose stream has got so far.
PART void finish(Stream *stream, const Message *message, size_t number) {
    uint8_t room[64];
    for (; number < block_count(message); number++) {
        take(stream, block_of(message, number, room));
        compress(stream);
    }
}

SHA void csha256_messages(
    uint64_t hashes[8], const uint8_t *first, size_t first_count, const uint8_t *second,
    size_t second_count, bool are_leaves) {
    Message left = {first, first_count, are_leaves}, right = {second, second_count, are_leaves};
    size_t left_blocks = block_count(&left), right_blocks = block_count(&right), number = 0;
    Stream one, two;
    uint8_t rooms[2][64];
    begin(&one);
    begin(&two);
    for (; number < left_blocks && number < right_blocks; number++) {
        take(&one, block_of(&left, number, rooms[0]));
        take(&two, block_of(&right, number, rooms[1]));
        compress_two(&one, &two);
    }
    finish(&one, &left, number);
    finish(&two, &right, number);
    store_hash(&one, hashes);
    store_hash(&two, hashes + 4);
}

#else

bool csha256_is_supported(void) { return false; }

// Nobody comes here: the answer above is asked first.

void csha256_nodes(uint64_t *parents, const uint64_t *children, size_t count) { __builtin_trap(); }

void csha256_messages(
    uint64_t hashes[8], const uint8_t *first, size_t first_count, const uint8_t *second,
    size_t second_count, bool are_leaves) {
    __builtin_trap();
}

#endif
