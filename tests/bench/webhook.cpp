// How fast a delivery is verified and read natively: FILE, MILLISECONDS per run, RUNS. Prints one JSON line per row
// with the microseconds of CPU of each run; scripts/bench.mjs puts them beside the others.
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <string>

#include "core/foundation/codec.h"
#include "core/model/subscription.h"
#include "core/webhook/envelope.h"
#include "core/webhook/event.h"
#include "core/webhook/signature.h"

using namespace plinto::polar;

namespace {

// Processor time: other work on the machine does not count.
double CpuMilliseconds() { return static_cast<double>(std::clock()) * 1'000 / CLOCKS_PER_SEC; }

double RunFor(double milliseconds, const std::function<bool()>& work) {
  long count = 0;
  const double start = CpuMilliseconds();
  double elapsed = 0;
  while (elapsed < milliseconds) {
    for (int i = 0; i < 16; ++i) {
      if (!work()) std::abort();
    }
    count += 16;
    elapsed = CpuMilliseconds() - start;
  }
  return elapsed * 1'000 / static_cast<double>(count);
}

void Report(const char* name, double milliseconds, int runs, const std::function<bool()>& work) {
  RunFor(milliseconds / 2, work);
  std::cout << R"({"name":")" << name << R"(","microseconds":[)";
  for (int i = 0; i < runs; ++i) std::cout << (i == 0 ? "" : ",") << RunFor(milliseconds, work);
  std::cout << "]}\n" << std::flush;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  std::ifstream file(argv[1], std::ios::binary);
  const std::string body{std::istreambuf_iterator<char>(file), {}};
  const double milliseconds = std::atof(argv[2]);
  const int runs = std::atoi(argv[3]);

  const auto secret = WebhookSecret::Parse("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
  const Timestamp now = Timestamp::FromSeconds(1'750'000'000);
  const auto headers = SignWebhook(*secret, KeyDerivation::kWholeText, "msg_bench", now, body);
  const WebhookSecret secrets[] = {*secret};

  Report("verify", milliseconds, runs, [&] { return VerifyWebhook(secrets, *headers, body, now).ok(); });
  Report("verify, read the envelope", milliseconds, runs,
         [&] { return VerifyWebhook(secrets, *headers, body, now).ok() && ReadWebhookEnvelope(body).ok(); });
  Report("verify, read all as JSON", milliseconds, runs,
         [&] { return VerifyWebhook(secrets, *headers, body, now).ok() && ParseWebhookEvent(body).ok(); });
  Report("verify, read all, decode", milliseconds, runs, [&] {
    if (!VerifyWebhook(secrets, *headers, body, now)) return false;
    const auto event = ParseWebhookEvent(body);
    return event.ok() && Decode<Subscription>(event->data).ok();
  });
  return 0;
}
