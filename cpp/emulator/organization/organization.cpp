#include "emulator/organization/organization.h"

#include <array>

#include "emulator/api/answers.h"
#include "emulator/api/router.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

Json PortalSettings(const OrganizationSettings& portal) {
  return Json::object({
      {"usage", Json::object({{"show", true}})},
      {"subscription", Json::object({{"update_seats", portal.portal_update_seats},
                                     {"update_plan", portal.portal_update_plan},
                                     {"update_units", portal.portal_update_units},
                                     {"pause", portal.portal_pause}})},
      {"customer", Json::object({{"allow_email_change", false}})},
  });
}

Json AllTrue(std::span<const std::string_view> names) {
  Json json = Json::object();
  for (const std::string_view name : names) SetMember(json, name, true);
  return json;
}

constexpr std::array<std::string_view, 14> kEmails = {
    "order_confirmation",        "payment_method_expiration_reminder",
    "subscription_cancellation", "subscription_confirmation",
    "subscription_cycled",       "subscription_cycled_after_trial",
    "subscription_past_due",     "subscription_paused",
    "subscription_resumed",      "subscription_renewal_reminder",
    "subscription_revoked",      "subscription_trial_conversion_reminder",
    "subscription_uncanceled",   "subscription_updated"};
constexpr std::array<std::string_view, 6> kCapabilities = {
    "checkout_payments", "subscription_renewals", "payouts", "refunds", "api_access", "dashboard_access"};

// `Organization`, as its access tokens read it.
Json RenderOwnOrganization(const World& world) {
  const OrganizationSettings& settings = world.settings;
  Json json = RenderOrganization(world);
  for (const std::string_view unset : {"email", "website", "details_submitted_at",
                                       "onboarding_resubmission_requested_at", "account_id", "payout_account_id"}) {
    SetMember(json, unset, nullptr);
  }
  SetMember(json, "socials", Json::array());
  SetMember(json, "status", "active");
  SetMember(json, "sso_enforced", false);
  SetMember(json, "default_presentment_currency", "usd");
  SetMember(json, "default_tax_behavior", "location");
  SetMember(json, "feature_settings",
            Json::object({{"seat_based_pricing_enabled", true},
                          {"member_model_enabled", true},
                          {"meter_cycling_enabled", settings.meter_cycling_enabled},
                          {"reset_proration_behavior_enabled", settings.reset_proration_behavior_enabled}}));
  SetMember(json, "subscription_settings",
            Json::object({{"allow_multiple_subscriptions", settings.allow_multiple_subscriptions},
                          {"proration_behavior", settings.proration_behavior},
                          {"benefit_revocation_grace_period", settings.benefit_revocation_grace_period},
                          {"prevent_trial_abuse", settings.prevent_trial_abuse},
                          {"allow_customer_updates", settings.portal_update_plan}}));
  SetMember(json, "customer_email_settings", AllTrue(kEmails));
  SetMember(json, "customer_portal_settings", PortalSettings(settings));
  SetMember(json, "dispute_settings", Json::object({{"auto_accept_below_amount", nullptr}}));
  SetMember(json, "embed_hosts", Json::array());
  SetMember(json, "embed_hosts_enforced", false);
  SetMember(json, "capabilities", AllTrue(kCapabilities));
  return json;
}

HttpResponse ReadOrganization(World& world, const Call& call) {
  return call.path[0] == world.organization.id ? JsonAnswer(200, RenderOwnOrganization(world)) : ResourceNotFound();
}

}  // namespace

Json RenderOrganization(const World& world) {
  return Json::object({
      {"created_at", ToJson(world.organization.created_at)},
      {"modified_at", nullptr},
      {"id", world.organization.id},
      {"name", world.organization.name},
      {"slug", world.organization.slug},
      {"avatar_url", nullptr},
      {"proration_behavior", world.settings.proration_behavior},
      {"allow_customer_updates", world.settings.portal_update_plan},
  });
}

Json RenderPortalOrganization(const World& world) {
  Json json = RenderOrganization(world);
  SetMember(json, "customer_portal_settings", PortalSettings(world.settings));
  SetMember(json, "organization_features",
            Json::object({{"member_model_enabled", true}, {"checkout_localization_enabled", false}}));
  return json;
}

std::span<const Route> OrganizationRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/organizations/{id}", Access::kOrganization, ReadOrganization}};
  return kRoutes;
}

}  // namespace plinto::polar::emulator
