// Polar's API, requests and answers: per operation a Build... that makes the request and a Parse... that reads the
// answer. Sending and repeating is the exchange's business. Paths keep their slashes exactly as Polar has them.
// Source: Polar's OpenAPI document, API version 2026-04.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/foundation/http.h"
#include "core/foundation/result.h"
#include "core/model/checkout.h"
#include "core/model/customer.h"
#include "core/model/customer_session.h"
#include "core/model/usage_event.h"

namespace plinto::polar {

/// One Polar account.
struct PolarAccount {
  std::string base_url;      ///< `https://api.polar.sh`, the sandbox's or the emulator's; no slash at the end
  std::string access_token;  ///< an organization access token; never leaves the server
  std::string api_version = "2026-04";
};

[[nodiscard]] HttpRequest BuildCreateCheckout(const PolarAccount& account, const CheckoutCreate& checkout);
[[nodiscard]] Result<Checkout> ParseCheckout(const HttpResponse& response);

[[nodiscard]] HttpRequest BuildCreateCustomer(const PolarAccount& account, const CustomerCreate& customer);
[[nodiscard]] HttpRequest BuildGetCustomerByExternalId(const PolarAccount& account, std::string_view external_id);
[[nodiscard]] Result<Customer> ParseCustomer(const HttpResponse& response);

[[nodiscard]] HttpRequest BuildCreateMember(const PolarAccount& account, std::string_view customer_id,
                                            const MemberCreate& member);

[[nodiscard]] HttpRequest BuildCreateCustomerSession(const PolarAccount& account, const CustomerSessionCreate& session);
[[nodiscard]] Result<CustomerSession> ParseCustomerSession(const HttpResponse& response);

[[nodiscard]] HttpRequest BuildIngestUsage(const PolarAccount& account, std::span<const UsageEvent> events);
[[nodiscard]] Result<UsageIngestAnswer> ParseUsageIngestAnswer(const HttpResponse& response);

}  // namespace plinto::polar
