// A customer at Polar: who is billed. One stands for one Plinto user or organization, tied by `external_id`.
#pragma once

#include <optional>
#include <string>

#include "core/model/address.h"

namespace plinto::polar {

enum class CustomerType : std::uint8_t { kIndividual, kTeam };
template <>
inline constexpr auto kEnumTexts<CustomerType> = std::to_array<std::string_view>({"individual", "team"});

/// Polar's union of individual and team, and of types to come: they have the same fields.
struct Customer {
  std::string id;
  std::optional<std::string> external_id;
  std::optional<std::string> email;
  std::optional<std::string> name;
  std::optional<OpenEnum<CustomerType>> type;
  std::optional<bool> email_verified;
  std::optional<std::string> billing_name;
  std::optional<Address> billing_address;
  std::optional<std::string> locale;
  std::optional<std::string> organization_id;
  std::optional<Json> metadata;
  std::optional<Timestamp> deleted_at;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> modified_at;
  Json extra;
};
template <>
inline constexpr auto kDescription<Customer> = Describe(
    Output("Who is billed: it stands for one Plinto user or organization."),
    Field("id", &Customer::id, "Polar's id.", kUuid),
    Field("external_id", &Customer::external_id, "The Plinto user or organization. Cannot be changed once set."),
    Field("email", &Customer::email, "Unique among an organization's customers; teams may have none."),
    Field("name", &Customer::name, "May be absent."),
    Field("type", &Customer::type, "`individual`, or `team` where Polar's organization has members."),
    Field("email_verified", &Customer::email_verified, "The buyer proved that the e-mail is theirs."),
    Field("billing_name", &Customer::billing_name, "Shown on invoices."),
    Field("billing_address", &Customer::billing_address, "Shown on invoices."),
    Field("locale", &Customer::locale, "The language of e-mails and portal."),
    Field("organization_id", &Customer::organization_id, "Polar's organization.", kUuid),
    Field("metadata", &Customer::metadata, "The merchant's own."),
    Field("deleted_at", &Customer::deleted_at, "Set once deleted."),
    Field("created_at", &Customer::created_at, "When it was made."),
    Field("modified_at", &Customer::modified_at, "Null until it is changed."));

/// What `POST /v1/customers/` takes.
struct CustomerOwner {
  std::string email;
  std::optional<std::string> name = {};
  std::optional<std::string> external_id = {};
};
template <>
inline constexpr auto kDescription<CustomerOwner> =
    Describe(Field("email", &CustomerOwner::email, "The owner's e-mail."),
             Field("name", &CustomerOwner::name, "The owner's name.", Length(0, 256)),
             Field("external_id", &CustomerOwner::external_id, "The owner's Plinto user id."));

struct CustomerCreate {
  std::string external_id;
  OpenEnum<CustomerType> type = CustomerType::kIndividual;
  std::optional<std::string> email = {};
  std::optional<std::string> name = {};
  std::optional<CustomerOwner> owner = {};
  std::optional<Address> billing_address = {};
  std::optional<std::string> tax_id = {};
  std::optional<std::string> locale = {};
  std::optional<Json> metadata = {};
};
template <>
inline constexpr auto kDescription<CustomerCreate> =
    Describe(Field("external_id", &CustomerCreate::external_id, "The Plinto user or organization."),
             Field("type", &CustomerCreate::type, "`individual` or `team`."),
             Field("email", &CustomerCreate::email, "Required of an individual."),
             Field("name", &CustomerCreate::name, "Shown on invoices.", Length(0, 256)),
             Field("owner", &CustomerCreate::owner, "A team's first member."),
             Field("billing_address", &CustomerCreate::billing_address, "Shown on invoices."),
             Field("tax_id", &CustomerCreate::tax_id, "Without its type; Polar finds it by the country."),
             Field("locale", &CustomerCreate::locale, "The language of e-mails and portal."),
             Field("metadata", &CustomerCreate::metadata, "The merchant's own."));

/// What `PATCH /v1/customers/{id}` takes; what is absent stays, a null in `extra` clears. `external_id` can be set
/// once, and not where the customer is named by it.
struct CustomerUpdate {
  std::optional<std::string> external_id = {};
  std::optional<OpenEnum<CustomerType>> type = {};
  std::optional<std::string> email = {};
  std::optional<std::string> name = {};
  std::optional<Address> billing_address = {};
  std::optional<std::string> tax_id = {};
  std::optional<std::string> locale = {};
  std::optional<Json> metadata = {};
  Json extra = {};
};
template <>
inline constexpr auto kDescription<CustomerUpdate> =
    Describe(Field("external_id", &CustomerUpdate::external_id, "The Plinto user or organization."),
             Field("type", &CustomerUpdate::type, "An individual may become a team, never the reverse."),
             Field("email", &CustomerUpdate::email, "Unique among an organization's customers."),
             Field("name", &CustomerUpdate::name, "Shown on invoices.", Length(0, 256)),
             Field("billing_address", &CustomerUpdate::billing_address, "Shown on invoices."),
             Field("tax_id", &CustomerUpdate::tax_id, "Without its type."),
             Field("locale", &CustomerUpdate::locale, "The language of e-mails and portal."),
             Field("metadata", &CustomerUpdate::metadata, "Replaces all of it."));

}  // namespace plinto::polar
