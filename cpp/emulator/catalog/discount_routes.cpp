// /v1/discounts/: create, list, read, update, delete.
#include <algorithm>
#include <array>

#include "core/foundation/text.h"
#include "emulator/api/body.h"
#include "emulator/api/body_fields.h"
#include "emulator/api/router.h"
#include "emulator/api/values.h"
#include "emulator/catalog/currencies.h"
#include "emulator/catalog/price_reading.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kMaxAmount = 999'999'999'999;
constexpr std::int64_t kMaxMonths = 999;
constexpr std::size_t kMinCode = 3;
constexpr std::size_t kMaxCode = 256;

HttpResponse List(World& world, const Call& call) {
  const ListOf<Discount> list = {
      .filters = {.texts = {"query"}},
      .sorts = {{"created_at", [](const Discount& discount) { return SortValueOf(discount.created_at); }},
                {"name", [](const Discount& discount) { return SortValue(discount.name); }},
                {"code", [](const Discount& discount) { return SortValueOf(discount.code); }},
                {"redemptions_count",
                 [](const Discount& discount) {
                   return SortValue(static_cast<std::int64_t>(discount.redemptions.size()));
                 }},
                {"ends_at", [](const Discount& discount) { return SortValueOf(discount.ends_at); }}},
  };
  return ListAnswer(
      call.query, list, world.discounts,
      [&](const Discount& discount) {
        return !discount.deleted && (AdmitsPattern(call.query, discount.name, Case::kKept) ||
                                     AdmitsPattern(call.query, discount.code.value_or("")));
      },
      [&](const Discount& discount) { return RenderDiscount(world, discount); });
}

template <class Act>
HttpResponse WithDiscount(World& world, const Call& call, Act act) {
  Discount* discount = FindDiscount(world, call.path[0]);
  return discount == nullptr ? ResourceNotFound() : act(*discount);
}

HttpResponse Read(World& world, const Call& call) {
  return WithDiscount(world, call,
                      [&](const Discount& discount) { return JsonAnswer(200, RenderDiscount(world, discount)); });
}

void AddValueError(Issues& issues, Json loc, std::string_view why, Json input) {
  issues.Add("value_error", std::move(loc), "Value error, " + std::string(why), std::move(input),
             Json::object({{"error", Json::object()}}));
}

void ReadCode(BodyReader& reader, Issues& issues, Discount& discount) {
  if (!reader.Mentions("code")) return;
  discount.code = reader.Trimmed("code");
  if (!discount.code) return;
  const std::string& code = *discount.code;
  // Letters of other scripts are letters, too; signs beyond ASCII are let through.
  const bool alphanumeric = std::all_of(code.begin(), code.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
  });
  const std::size_t length = CountCodePoints(code);
  if (!alphanumeric) {
    AddValueError(issues, reader.LocOf("code"), "Code must contain only alphanumeric characters.", code);
  } else if (length < kMinCode || length > kMaxCode) {
    AddValueError(issues, reader.LocOf("code"), "Code must be between 3 and 256 characters long.", code);
  }
}

// `amounts` by currency, or the deprecated pair `amount` and `currency`.
void ReadAmounts(BodyReader& reader, Issues& issues, Discount& discount) {
  const auto amount = reader.Integer("amount", 0, kMaxAmount);
  const auto currency = ReadCurrency(reader, issues, "currency");
  if (amount && reader.Has("amounts")) {
    AddValueError(issues, reader.loc(), "Cannot specify both `amount` and `amounts`.", reader.object());
  }
  if (amount) discount.amounts = {{currency.value_or("usd"), *amount}};
  if (!reader.Has("amounts")) return;
  const Json& member = *FindMember(reader.object(), "amounts");
  const auto* object = member.get_ptr<const Json::object_t*>();
  if (object == nullptr) return issues.AddType(ValueKind::kDictionary, reader.LocOf("amounts"), member);
  if (object->empty()) {
    issues.Add("too_short", reader.LocOf("amounts"), "Dictionary should have at least 1 item after validation, not 0",
               member, Json::object({{"field_type", "Dictionary"}, {"min_length", 1}, {"actual_length", 0}}));
  }
  BodyReader amounts(member, reader.LocOf("amounts"), issues);
  discount.amounts.clear();
  for (const auto& [key, value] : *object) {
    if (!IsPresentmentCurrency(key)) {
      issues.Add("enum", LocIn(amounts.LocOf(key), "[key]"),
                 "Input should be a currency that Polar presents, such as 'usd'", key);
    }
    amounts.RefuseNull(key, ValueKind::kInteger);
    discount.amounts[key] = amounts.Integer(key, 0, kMaxAmount).value_or(0);
  }
}

