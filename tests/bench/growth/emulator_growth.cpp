// The emulator's routes: the bodies that they read.
#include "catch.h"
#include "core/foundation/text.h"
#include "emulator/control/journal.h"
#include "emulator/emulator.h"
#include "emulator/routes.h"
#include "emulator/world.h"
#include "growth.h"
#include "hostile.h"

using namespace plinto::polar;
using namespace plinto::polar::growth;

namespace {

constexpr Timestamp kNow = {1'764'000'000'000'000};

std::string PathOf(std::string_view pattern) {
  std::string path;
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern[at] != '{') {
      path += pattern[at++];
      continue;
    }
    path += "4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10";
    at = pattern.find('}', at) + 1;
  }
  return path;
}

}  // namespace

TEST_CASE("every route of the emulator reads a body in time that grows with its bytes") {
  for (const auto routes : emulator::AllRoutes()) {
    for (const emulator::Route& route : routes) {
      if (!emulator::TakesBody(route)) continue;
      const std::string name = std::string(route.method) + " " + std::string(route.pattern);
      DYNAMIC_SECTION(name) {
        emulator::Emulator emulator({}, kNow);
        for (const Hostile& text : SomeHostileJson()) {
          for (const char* field : {"", "events", "metadata", "products", "filter"}) {
            CheckGrowth("emulator, " + name + " " + field + ": " + text.name, 512 * kKiB, [&](std::size_t size) {
              const std::string value = text.make(size);
              HttpRequest request{.method = std::string(route.method),
                                  .url = PathOf(route.pattern),
                                  .headers = {{"authorization", "Bearer " + emulator.access_token()},
                                              {"content-type", "application/json"}},
                                  .body = *field == '\0' ? value : "{\"" + std::string(field) + "\":" + value + "}"};
              request.headers.Add("content-length", std::to_string(request.body.size()));
              return Needed([&emulator, request] { return emulator.Handle(request, kNow); });
            });
          }
        }
      }
    }
  }
}

TEST_CASE("a seed file and a journal are read in time that grows with their bytes") {
  for (const Hostile& text : HostileJson()) {
    CheckGrowth(std::string("ReadJournal: ") + text.name, kMiB, [&](std::size_t size) {
      return Needed([made = text.make(size)] { return emulator::ReadJournal(made).ok(); });
    });
    CheckGrowth(std::string("SeedNumberOf: ") + text.name, kMiB, [&](std::size_t size) {
      return Needed([made = text.make(size)] { return emulator::SeedNumberOf(made); });
    });
  }
}
