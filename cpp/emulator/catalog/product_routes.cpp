// /v1/products/: list, create, read, update, and the benefits of a product.
#include <algorithm>
#include <array>

#include "core/foundation/text.h"
#include "emulator/api/body.h"
#include "emulator/api/body_fields.h"
#include "emulator/api/router.h"
#include "emulator/catalog/intervals.h"
#include "emulator/catalog/price_reading.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::size_t kMinName = 3;
constexpr std::size_t kMaxName = 64;
constexpr std::int64_t kMaxIntervals = 999;

std::int64_t PriceAmount(const World& world, const Product& product) {
  const Price* price = MainPrice(world, product);
  return price == nullptr ? 0 : AmountOf(*price);
}

HttpResponse List(World& world, const Call& call) {
  const ListOf<Product> list = {
      .filters = {.texts = {"query"},
                  .words = {{"visibility", {"draft", "private", "public"}}},
                  .uuids = {"id", "benefit_id"},
                  .flags = {"is_archived", "is_recurring"}},
      .sorts = {{"created_at", [](const Product& product) { return SortValueOf(product.created_at); }},
                {"name", [](const Product& product) { return SortValue(product.name); }},
                {"price_amount_type",
                 [&](const Product& product) {
                   const Price* price = StaticPrice(world, product.price_ids);
                   return price == nullptr ? SortValue() : SortValue(std::string(KindName(price->kind)));
                 }},
                {"price_amount", [&](const Product& product) { return SortValue(PriceAmount(world, product)); }}},
  };
  const std::string* benefit = call.query.Find("benefit_id");
  return ListAnswer(
      call.query, list, world.products,
      [&](const Product& product) {
        const auto& ids = product.benefit_ids;
        const bool has_benefit = benefit == nullptr || std::any_of(ids.begin(), ids.end(), [&](const std::string& id) {
                                   return call.query.Admits("benefit_id", id);
                                 });
        return has_benefit && call.query.Admits("id", product.id) && AdmitsPattern(call.query, product.name) &&
               AdmitsFlag(call.query, "is_archived", product.is_archived) &&
               AdmitsFlag(call.query, "is_recurring", IsRecurring(product)) &&
               call.query.Admits("visibility", product.visibility);
      },
      [&](const Product& product) { return RenderProduct(world, product); });
}

HttpResponse Read(World& world, const Call& call) {
  const Product* product = world.products.Find(call.path[0]);
  return product == nullptr ? ResourceNotFound() : JsonAnswer(200, RenderProduct(world, *product));
}

// The emulator has no files and no custom fields, so those that a request names do not exist.
void RefuseAttachments(const Json& body, Issues& issues) {
  const auto refuse = [&](std::string_view name, std::string_view member, std::string_view msg) {
    const Json* field = FindMember(body, name);
    const auto* list = field == nullptr ? nullptr : field->get_ptr<const Json::array_t*>();
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      const Json* id = member.empty() ? &(*list)[i] : FindMember((*list)[i], member);
      issues.Refuse(Json::array({"body", name, i}), msg, id == nullptr ? Json(nullptr) : *id);
    }
  };
  refuse("medias", "", "File does not exist or is not yet uploaded.");
  refuse("attached_custom_fields", "custom_field_id", "Custom field does not exist.");
}

struct Interval {
  std::string_view unit;
  std::int64_t count = 1;
};

// Both cycles must meet again at every renewal: days fit into weeks, months into years, and single days into all.
bool Divides(Interval meter, Interval billing) {
  const auto fits = [](std::int64_t whole, std::int64_t part) { return part != 0 && whole % part == 0; };
  if (meter.unit == billing.unit) return fits(billing.count, meter.count);
  if (meter.unit == "day" && billing.unit == "week") return fits(billing.count * 7, meter.count);
  if (meter.unit == "month" && billing.unit == "year") return fits(billing.count * 12, meter.count);
  return meter.unit == "day" && (billing.unit == "month" || billing.unit == "year") && meter.count == 1;
}

