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

// As Polar takes them: other numbers, lists and objects are no value of a field.
Status CheckCustomFields(const Json& data) {
  const auto* fields = data.get_ptr<const Json::object_t*>();
  if (fields == nullptr) return ValidationError("custom_field_data", "Must be an object.");
  for (const auto& [name, value] : *fields) {
    if (value.is_string() || value.is_number_integer() || value.is_boolean() || value.is_null()) continue;
    return ValidationError("custom_field_data." + name, "Must be a string, a whole number, a boolean or null.");
  }
  return Done{};
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
  return request.custom_field_data ? CheckCustomFields(*request.custom_field_data) : Done{};
}

}  // namespace plinto::polar
