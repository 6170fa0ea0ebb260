#include "server/service/products/routes.h"

#include <array>

#include "core/gateway/products.h"
#include "server/service/answers.h"
#include "server/service/caller/context.h"
#include "server/service/products/catalog.h"
#include "server/service/shared.h"

namespace plinto::polar::server {
namespace {

Task<Result<HttpResponse>> ListProducts(Shared& shared, Context context) {
  Result<std::string> products = co_await shared.catalog.Read(context.deadline);
  if (!products) co_return std::move(products).error();
  HttpResponse answer = JsonText(200, *std::move(products));
  answer.headers.Add("cache-control", "public, max-age=60");
  co_return answer;
}

Task<Result<HttpResponse>> GetProvider(Shared&, Context context) {
  const std::string country = context.Query("country").value_or("");
  const Result<PaymentProvider> provider = DecideProvider(country);
  if (!provider) co_return provider.error();
  HttpResponse answer = JsonAnswer(200, ProviderChoice{ToUpperCountry(country), *provider});
  answer.headers.Add("cache-control", "public, max-age=3600");
  co_return answer;
}

}  // namespace

std::span<const Route> ProductRoutes() {
  static constexpr std::array kProductRoutes = {Route{Operation::kListProducts, ListProducts},
                                                Route{Operation::kGetProvider, GetProvider}};
  return kProductRoutes;
}

}  // namespace plinto::polar::server
