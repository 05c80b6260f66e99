// LevelDB maps its table files, and what was read of them once stays resident until they are closed:
// 5.4 GB after ten million entries. Here it is counted, and let go of before it becomes too much.
// The kernel still has the pages, and gives them back at the next read without asking the disk.
//
// Built without run-time type information, as LevelDB is: it exports none to derive from.

#include "shim.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>

#include <leveldb/env.h>
#include <leveldb/options.h>

/// As LevelDB's own `db/c.cc` has it, which its C header hides.
struct leveldb_options_t {
    leveldb::Options rep;
};

namespace {

/// A table file in memory.
struct Mapping {
    char *start;
    size_t length;
    /// At most so many bytes of it are resident.
    std::atomic<size_t> resident{0};
};

/// What is resident of all mappings together.
class Residence {
public:
    explicit Residence(size_t limit) : limit(static_cast<int64_t>(limit)) {}

    void add(Mapping *mapping) {
        std::lock_guard<std::mutex> guard(mutex);
        mappings.push_back(mapping);
    }

    void remove(Mapping *mapping) {
        std::lock_guard<std::mutex> guard(mutex);
        auto place = std::find(mappings.begin(), mappings.end(), mapping);
        if (place == next) ++next;
        mappings.erase(place);
        total -= static_cast<int64_t>(mapping->resident);
    }

    /// Counts what a reader is lent, before he looks at it.
    void lend(Mapping &mapping, size_t offset, size_t length) {
        // A fault brings in all that the kernel has of the window around it.
        size_t bytes = (offset + length + window - 1) / window * window - offset / window * window;
        size_t before = mapping.resident;
        size_t after;
        do {
            after = std::min(before + bytes, mapping.length);
            if (after == before) return;
        } while (!mapping.resident.compare_exchange_weak(before, after));
        if ((total += static_cast<int64_t>(after - before)) > limit) release();
    }

private:
    /// The kernel's default, `fault_around_bytes`.
    static constexpr size_t window = 64 << 10;

    const int64_t limit;
    /// Signed: what is let go of may be taken off before it is added.
    std::atomic<int64_t> total{0};
    std::mutex mutex;
    std::list<Mapping *> mappings;
    /// Which mapping is let go of next.
    std::list<Mapping *>::iterator next = mappings.end();

    /// Lets go of one file after the other, so that nobody waits for all of them.
    void release() {
        std::lock_guard<std::mutex> guard(mutex);
        for (size_t count = mappings.size(); count > 0 && total > limit; --count) {
            if (next == mappings.end()) next = mappings.begin();
            Mapping *mapping = *next++;
            size_t resident = mapping->resident.exchange(0);
            if (resident == 0) continue;
            total -= static_cast<int64_t>(resident);
            // Whoever reads in it meanwhile finds the same bytes, from the kernel's cache.
            madvise(mapping->start, mapping->length, MADV_DONTNEED);
        }
    }
};

class MappedFile final : public leveldb::RandomAccessFile {
public:
    MappedFile(const std::string &name, char *start, size_t length, Residence &residence)
        : name(name), residence(residence) {
        mapping.start = start;
        mapping.length = length;
        residence.add(&mapping);
    }

    ~MappedFile() override {
        residence.remove(&mapping);
        munmap(mapping.start, mapping.length);
    }

    leveldb::Status Read(
        uint64_t offset, size_t length, leveldb::Slice *result, char *) const override {
        if (offset > mapping.length || length > mapping.length - offset) {
            *result = leveldb::Slice();
            return leveldb::Status::IOError(name, "the file ends before what is to be read");
        }
        residence.lend(mapping, offset, length);
        *result = leveldb::Slice(mapping.start + offset, length);
        return leveldb::Status::OK();
    }

private:
    const std::string name;
    Residence &residence;
    mutable Mapping mapping;
};

/// The file's bytes, or null where it cannot be mapped.
char *map(const std::string &name, size_t *length) {
    int file = open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return nullptr;
    struct stat status;
    void *start = MAP_FAILED;
    if (fstat(file, &status) == 0 && status.st_size > 0) {
        *length = static_cast<size_t>(status.st_size);
        start = mmap(nullptr, *length, PROT_READ, MAP_SHARED, file, 0);
    }
    close(file);
    return start == MAP_FAILED ? nullptr : static_cast<char *>(start);
}

}  // namespace

struct leveldb_mapped_files_t final : leveldb::EnvWrapper {
    explicit leveldb_mapped_files_t(size_t limit)
        : leveldb::EnvWrapper(leveldb::Env::Default()), residence(limit) {}

    leveldb::Status NewRandomAccessFile(
        const std::string &name, leveldb::RandomAccessFile **file) override {
        size_t length = 0;
        char *start = map(name, &length);
        // LevelDB's own way tells why, or reads without a mapping.
        if (start == nullptr) return target()->NewRandomAccessFile(name, file);
        *file = new MappedFile(name, start, length, residence);
        return leveldb::Status::OK();
    }

private:
    Residence residence;
};

leveldb_mapped_files_t *leveldb_map_files(leveldb_options_t *options, size_t resident_bytes) {
    // Fresh options name the default environment: a check that they lie where they are looked for.
    if (options->rep.env != leveldb::Env::Default()) return nullptr;
    auto *files = new leveldb_mapped_files_t(resident_bytes);
    options->rep.env = files;
    return files;
}

void leveldb_mapped_files_destroy(leveldb_mapped_files_t *files) {
    delete files;
}
