#include "server/service/deliveries/outcome.h"

#include "server/base/defects.h"
#include "server/base/time/backoff.h"
#include "server/service/storable.h"

namespace plinto::polar::server {
namespace {

constexpr int kMaxAttempts = 100;  // about a day
constexpr std::int64_t kMaxBackoffSeconds = 900;
constexpr std::int64_t kMaxErasureSeconds = 300;

std::string Reason(const Error& error) {
  std::string reason(ToText(error.code));
  if (!error.field.empty()) reason += " " + error.field;
  return reason + ": " + error.message + (error.details.empty() ? "" : " (" + error.details + ")");
}

std::string NameOf(WebhookSource source) {
  if (source == WebhookSource::kPolar) return "Polar";
  return source == WebhookSource::kPlinto ? "Plinto" : "Conekta";
}

// An erasure is never parked: Polar is told when it is back, however long that takes.
bool IsEndOfSubject(const WebhookRow& webhook) {
  return webhook.source == WebhookSource::kPlinto &&
         (webhook.event_type == "user.deleted" || webhook.event_type == "organization.deleted");
}

}  // namespace

// One delivery that the database refuses would hold up all that are finished with it.
Status CheckStorable(const Json& data) {
  const auto field = FindNul(data);
  if (!field) return Done{};
  return ValidationError("data." + *field, "A text has a NUL (U+0000) in it, which cannot be stored.");
}

void Fail(WebhookOutcome& outcome, const WebhookRow& webhook, const Error& error, Timestamp now) {
  if (HasDefect("failure-finished")) return;
  outcome.error = Reason(error);
  // What cannot be read here stays so. What Polar refuses, and what is in the way at Polar, may pass: one bad answer
  // gives nothing up, and the next event may clear a conflict.
  const bool is_polars = error.remote_status != 0 || error.code == ErrorCode::kConflict;
  const bool may_pass = is_polars || TraitsOf(error.code).family != ErrorFamily::kCaller;
  const bool is_end = IsEndOfSubject(webhook);
  if (!may_pass || (webhook.attempts + 1 >= kMaxAttempts && !is_end)) return;
  outcome.retry_at = now.PlusSeconds(Backoff(1, webhook.attempts, is_end ? kMaxErasureSeconds : kMaxBackoffSeconds));
}

void TellIfGivenUp(Host& host, const WebhookRow& webhook, const WebhookOutcome& outcome) {
  if (outcome.error.empty() || outcome.retry_at) return;
  host.log.GaveUp(Queue::kInbox, "delivery " + webhook.event_id + " (" + webhook.event_type + " of " +
                                     NameOf(webhook.source) + ") is given up: " + outcome.error +
                                     " Once that is mended, take it up again: plinto-polar replay " + webhook.event_id);
}

}  // namespace plinto::polar::server
