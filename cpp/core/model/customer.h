// A customer at Polar: who is billed. One stands for one Plinto user or organization, tied by `external_id`.
#pragma once

#include <optional>
#include <string>

#include "core/foundation/codec.h"

namespace plinto::polar {

enum class CustomerType : std::uint8_t { kIndividual, kTeam };
template <>
inline constexpr auto kEnumTexts<CustomerType> = std::to_array<std::string_view>({"individual", "team"});

struct Customer {
  std::string id;
  std::optional<std::string> external_id;
  std::optional<std::string> email;
  std::optional<std::string> name;
  std::optional<OpenEnum<CustomerType>> type;
  std::optional<Timestamp> deleted_at;
  Json extra;
};
template <>
inline constexpr auto kDescription<Customer> = Describe(
    Field("id", &Customer::id, "Polar's id.", kUuid),
    Field("external_id", &Customer::external_id, "The Plinto user or organization. Can not be changed once set."),
    Field("email", &Customer::email, "Unique among an organization's customers; teams may have none."),
    Field("name", &Customer::name, "May be absent."),
    Field("type", &Customer::type, "`individual`, or `team` where Polar's organization has members."),
    Field("deleted_at", &Customer::deleted_at, "Set once deleted."));

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
};
template <>
inline constexpr auto kDescription<CustomerCreate> =
    Describe(Field("external_id", &CustomerCreate::external_id, "The Plinto user or organization."),
             Field("type", &CustomerCreate::type, "`individual` or `team`."),
             Field("email", &CustomerCreate::email, "Required of an individual."),
             Field("name", &CustomerCreate::name, "Shown on invoices.", Length(0, 256)),
             Field("owner", &CustomerCreate::owner, "A team's first member."));

}  // namespace plinto::polar
