#include "server/service/usage/refused_usage.h"

#include "core/foundation/json.h"
#include "core/foundation/text.h"
#include "server/base/time/backoff.h"

namespace plinto::polar::server {
namespace {

// When what Polar refuses alone is given up, and how long it waits in between.
constexpr int kRefusalsToGiveUp = 5;
constexpr std::int64_t kSecondsToGiveUp = 6 * 3'600;
constexpr std::int64_t kFirstRefusedSeconds = 60;
constexpr std::int64_t kMaxRefusedSeconds = 3'600;

std::string NameOf(const UsageRow& usage) {
  return "usage event " + std::to_string(usage.row) + " (" + usage.event_name + ")";
}

void TellGivenUp(Host& host, const UsageRow& usage, const std::string& reason) {
  const std::string number = std::to_string(usage.row);
  host.log.GaveUp(Queue::kOutbox, NameOf(usage) + " is given up: " + reason +
                                      " Once that is mended, send it again: plinto-polar usage replay " + number +
                                      ". If the event is wrong, correct it: plinto-polar usage correct " + number);
}

std::optional<UsageNews> NewsOf(const Shared& shared, const UsageRow& usage, const std::string& reason, Timestamp now) {
  if (!shared.settings.tells_application) return std::nullopt;
  const bool is_user = usage.subject.kind == Subject::Kind::kUser;
  Json data = EmptyObject();
  SetMember(data, "organization_id", is_user ? Json() : Json(usage.subject.id));
  SetMember(data, "user_id", is_user ? Json(usage.subject.id) : Json());
  SetMember(data, "event_id", usage.external_id);
  SetMember(data, "event_name", usage.event_name);
  SetMember(data, "quantity", usage.quantity.text());
  SetMember(data, "reason", reason);
  SetMember(data, "refused_at", FormatTimestamp(now));
  return UsageNews{.id = UuidFromEntropy(shared.host.random.Entropy()),
                   .subject_id = usage.subject.id,
                   .type = "usage.refused",
                   .data = DumpJson(data)};
}

}  // namespace

Task<Status> WriteRefused(Shared& shared, const UsageRow& usage, std::string reason) {
  Host& host = shared.host;
  const Timestamp now = host.clock.Now();
  const bool is_last = usage.refusals + 1 >= kRefusalsToGiveUp && usage.refused_at &&
                       now >= usage.refused_at->PlusSeconds(kSecondsToGiveUp);
  std::optional<Timestamp> retry_at;
  if (!is_last) retry_at = now.PlusSeconds(Backoff(kFirstRefusedSeconds, usage.refusals, kMaxRefusedSeconds));
  std::optional<UsageNews> news;
  if (is_last) news = NewsOf(shared, usage, reason, now);
  const Result<std::int64_t> marked =
      co_await host.store.MarkUsageRefused(usage.row, reason, retry_at, now, usage.claim, std::move(news));
  if (!marked) co_return marked.error();
  if (*marked == 0) co_return Done{};
  if (usage.refusals == 0) {
    host.log.UsageRefused(NameOf(usage) + " is refused by Polar, and tried again for six hours: " + reason +
                          " If the event is wrong, correct it: plinto-polar usage correct " +
                          std::to_string(usage.row));
  } else if (is_last) {
    TellGivenUp(host, usage, reason);
  }
  co_return Done{};
}

Task<Status> GiveUpUsage(Shared& shared, const UsageRow& usage, std::string reason, const std::string& claim) {
  Host& host = shared.host;
  const Timestamp now = host.clock.Now();
  std::optional<UsageNews> news = NewsOf(shared, usage, reason, now);
  const Result<std::int64_t> parked = co_await host.store.ParkUsage(usage.row, reason, now, claim, std::move(news));
  if (!parked) co_return parked.error();
  if (*parked > 0) TellGivenUp(host, usage, reason);
  co_return Done{};
}

}  // namespace plinto::polar::server
