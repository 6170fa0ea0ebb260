#include "core/webhook/secret.h"

#include "core/foundation/base64.h"
#include "core/foundation/text.h"

namespace plinto::polar {
namespace {

constexpr std::string_view kPrefix = "whsec_";

Error Invalid(std::string message) {
  return Error{.code = ErrorCode::kConfigurationInvalid, .message = std::move(message)};
}

}  // namespace

Result<WebhookSecret> WebhookSecret::Parse(std::string_view text) {
  text = TrimAscii(text);
  if (text.empty()) {
    return Invalid("The webhook secret is empty. Copy it from the endpoint's page at Polar; it begins with whsec_.");
  }
  WebhookSecret secret;
  secret.keys_.emplace_back(text);
  const std::string_view encoded = text.starts_with(kPrefix) ? text.substr(kPrefix.size()) : text;
  if (auto decoded = DecodeBase64(encoded); decoded && !decoded->empty()) secret.keys_.push_back(std::move(*decoded));
  return secret;
}

Result<std::string> WebhookSecret::Key(KeyDerivation derivation) const {
  if (derivation == KeyDerivation::kWholeText) return keys_.front();
  if (keys_.size() < 2) return Invalid("The webhook secret is not base64, which Standard Webhooks signatures need.");
  return keys_.back();
}

Result<std::vector<WebhookSecret>> ParseWebhookSecrets(std::string_view comma_separated) {
  std::vector<WebhookSecret> secrets;
  while (!comma_separated.empty()) {
    const std::size_t comma = comma_separated.find(',');
    const std::string_view one = TrimAscii(comma_separated.substr(0, comma));
    comma_separated = comma == std::string_view::npos ? std::string_view() : comma_separated.substr(comma + 1);
    if (one.empty()) continue;
    Result<WebhookSecret> secret = WebhookSecret::Parse(one);
    if (!secret) return std::move(secret).error();
    secrets.push_back(std::move(*secret));
  }
  if (secrets.empty()) return Invalid("No webhook secret is set. Set POLAR_WEBHOOK_SECRET to the endpoint's secret.");
  return secrets;
}

}  // namespace plinto::polar
