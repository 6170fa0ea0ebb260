#include "emulator/organization/organization.h"

#include "emulator/world.h"

namespace plinto::polar::emulator {

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
  const OrganizationSettings& portal = world.settings;
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
