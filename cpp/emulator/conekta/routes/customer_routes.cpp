// /customers: create, read, list, change, delete.
#include <algorithm>
#include <array>

#include "emulator/api/values.h"
#include "emulator/conekta/body.h"
#include "emulator/conekta/lists.h"
#include "emulator/conekta/sources.h"
#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {
namespace {

constexpr std::int64_t kFarthest = kLastTimestamp.Seconds();
constexpr std::array<std::string_view, 4> kKept = {"date_of_birth", "national_id", "antifraud_info",
                                                   "default_shipping_contact_id"};

// What create and update share.
void ReadFields(Body& body, Customer& customer) {
  body.Allow({"name", "email", "phone", "custom_reference", "corporate", "date_of_birth", "national_id", "metadata",
              "payment_sources", "default_payment_source_id", "default_shipping_contact_id", "shipping_contacts",
              "fiscal_entities", "plan_id", "subscription", "antifraud_info"});
  if (auto name = body.Text("name", 1, 250)) customer.name = *std::move(name);
  if (auto email = body.Text("email", 1, 250)) {
    if (ToEmail(*email)) {
      customer.email = *std::move(email);
    } else {
      body.Refuse("email", {"debe ser un correo", "must be an e-mail address"});
    }
  }
  if (auto phone = body.Text("phone", 1, 50)) customer.phone = *std::move(phone);
  if (auto reference = body.Text("custom_reference")) customer.custom_reference = *std::move(reference);
  if (const auto corporate = body.Flag("corporate")) customer.corporate = *corporate;
  if (body.Has("metadata")) customer.metadata = body.Metadata("metadata");
  for (const std::string_view name : kKept) {
    if (const Json* value = FindMember(body.object(), name)) SetMember(customer.others, name, *value);
  }
}

// `plan_id` or `subscription` of a customer: it is subscribed at once.
struct AtOnce {
  const Plan* plan = nullptr;  ///< Null: there is no such wish.
  std::string card_id = {};
  std::optional<Timestamp> trial_end = {};
  HttpResponse refusal = {};  ///< Status 0: all is well.
};

AtOnce ReadAtOnce(World& world, const Call& call, Body& body, bool has_card) {
  const Json* member = body.Object("subscription");
  const Json wish = member == nullptr ? body.object() : *member;
  const std::string* plan_id = FindString(wish, "plan_id");
  if (plan_id == nullptr) return {};
  AtOnce at_once = {.plan = FindPlan(world, *plan_id)};
  const std::string* card_id = member == nullptr ? nullptr : FindString(wish, "card_id");
  const auto trial_end = member == nullptr ? std::nullopt : FindInteger(wish, "trial_end");
  if (card_id != nullptr) at_once.card_id = *card_id;
  if (trial_end) at_once.trial_end = Timestamp::FromSeconds(std::clamp<std::int64_t>(*trial_end, 0, kFarthest));
  if (at_once.plan == nullptr) {
    at_once.refusal = NotFound(world, call.request, "Plan", *plan_id);
  } else if (!has_card) {
    at_once.refusal = Invalid(world, call.request, "payment_sources.missing", "payment_sources",
                              {"El cliente no tiene una tarjeta.", "The customer has no card."});
  }
  return at_once;
}

void CarryOut(World& world, const Customer& customer, AtOnce at_once) {
  if (at_once.plan == nullptr) return;
  (void)Subscribe(world, customer, *at_once.plan, std::move(at_once.card_id), at_once.trial_end, nullptr);
}

HttpResponse CreateCustomer(World& world, const Call& call) {
  const Json object = ReadBody(call.request);
  std::vector<Detail> details;
  Body body(object, "", details);
  Customer fields;
  body.Require("name");
  body.Require("email");
  body.Require("phone");
  ReadFields(body, fields);
  if (body.Has("shipping_contacts") || body.Has("fiscal_entities")) {
    return Lacking(world, call.request, "shipping contacts and fiscal entities of customers");
  }
  const std::vector<Json> sources = body.List("payment_sources");
  if (!details.empty()) return Failure(world, call.request, 422, std::move(details));
  std::vector<Source> wanted;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    auto source = ReadSource(world, call.request, sources[i], "payment_sources[" + std::to_string(i) + "]");
    if (auto* refusal = std::get_if<HttpResponse>(&source)) return std::move(*refusal);
    wanted.push_back(std::get<Source>(std::move(source)));
  }
  const bool has_card =
      std::any_of(wanted.begin(), wanted.end(), [](const Source& source) { return source.type == "card"; });
  AtOnce at_once = ReadAtOnce(world, call, body, has_card);
  if (at_once.refusal.status != 0) return std::move(at_once.refusal);
  Customer& customer = AddCustomer(world, std::move(fields));
  for (Source& source : wanted) (void)AddSource(world, customer, std::move(source));
  Tell(world, "customer.created", RenderCustomer(world, customer));
  CarryOut(world, customer, std::move(at_once));
  return JsonAnswer(200, RenderCustomer(world, customer));
}

