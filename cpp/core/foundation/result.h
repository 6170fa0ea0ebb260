// A value or the reason why there is none. The core has no exceptions: every function that can fail returns this.
//
// Value type; no allocation beyond that of T or Error. Not thread-safe in itself, like any value.
#pragma once

#include <cassert>
#include <utility>
#include <variant>

#include "core/foundation/error.h"

namespace plinto::polar {

/// Holds a T or an Error. Ask `ok()` (or convert to bool) before you read either.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return *Get<0>(); }
  const T& value() const& { return *Get<0>(); }
  T&& value() && { return std::move(*Get<0>()); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  Error& error() & { return *Get<1>(); }
  const Error& error() const& { return *Get<1>(); }
  Error&& error() && { return std::move(*Get<1>()); }

 private:
  // get_if: std::get would throw, and the core is built without exceptions.
  template <std::size_t kIndex>
  auto* Get() {
    auto* held = std::get_if<kIndex>(&state_);
    assert(held != nullptr);
    return held;
  }
  template <std::size_t kIndex>
  const auto* Get() const {
    const auto* held = std::get_if<kIndex>(&state_);
    assert(held != nullptr);
    return held;
  }

  std::variant<T, Error> state_;
};

/// The value of an operation that only succeeds or fails.
struct Done {
  bool operator==(const Done&) const = default;
};
using Status = Result<Done>;

}  // namespace plinto::polar
