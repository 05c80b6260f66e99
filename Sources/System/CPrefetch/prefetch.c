#include "prefetch.h"

void cprefetch(const void *bytes, size_t count)
{
    for (size_t line = 0; line < count; line += 64) {
        __builtin_prefetch((const char *)bytes + line);
    }
}
