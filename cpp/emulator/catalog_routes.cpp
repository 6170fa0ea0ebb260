// /v1/products/: list and read.
#include <array>

#include "core/foundation/text.h"
#include "emulator/router.h"
#include "emulator/validation.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

HttpResponse List(World& world, const Call& call) {
  return ListAnswer(
      call.query, {"id", "is_archived", "is_recurring", "visibility"}, "created_at", world.products,
      [&](const Product& product) {
        return call.query.Admits("id", product.id) &&
               call.query.Admits("is_archived", product.is_archived ? "true" : "false") &&
               call.query.Admits("is_recurring", IsRecurring(product) ? "true" : "false") &&
               call.query.Admits("visibility", product.visibility);
      },
      [](const Product& product) { return product.created_at; },
      [&](const Product& product) { return RenderProduct(world, product); });
}

HttpResponse Read(World& world, const Call& call) {
  if (auto refusal = CheckPathUuid("id", call.path[0])) return *refusal;
  const Product* product = world.products.Find(ToLowerAscii(call.path[0]));
  return product == nullptr ? ResourceNotFound() : JsonAnswer(200, RenderProduct(world, *product));
}

}  // namespace

std::span<const Route> CatalogRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/products/", Access::kOrganization, List},
      Route{"GET", "/v1/products/{id}", Access::kOrganization, Read},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
