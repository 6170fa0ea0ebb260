#include "core/conekta/orders.h"

#include "core/foundation/text.h"

namespace plinto::polar {
namespace {

std::string OrderPath(const std::string& id) { return "/orders/" + PercentEncode(id); }

}  // namespace

std::string CustomerOf(const ConektaOrder& order) {
  return order.customer_info ? order.customer_info->customer_id.value_or("") : std::string();
}

std::string MetadataOf(const ConektaOrder& order, std::string_view key) {
  const std::string* text = order.metadata ? FindString(*order.metadata, key) : nullptr;
  return text == nullptr ? std::string() : *text;
}

HttpRequest BuildCreateConektaOrder(const ConektaAccount& account, const ConektaOrderCreate& create) {
  return BuildConektaBody(account, "POST", "/orders", Encode(create));
}

HttpRequest BuildGetConektaOrder(const ConektaAccount& account, const std::string& id) {
  return BuildConektaRequest(account, "GET", OrderPath(id));
}

HttpRequest BuildListConektaOrders(const ConektaAccount& account, const ConektaPage& page) {
  return BuildConektaRequest(account, "GET", "/orders", Encode(page));
}

HttpRequest BuildCancelConektaOrder(const ConektaAccount& account, const std::string& id) {
  return BuildConektaRequest(account, "POST", OrderPath(id) + "/cancel");
}

Result<ConektaOrder> ParseConektaOrder(const HttpResponse& response) {
  return ParseConektaAnswer<ConektaOrder>(response);
}

Result<ConektaList<ConektaOrder>> ParseConektaOrders(const HttpResponse& response) {
  return ParseConektaAnswer<ConektaList<ConektaOrder>>(response);
}

}  // namespace plinto::polar
