#include "core/billing/pricing/change_preview.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/billing/pricing/periods.h"
#include "core/billing/pricing/price_terms.h"
#include "core/billing/pricing/proration.h"
#include "core/billing/pricing/quote.h"

namespace plinto::polar {
namespace {

// Polar's own most; far more would overflow.
constexpr std::int64_t kMostIntervals = 1'000;

/// What is billed: a product in the subscription's currency, and how many of it.
struct Billed {
  std::string product_id;
  std::optional<std::string> product_name = {};
  std::vector<PriceTerms> prices = {};
  std::string interval;
  std::int64_t interval_count = 1;
  Quantity quantity = {};
};

/// A subscription as the rules see it.
struct HeldSubscription {
  const Subscription& subscription;
  Billed billed;
  std::optional<DiscountTerms> discount = {};
  Timestamp discount_first_used = {};
  bool is_trialing = false;
};

struct Period {
  Timestamp start;
  Timestamp end;
};

Error Refuse(std::string message) { return {.code = ErrorCode::kConflict, .message = std::move(message)}; }

Error NotTold(std::string what) {
  return {.code = ErrorCode::kUpstreamAnswerInvalid,
          .message = "What the change costs is not known: Polar's answer has no " + std::move(what) + "."};
}

// --- What can be changed.

Status CheckSubscription(const Subscription& one) {
  if (one.ended_at || one.status == SubscriptionStatus::kCanceled) {
    return Refuse("This subscription has ended. Start a checkout to subscribe again.");
  }
  if (one.status == SubscriptionStatus::kPaused) {
    return Refuse(
        "This subscription is paused: what a change costs is not known until it is resumed. Resume it first.");
  }
  const bool is_running = one.status == SubscriptionStatus::kActive || one.status == SubscriptionStatus::kTrialing ||
                          one.status == SubscriptionStatus::kPastDue;
  if (!is_running) {
    return Refuse("This subscription is `" + one.status.text() +
                  "`, not running: Polar changes nothing about it until it is paid. The buyer can pay in the portal.");
  }
  if (one.cancel_at_period_end) {
    return Refuse(
        "This subscription is canceled at the end of its period, and Polar changes no such one. Take that back first: "
        "POST /subscriptions/" +
        one.id + "/resume.");
  }
  if (one.pause_at_period_end.value_or(false) && !one.resumes_at) {
    return Refuse(
        "This subscription pauses at the end of its period until someone resumes it, so when its next invoice is made "
        "is not known. Take that back first: POST /subscriptions/" +
        one.id + "/resume.");
  }
  return Done{};
}

Status CheckInterval(const OpenEnum<RecurringInterval>& interval, std::int64_t count) {
  if (!interval.known()) return UnknownPrice("the interval `" + interval.text() + "`");
  if (count < 1 || count > kMostIntervals) return UnknownPrice(std::to_string(count) + " intervals at once");
  return Done{};
}

// --- What Polar has told, in terms of the rules.

Result<std::vector<PriceTerms>> TermsOfAll(const std::vector<Price>& prices) {
  std::vector<PriceTerms> terms;
  for (const Price& price : prices) {
    Result<PriceTerms> read = PriceTermsOf(price);
    if (!read) return std::move(read).error();
    terms.push_back(*std::move(read));
  }
  return terms;
}

// One of an unknown kind, too, if it may be in that currency: its amount would be missing.
std::vector<Price> InCurrency(const std::vector<Price>& prices, const std::string& currency) {
  std::vector<Price> chosen;
  for (const Price& price : prices) {
    const auto* base = price.AsAny<PriceBase>();
    const std::string* text = base != nullptr ? &base->price_currency : FindString(*price.unknown(), "price_currency");
    if (text == nullptr || *text == currency) chosen.push_back(price);
  }
  return chosen;
}

bool IsArchived(const Price& price) {
  const auto* base = price.AsAny<PriceBase>();
  return base != nullptr && base->is_archived.value_or(false);
}

Result<HeldSubscription> ReadHeld(const Subscription& one) {
  if (Status checked = CheckInterval(one.recurring_interval, one.recurring_interval_count); !checked) {
    return std::move(checked).error();
  }
  if (!one.prices) return NotTold("prices of the subscription");
  Result<std::vector<PriceTerms>> prices = TermsOfAll(InCurrency(*one.prices, one.currency));
  if (!prices) return std::move(prices).error();
  HeldSubscription held = {.subscription = one,
                           .billed = {.product_id = one.product_id,
                                      .prices = *std::move(prices),
                                      .interval = one.recurring_interval.text(),
                                      .interval_count = one.recurring_interval_count,
                                      .quantity = {one.seats, one.units}}};
  if (one.product) held.billed.product_name = one.product->name;
  held.is_trialing = one.status == SubscriptionStatus::kTrialing;
  // After a trial a discount begins with the first period that is paid.
  held.discount_first_used = one.trial_end.value_or(one.started_at.value_or(one.current_period_start));
  if (held.is_trialing) held.discount_first_used = one.current_period_end;
  if (!one.discount_id && !one.discount) return held;
  if (!one.discount) return NotTold("discount of the subscription");
  Result<DiscountTerms> discount = DiscountTermsOf(*one.discount, one.currency);
  if (!discount) return std::move(discount).error();
  if (!one.discount->AsAny<DiscountBase>()->duration.known()) return NotTold("duration of the discount that is known");
  held.discount = *discount;
  return held;
}

const PriceTerms* FindKind(const Billed& billed, PriceKind kind) {
  const auto found = std::find_if(billed.prices.begin(), billed.prices.end(),
                                  [kind](const PriceTerms& price) { return price.kind == kind; });
  return found == billed.prices.end() ? nullptr : &*found;
}

// What is sold by number, and its words.
struct CountedWords {
  PriceKind kind;
  std::optional<std::int64_t> Quantity::*count;
  std::string_view noun;
};
constexpr std::array<CountedWords, 2> kCounted = {
    {{PriceKind::kSeatBased, &Quantity::seats, "seat"}, {PriceKind::kUnitBased, &Quantity::units, "unit"}}};

// From a product without seats (or units) to one with them: as few as it sells, and at once. From units to units the
// number stays, and must fit.
Status SetQuantity(const Billed& before, Proration behavior, Billed& after) {
  for (const CountedWords& words : kCounted) {
    const PriceTerms* price = FindKind(after, words.kind);
    const bool had = FindKind(before, words.kind) != nullptr;
    const std::string noun(words.noun);
    auto& count = after.quantity.*words.count;
    if (price == nullptr && had) {
      std::string message = "Polar changes no subscription by ";
      message.append(noun).append("s to a product that is not sold by ").append(noun).append("s.");
      return ValidationError("product_id", std::move(message));
    }
    if (price == nullptr) continue;
    if (had) {
      if (words.kind != PriceKind::kUnitBased || !count) continue;
      if (Status checked = CheckCount(*price, *count, "product_id"); !checked) return checked;
      continue;
    }
    if (behavior == Proration::kNextPeriod) {
      return ValidationError("proration_behavior", "A change from a product without " + noun +
                                                       "s to one with them takes "
                                                       "effect at once: `next_period` cannot be chosen for it.");
    }
    count = price->fewest;
  }
  return Done{};
}

Result<Billed> ReadNext(const HeldSubscription& held, const Product& next, Proration behavior) {
  if (next.is_archived.value_or(false)) {
    return Error{.code = ErrorCode::kProductUnknown,
                 .message = "This product is archived: nobody can change to it.",
                 .field = "product_id"};
  }
  if (!next.recurring_interval) {
    return ValidationError("product_id", "This product is sold once: a subscription cannot change to it.");
  }
  const std::int64_t count = next.recurring_interval_count.value_or(1);
  if (Status checked = CheckInterval(*next.recurring_interval, count); !checked) return std::move(checked).error();
  if (held.is_trialing && next.trial_interval) {
    Status checked = CheckInterval(*next.trial_interval, next.trial_interval_count.value_or(1));
    if (!checked) return std::move(checked).error();
  }
  if (!next.prices) return NotTold("prices of the product");
  std::vector<Price> offered = InCurrency(*next.prices, held.subscription.currency);
  std::erase_if(offered, IsArchived);
  Result<std::vector<PriceTerms>> prices = TermsOfAll(offered);
  if (!prices) return std::move(prices).error();
  if (prices->empty()) {
    return ValidationError("product_id", "This product has no price in the subscription's currency, `" +
                                             held.subscription.currency + "`.");
  }
  Billed billed = {.product_id = next.id,
                   .product_name = next.name,
                   .prices = *std::move(prices),
                   .interval = next.recurring_interval->text(),
                   .interval_count = count,
                   .quantity = held.billed.quantity};
  if (FindKind(billed, PriceKind::kCustom) != nullptr) {
    return ValidationError("product_id",
                           "Buyers name this product's price themselves: a subscription cannot change to it.");
  }
  if (Status checked = SetQuantity(held.billed, behavior, billed); !checked) return std::move(checked).error();
  return billed;
}

// --- Lines and invoices.

bool IsProratable(const PriceTerms& price) { return IsProrated(price.kind) && !IsFree(price); }

class Draft {
 public:
  Draft(const HeldSubscription& held, Proration behavior, Timestamp applies_at) : held_(held) {
    preview_.currency = held.subscription.currency;
    preview_.proration_behavior = kEnumTexts<Proration>[static_cast<std::size_t>(behavior)];
    preview_.applies_at = applies_at;
  }

