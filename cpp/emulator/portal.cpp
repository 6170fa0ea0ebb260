// /v1/customer-portal/: what a buyer's own session may see and do.
#include <array>

#include "core/foundation/text.h"
#include "emulator/router.h"
#include "emulator/validation.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

HttpResponse NotPermitted() {
  return ErrorAnswer(403, "NotPermitted", "Only owners and billing managers can do this.");
}

HttpResponse ListSubscriptions(World& world, const Call& call) {
  return ListAnswer(
      call.query, {"product_id", "active"}, "started_at", world.subscriptions,
      [&](const Subscription& subscription) {
        const std::string* active = call.query.Find("active");
        if (active != nullptr && *active == "true" && !IsActive(subscription)) return false;
        if (active != nullptr && *active != "true" && subscription.status != "canceled") return false;
        return subscription.customer_id == call.session->customer_id &&
               call.query.Admits("product_id", subscription.product_id);
      },
      [](const Subscription& subscription) { return *subscription.started_at; },
      [&](const Subscription& subscription) { return RenderPortalSubscription(world, subscription); });
}

// A subscription of somebody else is not found.
template <class Act>
HttpResponse WithOwnSubscription(World& world, const Call& call, Act act) {
  if (auto refusal = CheckPathUuid("id", call.path[0])) return *refusal;
  Subscription* subscription = world.subscriptions.Find(ToLowerAscii(call.path[0]));
  if (subscription == nullptr || subscription->customer_id != call.session->customer_id) return ResourceNotFound();
  return act(*subscription);
}

HttpResponse ReadSubscription(World& world, const Call& call) {
  return WithOwnSubscription(world, call, [&](const Subscription& subscription) {
    return JsonAnswer(200, RenderPortalSubscription(world, subscription));
  });
}

HttpResponse UpdateSubscription(World& world, const Call& call) {
  return WithOwnSubscription(world, call, [&](Subscription& subscription) {
    if (!MayManageBilling(world, *call.session)) return NotPermitted();
    const ParsedBody body = ParseBody(call.request);
    if (body.refusal) return *body.refusal;
    Issues issues;
    BodyReader reader(body.object, Json::array({"body"}), issues);
    for (const std::string_view change :
         {"product_id", "seats", "units", "pause_at_period_end", "resume", "pending_update"}) {
      if (reader.Mentions(change)) return NotImplemented("the portal update `" + std::string(change) + "`");
    }
    const auto cancel = reader.Bool("cancel_at_period_end");
    Cancellation cancellation = {reader.Text("cancellation_reason"), reader.Text("cancellation_comment")};
    if (!cancel && issues.empty()) {
      issues.Add("missing", reader.LocOf("cancel_at_period_end"), "Field required", body.object);
    }
    if (!issues.empty()) return issues.Answer();
    const auto refusal =
        *cancel ? CancelAtPeriodEnd(world, subscription, std::move(cancellation)) : Uncancel(world, subscription);
    return refusal ? *refusal : JsonAnswer(200, RenderPortalSubscription(world, subscription));
  });
}

// In the portal DELETE cancels at the end of the period; only the merchant's DELETE revokes at once.
HttpResponse DeleteSubscription(World& world, const Call& call) {
  return WithOwnSubscription(world, call, [&](Subscription& subscription) {
    if (!MayManageBilling(world, *call.session)) return NotPermitted();
    if (auto refusal = CancelAtPeriodEnd(world, subscription, {})) return *std::move(refusal);
    return JsonAnswer(200, RenderPortalSubscription(world, subscription));
  });
}

HttpResponse ListOrders(World& world, const Call& call) {
  if (!MayManageBilling(world, *call.session)) return NotPermitted();
  return ListAnswer(
      call.query, {"product_id", "subscription_id"}, "created_at", world.orders,
      [&](const Order& order) {
        return order.customer_id == call.session->customer_id && call.query.Admits("product_id", order.product_id) &&
               call.query.Admits("subscription_id", order.subscription_id);
      },
      [](const Order& order) { return order.created_at; },
      [&](const Order& order) { return RenderPortalOrder(world, order); });
}

}  // namespace

std::span<const Route> PortalRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/customer-portal/subscriptions/", Access::kSession, ListSubscriptions},
      Route{"GET", "/v1/customer-portal/subscriptions/{id}", Access::kSession, ReadSubscription},
      Route{"PATCH", "/v1/customer-portal/subscriptions/{id}", Access::kSession, UpdateSubscription},
      Route{"DELETE", "/v1/customer-portal/subscriptions/{id}", Access::kSession, DeleteSubscription},
      Route{"GET", "/v1/customer-portal/orders/", Access::kSession, ListOrders},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
