#!/bin/bash
# clang 14.0.6 and 19.1.7 (Debian 12): a conditional expression both of whose operands call ::operator delete.
# Guess:  `aligned ? ::operator delete(p, std::align_val_t{64}) : ::operator delete(p)` calls the one that the condition
#         chooses, as an if statement with the same two calls does.
# Seen:   both are called, the aligned one first, whatever the condition and at every level of optimisation, also where
#         the program has replaced the two operators. No warning. g++ 12 calls one. The same two calls behind `if` are right.
# Source: this run. In the LLVM output of -O0 there is no branch: the two calls stand one after the other.
# braid:  a pool of free blocks freed each block twice at a thread's end; tools/check_style.py refuses the form.
source "$(dirname "$0")/installation.sh"
debian clang-14=1:14.0.6-12 libclang-cpp14=1:14.0.6-12 libllvm14=1:14.0.6-12 libclang-common-14-dev=1:14.0.6-12 \
  clang-19=1:19.1.7-3~deb12u1 libclang-cpp19=1:19.1.7-3~deb12u1 libllvm19=1:19.1.7-3~deb12u1 libclang-common-19-dev=1:19.1.7-3~deb12u1
cat > "$scene/program.cpp" <<'PROGRAM'
#include <cstdio>
#include <initializer_list>
#include <new>
static int plain, aligned;
void operator delete(void*) noexcept { ++plain; }
void operator delete(void*, std::align_val_t) noexcept { ++aligned; }
__attribute__((noinline)) void by_expression(void* p, bool a) {
  a ? ::operator delete(p, std::align_val_t{64}) : ::operator delete(p);
}
__attribute__((noinline)) void by_statement(void* p, bool a) {
  if (a) ::operator delete(p, std::align_val_t{64});
  else ::operator delete(p);
}
int main() {
  char place[64];
  for (auto* give_back : {by_expression, by_statement})
    for (bool a : {false, true}) {
      plain = aligned = 0;
      give_back(place, a);
      std::printf(" %d+%d", plain, aligned);
    }
  std::printf("\n");
}
PROGRAM
libraries=$scene/root/usr/lib/x86_64-linux-gnu
{
  echo "plain+aligned calls: expression with false, true; statement with false, true"
  for version in 14 19; do
    for level in -O0 -O2; do
      LD_LIBRARY_PATH=$libraries "$scene/root/usr/lib/llvm-$version/bin/clang" -x c++ -std=c++20 -w $level "$scene/program.cpp" -lstdc++ -o "$scene/program"
      echo "clang $version $level:$("$scene/program")"
    done
  done
  g++ -std=c++20 -w -O2 "$scene/program.cpp" -o "$scene/program"
  echo "g++ -O2:$("$scene/program")"
} | expect 'plain+aligned calls: expression with false, true; statement with false, true
clang 14 -O0: 1+1 1+1 1+0 0+1
clang 14 -O2: 1+1 1+1 1+0 0+1
clang 19 -O0: 1+1 1+1 1+0 0+1
clang 19 -O2: 1+1 1+1 1+0 0+1
g++ -O2: 1+0 0+1 1+0 0+1'