  /// For each price its part of the period that is left, as a credit or a charge.
  void Prorate(const Billed& billed, const Period& period, Timestamp now, bool is_credit) {
    std::vector<std::int64_t> amounts;
    std::vector<const PriceTerms*> prices;
    for (const PriceTerms& price : billed.prices) {
      if (!IsProratable(price)) continue;
      prices.push_back(&price);
      amounts.push_back(AmountOf(price, billed.quantity));
    }
    const auto prorated = ProratePrices(amounts, held_.discount, ShareLeft(period.start, period.end, now));
    for (std::size_t i = 0; i < prices.size(); ++i) {
      AddLine(billed, *prices[i], is_credit ? -prorated[i] : prorated[i], {now, period.end});
    }
  }

  /// 0 makes no line.
  void AddLine(const Billed& billed, const PriceTerms& price, std::int64_t amount, const Period& covers) {
    if (amount == 0) return;
    PreviewLine line = {.kind = amount < 0 ? PreviewLineKind::kCredit : PreviewLineKind::kCharge,
                        .amount = amount,
                        .product_id = billed.product_id,
                        .product_name = billed.product_name,
                        .from = covers.start,
                        .to = covers.end};
    if (price.kind == PriceKind::kSeatBased) line.seats = billed.quantity.seats.value_or(price.fewest);
    preview_.lines.push_back(std::move(line));
  }

