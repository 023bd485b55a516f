// BRAID_SANITIZED: 1 where a sanitizer or tests/explore watches memory, else 0. It must be the same for the whole
// program.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(BRAID_EXPLORE)
#define BRAID_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(hwaddress_sanitizer) || __has_feature(memory_sanitizer) || \
    __has_feature(thread_sanitizer)
#define BRAID_SANITIZED 1
#endif
#endif

#ifndef BRAID_SANITIZED
#define BRAID_SANITIZED 0
#endif
