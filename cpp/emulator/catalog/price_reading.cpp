#include "emulator/catalog/price_reading.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/foundation/text.h"
#include "core/foundation/wide_decimal.h"
#include "emulator/api/body_fields.h"
#include "emulator/catalog/currencies.h"
#include "emulator/catalog/tiers.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::string_view kTags = "'fixed', 'custom', 'seat_based', 'unit_based', 'metered_unit', 'metered_tiers'";
constexpr std::size_t kMaxUnitLabel = 32;
constexpr std::int64_t kMaxAmount = 999'999'999'999;
constexpr int kWholeDigits = 5;
constexpr int kFractionDigits = 12;

// An amount is 0, or within what the currency's payments allow.
std::optional<std::int64_t> ReadAmount(BodyReader& reader, Issues& issues, std::string_view name,
                                       std::string_view currency) {
  const auto amount = reader.Integer(name, 0, kMaxAmount);
  if (!amount || *amount <= 0 || !IsPresentmentCurrency(currency)) return amount;
  if (const std::int64_t minimum = MinimumCharge(currency); *amount < minimum) {
    issues.Add("minimum_price", reader.LocOf(name),
               "Amount must be at least " + FormatCurrency(minimum, currency) + " or 0 for free pricing", *amount);
  } else if (const std::int64_t maximum = MaximumCharge(currency); *amount > maximum) {
    issues.Add("maximum_price", reader.LocOf(name), "Amount must be at most " + FormatCurrency(maximum, currency),
               *amount);
  }
  return amount;
}

void ReadSeatTiers(const Json& member, const Json& loc, Price& price, Issues& issues) {
  if (!member.is_object()) {
    return issues.AddType(ValueKind::kModel, loc, member);
  }
  BodyReader reader(member, loc, issues);
  const auto type = ReadSetChoice(reader, issues, "seat_tier_type", kEnumTexts<TierType>);
  price.seat_tier_type = type == "graduated" ? TierType::kGraduated : TierType::kVolume;
  const Json* tiers = reader.Require("tiers", ValueKind::kList) ? FindMember(member, "tiers") : nullptr;
  const auto* list = tiers == nullptr ? nullptr : tiers->get_ptr<const Json::array_t*>();
  if (tiers != nullptr && list == nullptr) issues.AddType(ValueKind::kList, reader.LocOf("tiers"), *tiers);
  if (list == nullptr) return;
  if (list->empty()) {
    return issues.Add("too_short", reader.LocOf("tiers"), "List should have at least 1 item after validation, not 0",
                      *tiers, Json::object({{"field_type", "List"}, {"min_length", 1}, {"actual_length", 0}}));
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    BodyReader tier((*list)[i], LocIn(reader.LocOf("tiers"), i), issues);
    tier.Require("min_seats", ValueKind::kInteger);
    tier.Require("price_per_seat", ValueKind::kInteger);
    price.seat_tiers.push_back({.min_seats = tier.Integer("min_seats", 1, kMaxInt32).value_or(1),
                                .max_seats = tier.Integer("max_seats", 1, kMaxInt32),
                                .price_per_seat = tier.Integer("price_per_seat", 0, kMaxAmount).value_or(0)});
  }
  std::stable_sort(price.seat_tiers.begin(), price.seat_tiers.end(),
                   [](const SeatTier& left, const SeatTier& right) { return left.min_seats < right.min_seats; });
  const auto refuse = [&](const std::string& why) {
    issues.Add("value_error", reader.LocOf("tiers"), "Value error, " + why, *tiers,
               Json::object({{"error", Json::object()}}));
  };
  for (std::size_t i = 0; i + 1 < price.seat_tiers.size(); ++i) {
    const SeatTier& tier = price.seat_tiers[i];
    const SeatTier& next = price.seat_tiers[i + 1];
    if (!tier.max_seats) return refuse("Only the last tier can have unlimited max_seats (None)");
    if (next.min_seats != *tier.max_seats + 1) {
      return refuse("Gap or overlap between tiers: tier ending at " + std::to_string(*tier.max_seats) +
                    " and tier starting at " + std::to_string(next.min_seats));
    }
  }
  const auto maximum = MostOf(price);
  if (maximum && *maximum < FewestOf(price)) {
    refuse("minimum_seats must not exceed the last tier's max_seats, got " + std::to_string(FewestOf(price)) + " > " +
           std::to_string(*maximum));
  }
}

