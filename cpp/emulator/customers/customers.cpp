#include "emulator/customers/customers.h"

#include <algorithm>

#include "core/foundation/sha256.h"
#include "core/foundation/text.h"
#include "emulator/customers/members.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kStateQuietSeconds = 1;
constexpr std::int64_t kStateCeilingSeconds = 5;

Json AvatarUrl(const Customer& customer) {
  // A team may have no e-mail. Polar answers null then, which the 0.47 line of its client does not take.
  const std::string about = customer.email ? ToLowerAscii(*customer.email) : customer.id;
  return "https://www.gravatar.com/avatar/" + ToHex(DigestSha256(about)) + "?d=404";
}

Customer* AliveOrNull(Customer* customer) { return customer == nullptr || customer->deleted_at ? nullptr : customer; }

Customer* FindIndexed(World& world, const std::unordered_map<std::string, std::string>& index, const std::string& key) {
  const auto found = index.find(key);
  return found == index.end() ? nullptr : AliveOrNull(world.customers.Find(found->second));
}

// What is not given is left out of an address.
Json ShortAddress(const Json& address) {
  const auto* parts = address.get_ptr<const Json::object_t*>();
  if (parts == nullptr) return nullptr;
  Json json = Json::object();
  for (const auto& [name, value] : *parts) {
    if (!value.is_null()) SetMember(json, name, value);
  }
  return json;
}

// `CustomerUpdatedFields`: those that have changed, as they are now.
Json UpdatedFields(const Customer& before, const Customer& now) {
  Json fields = Json::object();
  if (now.name != before.name) SetMember(fields, "name", OrNull(now.name));
  if (now.billing_name != before.billing_name) SetMember(fields, "billing_name", OrNull(now.billing_name));
  if (now.email != before.email) SetMember(fields, "email", OrNull(now.email));
  if (now.billing_address != before.billing_address) {
    SetMember(fields, "billing_address", ShortAddress(now.billing_address));
  }
  if (now.metadata != before.metadata) SetMember(fields, "metadata", now.metadata);
  return fields;
}

}  // namespace

Customer* FindCustomer(World& world, std::string_view id) {
  return AliveOrNull(world.customers.Find(ToLowerAscii(id)));
}

Customer* FindCustomerByExternalId(World& world, const std::string& external_id) {
  return FindIndexed(world, world.customer_by_external_id, external_id);
}

Customer* FindCustomerByEmail(World& world, std::string_view email) {
  return FindIndexed(world, world.customer_by_email, ToLowerAscii(email));
}

void SetExternalId(World& world, Customer& customer, const std::string& external_id) {
  customer.external_id = external_id;
  world.customer_by_external_id[external_id] = customer.id;
}

void SetEmail(World& world, Customer& customer, const std::string& email) {
  if (customer.email) world.customer_by_email.erase(ToLowerAscii(*customer.email));
  customer.email = email;
  world.customer_by_email[ToLowerAscii(email)] = customer.id;
}

Customer& CreateCustomer(World& world, Customer fields, std::optional<NewOwner> owner) {
  fields.id = world.random.Uuid();
  fields.created_at = world.now;
  fields.invoice_code = world.random.Letters(8);
  Customer& customer = world.customers.Add(std::move(fields));
  if (customer.email) SetEmail(world, customer, std::string(*customer.email));
  if (customer.external_id) SetExternalId(world, customer, std::string(*customer.external_id));
  if (owner) {
    AddMember(world, {.customer_id = customer.id,
                      .email = owner->email,
                      .name = owner->name,
                      .external_id = owner->external_id,
                      .role = "owner"});
  }
  AnnounceCustomer(world, customer, "customer.created");
  return customer;
}

void DeleteCustomer(World& world, Customer& customer, bool anonymize) {
  for (Member& member : world.members) {
    if (member.customer_id != customer.id || member.deleted) continue;
    RemoveMember(world, member);
  }
  if (customer.email) world.customer_by_email.erase(ToLowerAscii(*customer.email));
  if (customer.external_id) {
    world.customer_by_external_id.erase(*customer.external_id);
    SetMember(customer.metadata, "__external_id", *customer.external_id);
  }
  customer.deleted_at = world.now;
  customer.modified_at = world.now;
  if (anonymize) {
    if (customer.email) customer.email = ToHex(DigestSha256(*customer.email)) + "@anonymized.invalid";
    customer.name = std::nullopt;
    customer.billing_name = std::nullopt;
    customer.billing_address = nullptr;
  }
  AnnounceCustomer(world, customer, "customer.deleted");
  for (const Subscription& subscription : world.subscriptions) {
    if (subscription.customer_id == customer.id && IsBillable(subscription)) {
      world.Enqueue({JobKind::kCustomerRevocation, subscription.id});
    }
  }
}

Member& AddMember(World& world, Member fields) {
  fields.id = world.random.Uuid();
  fields.created_at = world.now;
  Member& member = world.members.Add(std::move(fields));
  Emit(world, "member.created", RenderMember(member));
  return member;
}

const Member* OwnerOf(const World& world, const Customer& customer) {
  return world.members.FindIf([&](const Member& member) {
    return member.customer_id == customer.id && member.role == "owner" && !member.deleted;
  });
}