void ReadMeterInterval(BodyReader& reader, Product& product, Issues& issues) {
  if (!reader.Has("meter_interval")) return;
  product.meter_interval = ReadChoice(reader, issues, "meter_interval", kIntervals).value_or("");
  product.meter_interval_count = reader.Integer("meter_interval_count", 1, kMaxIntervals).value_or(1);
  if (product.meter_interval.empty() || product.recurring_interval.empty()) return;
  if (Divides({product.meter_interval, product.meter_interval_count},
              {product.recurring_interval, product.recurring_interval_count})) {
    return;
  }
  Json loc = reader.loc();
  issues.Add("value_error", std::move(loc),
             "Value error, The meter interval must evenly divide the billing interval, so the meter cycle re-aligns "
             "with the billing cycle at every renewal.",
             reader.object(), Json::object({{"error", Json::object()}}));
}

HttpResponse Create(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  const Json* interval = FindMember(body.object, "recurring_interval");
  const bool recurring = interval != nullptr && !interval->is_null();
  Issues issues;
  BodyReader reader(body.object, Json::array({"body", recurring ? "recurring" : "one_time"}), issues);
  reader.Require("name");
  const bool has_prices = reader.Require("prices", ValueKind::kList);
  reader.RefuseNull("attached_custom_fields", ValueKind::kList);
  Product product = {
      .name = ReadText(reader, issues, "name", kMinName, kMaxName).value_or(""),
      .description = reader.Trimmed("description"),
      .visibility = ReadSetChoice(reader, issues, "visibility", {"draft", "private", "public"}).value_or("public"),
      .metadata = reader.Metadata("metadata")};
  if (recurring) {
    product.recurring_interval = ReadChoice(reader, issues, "recurring_interval", kIntervals).value_or("");
    reader.RefuseNull("recurring_interval_count", ValueKind::kInteger);
    product.recurring_interval_count = reader.Integer("recurring_interval_count", 1, kMaxIntervals).value_or(1);
    const TrialFields trial = ReadTrial(reader, issues);
    product.trial_interval = trial.interval;
    product.trial_interval_count = trial.count;
    ReadMeterInterval(reader, product, issues);
  }
  ReadPrices prices;
  if (has_prices) {
    prices = ReadPriceList(world, *FindMember(body.object, "prices"), reader.LocOf("prices"),
                           Json::array({"body", "prices"}), recurring, nullptr, issues);
  }
  if (issues.empty() && !product.meter_interval.empty() && !world.settings.meter_cycling_enabled) {
    issues.Refuse(Json::array({"body", "meter_interval"}),
                  "Separate meter cycling is not enabled for this organization.",
                  *FindMember(body.object, "meter_interval"));
  }
  RefuseAttachments(body.object, issues);
  if (!issues.empty()) return issues.Answer();
  product.id = world.random.Uuid();
  product.created_at = world.now;
  product.price_ids = AddPrices(world, std::move(prices), product.id, false);
  const Product& added = world.products.Add(std::move(product));
  const Json json = RenderProduct(world, added);
  Emit(world, "product.created", json);
  return JsonAnswer(201, json);
}

// The interval is for life; a trial is for subscriptions.
void CheckIntervals(const Product& product, BodyReader& reader, const TrialFields& trial, Issues& issues) {
  const auto interval = ReadChoice(reader, issues, "recurring_interval", kIntervals);
  const auto count = reader.Integer("recurring_interval_count", 1, kMaxIntervals);
  if (interval && (*interval != product.recurring_interval || count != product.recurring_interval_count)) {
    issues.Refuse(reader.LocOf("recurring_interval"), "Recurring interval cannot be changed.", *interval);
  }
  if (trial.interval.empty() || IsRecurring(product)) return;
  constexpr std::string_view kOnlyRecurring = "Trial configuration is only supported on recurring products.";
  issues.Refuse(reader.LocOf("trial_interval"), kOnlyRecurring, trial.interval);
  issues.Refuse(reader.LocOf("trial_interval_count"), kOnlyRecurring, trial.count);
}

