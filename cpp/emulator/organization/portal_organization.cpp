#include "emulator/organization/portal_organization.h"

#include "emulator/world.h"

namespace plinto::polar::emulator {

Json RenderPortalOrganization(const World& world) {
  const BillingSettings& portal = world.billing.settings;
  Json json = RenderOrganization(world);
  SetMember(json, "customer_portal_settings",
            Json::object({
                {"usage", Json::object({{"show", true}})},
                {"subscription", Json::object({{"update_seats", portal.portal_update_seats},
                                               {"update_plan", portal.portal_update_plan},
                                               {"update_units", portal.portal_update_units},
                                               {"pause", portal.portal_pause}})},
                {"customer", Json::object({{"allow_email_change", false}})},
            }));
  SetMember(json, "organization_features",
            Json::object({{"member_model_enabled", true}, {"checkout_localization_enabled", false}}));
  return json;
}

}  // namespace plinto::polar::emulator
