// /v1/customers/: create, list, read, change, delete, state. Members: member_routes.cpp.
#include <array>

#include "core/foundation/text.h"
#include "emulator/api/body.h"
#include "emulator/api/body_fields.h"
#include "emulator/api/router.h"
#include "emulator/api/values.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::size_t kMaxName = 256;

Customer* ById(World& world, const Call& call) { return FindCustomer(world, call.path[0]); }
Customer* ByExternalId(World& world, const Call& call) { return FindCustomerByExternalId(world, call.path[0]); }

// Runs `act` on the customer of the path.
template <auto kFind, class Act>
HttpResponse WithCustomer(World& world, const Call& call, Act act) {
  Customer* customer = kFind(world, call);
  return customer == nullptr ? ResourceNotFound() : act(*customer);
}

HttpResponse Create(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  const std::string* type = FindString(body.object, "type");
  Issues issues;
  if (type != nullptr && *type != "individual" && *type != "team") {
    issues.Add("union_tag_invalid", Json::array({"body"}),
               "Input tag '" + *type + "' does not match any of the expected tags: 'individual', 'team'", body.object);
    return issues.Answer();
  }
  const bool team = type != nullptr && *type == "team";
  BodyReader reader(body.object, Json::array({"body", team ? "team" : "individual"}), issues);
  const auto tax_id = reader.Trimmed("tax_id");
  reader.RefuseNull("type", ValueKind::kText);
  if (!team) reader.Require("email");
  Customer fields;
  fields.team = team;
  fields.email = reader.Email("email");
  fields.external_id = reader.Trimmed("external_id");
  fields.name = reader.Trimmed("name", kMaxName);
  fields.locale = reader.Locale("locale");
  fields.billing_address = reader.Address("billing_address");
  fields.metadata = reader.Metadata("metadata");
  std::optional<NewOwner> owner;
  if (reader.Has("owner")) {
    BodyReader owner_reader(*FindMember(body.object, "owner"), reader.LocOf("owner"), issues);
    owner_reader.Require("email");
    owner = NewOwner{owner_reader.Email("email").value_or(""), owner_reader.Trimmed("name", kMaxName),
                     owner_reader.Trimmed("external_id")};
  } else if (fields.email) {
    owner = NewOwner{*fields.email, fields.name, team ? std::nullopt : fields.external_id};
  }
  if (team && issues.empty() && !fields.email && !owner) {
    issues.Add(
        "value_error", reader.loc(),
        "Value error, An owner with an email address is required when creating a team customer without an email.",
        body.object, Json::object({{"error", Json::object()}}));
  }
  if (!issues.empty()) return issues.Answer();
  if (tax_id) return NotImplemented("tax ids");
  if (fields.email && FindCustomerByEmail(world, *fields.email) != nullptr) {
    issues.Refuse(Json::array({"body", "email"}), "A customer with this email address already exists.", *fields.email);
  }
  if (fields.external_id && FindCustomerByExternalId(world, *fields.external_id) != nullptr) {
    issues.Refuse(Json::array({"body", "external_id"}), "A customer with this external ID already exists.",
                  *fields.external_id);
  }
  if (!issues.empty()) return issues.Answer();
  return JsonAnswer(201, RenderCustomer(world, CreateCustomer(world, std::move(fields), std::move(owner))));
}

bool Contains(const std::optional<std::string>& text, std::string_view part) {
  return text && ToLowerAscii(*text).find(ToLowerAscii(part)) != std::string::npos;
}

bool HasActiveSubscription(const World& world, const Customer& customer) {
  return world.subscriptions.FindIf([&](const Subscription& subscription) {
    return subscription.customer_id == customer.id && IsActive(subscription);
  }) != nullptr;
}

HttpResponse List(World& world, const Call& call) {
  const std::string* email = call.query.Find("email");
  const std::string* wanted = call.query.Find("query");
  const auto active = call.query.Flag("active");
  const ListOf<Customer> list = {
      .filters = {.texts = {"email", "query"}, .flags = {"active"}},
      .sorts = {{"created_at", [](const Customer& customer) { return SortValueOf(customer.created_at); }},
                {"email", [](const Customer& customer) { return SortValueOf(customer.email); }},
                {"name", [](const Customer& customer) { return SortValueOf(customer.name); }}}};
  return ListAnswer(
      call.query, list, world.customers,
      [&](const Customer& customer) {
        if (customer.deleted_at) return false;
        if (email != nullptr && !(customer.email && EqualsIgnoringCase(*customer.email, *email))) return false;
        if (active && *active != HasActiveSubscription(world, customer)) return false;
        return wanted == nullptr || Contains(customer.email, *wanted) || Contains(customer.name, *wanted) ||
               Contains(customer.billing_name, *wanted) ||
               (customer.external_id && ToLowerAscii(*customer.external_id).starts_with(ToLowerAscii(*wanted)));
      },
      [&](const Customer& customer) { return RenderCustomer(world, customer); });
}

template <auto kFind>
HttpResponse Read(World& world, const Call& call) {
  return WithCustomer<kFind>(world, call,
                             [&](Customer& customer) { return JsonAnswer(200, RenderCustomer(world, customer)); });
}

template <auto kFind>
HttpResponse ReadState(World& world, const Call& call) {
  return WithCustomer<kFind>(world, call,
                             [&](Customer& customer) { return JsonAnswer(200, RenderCustomerState(world, customer)); });
}

