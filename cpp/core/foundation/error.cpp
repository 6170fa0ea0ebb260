#include "core/foundation/error.h"

#include <array>

namespace plinto::polar {
namespace {

using enum ErrorCode;
using enum ErrorFamily;

constexpr std::array kTable = {
    ErrorTraits{kTokenMissing, "TOKEN_MISSING", kCaller, 401, false},
    ErrorTraits{kTokenInvalid, "TOKEN_INVALID", kCaller, 401, false},
    ErrorTraits{kTokenExpired, "TOKEN_EXPIRED", kCaller, 401, false},
    ErrorTraits{kOrganizationAccessDenied, "ORGANIZATION_ACCESS_DENIED", kCaller, 403, false},
    ErrorTraits{kRoleNotAllowed, "ROLE_NOT_ALLOWED", kCaller, 403, false},
    ErrorTraits{kUsageEventNotAllowed, "USAGE_EVENT_NOT_ALLOWED", kCaller, 403, false},
    ErrorTraits{kUsageLimitReached, "USAGE_LIMIT_REACHED", kCaller, 403, false},
    ErrorTraits{kUsageBalanceExhausted, "USAGE_BALANCE_EXHAUSTED", kCaller, 402, false},
    ErrorTraits{kInvalidJson, "INVALID_JSON", kCaller, 400, false},
    ErrorTraits{kValidationFailed, "VALIDATION_FAILED", kCaller, 422, false},
    ErrorTraits{kUnknownField, "UNKNOWN_FIELD", kCaller, 422, false},
    ErrorTraits{kProductUnknown, "PRODUCT_UNKNOWN", kCaller, 422, false},
    ErrorTraits{kMeterUnknown, "METER_UNKNOWN", kCaller, 422, false},
    ErrorTraits{kMeterNotReservable, "METER_NOT_RESERVABLE", kCaller, 422, false},
    ErrorTraits{kUrlNotAllowed, "URL_NOT_ALLOWED", kCaller, 422, false},
    ErrorTraits{kCustomerNotFound, "CUSTOMER_NOT_FOUND", kCaller, 404, false},
    ErrorTraits{kNotFound, "NOT_FOUND", kCaller, 404, false},
    ErrorTraits{kMethodNotAllowed, "METHOD_NOT_ALLOWED", kCaller, 405, false},
    ErrorTraits{kConflict, "CONFLICT", kCaller, 409, false},
    ErrorTraits{kIdempotencyKeyReused, "IDEMPOTENCY_KEY_REUSED", kCaller, 409, false},
    ErrorTraits{kLeaseEnded, "LEASE_ENDED", kCaller, 409, false},
    ErrorTraits{kProviderNotConfigured, "PROVIDER_NOT_CONFIGURED", kCaller, 409, false},
    ErrorTraits{kProviderUnsupported, "PROVIDER_UNSUPPORTED", kCaller, 409, false},
    ErrorTraits{kPayloadTooLarge, "PAYLOAD_TOO_LARGE", kCaller, 413, false},
    ErrorTraits{kUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", kCaller, 415, false},
    ErrorTraits{kRateLimited, "RATE_LIMITED", kCaller, 429, true},
    ErrorTraits{kWebhookHeaderMissing, "WEBHOOK_HEADER_MISSING", kCaller, 403, false},
    ErrorTraits{kWebhookSignatureMismatch, "WEBHOOK_SIGNATURE_MISMATCH", kCaller, 403, false},
    ErrorTraits{kWebhookTimestampOutOfTolerance, "WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE", kCaller, 403, false},
    ErrorTraits{kConfigurationInvalid, "CONFIGURATION_INVALID", kCaller, 0, false},
    ErrorTraits{kCanceled, "CANCELED", kCaller, 0, false},
    ErrorTraits{kUpstreamFailed, "UPSTREAM_FAILED", kRemote, 502, true},
    ErrorTraits{kUpstreamAnswerInvalid, "UPSTREAM_ANSWER_INVALID", kRemote, 502, false},
    ErrorTraits{kCheckoutOutcomeUnknown, "CHECKOUT_OUTCOME_UNKNOWN", kRemote, 502, false},
    ErrorTraits{kUpstreamRateLimited, "UPSTREAM_RATE_LIMITED", kRemote, 503, true},
    ErrorTraits{kUpstreamTimeout, "UPSTREAM_TIMEOUT", kRemote, 504, true},
    ErrorTraits{kNetworkFailed, "NETWORK_FAILED", kEnvironment, 0, true},
    ErrorTraits{kTimeout, "TIMEOUT", kEnvironment, 0, true},
    ErrorTraits{kCoreLoadFailed, "CORE_LOAD_FAILED", kEnvironment, 0, true},
    ErrorTraits{kStoreFailed, "STORE_FAILED", kEnvironment, 500, true},
    ErrorTraits{kInternal, "INTERNAL", kEnvironment, 500, false},
};

consteval bool TableFollowsTheEnum() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (kTable[i].code != static_cast<ErrorCode>(i)) return false;
  }
  return kTable.size() == static_cast<std::size_t>(kInternal) + 1;
}
static_assert(TableFollowsTheEnum(), "the table is indexed by the enum's order");

}  // namespace

const ErrorTraits& TraitsOf(ErrorCode code) { return kTable[static_cast<std::size_t>(code)]; }

std::span<const ErrorTraits> AllErrorTraits() { return kTable; }

std::string_view ToText(ErrorCode code) { return TraitsOf(code).text; }

std::string_view ToText(ErrorFamily family) {
  switch (family) {
    case kCaller:
      return "caller";
    case kRemote:
      return "remote";
    case kEnvironment:
      break;
  }
  return "environment";
}

std::optional<ErrorCode> ErrorCodeFromText(std::string_view text) {
  for (const ErrorTraits& row : kTable) {
    if (row.text == text) return row.code;
  }
  return std::nullopt;
}

Error ValidationError(std::string field, std::string message) {
  return Error{.code = kValidationFailed, .message = std::move(message), .field = std::move(field)};
}

Error WithFieldPrefix(Error error, std::string_view prefix) {
  if (error.field.empty()) {
    error.field = prefix;
  } else if (error.field.front() == '[') {
    error.field.insert(0, prefix);
  } else {
    error.field.insert(0, std::string(prefix) + ".");
  }
  return error;
}

}  // namespace plinto::polar
