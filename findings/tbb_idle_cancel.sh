#!/bin/bash
# oneTBB 2021.8.0 (Debian 12): task_group::cancel() while nothing runs.
# Guess:  a cancel of a group without tasks has nothing to cancel, so the next round of run() and wait() is not touched.
# Seen:   the next round is dropped whole: none of its tasks runs and wait() returns without an exception. Only its status
#         (canceled, which most programs do not read) tells. The round after that runs.
# Source: this run; cancel() marks the group's context, which wait() alone resets.
# braid:  what a cancelled group does not run is counted, and join says so.
source "$(dirname "$0")/installation.sh"
debian libtbb-dev=2021.8.0-2+deb12u1 libtbb12=2021.8.0-2+deb12u1 libtbbmalloc2=2021.8.0-2+deb12u1
compile -ltbb <<'PROGRAM'
#include <tbb/task_group.h>
#include <atomic>
#include <cstdio>
int main() {
  tbb::task_group group;
  group.cancel();
  for (int round : {1, 2}) {
    std::atomic<int> ran{0};
    for (int i = 0; i < 10; ++i) group.run([&] { ++ran; });
    const auto status = group.wait();
    std::printf("round %d: ran %d of 10, wait() says %s\n", round, ran.load(), status == tbb::canceled ? "canceled" : "complete");
  }
}
PROGRAM
"$scene/program" | expect 'round 1: ran 0 of 10, wait() says canceled
round 2: ran 10 of 10, wait() says complete'
