// /customers/{id}/subscriptions, and the portal of one subscription.
#include <algorithm>
#include <array>

#include "emulator/conekta/body.h"
#include "emulator/conekta/lists.h"
#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {
namespace {

template <class Act>
HttpResponse WithSubscription(World& world, const Call& call, Act act) {
  return WithCustomer(world, call, [&](Customer& customer) {
    Subscription* subscription = world.conekta.subscriptions.Find(call.path[1]);
    if (subscription == nullptr || subscription->customer_id != customer.id) {
      return NotFound(world, call.request, "Subscription", call.path[1]);
    }
    return act(customer, *subscription);
  });
}

// What may only be done in some states.
template <class Act>
HttpResponse WhileIt(World& world, const Call& call, std::initializer_list<std::string_view> states, Act act) {
  return WithSubscription(world, call, [&](Customer&, Subscription& subscription) {
    if (std::find(states.begin(), states.end(), subscription.status) == states.end()) {
      return Invalid(
          world, call.request, "subscription.invalid_status", "",
          {"La suscripcion esta " + subscription.status + ".", "The subscription is " + subscription.status + "."});
    }
    act(world, subscription);
    return JsonAnswer(200, RenderSubscription(world, subscription));
  });
}

HttpResponse CreateSubscription(World& world, const Call& call) {
  return WithCustomer(world, call, [&](Customer& customer) {
    const Json object = ReadBody(call.request);
    std::vector<Detail> details;
    Body body(object, "", details);
    body.Allow({"plan_id", "card_id", "trial_end"});
    const auto plan_id = body.RequireText("plan_id");
    const auto card_id = body.Text("card_id", 1);
    const auto trial_end = body.Time("trial_end");
    if (!details.empty()) return Failure(world, call.request, 422, std::move(details));
    const Plan* plan = FindPlan(world, *plan_id);
    if (plan == nullptr) return NotFound(world, call.request, "Plan", *plan_id);
    const std::string chosen = card_id ? *card_id : customer.default_source_id;
    if (FindCard(world, customer, chosen) == nullptr) {
      return Invalid(world, call.request, "card_id.invalid", "card_id",
                     {"El cliente no tiene esa tarjeta.", "The customer has no such card."});
    }
    const Subscription& subscription = Subscribe(world, customer, *plan, card_id.value_or(""), trial_end, nullptr);
    return JsonAnswer(200, RenderSubscription(world, subscription));
  });
}

HttpResponse ListSubscriptions(World& world, const Call& call) {
  return WithCustomer(world, call, [&](Customer& customer) {
    return ListOfRows(
        world, call, world.conekta.subscriptions,
        [&](const Subscription& one) {
          return one.customer_id == customer.id && AdmitsSearch(call, {one.id, one.plan_id, one.status});
        },
        [&](const Subscription& one) { return RenderSubscription(world, one); });
  });
}

HttpResponse ReadSubscription(World& world, const Call& call) {
  return WithSubscription(world, call, [&](Customer&, Subscription& subscription) {
    return JsonAnswer(200, RenderSubscription(world, subscription));
  });
}

HttpResponse UpdateSubscription(World& world, const Call& call) {
  return WithSubscription(world, call, [&](Customer& customer, Subscription& subscription) {
    const Json object = ReadBody(call.request);
    std::vector<Detail> details;
    Body body(object, "", details);
    body.Allow({"plan_id", "card_id", "trial_end"});
    const auto plan_id = body.Text("plan_id", 1);
    const auto card_id = body.Text("card_id", 1);
    const auto trial_end = body.Time("trial_end");
    if (card_id && FindCard(world, customer, *card_id) == nullptr) {
      body.Refuse("card_id", {"no es una tarjeta del cliente", "is no card of the customer"});
    }
    if (trial_end && (subscription.status != "in_trial" || *trial_end <= world.now)) {
      body.Refuse("trial_end", {"solo puede cambiarse durante la prueba", "can only be changed during the trial"});
    }
    if (subscription.status == "canceled" || subscription.status == "expired") {
      return Invalid(
          world, call.request, "subscription.invalid_status", "",
          {"La suscripcion esta " + subscription.status + ".", "The subscription is " + subscription.status + "."});
    }
    if (!details.empty()) return Failure(world, call.request, 422, std::move(details));
    if (plan_id && FindPlan(world, *plan_id) == nullptr) return NotFound(world, call.request, "Plan", *plan_id);
    if (plan_id) subscription.plan_id = *plan_id;
    if (card_id) subscription.card_id = *card_id;
    if (trial_end) MoveTrialEnd(world, subscription, *trial_end);
    Tell(world, "subscription.updated", RenderSubscription(world, subscription));
    return JsonAnswer(200, RenderSubscription(world, subscription));
  });
}

HttpResponse PauseOne(World& world, const Call& call) { return WhileIt(world, call, {"active", "in_trial"}, Pause); }
HttpResponse ResumeOne(World& world, const Call& call) { return WhileIt(world, call, {"paused"}, Resume); }
HttpResponse RetryOne(World& world, const Call& call) { return WhileIt(world, call, {"past_due"}, RetryNow); }
HttpResponse CancelOne(World& world, const Call& call) {
  return WhileIt(world, call, {"active", "in_trial", "past_due", "paused"},
                 [](World& w, Subscription& subscription) { CancelSubscription(w, subscription, "user_cancelation"); });
}

HttpResponse ListSubscriptionEvents(World& world, const Call& call) {
  return WithSubscription(world, call, [&](Customer&, Subscription& subscription) {
    return ListOfRows(
        world, call, world.conekta.events, [&](const Event& one) { return one.subject == subscription.id; },
        [&](const Event& one) { return RenderEvent(world, one); });
  });
}

Json RenderPortal(const World& world, const Subscription& subscription) {
  const Customer* customer = world.conekta.customers.Find(subscription.customer_id);
  const Plan* plan = world.conekta.plans.Find(subscription.plan_id);
  const Json shown = RenderSubscription(world, subscription);
  const std::string* card_id = FindString(shown, "card_id");
  const Source* source = card_id == nullptr ? nullptr : world.conekta.sources.Find(*card_id);
  Json details = Json::object({{"id", subscription.id},
                               {"object", "subscription"},
                               {"status", subscription.status},
                               {"plan_id", subscription.plan_id},
                               {"customer_id", subscription.customer_id},
                               {"next_billing_cycle", SecondsOrNull(subscription.cycle_end)},
                               {"created_at", ToSeconds(subscription.created_at)},
                               {"plan", plan == nullptr ? Json(nullptr) : RenderPlan(*plan)},
                               {"card", source == nullptr ? Json(nullptr) : RenderSource(world, *source)}});
  Json owner = nullptr;
  if (customer != nullptr) {
    owner = Json::object(
        {{"id", customer->id}, {"object", "customer"}, {"name", customer->name}, {"email", customer->email}});
  }
  return Json::object({
      {"id", subscription.portal_id},
      {"object", "customer_portal"},
      {"slug", subscription.portal_slug},
      {"portal_url", world.config.public_url + "/conekta/subscription/management/" + subscription.portal_slug},
      {"subscription_id", subscription.id},
      {"customer_id", subscription.customer_id},
      {"company_id", "emulator"},
      {"livemode", false},
      {"created_at", ToSeconds(subscription.portal_created_at)},
      {"updated_at", ToSeconds(subscription.portal_created_at)},
      {"subscription", std::move(details)},
      {"customer", std::move(owner)},
  });
}

HttpResponse CreatePortal(World& world, const Call& call) {
  Subscription* subscription = world.conekta.subscriptions.Find(call.path[0]);
  if (subscription == nullptr) return NotFound(world, call.request, "Subscription", call.path[0]);
  if (subscription->portal_id.empty()) {
    subscription->portal_id = NewId(world, "scp_");
    subscription->portal_slug = NewHexId(world);
    subscription->portal_created_at = world.now;
    world.conekta.subscription_by_slug[subscription->portal_slug] = subscription->id;
  }
  return JsonAnswer(201, RenderPortal(world, *subscription));
}

HttpResponse ReadPortal(World& world, const Call& call) {
  const Subscription* subscription = world.conekta.subscriptions.Find(call.path[0]);
  if (subscription == nullptr || subscription->portal_id.empty()) {
    return NotFound(world, call.request, "CustomerPortal", call.path[0]);
  }
  return JsonAnswer(200, RenderPortal(world, *subscription));
}

}  // namespace

