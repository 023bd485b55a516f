#!/bin/bash
# cthreadpool b259a6e of 2020-12-07 (Debian 12): thpool_destroy and thpool_pause.
# Guess:  destroy waits for the queued jobs; pause lets running jobs end and starts no more.
# Seen:   destroy lets the running jobs end and drops the queue without a count. pause stops the threads by a signal
#         wherever they are, so a running job stands still in the middle of its work, with the locks that it holds.
# Source: this run; thpool.c of the package (thread_hold, thpool_destroy).
# braid:  stop() hands back what has not begun; pause() lets what runs go on.
source "$(dirname "$0")/installation.sh"
debian cthreadpool-dev=0.0+git20201207.b259a6e-1
gcc -O1 -w -c -I"$scene/root/usr/include/cthreadpool" "$scene/root/usr/share/cthreadpool/thpool.c" -o "$scene/thpool.o"
compile "-Wl,$scene/thpool.o" <<'PROGRAM'
extern "C" {
#include <cthreadpool/thpool.h>
}
#include <unistd.h>
#include <atomic>
#include <cstdio>
std::atomic<int> ran{0};
std::atomic<bool> turning{false}, enough{false};
std::atomic<long> turns{0};
void job(void*) { usleep(20000); ++ran; }
void turn(void*) { for (turning = true; !enough; usleep(1000)) ++turns; }
int main() {
  threadpool two = thpool_init(2);
  for (int i = 0; i < 20; ++i) thpool_add_work(two, job, nullptr);
  thpool_destroy(two);
  std::printf("destroy with 20 jobs queued: %s\n", ran == 20 ? "all ran" : "most of them never ran");
  threadpool one = thpool_init(1);
  thpool_add_work(one, turn, nullptr);
  while (!turning) usleep(1000);
  thpool_pause(one);
  usleep(50000);
  const long before = turns;
  usleep(200000);
  std::printf("pause: the running job made %s\n", turns == before ? "no step in 200 ms" : "its steps");
  enough = true;
  thpool_resume(one);
  thpool_wait(one);
  thpool_destroy(one);
}
PROGRAM
"$scene/program" | expect 'destroy with 20 jobs queued: most of them never ran
pause: the running job made no step in 200 ms'
