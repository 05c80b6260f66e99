// CRC-32C by the instruction of SSE4.2, eight bytes a step ("Intel 64 and IA-32 Architectures
// Software Developer's Manual", volume 2, CRC32).

#include "crc32c.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <nmmintrin.h>
#include <string.h>

bool ccrc32c_is_supported(void) {
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_2);
}

__attribute__((target("sse4.2")))
uint32_t ccrc32c_update(uint32_t state, const uint8_t *bytes, size_t count) {
    uint64_t crc = state;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        crc = _mm_crc32_u64(crc, word);
    }
    for (; count > 0; bytes++, count--) crc = _mm_crc32_u8((uint32_t)crc, *bytes);
    return (uint32_t)crc;
}

#else

bool ccrc32c_is_supported(void) { return false; }

// Nobody comes here: the answer above is asked first.
uint32_t ccrc32c_update(uint32_t state, const uint8_t *bytes, size_t count) { __builtin_trap(); }

#endif
