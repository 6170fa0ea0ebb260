#include "emulator/catalog/tiers.h"

#include <algorithm>
#include <limits>

#include "core/foundation/wide_decimal.h"
#include "emulator/api/body.h"
#include "emulator/api/body_fields.h"

namespace plinto::polar::emulator {
namespace {

std::string ReadRate(BodyReader& reader, bool whole, Issues& issues) {
  if (!reader.Require("unit_amount", ValueKind::kDecimal)) return "0";
  const Json* member = FindMember(reader.object(), "unit_amount");
  const auto* text = member->get_ptr<const std::string*>();
  const auto number = WideDecimal::Parse(text != nullptr ? *text : member->is_number() ? DumpJson(*member) : "");
  const auto amount = number ? ParseDecimal(number->Text()) : std::nullopt;
  if (!amount) {
    issues.Add("decimal_parsing", reader.LocOf("unit_amount"), "Input should be a valid decimal", *member);
    return "0";
  }
  if (amount->mantissa < 0) {
    issues.Add("greater_than_equal", reader.LocOf("unit_amount"), "Input should be greater than or equal to 0", *member,
               Json::object({{"ge", 0}}));
  }
  const std::string rate = FormatDecimal(*amount);
  if (whole && rate.find('.') != std::string::npos) {
    Json loc = reader.loc();
    issues.Add("value_error", std::move(loc),
               "Value error, Unit tier rates must be in smallest currency unit, got " + rate, reader.object(),
               Json::object({{"error", Json::object()}}));
  }
  return rate;
}

void CheckBounds(const RateTiers& tiers, const Json& loc, const Json& input, Issues& issues) {
  for (std::size_t i = 0; i + 1 < tiers.list.size(); ++i) {
    const auto& bound = tiers.list[i].bound;
    if (!bound) return issues.Add("unbounded_tier_not_last", loc, "Only the last tier can be unbounded", input);
    if (tiers.list[i + 1].bound == bound) {
      return issues.Add("duplicate_tier_bound", loc,
                        "Tier bound values must be unique, got " + std::to_string(*bound) + " twice", input,
                        Json::object({{"bound", *bound}}));
    }
  }
}

}  // namespace

RateTiers ReadTiers(BodyReader& reader, bool whole, Issues& issues) {
  RateTiers tiers;
  if (!reader.Require("tiers", ValueKind::kModel)) return tiers;
  const Json* member = FindMember(reader.object(), "tiers");
  if (!member->is_object()) {
    issues.AddType(ValueKind::kModel, reader.LocOf("tiers"), *member);
    return tiers;
  }
  BodyReader inner(*member, reader.LocOf("tiers"), issues);
  const auto type = RequireChoice(inner, issues, "type", kEnumTexts<TierType>);
  tiers.type = type == "graduated" ? TierType::kGraduated : TierType::kVolume;
  if (!inner.Require("tiers", ValueKind::kList)) return tiers;
  const Json* list = FindMember(*member, "tiers");
  const auto* rows = list->get_ptr<const Json::array_t*>();
  const Json loc = inner.LocOf("tiers");
  if (rows == nullptr) {
    issues.AddType(ValueKind::kList, loc, *list);
    return tiers;
  }
  if (rows->empty()) {
    issues.Add("too_short", loc, "List should have at least 1 item after validation, not 0", *list,
               Json::object({{"field_type", "List"}, {"min_length", 1}, {"actual_length", 0}}));
    return tiers;
  }
  for (std::size_t i = 0; i < rows->size(); ++i) {
    BodyReader row((*rows)[i], LocIn(loc, i), issues);
    const auto bound =
        row.Integer("bound", std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
    if (bound && *bound <= 0) {
      issues.Add("greater_than", row.LocOf("bound"), "Input should be greater than 0", *bound,
                 Json::object({{"gt", 0}}));
    }
    tiers.list.push_back({.bound = bound, .unit_amount = ReadRate(row, whole, issues)});
  }
  std::stable_sort(tiers.list.begin(), tiers.list.end(), [](const RateTier& left, const RateTier& right) {
    return left.bound && (!right.bound || *left.bound < *right.bound);
  });
  CheckBounds(tiers, loc, *list, issues);
  return tiers;
}

Json RenderTiers(const RateTiers& tiers) {
  Json list = Json::array();
  for (const RateTier& tier : tiers.list) {
    list.push_back(
        Json::object({{"bound", tier.bound ? Json(*tier.bound) : Json(nullptr)}, {"unit_amount", tier.unit_amount}}));
  }
  return Json::object({{"type", OpenEnum(tiers.type).text()}, {"tiers", std::move(list)}});
}

}  // namespace plinto::polar::emulator
