#include "emulator/conekta/customers.h"

#include "emulator/conekta/lists.h"
#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {

Customer* CustomerWithId(World& world, std::string_view id) {
  Customer* customer = world.conekta.customers.Find(id);
  return customer == nullptr || customer->deleted ? nullptr : customer;
}

Source* FindCard(World& world, const Customer& customer, std::string_view id) {
  Source* source = world.conekta.sources.Find(id);
  const bool is_theirs = source != nullptr && source->customer_id == customer.id && !source->deleted;
  return is_theirs && source->type == "card" ? source : nullptr;
}

Source& SaveCard(World& world, Customer& customer, Card card) {
  Source& source = world.conekta.sources.Add({.id = NewId(world, "src_"),
                                              .created_at = world.now,
                                              .customer_id = customer.id,
                                              .type = "card",
                                              .card = std::move(card)});
  if (customer.default_source_id.empty()) customer.default_source_id = source.id;
  return source;
}

Customer& AddCustomer(World& world, Customer fields) {
  fields.id = NewId(world, "cus_");
  fields.created_at = world.now;
  return world.conekta.customers.Add(std::move(fields));
}

std::string OffSessionDecline(const Source& source) {
  return source.decline ? *source.decline : std::string(source.card.kind->decline_off_session);
}

Json RenderSource(const World& world, const Source& source) {
  Json json = Json::object({{"id", source.id},
                            {"object", "payment_source"},
                            {"type", source.type},
                            {"created_at", ToSeconds(source.created_at)},
                            {"parent_id", source.customer_id}});
  if (source.type != "card") {
    const bool is_cash = source.type == "cash_recurrent";
    SetMember(json, "provider", is_cash ? "cash" : "spei");
    SetMember(json, "reference", source.reference);
    SetMember(json, "expires_at", source.expires_at ? ToSeconds(*source.expires_at) : Json(0));
    if (is_cash) {
      SetMember(json, "barcode", source.reference);
      SetMember(json, "barcode_url", "https://barcodes.conekta.com/" + source.reference + ".png");
    }
    return json;
  }
  const Customer* customer = world.conekta.customers.Find(source.customer_id);
  SetMember(json, "last4", source.card.last4());
  SetMember(json, "bin", source.card.bin());
  SetMember(json, "brand", source.card.kind->brand);
  SetMember(json, "card_type", "credit");
  SetMember(json, "exp_month", source.card.exp_month);
  SetMember(json, "exp_year", source.card.exp_year);
  SetMember(json, "name", source.card.name);
  SetMember(json, "issuer", "EMULATOR");
  SetMember(json, "default", customer != nullptr && customer->default_source_id == source.id);
  SetMember(json, "visible_on_checkout", false);
  SetMember(json, "payment_source_status", "active");
  return json;
}

Json RenderCustomer(const World& world, const Customer& customer) {
  Json json = Json::object({
      {"livemode", false},
      {"name", customer.name},
      {"email", customer.email},
      {"phone", customer.phone},
      {"id", customer.id},
      {"object", "customer"},
      {"created_at", ToSeconds(customer.created_at)},
      {"corporate", customer.corporate},
      {"metadata", customer.metadata},
      {"default_payment_source_id", TextOrNull(customer.default_source_id)},
  });
  if (customer.custom_reference) SetMember(json, "custom_reference", *customer.custom_reference);
  if (const auto* others = customer.others.get_ptr<const Json::object_t*>()) {
    for (const auto& [name, value] : *others) SetMember(json, name, value);
  }
  Json sources = Json::array();
  for (const Source& source : world.conekta.sources) {
    if (source.customer_id == customer.id && !source.deleted) sources.push_back(RenderSource(world, source));
  }
  SetMember(json, "payment_sources", Embedded(std::move(sources)));
  Json latest = nullptr;
  for (const Subscription& subscription : world.conekta.subscriptions) {
    if (subscription.customer_id == customer.id) latest = RenderSubscription(world, subscription);
  }
  SetMember(json, "subscription", std::move(latest));
  return json;
}

Json CustomerInfoOf(const Customer& customer) {
  return Json::object({
      {"object", "customer_info"},
      {"customer_id", customer.id},
      {"name", customer.name},
      {"email", customer.email},
      {"phone", customer.phone},
      {"corporate", customer.corporate},
      {"customer_custom_reference", customer.custom_reference ? Json(*customer.custom_reference) : Json(nullptr)},
  });
}

}  // namespace plinto::polar::emulator::conekta
