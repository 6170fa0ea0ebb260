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

Error UnreadableHeader(std::string_view name, std::string_view why) {
  return Error{.code = ErrorCode::kValidationFailed,
               .message = "The header `" + std::string(name) + "` " + std::string(why),
               .field = std::string(name)};
}

// Two values leave open which one was signed.
bool IsRepeated(const HttpHeaders& headers, std::string_view name) {
  int count = 0;
  for (const auto& [field, value] : headers) count += EqualsIgnoringCase(field, name) ? 1 : 0;
  return count > 1;
}

Result<std::int64_t> ReadSeconds(std::string_view text) {
  constexpr std::string_view kName = "webhook-timestamp";
  const auto seconds = ParseInteger(text);
  if (!seconds) return UnreadableHeader(kName, "is not a whole number: it must be the time in Unix seconds.");
  if (*seconds < 0) return UnreadableHeader(kName, "is negative: it must be the time in Unix seconds.");
  if (*seconds <= kLastTimestamp.Seconds()) return *seconds;
  // The last second of the year 9999 has 12 digits, this year's milliseconds have 13.
  return UnreadableHeader(kName, "is too large for seconds, and looks like milliseconds: it must be in Unix seconds.");
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

constexpr int kMaxSignatures = 32;

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
      // Standard Webhooks sends one for each secret in use. Whoever sends thousands has none.
      for (int i = 0; i < kMaxSignatures && !rest.empty(); ++i) {
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
  for (const std::string_view name : {"webhook-id", "webhook-timestamp", "webhook-signature"}) {
    if (IsRepeated(headers, name)) return UnreadableHeader(name, "stands twice. Send it once.");
    const std::string* value = headers.Find(name);
    if (value == nullptr || TrimAscii(*value).empty()) return MissingHeader(name);
  }
  const auto header = [&](std::string_view name) { return TrimAscii(*headers.Find(name)); };
  const std::string_view id = header("webhook-id");
  const std::string_view timestamp = header("webhook-timestamp");
  const std::string_view signatures = header("webhook-signature");
  // 128 characters are four times what Polar uses; the bound keeps hostile ids out of storage and logs.
  if (id.size() > 128) return UnreadableHeader("webhook-id", "is longer than 128 bytes; Polar's have 36.");
  const Result<std::int64_t> seconds = ReadSeconds(timestamp);
  if (!seconds) return seconds.error();
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
