// Tells the thread sanitizer about Swift's Mutex on Linux: its slow ways stand in a library that is
// not instrumented, so that what one thread did under a lock would seem unordered with what the
// next one does. Preloaded, this says "acquired" and "released" around them. Their fast ways are
// inlined into instrumented code.
//
// And it says that what a continuation was resumed with came before its task goes on where it was
// resumed before it was awaited. Of all else about tasks Swift's runtime tells the sanitizer itself.
// It is told of nothing else, so it hides no race.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

#define MUTEX "$s15Synchronization12_MutexHandleV"
#define LOCK MUTEX "9_lockSlowyys6UInt32VF"
#define TRY_LOCK MUTEX "12_tryLockSlowSbyF"
#define UNLOCK MUTEX "11_unlockSlowyyF"

extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));

SWIFT void lock(uint32_t thread, SELF) __asm__(LOCK);
SWIFT bool try_lock(SELF) __asm__(TRY_LOCK);
SWIFT void unlock(SELF) __asm__(UNLOCK);

static void *real(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}

SWIFT void lock(uint32_t thread, SELF) {
    typedef SWIFT void Lock(uint32_t, SELF);
    ((Lock *)real(LOCK))(thread, self);
    if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT bool try_lock(SELF) {
    typedef SWIFT bool TryLock(SELF);
    bool isLocked = ((TryLock *)real(TRY_LOCK))(self);
    if (isLocked && __tsan_acquire) __tsan_acquire(self);
    return isLocked;
}

SWIFT void unlock(SELF) {
    typedef SWIFT void Unlock(SELF);
    if (__tsan_release) __tsan_release(self);
    ((Unlock *)real(UNLOCK))(self);
}

#define ASYNC __attribute__((swiftasynccall))

extern void *swift_task_getCurrent(void);

// The runtime has released the task when it was resumed; what is resumed between this and the
// runtime's own look is seen as a race, so that nothing slow stands between the two.
ASYNC void swift_continuation_await(void *context) {
    typedef ASYNC void Await(void *);
    static Await *next;
    if (!next) next = (Await *)real("swift_continuation_await");
    if (__tsan_acquire) __tsan_acquire(swift_task_getCurrent());
    __attribute__((musttail)) return next(context);
}

// A continuation that is resumed just when its task is about to wait has it go on past this.
SWIFT void swift_task_enterThreadLocalContext(char *state) {
    typedef SWIFT void Enter(char *);
    static Enter *next;
    if (!next) next = (Enter *)real("swift_task_enterThreadLocalContext");
    void *task = swift_task_getCurrent();
    if (task && __tsan_acquire) __tsan_acquire(task);
    next(state);
}
