#include "emulator/subscriptions/update.h"

#include <algorithm>
#include <array>
#include <span>

#include "emulator/api/answers.h"
#include "emulator/api/body.h"
#include "emulator/api/values.h"
#include "emulator/subscriptions/changes.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::array<std::string_view, 8> kReasons = {"customer_service", "low_quality", "missing_features",
                                                      "switched_service", "too_complex", "too_expensive",
                                                      "unused",           "other"};
constexpr std::array<std::string_view, 4> kProrations = {"invoice", "prorate", "next_period", "reset"};

enum class Kind : std::uint8_t {
  kUuid,
  kProration,
  kReason,
  kText,
  kMetadata,
  kFuture,
  kFutureOrNow,
  kCount,
  kBool,
  kTrue,
  kNull
};

struct BodyMember {
  std::string_view name;
  Kind kind;
  bool required = false;
  bool nullable = true;
};

struct Variant {
  std::string_view name;
  std::span<const BodyMember> members;
};

constexpr BodyMember kBase[] = {{"metadata", Kind::kMetadata, false, false},
                                {"product_id", Kind::kUuid},
                                {"proration_behavior", Kind::kProration},
                                {"discount_id", Kind::kUuid},
                                {"trial_end", Kind::kFutureOrNow}};
constexpr BodyMember kSeats[] = {{"seats", Kind::kCount, true, false}, {"proration_behavior", Kind::kProration}};
constexpr BodyMember kUnits[] = {{"units", Kind::kCount, true, false}, {"proration_behavior", Kind::kProration}};
constexpr BodyMember kPeriod[] = {{"current_billing_period_end", Kind::kFuture, true, false}};
constexpr BodyMember kCancel[] = {{"customer_cancellation_reason", Kind::kReason},
                                  {"customer_cancellation_comment", Kind::kText},
                                  {"cancel_at_period_end", Kind::kBool, true, false}};
constexpr BodyMember kRevoke[] = {{"customer_cancellation_reason", Kind::kReason},
                                  {"customer_cancellation_comment", Kind::kText},
                                  {"revoke", Kind::kTrue, true, false}};
constexpr BodyMember kPause[] = {{"pause_at_period_end", Kind::kBool, true, false}, {"resumes_at", Kind::kFuture}};
constexpr BodyMember kResume[] = {{"resume", Kind::kTrue, true, false}};
constexpr BodyMember kClear[] = {{"pending_update", Kind::kNull, true}};
constexpr std::array<Variant, 9> kMerchant = {{{"SubscriptionUpdateBase", kBase},
                                               {"SubscriptionUpdateSeats", kSeats},
                                               {"SubscriptionUpdateUnits", kUnits},
                                               {"SubscriptionUpdateBillingPeriod", kPeriod},
                                               {"SubscriptionCancel", kCancel},
                                               {"SubscriptionRevoke", kRevoke},
                                               {"SubscriptionPause", kPause},
                                               {"SubscriptionResume", kResume},
                                               {"SubscriptionUpdateClear", kClear}}};

constexpr BodyMember kPortalProduct[] = {{"product_id", Kind::kUuid, true, false}};
constexpr BodyMember kPortalSeats[] = {{"seats", Kind::kCount, true, false}};
constexpr BodyMember kPortalUnits[] = {{"units", Kind::kCount, true, false}};
constexpr BodyMember kPortalCancel[] = {{"cancel_at_period_end", Kind::kBool},
                                        {"cancellation_reason", Kind::kReason},
                                        {"cancellation_comment", Kind::kText}};
constexpr std::array<Variant, 7> kPortal = {{{"CustomerSubscriptionUpdateProduct", kPortalProduct},
                                             {"CustomerSubscriptionUpdateSeats", kPortalSeats},
                                             {"CustomerSubscriptionUpdateUnits", kPortalUnits},
                                             {"CustomerSubscriptionCancel", kPortalCancel},
                                             {"CustomerSubscriptionPause", kPause},
                                             {"CustomerSubscriptionResume", kResume},
                                             {"CustomerSubscriptionUpdateClear", kClear}}};

