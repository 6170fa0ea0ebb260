#include "server/service/usage/batch_body.h"

#include <algorithm>

#include "core/billing/usage/usage_batch.h"
#include "core/foundation/text.h"
#include "server/base/gzip.h"
#include "server/service/answers.h"
#include "server/service/usage/events.h"

namespace plinto::polar::server {
namespace {

constexpr JsonLimits kExactQuantity = {.exact_key = "quantity"};

/// The body with its events unread: each is decoded for itself.
struct RawBatch {
  std::vector<Json> events;
  std::optional<Timestamp> sent_at;
  std::optional<std::string> organization_id;
};

}  // namespace
}  // namespace plinto::polar::server

template <>
inline constexpr auto plinto::polar::kDescription<plinto::polar::server::RawBatch> = plinto::polar::Describe(
    plinto::polar::Field("events", &plinto::polar::server::RawBatch::events, "",
                         plinto::polar::Constraint{.min_items = 1, .max_items = plinto::polar::kMaxPostedEvents}),
    plinto::polar::Field("sent_at", &plinto::polar::server::RawBatch::sent_at, ""),
    plinto::polar::Field("organization_id", &plinto::polar::server::RawBatch::organization_id, "",
                         plinto::polar::kUuid));

namespace plinto::polar::server {
namespace {

bool IsPacked(const HttpRequest& request) {
  const std::string* coding = request.headers.Find("content-encoding");
  const std::string_view name = coding == nullptr ? std::string_view() : TrimAscii(*coding);
  return !name.empty() && !EqualsIgnoringCase(name, "identity");
}

Result<std::string> Unpacked(const HttpRequest& request) {
  const std::string_view name = TrimAscii(*request.headers.Find("content-encoding"));
  if (EqualsIgnoringCase(name, "gzip") || EqualsIgnoringCase(name, "x-gzip")) {
    return Gunzip(request.body, kMaxBatchBytes);
  }
  return ValidationError("content-encoding", "Must be gzip, or be left out.");
}

// Of `application/json; charset=utf-8` what stands before the semicolon.
std::string_view TypeOf(const HttpRequest& request) {
  const std::string* type = request.headers.Find("content-type");
  if (type == nullptr) return {};
  return TrimAscii(std::string_view(*type).substr(0, type->find(';')));
}

Result<bool> HasLines(const HttpRequest& request) {
  const std::string_view type = TypeOf(request);
  if (EqualsIgnoringCase(type, "application/x-ndjson")) return true;
  if (type.empty() || EqualsIgnoringCase(type, "application/json")) return false;
  return Error{.code = ErrorCode::kUnsupportedMediaType,
               .message = "The content type `" + std::string(type.substr(0, 80)) +
                          "` is not taken here. Send application/json, or application/x-ndjson with an event on each "
                          "line.",
               .field = "content-type"};
}

Result<ReadableEvent> ReadEvent(const Json& json) {
  Result<BatchedUsageOptions> event = ReadJson<BatchedUsageOptions>(json);
  if (!event) return std::move(event).error();
  if (Status checked = CheckUsageEvent(*event); !checked) return std::move(checked).error();
  ReadableEvent readable;
  readable.text = PropertiesOf(*event);
  event->properties.reset();
  // Assigned: at -O2, g++ 12 takes the fields of a moved aggregate for uninitialized ones.
  static_cast<BatchedUsageOptions&>(readable) = *std::move(event);
  return readable;
}

Result<ReadableEvent> ReadLine(std::string_view line) {
  const Result<Json> json = ParseJson(line, kExactQuantity);
  if (!json) return json.error();
  return ReadEvent(*json);
}

Error NumberOfEvents() {
  return ValidationError("events", "Must have between 1 and " + std::to_string(kMaxPostedEvents) +
                                       " items, one on each line. Send several batches.");
}

Result<ReadableBatch> ReadLines(std::string_view body) {
  ReadableBatch batch;
  for (std::int64_t number = 1; !body.empty(); ++number) {
    const std::size_t end = std::min(body.find('\n'), body.size());
    const std::string_view line = TrimAscii(body.substr(0, end));
    body.remove_prefix(std::min(end + 1, body.size()));
    if (line.empty()) continue;
    if (batch.events.size() == kMaxPostedEvents) return NumberOfEvents();
    batch.events.push_back(ReadLine(line));
    batch.lines.push_back(number);
  }
  if (batch.events.empty()) return NumberOfEvents();
  return batch;
}

Result<ReadableBatch> ReadObject(std::string_view body) {
  const Result<Json> json = ParseJson(body.empty() ? "{}" : body, kExactQuantity);
  if (!json) return json.error();
  Result<RawBatch> raw = Decode<RawBatch>(*json, {.unknown = UnknownFields::kRefuse});
  if (!raw) return std::move(raw).error();
  ReadableBatch batch;
  for (const Json& one : raw->events) batch.events.push_back(ReadEvent(one));
  batch.sent_at = raw->sent_at;
  batch.organization_id = std::move(raw->organization_id);
  return batch;
}

// Sent again after a fault, it would be billed twice, unless all of the request is stored or nothing: up to a size.
void RefuseWithoutId(std::vector<Result<ReadableEvent>>& events) {
  if (events.size() <= kMaxPostedWithoutIds) return;
  for (Result<ReadableEvent>& event : events) {
    if (!event || event->external_id) continue;
    event = ValidationError("external_id",
                            "Is missing. Of more than " + std::to_string(kMaxPostedWithoutIds) +
                                " events in a request each needs an id of its own. Give it one, or send fewer.");
  }
}

Result<std::optional<Timestamp>> SentAt(const std::optional<std::string>& text, bool has_lines) {
  if (!text) return std::optional<Timestamp>();
  if (!has_lines) return ValidationError("sent_at", "Stands in the body with JSON, and in the query with NDJSON only.");
  const std::optional<Timestamp> sent_at = ParseTimestamp(*text);
  if (!sent_at) return ValidationError("sent_at", "Must be a time in RFC 3339, such as 2026-11-22T06:00:00Z.");
  return sent_at;
}

}  // namespace

Result<ReadableBatch> ReadBatch(const HttpRequest& request, std::optional<std::string> sent_at) {
  const Result<bool> has_lines = HasLines(request);
  if (!has_lines) return has_lines.error();
  const Result<std::optional<Timestamp>> sent = SentAt(sent_at, *has_lines);
  if (!sent) return sent.error();
  std::string unpacked;
  std::string_view body = request.body;
  if (IsPacked(request)) {
    Result<std::string> text = Unpacked(request);
    if (!text) return std::move(text).error();
    unpacked = *std::move(text);
    body = unpacked;
  }
  Result<ReadableBatch> batch = *has_lines ? ReadLines(body) : ReadObject(body);
  if (!batch) return batch;
  if (*has_lines) batch->sent_at = *sent;
  RefuseWithoutId(batch->events);
  return batch;
}

std::size_t WorkOf(const HttpRequest& request) { return IsPacked(request) ? kMaxBatchBytes : request.body.size(); }

}  // namespace plinto::polar::server
