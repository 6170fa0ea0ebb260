#include "core/webhook/signature.h"

#include <array>

#include "core/foundation/base64.h"
#include "core/foundation/sha256.h"
#include "core/foundation/text.h"
#include "core/webhook/diagnose.h"
#include "core/webhook/scheme.h"

namespace plinto::polar {
namespace {

Error MissingHeader(std::string_view name) {
  return Error{.code = ErrorCode::kWebhookHeaderMissing,
               .message = "The header `" + std::string(name) +
                          "` is missing or empty. Polar sends it with every delivery; check that no proxy drops it.",
               .field = std::string(name)};
}

Error OutOfTolerance(std::int64_t skew_seconds) {
  const std::string size = std::to_string(skew_seconds < 0 ? -skew_seconds : skew_seconds);
  const std::string where = skew_seconds > 0 ? "in the past" : "in the future";
  return Error{.code = ErrorCode::kWebhookTimestampOutOfTolerance,
               .message = "The delivery's time lies " + size + " seconds " + where + ", more than the " +
                          std::to_string(kWebhookToleranceSeconds) +
                          " allowed. Check this machine's clock, or let Polar deliver again.",
               .field = "webhook-timestamp",
               .details = "clock skew of " + size + " seconds"};
}

}  // namespace

namespace webhook_scheme {

std::string Sign(std::string_view key, std::string_view id, std::string_view timestamp, std::string_view body) {
  const std::array<std::string_view, 5> parts = {id, ".", timestamp, ".", body};
  return EncodeBase64(SignHmacSha256(key, parts));
}

bool Matches(std::span<const WebhookSecret> secrets, std::string_view id, std::string_view timestamp,
             std::string_view signatures, std::string_view body) {
  for (const WebhookSecret& secret : secrets) {
    for (const std::string& key : secret.keys()) {
      const std::string expected = Sign(key, id, timestamp, body);
      std::string_view rest = signatures;
      while (!rest.empty()) {
        const std::size_t space = rest.find(' ');
        const std::string_view one = rest.substr(0, space);
        rest = space == std::string_view::npos ? std::string_view() : rest.substr(space + 1);
        if (one.starts_with(kVersionPrefix) && EqualsInConstantTime(one.substr(kVersionPrefix.size()), expected)) {
          return true;
        }
      }
    }
  }
  return false;
}

}  // namespace webhook_scheme

Result<VerifiedDelivery> VerifyWebhook(std::span<const WebhookSecret> secrets, const HttpHeaders& headers,
                                       std::string_view body, Timestamp now) {
  const auto header = [&](std::string_view name) {
    const std::string* value = headers.Find(name);
    return value == nullptr ? std::string_view() : TrimAscii(*value);
  };
  const std::string_view id = header("webhook-id");
  const std::string_view timestamp = header("webhook-timestamp");
  const std::string_view signatures = header("webhook-signature");
  // 128 characters are four times what Polar uses; the bound keeps hostile ids out of storage and logs.
  if (id.empty() || id.size() > 128) return MissingHeader("webhook-id");
  if (signatures.empty()) return MissingHeader("webhook-signature");
  const auto seconds = ParseInteger(timestamp);
  if (!seconds || *seconds < 0 || *seconds > kLastTimestamp.Seconds()) return MissingHeader("webhook-timestamp");
  if (!webhook_scheme::Matches(secrets, id, timestamp, signatures, body)) {
    return Error{.code = ErrorCode::kWebhookSignatureMismatch,
                 .message = "No signature of this delivery matches the endpoint's secret.",
                 .field = "webhook-signature",
                 .details = DiagnoseSignature(secrets, {id, timestamp, signatures, body})};
  }
  const std::int64_t skew = now.Seconds() - *seconds;
  if (skew > kWebhookToleranceSeconds || skew < -kWebhookToleranceSeconds) return OutOfTolerance(skew);
  return VerifiedDelivery{std::string(id), Timestamp::FromSeconds(*seconds)};
}

Result<HttpHeaders> SignWebhook(const WebhookSecret& secret, KeyDerivation derivation, std::string_view id,
                                Timestamp now, std::string_view body) {
  Result<std::string> key = secret.Key(derivation);
  if (!key) return std::move(key).error();
  const std::string timestamp = std::to_string(now.Seconds());
  HttpHeaders headers;
  headers.Add("webhook-id", std::string(id));
  headers.Add("webhook-timestamp", timestamp);
  headers.Add("webhook-signature",
              std::string(webhook_scheme::kVersionPrefix) + webhook_scheme::Sign(*key, id, timestamp, body));
  return headers;
}

}  // namespace plinto::polar
