#pragma once
#include <stddef.h>

/// Asks for these bytes, which are read soon, and does not wait for them; a hint, no more.
void cprefetch(const void *bytes, size_t count);
