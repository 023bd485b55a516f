// What ThreadSanitizer cannot see: the standard library counts the owners of an exception in its own code, which is
// not instrumented. So the last one to let go of an exception, which frees it, seems to race with whoever has read it
// and let go before: here, the one error that all jobs share which a pool drops.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "race:std::__exception_ptr::exception_ptr::_M_release\n"
         "race:__cxa_end_catch\n";
}
#endif
#endif