void ReplacePrices(World& world, Product& product, ReadPrices prices) {
  const std::vector<std::string> before = product.price_ids;
  product.price_ids = AddPrices(world, std::move(prices), product.id, false);
  for (const std::string& id : before) {
    if (std::find(product.price_ids.begin(), product.price_ids.end(), id) != product.price_ids.end()) continue;
    Price* price = world.prices.Find(id);
    price->is_archived = true;
    price->modified_at = world.now;
  }
}

HttpResponse Update(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues = call.issues;
  const Json loc = Json::array({"body"});
  BodyReader reader(body.object, loc, issues);
  Product* product = world.products.Find(call.path[0]);
  Product changed = product == nullptr ? Product() : *product;
  if (const auto name = ReadText(reader, issues, "name", kMinName, kMaxName)) changed.name = *name;
  if (reader.Mentions("description")) changed.description = reader.Trimmed("description");
  const auto visibility = ReadChoice(reader, issues, "visibility", {"draft", "private", "public"});
  changed.visibility = visibility.value_or(changed.visibility);
  changed.is_archived = reader.Bool("is_archived").value_or(changed.is_archived);
  if (reader.Mentions("metadata")) changed.metadata = reader.Metadata("metadata");
  const TrialFields trial = ReadTrial(reader, issues);
  if (trial.mentioned) {
    changed.trial_interval = trial.interval;
    changed.trial_interval_count = trial.count;
  }
  const bool new_prices = reader.Has("prices");
  ReadPrices prices;
  if (new_prices) {
    const Json prices_loc = reader.LocOf("prices");
    prices = ReadPriceList(world, *FindMember(body.object, "prices"), prices_loc, prices_loc, IsRecurring(changed),
                           &changed.price_ids, issues);
  }
  CheckIntervals(changed, reader, trial, issues);
  RefuseAttachments(body.object, issues);
  if (auto refusal = issues.Refusal(product != nullptr)) return *std::move(refusal);
  *product = std::move(changed);
  if (new_prices) ReplacePrices(world, *product, std::move(prices));
  product->modified_at = world.now;
  const Json json = RenderProduct(world, *product);
  Emit(world, "product.updated", json);
  return JsonAnswer(200, json);
}

HttpResponse UpdateBenefits(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues = call.issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  reader.Require("benefits", ValueKind::kList);
  const auto ids = ReadIds(reader, issues, "benefits");
  for (std::size_t i = 0; ids && i < ids->size(); ++i) {
    if (FindBenefit(world, (*ids)[i]) != nullptr) continue;
    issues.Refuse(Json::array({"body", "benefits", i}), "Benefit does not exist.", (*ids)[i]);
  }
  Product* product = world.products.Find(call.path[0]);
  if (auto refusal = issues.Refusal(product != nullptr)) return *std::move(refusal);
  const bool changed = product->benefit_ids != *ids;
  product->benefit_ids = *ids;
  product->modified_at = world.now;
  const Json json = RenderProduct(world, *product);
  Emit(world, "product.updated", json);
  // Customers who have the product are given the new benefits and lose the removed ones.
  for (const Subscription& subscription : world.subscriptions) {
    if (changed && subscription.product_id == product->id && IsActive(subscription)) {
      world.Enqueue({JobKind::kGrantBenefits, subscription.id});
    }
  }
  return JsonAnswer(200, json);
}

}  // namespace

std::span<const Route> ProductRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/products/", Access::kOrganization, List},
      Route{"POST", "/v1/products/", Access::kOrganization, Create},
      Route{"GET", "/v1/products/{id}", Access::kOrganization, Read},
      Route{"PATCH", "/v1/products/{id}", Access::kOrganization, Update},
      Route{"POST", "/v1/products/{id}/benefits", Access::kOrganization, UpdateBenefits},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
