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
  bool BillingSettings::*member;
};
constexpr std::array<Flag, 9> kFlags = {{
    {"allow_multiple_subscriptions", &BillingSettings::allow_multiple_subscriptions},
    {"reset_proration_behavior_enabled", &BillingSettings::reset_proration_behavior_enabled},
    {"portal_update_plan", &BillingSettings::portal_update_plan},
    {"portal_update_seats", &BillingSettings::portal_update_seats},
    {"portal_update_units", &BillingSettings::portal_update_units},
    {"portal_pause", &BillingSettings::portal_pause},
    {"unit_based_pricing_enabled", &BillingSettings::unit_based_pricing_enabled},
    {"meter_cycling_enabled", &BillingSettings::meter_cycling_enabled},
    {"refunds_stay_pending", &BillingSettings::refunds_stay_pending},
}};

HttpResponse ReadRoute(World& world, const Call&) { return JsonAnswer(200, RenderSettings(world.billing.settings)); }

HttpResponse ChangeRoute(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  BillingSettings settings = world.billing.settings;
  ReadSettings(settings, reader);
  if (!issues.empty()) return issues.Answer();
  world.billing.settings = std::move(settings);
  return JsonAnswer(200, RenderSettings(world.billing.settings));
}

}  // namespace

void ReadSettings(BillingSettings& settings, BodyReader& reader) {
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

Json RenderSettings(const BillingSettings& settings) {
  Json json = Json::object({{"proration_behavior", settings.proration_behavior},
                            {"benefit_revocation_grace_period", settings.benefit_revocation_grace_period}});
  for (const Flag& flag : kFlags) SetMember(json, flag.name, settings.*flag.member);
  return json;
}

std::int64_t BalanceOf(const World& world, const std::string& customer_id, const std::string& currency) {
  const auto found = world.billing.balances.find({customer_id, currency});
  return found == world.billing.balances.end() ? 0 : found->second;
}

void AddToBalance(World& world, const std::string& customer_id, const std::string& currency, std::int64_t change) {
  if (change != 0) world.billing.balances[{customer_id, currency}] += change;
}

std::string LabelDate(Timestamp at) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CivilDate date = ToCivilDate(at);
  return std::string(kMonths[static_cast<std::size_t>(date.month - 1)]) + " " + std::to_string(date.day) + ", " +
         std::to_string(date.year);
}

std::string LabelOverTime(std::string_view label, Timestamp start, Timestamp end) {
  return std::string(label) + " \xe2\x80\x94 From " + LabelDate(start) + " to " + LabelDate(end);
}

std::span<const Route> SettingsRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/_emulator/settings", Access::kPublic, ReadRoute},
      Route{"POST", "/_emulator/settings", Access::kPublic, ChangeRoute},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
