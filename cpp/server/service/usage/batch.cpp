#include "server/service/usage/batch.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "core/billing/usage_batch.h"
#include "core/foundation/text.h"
#include "core/gateway/usage_events.h"
#include "server/base/defects.h"
#include "server/base/gzip.h"
#include "server/service/answers.h"
#include "server/service/caller/context.h"
#include "server/service/shared.h"
#include "server/service/usage/events.h"

namespace plinto::polar::server {
namespace {

// Each organization that a user names is a question to Plinto.
constexpr std::size_t kMostSubjects = 20;
// A millisecond on SQLite, where whoever writes waits for whoever writes before.
constexpr std::size_t kStoredAtOnce = 25;

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
                         plinto::polar::Constraint{.min_items = 1, .max_items = plinto::polar::kMaxBatchEvents}),
    plinto::polar::Field("sent_at", &plinto::polar::server::RawBatch::sent_at, ""),
    plinto::polar::Field("organization_id", &plinto::polar::server::RawBatch::organization_id, "",
                         plinto::polar::kUuid));

namespace plinto::polar::server {
namespace {

Result<std::string> Unpacked(const HttpRequest& request) {
  const std::string* coding = request.headers.Find("content-encoding");
  const std::string_view name = coding == nullptr ? std::string_view() : TrimAscii(*coding);
  if (name.empty() || EqualsIgnoringCase(name, "identity")) return request.body;
  if (EqualsIgnoringCase(name, "gzip") || EqualsIgnoringCase(name, "x-gzip"))
    return Gunzip(request.body, kMaxBatchBytes);
  return ValidationError("content-encoding", "Must be gzip, or be left out.");
}

UsageResult Refused(const Error& error) {
  return {.status = "refused",
          .error = UsageRefusal{
              .code = std::string(ToText(error.code)),
              .message = error.message,
              .details = {.field = error.field.empty() ? std::optional<std::string>() : std::optional(error.field)}}};
}

/// An event whose properties are text again: neither to print nor to free them is work for the loop.
struct ReadableEvent : BatchedUsageOptions {
  std::string text;
};

struct ReadableBatch {
  std::vector<Result<ReadableEvent>> events;
  std::optional<Timestamp> sent_at;
  std::optional<std::string> organization_id;
};

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

Result<ReadableBatch> ReadBatch(const HttpRequest& request) {
  Result<std::string> body = Unpacked(request);
  if (!body) return std::move(body).error();
  const Result<Json> json = ParseJson(body->empty() ? "{}" : *body, {.exact_key = "quantity"});
  if (!json) return json.error();
  Result<RawBatch> raw = Decode<RawBatch>(*json, {.unknown = UnknownFields::kRefuse});
  if (!raw) return std::move(raw).error();
  ReadableBatch batch;
  for (const Json& one : raw->events) batch.events.push_back(ReadEvent(one));
  batch.sent_at = raw->sent_at;
  batch.organization_id = std::move(raw->organization_id);
  return batch;
}

/// What there is to do for a body: packed, it may be a hundred times as much as it looks.
std::size_t WorkOf(const HttpRequest& request) {
  return request.headers.Find("content-encoding") == nullptr ? request.body.size() : kMaxBatchBytes;
}

// The fault of whoever made the event, not ours: it is refused, the others are not.
bool IsCallers(const Error& error) { return TraitsOf(error.code).family == ErrorFamily::kCaller; }

// Are there events that can be read, and does none of them say whom it is for?
bool NameNobody(const std::vector<Result<ReadableEvent>>& events) {
  const auto is_read = [](const Result<ReadableEvent>& event) { return event.ok(); };
  const auto is_named = [](const Result<ReadableEvent>& event) {
    return event.ok() && (event->organization_id || event->user_id);
  };
  return std::any_of(events.begin(), events.end(), is_read) && std::none_of(events.begin(), events.end(), is_named);
}

bool IsInvalid(const Error& error) { return error.code == ErrorCode::kValidationFailed; }

/// Whom the events of one request are for: each subject is admitted once.
struct BatchSubjects {
  const Context& context;
  Result<Caller> fallback;  ///< whom the request itself is for
  std::map<std::pair<std::string, std::string>, Result<Caller>> known = {};
};

Task<Result<Caller>> AdmitSubject(Host& host, BatchSubjects& subjects, std::optional<std::string> organization_id,
                                  std::optional<std::string> user_id) {
  if (!organization_id && !user_id) co_return subjects.fallback;
  const std::pair<std::string, std::string> key(ToLowerAscii(organization_id.value_or("")),
                                                ToLowerAscii(user_id.value_or("")));
  const auto found = subjects.known.find(key);
  if (found != subjects.known.end()) co_return found->second;
  if (!subjects.context.credentials.key && subjects.known.size() >= kMostSubjects) {
    co_return ValidationError("organization_id",
                              "A user's batch may name at most 20 organizations. Send several batches.");
  }
  SubjectNames names{std::move(organization_id), std::move(user_id)};
  Credentials credentials = subjects.context.credentials;
  Result<Caller> caller = co_await Admit(host, std::move(credentials), std::move(names), subjects.context.action);
  subjects.known.emplace(key, caller);
  co_return caller;
}

Error TooManyBatches() {
  return {.code = ErrorCode::kRateLimited,
          .message = "Many batches of yours are waiting to be stored. Send the next when they are answered.",
          .retry_after_ms = 1'000};
}

std::string SenderOf(const Credentials& credentials) {
  if (credentials.key) return "key:" + credentials.key->id;
  return credentials.token ? credentials.token->user_id : std::string();
}

/// What became of each of the rows. In parts, so that nobody else waits for all of it, and after each the writer is
/// left to others for as long. Where an event has no id of its own all are stored or none: sent again after a fault,
/// those of the first parts would be billed twice.
Task<Result<std::vector<UsageFate>>> StoreEvents(Host& host, std::vector<UsageRow> rows, bool have_own_ids,
                                                 bool tells) {
  const std::size_t at_once = have_own_ids ? kStoredAtOnce : rows.size();
  std::vector<UsageFate> fates;
  for (std::size_t stored = 0; stored < rows.size(); stored += at_once) {
    const auto first = rows.begin() + static_cast<std::ptrdiff_t>(stored);
    const auto last = first + static_cast<std::ptrdiff_t>(std::min(at_once, rows.size() - stored));
    std::vector<UsageRow> part(std::make_move_iterator(first), std::make_move_iterator(last));
    const Timestamp begun = host.clock.Now();
    Result<std::vector<UsageFate>> added = co_await host.store.AddUsageBatch(std::move(part), tells);
    if (!added) co_return std::move(added).error();
    fates.insert(fates.end(), std::make_move_iterator(added->begin()), std::make_move_iterator(added->end()));
    const Timestamp done = host.clock.Now();
    if (last != rows.end()) co_await host.clock.SleepUntil(Timestamp{2 * done.microseconds - begun.microseconds});
  }
  co_return fates;
}

}  // namespace

Task<Result<HttpResponse>> PostUsageBatch(Shared& shared, Context context) {
  Host& host = shared.host;
  // One at a time of a sender, taken before it is read: however many they send, others wait for a part of one.
  const auto turn = co_await shared.batches.Take(SenderOf(context.credentials));
  if (!turn) co_return TooManyBatches();
  auto read = [&] { return ReadBatch(context.request); };
  Result<ReadableBatch> batch = co_await RunBeside(host.workers, WorkOf(context.request), read);
  if (!batch) co_return std::move(batch).error();
  std::vector<Result<ReadableEvent>>& events = batch->events;
  const bool is_named = batch->organization_id || context.Query("organization_id") || context.Query("user_id");
  Result<Caller> caller = co_await Admit(host, context, batch->organization_id);
  // A key may leave it to each event to say whom it is for. One that does not is refused, and the request if none does.
  const bool is_left_to_events = context.credentials.key && !is_named && !NameNobody(events);
  if (!caller && !(is_left_to_events && IsInvalid(caller.error()))) co_return std::move(caller).error();
  BatchSubjects subjects{context, std::move(caller)};

  const Received received{host.clock.Now(), batch->sent_at};
  UsageBatchReceipt answer;
  std::vector<UsageRow> rows;
  std::vector<std::size_t> places;  // of the rows, in the answer
  bool have_own_ids = true;
  for (Result<ReadableEvent>& event : events) {
    if (event) {
      Status may_record = CheckMayRecord(shared.settings, context.credentials, *event);
      if (!may_record) event = std::move(may_record).error();
    }
    if (!event) {
      answer.results.push_back(Refused(event.error()));
      continue;
    }
    Result<Caller> subject = co_await AdmitSubject(host, subjects, event->organization_id, event->user_id);
    if (!subject) {
      if (!IsCallers(subject.error())) co_return std::move(subject).error();
      answer.results.push_back(Refused(subject.error()));
      continue;
    }
    Result<UsageRow> row = NewUsageRow(host.random, *subject, *event, std::move(event->text), received);
    if (!row) {
      answer.results.push_back(Refused(row.error()));
      continue;
    }
    have_own_ids = have_own_ids && event->external_id;
    places.push_back(answer.results.size());
    answer.results.push_back({.status = "accepted", .event_id = row->external_id});
    rows.push_back(*std::move(row));
  }
  if (!rows.empty()) {
    Result<std::vector<UsageFate>> fates =
        co_await StoreEvents(host, std::move(rows), have_own_ids, shared.settings.tells_application);
    if (!fates && HasDefect("accept-what-was-refused")) co_return JsonAnswer(202, answer);
    if (!fates) co_return std::move(fates).error();
    for (std::size_t i = 0; i < places.size(); ++i) {
      const UsageFate& fate = (*fates)[i];
      if (fate.refused) {
        answer.results[places[i]] = Refused(*fate.refused);
      } else if (!fate.is_new) {
        answer.results[places[i]].status = "duplicate";
      }
    }
    shared.notify_of_usage();
  }
  co_return JsonAnswer(202, answer);
}

}  // namespace plinto::polar::server
