// /v1/customer-portal/subscriptions/: what a buyer's own session may see of subscriptions, and change. And
// /v1/customer-portal/organizations/{slug}: what anybody may know of the seller.
#include <array>

#include "emulator/api/body.h"
#include "emulator/api/body_fields.h"
#include "emulator/api/router.h"
#include "emulator/orders/row_names.h"
#include "emulator/organization/organization.h"
#include "emulator/subscriptions/update.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

HttpResponse ListSubscriptions(World& world, const Call& call) {
  using Row = Subscription;
  const ListOf<Row> list = {
      .filters = {.texts = {"query"}, .uuids = {"product_id"}, .flags = {"active"}},
      .sorts = {{"started_at", [](const Row& row) { return SortValueOf(row.started_at); }},
                {"amount", [](const Row& row) { return SortValue(row.amount); }},
                {"status", [](const Row& row) { return SortValue(std::string(ToText(row.status))); }},
                {"organization", [](const Row&) { return SortValue(); }},
                {"product", [&](const Row& row) { return SortValue(ProductNameOf(world, row.product_id)); }}},
      .order = "-started_at",
  };
  return ListAnswer(
      call.query, list, world.subscriptions,
      [&](const Row& row) {
        const auto active = call.query.Flag("active");
        if (active && (*active ? !IsActive(row) : !IsOver(row))) return false;
        return row.customer_id == call.session->customer_id && call.query.Admits("product_id", row.product_id) &&
               AdmitsSearch(call.query, ProductNameOf(world, row.product_id));
      },
      [&](const Row& row) { return RenderPortalSubscription(world, row); });
}

// A subscription of somebody else is not found.
Subscription* FindOwn(World& world, const Call& call) {
  Subscription* subscription = world.subscriptions.Find(call.path[0]);
  return subscription == nullptr || subscription->customer_id != call.session->customer_id ? nullptr : subscription;
}

HttpResponse ReadSubscription(World& world, const Call& call) {
  const Subscription* subscription = FindOwn(world, call);
  return subscription == nullptr ? ResourceNotFound() : JsonAnswer(200, RenderPortalSubscription(world, *subscription));
}

HttpResponse UpdateSubscription(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Subscription* subscription = FindOwn(world, call);
  if (auto refusal = ApplyPortalUpdate(world, subscription, body.object, call.issues)) return *std::move(refusal);
  return JsonAnswer(200, RenderPortalSubscription(world, *subscription));
}

// In the portal DELETE cancels at the end of the period; only the merchant's DELETE revokes at once.
HttpResponse DeleteSubscription(World& world, const Call& call) {
  Subscription* subscription = FindOwn(world, call);
  if (subscription == nullptr) return ResourceNotFound();
  if (auto refusal = CancelAtPeriodEnd(world, *subscription, {})) return *std::move(refusal);
  return JsonAnswer(200, RenderPortalSubscription(world, *subscription));
}

// Only what is past due and has no grace period: then nothing that was used is left unpaid.
HttpResponse Revoke(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues = call.issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  Cancellation cancellation = {ReadChoice(reader, issues, "cancellation_reason", CancellationReasons()),
                               reader.Text("cancellation_comment")};
  Subscription* subscription = FindOwn(world, call);
  if (auto refusal = issues.Refusal(subscription != nullptr)) return *std::move(refusal);
  if (IsOver(*subscription)) return AlreadyCanceled();
  if (subscription->status != SubscriptionStatus::kPastDue || world.settings.benefit_revocation_grace_period != 0) {
    return ErrorAnswer(409, "RevokeNotAllowed",
                       "This subscription can only be revoked while it is past-due with no benefit grace period.");
  }
  if (auto refusal = RevokeNow(world, *subscription, std::move(cancellation))) return *std::move(refusal);
  return JsonAnswer(200, RenderPortalSubscription(world, *subscription));
}

// What it sells to everybody; no session is asked for.
HttpResponse ReadOrganization(World& world, const Call& call) {
  if (call.path[0] != world.organization.slug) return ResourceNotFound();
  Json products = Json::array();
  for (const Product& product : world.products) {
    if (product.is_archived || product.visibility != "public") continue;
    products.push_back(RenderCheckoutProduct(world, product));
  }
  return JsonAnswer(
      200, Json::object({{"organization", RenderPortalOrganization(world)}, {"products", std::move(products)}}));
}

}  // namespace

std::span<const Route> PortalSubscriptionRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/customer-portal/organizations/{slug}", Access::kPublic, ReadOrganization},
      Route{"GET", "/v1/customer-portal/subscriptions/", Access::kSession, ListSubscriptions},
      Route{"GET", "/v1/customer-portal/subscriptions/{id}", Access::kSession, ReadSubscription},
      Route{"PATCH", "/v1/customer-portal/subscriptions/{id}", Access::kBilling, UpdateSubscription},
      Route{"DELETE", "/v1/customer-portal/subscriptions/{id}", Access::kBilling, DeleteSubscription},
      Route{"POST", "/v1/customer-portal/subscriptions/{id}/revoke", Access::kBilling, Revoke},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
