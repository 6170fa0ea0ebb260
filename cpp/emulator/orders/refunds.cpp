#include "emulator/orders/refunds.h"

#include <algorithm>
#include <array>

#include "core/foundation/text.h"
#include "emulator/api/body.h"
#include "emulator/api/body_fields.h"
#include "emulator/api/router.h"
#include "emulator/orders/row_names.h"
#include "emulator/orders/system_events.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::array<std::string_view, 6> kReasons = {
    "duplicate", "fraudulent", "customer_request", "service_disruption", "satisfaction_guarantee", "other"};

Json RenderRefund(const World& world, const Refund& refund) {
  return Json::object({
      {"created_at", ToJson(refund.created_at)},
      {"modified_at", OrNull(refund.modified_at)},
      {"id", refund.id},
      {"metadata", refund.metadata},
      {"status", refund.status},
      {"reason", refund.reason},
      {"amount", refund.amount},
      {"tax_amount", 0},
      {"currency", refund.currency},
      {"organization_id", world.organization.id},
      {"order_id", refund.order_id},
      {"subscription_id", IdOrNull(refund.subscription_id)},
      {"customer_id", refund.customer_id},
      {"revoke_benefits", refund.revoke_benefits},
      {"dispute", nullptr},
  });
}

void SetRefunded(World& world, Order& order, std::int64_t amount) {
  order.refunded_amount = amount;
  order.status = amount == 0                                        ? "paid"
                 : amount >= TotalOf(order) + order.applied_balance ? "refunded"
                                                                    : "partially_refunded";
  AnnounceOrder(world, order);
}

void Succeed(World& world, const Refund& refund, Order& order) {
  RecordRefund(world, order, refund);
  SetRefunded(world, order, order.refunded_amount + refund.amount);
  const std::int64_t balance = BalanceOf(world, order.customer_id, order.currency);
  if (balance > 0) AddToBalance(world, order.customer_id, order.currency, -std::min(balance, refund.amount));
  RecordRefunded(world, order);
  Emit(world, "order.refunded", RenderOrder(world, order));
}

HttpResponse List(World& world, const Call& call) {
  const ListOf<Refund> list = {
      .filters = {.texts = {"external_customer_id"},
                  .uuids = {"id", "order_id", "subscription_id", "customer_id"},
                  .flags = {"succeeded"}},
      .sorts = {{"created_at", [](const Refund& refund) { return SortValueOf(refund.created_at); }},
                {"amount", [](const Refund& refund) { return SortValue(refund.amount); }}},
  };
  return ListAnswer(
      call.query, list, world.refunds,
      [&](const Refund& refund) {
        return AdmitsFlag(call.query, "succeeded", refund.status == "succeeded") &&
               call.query.Admits("id", refund.id) && call.query.Admits("order_id", refund.order_id) &&
               call.query.Admits("subscription_id", refund.subscription_id) &&
               call.query.Admits("customer_id", refund.customer_id) &&
               call.query.Admits("external_customer_id", ExternalIdOf(world, refund.customer_id));
      },
      [&](const Refund& refund) { return RenderRefund(world, refund); });
}

HttpResponse Create(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  reader.Require("order_id", ValueKind::kUuid);
  const auto order_id = reader.Uuid("order_id");
  const auto reason = RequireChoice(reader, issues, "reason", kReasons);
  reader.Require("amount", ValueKind::kInteger);
  const auto amount = reader.Integer("amount", INT64_MIN, INT32_MAX);
  if (amount && *amount <= 0) {
    issues.Add("greater_than", reader.LocOf("amount"), "Input should be greater than 0", *amount,
               Json::object({{"gt", 0}}));
  }
  (void)reader.Text("comment");
  reader.RefuseNull("revoke_benefits", ValueKind::kBool);
  const bool revoke_benefits = reader.Bool("revoke_benefits").value_or(false);
  Json metadata = reader.Metadata("metadata");
  if (!issues.empty() || !order_id || !reason || !amount) return issues.Answer();
  Order* order = world.orders.Find(*order_id);
  if (order == nullptr) {
    issues.Refuse(reader.LocOf("order_id"), "Order not found", *order_id);
    return issues.Answer();
  }
  if (order->status == "refunded") {
    return ErrorAnswer(403, "RefundedAlready", "Order is already fully refunded: " + order->id);
  }
  if (revoke_benefits && !order->subscription_id.empty()) {
    return ErrorAnswer(400, "RevokeSubscriptionBenefitsProhibited",
                       "Subscription benefits can only be revoked upon cancellation");
  }
  // Refunds that are on their way count too: the processor would refuse more than was paid.
  std::int64_t pending = 0;
  for (const Refund& other : world.refunds) {
    if (other.order_id == order->id && other.status == "pending") pending += other.amount;
  }
  if (*amount > RemainderOf(*order) - pending) {
    issues.Refuse(reader.LocOf("amount"), "Refund amount exceeds refundable amount", *amount);
    return issues.Answer();
  }
  if (!order->charged) {
    return ErrorAnswer(404, "RefundUnknownPayment", "Refund issued for unknown order: " + order->id);
  }
  const bool stays_pending = world.settings.refunds_stay_pending;
  const Refund& refund = world.refunds.Add({.id = world.random.Uuid(),
                                            .created_at = world.now,
                                            .status = stays_pending ? "pending" : "succeeded",
                                            .reason = *reason,
                                            .amount = *amount,
                                            .currency = order->currency,
                                            .order_id = order->id,
                                            .subscription_id = order->subscription_id,
                                            .customer_id = order->customer_id,
                                            .revoke_benefits = revoke_benefits,
                                            .metadata = std::move(metadata)});
  Emit(world, "refund.created", RenderRefund(world, refund));
  if (!stays_pending) Succeed(world, refund, *order);
  // All benefits of the order's product go, even for a part, and while the refund is still pending.
  if (revoke_benefits) world.Enqueue({JobKind::kRevokeOrderBenefits, order->id});
  return JsonAnswer(201, RenderRefund(world, refund));
}

// What Polar hears from the payment processor.
HttpResponse Settle(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  const auto status = RequireChoice(reader, issues, "status", {"succeeded", "failed"});
  if (!issues.empty() || !status) return issues.Answer();
  Refund* refund = world.refunds.Find(ToLowerAscii(call.path[0]));
  Order* order = refund == nullptr ? nullptr : world.orders.Find(refund->order_id);
  if (order == nullptr) return ResourceNotFound();
  if (*status == refund->status || refund->status == "failed") return JsonAnswer(200, RenderRefund(world, *refund));
  const bool had_succeeded = refund->status == "succeeded";
  refund->status = *status;
  refund->modified_at = world.now;
  Emit(world, "refund.updated", RenderRefund(world, *refund));
  if (*status == "succeeded") {
    Succeed(world, *refund, *order);
  } else if (had_succeeded) {
    RecordRefundReversal(world, *order, *refund);
    SetRefunded(world, *order, order->refunded_amount - refund->amount);
  }
  return JsonAnswer(200, RenderRefund(world, *refund));
}

}  // namespace

std::span<const Route> RefundRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/refunds/", Access::kOrganization, List},
      Route{"POST", "/v1/refunds/", Access::kOrganization, Create},
      Route{"POST", "/_emulator/refunds/{id}", Access::kPublic, Settle},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
