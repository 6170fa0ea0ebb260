// /_emulator/conekta/: what happens outside of Conekta's API. Money arrives, a card loses its cover, a bank takes money
// back.
#include <array>

#include "emulator/api/body.h"
#include "emulator/api/body_fields.h"
#include "emulator/api/router.h"
#include "emulator/control/control_routes.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::array<std::string_view, 4> kDeclines = {"insufficient_funds", "card_declined", "suspected_fraud",
                                                       "restricted_card"};

// An empty body is an empty object here.
ParsedBody BodyOf(const Call& call) {
  return call.request.body.empty() ? ParsedBody{Json::object(), std::nullopt} : ParseBody(call.request);
}

template <class Act>
HttpResponse WithConektaOrder(World& world, const Call& call, Act act) {
  conekta::Order* order = world.conekta.orders.Find(call.path[0]);
  return order == nullptr ? ResourceNotFound() : act(*order);
}

HttpResponse Receive(World& world, const Call& call) {
  return WithConektaOrder(world, call, [&](conekta::Order& order) {
    const ParsedBody body = BodyOf(call);
    if (body.refusal) return *body.refusal;
    Issues issues;
    BodyReader reader(body.object, Json::array({"body"}), issues);
    const bool late = reader.Bool("after_expiry").value_or(false);
    if (!issues.empty()) return issues.Answer();
    if (conekta::ReceiveMoney(world, order, late)) return JsonAnswer(200, conekta::RenderOrder(world, order));
    return ErrorAnswer(409, "NothingIsDue",
                       "No reference of this order waits for money. `{\"after_expiry\": true}` pays one that has "
                       "expired.");
  });
}

HttpResponse TakeBack(World& world, const Call& call) {
  return WithConektaOrder(world, call, [&](conekta::Order& order) {
    if (order.status != "paid" && order.status != "partially_refunded") {
      return ErrorAnswer(409, "NotPaid", "This order has no money to take back.");
    }
    conekta::ChargeBack(world, order);
    return JsonAnswer(200, conekta::RenderOrder(world, order));
  });
}

HttpResponse SetCard(World& world, const Call& call) {
  conekta::Source* source = world.conekta.sources.Find(call.path[0]);
  if (source == nullptr || source->type != "card") return ResourceNotFound();
  const ParsedBody body = BodyOf(call);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  const auto decline = ReadChoice(reader, issues, "decline", kDeclines);
  if (!issues.empty()) return issues.Answer();
  source->decline = decline.value_or("");
  return JsonAnswer(200, conekta::RenderSource(world, *source));
}

}  // namespace

std::span<const Route> ConektaRoutes() {
  static constexpr std::array kRoutes = {
      Route{"POST", "/_emulator/conekta/orders/{id}/receive", Access::kPublic, Receive},
      Route{"POST", "/_emulator/conekta/orders/{id}/chargeback", Access::kPublic, TakeBack},
      Route{"POST", "/_emulator/conekta/cards/{id}", Access::kPublic, SetCard},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
