// The operations of our own API as a client sees them: input -> request, answer -> result.
#pragma once

#include <string>
#include <string_view>

#include "core/foundation/codec.h"
#include "core/foundation/http.h"

namespace plinto::polar {

/// What a call needs besides its input.
struct CallContext {
  std::string base_url;     ///< such as `https://example.com/api/v1/polar`, no slash at the end
  std::int64_t now_ms = 0;  ///< Unix time in milliseconds
  double random = 0;        ///< uniform in [0, 1)
  std::string entropy;      ///< 128 random bits, 32 hexadecimal digits
  std::optional<std::int64_t> deadline_ms;
};
template <>
inline constexpr auto kDescription<CallContext> = Describe(
    Field("base_url", &CallContext::base_url, "Where our API is mounted.", kUrl),
    Field("now_ms", &CallContext::now_ms, "Unix time in milliseconds.", Range(0, kLastTimestamp.Milliseconds())),
    Field("random", &CallContext::random, "Uniform in [0, 1)."),
    Field("entropy", &CallContext::entropy, "128 random bits as hexadecimal digits.", Length(32, 32)),
    Field("deadline_ms", &CallContext::deadline_ms, "Total time allowed.", Range(1, 600'000)));

/// Whether the core offers the operation of that name (core/gateway/routes.h).
[[nodiscard]] bool IsClientOperation(std::string_view operation);

/// Errors: VALIDATION_FAILED, UNKNOWN_FIELD (field names in camelCase), NOT_FOUND for an unknown operation.
/// Each is safe to repeat: a read, or a write that carries an Idempotency-Key or its own id.
[[nodiscard]] Result<HttpRequest> BuildOperation(std::string_view operation, const Json& input,
                                                 const CallContext& context);

/// The result in camelCase. Errors: what the server said, of whatever operation; UPSTREAM_ANSWER_INVALID when the
/// answer makes no sense; NOT_FOUND for the success of an unknown operation.
[[nodiscard]] Result<Json> ParseOperationAnswer(std::string_view operation, const HttpResponse& response);

}  // namespace plinto::polar
