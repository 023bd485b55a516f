#!/bin/bash
# KDE ThreadWeaver 5.103 (Debian 12): what a Collection says of a member that failed.
# Guess:  a collection with a failed member has failed, as a sequence has.
# Seen:   a Sequence stops at the failed job and has failed; a Collection of the same jobs says success.
# Source: this run.
# braid:  a group's join and a batch's run throw if one member failed.
source "$(dirname "$0")/installation.sh"
debian libkf5threadweaver-dev=5.103.0-1 libkf5threadweaver5=5.103.0-1 qtbase5-dev=5.15.8+dfsg-11+deb12u3 libqt5core5a=5.15.8+dfsg-11+deb12u3 \
  libdouble-conversion3 libicu72 libpcre2-16-0 libglib2.0-0
qt="$scene/root/usr/include/x86_64-linux-gnu/qt5"
compile -fPIC -I"$scene/root/usr/include/KF5/ThreadWeaver" -I"$qt" -I"$qt/QtCore" -lKF5ThreadWeaver -lQt5Core <<'PROGRAM'
#include <QCoreApplication>
#include <ThreadWeaver/Collection>
#include <ThreadWeaver/Job>
#include <ThreadWeaver/Queue>
#include <ThreadWeaver/Sequence>
#include <cstdio>
using namespace ThreadWeaver;
struct job : Job {
  bool fails;
  explicit job(bool fails) : fails(fails) {}
  void run(JobPointer, Thread*) override { if (fails) setStatus(Status_Failed); }
};
template<class Group>
const char* outcome() {
  Queue queue;
  QSharedPointer<Group> group(new Group);
  for (int i = 0; i < 4; ++i) *group << JobPointer(new job(i == 2));
  queue.enqueue(group);
  queue.finish();
  return group->success() ? "success" : "failure";
}
int main(int argc, char** argv) {
  QCoreApplication application(argc, argv);
  std::printf("one of four jobs fails: sequence %s", outcome<Sequence>());
  std::printf(", collection %s\n", outcome<Collection>());
}
PROGRAM
"$scene/program" 2>/dev/null | expect 'one of four jobs fails: sequence failure, collection success'