  /// A period in full, with the discount on the whole of it.
  void ChargePeriod(const Billed& billed, const Period& period, Timestamp discount_first_used) {
    const std::int64_t amount = PriceOf(billed, period.start, discount_first_used);
    const PriceTerms* seats = FindKind(billed, PriceKind::kSeatBased);
    AddLine(billed, seats == nullptr ? billed.prices.front() : *seats, amount, period);
  }

  /// The lines are due with the next invoice, not now.
  void LetLinesWait(bool wait) { lines_wait_ = wait; }

  /// The next invoice, for a period of `billed`.
  ChangePreview Finish(const Billed& billed, Timestamp next_at, Timestamp discount_first_used) && {
    const Subscription& one = held_.subscription;
    // A pause moves it to the day when the subscription goes on.
    if (one.pause_at_period_end.value_or(false) && one.resumes_at) next_at = std::max(next_at, *one.resumes_at);
    preview_.next_at = next_at;
    (lines_wait_ ? preview_.amount_next : preview_.amount_now) = SumOfLines();
    preview_.amount_next += PriceOf(billed, next_at, discount_first_used);
    return std::move(preview_);
  }
  ChangePreview Finish(const Billed& billed, Timestamp next_at) && {
    return std::move(*this).Finish(billed, next_at, held_.discount_first_used);
  }

 private:
  /// Of a period that begins then, after the discount if it lasts so long.
  [[nodiscard]] std::int64_t PriceOf(const Billed& billed, Timestamp start, Timestamp discount_first_used) const {
    std::int64_t amount = 0;
    for (const PriceTerms& price : billed.prices) amount += AmountOf(price, billed.quantity);
    if (!held_.discount) return amount;
    const auto& discount = *held_.subscription.discount->AsAny<DiscountBase>();
    const bool has_run_out =
        HasRunOut(discount.duration.text(), discount.duration_in_months, discount_first_used, start);
    return has_run_out ? amount : amount - DiscountOff(*held_.discount, amount);
  }

  [[nodiscard]] std::int64_t SumOfLines() const {
    std::int64_t sum = 0;
    for (const PreviewLine& line : preview_.lines) sum += line.amount;
    return sum;
  }