void ReadUnitAmount(BodyReader& reader, Price& price, Issues& issues) {
  if (!reader.Require("unit_amount", ValueKind::kDecimal)) return;
  const auto amount = ReadDecimal(reader, "unit_amount");
  if (amount && amount->mantissa <= 0) {
    issues.Add("greater_than", reader.LocOf("unit_amount"), "Input should be greater than 0",
               *FindMember(reader.object(), "unit_amount"), Json::object({{"gt", 0}}));
  } else if (amount) {
    price.unit_amount = FormatDecimal(*amount);
  }
}

// The seller's nouns for the units, by language; each has at least `other`.
Json ReadUnitLabel(BodyReader& reader, Issues& issues) {
  if (!reader.Has("unit_label")) return nullptr;
  const Json& member = *FindMember(reader.object(), "unit_label");
  const Json loc = reader.LocOf("unit_label");
  const auto* languages = member.get_ptr<const Json::object_t*>();
  if (languages == nullptr) {
    issues.AddType(ValueKind::kDictionary, loc, member);
    return nullptr;
  }
  if (languages->empty()) {
    issues.Add("too_short", loc, "Dictionary should have at least 1 item after validation, not 0", member,
               Json::object({{"field_type", "Dictionary"}, {"min_length", 1}, {"actual_length", 0}}));
  }
  Json label = Json::object();
  for (const auto& [language, given] : *languages) {
    BodyReader forms(given, LocIn(loc, language), issues);
    const auto* names = given.get_ptr<const Json::object_t*>();
    if (names == nullptr) {
      issues.AddType(ValueKind::kDictionary, forms.loc(), given);
      continue;
    }
    Json cleaned = Json::object();
    for (const auto& [form, value] : *names) {
      const std::string text = forms.Text(form).value_or("");
      const std::string noun(TrimAscii(text));
      if (noun.empty()) continue;
      if (CountCodePoints(noun) > kMaxUnitLabel) {
        issues.Add("unit_label_form_too_long", loc,
                   "Unit label forms must be at most " + std::to_string(kMaxUnitLabel) + " characters", member,
                   Json::object({{"max_length", kMaxUnitLabel}}));
      }
      SetMember(cleaned, form, noun);
    }
    if (FindMember(cleaned, "other") == nullptr) {
      issues.Add("missing_other_plural", loc, "Each locale must include a non-empty 'other' form", member);
    }
    SetMember(label, language, std::move(cleaned));
  }
  return label;
}

void ReadUnits(BodyReader& reader, Price& price, Issues& issues) {
  price.kind = PriceKind::kUnitBased;
  price.tiers = ReadTiers(reader, true, issues);
  price.minimum_units = reader.Integer("minimum_units", 1, kMaxInt32);
  price.unit_label = ReadUnitLabel(reader, issues);
  const auto most = LastBound(price.tiers);
  if (!price.minimum_units || !most || *price.minimum_units <= *most) return;
  Json loc = reader.loc();
  issues.Add("value_error", std::move(loc),
             "Value error, minimum_units must not exceed the last tier's bound, got " +
                 std::to_string(*price.minimum_units) + " > " + std::to_string(*most),
             reader.object(), Json::object({{"error", Json::object()}}));
}

void ReadMetered(const World& world, BodyReader& reader, bool tiered, const Json& rule_loc, Price& price,
                 Issues& issues) {
  price.kind = tiered ? PriceKind::kMeteredTiers : PriceKind::kMeteredUnit;
  reader.Require("meter_id", ValueKind::kUuid);
  price.meter_id = reader.Uuid("meter_id").value_or("");
  if (tiered) {
    price.tiers = ReadTiers(reader, false, issues);
  } else {
    ReadUnitAmount(reader, price, issues);
  }
  price.cap_amount = reader.Integer("cap_amount", 0, kMaxInt32);
  if (issues.empty() && world.meters.Find(price.meter_id) == nullptr) {
    issues.Refuse(LocIn(rule_loc, "meter_id"), "Meter does not exist.", price.meter_id);
  }
}

