#include "core/polar/customers/customers.h"

namespace plinto::polar {
namespace {

std::string ById(std::string_view id) { return "/v1/customers/" + PercentEncode(id); }
std::string ByExternalId(std::string_view external_id) {
  return "/v1/customers/external/" + PercentEncode(external_id);
}

Json Anonymize(bool anonymize) {
  Json query;
  if (anonymize) SetMember(query, "anonymize", true);
  return query;
}

}  // namespace

HttpRequest BuildCreateCustomer(const PolarAccount& account, const CustomerCreate& customer) {
  return BuildBodyRequest(account, "POST", "/v1/customers/", Encode(customer));
}

HttpRequest BuildGetCustomer(const PolarAccount& account, std::string_view id) {
  return BuildRequest(account, "GET", ById(id));
}

HttpRequest BuildGetCustomerByExternalId(const PolarAccount& account, std::string_view external_id) {
  return BuildRequest(account, "GET", ByExternalId(external_id));
}

HttpRequest BuildUpdateCustomer(const PolarAccount& account, std::string_view id, const CustomerUpdate& update) {
  return BuildBodyRequest(account, "PATCH", ById(id), Encode(update));
}

HttpRequest BuildUpdateCustomerByExternalId(const PolarAccount& account, std::string_view external_id,
                                            const CustomerUpdate& update) {
  return BuildBodyRequest(account, "PATCH", ByExternalId(external_id), Encode(update));
}

HttpRequest BuildListCustomers(const PolarAccount& account, const CustomerQuery& query) {
  return BuildRequest(account, "GET", "/v1/customers/", Encode(query));
}

HttpRequest BuildDeleteCustomer(const PolarAccount& account, std::string_view id, bool anonymize) {
  return BuildRequest(account, "DELETE", ById(id), Anonymize(anonymize));
}

HttpRequest BuildDeleteCustomerByExternalId(const PolarAccount& account, std::string_view external_id, bool anonymize) {
  return BuildRequest(account, "DELETE", ByExternalId(external_id), Anonymize(anonymize));
}

HttpRequest BuildGetCustomerState(const PolarAccount& account, std::string_view id) {
  return BuildRequest(account, "GET", ById(id) + "/state");
}

HttpRequest BuildGetCustomerStateByExternalId(const PolarAccount& account, std::string_view external_id) {
  return BuildRequest(account, "GET", ByExternalId(external_id) + "/state");
}

Result<Customer> ParseCustomer(const HttpResponse& response) { return ParseAnswer<Customer>(response); }

Result<Page<Customer>> ParseCustomers(const HttpResponse& response) { return ParseAnswer<Page<Customer>>(response); }

Result<CustomerState> ParseCustomerState(const HttpResponse& response) { return ParseAnswer<CustomerState>(response); }

}  // namespace plinto::polar
