#include "emulator/organization/settings.h"

#include <algorithm>
#include <array>

#include "emulator/api/body.h"
#include "emulator/api/router.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::array<std::string_view, 3> kProrations = {"invoice", "prorate", "next_period"};
constexpr std::int64_t kMaxGraceDays = 365;

struct Flag {
  std::string_view name;
  bool OrganizationSettings::*member;
};
constexpr std::array<Flag, 10> kFlags = {{
    {"allow_multiple_subscriptions", &OrganizationSettings::allow_multiple_subscriptions},
    {"prevent_trial_abuse", &OrganizationSettings::prevent_trial_abuse},
    {"reset_proration_behavior_enabled", &OrganizationSettings::reset_proration_behavior_enabled},
    {"portal_update_plan", &OrganizationSettings::portal_update_plan},
    {"portal_update_seats", &OrganizationSettings::portal_update_seats},
    {"portal_update_units", &OrganizationSettings::portal_update_units},
    {"portal_pause", &OrganizationSettings::portal_pause},
    {"unit_based_pricing_enabled", &OrganizationSettings::unit_based_pricing_enabled},
    {"meter_cycling_enabled", &OrganizationSettings::meter_cycling_enabled},
    {"refunds_stay_pending", &OrganizationSettings::refunds_stay_pending},
}};

HttpResponse ReadRoute(World& world, const Call&) { return JsonAnswer(200, RenderSettings(world.settings)); }

HttpResponse ChangeRoute(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  OrganizationSettings settings = world.settings;
  ReadSettings(settings, reader);
  if (!issues.empty()) return issues.Answer();
  world.settings = std::move(settings);
  return JsonAnswer(200, RenderSettings(world.settings));
}

}  // namespace

void ReadSettings(OrganizationSettings& settings, BodyReader& reader) {
  if (const auto* object = reader.object().get_ptr<const Json::object_t*>()) {
    for (const auto& member : *object) {
      const std::string& name = member.first;
      const bool flag =
          std::any_of(kFlags.begin(), kFlags.end(), [&](const Flag& known) { return known.name == name; });
      if (flag || name == "proration_behavior" || name == "benefit_revocation_grace_period") continue;
      reader.issues().Add("extra_forbidden", reader.LocOf(name), "Extra inputs are not permitted", member.second);
    }
  }
  for (const Flag& flag : kFlags) {
    if (const auto value = reader.Bool(flag.name)) settings.*flag.member = *value;
  }
  if (const auto days = reader.Integer("benefit_revocation_grace_period", 0, kMaxGraceDays)) {
    settings.benefit_revocation_grace_period = *days;
  }
  if (const auto behavior = reader.Text("proration_behavior")) {
    if (std::find(kProrations.begin(), kProrations.end(), *behavior) == kProrations.end()) {
      reader.issues().Add("enum", reader.LocOf("proration_behavior"),
                          "Input should be 'invoice', 'prorate' or 'next_period'", *behavior,
                          Json::object({{"expected", "'invoice', 'prorate' or 'next_period'"}}));
    }
    settings.proration_behavior = *behavior;
  }
}

Json RenderSettings(const OrganizationSettings& settings) {
  Json json = Json::object({{"proration_behavior", settings.proration_behavior},
                            {"benefit_revocation_grace_period", settings.benefit_revocation_grace_period}});
  for (const Flag& flag : kFlags) SetMember(json, flag.name, settings.*flag.member);
  return json;
}

std::span<const Route> SettingsRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/_emulator/settings", Access::kPublic, ReadRoute},
      Route{"POST", "/_emulator/settings", Access::kPublic, ChangeRoute},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
