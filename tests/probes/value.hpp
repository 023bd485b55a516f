// What a probe watches: values that know where they lie, and the traps that use them.
#pragma once

#include <array>
#include <chrono>
#include <coroutine>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace probe {

using namespace std::chrono_literals;

extern int live;                                    // values and operations that exist now
extern bool immediate;                              // operations complete without parking
extern std::coroutine_handle<> next;                // what the driver resumes next
extern std::deque<std::coroutine_handle<>> parked;  // woken when nothing else can run

/// Ends the program with the sentence when `good` is false.
void expect(bool good, const char* what);

/// A number on the heap in an object that knows where it lies.
class value {
 public:
  value(int number = 0);
  value(const value& other);
  value(value&& other) noexcept;
  value& operator=(value other) noexcept;
  ~value();
  int number() const;

 private:
  std::unique_ptr<int> number_;
  value* self_;
};

/// An aggregate with a destructor.
struct order {
  value id = 0;
  int count = 0;
};

template<class T>
class task;

/// One trap: its name and the function that walks into it.
struct trap {
  trap(const char* name_, void (*run_)());
  static std::vector<trap*>& all();
  const char* name;
  void (*run)();
};

}  // namespace probe

/// Names a trap; the body that follows runs it.
#define BRAID_TRAP(name)                                      \
  static void name##_body();                                  \
  static const ::probe::trap name##_trap(#name, name##_body); \
  static void name##_body()
