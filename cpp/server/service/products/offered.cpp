#include "server/service/products/offered.h"

#include "core/foundation/text.h"

namespace plinto::polar::server {

Error ProductUnknown(std::string field) {
  return {.code = ErrorCode::kProductUnknown,
          .message = "This product is not offered here. Check the id, or PRODUCTS of the server.",
          .field = std::move(field)};
}

Result<std::string> OfferedBySlug(const Settings& settings, const std::string& slug) {
  for (const Plan& plan : settings.plans) {
    if (plan.slug == slug) return plan.product_id;
  }
  return ProductUnknown("slug");
}

Result<std::string> OfferedById(const Settings& settings, const std::string& id, const std::string& field) {
  if (settings.plans.empty()) return id;
  for (const Plan& plan : settings.plans) {
    if (EqualsIgnoringCase(plan.product_id, id)) return plan.product_id;
  }
  return ProductUnknown(field);
}

}  // namespace plinto::polar::server
