// /v1/subscriptions/: list, read, cancel, uncancel, revoke.
#include <algorithm>
#include <array>

#include "core/foundation/text.h"
#include "emulator/router.h"
#include "emulator/validation.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::array<std::string_view, 8> kReasons = {"customer_service", "low_quality", "missing_features",
                                                      "switched_service", "too_complex", "too_expensive",
                                                      "unused",           "other"};

HttpResponse List(World& world, const Call& call) {
  return ListAnswer(
      call.query, {"customer_id", "external_customer_id", "product_id", "status", "active", "cancel_at_period_end"},
      "started_at", world.subscriptions,
      [&](const Subscription& subscription) {
        const Customer* customer = world.customers.Find(subscription.customer_id);
        const std::string external_id = customer == nullptr ? "" : customer->external_id.value_or("");
        const std::string* active = call.query.Find("active");
        // `active=false` lists what was revoked, not all that is not active.
        if (active != nullptr && *active == "true" && !IsActive(subscription)) return false;
        if (active != nullptr && *active != "true" && subscription.status != "canceled") return false;
        return call.query.Admits("customer_id", subscription.customer_id) &&
               call.query.Admits("external_customer_id", external_id) &&
               call.query.Admits("product_id", subscription.product_id) &&
               call.query.Admits("status", subscription.status) &&
               call.query.Admits("cancel_at_period_end", subscription.cancel_at_period_end ? "true" : "false");
      },
      [](const Subscription& subscription) { return *subscription.started_at; },
      [&](const Subscription& subscription) { return RenderSubscription(world, subscription); });
}

template <class Act>
HttpResponse WithSubscription(World& world, const Call& call, Act act) {
  if (auto refusal = CheckPathUuid("id", call.path[0])) return *refusal;
  Subscription* subscription = world.subscriptions.Find(ToLowerAscii(call.path[0]));
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
  return WithSubscription(world, call, [&](Subscription& subscription) {
    const ParsedBody body = ParseBody(call.request);
    if (body.refusal) return *body.refusal;
    Issues issues;
    BodyReader reader(body.object, Json::array({"body"}), issues);
    for (const std::string_view change :
         {"product_id", "discount_id", "trial_end", "seats", "units", "metadata", "current_billing_period_end",
          "pause_at_period_end", "resume", "pending_update"}) {
      if (reader.Mentions(change)) return NotImplemented("the subscription update `" + std::string(change) + "`");
    }
    const auto cancel = reader.Bool("cancel_at_period_end");
    const auto revoke = reader.Bool("revoke");
    const Cancellation cancellation = {reader.Text("customer_cancellation_reason"),
                                       reader.Text("customer_cancellation_comment")};
    if (cancellation.reason && std::find(kReasons.begin(), kReasons.end(), *cancellation.reason) == kReasons.end()) {
      issues.Add("enum", reader.LocOf("customer_cancellation_reason"), "Input should be one of Polar's reasons",
                 *cancellation.reason);
    }
    if (!cancel && !revoke && issues.empty()) {
      issues.Add("missing", reader.LocOf("cancel_at_period_end"), "Field required", body.object);
    }
    if (revoke && !*revoke) {
      issues.Add("literal_error", reader.LocOf("revoke"), "Input should be True", false,
                 Json::object({{"expected", "True"}}));
    }
    if (!issues.empty()) return issues.Answer();
    const auto refusal = revoke    ? RevokeNow(world, subscription, cancellation)
                         : *cancel ? CancelAtPeriodEnd(world, subscription, cancellation)
                                   : Uncancel(world, subscription);
    return refusal ? *refusal : JsonAnswer(200, RenderSubscription(world, subscription));
  });
}

}  // namespace

std::span<const Route> SubscriptionRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/subscriptions/", Access::kOrganization, List},
      Route{"GET", "/v1/subscriptions/{id}", Access::kOrganization, Read},
      Route{"PATCH", "/v1/subscriptions/{id}", Access::kOrganization, Update},
      Route{"DELETE", "/v1/subscriptions/{id}", Access::kOrganization, Delete},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
