// Clang's thread-safety attributes: which lock guards what, checked at compile time (other compilers see nothing).
#pragma once

#if defined(__clang__)
#define BRAID_ATTRIBUTE(x) __attribute__((x))
#else
#define BRAID_ATTRIBUTE(x)
#endif

#define BRAID_CAPABILITY(name) BRAID_ATTRIBUTE(capability(name))
#define BRAID_SCOPED_CAPABILITY BRAID_ATTRIBUTE(scoped_lockable)
#define BRAID_GUARDED_BY(lock) BRAID_ATTRIBUTE(guarded_by(lock))
#define BRAID_REQUIRES(...) BRAID_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define BRAID_EXCLUDES(...) BRAID_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define BRAID_ACQUIRE(...) BRAID_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define BRAID_TRY_ACQUIRE(...) BRAID_ATTRIBUTE(try_acquire_capability(__VA_ARGS__))
#define BRAID_RELEASE(...) BRAID_ATTRIBUTE(release_capability(__VA_ARGS__))
#define BRAID_ASSERT_HELD(...) BRAID_ATTRIBUTE(assert_capability(__VA_ARGS__))
#define BRAID_RETURNS_LOCK(lock) BRAID_ATTRIBUTE(lock_returned(lock))
#define BRAID_UNCHECKED_LOCKING BRAID_ATTRIBUTE(no_thread_safety_analysis)

/// Marks a result that borrows the object it was made from: clang warns if the result would outlive the object.
#if defined(__clang__)
#define BRAID_LIFETIMEBOUND [[clang::lifetimebound]]
#else
#define BRAID_LIFETIMEBOUND
#endif
