// Loads the plugin, calls it, and closes it, twice; its threads outlive the first dlclose.
#include <dlfcn.h>

#include <cstdio>

namespace {
int call(const char* path) {
  void* const plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!plugin) return std::puts(dlerror()), -1;
  auto* const sum_to = reinterpret_cast<int (*)(int)>(dlsym(plugin, "sum_to"));
  const int sum = sum_to ? sum_to(100) : -1;
  dlclose(plugin);
  return sum;
}
}  // namespace

int main(int, char** arguments) {
  const int first = call(arguments[1]);
  void* const kept = dlopen(arguments[1], RTLD_NOW | RTLD_NOLOAD);
  std::printf("%d, %s after dlclose, %d\n", first, kept ? "loaded" : "gone", call(arguments[1]));
}
