#include "core/conekta/customers.h"

#include "core/foundation/text.h"

namespace plinto::polar {
namespace {

std::string CustomerPath(const std::string& id) { return "/customers/" + PercentEncode(id); }

}  // namespace

HttpRequest BuildCreateConektaCustomer(const ConektaAccount& account, const ConektaCustomerFields& fields) {
  return BuildConektaBody(account, "POST", "/customers", Encode(fields));
}

HttpRequest BuildGetConektaCustomer(const ConektaAccount& account, const std::string& id) {
  return BuildConektaRequest(account, "GET", CustomerPath(id));
}

HttpRequest BuildUpdateConektaCustomer(const ConektaAccount& account, const std::string& id,
                                       const ConektaCustomerFields& fields) {
  return BuildConektaBody(account, "PUT", CustomerPath(id), Encode(fields));
}

HttpRequest BuildDeleteConektaCustomer(const ConektaAccount& account, const std::string& id) {
  return BuildConektaRequest(account, "DELETE", CustomerPath(id));
}

HttpRequest BuildListConektaCustomers(const ConektaAccount& account, const ConektaPage& page) {
  return BuildConektaRequest(account, "GET", "/customers", Encode(page));
}

Result<ConektaCustomer> ParseConektaCustomer(const HttpResponse& response) {
  return ParseConektaAnswer<ConektaCustomer>(response);
}

Result<ConektaList<ConektaCustomer>> ParseConektaCustomers(const HttpResponse& response) {
  return ParseConektaAnswer<ConektaList<ConektaCustomer>>(response);
}

}  // namespace plinto::polar
