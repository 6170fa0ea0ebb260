#include "emulator/catalog.h"

#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

Json RenderProductBase(const World& world, const Product& product) {
  return Json::object({
      {"id", product.id},
      {"created_at", ToJson(product.created_at)},
      {"modified_at", nullptr},
      {"trial_interval", nullptr},
      {"trial_interval_count", nullptr},
      {"name", product.name},
      {"description", product.description},
      {"visibility", "public"},
      {"recurring_interval", product.recurring_interval},
      {"recurring_interval_count", product.recurring_interval_count},
      {"meter_interval", nullptr},
      {"meter_interval_count", nullptr},
      {"is_recurring", true},
      {"is_archived", false},
      {"is_deletable", false},
      {"organization_id", world.organization.id},
  });
}

Json RenderBenefitBase(const World& world, const Benefit& benefit) {
  return Json::object({
      {"id", benefit.id},
      {"created_at", ToJson(benefit.created_at)},
      {"modified_at", nullptr},
      {"type", "feature_flag"},
      {"description", benefit.description},
      {"selectable", true},
      {"deletable", true},
      {"is_deleted", false},
      {"organization_id", world.organization.id},
  });
}

template <class RenderOne>
Json RenderBenefits(const World& world, const Product& product, RenderOne render_one) {
  Json list = Json::array();
  for (const std::string& id : product.benefit_ids) {
    if (const Benefit* benefit = world.benefits.Find(id)) list.push_back(render_one(world, *benefit));
  }
  return list;
}

}  // namespace

void FillCatalog(World& world) {
  const Benefit& benefit =
      world.benefits.Add({.id = world.random.Uuid(), .created_at = world.now, .description = "Pro features"});
  world.products.Add({
      .id = world.random.Uuid(),
      .created_at = world.now,
      .name = "Pro",
      .description = "Everything in Pro, billed monthly.",
      .recurring_interval = "month",
      .recurring_interval_count = 1,
      .price = {.id = world.random.Uuid(), .created_at = world.now, .currency = "usd", .amount = 2'000},
      .benefit_ids = {benefit.id},
  });
}

Json RenderBenefit(const World& world, const Benefit& benefit) {
  Json json = RenderBenefitBase(world, benefit);
  SetMember(json, "metadata", Json::object());
  SetMember(json, "visibility", "public");
  SetMember(json, "properties", Json::object());
  SetMember(json, "visibility_configurable", true);
  return json;
}

Json RenderPrice(const Product& product) {
  const Price& price = product.price;
  return Json::object({
      {"created_at", ToJson(price.created_at)},
      {"modified_at", nullptr},
      {"id", price.id},
      {"source", "catalog"},
      {"amount_type", "fixed"},
      {"price_currency", price.currency},
      {"tax_behavior", nullptr},
      {"is_archived", false},
      {"product_id", product.id},
      {"price_amount", price.amount},
  });
}

Json RenderProduct(const World& world, const Product& product) {
  Json json = RenderProductBase(world, product);
  SetMember(json, "metadata", Json::object());
  SetMember(json, "prices", Json::array({RenderPrice(product)}));
  SetMember(json, "benefits", RenderBenefits(world, product, RenderBenefit));
  SetMember(json, "medias", Json::array());
  SetMember(json, "attached_custom_fields", Json::array());
  return json;
}

Json RenderOrderProduct(const World& world, const Product& product) {
  Json json = RenderProductBase(world, product);
  SetMember(json, "metadata", Json::object());
  return json;
}

Json RenderCheckoutProduct(const World& world, const Product& product) {
  Json json = RenderProductBase(world, product);
  SetMember(json, "prices", Json::array({RenderPrice(product)}));
  SetMember(json, "benefits", RenderBenefits(world, product, RenderBenefitBase));
  SetMember(json, "medias", Json::array());
  return json;
}

Json RenderPortalProduct(const World& world, const Product& product) {
  Json settings = Json::object({
      {"usage", Json::object({{"show", true}})},
      {"subscription", Json::object({{"update_seats", false}, {"update_plan", false}, {"pause", false}})},
      {"customer", Json::object({{"allow_email_change", false}})},
  });
  Json organization = RenderOrganization(world);
  SetMember(organization, "customer_portal_settings", std::move(settings));
  SetMember(organization, "organization_features",
            Json::object({{"member_model_enabled", true}, {"checkout_localization_enabled", false}}));
  Json json = RenderCheckoutProduct(world, product);
  SetMember(json, "organization", std::move(organization));
  return json;
}

Json RenderOrganization(const World& world) {
  return Json::object({
      {"created_at", ToJson(world.organization.created_at)},
      {"modified_at", nullptr},
      {"id", world.organization.id},
      {"name", world.organization.name},
      {"slug", world.organization.slug},
      {"avatar_url", nullptr},
      {"proration_behavior", "prorate"},
      {"allow_customer_updates", true},
  });
}

}  // namespace plinto::polar::emulator
