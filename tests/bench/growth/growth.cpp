#include "growth.h"

#include "catch.h"

#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <vector>

namespace plinto::polar::growth {
namespace {

constexpr double kRunAtLeast = 0.003;
// Less is not told apart from the work that every call has, whatever its input, and from the caches, which copy a short
// text faster than a long one.
constexpr double kEachCall = 0.000'01;
constexpr double kEachByte = 0.2e-9;
constexpr int kRounds = 7;

double CpuSeconds() {
  timespec now = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double Seconds(const Job& job, int times) {
  const double began = CpuSeconds();
  for (int i = 0; i < times; ++i) job();
  return (CpuSeconds() - began) / times;
}

int TimesOf(const Job& job) {
  const double once = std::max(Seconds(job, 1), 1e-7);
  return static_cast<int>(std::clamp(kRunAtLeast / once, 1.0, 2'000.0));
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::vector<std::size_t> SizesUpTo(std::size_t limit) {
  constexpr std::size_t kFrom = 64 * kKiB;
  return limit <= 2 * kFrom ? std::vector{limit / 2} : std::vector{kFrom, limit / 2};
}

double NothingFor(std::size_t size) { return kEachCall + kEachByte * static_cast<double>(size); }

void CheckAt(const std::string& name, std::size_t n, const Prepare& prepare) {
  const Job small = prepare(n);
  const Job large = prepare(2 * n);
  const int small_times = TimesOf(small);
  const int large_times = TimesOf(large);
  std::vector<double> of_small;
  std::vector<double> of_large;
  std::vector<double> ratios;
  for (int i = 0; i < kRounds; ++i) {
    // The one between two of the other: a processor that grows slower meanwhile is slower for both.
    const double before = Seconds(small, small_times);
    of_large.push_back(Seconds(large, large_times));
    of_small.push_back((before + Seconds(small, small_times)) / 2);
    ratios.push_back((of_large.back() + NothingFor(2 * n)) / (of_small.back() + NothingFor(n)));
  }
  const double cpu_n = Median(of_small);
  const double cpu_2n = Median(of_large);
  const double ratio = Median(ratios);
  // Not by std::cout, which Catch2 keeps for its report.
  std::printf("%8.2f  %10.3f  %10.3f  %8.2f  %8.2f  %s\n", static_cast<double>(n) / kKiB, cpu_n * 1e3, cpu_2n * 1e3,
              cpu_2n * 1e9 / static_cast<double>(2 * n), ratio, name.c_str());
  std::fflush(stdout);
  INFO(name << ": " << cpu_n * 1e3 << " ms for " << n << " bytes, " << cpu_2n * 1e3 << " ms for twice as many");
  CHECK(ratio <= kMostGrowth);
}

// Memory is kept once it was had: else what is larger than a threshold of malloc's costs page faults, and less does
// not.
bool KeepMemory() {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 64 << 20);
  std::printf("%8s  %10s  %10s  %8s  %8s  %s\n", "n (KiB)", "CPU n (ms)", "CPU 2n", "ns/byte", "2n / n", "what");
  return true;
}

}  // namespace

void CheckGrowth(const std::string& name, std::size_t limit, const Prepare& prepare) {
  static const bool is_kept = KeepMemory();
  for (const std::size_t n : SizesUpTo(limit)) CheckAt(name, n, prepare);
  static_cast<void>(is_kept);
}

}  // namespace plinto::polar::growth