Json RenderCustomer(const World& world, const Customer& customer) {
  return Json::object({
      {"id", customer.id},
      {"created_at", ToJson(customer.created_at)},
      {"modified_at", OrNull(customer.modified_at)},
      {"metadata", customer.metadata},
      {"external_id", OrNull(customer.external_id)},
      {"email", OrNull(customer.email)},
      {"email_verified", false},
      {"type", customer.team ? "team" : "individual"},
      {"name", OrNull(customer.name)},
      {"billing_name", OrNull(customer.billing_name ? customer.billing_name : customer.name)},
      {"billing_address", customer.billing_address},
      {"tax_id", nullptr},
      {"locale", OrNull(customer.locale)},
      {"organization_id", world.organization.id},
      {"default_payment_method_id", IdOrNull(customer.default_payment_method_id)},
      {"deleted_at", OrNull(customer.deleted_at)},
      {"first_user_event_at", OrNull(customer.first_user_event_at)},
      {"avatar_url", AvatarUrl(customer)},
  });
}

Json RenderPortalCustomer(const Customer& customer) {
  return Json::object({
      {"created_at", ToJson(customer.created_at)},
      {"modified_at", OrNull(customer.modified_at)},
      {"id", customer.id},
      {"email", OrNull(customer.email)},
      {"email_verified", false},
      {"name", OrNull(customer.name)},
      {"billing_name", OrNull(customer.billing_name ? customer.billing_name : customer.name)},
      {"billing_address", customer.billing_address},
      {"tax_id", nullptr},
      {"oauth_accounts", Json::object()},
      {"default_payment_method_id", IdOrNull(customer.default_payment_method_id)},
      {"type", customer.team ? "team" : "individual"},
      {"locale", OrNull(customer.locale)},
  });
}

Json RenderMember(const Member& member) {
  return Json::object({
      {"id", member.id},
      {"created_at", ToJson(member.created_at)},
      {"modified_at", OrNull(member.modified_at)},
      {"customer_id", member.customer_id},
      {"email", member.email},
      {"name", OrNull(member.name)},
      {"external_id", OrNull(member.external_id)},
      {"role", member.role},
  });
}

Json RenderCustomerState(const World& world, const Customer& customer) {
  Json subscriptions = Json::array();
  for (const Subscription& subscription : world.subscriptions) {
    if (subscription.customer_id == customer.id && IsActive(subscription)) {
      subscriptions.push_back(RenderStateSubscription(subscription));
    }
  }
  Json grants = Json::array();
  for (const Grant& grant : world.grants) {
    if (grant.customer_id == customer.id && grant.granted_at) grants.push_back(RenderStateGrant(world, grant));
  }
  Json state = RenderCustomer(world, customer);
  SetMember(state, "active_subscriptions", std::move(subscriptions));
  SetMember(state, "granted_benefits", std::move(grants));
  Json meters = Json::array();
  for (const CustomerMeter& row : world.customer_meters) {
    const Meter* meter = world.meters.Find(row.meter_id);
    if (row.customer_id == customer.id && meter != nullptr && !meter->archived_at) {
      meters.push_back(RenderStateMeter(row));
    }
  }
  SetMember(state, "active_meters", std::move(meters));
  return state;
}

void TouchState(World& world, Customer& customer) {
  const bool waiting = customer.state_touched_at.has_value();
  if (!waiting) customer.state_touched_at = world.now;
  customer.state_due_at =
      std::min(world.now.PlusSeconds(kStateQuietSeconds), customer.state_touched_at->PlusSeconds(kStateCeilingSeconds));
  if (!waiting) world.Schedule(*customer.state_due_at, {JobKind::kCustomerState, customer.id});
}

void AnnounceCustomer(World& world, const Customer& customer, std::string_view event_type, const Customer* before) {
  world.Enqueue({JobKind::kCustomerWebhook, customer.id, std::string(event_type)});
  Json metadata = Json::object({{"customer_id", customer.id},
                                {"customer_email", OrNull(customer.email)},
                                {"customer_name", OrNull(customer.name)},
                                {"customer_external_id", OrNull(customer.external_id)}});
  if (event_type == "customer.updated") {
    SetMember(metadata, "updated_fields", before == nullptr ? Json::object() : UpdatedFields(*before, customer));
  }
  AddSystemEvent(world, customer.id, event_type, std::move(metadata));
}

void SendCustomerEvent(World& world, std::string_view customer_id, std::string_view event_type) {
  const Customer* customer = world.customers.Find(customer_id);
  if (customer == nullptr) return;
  Emit(world, event_type, RenderCustomer(world, *customer));
  Emit(world, "customer.state_changed", RenderCustomerState(world, *customer));
}

void SendStateIfQuiet(World& world, std::string_view customer_id) {
  Customer* customer = world.customers.Find(customer_id);
  if (customer == nullptr || !customer->state_due_at) return;
  if (*customer->state_due_at > world.now) {
    return world.Schedule(*customer->state_due_at, {JobKind::kCustomerState, customer->id});
  }
  customer->state_touched_at.reset();
  customer->state_due_at.reset();
  Emit(world, "customer.state_changed", RenderCustomerState(world, *customer));
}

}  // namespace plinto::polar::emulator
