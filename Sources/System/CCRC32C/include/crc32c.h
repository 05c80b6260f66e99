#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether this processor has the instruction that the function below is made of; where it has
/// not, it may not be called.
bool ccrc32c_is_supported(void);

/// A CRC-32C on its way, before its last inversion, led on by some bytes.
uint32_t ccrc32c_update(uint32_t state, const uint8_t *bytes, size_t count);