// Polar writes an external id once: afterwards even null is refused.
void ReadExternalId(World& world, const Customer& customer, const BodyReader& reader,
                    const std::optional<std::string>& wanted, Issues& issues) {
  if (!reader.Mentions("external_id") || wanted == customer.external_id) return;
  const Json input = OrNull(wanted);
  if (customer.external_id) {
    issues.Refuse(Json::array({"body", "external_id"}), "Customer external ID cannot be updated.", input);
  } else if (FindCustomerByExternalId(world, *wanted) != nullptr) {
    issues.Refuse(Json::array({"body", "external_id"}), "A customer with this external ID already exists.", input);
  }
}

void ApplyEmail(World& world, Customer& customer, const std::string& email) {
  // Polar takes a change of case alone for no change.
  if (customer.email && EqualsIgnoringCase(*customer.email, email)) return;
  SetEmail(world, customer, email);
  if (customer.team) return;
  Member* owner = world.members.FindIf([&](const Member& member) {
    return member.customer_id == customer.id && member.role == "owner" && !member.deleted;
  });
  if (owner == nullptr) return;
  owner->email = email;
  owner->modified_at = world.now;
  Emit(world, "member.updated", RenderMember(*owner));
}

template <auto kFind>
HttpResponse Update(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues = call.issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  const auto email = reader.Email("email");
  const auto name = reader.Trimmed("name", kMaxName);
  const auto locale = reader.Locale("locale");
  const Json address = reader.Address("billing_address");
  const Json metadata = reader.Metadata("metadata");
  const auto tax_id = reader.Trimmed("tax_id");
  // By external id neither that nor the type can be changed.
  constexpr bool kAll = kFind == &ById;
  const auto type = kAll ? ReadChoice(reader, issues, "type", {"individual", "team"}) : std::nullopt;
  const auto external_id = kAll ? reader.Trimmed("external_id") : std::nullopt;
  Customer* found = kFind(world, call);
  if (auto refusal = issues.Refusal(found != nullptr)) return *std::move(refusal);
  if (tax_id) return NotImplemented("tax ids");
  Customer& customer = *found;
  const Customer* holder = email ? FindCustomerByEmail(world, *email) : nullptr;
  if (holder != nullptr && holder != &customer) {
    issues.Refuse(Json::array({"body", "email"}), "A customer with this email address already exists.", *email);
  }
  if (reader.Mentions("billing_address") && !reader.Has("billing_address")) {
    issues.Refuse(Json::array({"body", "billing_address"}),
                  "Customer billing address cannot be reset to null once set.", nullptr);
  }
  if (kAll) ReadExternalId(world, customer, reader, external_id, issues);
  if (type && *type == "individual" && customer.team) {
    issues.Refuse(Json::array({"body", "type"}), "Team customers cannot become individual customers.", *type);
  }
  if (!issues.empty()) return issues.Answer();
  const Customer before = customer;
  if (email) ApplyEmail(world, customer, *email);
  if (reader.Mentions("name")) customer.name = name;
  if (reader.Mentions("locale")) customer.locale = locale;
  if (!address.is_null()) customer.billing_address = address;
  if (reader.Mentions("metadata")) customer.metadata = metadata;
  if (external_id && !customer.external_id) SetExternalId(world, customer, *external_id);
  if (type && *type == "team") customer.team = true;
  customer.modified_at = world.now;
  AnnounceCustomer(world, customer, "customer.updated", &before);
  return JsonAnswer(200, RenderCustomer(world, customer));
}

template <auto kFind>
HttpResponse Delete(World& world, const Call& call) {
  Issues issues;
  const std::string* anonymize = call.query.Find("anonymize");
  const auto flag = anonymize == nullptr ? std::optional(false) : ParseFlag(*anonymize);
  if (!flag) {
    issues.Add("bool_parsing", Json::array({"query", "anonymize"}),
               "Input should be a valid boolean, unable to interpret input", *anonymize);
  }
  Customer* customer = kFind(world, call);
  if (auto refusal = issues.Refusal(customer != nullptr)) return *std::move(refusal);
  DeleteCustomer(world, *customer, *flag);
  return HttpResponse{204, {}, {}};
}

}  // namespace

std::span<const Route> CustomerRoutes() {
  static constexpr std::array kRoutes = {
      Route{"POST", "/v1/customers/", Access::kOrganization, Create},
      Route{"GET", "/v1/customers/", Access::kOrganization, List},
      Route{"GET", "/v1/customers/export", Access::kOrganization, AnswerMissing},
      Route{"GET", "/v1/customers/{id}", Access::kOrganization, Read<&ById>},
      Route{"PATCH", "/v1/customers/{id}", Access::kOrganization, Update<&ById>},
      Route{"DELETE", "/v1/customers/{id}", Access::kOrganization, Delete<&ById>},
      Route{"GET", "/v1/customers/{id}/state", Access::kOrganization, ReadState<&ById>},
      Route{"GET", "/v1/customers/external/{external_id}", Access::kOrganization, Read<&ByExternalId>},
      Route{"PATCH", "/v1/customers/external/{external_id}", Access::kOrganization, Update<&ByExternalId>},
      Route{"DELETE", "/v1/customers/external/{external_id}", Access::kOrganization, Delete<&ByExternalId>},
      Route{"GET", "/v1/customers/external/{external_id}/state", Access::kOrganization, ReadState<&ByExternalId>},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