// What create and update share. Absent members leave the discount as it is.
void ReadTerms(BodyReader& reader, Issues& issues, Discount& discount) {
  if (const auto name = reader.Text("name")) {
    discount.name = *name;
    if (name->empty()) {
      issues.Add("string_too_short", reader.LocOf("name"), "String should have at least 1 character", *name,
                 Json::object({{"min_length", 1}}));
    }
  }
  ReadCode(reader, issues, discount);
  if (reader.Mentions("starts_at")) discount.starts_at = ReadTime(reader, issues, "starts_at");
  if (reader.Mentions("ends_at")) discount.ends_at = ReadTime(reader, issues, "ends_at");
  if (discount.starts_at && discount.ends_at && *discount.starts_at >= *discount.ends_at) {
    AddValueError(issues, reader.loc(), "starts_at must be before ends_at", reader.object());
  }
  if (reader.Mentions("max_redemptions")) discount.max_redemptions = reader.Integer("max_redemptions", 1, kMaxInt32);
  if (reader.Mentions("max_redemptions_per_customer")) {
    discount.max_redemptions_per_customer = reader.Integer("max_redemptions_per_customer", 1, kMaxInt32);
  }
  if (reader.Mentions("metadata")) discount.metadata = reader.Metadata("metadata");
}

// Business rules, which come after the shape; the first refusal is told.
void CheckCode(World& world, const Discount& discount, Issues& issues) {
  if (!issues.empty() || !discount.code) return;
  const Discount* other = FindDiscountByCode(world, *discount.code);
  if (other != nullptr && other->id != discount.id) {
    issues.Refuse(Json::array({"body", "code"}), "Discount with this code already exists.", *discount.code);
  }
}

void CheckProducts(const World& world, const std::optional<std::vector<std::string>>& products, Issues& issues) {
  for (std::size_t i = 0; products && issues.empty() && i < products->size(); ++i) {
    if (world.products.Find((*products)[i]) != nullptr) continue;
    issues.Refuse(Json::array({"body", "products", i}), "Product not found.", (*products)[i]);
  }
}

