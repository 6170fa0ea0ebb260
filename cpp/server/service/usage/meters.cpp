#include "server/service/usage/meters.h"

#include <algorithm>

#include "core/foundation/text.h"
#include "core/polar/catalog/meters.h"
#include "server/service/polar_call.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kFreshSeconds = 300;
constexpr std::int64_t kLongestSeconds = 86'400;
constexpr std::int64_t kPauseSeconds = 5;  // after a failure, and before a name is looked for again
constexpr std::size_t kMostMeters = 1'000;

std::vector<Meter> ByName(const std::vector<Meter>& meters, const std::string& name) {
  std::vector<Meter> found;
  for (const Meter& one : meters) {
    if (EqualsIgnoringCase(one.id, name)) return {one};
    if (one.name == name) found.push_back(one);
  }
  return found;
}

std::vector<Meter> ByEvent(const std::vector<Meter>& meters, const std::string& event_name) {
  std::vector<Meter> found;
  for (const Meter& one : meters) {
    const Result<CountableMeter> countable = ReadCountableMeter(one, "event_name");
    if (countable && countable->event_name == event_name) found.push_back(one);
  }
  return found;
}

std::vector<Meter> ByNameOrEvent(const std::vector<Meter>& meters, const std::string& name) {
  std::vector<Meter> found = ByName(meters, name);
  return found.empty() ? ByEvent(meters, name) : found;
}

Error Unknown(std::string field, const std::string& name) {
  const std::string what = field == "meter" ? "the id or the name `" + name + "`, or counts an event of this name alone"
                                            : "a filter for the event `" + name + "` alone";
  return {.code = ErrorCode::kMeterUnknown,
          .message = "No meter at Polar has " + what + ". Make one, or correct the name.",
          .field = std::move(field)};
}

Error Several(const std::string& name, const std::vector<Meter>& meters) {
  std::string ids;
  for (const Meter& one : meters) ids += (ids.empty() ? "" : ", ") + one.id;
  return ValidationError("meter", "Several meters are meant by `" + name + "`. Name one by its id: " + ids + ".");
}

Result<CountableMeter> TheOne(const std::vector<Meter>& found, std::string field, const std::string& name) {
  if (found.empty()) return Unknown(std::move(field), name);
  if (found.size() > 1) return Several(name, found);
  return ReadCountableMeter(found.front(), std::move(field));
}

}  // namespace

Task<Result<CountableMeter>> MeterCatalog::FindFor(std::string event_name, std::optional<std::string> meter,
                                                   CallTerms terms) {
  if (!meter) {
    const Result<std::vector<Meter>> found = co_await FindMatching(ByEvent, event_name, std::move(terms));
    if (!found) co_return found.error();
    co_return TheOne(*found, "event_name", event_name);
  }
  const Result<std::vector<Meter>> found = co_await FindMatching(ByName, *meter, std::move(terms));
  if (!found) co_return found.error();
  Result<CountableMeter> one = TheOne(*found, "meter", *meter);
  if (one && one->event_name != event_name) {
    co_return ValidationError("meter", "This meter counts the event `" + one->event_name + "`, not `" + event_name +
                                           "`. Name the event that it counts, or another meter.");
  }
  co_return one;
}

Task<Result<CountableMeter>> MeterCatalog::Find(std::string name, CallTerms terms) {
  const Result<std::vector<Meter>> found = co_await FindMatching(ByNameOrEvent, name, std::move(terms));
  if (!found) co_return found.error();
  co_return TheOne(*found, "meter", name);
}

Task<Result<std::vector<Meter>>> MeterCatalog::FindMatching(Matching matching, std::string name, CallTerms terms) {
  const Timestamp now = host_.clock.Now();
  // A time later than now is from before the clock was set back: then nothing is fresh, and no pause is kept.
  const bool has_paused = !failed_at_ || now < *failed_at_ || failed_at_->PlusSeconds(kPauseSeconds) <= now;
  std::vector<Meter> found = matching(meters_, name);
  const std::int64_t fresh = found.empty() ? kPauseSeconds : kFreshSeconds;
  if (!IsYounger(fresh) && has_paused) {
    std::function<Task<void>()> refresh = [this, terms] { return Refresh(terms); };
    co_await flight_.Join(std::move(refresh));
    found = matching(meters_, name);
  }
  if (IsYounger(kLongestSeconds)) co_return found;
  co_return failure_;
}

bool MeterCatalog::IsYounger(std::int64_t seconds) const {
  const Timestamp now = host_.clock.Now();
  return fetched_at_ && *fetched_at_ <= now && now < fetched_at_->PlusSeconds(seconds);
}

Task<void> MeterCatalog::Refresh(CallTerms terms) {
  std::vector<Meter> meters;
  PageWalk walk(MeterQuery{.is_archived = false, .limit = kMaxPageLimit, .sorting = {"created_at"}});
  for (auto next = walk.Next(); next && meters.size() < kMostMeters; next = walk.Next()) {
    HttpRequest request = BuildListMeters(settings_.polar, *next);
    const CallOutcome outcome = co_await CallPolar(host_, std::move(request), true, terms);
    Result<Page<Meter>> page = ReadOutcome(outcome, ParseMeters);
    if (!page) {
      failure_ = std::move(page).error();
      failed_at_ = host_.clock.Now();
      co_return;
    }
    walk.Take(*page);
    for (Meter& meter : page->items) meters.push_back(std::move(meter));
  }
  meters_ = std::move(meters);
  fetched_at_ = host_.clock.Now();
  failed_at_.reset();
}

}  // namespace plinto::polar::server