// `'a', 'b' or 'c'`
template <class Names>
std::string Alternatives(const Names& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += i == 0 ? "'" : (i + 1 == names.size() ? " or '" : ", '");
    text += std::string(names[i]) + "'";
  }
  return text;
}

template <class Names>
void CheckEnum(BodyReader& reader, std::string_view name, const Names& names) {
  const auto text = reader.Text(name);
  if (!text || std::find(names.begin(), names.end(), *text) != names.end()) return;
  const std::string expected = Alternatives(names);
  reader.issues().Add("enum", reader.LocOf(name), "Input should be " + expected, *text,
                      Json::object({{"expected", expected}}));
}

void CheckFuture(const World& world, BodyReader& reader, std::string_view name, bool or_now) {
  const auto text = reader.Text(name);
  if (!text || (or_now && *text == "now")) return;
  const auto at = ParseTimestamp(*text);
  if (!at) {
    reader.issues().Add("datetime_from_date_parsing", reader.LocOf(name),
                        "Input should be a valid datetime or date, invalid character in year", *text,
                        Json::object({{"error", "invalid character in year"}}));
  } else if (*at <= world.now) {
    reader.issues().Add("datetime_future", reader.LocOf(name), "Input should be in the future", *text);
  }
}

void Check(const World& world, BodyReader& reader, const BodyMember& member) {
  const Json* value = FindMember(reader.object(), member.name);
  if (value == nullptr) {
    if (member.required) reader.Require(member.name);
    return;
  }
  Issues& issues = reader.issues();
  if (member.kind == Kind::kNull) {
    if (!value->is_null()) issues.Add("none_required", reader.LocOf(member.name), "Input should be None", *value);
    return;
  }
  if (value->is_null()) {
    if (member.nullable) return;
    const bool is_bool = member.kind == Kind::kBool;
    const bool is_count = member.kind == Kind::kCount;
    if (member.kind == Kind::kTrue) {
      return issues.Add("literal_error", reader.LocOf(member.name), "Input should be True", nullptr,
                        Json::object({{"expected", "True"}}));
    }
    issues.Add(is_bool    ? "bool_type"
               : is_count ? "int_type"
                          : "dict_type",
               reader.LocOf(member.name),
               is_bool    ? "Input should be a valid boolean"
               : is_count ? "Input should be a valid integer"
                          : "Input should be a valid dictionary",
               nullptr);
    return;
  }
  switch (member.kind) {
    case Kind::kUuid:
      return (void)reader.Uuid(member.name);
    case Kind::kProration:
      return CheckEnum(reader, member.name, kProrations);
    case Kind::kReason:
      return CheckEnum(reader, member.name, kReasons);
    case Kind::kText:
      return (void)reader.Text(member.name);
    case Kind::kMetadata:
      return (void)reader.Metadata(member.name);
    case Kind::kFuture:
      return CheckFuture(world, reader, member.name, false);
    case Kind::kFutureOrNow:
      return CheckFuture(world, reader, member.name, true);
    case Kind::kCount:
      return (void)reader.Integer(member.name, 1, INT32_MAX);
    case Kind::kBool:
      return (void)reader.Bool(member.name);
    case Kind::kTrue:
      if (FindBool(reader.object(), member.name) != true) {
        issues.Add("literal_error", reader.LocOf(member.name), "Input should be True", *value,
                   Json::object({{"expected", "True"}}));
      }
      return;
    case Kind::kNull:
      return;
  }
}

bool Names(const Variant& variant, std::string_view name) {
  return std::any_of(variant.members.begin(), variant.members.end(),
                     [&](const BodyMember& member) { return member.name == name; });
}

