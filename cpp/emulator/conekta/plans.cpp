#include "emulator/conekta/plans.h"

#include <array>

#include "emulator/conekta/body.h"
#include "emulator/conekta/lists.h"
#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {
namespace {

constexpr std::array<std::string_view, 4> kIntervals = {"week", "half_month", "month", "year"};
constexpr std::array<std::string_view, 2> kCurrencies = {"MXN", "USD"};
constexpr std::int64_t kMostCount = 1'000;
constexpr std::int64_t kFewestRetries = 3;
constexpr std::int64_t kShortestDelayHours = 48;

void ReadChangeable(Body& body, Plan& plan) {
  if (auto name = body.Text("name", 1, 250)) plan.name = *std::move(name);
  if (const auto amount = body.Integer("amount", 1)) plan.amount = *amount;
  if (auto currency = body.Choice("currency", kCurrencies)) plan.currency = *std::move(currency);
  if (const auto count = body.Integer("expiry_count", 1, kMostCount)) plan.expiry_count = count;
}

HttpResponse CreatePlan(World& world, const Call& call) {
  const Json object = ReadBody(call.request);
  std::vector<Detail> details;
  Body body(object, "", details);
  body.Allow({"id", "name", "amount", "currency", "interval", "frequency", "trial_period_days", "expiry_count",
              "max_retries", "retry_delay_hours"});
  Plan plan = {.created_at = world.now};
  for (const std::string_view name : {"name", "amount", "interval", "frequency"}) body.Require(name);
  ReadChangeable(body, plan);
  plan.interval = body.Choice("interval", kIntervals).value_or("");
  plan.frequency = body.Integer("frequency", 1, kMostCount).value_or(1);
  plan.trial_period_days = body.Integer("trial_period_days", 0, kMostCount);
  plan.max_retries = body.Integer("max_retries", kFewestRetries, kMostCount).value_or(plan.max_retries);
  plan.retry_delay_hours =
      body.Integer("retry_delay_hours", kShortestDelayHours, 24 * kMostCount).value_or(plan.retry_delay_hours);
  const auto id = body.Text("id", 1, 100);
  if (id && world.conekta.plans.Find(*id) != nullptr) {
    body.Refuse("id", {"ya existe", "is taken"});
  }
  if (!details.empty()) return Failure(world, call.request, 422, std::move(details));
  plan.id = id ? *id : NewId(world, "plan_");
  const Plan& added = world.conekta.plans.Add(std::move(plan));
  Tell(world, "plan.created", RenderPlan(added));
  return JsonAnswer(200, RenderPlan(added));
}

template <class Act>
HttpResponse WithPlan(World& world, const Call& call, Act act) {
  Plan* plan = FindPlan(world, call.path[0]);
  return plan == nullptr ? NotFound(world, call.request, "Plan", call.path[0]) : act(*plan);
}

HttpResponse ReadPlan(World& world, const Call& call) {
  return WithPlan(world, call, [](const Plan& plan) { return JsonAnswer(200, RenderPlan(plan)); });
}

HttpResponse ListPlans(World& world, const Call& call) {
  return ListOfRows(
      world, call, world.conekta.plans,
      [&](const Plan& one) {
        return !one.deleted && AdmitsSearch(call, {one.id, one.name}) && AdmitsText(call, "currency", one.currency) &&
               AdmitsText(call, "frequency", std::to_string(one.frequency));
      },
      RenderPlan);
}

HttpResponse UpdatePlan(World& world, const Call& call) {
  return WithPlan(world, call, [&](Plan& plan) {
    const Json object = ReadBody(call.request);
    std::vector<Detail> details;
    Body body(object, "", details);
    body.Allow({"name", "amount", "currency", "expiry_count"});
    Plan changed = plan;
    ReadChangeable(body, changed);
    if (!details.empty()) return Failure(world, call.request, 422, std::move(details));
    plan = std::move(changed);
    Tell(world, "plan.updated", RenderPlan(plan));
    return JsonAnswer(200, RenderPlan(plan));
  });
}

HttpResponse DeletePlan(World& world, const Call& call) {
  return WithPlan(world, call, [&](Plan& plan) {
    plan.deleted = true;
    Tell(world, "plan.deleted", RenderPlan(plan));
    return JsonAnswer(200, RenderPlan(plan));
  });
}

}  // namespace

Timestamp CycleEnd(const Plan& plan, Timestamp start, int anchor_day) {
  constexpr std::int64_t kDaySeconds = 86'400;
  if (plan.interval == "week") return start.PlusSeconds(7 * kDaySeconds * plan.frequency);
  if (plan.interval == "half_month") return start.PlusSeconds(15 * kDaySeconds * plan.frequency);
  return AddMonths(start, plan.frequency * (plan.interval == "year" ? 12 : 1), anchor_day);
}

Plan* FindPlan(World& world, std::string_view id) {
  Plan* plan = world.conekta.plans.Find(id);
  return plan == nullptr || plan->deleted ? nullptr : plan;
}

Json RenderPlan(const Plan& plan) {
  const auto or_null = [](const std::optional<std::int64_t>& number) { return number ? Json(*number) : Json(nullptr); };
  return Json::object({
      {"id", plan.id},
      {"livemode", false},
      {"created_at", ToSeconds(plan.created_at)},
      {"name", plan.name},
      {"amount", plan.amount},
      {"currency", plan.currency},
      {"interval", plan.interval},
      {"frequency", plan.frequency},
      {"expiry_count", or_null(plan.expiry_count)},
      {"trial_period_days", or_null(plan.trial_period_days)},
      {"max_retries", plan.max_retries},
      {"retry_delay_hours", plan.retry_delay_hours},
      {"object", "plan"},
  });
}

std::span<const Route> PlanRoutes() {
  static constexpr std::array kRoutes = {
      Route{"POST", "/conekta/plans", Access::kOrganization, CreatePlan},
      Route{"GET", "/conekta/plans", Access::kOrganization, ListPlans},
      Route{"GET", "/conekta/plans/{id}", Access::kOrganization, ReadPlan},
      Route{"PUT", "/conekta/plans/{id}", Access::kOrganization, UpdatePlan},
      Route{"DELETE", "/conekta/plans/{id}", Access::kOrganization, DeletePlan},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator::conekta
