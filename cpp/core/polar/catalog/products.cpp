#include "core/polar/catalog/products.h"

namespace plinto::polar {

HttpRequest BuildGetProduct(const PolarAccount& account, std::string_view id) {
  return BuildRequest(account, "GET", "/v1/products/" + PercentEncode(id));
}

HttpRequest BuildListProducts(const PolarAccount& account, const ProductQuery& query) {
  return BuildRequest(account, "GET", "/v1/products/", Encode(query));
}

Result<Product> ParseProduct(const HttpResponse& response) { return ParseAnswer<Product>(response); }

Result<Page<Product>> ParseProducts(const HttpResponse& response) { return ParseAnswer<Page<Product>>(response); }

}  // namespace plinto::polar