std::optional<Price> ReadPrice(const World& world, const Json& item, const Json& loc, const Json& rule_loc,
                               Issues& issues) {
  const std::string* given = FindString(item, "amount_type");
  if (given == nullptr) {
    issues.Add("union_tag_not_found", loc, "Unable to extract tag using discriminator 'amount_type'", item,
               Json::object({{"discriminator", "'amount_type'"}}));
    return std::nullopt;
  }
  // `free` is gone from the document, and still taken for a fixed price of 0.
  const std::string tag = *given == "free" ? "fixed" : *given;
  BodyReader reader(item, LocIn(loc, tag), issues);
  Price price;
  reader.RefuseNull("price_currency", ValueKind::kText);
  price.currency = ReadCurrency(reader, issues, "price_currency").value_or("usd");
  price.tax_behavior = ReadChoice(reader, issues, "tax_behavior", {"location", "inclusive", "exclusive"});
  if (*given == "free") return price;
  if (tag == "fixed") {
    reader.Require("price_amount", ValueKind::kInteger);
    price.amount = ReadAmount(reader, issues, "price_amount", price.currency).value_or(0);
  } else if (tag == "custom") {
    price.kind = PriceKind::kCustom;
    reader.RefuseNull("minimum_amount", ValueKind::kInteger);
    price.minimum_amount = ReadAmount(reader, issues, "minimum_amount", price.currency).value_or(50);
    price.maximum_amount = ReadAmount(reader, issues, "maximum_amount", price.currency);
    price.preset_amount = ReadAmount(reader, issues, "preset_amount", price.currency);
  } else if (tag == "seat_based") {
    price.kind = PriceKind::kSeatBased;
    if (reader.Require("seat_tiers", ValueKind::kModel)) {
      ReadSeatTiers(*FindMember(item, "seat_tiers"), reader.LocOf("seat_tiers"), price, issues);
    }
  } else if (tag == "metered_unit" || tag == "metered_tiers") {
    ReadMetered(world, reader, tag == "metered_tiers", rule_loc, price, issues);
  } else if (tag == "unit_based") {
    ReadUnits(reader, price, issues);
    if (issues.empty() && !world.settings.unit_based_pricing_enabled) {
      issues.Refuse(rule_loc, "Unit-based pricing is not enabled for this organization.", item);
    }
  } else {
    issues.Add("union_tag_invalid", loc,
               "Input tag '" + tag +
                   "' found using 'amount_type' does not match any of the expected tags: " + std::string(kTags),
               item,
               Json::object({{"discriminator", "'amount_type'"}, {"tag", tag}, {"expected_tags", std::string(kTags)}}));
    return std::nullopt;
  }
  return price;
}

// What the prices of one currency are, which must be the same in each.
using Structure = std::tuple<std::size_t, std::size_t, std::size_t, std::size_t, std::size_t>;

using Numbered = std::pair<const Price*, std::size_t>;

Structure CheckCurrency(const std::vector<Numbered>& prices, const Json& list, const Json& loc, Issues& issues) {
  const auto count = [&](PriceKind kind) {
    return static_cast<std::size_t>(
        std::count_if(prices.begin(), prices.end(), [&](const Numbered& price) { return price.first->kind == kind; }));
  };
  const std::size_t fixed = count(PriceKind::kFixed);
  const std::size_t seats = count(PriceKind::kSeatBased);
  const std::size_t units = count(PriceKind::kUnitBased);
  const std::size_t custom = count(PriceKind::kCustom);
  if (fixed > 1) issues.Refuse(loc, "Only one fixed price is allowed.", list);
  if (seats > 1) issues.Refuse(loc, "Only one seat-based price is allowed.", list);
  if (custom > 1) issues.Refuse(loc, "Only one custom price is allowed.", list);
  if (units > 1) issues.Refuse(loc, "Only one unit-based price is allowed.", list);
  if (seats > 0 && units > 0) {
    issues.Refuse(loc, "A seat-based price cannot be combined with a unit-based price.", list);
  }
  if (custom > 0 && fixed + seats + units > 0) {
    issues.Refuse(loc, "A custom price cannot be combined with a fixed, seat-based or unit-based price.", list);
  }
  std::set<std::string> meters;
  std::set<std::optional<std::string>> tax_behaviors;
  for (const auto& [price, index] : prices) {
    tax_behaviors.insert(price->tax_behavior);
    if (IsMetered(*price) && !meters.insert(price->meter_id).second) {
      issues.Refuse(LocIn(LocIn(loc, index), "meter_id"), "Meter is already used for another price.", price->meter_id);
    }
  }
  if (tax_behaviors.size() > 1) {
    issues.Refuse(loc, "All prices for the same currency must have the same tax behavior.", list);
  }
  return {fixed > 0 ? 1 : 0, seats > 0 ? 1 : 0, units > 0 ? 1 : 0, custom > 0 ? 1 : 0, meters.size()};
}

void CheckTogether(const World& world, const ReadPrices& prices, const Json& list, const Json& loc, Issues& issues) {
  if (prices.entries.empty()) return issues.Refuse(loc, "At least one price is required.", list, "too_short");
  std::map<std::string, std::vector<Numbered>> by_currency;
  for (std::size_t i = 0; i < prices.entries.size(); ++i) {
    const ReadPrices::Entry& entry = prices.entries[i];
    const Price* price = entry.kept_id.empty() ? &entry.added : world.prices.Find(entry.kept_id);
    if (price != nullptr) by_currency[price->currency].emplace_back(price, i);
  }
  std::set<Structure> structures;
  for (const auto& [currency, of_currency] : by_currency) {
    structures.insert(CheckCurrency(of_currency, list, loc, issues));
  }
  if (structures.size() > 1) {
    issues.Refuse(loc, "All price currencies must define the same set of price types.", list);
  }
  if (!by_currency.contains("usd")) {
    issues.Refuse(loc, "The organization's default presentment currency must be present in the prices.", list);
  }
}

}  // namespace

