#include "core/gateway/checkout.h"

#include "core/foundation/url.h"
#include "core/model/metadata.h"

namespace plinto::polar {
namespace {

// `{CHECKOUT_ID}` is Polar's own placeholder and no URL character: it is set aside for the check.
std::string WithoutPlaceholder(std::string url) {
  constexpr std::string_view kPlaceholder = "{CHECKOUT_ID}";
  for (std::size_t at = url.find(kPlaceholder); at != std::string::npos; at = url.find(kPlaceholder, at)) {
    url.replace(at, kPlaceholder.size(), "CHECKOUT_ID");
  }
  return url;
}

Status CheckUrl(const std::optional<std::string>& url, std::string_view field) {
  if (!url || ParseUrl(WithoutPlaceholder(*url))) return Done{};
  return ValidationError(std::string(field),
                         "Must be an absolute http or https URL, such as https://example.com/paid.");
}

}  // namespace

Status CheckCheckoutRequest(const CheckoutRequest& request) {
  const int named = (request.product_id ? 1 : 0) + (request.products ? 1 : 0) + (request.slug ? 1 : 0);
  if (named != 1) {
    return ValidationError("product_id", "Name what is bought by exactly one of product_id, products or slug.");
  }
  if (Status status = CheckUrl(request.success_url, "success_url"); !status) return status;
  if (Status status = CheckUrl(request.return_url, "return_url"); !status) return status;
  if (request.metadata) {
    if (Status status = CheckMetadata(*request.metadata, "metadata"); !status) return status;
  }
  if (request.custom_field_data && !request.custom_field_data->is_object()) {
    return ValidationError("custom_field_data", "Must be an object.");
  }
  return Done{};
}

}  // namespace plinto::polar
