// The simulation's program:
//
//   plinto_polar_sim --seeds 1..2000 --steps 2000          invariants over many seeds
//   plinto_polar_sim --seeds 17 --show                     one seed, every line of it
//   plinto_polar_sim --seeds 1..300 --defect lease-too-short
//   plinto_polar_sim --seeds 1..300 --planted              each planted mistake has to be found
//
// `--seconds S` begins no seed after that time, `--threads N` runs so many at once, `--junit FILE` writes a report.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <thread>

#include "planted.h"
#include "server/base/defects.h"
#include "world.h"

namespace plinto::polar::sim {
namespace {

struct Options {
  std::uint64_t first = 1;
  std::uint64_t last = 20;
  std::int64_t steps = 2'000;
  std::int64_t seconds = 0;
  int threads = 1;
  std::string defect;
  std::string junit;
  bool is_planted = false;
  bool is_shown = false;
};

/// What many seeds have come to.
struct Total {
  std::uint64_t seeds = 0;
  std::int64_t steps = 0;
  std::optional<std::uint64_t> first_broken;  ///< the lowest seed
  Outcome broken;
};

struct Case {
  std::string name;
  std::string failure;
};

Outcome RunSeed(std::uint64_t seed, const Options& options) {
  World world(seed);
  if (options.is_shown) world.schedule.Show();
  return world.Run(options.steps);
}

/// Stops at the first seed that breaks an invariant, but for those that are under way.
Total RunSeeds(const Options& options) {
  const auto start = std::chrono::steady_clock::now();
  Total total;
  std::mutex mutex;
  std::atomic<std::uint64_t> next = options.first;
  std::atomic<bool> is_over = false;
  const auto work = [&] {
    for (;;) {
      const auto passed = std::chrono::steady_clock::now() - start;
      if (options.seconds > 0 && passed > std::chrono::seconds(options.seconds)) return;
      const std::uint64_t seed = next++;
      if (seed > options.last || is_over) return;
      Outcome outcome = RunSeed(seed, options);
      const std::lock_guard lock(mutex);
      ++total.seeds;
      total.steps += outcome.step;
      if (!outcome.broken) continue;
      is_over = true;
      if (total.first_broken && *total.first_broken < seed) continue;
      total.first_broken = seed;
      total.broken = std::move(outcome);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 1; i < options.threads; ++i) threads.emplace_back(work);
  work();
  for (std::thread& one : threads) one.join();
  return total;
}

std::string Describe(std::uint64_t seed, const Outcome& outcome, const Options& options) {
  return "seed " + std::to_string(seed) + ", step " + std::to_string(outcome.step) + ": " + *outcome.broken +
         "\n  The last lines of its trace; all of them: plinto_polar_sim --seeds " + std::to_string(seed) +
         " --steps " + std::to_string(options.steps) + (options.defect.empty() ? "" : " --defect " + options.defect) +
         " --show\n" + outcome.trace;
}

Case HoldAll(const Options& options) {
  const Total total = RunSeeds(options);
  if (total.first_broken) {
    const std::string failure = Describe(*total.first_broken, total.broken, options);
    std::printf("FAILED: %s\n", failure.c_str());
    return {"every invariant holds", failure};
  }
  std::printf("seeds %llu..%llu of %lld steps: all invariants hold (%llu seeds, %lld steps until all was quiet)\n",
              static_cast<unsigned long long>(options.first),
              static_cast<unsigned long long>(options.first + total.seeds - 1), static_cast<long long>(options.steps),
              static_cast<unsigned long long>(total.seeds), static_cast<long long>(total.steps));
  return {"every invariant holds over " + std::to_string(total.seeds) + " seeds", ""};
}

Case Repeat(const Options& options) {
  const Outcome first = RunSeed(options.first, options);
  const Outcome second = RunSeed(options.first, options);
  const bool is_same = first.digest == second.digest && first.step == second.step;
  std::printf("%s: seed %llu twice: %lld and %lld steps\n", is_same ? "ok" : "FAILED",
              static_cast<unsigned long long>(options.first), static_cast<long long>(first.step),
              static_cast<long long>(second.step));
  return {"one seed has one history", is_same ? "" : "two runs of one seed have different traces"};
}

Case Find(const Planted& planted, Options options) {
  options.defect = planted.name;
  server::planted_defect = planted.name;
  const Total total = RunSeeds(options);
  server::planted_defect.clear();
  const std::string name = "it is found that " + std::string(planted.what);
  if (!total.first_broken) {
    std::printf("NOT FOUND in %llu seeds: %s\n", static_cast<unsigned long long>(total.seeds), options.defect.c_str());
    return {name, "no seed of " + std::to_string(total.seeds) + " finds it"};
  }
  std::printf("found by seed %llu: %s: %s\n", static_cast<unsigned long long>(*total.first_broken),
              options.defect.c_str(), total.broken.broken->c_str());
  return {name, ""};
}

std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const char one : text) {
    if (one == '<') {
      escaped += "&lt;";
    } else if (one == '&') {
      escaped += "&amp;";
    } else if (one == '"') {
      escaped += "&quot;";
    } else {
      escaped += one;
    }
  }
  return escaped;
}

void WriteJunit(const std::string& path, const std::vector<Case>& cases) {
  std::ofstream file(path);
  file << "<testsuites><testsuite name=\"simulation\">\n";
  for (const Case& one : cases) {
    file << "<testcase name=\"" << Escaped(one.name) << "\"";
    if (one.failure.empty()) {
      file << "/>\n";
    } else {
      file << "><failure message=\"" << Escaped(one.failure.substr(0, one.failure.find('\n'))) << "\">"
           << Escaped(one.failure) << "</failure></testcase>\n";
    }
  }
  file << "</testsuite></testsuites>\n";
}

std::optional<Options> ReadOptions(int count, char** values) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string name = values[i];
    if (name == "--planted") {
      options.is_planted = true;
    } else if (name == "--show") {
      options.is_shown = true;
    } else if (i + 1 == count) {
      return std::nullopt;
    } else if (const std::string value = values[++i]; name == "--seeds") {
      const std::size_t dots = value.find("..");
      options.first = std::stoull(value);
      options.last = dots == std::string::npos ? options.first : std::stoull(value.substr(dots + 2));
    } else if (name == "--steps") {
      options.steps = std::stoll(value);
    } else if (name == "--seconds") {
      options.seconds = std::stoll(value);
    } else if (name == "--threads") {
      options.threads = std::stoi(value);
    } else if (name == "--defect") {
      options.defect = value;
    } else if (name == "--junit") {
      options.junit = value;
    } else {
      return std::nullopt;
    }
  }
  return options;
}

int Main(int count, char** values) {
  const std::optional<Options> options = ReadOptions(count, values);
  if (!options) {
    std::fprintf(stderr,
                 "usage: plinto_polar_sim [--seeds A..B] [--steps N] [--seconds S] [--threads N] [--defect NAME] "
                 "[--planted] [--show] [--junit FILE]\n");
    return 2;
  }
  std::vector<Case> cases;
  if (options->is_planted) {
    for (const Planted& planted : kPlanted) cases.push_back(Find(planted, *options));
  } else {
    server::planted_defect = options->defect;
    if (!options->is_shown && options->defect.empty()) cases.push_back(Repeat(*options));
    cases.push_back(HoldAll(*options));
  }
  if (!options->junit.empty()) WriteJunit(options->junit, cases);
  for (const Case& one : cases) {
    if (!one.failure.empty()) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace plinto::polar::sim

int main(int count, char** values) { return plinto::polar::sim::Main(count, values); }
