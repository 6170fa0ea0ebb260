// What is for sale: Polar's products joined with PRODUCTS, held in memory for some minutes.
//
// Polar is asked by one at a time. While Polar does not answer, what is held stays good for a day. For coroutines of
// one executor thread.
#pragma once

#include "core/gateway/products.h"
#include "core/model/product.h"
#include "server/base/async/single_flight.h"
#include "server/service/call_terms.h"
#include "server/service/host.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

class ProductCatalog {
 public:
  /// Both outlive this.
  ProductCatalog(Host& host, const Settings& settings) : host_(host), settings_(settings) {}

  /// The answer of `GET /products` as JSON text. Errors: those of Polar, when nothing is held.
  [[nodiscard]] Task<Result<std::string>> Read(Timestamp deadline);

  /// A product with its prices: as the list has it, else as Polar has it now. Errors: those of Polar; PRODUCT_UNKNOWN,
  /// naming `field`, when it has no such product.
  [[nodiscard]] Task<Result<Product>> Find(std::string product_id, std::string field, CallTerms terms);

 private:
  struct Fetched {
    ProductList list;
    std::vector<Product> products;
  };
  [[nodiscard]] Task<void> Refresh(Timestamp deadline);
  [[nodiscard]] Task<Result<Fetched>> FetchAll(Timestamp deadline);
  [[nodiscard]] Task<Result<Fetched>> FetchConfigured(Timestamp deadline);
  [[nodiscard]] bool IsYounger(std::int64_t seconds) const;

  Host& host_;
  const Settings& settings_;
  SingleFlight flight_;
  std::string held_;
  std::vector<Product> products_;
  std::optional<Timestamp> fetched_at_;
  std::optional<Timestamp> failed_at_;
  Error failure_;
};

}  // namespace plinto::polar::server
