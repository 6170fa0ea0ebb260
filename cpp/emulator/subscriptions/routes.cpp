// /v1/subscriptions/: list, read, create (free products), change, revoke.
#include <array>

#include "emulator/api/body.h"
#include "emulator/api/body_fields.h"
#include "emulator/api/router.h"
#include "emulator/orders/row_names.h"
#include "emulator/subscriptions/update.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

std::vector<std::string_view> AllStatuses() {
  return {"incomplete", "incomplete_expired", "trialing", "active", "past_due", "canceled", "unpaid", "paused"};
}

HttpResponse List(World& world, const Call& call) {
  using Row = Subscription;
  const ListOf<Row> list = {
      .filters = {.texts = {"external_customer_id"},
                  .words = {{"status", AllStatuses()},
                            {"customer_cancellation_reason",
                             {CancellationReasons().begin(), CancellationReasons().end()}}},
                  .uuids = {"customer_id", "product_id", "discount_id"},
                  .flags = {"active", "cancel_at_period_end"},
                  .times = {"canceled_at_after", "canceled_at_before", "started_after", "started_before"}},
      .sorts = {{"customer", [&](const Row& row) { return CustomerNameOf(world, row.customer_id); }},
                {"status", [](const Row& row) { return SortValue(std::string(ToText(row.status))); }},
                {"started_at", [](const Row& row) { return SortValueOf(row.started_at); }},
                {"current_period_end", [](const Row& row) { return SortValueOf(row.period_end); }},
                {"ended_at", [](const Row& row) { return SortValueOf(row.ended_at); }},
                {"ends_at", [](const Row& row) { return SortValueOf(row.ends_at); }},
                {"amount", [](const Row& row) { return SortValue(row.amount); }},
                {"product", [&](const Row& row) { return SortValue(ProductNameOf(world, row.product_id)); }},
                {"discount", [&](const Row& row) { return DiscountNameOf(world, row.discount_id); }}},
      .order = "-started_at",
  };
  return ListAnswer(
      call.query, list, world.subscriptions,
      [&](const Row& row) {
        const auto active = call.query.Flag("active");
        // `active=false` lists what was revoked, not all that is not active.
        if (active && (*active ? !IsActive(row) : !IsOver(row))) return false;
        return AdmitsFlag(call.query, "cancel_at_period_end", row.cancel_at_period_end) &&
               call.query.Admits("customer_id", row.customer_id) &&
               call.query.Admits("external_customer_id", ExternalIdOf(world, row.customer_id)) &&
               call.query.Admits("product_id", row.product_id) && call.query.Admits("discount_id", row.discount_id) &&
               call.query.Admits("status", ToText(row.status)) &&
               call.query.Admits("customer_cancellation_reason", row.cancellation_reason.value_or("")) &&
               AdmitsBetween(call.query, "canceled_at_after", "canceled_at_before", row.canceled_at) &&
               AdmitsBetween(call.query, "started_after", "started_before", row.started_at);
      },
      [&](const Row& row) { return RenderSubscription(world, row); });
}

template <class Act>
HttpResponse WithSubscription(World& world, const Call& call, Act act) {
  Subscription* subscription = world.subscriptions.Find(call.path[0]);
  return subscription == nullptr ? ResourceNotFound() : act(*subscription);
}

HttpResponse Read(World& world, const Call& call) {
  return WithSubscription(world, call, [&](const Subscription& subscription) {
    return JsonAnswer(200, RenderSubscription(world, subscription));
  });
}

HttpResponse Delete(World& world, const Call& call) {
  return WithSubscription(world, call, [&](Subscription& subscription) {
    if (auto refusal = RevokeNow(world, subscription, {})) return *std::move(refusal);
    return JsonAnswer(200, RenderSubscription(world, subscription));
  });
}

HttpResponse Update(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Subscription* subscription = world.subscriptions.Find(call.path[0]);
  if (auto refusal = ApplyUpdate(world, subscription, body.object, call.issues)) return *std::move(refusal);
  return JsonAnswer(200, RenderSubscription(world, *subscription));
}

HttpResponse Create(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  // Each of Polar's two shapes ignores the other's member, which may then even be null.
  const bool by_external_id = reader.Mentions("external_customer_id") && !reader.Has("customer_id");
  const std::string_view who = by_external_id ? "external_customer_id" : "customer_id";
  reader.Require("product_id", ValueKind::kUuid);
  reader.Require(who, by_external_id ? ValueKind::kText : ValueKind::kUuid);
  const auto product_id = reader.Uuid("product_id");
  const auto customer_id = by_external_id ? reader.Text(who) : reader.Uuid(who);
  Json metadata = reader.Metadata("metadata");
  if (!issues.empty()) return issues.Answer();
  const Product* product = world.products.Find(product_id.value_or(""));
  const auto refuse = [&](std::string_view name, std::string_view message) {
    issues.Refuse(reader.LocOf(name), message, *FindMember(body.object, name));
    return issues.Answer();
  };
  if (product == nullptr) return refuse("product_id", "Product does not exist.");
  if (!IsRecurring(*product)) return refuse("product_id", "Product is not a recurring product.");
  const std::vector<std::string> price_ids = PricesIn(world, *product, "usd");
  const Price* price = StaticPrice(world, price_ids);
  if (price == nullptr || !IsFree(*price)) {
    return refuse("product_id",
                  "Product is not free. The customer should go through a checkout to create a paid subscription.");
  }
  const Customer* customer = by_external_id ? FindCustomerByExternalId(world, customer_id.value_or(""))
                                            : FindCustomer(world, customer_id.value_or(""));
  if (customer == nullptr) return refuse(who, "Customer does not exist.");
  NewSubscription fields = {
      .customer_id = customer->id, .product_id = product->id, .price_ids = price_ids, .metadata = std::move(metadata)};
  for (const std::string& id : price_ids) {
    const Price* one = world.prices.Find(id);
    const CountedKind* counted = one == nullptr ? nullptr : CountedKindOf(*one);
    if (counted != nullptr) fields.quantity.*counted->count = FewestOf(*one);
  }
  const Subscription& subscription = StartSubscription(world, std::move(fields));
  SyncBenefits(world, subscription);
  return JsonAnswer(201, RenderSubscription(world, subscription));
}

}  // namespace

std::span<const Route> SubscriptionRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/subscriptions/", Access::kOrganization, List},
      Route{"GET", "/v1/subscriptions/export", Access::kOrganization, AnswerMissing},
      Route{"POST", "/v1/subscriptions/", Access::kOrganization, Create},
      Route{"GET", "/v1/subscriptions/{id}", Access::kOrganization, Read},
      Route{"PATCH", "/v1/subscriptions/{id}", Access::kOrganization, Update},
      Route{"DELETE", "/v1/subscriptions/{id}", Access::kOrganization, Delete},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
