#include "core/gateway/checkout.h"

#include "core/model/metadata.h"

namespace plinto::polar {
namespace {

Status CheckUrl(const std::optional<std::string>& url, std::string_view field) {
  if (!url || ParseReturnUrl(*url)) return Done{};
  return ValidationError(std::string(field), "Must be an absolute http or https URL of at most 2083 characters.");
}

Status CheckEmbedOrigin(const std::optional<std::string>& origin) {
  if (!origin) return Done{};
  const std::optional<Url> url = ParseUrl(*origin);
  if (url && url->target == "/") return Done{};
  return ValidationError("embed_origin", "Must be an origin such as https://app.example.com.");
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

std::optional<Url> ParseReturnUrl(std::string_view text) {
  constexpr std::string_view kPlaceholder = "{CHECKOUT_ID}";
  const std::size_t colon = text.find("://");
  const std::size_t host_end = colon == std::string_view::npos ? colon : text.find_first_of("/?#", colon + 3);
  // Within the host it would name a host that nobody has allowed.
  if (text.find('{') < host_end) return std::nullopt;
  std::string url(text);
  for (std::size_t at = url.find(kPlaceholder); at != std::string::npos; at = url.find(kPlaceholder, at)) {
    url.replace(at, kPlaceholder.size(), "CHECKOUT_ID");
  }
  return url.find_first_of("{}") == std::string::npos ? ParseUrl(url) : std::nullopt;
}

Status CheckCheckoutFields(const CheckoutFields& request) {
  const int named = (request.product_id ? 1 : 0) + (request.products ? 1 : 0) + (request.slug ? 1 : 0);
  if (named != 1) {
    return ValidationError("product_id", "Give one of product_id, products or slug.");
  }
  if (Status status = CheckUrl(request.success_url, "success_url"); !status) return status;
  if (Status status = CheckUrl(request.return_url, "return_url"); !status) return status;
  if (Status status = CheckEmbedOrigin(request.embed_origin); !status) return status;
  if (request.trial_interval.has_value() != request.trial_interval_count.has_value()) {
    return ValidationError(request.trial_interval ? "trial_interval_count" : "trial_interval",
                           "Give both trial_interval and trial_interval_count.");
  }
  if (request.metadata) {
    if (Status status = CheckMetadata(*request.metadata, "metadata"); !status) return status;
  }
  return request.custom_field_data ? CheckCustomFields(*request.custom_field_data) : Done{};
}

}  // namespace plinto::polar
