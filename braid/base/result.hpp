// result<T>: a value, or the reason why there is none. Shaped like std::expected, which libstdc++ 12 lacks in C++20.
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace braid {

/// Why an operation gave no value: the closed list.
enum class error_code {
  cancelled,  ///< its context was cancelled
  timed_out,  ///< its deadline passed
  closed,     ///< the channel is closed
  failed,     ///< user code threw; the exception is kept
};

struct error {
  error_code code;
  std::string text;
  std::exception_ptr exception;  ///< The exception thrown; null if there was none.
};

template<class T>
class [[nodiscard]] result {
  using stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

 public:
  using value_type = T;

  result(stored value) : held_(std::in_place_index<0>, std::move(value)) {}
  result(braid::error reason) : held_(std::in_place_index<1>, std::move(reason)) {}

  bool has_value() const noexcept { return held_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  /// Returns the value. If there is none, throws the kept exception, or std::bad_variant_access if none was kept.
  stored& value() & { return check(), std::get<0>(held_); }
  const stored& value() const& { return check(), std::get<0>(held_); }
  stored&& value() && { return check(), std::get<0>(std::move(held_)); }

  /// Unchecked, as for std::expected. Requires has_value().
  stored& operator*() & noexcept { return *std::get_if<0>(&held_); }
  const stored& operator*() const& noexcept { return *std::get_if<0>(&held_); }
  stored&& operator*() && noexcept { return std::move(*std::get_if<0>(&held_)); }
  stored* operator->() noexcept { return std::get_if<0>(&held_); }
  const stored* operator->() const noexcept { return std::get_if<0>(&held_); }

  /// Returns the reason. Requires that there is no value.
  const braid::error& error() const& { return std::get<1>(held_); }
  braid::error&& error() && { return std::get<1>(std::move(held_)); }

 private:
  void check() const {
    if (const braid::error* reason = std::get_if<1>(&held_); reason && reason->exception)
      std::rethrow_exception(reason->exception);
  }
  std::variant<stored, braid::error> held_;
};

}  // namespace braid
