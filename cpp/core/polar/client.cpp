#include "core/polar/client.h"

#include "core/foundation/text.h"
#include "core/polar/errors.h"

namespace plinto::polar {
namespace {

HttpRequest Get(const PolarAccount& account, std::string path) {
  return {.method = "GET",
          .url = account.base_url + path,
          .headers = {{"authorization", "Bearer " + account.access_token},
                      {"polar-version", account.api_version},
                      {"accept", "application/json"}}};
}

HttpRequest Post(const PolarAccount& account, std::string path, const Json& body) {
  HttpRequest request = Get(account, std::move(path));
  request.method = "POST";
  request.headers.Add("content-type", "application/json");
  request.body = DumpJson(body);
  return request;
}

template <class T>
Result<T> Read(const HttpResponse& response) {
  if (!response.Succeeded()) return ErrorFromPolar(response);
  Result<T> value = DecodeText<T>(response.body);
  if (!value) return UnreadableAnswer(response, value.error());
  return value;
}

}  // namespace

HttpRequest BuildCreateCheckout(const PolarAccount& account, const CheckoutCreate& checkout) {
  return Post(account, "/v1/checkouts/", Encode(checkout));
}

Result<Checkout> ParseCheckout(const HttpResponse& response) { return Read<Checkout>(response); }

HttpRequest BuildCreateCustomer(const PolarAccount& account, const CustomerCreate& customer) {
  return Post(account, "/v1/customers/", Encode(customer));
}

HttpRequest BuildGetCustomerByExternalId(const PolarAccount& account, std::string_view external_id) {
  return Get(account, "/v1/customers/external/" + PercentEncode(external_id));
}

Result<Customer> ParseCustomer(const HttpResponse& response) { return Read<Customer>(response); }

HttpRequest BuildCreateMember(const PolarAccount& account, std::string_view customer_id, const MemberCreate& member) {
  return Post(account, "/v1/customers/" + PercentEncode(customer_id) + "/members", Encode(member));
}

HttpRequest BuildCreateCustomerSession(const PolarAccount& account, const CustomerSessionCreate& session) {
  return Post(account, "/v1/customer-sessions/", Encode(session));
}

Result<CustomerSession> ParseCustomerSession(const HttpResponse& response) { return Read<CustomerSession>(response); }

HttpRequest BuildIngestUsage(const PolarAccount& account, std::span<const UsageEvent> events) {
  Json list = Json::array();
  auto& items = *list.get_ptr<Json::array_t*>();
  items.reserve(events.size());
  for (const UsageEvent& event : events) items.push_back(Encode(event));
  Json body = Json::object();
  SetMember(body, "events", std::move(list));
  return Post(account, "/v1/events/ingest", body);
}

Result<UsageIngestAnswer> ParseUsageIngestAnswer(const HttpResponse& response) {
  return Read<UsageIngestAnswer>(response);
}

}  // namespace plinto::polar