std::optional<ScaledDecimal> ReadDecimal(BodyReader& reader, std::string_view name) {
  const Json* member = reader.Has(name) ? FindMember(reader.object(), name) : nullptr;
  if (member == nullptr) return std::nullopt;
  const auto refuse = [&](std::string_view type, std::string_view msg, Json ctx = nullptr) {
    reader.issues().Add(type, reader.LocOf(name), msg, *member, std::move(ctx));
    return std::nullopt;
  };
  const auto* text = member->get_ptr<const std::string*>();
  if (text == nullptr && !member->is_number()) {
    reader.issues().AddType(ValueKind::kDecimal, reader.LocOf(name), *member);
    return std::nullopt;
  }
  const std::string digits = text == nullptr ? DumpJson(*member) : ToLowerAscii(*text);
  const auto decimal = WideDecimal::Parse(digits);
  const std::size_t sign = digits.find_first_not_of(" +-");
  const std::string_view word = std::string_view(digits).substr(std::min(sign, digits.size()));
  if (word.starts_with("nan") || word.starts_with("inf")) {
    return refuse("finite_number", "Input should be a finite number");
  }
  if (!decimal) return refuse("decimal_parsing", "Input should be a valid decimal");
  if (decimal->FractionDigits() > kFractionDigits) {
    return refuse("decimal_max_places", "Decimal input should have no more than 12 decimal places",
                  Json::object({{"decimal_places", kFractionDigits}}));
  }
  if (decimal->WholeDigits() > kWholeDigits) {
    return refuse("decimal_whole_digits", "Decimal input should have no more than 5 digits before the decimal point",
                  Json::object({{"whole_digits", kWholeDigits}}));
  }
  return ParseDecimal(decimal->Text());
}

std::optional<std::string> ReadCurrency(BodyReader& reader, Issues& issues, std::string_view name) {
  auto currency = reader.Text(name);
  if (!currency || IsPresentmentCurrency(*currency)) return currency;
  issues.Add("enum", reader.LocOf(name), "Input should be a currency that Polar presents, such as 'usd'", *currency,
             Json::object({{"expected", "'usd', 'eur' or another of Polar's currencies"}}));
  return std::nullopt;
}

ReadPrices ReadPriceList(const World& world, const Json& list, const Json& loc, const Json& rule_loc, bool recurring,
                         const std::vector<std::string>* existing, Issues& issues) {
  ReadPrices prices;
  const auto* items = list.get_ptr<const Json::array_t*>();
  if (items == nullptr) {
    issues.AddType(ValueKind::kList, loc, list);
    return prices;
  }
  for (std::size_t i = 0; i < items->size(); ++i) {
    const Json& item = (*items)[i];
    const Json item_loc = LocIn(rule_loc, i);
    const std::string* id = existing == nullptr ? nullptr : FindString(item, "id");
    if (id != nullptr) {
      if (std::find(existing->begin(), existing->end(), ToLowerAscii(*id)) == existing->end()) {
        issues.Refuse(item_loc, "Price does not exist.", *id);
      } else {
        prices.entries.push_back({.kept_id = ToLowerAscii(*id)});
      }
      continue;
    }
    auto price = ReadPrice(world, item, LocIn(loc, i), item_loc, issues);
    if (!price) continue;
    if (!recurring && IsMetered(*price)) {
      issues.Refuse(item_loc, "Metered pricing is not supported on one-time products.", item);
      continue;
    }
    prices.entries.push_back({.added = *std::move(price)});
  }
  if (issues.empty()) CheckTogether(world, prices, list, rule_loc, issues);
  return prices;
}

std::vector<std::string> AddPrices(World& world, ReadPrices prices, const std::string& product_id, bool ad_hoc) {
  std::vector<std::string> ids;
  for (ReadPrices::Entry& entry : prices.entries) {
    if (!entry.kept_id.empty()) {
      ids.push_back(entry.kept_id);
      continue;
    }
    entry.added.id = world.random.Uuid();
    entry.added.created_at = world.now;
    entry.added.product_id = product_id;
    entry.added.ad_hoc = ad_hoc;
    ids.push_back(world.prices.Add(std::move(entry.added)).id);
  }
  return ids;
}

}  // namespace plinto::polar::emulator
