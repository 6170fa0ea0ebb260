#include "core/polar/sales/orders.h"

namespace plinto::polar {
namespace {

std::string ById(std::string_view id) { return "/v1/orders/" + PercentEncode(id); }

}  // namespace

HttpRequest BuildGetOrder(const PolarAccount& account, std::string_view id) {
  return BuildRequest(account, "GET", ById(id));
}

HttpRequest BuildListOrders(const PolarAccount& account, const OrderQuery& query) {
  return BuildRequest(account, "GET", "/v1/orders/", Encode(query));
}

HttpRequest BuildUpdateOrder(const PolarAccount& account, std::string_view id, const OrderUpdate& update) {
  return BuildBodyRequest(account, "PATCH", ById(id), Encode(update));
}

HttpRequest BuildGenerateInvoice(const PolarAccount& account, std::string_view id) {
  return BuildRequest(account, "POST", ById(id) + "/invoice");
}

HttpRequest BuildGetInvoice(const PolarAccount& account, std::string_view id) {
  return BuildRequest(account, "GET", ById(id) + "/invoice");
}

Result<Order> ParseOrder(const HttpResponse& response) { return ParseAnswer<Order>(response); }

Result<Page<Order>> ParseOrders(const HttpResponse& response) { return ParseAnswer<Page<Order>>(response); }

Result<OrderInvoice> ParseInvoice(const HttpResponse& response) { return ParseAnswer<OrderInvoice>(response); }

}  // namespace plinto::polar
