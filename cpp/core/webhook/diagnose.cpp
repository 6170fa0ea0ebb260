#include "core/webhook/diagnose.h"

#include <vector>

#include "core/foundation/json.h"
#include "core/webhook/scheme.h"

namespace plinto::polar {
namespace {

// A body parsed and printed again by JavaScript or Python differs from Polar's compact output in spaces, in escapes and
// in whole numbers that lost their `.0`. Each candidate undoes one kind of damage. Whoever forges a delivery has the
// diagnosis made for them, so it costs little: few bytes are parsed, and few are hashed in all.
constexpr std::size_t kMaxDiagnosedBody = std::size_t{32} * 1024;
constexpr std::size_t kMaxHashedBytes = std::size_t{256} * 1024;
constexpr std::size_t kMaxRestoredNumbers = 6;

// Polar sends decimals in these fields only (CustomerState.active_meters), so they are the likeliest to have lost `.0`.
bool IsDecimalField(std::string_view text_before_number) {
  return text_before_number.ends_with("\"consumed_units\":") || text_before_number.ends_with("\"balance\":");
}

// The positions just behind whole numbers, where `.0` may have stood.
std::vector<std::size_t> EndsOfWholeNumbers(std::string_view text, bool decimal_fields_only) {
  std::vector<std::size_t> ends;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') in_string = !in_string;
    if (in_string && c == '\\') ++i;
    if (in_string || c < '0' || c > '9') continue;
    std::size_t end = i;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    const char after = end < text.size() ? text[end] : ',';
    const char before = i > 0 ? text[i - 1] : ':';
    const bool whole = after == ',' || after == '}' || after == ']';
    const std::size_t start = before == '-' ? i - 1 : i;
    const bool wanted = !decimal_fields_only || IsDecimalField(text.substr(0, start));
    if (wanted && whole && before != '.') ends.push_back(end);
    while (end < text.size() && std::string_view("0123456789.eE+-").find(text[end]) != std::string_view::npos) ++end;
    i = end - 1;
  }
  return ends;
}

// `.0` put back behind the chosen numbers; the bits beyond the 32nd are taken as set.
std::string WithDecimals(std::string_view text, const std::vector<std::size_t>& ends, unsigned chosen) {
  std::string restored;
  std::size_t from = 0;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    if (i < 32 && (chosen >> i & 1U) == 0) continue;
    restored += text.substr(from, ends[i] - from);
    restored += ".0";
    from = ends[i];
  }
  restored += text.substr(from);
  return restored;
}

std::string WithoutPythonSpaces(std::string_view text) {
  std::string compact;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') in_string = !in_string;
    if (!in_string && (c == ' ' || c == '\n' || c == '\r' || c == '\t')) continue;
    compact += c;
    if (in_string && c == '\\' && i + 1 < text.size()) compact += text[++i];
  }
  return compact;
}

}  // namespace

std::string DiagnoseSignature(std::span<const WebhookSecret> secrets, const FailedSignature& failed) {
  using webhook_scheme::Matches;
  if (failed.signatures.find(webhook_scheme::kVersionPrefix) == std::string_view::npos) {
    return "the signature header has no `v1,` signature, so this was not sent by Polar";
  }
  if (failed.body.empty()) return "the body is empty: something read it before it was verified";
  if (failed.body.size() > kMaxDiagnosedBody) return "the secret is of another endpoint, or the body was changed";
  const Result<Json> json = ParseJson(failed.body);
  if (!json) {
    return "the body is not complete JSON: it was truncated or changed on the way";
  }
  std::size_t left = kMaxHashedBytes;
  const auto matches = [&](std::string_view body) {
    std::size_t cost = 0;
    for (const WebhookSecret& secret : secrets) cost += secret.keys().size() * body.size();
    if (cost > left) return false;
    left -= cost;
    return Matches(secrets, failed.id, failed.timestamp, failed.signatures, body);
  };
  const std::string compact = WithoutPythonSpaces(failed.body);
  if (matches(compact)) {
    return "the body was re-serialized: its white space differs from what Polar signed; verify the raw bytes";
  }
  if (const std::string unescaped = DumpJson(*json); matches(unescaped)) {
    return "the body was re-serialized: its escapes differ from what Polar signed; verify the raw bytes";
  }
  constexpr std::string_view kLostDecimals =
      "the body was re-serialized: a number such as 10.0 became 10; verify the raw bytes";
  const std::vector<std::size_t> likely = EndsOfWholeNumbers(compact, true);
  if (!likely.empty() && matches(WithDecimals(compact, likely, ~0U))) return std::string(kLostDecimals);
  // Elsewhere it is not known which numbers were decimals: try every choice where there are few numbers.
  const std::vector<std::size_t> ends = EndsOfWholeNumbers(compact, false);
  if (ends.size() <= kMaxRestoredNumbers) {
    for (unsigned chosen = 1; chosen < 1U << ends.size(); ++chosen) {
      if (matches(WithDecimals(compact, ends, chosen))) return std::string(kLostDecimals);
    }
  }
  return "the secret is of another endpoint, or the body was changed";
}

}  // namespace plinto::polar
