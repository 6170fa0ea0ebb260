// Customers: who is billed. The external id is the Plinto id, so creating one twice ends in one (the second gets 422).
#pragma once

#include "core/model/customer.h"
#include "core/model/customer_state.h"
#include "core/polar/page.h"
#include "core/polar/request.h"

namespace plinto::polar {

/// Which customers to list.
struct CustomerQuery {
  std::optional<std::string> email = {};
  std::optional<std::string> query = {};
  std::optional<bool> active = {};
  std::optional<std::int64_t> page = {};
  std::optional<std::int64_t> limit = {};
  std::vector<std::string> sorting = {};
  std::optional<Json> metadata = {};
};
template <>
inline constexpr auto kDescription<CustomerQuery> =
    Describe(Field("email", &CustomerQuery::email, "Exactly this e-mail."),
             Field("query", &CustomerQuery::query, "Text in name, e-mail or external id."),
             Field("active", &CustomerQuery::active, "With or without an active subscription."),
             Field("page", &CustomerQuery::page, "1 is the first."),
             Field("limit", &CustomerQuery::limit, "10 when absent, 100 at most."),
             Field("sorting", &CustomerQuery::sorting, "`-created_at` is newest first."),
             Field("metadata", &CustomerQuery::metadata, "Texts, numbers, booleans by key; lists for any of several."));

[[nodiscard]] HttpRequest BuildCreateCustomer(const PolarAccount& account, const CustomerCreate& customer);
[[nodiscard]] HttpRequest BuildGetCustomer(const PolarAccount& account, std::string_view id);
[[nodiscard]] HttpRequest BuildGetCustomerByExternalId(const PolarAccount& account, std::string_view external_id);
[[nodiscard]] HttpRequest BuildUpdateCustomer(const PolarAccount& account, std::string_view id,
                                              const CustomerUpdate& update);
[[nodiscard]] HttpRequest BuildUpdateCustomerByExternalId(const PolarAccount& account, std::string_view external_id,
                                                          const CustomerUpdate& update);
[[nodiscard]] HttpRequest BuildListCustomers(const PolarAccount& account, const CustomerQuery& query = {});

/// Cancels the customer's subscriptions at once. `anonymize` also erases name, e-mail and address (GDPR). The answer is
/// read by ParseAccepted.
[[nodiscard]] HttpRequest BuildDeleteCustomer(const PolarAccount& account, std::string_view id, bool anonymize);
[[nodiscard]] HttpRequest BuildDeleteCustomerByExternalId(const PolarAccount& account, std::string_view external_id,
                                                          bool anonymize);

[[nodiscard]] HttpRequest BuildGetCustomerState(const PolarAccount& account, std::string_view id);
[[nodiscard]] HttpRequest BuildGetCustomerStateByExternalId(const PolarAccount& account, std::string_view external_id);
/// Errors of all three: those of ParseAnswer (request.h).
[[nodiscard]] Result<Customer> ParseCustomer(const HttpResponse& response);
[[nodiscard]] Result<Page<Customer>> ParseCustomers(const HttpResponse& response);
[[nodiscard]] Result<CustomerState> ParseCustomerState(const HttpResponse& response);

}  // namespace plinto::polar
