#pragma once
#include <leveldb/c.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Table files that are mapped into memory, of which only so much stays resident.
typedef struct leveldb_mapped_files_t leveldb_mapped_files_t;

/// Has a data base that is opened with `options` map its table files, lend long rows from them and
/// copy short ones, and let go of one file's pages after the other's when more than
/// `resident_bytes` are resident.
///
/// NULL where the library's options are laid out otherwise than here. What it returns must outlive
/// the data base, and is for one.
leveldb_mapped_files_t *leveldb_map_files(leveldb_options_t *options, size_t resident_bytes);

void leveldb_mapped_files_destroy(leveldb_mapped_files_t *files);

#ifdef __cplusplus
}
#endif
