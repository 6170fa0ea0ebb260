// How the CPU time of a function grows with its input: who sends twice as much may cost twice as much, and not four
// times.
//
// A function is measured with n bytes and with 2n, for n of 64 KiB and of half of what it is ever handed. The times are
// the CPU's of this thread, taken by turns, and the median of their ratios is judged: so a busy machine changes little.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace plinto::polar::growth {

/// Twice, and what caches and logarithms add. In the square of the input it would be four times.
inline constexpr double kMostGrowth = 2.6;
inline constexpr std::size_t kKiB = 1'024;
inline constexpr std::size_t kMiB = 1'024 * kKiB;

/// What is measured; its input is made before. It may run any number of times.
using Job = std::function<void()>;
using Prepare = std::function<Job(std::size_t size)>;

/// Prints a line for each n, and fails the test where the growth is more than kMostGrowth.
void CheckGrowth(const std::string& name, std::size_t limit, const Prepare& prepare);

/// A job whose result is needed, as far as the compiler knows.
template <class Function>
Job Needed(Function function) {
  return [function] {
    auto result = function();
    asm volatile("" : : "g"(&result) : "memory");
  };
}

}  // namespace plinto::polar::growth
