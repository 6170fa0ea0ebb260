// /_emulator/faults: adds, lists and removes faults.
#include <algorithm>
#include <array>

#include "emulator/api/body.h"
#include "emulator/api/body_fields.h"
#include "emulator/api/router.h"
#include "emulator/control/control_routes.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kLongestDelayMs = 24LL * 3'600'000;
constexpr std::size_t kMostFaults = 100;

struct Named {
  FaultKind kind;
  std::string_view name;
};
constexpr std::array kNames = {
    Named{FaultKind::kReorder, "reorder"}, Named{FaultKind::kDuplicate, "duplicate"}, Named{FaultKind::kDrop, "drop"},
    Named{FaultKind::kDelay, "delay"},     Named{FaultKind::kCorrupt, "corrupt"},     Named{FaultKind::kTooMany, "429"},
    Named{FaultKind::kServer, "5xx"},      Named{FaultKind::kSlow, "slow"},           Named{FaultKind::kCut, "cut"}};

std::string_view NameOf(FaultKind kind) {
  for (const Named& named : kNames) {
    if (named.kind == kind) return named.name;
  }
  return {};
}

Json Render(const Fault& fault) {
  Json json = Json::object({{"id", fault.id},
                            {"kind", NameOf(fault.kind)},
                            {"match", fault.match.empty() ? Json(nullptr) : Json(fault.match)},
                            {"count", OrNull(fault.left)},
                            {"probability", fault.probability}});
  if (fault.kind == FaultKind::kServer) SetMember(json, "status", fault.status);
  if (fault.kind == FaultKind::kTooMany) SetMember(json, "retry_after", fault.retry_after);
  if (fault.kind == FaultKind::kDelay || fault.kind == FaultKind::kSlow) SetMember(json, "delay_ms", fault.delay_ms);
  if (IsOfAnswers(fault.kind)) SetMember(json, "after", fault.after);
  return json;
}

Json RenderAll(const World& world) {
  Json items = Json::array();
  for (const Fault& fault : world.faults.rows) items.push_back(Render(fault));
  return Json::object({{"items", std::move(items)}});
}

HttpResponse List(World& world, const Call&) { return JsonAnswer(200, RenderAll(world)); }

HttpResponse Add(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  Fault fault;
  std::array<std::string_view, kNames.size()> names;
  std::transform(kNames.begin(), kNames.end(), names.begin(), [](const Named& named) { return named.name; });
  const auto name = RequireChoice(reader, issues, "kind", names);
  for (const Named& named : kNames) {
    if (name == named.name) fault.kind = named.kind;
  }
  fault.match = reader.Text("match", 200).value_or("");
  fault.left = reader.Integer("count", 1, 1'000'000);
  fault.status = static_cast<int>(reader.Integer("status", 500, 599).value_or(500));
  fault.delay_ms = reader.Integer("delay_ms", 0, kLongestDelayMs).value_or(1'000);
  fault.retry_after = reader.Integer("retry_after", 0, 86'400).value_or(1);
  fault.after = reader.Bool("after").value_or(false);
  if (const Json* share = FindMember(body.object, "probability"); share != nullptr && !share->is_null()) {
    const double* fraction = share->get_ptr<const double*>();
    const auto whole = AsInteger(*share);
    fault.probability = fraction != nullptr ? *fraction : static_cast<double>(whole.value_or(-1));
    if (!(fault.probability > 0 && fault.probability <= 1)) {
      issues.Add("less_than_equal", reader.LocOf("probability"), "Input should be a number over 0 and up to 1", *share);
    }
  }
  for (const auto& member : body.object.items()) {
    constexpr std::array<std::string_view, 8> kKnown = {"kind",     "match",       "count", "probability",
                                                        "delay_ms", "retry_after", "after", "status"};
    if (std::find(kKnown.begin(), kKnown.end(), member.key()) == kKnown.end()) {
      issues.Add("extra_forbidden", reader.LocOf(member.key()), "Extra inputs are not permitted", member.value());
    }
  }
  if (issues.empty() && world.faults.rows.size() >= kMostFaults) {
    issues.Refuse(Json::array({"body"}), "There are 100 faults already. Remove some: DELETE /_emulator/faults.",
                  nullptr);
  }
  if (!issues.empty()) return issues.Answer();
  fault.id = world.faults.dice.Uuid();
  world.faults.rows.push_back(fault);
  return JsonAnswer(201, Render(fault));
}

HttpResponse RemoveAll(World& world, const Call&) {
  world.faults.rows.clear();
  return {204, {}, {}};
}

HttpResponse Remove(World& world, const Call& call) {
  auto& rows = world.faults.rows;
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Fault& one) { return one.id == call.path[0]; });
  if (found == rows.end()) return ResourceNotFound();
  rows.erase(found);
  return {204, {}, {}};
}

}  // namespace

std::span<const Route> FaultRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/_emulator/faults", Access::kPublic, List},
      Route{"POST", "/_emulator/faults", Access::kPublic, Add},
      Route{"DELETE", "/_emulator/faults", Access::kPublic, RemoveAll},
      Route{"DELETE", "/_emulator/faults/{id}", Access::kPublic, Remove},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