  const HeldSubscription& held_;
  ChangePreview preview_ = {};
  bool lines_wait_ = false;
};

Period PeriodFrom(const Billed& billed, Timestamp start) {
  return {start, AddInterval(start, billed.interval, billed.interval_count)};
}

// --- Changes.

// The trial's end under the product; nothing when it ends at once.
std::optional<Timestamp> TrialEndUnder(const Subscription& subscription, const Product& product, Timestamp now) {
  if (!product.trial_interval || !subscription.trial_start) return std::nullopt;
  const std::int64_t count = product.trial_interval_count.value_or(1);
  const Timestamp end = AddInterval(*subscription.trial_start, product.trial_interval->text(), count);
  return end > now ? std::optional(end) : std::nullopt;
}

ChangePreview PreviewInTrial(const HeldSubscription& held, const Billed& after, const Product& next, Proration behavior,
                             Timestamp now) {
  Draft draft(held, behavior, now);
  if (const auto trial_end = TrialEndUnder(held.subscription, next, now)) {
    return std::move(draft).Finish(after, *trial_end, *trial_end);
  }
  const Period first = PeriodFrom(after, now);
  draft.ChargePeriod(after, first, now);
  return std::move(draft).Finish(after, first.end, now);
}

ChangePreview PreviewProduct(const HeldSubscription& held, Billed after, const Product& next, Proration behavior,
                             Timestamp now) {
  const Period current = {held.subscription.current_period_start, held.subscription.current_period_end};
  if (behavior == Proration::kNextPeriod) {
    // A number of seats or units that waits, too, comes with the product.
    if (const auto& pending = held.subscription.pending_update) {
      if (pending->seats) after.quantity.seats = pending->seats;
      if (pending->units) after.quantity.units = pending->units;
    }
    return Draft(held, behavior, current.end).Finish(after, current.end);
  }
  if (held.is_trialing) return PreviewInTrial(held, after, next, behavior, now);
  const bool is_reset = behavior == Proration::kReset;
  const bool changes_interval =
      after.interval != held.billed.interval || after.interval_count != held.billed.interval_count;
  const Period period = is_reset || changes_interval ? PeriodFrom(after, now) : current;
  Draft draft(held, behavior, now);
  if (!is_reset) draft.Prorate(held.billed, current, now, true);
  draft.Prorate(after, period, now, false);
  draft.LetLinesWait(behavior == Proration::kProrate && !changes_interval);
  return std::move(draft).Finish(after, period.end);
}

std::int64_t CountOf(const HeldSubscription& held, const Billed& billed, const PriceTerms& counted) {
  std::vector<std::int64_t> fixed;
  for (const PriceTerms& price : billed.prices) {
    if (price.kind == PriceKind::kFixed) fixed.push_back(AmountOf(price));
  }
  return CountAfterDiscount(AmountOf(counted, billed.quantity), std::move(fixed), held.discount);
}

Result<ChangePreview> PreviewSeats(const HeldSubscription& held, std::int64_t seats, Proration behavior,
                                   Timestamp now) {
  const PriceTerms* price = FindKind(held.billed, PriceKind::kSeatBased);
  if (price == nullptr) return ValidationError("seats", "This subscription is not sold by seats.");
  if (Status checked = CheckCount(*price, seats, "seats"); !checked) return std::move(checked).error();
  const auto& pending = held.subscription.pending_update;
  if (pending && pending->product_id) {
    return Refuse(
        "A change to another product waits for the end of this subscription's period, and decides what its seats cost "
        "then. Change the product at once, or take the change that waits back first.");
  }
  const Period current = {held.subscription.current_period_start, held.subscription.current_period_end};
  Billed after = held.billed;
  after.quantity.seats = seats;
  const bool stays = seats == held.billed.quantity.seats.value_or(1);
  if (stays) return Draft(held, behavior, now).Finish(after, current.end);
  if (behavior == Proration::kNextPeriod) return Draft(held, behavior, current.end).Finish(after, current.end);
  const bool is_reset = behavior == Proration::kReset;
  const Period period = is_reset ? PeriodFrom(after, now) : current;
  Draft draft(held, behavior, now);
  if (held.is_trialing) return std::move(draft).Finish(after, period.end, period.end);
  const std::int64_t cost = CountOf(held, after, *price);
  const std::int64_t amount =
      is_reset ? cost
               : ProrateCount(CountOf(held, held.billed, *price), cost, ShareLeft(current.start, current.end, now));
  draft.AddLine(after, *price, amount, {now, period.end});
  draft.LetLinesWait(behavior == Proration::kProrate);
  return std::move(draft).Finish(after, period.end);
}

}  // namespace

Result<ChangePreview> PreviewChange(const Subscription& subscription, const Product* next,
                                    std::optional<std::int64_t> seats, Proration behavior, Timestamp now) {
  if ((next != nullptr) == seats.has_value()) {
    return ValidationError("product_id", "Give exactly one of a product and seats: one change at a time.");
  }
  if (Status checked = CheckSubscription(subscription); !checked) return std::move(checked).error();
  Result<HeldSubscription> held = ReadHeld(subscription);
  if (!held) return std::move(held).error();
  if (seats) return PreviewSeats(*held, *seats, behavior, now);
  Result<Billed> after = ReadNext(*held, *next, behavior);
  if (!after) return std::move(after).error();
  return PreviewProduct(*held, *std::move(after), *next, behavior, now);
}

}  // namespace plinto::polar
