#include "emulator/catalog/default_catalog.h"

#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

Product& AddProduct(World& world, Product product, std::vector<Price> prices) {
  product.id = world.random.Uuid();
  product.created_at = world.now;
  for (Price& price : prices) {
    price.id = world.random.Uuid();
    price.created_at = world.now;
    price.product_id = product.id;
    product.price_ids.push_back(price.id);
    world.prices.Add(std::move(price));
  }
  return world.products.Add(std::move(product));
}

std::string AddBenefit(World& world, Benefit benefit) {
  benefit.id = world.random.Uuid();
  benefit.created_at = world.now;
  return world.benefits.Add(std::move(benefit)).id;
}

}  // namespace

void FillCatalog(World& world) {
  // Pro comes first: its ids, known from the seed, are written down in users' tests.
  const std::string pro = AddBenefit(world, {.description = "Pro features"});
  AddProduct(world,
             {.name = "Pro",
              .description = "Everything in Pro, billed monthly.",
              .recurring_interval = "month",
              .benefit_ids = {pro}},
             {{.amount = 2'000}});

  const std::string community = AddBenefit(
      world, {.type = "custom", .description = "Community", .properties = Json::object({{"note", "Welcome."}})});
  const Meter& meter = world.meters.Add({.id = world.random.Uuid(),
                                         .created_at = world.now,
                                         .name = "API calls",
                                         .filter = Json::object({{"conjunction", "and"},
                                                                 {"clauses", Json::array({Json::object({
                                                                                 {"property", "name"},
                                                                                 {"operator", "eq"},
                                                                                 {"value", "api_call"},
                                                                             })})}}),
                                         .aggregation = Json::object({{"func", "count"}})});
  const std::string credit =
      AddBenefit(world, {.type = "meter_credit",
                         .description = "1,000 API calls",
                         .properties = Json::object({{"units", 1'000}, {"rollover", false}, {"meter_id", meter.id}})});

  AddProduct(
      world,
      {.name = "Free", .description = "To begin with.", .recurring_interval = "month", .benefit_ids = {community}},
      {{.amount = 0}});
  AddProduct(world,
             {.name = "Pro yearly",
              .description = "Everything in Pro, billed yearly, two months free.",
              .recurring_interval = "year",
              .benefit_ids = {pro}},
             {{.amount = 20'000}});
  AddProduct(world,
             {.name = "Team",
              .description = "Pro for each member of a team.",
              .recurring_interval = "month",
              .benefit_ids = {pro}},
             {{.kind = PriceKind::kSeatBased,
               .seat_tiers = {{.min_seats = 1, .max_seats = 10, .price_per_seat = 1'500},
                              {.min_seats = 11, .price_per_seat = 1'200}}}});
  AddProduct(world,
             {.name = "Pay as you go",
              .description = "By the call, the first 1,000 of a month free.",
              .recurring_interval = "month",
              .benefit_ids = {credit}},
             {{.kind = PriceKind::kMeteredUnit, .meter_id = meter.id, .unit_amount = "0.5"}});
  AddProduct(world, {.name = "Lifetime", .description = "Everything in Pro, paid once.", .benefit_ids = {pro}},
             {{.amount = 30'000}});
}

}  // namespace plinto::polar::emulator