HttpResponse ReadCustomer(World& world, const Call& call) {
  return WithCustomer(world, call,
                      [&](Customer& customer) { return JsonAnswer(200, RenderCustomer(world, customer)); });
}

HttpResponse ListCustomers(World& world, const Call& call) {
  return ListOfRows(
      world, call, world.conekta.customers,
      [&](const Customer& one) {
        return !one.deleted &&
               AdmitsSearch(call, {one.id, one.name, one.email, one.phone, one.custom_reference.value_or("")});
      },
      [&](const Customer& one) { return RenderCustomer(world, one); });
}

HttpResponse UpdateCustomer(World& world, const Call& call) {
  return WithCustomer(world, call, [&](Customer& customer) {
    const Json object = ReadBody(call.request);
    std::vector<Detail> details;
    Body body(object, "", details);
    Customer changed = customer;
    ReadFields(body, changed);
    if (const auto id = body.Text("default_payment_source_id")) {
      if (FindCard(world, customer, *id) != nullptr) {
        changed.default_source_id = *id;
      } else {
        body.Refuse("default_payment_source_id", {"no es una tarjeta del cliente", "is no card of the customer"});
      }
    }
    if (!details.empty()) return Failure(world, call.request, 422, std::move(details));
    if (body.Has("payment_sources") || body.Has("shipping_contacts") || body.Has("fiscal_entities")) {
      return Lacking(world, call.request, "changing payment sources, contacts and fiscal entities with the customer");
    }
    AtOnce at_once = ReadAtOnce(world, call, body, !changed.default_source_id.empty());
    if (at_once.refusal.status != 0) return std::move(at_once.refusal);
    customer = std::move(changed);
    CarryOut(world, customer, std::move(at_once));
    Tell(world, "customer.updated", RenderCustomer(world, customer));
    return JsonAnswer(200, RenderCustomer(world, customer));
  });
}

HttpResponse DeleteCustomer(World& world, const Call& call) {
  return WithCustomer(world, call, [&](Customer& customer) {
    for (Subscription& subscription : world.conekta.subscriptions) {
      if (subscription.customer_id == customer.id) CancelSubscription(world, subscription, "customer_deleted");
    }
    const Json gone = RenderCustomer(world, customer);
    customer.deleted = true;
    Tell(world, "customer.deleted", gone);
    return JsonAnswer(200, gone);
  });
}

}  // namespace

std::span<const Route> CustomerRoutes() {
  static constexpr std::array kRoutes = {
      Route{"POST", "/conekta/customers", Access::kOrganization, CreateCustomer},
      Route{"GET", "/conekta/customers", Access::kOrganization, ListCustomers},
      Route{"GET", "/conekta/customers/{id}", Access::kOrganization, ReadCustomer},
      Route{"PUT", "/conekta/customers/{id}", Access::kOrganization, UpdateCustomer},
      Route{"DELETE", "/conekta/customers/{id}", Access::kOrganization, DeleteCustomer},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator::conekta
