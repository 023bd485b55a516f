#!/bin/bash
# UndefinedBehaviorSanitizer of clang 19.1.7 and g++ 12.2 (Debian 12): its vptr check in a process without a free descriptor.
# Guess:  a check of memory needs no descriptor, so a program under its limit of open files is judged as any other.
# Seen:   both report the first virtual call on a good object as "member call on address ... which does not point to an
#         object of type ...: object has invalid vptr". A call on the same type that was checked before is not reported, and
#         neither is the call with a descriptor free.
# Source: this run, and compiler-rt: before it reads a vptr it asks whether the memory can be read, by a write to a pipe that
#         it opens for that. Without a pipe the answer is no, and the vptr counts as invalid.
# braid:  tests that take all descriptors away leave this out under sanitizers; the report names a fault that is not there.
source "$(dirname "$0")/installation.sh"
debian clang-19=1:19.1.7-3~deb12u1 libclang-cpp19=1:19.1.7-3~deb12u1 libllvm19=1:19.1.7-3~deb12u1 \
  libclang-common-19-dev=1:19.1.7-3~deb12u1 libclang-rt-19-dev=1:19.1.7-3~deb12u1
cat > "$scene/program.cpp" <<'PROGRAM'
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cstring>
struct animal {
  virtual int legs() const { return 4; }
  virtual ~animal() = default;
};
struct bird : animal {
  int legs() const override { return 2; }
};
__attribute__((noinline)) int legs_of(const animal* one) { return one->legs(); }
int main(int, char** words) {
  const animal* const one = new bird;
  const bool warm = std::strstr(words[1], "warm"), full = std::strstr(words[1], "full");
  int sum = warm ? legs_of(one) : 2;
  rlimit limit{64, 64};
  if (full) setrlimit(RLIMIT_NOFILE, &limit);
  while (full && open("/dev/null", O_RDONLY) >= 0) {}
  sum += legs_of(one);
  return sum == 4 ? 0 : 1;
}
PROGRAM
export LD_LIBRARY_PATH=$scene/root/usr/lib/x86_64-linux-gnu
flags="-x c++ -std=c++20 -O0 -w -fsanitize=vptr -fno-sanitize-recover=all"
"$scene/root/usr/lib/llvm-19/bin/clang" $flags "$scene/program.cpp" -lstdc++ -fsanitize-link-c++-runtime -o "$scene/by_clang"
unset LD_LIBRARY_PATH
g++ $flags "$scene/program.cpp" -o "$scene/by_gxx"
{
  for compiler in clang gxx; do
    for how in free full full-warm; do
      status=0
      seen=$("$scene/by_$compiler" "$how" 2>&1 | grep -o 'object has invalid vptr' | head -1) || status=$?
      echo "$compiler, $how: ${seen:-no report}"
    done
  done
} | expect 'clang, free: no report
clang, full: object has invalid vptr
clang, full-warm: no report
gxx, free: no report
gxx, full: object has invalid vptr
gxx, full-warm: no report'
