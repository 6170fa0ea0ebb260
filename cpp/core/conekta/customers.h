// Customers at Conekta: who pays there. Beside each stands a customer at Polar. Both bear the id of the user or the
// organization at Plinto: there as `external_id`, here as `custom_reference`. Errors: ParseConektaAnswer's (account.h).
#pragma once

#include "core/conekta/account.h"
#include "core/conekta/list.h"

namespace plinto::polar {

struct ConektaCustomer {
  std::string id;
  std::optional<std::string> email = {};
  std::optional<std::string> name = {};
  std::optional<std::string> custom_reference = {};
  std::optional<std::string> default_payment_source_id = {};
};
template <>
inline constexpr auto kDescription<ConektaCustomer> = Describe(
    Field("id", &ConektaCustomer::id, "Conekta's id.", Length(1, 100)),
    Field("email", &ConektaCustomer::email, "What orders can be searched by."),
    Field("name", &ConektaCustomer::name, "As it was sent."),
    Field("custom_reference", &ConektaCustomer::custom_reference, "The id at Plinto of who buys."),
    Field("default_payment_source_id", &ConektaCustomer::default_payment_source_id, "What renewals are charged to."));

/// All three are required by Conekta to create one, none to change one.
struct ConektaCustomerFields {
  std::optional<std::string> name = {};
  std::optional<std::string> email = {};
  std::optional<std::string> phone = {};
  std::optional<std::string> custom_reference = {};
  std::optional<Json> metadata = {};
};
template <>
inline constexpr auto kDescription<ConektaCustomerFields> =
    Describe(Field("name", &ConektaCustomerFields::name, "On their receipts."),
             Field("email", &ConektaCustomerFields::email, "Where Conekta writes to."),
             Field("phone", &ConektaCustomerFields::phone, "With the country's code: `+525512345678`."),
             Field("custom_reference", &ConektaCustomerFields::custom_reference, "The id at Plinto of who buys."),
             Field("metadata", &ConektaCustomerFields::metadata, "Texts, numbers and booleans."));

[[nodiscard]] HttpRequest BuildCreateConektaCustomer(const ConektaAccount& account,
                                                     const ConektaCustomerFields& fields);
[[nodiscard]] HttpRequest BuildGetConektaCustomer(const ConektaAccount& account, const std::string& id);
[[nodiscard]] HttpRequest BuildUpdateConektaCustomer(const ConektaAccount& account, const std::string& id,
                                                     const ConektaCustomerFields& fields);
/// Their subscriptions end.
[[nodiscard]] HttpRequest BuildDeleteConektaCustomer(const ConektaAccount& account, const std::string& id);
/// `search` finds `custom_reference` too: ask before creating one, since nothing here is idempotent.
[[nodiscard]] HttpRequest BuildListConektaCustomers(const ConektaAccount& account, const ConektaPage& page);

[[nodiscard]] Result<ConektaCustomer> ParseConektaCustomer(const HttpResponse& response);
[[nodiscard]] Result<ConektaList<ConektaCustomer>> ParseConektaCustomers(const HttpResponse& response);

}  // namespace plinto::polar
