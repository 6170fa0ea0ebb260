#include "emulator/pages/price_text.h"

#include <optional>
#include <vector>

#include "core/billing/pricing/money.h"
#include "emulator/catalog/currencies.h"
#include "emulator/catalog/prices.h"
#include "emulator/pages/page_api.h"
#include "emulator/pages/pages.h"

namespace plinto::polar::emulator {
namespace {

// `12345` as `12,345`.
std::string CountText(std::int64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

// A rate in minor units, which may be a fraction of one: `$0.005`, `$29.00`.
std::string RateText(const std::string& rate, std::string_view currency) {
  auto amount = ParseDecimal(rate);
  if (!amount) return rate;
  if (amount->scale == 0) return MoneyText(amount->mantissa, currency);
  if (!IsZeroDecimal(currency)) amount->scale += 2;
  const std::string zero = MoneyText(0, currency);
  return zero.substr(0, zero.find('0')) + FormatDecimal(*amount);
}

struct Row {
  std::int64_t from = 1;
  std::optional<std::int64_t> to = {};
  std::string rate = {};
  bool is_free = false;
};

std::optional<std::int64_t> CountIn(const Json& json, std::string_view path) {
  const Json* member = Look(json, path);
  return member == nullptr || !member->is_number() ? std::nullopt : std::optional(LookInteger(json, path));
}

std::vector<Row> RowsOf(const Json& price) {
  const std::string currency = LookText(price, "price_currency");
  std::vector<Row> rows;
  for (const Json& tier : LookList(price, "seat_tiers.tiers")) {
    const std::int64_t rate = LookInteger(tier, "price_per_seat");
    rows.push_back({LookInteger(tier, "min_seats"), CountIn(tier, "max_seats"), MoneyText(rate, currency), rate == 0});
  }
  std::int64_t from = 1;
  for (const Json& tier : LookList(price, "tiers.tiers")) {
    const auto bound = CountIn(tier, "bound");
    const std::string rate = LookText(tier, "unit_amount");
    rows.push_back(
        {from, bound, RateText(rate, currency), ParseDecimal(rate).value_or(ScaledDecimal{1}).mantissa == 0});
    from = bound.value_or(from) + 1;
  }
  return rows;
}

bool IsGraduated(const Json& price) {
  return LookText(price, "seat_tiers.seat_tier_type") == "graduated" || LookText(price, "tiers.type") == "graduated";
}

// What one is called, and what several are.
std::string NounIn(const Json& price, std::int64_t count) {
  const std::string kind = LookText(price, "amount_type");
  if (kind == "seat_based") return count == 1 ? "seat" : "seats";
  const Json* label = Look(price, "unit_label");
  return UnitNoun(label == nullptr ? Json(nullptr) : *label, count);
}

std::string RangeText(const Row& row, const Json& price) {
  const std::string from = CountText(row.from);
  if (!row.to) return from + " " + NounIn(price, 2) + " and more";
  if (*row.to == row.from) return from + " " + NounIn(price, row.from);
  return from + " to " + CountText(*row.to) + " " + NounIn(price, *row.to);
}

std::string OfMeter(const Json& price) {
  const std::string meter = LookText(price, "meter.name");
  return meter.empty() ? "" : " of " + meter;
}

}  // namespace

std::string IntervalText(std::string_view interval, std::int64_t count) {
  if (interval.empty()) return {};
  if (count <= 1) return "per " + std::string(interval);
  return "every " + std::to_string(count) + " " + std::string(interval) + "s";
}

std::string PriceText(const Json& price) {
  const std::string kind = LookText(price, "amount_type");
  const std::string currency = LookText(price, "price_currency");
  if (kind == "custom") return "Pay what you want";
  if (kind == "metered_unit") return RateText(LookText(price, "unit_amount"), currency) + " per unit" + OfMeter(price);
  if (kind == "fixed") {
    const std::int64_t amount = LookInteger(price, "price_amount");
    return amount == 0 ? "Free" : MoneyText(amount, currency);
  }
  const std::vector<Row> rows = RowsOf(price);
  if (rows.empty()) return "Billed by usage";
  const bool metered = kind == "metered_tiers";
  const Row& first = rows.front();
  if (metered && first.is_free && first.to && rows.size() > 1) {
    return "First " + CountText(*first.to) + " units" + OfMeter(price) + " free";
  }
  return (rows.size() > 1 ? "From " : "") + first.rate + " per " + NounIn(price, 1) + (metered ? OfMeter(price) : "");
}

std::string PriceOverTime(const Json& price, const std::string& interval) {
  const std::string kind = LookText(price, "amount_type");
  const bool free = kind == "fixed" && LookInteger(price, "price_amount") == 0;
  const bool metered = kind == "metered_unit" || kind == "metered_tiers";
  return PriceText(price) + (interval.empty() || free || metered ? "" : " " + interval);
}

std::string TierList(const Json& price) {
  const std::vector<Row> rows = RowsOf(price);
  if (rows.size() < 2) return {};
  std::string html = "<dl class=\"tiers\" data-tiers>\n";
  for (const Row& row : rows) {
    html += "<div><dt>" + Escape(RangeText(row, price)) + "</dt><dd>" +
            (row.is_free ? "free" : Escape(row.rate) + " each") + "</dd></div>\n";
  }
  return html + "</dl>\n<p class=\"hint\">" +
         (IsGraduated(price) ? "Each range has its own price." : "The range that you reach sets the price for all.") +
         "</p>\n";
}

CountBounds BoundsOf(const Json& price) {
  const bool seats = LookText(price, "amount_type") == "seat_based";
  const std::int64_t fewest = LookInteger(price, seats ? "seat_tiers.minimum_seats" : "minimum_units");
  return {fewest > 0 ? fewest : 1, LookInteger(price, seats ? "seat_tiers.maximum_seats" : "maximum_units")};
}

std::string CountField(const Json& price) {
  const std::string kind = LookText(price, "amount_type");
  return kind == "seat_based" ? "seats" : kind == "unit_based" ? "units" : "";
}

std::string CountNoun(const Json& price) {
  const std::string kind = LookText(price, "amount_type");
  return kind == "seat_based" || kind == "unit_based" ? NounIn(price, 2) : "";
}

std::string CountTitle(const Json& price) {
  std::string title = CountNoun(price);
  if (!title.empty() && title.front() >= 'a' && title.front() <= 'z') {
    title.front() = static_cast<char>(title.front() - 'a' + 'A');
  }
  return title;
}

}  // namespace plinto::polar::emulator
