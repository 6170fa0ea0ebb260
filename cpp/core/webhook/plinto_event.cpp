#include "core/webhook/plinto_event.h"

#include <array>

#include "core/foundation/sha256.h"
#include "core/foundation/text.h"

namespace plinto::polar {
namespace {

bool Matches(std::string_view secret, std::string_view signature, std::string_view body) {
  const std::array<std::string_view, 1> parts = {body};
  return EqualsInConstantTime(ToHex(SignHmacSha256(secret, parts)), signature);
}

// Compact, with \uXXXX in place of everything that is not printable ASCII, as Python escapes it.
std::string DumpEscaped(const Json& json) { return json.dump(-1, ' ', true, Json::error_handler_t::replace); }

// The document as Python's json.dumps prints it by default: a space after every comma and colon outside strings.
std::string WithPythonSpaces(std::string_view compact) {
  std::string spaced;
  bool in_string = false;
  for (std::size_t i = 0; i < compact.size(); ++i) {
    const char c = compact[i];
    if (c == '"') in_string = !in_string;
    spaced += c;
    if (in_string && c == '\\' && i + 1 < compact.size()) spaced += compact[++i];
    if (!in_string && (c == ',' || c == ':')) spaced += ' ';
  }
  return spaced;
}

constexpr std::size_t kHexDigits = 64;  // of a SHA-256
// Plinto's events are of a few KiB. A stranger's larger body is hashed once and not looked at.
constexpr std::size_t kMaxReserialized = std::size_t{16} * 1024;

/// Is one of json.dumps's forms of this document what was signed? Each form is made once.
bool MatchesSomeForm(std::string_view secret, std::string_view signature, std::string_view body) {
  if (body.size() > kMaxReserialized) return false;
  const Result<Json> read = ParseJson(body);
  if (!read) return false;
  const Json& json = *read;
  const std::string compact = DumpJson(json);
  if (Matches(secret, signature, compact) || Matches(secret, signature, WithPythonSpaces(compact))) return true;
  const std::string escaped = DumpEscaped(json);
  if (escaped == compact) return false;
  return Matches(secret, signature, escaped) || Matches(secret, signature, WithPythonSpaces(escaped));
}

}  // namespace

Result<PlintoEvent> ReadPlintoEvent(std::string_view secret, std::string_view signature_header, std::string_view body) {
  const std::string signature = ToLowerAscii(TrimAscii(signature_header));
  if (signature.empty()) {
    return Error{.code = ErrorCode::kWebhookHeaderMissing,
                 .message = "The header `x-webhook-signature` is missing or empty.",
                 .field = "x-webhook-signature"};
  }
  if (signature.size() != kHexDigits || !FromHex(signature)) {
    return Error{.code = ErrorCode::kValidationFailed,
                 .message = "The header `x-webhook-signature` is not an HMAC-SHA256 in 64 hexadecimal digits.",
                 .field = "x-webhook-signature"};
  }
  if (!Matches(secret, signature, body) && !MatchesSomeForm(secret, signature, body)) {
    return Error{.code = ErrorCode::kWebhookSignatureMismatch,
                 .message = "The signature does not match. Check that PLINTO_WEBHOOK_SECRET is this endpoint's secret.",
                 .field = "x-webhook-signature"};
  }
  Result<Json> json = ParseJson(body);
  if (!json) return std::move(json).error();
  const std::string* id = FindString(*json, "id");
  const std::string* type = FindString(*json, "type");
  Json* data = FindMember(*json, "data");
  if (id == nullptr || id->empty() || id->size() > 128 || id->find('\0') != std::string::npos) {
    return ValidationError("id", "The event must have an id of at most 128 bytes, without NUL.");
  }
  if (type == nullptr) return ValidationError("type", "The event must have a type.");
  if (data == nullptr || !data->is_object()) return ValidationError("data", "The event must have data.");
  const std::string* created_at = FindString(*json, "created_at");
  PlintoEvent event{*id, *type, created_at == nullptr ? std::nullopt : ParseTimestamp(*created_at), std::move(*data)};
  return event;
}

}  // namespace plinto::polar