std::span<const Route> SubscriptionRoutes() {
  static constexpr std::array kRoutes = {
      Route{"POST", "/conekta/customers/{id}/subscriptions", Access::kOrganization, CreateSubscription},
      Route{"GET", "/conekta/customers/{id}/subscriptions", Access::kOrganization, ListSubscriptions},
      Route{"GET", "/conekta/customers/{id}/subscriptions/{sub}", Access::kOrganization, ReadSubscription},
      Route{"PUT", "/conekta/customers/{id}/subscriptions/{sub}", Access::kOrganization, UpdateSubscription},
      Route{"POST", "/conekta/customers/{id}/subscriptions/{sub}/pause", Access::kOrganization, PauseOne},
      Route{"POST", "/conekta/customers/{id}/subscriptions/{sub}/resume", Access::kOrganization, ResumeOne},
      Route{"POST", "/conekta/customers/{id}/subscriptions/{sub}/cancel", Access::kOrganization, CancelOne},
      Route{"POST", "/conekta/customers/{id}/subscriptions/{sub}/retry", Access::kOrganization, RetryOne},
      Route{"GET", "/conekta/customers/{id}/subscriptions/{sub}/events", Access::kOrganization, ListSubscriptionEvents},
      Route{"POST", "/conekta/subscriptions/{sub}/customer_portal", Access::kOrganization, CreatePortal},
      Route{"GET", "/conekta/subscriptions/{sub}/customer_portal", Access::kOrganization, ReadPortal},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator::conekta
