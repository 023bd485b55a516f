#pragma once
// How much memory this process has touched and keeps.
#include <unistd.h>

#include <cstdio>

namespace bench {

inline double resident_bytes() {
  unsigned long long all = 0;
  unsigned long long resident = 0;
  std::FILE* const file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  if (std::fscanf(file, "%llu %llu", &all, &resident) != 2) resident = 0;
  std::fclose(file);
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace bench
