// /_emulator/: what a test asks of the emulator itself: its clock and its access tokens. Faults: faults.cpp. Log and
// redelivery: log_routes.cpp.
#include <algorithm>
#include <array>

#include "emulator/api/body.h"
#include "emulator/api/router.h"
#include "emulator/pages/pages.h"
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

Json RenderToken(const AccessToken& token) {
  Json scopes = nullptr;
  if (token.scopes) {
    scopes = Json::array();
    for (const std::string& scope : *token.scopes) scopes.push_back(scope);
  }
  return Json::object({{"token", token.token}, {"scopes", std::move(scopes)}});
}

HttpResponse AddToken(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  AccessToken token = {.token = reader.Text("token", 200).value_or("")};
  if (const Json* member = FindMember(body.object, "scopes"); member != nullptr && !member->is_null()) {
    const auto* list = member->get_ptr<const Json::array_t*>();
    if (list == nullptr) issues.Add("list_type", reader.LocOf("scopes"), "Input should be a valid list", *member);
    token.scopes.emplace();
    const auto known = AllScopes();
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      const auto* scope = (*list)[i].get_ptr<const std::string*>();
      if (scope == nullptr || std::find(known.begin(), known.end(), *scope) == known.end()) {
        Json loc = reader.LocOf("scopes");
        loc.push_back(i);
        issues.Add("enum", std::move(loc), "Input should be a scope of Polar's, such as 'orders:read'", (*list)[i]);
      } else {
        token.scopes->push_back(*scope);
      }
    }
  }
  if (!token.token.empty() && FindToken(world, token.token) != nullptr) {
    issues.Refuse(reader.LocOf("token"), "There is such a token already.", token.token);
  }
  if (!issues.empty()) return issues.Answer();
  if (token.token.empty()) token.token = world.random.Token("polar_oat_");
  world.tokens.push_back(token);
  return JsonAnswer(201, RenderToken(token));
}

// Polar has nothing there either; who opens the address that is printed wants to look.
HttpResponse Home(World&, const Call&) { return SeeOther("/_emulator"); }

}  // namespace

std::span<const Route> ControlRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/", Access::kPublic, Home},
      Route{"GET", "/_emulator/clock", Access::kPublic, ReadClock},
      Route{"POST", "/_emulator/clock", Access::kPublic, SetClock},
      Route{"POST", "/_emulator/tokens", Access::kPublic, AddToken},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
