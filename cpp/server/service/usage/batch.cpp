#include "server/service/usage/batch.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "core/foundation/text.h"
#include "core/gateway/usage_events.h"
#include "server/base/defects.h"
#include "server/service/answers.h"
#include "server/service/caller/context.h"
#include "server/service/shared.h"
#include "server/service/usage/batch_body.h"
#include "server/service/usage/events.h"

namespace plinto::polar::server {
namespace {

// Each organization that a user names is a question to Plinto.
constexpr std::size_t kMostSubjects = 20;
// On SQLite whoever writes waits for whoever writes before. Fewer at once change as many pages of the indexes, each
// time: a batch of a millisecond is stored whole, since to read the next one leaves the writer to others for as long.
constexpr std::size_t kStoredWhole = 100;
constexpr std::size_t kStoredAtOnce = 25;
// Where many write, most of a part's time is that of others, who need not be waited for once more.
constexpr std::int64_t kLongestPause = 2'000;

/// `line`: of NDJSON, where it stands.
UsageResult Refused(const Error& error, std::optional<std::int64_t> line) {
  UsageRefusal refusal{.code = std::string(ToText(error.code)), .message = error.message, .details = {}};
  if (!error.field.empty()) refusal.details.field = error.field;
  refusal.details.line = line;
  return {.status = "refused", .error = std::move(refusal)};
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
Task<Result<std::vector<AddedUsage>>> StoreEvents(Host& host, std::vector<UsageRow> rows, bool have_own_ids,
                                                  bool tells) {
  const std::size_t at_once = have_own_ids && rows.size() > kStoredWhole ? kStoredAtOnce : rows.size();
  std::vector<AddedUsage> fates;
  for (std::size_t stored = 0; stored < rows.size(); stored += at_once) {
    const auto first = rows.begin() + static_cast<std::ptrdiff_t>(stored);
    const auto last = first + static_cast<std::ptrdiff_t>(std::min(at_once, rows.size() - stored));
    std::vector<UsageRow> part(std::make_move_iterator(first), std::make_move_iterator(last));
    const Timestamp begun = host.clock.Now();
    Result<std::vector<AddedUsage>> added = co_await host.store.AddUsageBatch(std::move(part), tells);
    if (!added) co_return std::move(added).error();
    fates.insert(fates.end(), std::make_move_iterator(added->begin()), std::make_move_iterator(added->end()));
    const Timestamp done = host.clock.Now();
    const std::int64_t pause = std::min(done.microseconds - begun.microseconds, kLongestPause);
    if (last != rows.end()) co_await host.clock.SleepUntil(Timestamp{done.microseconds + pause});
  }
  co_return fates;
}

}  // namespace

Task<Result<HttpResponse>> PostUsageBatch(Shared& shared, Context context) {
  Host& host = shared.host;
  // One at a time of a sender, taken before it is read: however many they send, others wait for a part of one.
  const auto turn = co_await shared.batches.Take(SenderOf(context.credentials));
  if (!turn) co_return TooManyBatches();
  auto read = [&] { return ReadBatch(context.request, context.Query("sent_at")); };
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
  for (std::size_t i = 0; i < events.size(); ++i) {
    Result<ReadableEvent>& event = events[i];
    const std::optional<std::int64_t> line = batch->LineOf(i);
    if (event) {
      Status may_record = CheckMayRecord(shared.settings, context.credentials, *event);
      if (!may_record) event = std::move(may_record).error();
    }
    if (!event) {
      answer.results.push_back(Refused(event.error(), line));
      continue;
    }
    Result<Caller> subject = co_await AdmitSubject(host, subjects, event->organization_id, event->user_id);
    if (!subject) {
      if (!IsCallers(subject.error())) co_return std::move(subject).error();
      answer.results.push_back(Refused(subject.error(), line));
      continue;
    }
    Result<UsageRow> row = NewUsageRow(host.random, *subject, *event, std::move(event->text), received);
    if (!row) {
      answer.results.push_back(Refused(row.error(), line));
      continue;
    }
    have_own_ids = have_own_ids && event->external_id;
    places.push_back(answer.results.size());
    answer.results.push_back({.status = "accepted", .event_id = row->external_id});
    rows.push_back(*std::move(row));
  }
  if (!rows.empty()) {
    Result<std::vector<AddedUsage>> fates =
        co_await StoreEvents(host, std::move(rows), have_own_ids, shared.settings.tells_application);
    if (!fates && HasDefect("accept-what-was-refused")) co_return JsonAnswer(202, answer);
    if (!fates) co_return std::move(fates).error();
    for (std::size_t i = 0; i < places.size(); ++i) {
      const AddedUsage& fate = (*fates)[i];
      if (fate.refused) {
        answer.results[places[i]] = Refused(*fate.refused, batch->LineOf(places[i]));
      } else if (!fate.is_new) {
        answer.results[places[i]].status = "duplicate";
      }
    }
    shared.notify_of_usage();
  }
  co_return JsonAnswer(202, answer);
}

}  // namespace plinto::polar::server
