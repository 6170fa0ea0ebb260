// /_emulator/: what a test asks of the emulator itself.
#include <array>

#include "emulator/router.h"
#include "emulator/validation.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kMaxAdvanceSeconds = 5LL * 366 * 86'400;

HttpResponse ReadLog(World& world, const Call&) { return JsonAnswer(200, world.log.Render()); }

HttpResponse MoveClock(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  reader.Require("advance_seconds");
  const auto seconds = reader.Integer("advance_seconds", 0, kMaxAdvanceSeconds);
  if (issues.empty() && !seconds) {
    issues.Add("int_type", reader.LocOf("advance_seconds"), "Input should be a valid integer", nullptr);
  }
  if (!issues.empty()) return issues.Answer();
  world.clock_offset_seconds += *seconds;
  world.RunUntil(world.now.PlusSeconds(*seconds));
  return JsonAnswer(200, Json::object({{"now", ToJson(world.now)}}));
}

}  // namespace

std::span<const Route> ControlRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/_emulator/log", Access::kPublic, ReadLog},
      Route{"POST", "/_emulator/clock", Access::kPublic, MoveClock},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
