// What went wrong, whose fault it was, and what to do about it.
//
// One table (error.cpp) gives each code its family, its HTTP status and whether the same request may be sent again;
// C++, TypeScript and the OpenAPI document read that table. Messages never hold secrets, tokens or buyer data.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace plinto::polar {

/// Who has to act. The remedy differs, so the family is part of the contract.
enum class ErrorFamily {
  kCaller,       ///< Fix your call.
  kRemote,       ///< Polar or Plinto refused, or answered nonsense.
  kEnvironment,  ///< Network, storage, time.
};

/// Stable codes. The text on the wire is the SCREAMING_SNAKE form, see ToText().
enum class ErrorCode : std::uint8_t {
  kTokenMissing,
  kTokenInvalid,
  kTokenExpired,
  kOrganizationAccessDenied,
  kRoleNotAllowed,
  kUsageEventNotAllowed,
  kUsageLimitReached,
  kUsageBalanceExhausted,
  kInvalidJson,
  kValidationFailed,
  kUnknownField,
  kProductUnknown,
  kMeterUnknown,
  kMeterNotReservable,
  kUrlNotAllowed,
  kCustomerNotFound,
  kNotFound,
  kMethodNotAllowed,
  kConflict,
  kIdempotencyKeyReused,
  kLeaseEnded,
  kProviderNotConfigured,
  kProviderUnsupported,
  kPayloadTooLarge,
  kUnsupportedMediaType,
  kRateLimited,
  kWebhookHeaderMissing,
  kWebhookSignatureMismatch,
  kWebhookTimestampOutOfTolerance,
  kConfigurationInvalid,
  kCanceled,
  kUpstreamFailed,
  kUpstreamAnswerInvalid,
  kCheckoutOutcomeUnknown,
  kUpstreamRateLimited,
  kUpstreamTimeout,
  kNetworkFailed,
  kTimeout,
  kCoreLoadFailed,
  kStoreFailed,
  kInternal,
};

/// One row of the error table.
struct ErrorTraits {
  ErrorCode code;
  std::string_view text;
  ErrorFamily family;
  int http_status;  ///< What our server answers; 0 for codes that only a client produces.
  bool retryable;   ///< May the identical, idempotent request be sent again later?
};

/// A failure as a value.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;          ///< What happened, why, and what to do.
  std::string field = {};       ///< The offending input, as a path such as `metadata.plan`; empty where none applies.
  std::string details = {};     ///< A diagnosis beyond the message; empty where none applies.
  std::string request_id = {};  ///< Ties the answer to a log line of the server.
  std::optional<std::int64_t> retry_after_ms = {};
  int remote_status = 0;  ///< HTTP status that the remote side gave; 0 when it gave none.

  bool operator==(const Error&) const = default;
};

[[nodiscard]] const ErrorTraits& TraitsOf(ErrorCode code);
[[nodiscard]] std::span<const ErrorTraits> AllErrorTraits();
[[nodiscard]] std::string_view ToText(ErrorCode code);
[[nodiscard]] std::string_view ToText(ErrorFamily family);
[[nodiscard]] std::optional<ErrorCode> ErrorCodeFromText(std::string_view text);

/// Shorthands for the commonest errors of the caller's family.
[[nodiscard]] Error ValidationError(std::string field, std::string message);
/// Puts a prefix before the field's path: `plan` inside `metadata` becomes `metadata.plan`.
[[nodiscard]] Error WithFieldPrefix(Error error, std::string_view prefix);

}  // namespace plinto::polar
