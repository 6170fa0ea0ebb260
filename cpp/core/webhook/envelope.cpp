#include "core/webhook/envelope.h"

#include <array>

#include "core/foundation/json.h"
#include "core/foundation/json_members.h"

namespace plinto::polar {
namespace {

// The text of a short string value; empty when it is another value or does not read.
std::string ReadText(std::string_view value) {
  if (value.size() < 2 || value.front() != '"') return {};
  const Result<Json> read = ParseJson(value);
  const auto* text = read ? read->get_ptr<const std::string*>() : nullptr;
  return text == nullptr ? std::string() : *text;
}

}  // namespace

Result<WebhookEnvelope> ReadWebhookEnvelope(std::string_view body) {
  constexpr std::array<std::string_view, 3> kNames = {"type", "timestamp", "data"};
  const Result<std::vector<std::string_view>> members = FindMembers(body, kNames);
  if (!members) return members.error();
  WebhookEnvelope envelope{.type = ReadText((*members)[0]), .timestamp = {}, .data = (*members)[2]};
  if (envelope.type.empty()) return ValidationError("type", "A webhook's body must have a type.");
  const auto timestamp = ParseTimestamp(ReadText((*members)[1]));
  if (!timestamp) return ValidationError("timestamp", "A webhook's body must have a timestamp with a time zone.");
  envelope.timestamp = *timestamp;
  if (!envelope.data.starts_with('{')) return ValidationError("data", "A webhook's body must have data.");
  return envelope;
}

}  // namespace plinto::polar
