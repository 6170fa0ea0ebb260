// /_emulator/clock: reads the emulated clock, sets it forward, lets it run faster or stand.
#include <array>

#include "emulator/api/body.h"
#include "emulator/api/router.h"
#include "emulator/control/control_routes.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr double kMaxRate = 1'000'000;

HttpResponse ClockAnswer(const World& world) {
  const double rate = world.clock.rate();
  const std::string_view mode = rate == 1 ? "real" : rate == 0 ? "frozen" : "scaled";
  return JsonAnswer(200, Json::object({{"now", ToJson(world.now)}, {"mode", mode}, {"rate", rate}}));
}

HttpResponse ReadClock(World& world, const Call&) { return ClockAnswer(world); }

// Where the body wants the clock to be; nothing when it only changes the rate.
std::optional<Timestamp> ReadGoal(const World& world, BodyReader& reader, Issues& issues) {
  std::optional<Timestamp> goal;
  if (const auto seconds = reader.Integer("advance_seconds", 0, kMostAdvanceSeconds)) {
    goal = world.now.PlusSeconds(*seconds);
  }
  if (const auto words = reader.Text("advance")) {
    goal = AddSpan(world.now, *words);
    if (!goal) {
      issues.Refuse(reader.LocOf("advance"),
                    "Not a span of time. Write it as in `1 month`, `2 weeks 3 days` or `90 minutes`.", *words);
    }
  }
  if (const auto text = reader.Text("now")) {
    goal = ParseTimestamp(*text);
    if (!goal) {
      issues.Add("datetime_from_date_parsing", reader.LocOf("now"), "Input should be a valid datetime with a zone",
                 *text);
    } else if (*goal < world.now) {
      issues.Refuse(reader.LocOf("now"), "The clock goes forward only; it shows " + FormatTimestamp(world.now) + ".",
                    *text);
    }
  }
  if (goal && goal->Seconds() - world.now.Seconds() > kMostAdvanceSeconds) {
    issues.Refuse(Json::array({"body"}), "The clock is moved by five years at most at a time.", nullptr);
  }
  return goal;
}

std::optional<double> ReadRate(BodyReader& reader, Issues& issues) {
  const auto mode = reader.Text("mode");
  if (mode && *mode != "real" && *mode != "frozen") {
    issues.Add("enum", reader.LocOf("mode"), "Input should be 'real' or 'frozen'", *mode,
               Json::object({{"expected", "'real' or 'frozen'"}}));
  }
  if (mode) return *mode == "real" ? 1.0 : 0.0;
  const Json* member = FindMember(reader.object(), "rate");
  if (member == nullptr || member->is_null()) return std::nullopt;
  const double* fraction = member->get_ptr<const double*>();
  const double rate = fraction != nullptr ? *fraction : static_cast<double>(AsInteger(*member).value_or(-1));
  if (!(rate >= 0 && rate <= kMaxRate)) {
    issues.Refuse(reader.LocOf("rate"), "Input should be a number from 0 (the clock stands) to 1000000", *member);
  }
  return rate;
}

HttpResponse SetClock(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  const auto goal = ReadGoal(world, reader, issues);
  const auto rate = ReadRate(reader, issues);
  if (issues.empty() && !goal && !rate) {
    issues.Add("missing", Json::array({"body"}),
               "Say what to do: `advance_seconds`, `advance` (\"1 month\"), `now`, `rate` or `mode`", body.object);
  }
  if (!issues.empty()) return issues.Answer();
  if (rate) world.clock.SetRate(*rate);
  if (goal) world.clock.MoveTo(*goal);
  world.RunUntil(world.clock.Now());
  return ClockAnswer(world);
}

}  // namespace

std::span<const Route> ClockRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/_emulator/clock", Access::kPublic, ReadClock},
      Route{"POST", "/_emulator/clock", Access::kPublic, SetClock},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