HttpResponse Create(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader outer(body.object, Json::array({"body"}), issues);
  const auto type = RequireChoice(outer, issues, "type", {"fixed", "percentage"});
  if (!type) return issues.Answer();
  BodyReader reader(body.object, Json::array({"body", *type}), issues);
  Discount discount = {.percentage = *type == "percentage"};
  reader.Require("name");
  ReadTerms(reader, issues, discount);
  discount.duration = RequireChoice(reader, issues, "duration", {"once", "forever", "repeating"}).value_or("once");
  discount.duration_in_months = reader.Integer("duration_in_months", 1, kMaxMonths);
  const bool repeating = discount.duration == "repeating";
  if (issues.empty() && repeating != discount.duration_in_months.has_value()) {
    AddValueError(issues, reader.loc(),
                  repeating ? "`duration_in_months` is required when `duration` is `repeating`."
                            : "`duration_in_months` must be omitted when `duration` is not `repeating`.",
                  body.object);
  }
  if (discount.percentage) {
    reader.Require("basis_points", ValueKind::kInteger);
    discount.basis_points = reader.Integer("basis_points", 1, 10'000).value_or(0);
  } else {
    ReadAmounts(reader, issues, discount);
    if (!reader.Has("amount") && !reader.Has("amounts")) {
      AddValueError(issues, reader.loc(), "Must specify either `amount` or `amounts`.", body.object);
    }
  }
  const auto products = ReadIds(reader, issues, "products");
  CheckCode(world, discount, issues);
  CheckProducts(world, products, issues);
  if (!issues.empty()) return issues.Answer();
  discount.id = world.random.Uuid();
  discount.created_at = world.now;
  discount.product_ids = products.value_or(std::vector<std::string>());
  const Json json = RenderDiscount(world, world.discounts.Add(std::move(discount)));
  Emit(world, "discount.created", json);
  return JsonAnswer(201, json);
}

Json ValueOf(const Discount& discount, std::string_view field) {
  if (field == "basis_points") return discount.basis_points;
  if (field == "duration_in_months") return OrNull(discount.duration_in_months);
  if (field == "amounts") {
    Json amounts = Json::object();
    for (const auto& [currency, amount] : discount.amounts) SetMember(amounts, currency, amount);
    return amounts;
  }
  const auto in_dollars = discount.amounts.find("usd");
  const auto shown = in_dollars == discount.amounts.end() ? discount.amounts.begin() : in_dollars;
  return field == "amount" ? Json(shown->second) : Json(shown->first);
}

void CheckKind(const Discount& discount, BodyReader& reader, Issues& issues) {
  const auto duration = ReadChoice(reader, issues, "duration", {"once", "forever", "repeating"});
  const auto type = ReadChoice(reader, issues, "type", {"fixed", "percentage"});
  if (!issues.empty()) return;
  if (reader.Mentions("duration") && duration != discount.duration) {
    issues.Refuse(reader.LocOf("duration"), "Duration cannot be changed.", *FindMember(reader.object(), "duration"));
  } else if (type && (*type == "percentage") != discount.percentage) {
    issues.Refuse(reader.LocOf("type"), "Type cannot be changed.", *type);
  }
}

// What a discount takes off, and for how long, stays once it has been redeemed; null is another value, too.
void CheckRedeemed(const Discount& discount, const Discount& changed, const BodyReader& reader, Issues& issues) {
  if (!issues.empty() || discount.redemptions.empty()) return;
  const std::vector<std::string_view> fixed = {"amount", "currency", "amounts", "duration_in_months"};
  const std::vector<std::string_view> percentage = {"basis_points", "duration_in_months"};
  for (const std::string_view field : discount.percentage ? percentage : fixed) {
    const Json* member = FindMember(reader.object(), field);
    if (member == nullptr) continue;
    const auto number = TakeInteger(*member).value;
    const bool is_map = member->is_object() && field == "amounts";
    const Json value = ValueOf(discount, field);
    if ((is_map ? ValueOf(changed, field) : number ? Json(*number) : *member) == value) continue;
    return issues.Refuse(reader.LocOf(field),
                         "This field cannot be changed because the discount has already been redeemed.", value);
  }
}

HttpResponse Update(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues = call.issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  Discount* discount = FindDiscount(world, call.path[0]);
  const Discount before = discount == nullptr ? Discount() : *discount;
  Discount changed = before;
  ReadTerms(reader, issues, changed);
  ReadAmounts(reader, issues, changed);
  if (before.percentage) changed.amounts.clear();
  const auto basis_points = reader.Integer("basis_points", 1, 10'000);
  if (before.percentage) changed.basis_points = basis_points.value_or(before.basis_points);
  if (const auto months = reader.Integer("duration_in_months", 1, kMaxMonths)) changed.duration_in_months = months;
  const auto products = ReadIds(reader, issues, "products");
  CheckKind(before, reader, issues);
  CheckCode(world, changed, issues);
  if (discount != nullptr) CheckRedeemed(before, changed, reader, issues);
  CheckProducts(world, products, issues);
  if (auto refusal = issues.Refusal(discount != nullptr)) return *std::move(refusal);
  *discount = std::move(changed);
  if (products) discount->product_ids = *products;
  discount->modified_at = world.now;
  const Json json = RenderDiscount(world, *discount);
  Emit(world, "discount.updated", json);
  return JsonAnswer(200, json);
}

HttpResponse Delete(World& world, const Call& call) {
  return WithDiscount(world, call, [&](Discount& discount) {
    discount.deleted = true;
    discount.modified_at = world.now;
    Emit(world, "discount.deleted", RenderDiscount(world, discount));
    return HttpResponse{204, {}, {}};
  });
}

}  // namespace

std::span<const Route> DiscountRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/discounts/", Access::kOrganization, List},
      Route{"POST", "/v1/discounts/", Access::kOrganization, Create},
      Route{"GET", "/v1/discounts/{id}", Access::kOrganization, Read},
      Route{"PATCH", "/v1/discounts/{id}", Access::kOrganization, Update},
      Route{"DELETE", "/v1/discounts/{id}", Access::kOrganization, Delete},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