void CheckVariant(const World& world, const Json& body, const Variant& variant, Issues& issues) {
  BodyReader reader(body, Json::array({"body", variant.name}), issues);
  for (const BodyMember& member : variant.members) Check(world, reader, member);
  const auto* object = body.get_ptr<const Json::object_t*>();
  if (object == nullptr) return;
  for (const auto& [name, value] : *object) {
    if (!Names(variant, name)) {
      issues.Add("extra_forbidden", reader.LocOf(name), "Extra inputs are not permitted", value);
    }
  }
}

// The member of the union that the body fits, or what all of them have against it.
struct Fit {
  std::string_view name;
  std::optional<HttpResponse> refusal;
};
Fit FitUnion(const World& world, const Json& body, std::span<const Variant> variants, const Issues& path, bool found) {
  Issues all = path;
  for (const Variant& variant : variants) {
    Issues issues;
    CheckVariant(world, body, variant, issues);
    if (issues.empty()) return {variant.name, path.Refusal(found)};
    CheckVariant(world, body, variant, all);
  }
  return {{}, all.Answer()};
}

DiscountChoice DiscountIn(const Json& body) {
  DiscountChoice choice;
  const Json* member = FindMember(body, "discount_id");
  choice.mentioned = member != nullptr;
  if (const std::string* id = FindString(body, "discount_id")) choice.id = ToUuid(*id).value_or("");
  return choice;
}

std::optional<std::string> IdIn(const Json& body, std::string_view name) {
  const std::string* id = FindString(body, name);
  return id == nullptr ? std::nullopt : ToUuid(*id);
}

std::optional<bool> FlagIn(const Json& body, std::string_view name) {
  const Json* member = FindMember(body, name);
  return member == nullptr ? std::nullopt : TakeBool(*member).value;
}

std::optional<std::string> TextIn(const Json& body, std::string_view name) {
  const std::string* text = FindString(body, name);
  return text == nullptr ? std::nullopt : std::optional(*text);
}

std::optional<Timestamp> TimeIn(const Json& body, std::string_view name) {
  const std::string* text = FindString(body, name);
  return text == nullptr ? std::nullopt : ParseTimestamp(*text);
}

// In the portal the names of a cancellation's members have no `customer_` before them.
Cancellation CancellationIn(const Json& body, std::string_view prefix) {
  const std::string start(prefix);
  return {TextIn(body, start + "cancellation_reason"), TextIn(body, start + "cancellation_comment")};
}

std::optional<HttpResponse> ApplyCommon(World& world, Subscription& subscription, const Json& body) {
  for (const CountedKind& counted : kCountedKinds) {
    const Json* member = FindMember(body, counted.noun);
    const auto count = member == nullptr ? std::nullopt : TakeInteger(*member).value;
    if (count) return ChangeCount(world, subscription, counted, *count, TextIn(body, "proration_behavior"));
  }
  if (const auto pause = FlagIn(body, "pause_at_period_end")) {
    return *pause ? SchedulePause(world, subscription, TimeIn(body, "resumes_at"))
                  : CancelScheduledPause(world, subscription);
  }
  if (FindMember(body, "pending_update") != nullptr) return ClearPendingUpdate(world, subscription);
  return ResumeNow(world, subscription);
}

bool NeedsPaymentMethod(World& world, const Subscription& subscription) {
  const bool free = std::all_of(subscription.prices.begin(), subscription.prices.end(), [&](const auto& subscribed) {
    const Price* price = world.prices.Find(subscribed.price_id);
    return price != nullptr && IsFree(*price);
  });
  return !free && PaymentMethodFor(world, subscription) == nullptr;
}

HttpResponse NotAllowed(std::string_view error, std::string_view detail) { return ErrorAnswer(403, error, detail); }

