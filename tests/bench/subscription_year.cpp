// How long a year of one subscription takes in process: FILE (tests/vectors/subscription-year.json), RUNS. Prints one
// JSON line with the microseconds of CPU of each run, as scripts/bench.mjs reads them.
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "cpp/emulator/scenario.h"

using namespace plinto::polar;
using namespace plinto::polar::emulator;

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::ifstream file(argv[1], std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto vector = ParseJson(text);
  const std::string* start_text = vector ? FindString(*vector, "start") : nullptr;
  const Json* steps = vector ? FindMember(*vector, "steps") : nullptr;
  if (start_text == nullptr || steps == nullptr) return 2;
  const Timestamp start = *ParseTimestamp(*start_text);
  std::cout << R"({"name":"a year of one subscription, native","microseconds":[)";
  for (int run = 0; run < std::atoi(argv[2]); ++run) {
    const std::clock_t begin = std::clock();
    Config config;
    config.seed = 7;
    config.webhook_url = "https://app.example.com/webhooks";
    Emulator polar(std::move(config), start);
    Scenario scenario(polar, start);
    scenario.Run(*steps);
    const double microseconds = static_cast<double>(std::clock() - begin) * 1'000'000 / CLOCKS_PER_SEC;
    if (!scenario.problems().empty() || scenario.events().empty()) std::abort();
    std::cout << (run == 0 ? "" : ",") << microseconds;
  }
  std::cout << "]}\n";
}
