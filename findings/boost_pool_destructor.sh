#!/bin/bash
# Boost.Thread 1.81 (Debian 12): what the destructor of basic_thread_pool does with queued work.
# Guess:  it runs what is queued, or drops what is queued: one of the two.
# Seen:   it depends on what the jobs call. It interrupts its threads and joins them. Jobs that sleep by the standard
#         library notice nothing, and all 20 run. Jobs that reach an interruption point of Boost's (its sleep, a condition
#         variable, a queue) are torn out there, and what is queued behind them is never begun.
# Source: this run; the destructor in boost/thread/executors/basic_thread_pool.hpp closes, interrupts and joins.
# braid:  a pool's end is one of drain, stop and abort, whatever its jobs call.
source "$(dirname "$0")/installation.sh"
debian libboost1.81-dev=1.81.0-5+deb12u1 libboost-thread1.81-dev=1.81.0-5+deb12u1 libboost-thread1.81.0=1.81.0-5+deb12u1 \
  libboost-chrono1.81-dev=1.81.0-5+deb12u1 libboost-chrono1.81.0=1.81.0-5+deb12u1 libboost-system1.81-dev=1.81.0-5+deb12u1 \
  libboost-system1.81.0=1.81.0-5+deb12u1
compile -lboost_thread -lboost_chrono -lboost_system <<'PROGRAM'
#define BOOST_THREAD_VERSION 5
#include <boost/thread/executors/basic_thread_pool.hpp>
#include <atomic>
#include <cstdio>
#include <thread>
template<class Sleep>
void end_a_pool(const char* how, Sleep sleep) {
  std::atomic<int> began{0}, ended{0};
  {
    boost::basic_thread_pool pool(2);
    for (int i = 0; i < 20; ++i) pool.submit([&] { ++began; sleep(); ++ended; });
    while (began == 0) std::this_thread::yield();
  }
  std::printf("20 jobs that sleep by %s: %s\n", how,
              ended == 20 ? "all ran to their end" : ended < began && began < 20 ? "some torn out, others never begun" : "other");
}
int main() {
  end_a_pool("std::this_thread", [] { std::this_thread::sleep_for(std::chrono::milliseconds(20)); });
  end_a_pool("boost::this_thread", [] { boost::this_thread::sleep_for(boost::chrono::milliseconds(20)); });
}
PROGRAM
"$scene/program" | expect '20 jobs that sleep by std::this_thread: all ran to their end
20 jobs that sleep by boost::this_thread: some torn out, others never begun'
