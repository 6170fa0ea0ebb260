#include "emulator/catalog/discounts.h"

#include <algorithm>

#include "core/foundation/text.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

// What every rendering begins with: the duration and the value. `amount` and `currency` are deprecated but required.
Json RenderTerms(const Discount& discount) {
  Json json = Json::object({{"duration", discount.duration}});
  if (discount.duration == "repeating") SetMember(json, "duration_in_months", OrNull(discount.duration_in_months));
  SetMember(json, "type", discount.percentage ? "percentage" : "fixed");
  if (discount.percentage) {
    SetMember(json, "basis_points", discount.basis_points);
    return json;
  }
  Json amounts = Json::object();
  for (const auto& [currency, amount] : discount.amounts) SetMember(amounts, currency, amount);
  const auto usd = discount.amounts.find("usd");
  const auto shown = usd == discount.amounts.end() ? discount.amounts.begin() : usd;
  const bool none = shown == discount.amounts.end();
  SetMember(json, "amount", none ? 0 : shown->second);
  SetMember(json, "currency", none ? "usd" : shown->first);
  SetMember(json, "amounts", std::move(amounts));
  return json;
}

}  // namespace

Discount* FindDiscount(World& world, std::string_view id) {
  Discount* discount = world.discounts.Find(id);
  return discount == nullptr || discount->deleted ? nullptr : discount;
}

Discount* FindDiscountByCode(World& world, std::string_view code) {
  return world.discounts.FindIf([&](const Discount& discount) {
    return !discount.deleted && discount.code && EqualsIgnoringCase(*discount.code, code);
  });
}

bool IsRedeemable(const World& world, const Discount& discount) {
  if (discount.starts_at && *discount.starts_at > world.now) return false;
  if (discount.ends_at && *discount.ends_at < world.now) return false;
  return !discount.max_redemptions ||
         static_cast<std::int64_t>(discount.redemptions.size()) < *discount.max_redemptions;
}

bool AppliesTo(const Discount& discount, std::string_view product_id, std::string_view currency) {
  if (!discount.percentage && !discount.amounts.contains(std::string(currency))) return false;
  const auto& ids = discount.product_ids;
  return ids.empty() || std::find(ids.begin(), ids.end(), product_id) != ids.end();
}

DiscountTerms TermsIn(const Discount& discount, std::string_view currency) {
  const auto fixed = discount.amounts.find(std::string(currency));
  return {.is_percentage = discount.percentage,
          .basis_points = discount.basis_points,
          .amount = fixed == discount.amounts.end() ? 0 : fixed->second};
}

Json RenderDiscountBase(const World& world, const Discount& discount) {
  Json json = RenderTerms(discount);
  SetMember(json, "created_at", ToJson(discount.created_at));
  SetMember(json, "modified_at", OrNull(discount.modified_at));
  SetMember(json, "id", discount.id);
  SetMember(json, "metadata", discount.metadata);
  SetMember(json, "name", discount.name);
  SetMember(json, "code", OrNull(discount.code));
  SetMember(json, "starts_at", OrNull(discount.starts_at));
  SetMember(json, "ends_at", OrNull(discount.ends_at));
  SetMember(json, "max_redemptions", OrNull(discount.max_redemptions));
  SetMember(json, "max_redemptions_per_customer", OrNull(discount.max_redemptions_per_customer));
  SetMember(json, "redemptions_count", discount.redemptions.size());
  SetMember(json, "organization_id", world.organization.id);
  return json;
}

Json RenderDiscount(const World& world, const Discount& discount) {
  Json json = RenderDiscountBase(world, discount);
  Json products = Json::array();
  for (const std::string& id : discount.product_ids) {
    if (const Product* product = world.products.Find(id)) products.push_back(RenderOrderProduct(world, *product));
  }
  SetMember(json, "products", std::move(products));
  return json;
}

Json RenderCheckoutDiscount(const Discount& discount) {
  Json json = RenderTerms(discount);
  SetMember(json, "id", discount.id);
  SetMember(json, "name", discount.name);
  SetMember(json, "code", OrNull(discount.code));
  return json;
}

Json DiscountOrNull(const World& world, std::string_view id) {
  const Discount* discount = world.discounts.Find(id);
  return discount == nullptr ? Json(nullptr) : RenderDiscountBase(world, *discount);
}

}  // namespace plinto::polar::emulator