std::optional<HttpResponse> RefuseBySettings(World& world, const Subscription& subscription, std::string_view name,
                                             const Json& body) {
  const OrganizationSettings& settings = world.settings;
  if (name == "CustomerSubscriptionUpdateProduct" && !settings.portal_update_plan) {
    return NotAllowed("UpdateSubscriptionPlanNotAllowed", "Updating subscription plan is not allowed.");
  }
  if (name == "CustomerSubscriptionUpdateSeats" && !settings.portal_update_seats) {
    return NotAllowed("UpdateSubscriptionSeatsNotAllowed", "Updating subscription seats is not allowed.");
  }
  if (name == "CustomerSubscriptionUpdateUnits" && !settings.portal_update_units) {
    return NotAllowed("UpdateSubscriptionUnitsNotAllowed", "Updating subscription units is not allowed.");
  }
  const bool resume = name == "CustomerSubscriptionResume";
  if ((resume || name == "CustomerSubscriptionPause") && !settings.portal_pause) {
    return NotAllowed("PauseResumeNotAllowed", "Pausing or resuming a subscription is not allowed.");
  }
  const bool uncancel =
      FlagIn(body, "cancel_at_period_end") == false && subscription.cancel_at_period_end && IsBillable(subscription);
  if (((resume && subscription.status == SubscriptionStatus::kPaused) || uncancel) &&
      NeedsPaymentMethod(world, subscription)) {
    return ErrorAnswer(
        409, "PaymentMethodRequired",
        std::string("Add a payment method before ") + (resume ? "resuming" : "uncancelling") + " this subscription.");
  }
  return std::nullopt;
}

}  // namespace

std::span<const std::string_view> CancellationReasons() { return kReasons; }

std::optional<HttpResponse> ApplyUpdate(World& world, Subscription* found, const Json& body, const Issues& path) {
  const Fit fit = FitUnion(world, body, kMerchant, path, found != nullptr);
  if (fit.refusal) return fit.refusal;
  Subscription& subscription = *found;
  if (fit.name == "SubscriptionUpdateBase") {
    const bool now = TextIn(body, "trial_end") == "now";
    const Json* metadata = FindMember(body, "metadata");
    BaseUpdate update = {.product_id = IdIn(body, "product_id"),
                         .proration_behavior = TextIn(body, "proration_behavior"),
                         .discount = DiscountIn(body),
                         .trial_ends_now = now,
                         .trial_end = now ? std::nullopt : TimeIn(body, "trial_end"),
                         .metadata = metadata == nullptr ? std::nullopt : std::optional<Json>(*metadata)};
    return ChangeBase(world, subscription, update);
  }
  if (fit.name == "SubscriptionUpdateBillingPeriod") {
    return ChangePeriodEnd(world, subscription, *TimeIn(body, "current_billing_period_end"));
  }
  if (fit.name == "SubscriptionCancel") {
    return FlagIn(body, "cancel_at_period_end") == true
               ? CancelAtPeriodEnd(world, subscription, CancellationIn(body, "customer_"))
               : Uncancel(world, subscription);
  }
  if (fit.name == "SubscriptionRevoke") return RevokeNow(world, subscription, CancellationIn(body, "customer_"));
  return ApplyCommon(world, subscription, body);
}

std::optional<HttpResponse> ApplyPortalUpdate(World& world, Subscription* found, const Json& body, const Issues& path) {
  const Fit fit = FitUnion(world, body, kPortal, path, found != nullptr);
  if (fit.refusal) return fit.refusal;
  Subscription& subscription = *found;
  if (auto refusal = RefuseBySettings(world, subscription, fit.name, body)) return refusal;
  if (fit.name == "CustomerSubscriptionUpdateProduct") {
    return ChangeBase(world, subscription, {.product_id = IdIn(body, "product_id"), .only_public_products = true});
  }
  if (fit.name != "CustomerSubscriptionCancel") return ApplyCommon(world, subscription, body);
  const auto cancel = FlagIn(body, "cancel_at_period_end");
  if (!cancel) return std::nullopt;
  return *cancel ? CancelAtPeriodEnd(world, subscription, CancellationIn(body, "")) : Uncancel(world, subscription);
}

}  // namespace plinto::polar::emulator
