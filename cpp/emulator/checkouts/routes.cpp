// /v1/checkouts/: the merchant's side, and the buyer's by client secret.
#include <algorithm>
#include <array>

#include "emulator/api/body.h"
#include "emulator/api/body_fields.h"
#include "emulator/api/router.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

HttpResponse Create(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  return body.refusal ? *body.refusal : CreateCheckout(world, body.object);
}

HttpResponse List(World& world, const Call& call) {
  const ListOf<Checkout> list = {
      .filters = {.texts = {"external_customer_id", "query"},
                  .words = {{"status", {"open", "expired", "confirmed", "succeeded", "failed"}}},
                  .uuids = {"product_id", "customer_id"}},
      .sorts = {{"created_at", [](const Checkout& checkout) { return SortValueOf(checkout.created_at); }},
                {"expires_at", [](const Checkout& checkout) { return SortValueOf(checkout.expires_at); }},
                {"status", [](const Checkout& checkout) { return SortValue(checkout.status); }}},
  };
  return ListAnswer(
      call.query, list, world.checkouts,
      [&](const Checkout& checkout) {
        const Customer* customer = world.customers.Find(checkout.customer_id);
        const std::string external_id = customer == nullptr ? "" : customer->external_id.value_or("");
        return call.query.Admits("product_id", checkout.product_id) &&
               call.query.Admits("customer_id", checkout.customer_id) &&
               call.query.Admits("external_customer_id", external_id) && call.query.Admits("status", checkout.status) &&
               AdmitsPattern(call.query, checkout.customer_email.value_or(""));
      },
      [&](const Checkout& checkout) { return RenderCheckout(world, checkout); });
}

HttpResponse Read(World& world, const Call& call) {
  const Checkout* checkout = world.checkouts.Find(call.path[0]);
  return checkout == nullptr ? ResourceNotFound() : JsonAnswer(200, RenderCheckout(world, *checkout));
}

HttpResponse Update(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Checkout* checkout = world.checkouts.Find(call.path[0]);
  const ChangeRequest change = {body.object, CheckoutSide::kMerchant, call.issues};
  if (auto refusal = UpdateCheckout(world, checkout, change)) return *refusal;
  return JsonAnswer(200, RenderCheckout(world, *checkout));
}

// The checkout of a client secret, unless it is unknown or past its expiry.
template <class Act>
HttpResponse WithSecret(World& world, const Call& call, Act act) {
  Checkout* checkout = FindCheckoutBySecret(world, call.path[0]);
  if (checkout == nullptr) return ResourceNotFound();
  if (auto expired = RefuseExpired(world, *checkout)) return *expired;
  return act(*checkout);
}

HttpResponse ReadByClient(World& world, const Call& call) {
  return WithSecret(world, call,
                    [&](const Checkout& checkout) { return JsonAnswer(200, RenderPublicCheckout(world, checkout)); });
}

HttpResponse UpdateByClient(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Checkout* checkout = FindCheckoutBySecret(world, call.path[0]);
  if (auto refusal = UpdateCheckout(world, checkout, {body.object, CheckoutSide::kBuyer})) return *refusal;
  return JsonAnswer(200, RenderPublicCheckout(world, *checkout));
}

HttpResponse ConfirmByClient(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Checkout* checkout = FindCheckoutBySecret(world, call.path[0]);
  Confirmed confirmed = ConfirmCheckout(world, checkout, body.object);
  if (confirmed.refusal) return *std::move(confirmed.refusal);
  Json json = RenderPublicCheckout(world, *checkout);
  SetMember(json, "customer_session_token", IdOrNull(confirmed.customer_session_token));
  return JsonAnswer(200, json);
}

HttpResponse StreamByClient(World& world, const Call& call) {
  return WithSecret(world, call, [](const Checkout& checkout) { return StreamCheckout(checkout); });
}

}  // namespace

std::span<const Route> CheckoutRoutes() {
  static constexpr std::array kRoutes = {
      Route{"POST", "/v1/checkouts/", Access::kOrganization, Create},
      Route{"GET", "/v1/checkouts/", Access::kOrganization, List},
      Route{"GET", "/v1/checkouts/{id}", Access::kOrganization, Read},
      Route{"PATCH", "/v1/checkouts/{id}", Access::kOrganization, Update},
      Route{"GET", "/v1/checkouts/client/{client_secret}", Access::kPublic, ReadByClient},
      Route{"PATCH", "/v1/checkouts/client/{client_secret}", Access::kPublic, UpdateByClient},
      Route{"GET", "/v1/checkouts/client/{client_secret}/stream", Access::kPublic, StreamByClient},
      Route{"POST", "/v1/checkouts/client/{client_secret}/confirm", Access::kPublic, ConfirmByClient},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
