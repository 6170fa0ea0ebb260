#include "server/service/checkouts/offered.h"

#include "core/foundation/text.h"

namespace plinto::polar::server {

Error ProductUnknown(std::string field) {
  return {.code = ErrorCode::kProductUnknown,
          .message = "This product is not offered here. Check the id, or PRODUCTS of the server.",
          .field = std::move(field)};
}

Result<std::string> OfferedBySlug(const Settings& settings, const std::string& slug) {
  const auto found = settings.products.find(slug);
  if (found == settings.products.end()) return ProductUnknown("slug");
  return found->second;
}

Result<std::string> OfferedById(const Settings& settings, const std::string& id, const std::string& field) {
  if (settings.products.empty()) return id;
  for (const auto& [slug, offered] : settings.products) {
    if (EqualsIgnoringCase(offered, id)) return offered;
  }
  return ProductUnknown(field);
}

}  // namespace plinto::polar::server
