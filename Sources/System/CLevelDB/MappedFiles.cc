// LevelDB maps its table files, and what was read of them once stays resident until they are closed:
// 5.4 GB after ten million entries. Here long rows are lent from the mapping, for readers who want a
// small part of one; that is counted, and let go of before it becomes too much. Short rows, and what
// finds rows in a file, are copied: that is quicker than to have a page of the mapping come back.
// The kernel has all of it anyway, and gives it back without asking the disk while it has the room.
//
// Built without run-time type information, as LevelDB is: it exports none to derive from.

#include "shim.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
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

/// How many table files may stay open beside their mappings: an eighth of what the process may open.
class Descriptors {
public:
    Descriptors() {
        struct rlimit limit;
        if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
            left = static_cast<long>(limit.rlim_cur / 8);
    }

    bool take() {
        if (--left >= 0) return true;
        ++left;
        return false;
    }

    void give() { ++left; }

private:
    std::atomic<long> left{1 << 10};
};

/// A table file that is read, and lent from.
class MappedFile final : public leveldb::RandomAccessFile {
public:
    /// `file` is -1 where it could not stay open: then all is lent.
    MappedFile(
        const std::string &name, char *start, size_t length, int file, Residence &residence,
        Descriptors &descriptors)
        : name(name), file(file), residence(residence), descriptors(descriptors) {
        mapping.start = start;
        mapping.length = length;
        residence.add(&mapping);
    }

    ~MappedFile() override {
        residence.remove(&mapping);
        munmap(mapping.start, mapping.length);
        if (file < 0) return;
        close(file);
        descriptors.give();
    }

    leveldb::Status Read(
        uint64_t offset, size_t length, leveldb::Slice *result, char *scratch) const override {
        if (offset > mapping.length || length > mapping.length - offset) {
            *result = leveldb::Slice();
            return leveldb::Status::IOError(name, "the file ends before what is to be read");
        }
        bool isCopied = length <= copiedMax || offset >= mapping.length - mapping.length / endPart;
        if (file >= 0 && isCopied) return copy(offset, length, result, scratch);
        residence.lend(mapping, offset, length);
        *result = leveldb::Slice(mapping.start + offset, length);
        return leveldb::Status::OK();
    }

private:
    /// The longest row that is copied rather than lent: beyond, a page fault costs less.
    static constexpr size_t copiedMax = 16 << 10;
    /// The end of a file that has its index and its filters, as a part of it.
    static constexpr size_t endPart = 64;

    const std::string name;
    const int file;
    Residence &residence;
    Descriptors &descriptors;
    mutable Mapping mapping;

    leveldb::Status copy(
        uint64_t offset, size_t length, leveldb::Slice *result, char *scratch) const {
        *result = leveldb::Slice();
        size_t done = 0;
        while (done < length) {
            ssize_t got = pread(
                file, scratch + done, length - done, static_cast<off_t>(offset + done));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return leveldb::Status::IOError(name, std::strerror(errno));
            if (got == 0) return leveldb::Status::IOError(name, "the file became shorter");
            done += static_cast<size_t>(got);
        }
        *result = leveldb::Slice(scratch, length);
        return leveldb::Status::OK();
    }
};

/// An open file's bytes, or null where it cannot be mapped.
char *map(int file, size_t *length) {
    struct stat status;
    if (fstat(file, &status) != 0 || status.st_size <= 0) return nullptr;
    *length = static_cast<size_t>(status.st_size);
    void *start = mmap(nullptr, *length, PROT_READ, MAP_SHARED, file, 0);
    return start == MAP_FAILED ? nullptr : static_cast<char *>(start);
}

}  // namespace

struct leveldb_mapped_files_t final : leveldb::EnvWrapper {
    explicit leveldb_mapped_files_t(size_t limit)
        : leveldb::EnvWrapper(leveldb::Env::Default()), residence(limit) {}

    leveldb::Status NewRandomAccessFile(
        const std::string &name, leveldb::RandomAccessFile **file) override {
        size_t length = 0;
        int opened = open(name.c_str(), O_RDONLY | O_CLOEXEC);
        char *start = opened < 0 ? nullptr : map(opened, &length);
        bool staysOpen = start != nullptr && descriptors.take();
        if (opened >= 0 && !staysOpen) close(opened);
        // LevelDB's own way tells why, or reads without a mapping.
        if (start == nullptr) return target()->NewRandomAccessFile(name, file);
        *file = new MappedFile(
            name, start, length, staysOpen ? opened : -1, residence, descriptors);
        return leveldb::Status::OK();
    }

private:
    Residence residence;
    Descriptors descriptors;
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
