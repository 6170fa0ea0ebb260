#include "server/service/import/covering_trial.h"

#include <algorithm>

#include "core/billing/access/access_explanation.h"
#include "core/foundation/text.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int64_t kMostIntervals = 1'000;

const Plan* PlanOf(std::span<const Plan> plans, std::string_view product_id) {
  const auto found = std::find_if(plans.begin(), plans.end(),
                                  [&](const Plan& one) { return EqualsIgnoringCase(one.product_id, product_id); });
  return found == plans.end() ? nullptr : &*found;
}

bool IsOfTier(std::span<const Plan> plans, std::string_view product_id, std::string_view paid_product_id) {
  if (EqualsIgnoringCase(product_id, paid_product_id)) return true;
  const Plan* const bought = PlanOf(plans, product_id);
  const Plan* const paid = PlanOf(plans, paid_product_id);
  return bought != nullptr && paid != nullptr && bought->tier == paid->tier;
}

}  // namespace

bool PaysFor(std::span<const Plan> plans, const SubjectState& known, std::string_view product_id, Timestamp now) {
  const CustomerEntitlements bought = DecideEntitlements(plans, known.state, now);
  const Plan* const plan = PlanOf(plans, product_id);
  if (plan == nullptr) return bought.access.allowed;
  AccessQuestion question;
  question.tier = plan->tier;
  return AnswerQuestion(plans, bought, question).allowed;
}

CoveringTrial TrialUntil(Timestamp until, Timestamp now) {
  const std::int64_t left = std::max<std::int64_t>(until.Seconds() - now.Seconds() + 1, 1);
  const std::int64_t days = (left + kDaySeconds - 1) / kDaySeconds;
  if (days <= kMostIntervals) return {"day", days};
  return {"week", std::min((days + 6) / 7, kMostIntervals)};
}

Task<Status> CoverImported(Host& host, std::span<const Plan> plans, Subject subject, CheckoutCreate& create) {
  const Result<std::vector<ImportRow>> rows = co_await host.store.ListImportsOf(subject);
  if (!rows) co_return rows.error();
  const Timestamp now = host.clock.Now();
  if (rows->empty()) co_return Done{};
  const Result<SubjectState> known = co_await host.store.ReadSubject(std::move(subject));
  if (!known) co_return known.error();
  std::optional<Timestamp> until;
  for (const ImportRow& row : *rows) {
    if (row.rolled_back_at || row.paid_until <= now || PaysFor(plans, *known, row.product_id, now)) continue;
    const bool covers = std::all_of(create.products.begin(), create.products.end(), [&](const std::string& product) {
      return IsOfTier(plans, product, row.product_id);
    });
    if (covers) until = std::max(until.value_or(row.paid_until), row.paid_until);
  }
  if (!until) co_return Done{};
  const CoveringTrial trial = TrialUntil(*until, now);
  create.allow_trial = true;
  create.trial_interval = trial.interval;
  create.trial_interval_count = trial.count;
  co_return Done{};
}

}  // namespace plinto::polar::server
