// The core's previews against what the emulator then charges: at once, and with the next invoice.
#include "core/billing/pricing/change_preview.h"

#include <algorithm>

#include "catalog_harness.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kHour = 3'600;

/// A shop with products by name and discounts by name.
class PreviewShop : public PriceShop {
 public:
  PreviewShop() {
    Settings(Body(R"({"reset_proration_behavior_enabled": true, "unit_based_pricing_enabled": true})"));
    NewProduct("1999", Fixed(1'999));
    NewProduct("3005", Fixed(3'005));
    NewProduct("4.99", Fixed(499));
    NewProduct("Nothing", Fixed(0));
    NewProduct("Yearly", Fixed(29'999), Body(R"({"recurring_interval": "year"})"));
    NewProduct("Quarterly", Fixed(5'555), Body(R"({"recurring_interval_count": 3})"));
    NewProduct("Trial of 60 days", Fixed(2'499), Body(R"({"trial_interval": "day", "trial_interval_count": 60})"));
    NewProduct("Trial of 20 days", Fixed(1'899), Body(R"({"trial_interval": "day", "trial_interval_count": 20})"));
    NewProduct("Trial of 2 days", Fixed(3'333), Body(R"({"trial_interval": "day", "trial_interval_count": 2})"));
    NewProduct("Seats", R"([{"amount_type": "seat_based", "seat_tiers": {"tiers": [
        {"min_seats": 1, "max_seats": 4, "price_per_seat": 1111}, {"min_seats": 5, "price_per_seat": 997}]}}])");
    NewProduct("More seats", R"([{"amount_type": "seat_based", "seat_tiers": {"seat_tier_type": "graduated", "tiers": [
        {"min_seats": 2, "max_seats": 3, "price_per_seat": 1777}, {"min_seats": 4, "price_per_seat": 1333}]}}])");
    NewProduct("Base and seats", R"([{"amount_type": "fixed", "price_amount": 1009},
        {"amount_type": "seat_based", "seat_tiers": {"tiers": [{"min_seats": 1, "price_per_seat": 613}]}}])");
    NewProduct("Units", R"([{"amount_type": "unit_based", "tiers": {"type": "volume", "tiers": [
        {"bound": null, "unit_amount": "37"}]}}])");
    NewProduct("More units", R"([{"amount_type": "unit_based", "tiers": {"type": "graduated", "tiers": [
        {"bound": 10, "unit_amount": "53"}, {"bound": null, "unit_amount": "41"}]}}])");
    NewDiscount("29 %", R"({"type": "percentage", "basis_points": 2900, "duration": "forever"})");
    NewDiscount("a third once", R"({"type": "percentage", "basis_points": 3333, "duration": "once"})");
    NewDiscount("2.50 off", R"({"type": "fixed", "amount": 250, "currency": "usd", "duration": "forever"})");
    NewDiscount("two months", R"({"type": "fixed", "amount": 700, "currency": "usd", "duration": "repeating",
                                 "duration_in_months": 2})");
  }

  std::string Discount(std::string_view name) {
    for (const auto& [known, id] : discounts_) {
      if (known == name) return id;
    }
    return "";
  }

  template <class T>
  T Read(const Json& json) {
    Result<T> read = Decode<T>(json);
    if (!read) FAIL(read.error().field << ": " << read.error().message);
    return *std::move(read);
  }
  std::int64_t Orders() { return FindInteger(At(Get("/v1/orders/").json, "pagination"), "total_count").value_or(-1); }

 private:
  static std::string Fixed(int amount) {
    return R"([{"amount_type": "fixed", "price_amount": )" + std::to_string(amount) + "}]";
  }
  void NewDiscount(std::string_view name, std::string_view terms) {
    Json fields = Body(terms);
    SetMember(fields, "name", name);
    const Answer answer = Post("/v1/discounts/", fields);
    CAPTURE(answer.raw.body);
    REQUIRE(answer.status == 201);
    discounts_.emplace_back(name, TextAt(answer.json, "id"));
  }

  std::vector<std::pair<std::string, std::string>> discounts_;
};

struct Changed {
  std::string_view from;
  std::string_view begun_with;  ///< seats or units, as JSON
  std::string_view discount;
  std::int64_t after_hours;
  std::string_view to;  ///< a product; empty: seats
  std::int64_t seats = 0;
  Proration behavior = Proration::kInvoice;
};

const std::vector<Changed>& TheChanges() {
  constexpr auto kInvoice = Proration::kInvoice;
  constexpr auto kProrate = Proration::kProrate;
  constexpr auto kNext = Proration::kNextPeriod;
  constexpr auto kReset = Proration::kReset;
  static const std::vector<Changed> kChanges = {
      // Products, up and down.
      {"1999", "{}", "", 15 * 24, "3005", 0, kInvoice},
      {"1999", "{}", "", 317, "3005", 0, kInvoice},
      {"3005", "{}", "", 317, "1999", 0, kInvoice},
      {"3005", "{}", "", 317, "4.99", 0, kProrate},
      {"1999", "{}", "", 719, "3005", 0, kProrate},
      {"1999", "{}", "", 411, "Nothing", 0, kInvoice},
      {"1999", "{}", "", 411, "Nothing", 0, kProrate},
      {"1999", "{}", "", 411, "3005", 0, kNext},
      {"1999", "{}", "", 411, "3005", 0, kReset},
      // With discounts.
      {"1999", "{}", "29 %", 411, "3005", 0, kInvoice},
      {"3005", "{}", "29 %", 411, "1999", 0, kProrate},
      {"1999", "{}", "a third once", 411, "3005", 0, kInvoice},
      {"1999", "{}", "a third once", 411, "3005", 0, kProrate},
      {"1999", "{}", "a third once", 411, "3005", 0, kNext},
      {"1999", "{}", "a third once", 411, "3005", 0, kReset},
      {"1999", "{}", "2.50 off", 411, "3005", 0, kInvoice},
      {"1999", "{}", "two months", 411, "3005", 0, kInvoice},
      {"1999", "{}", "two months", 411, "3005", 0, kReset},
      {"1999", "{}", "two months", 411, "Quarterly", 0, kInvoice},
      {"4.99", "{}", "two months", 411, "3005", 0, kInvoice},
      {"Base and seats", R"({"seats": 3})", "2.50 off", 411, "Seats", 0, kInvoice},
      {"Base and seats", R"({"seats": 3})", "29 %", 411, "More seats", 0, kProrate},
      // Another interval.
      {"1999", "{}", "", 411, "Yearly", 0, kProrate},
      {"1999", "{}", "29 %", 411, "Yearly", 0, kInvoice},
      {"1999", "{}", "a third once", 411, "Yearly", 0, kNext},
      {"Quarterly", "{}", "2.50 off", 1'501, "1999", 0, kProrate},
      {"Yearly", "{}", "", 4'001, "1999", 0, kInvoice},
      // Seats and units.
      {"Seats", R"({"seats": 1})", "", 20 * 24, "", 4, kInvoice},
      {"Seats", R"({"seats": 4})", "", 411, "", 5, kInvoice},
      {"Seats", R"({"seats": 7})", "", 411, "", 2, kProrate},
      {"Seats", R"({"seats": 7})", "", 411, "", 2, kInvoice},
      {"Seats", R"({"seats": 2})", "29 %", 411, "", 3, kInvoice},
      {"Seats", R"({"seats": 2})", "2.50 off", 411, "", 3, kInvoice},
      {"Seats", R"({"seats": 2})", "a third once", 411, "", 3, kProrate},
      {"Seats", R"({"seats": 2})", "29 %", 411, "", 3, kReset},
      {"Seats", R"({"seats": 2})", "29 %", 411, "", 3, kNext},
      {"Base and seats", R"({"seats": 2})", "2.50 off", 411, "", 5, kInvoice},
      {"Base and seats", R"({"seats": 5})", "29 %", 411, "", 2, kProrate},
      {"Base and seats", R"({"seats": 2})", "2.50 off", 411, "", 5, kReset},
      {"Seats", R"({"seats": 3})", "", 411, "More seats", 0, kInvoice},
      {"1999", "{}", "29 %", 411, "More seats", 0, kInvoice},
      {"Units", R"({"units": 13})", "29 %", 411, "More units", 0, kInvoice},
      {"1999", "{}", "", 411, "Units", 0, kProrate},
      // In a trial of 20 days.
      {"Trial of 20 days", "{}", "", 99, "3005", 0, kProrate},
      {"Trial of 20 days", "{}", "a third once", 99, "3005", 0, kInvoice},
      {"Trial of 20 days", "{}", "a third once", 99, "Trial of 60 days", 0, kInvoice},
      {"Trial of 20 days", "{}", "two months", 99, "Trial of 2 days", 0, kInvoice},
      {"Trial of 20 days", "{}", "29 %", 99, "Yearly", 0, kReset},
      {"Trial of 20 days", "{}", "a third once", 99, "3005", 0, kNext},
      {"Trial of 20 days", "{}", "29 %", 99, "Base and seats", 0, kInvoice},
  };
  return kChanges;
}

}  // namespace

TEST_CASE("what a change is said to cost is what the emulator charges, now and with the next invoice") {
  for (const Changed& one : TheChanges()) {
    const std::string behavior(kEnumTexts<Proration>[static_cast<std::size_t>(one.behavior)]);
    CAPTURE(one.from, one.begun_with, one.discount, one.after_hours, one.to, one.seats, behavior);
    PreviewShop shop;
    Json begun = Body(one.begun_with);
    if (!one.discount.empty()) SetMember(begun, "discount_id", shop.Discount(one.discount));
    const std::string id = shop.Begin(one.from, begun);
    const Json before = shop.Subscription(id);
    const Timestamp at = ParseTimestamp(TextAt(before, "current_period_start"))->PlusSeconds(one.after_hours * kHour);
    shop.Receive(at.Seconds() - shop.now.Seconds());
    shop.now = at;

    const auto subscription = shop.Read<polar::Subscription>(shop.Subscription(id));
    std::optional<polar::Product> next;
    Json change = Json::object({{"proration_behavior", behavior}});
    if (one.to.empty()) {
      SetMember(change, "seats", one.seats);
    } else {
      next = shop.Read<polar::Product>(shop.Get("/v1/products/" + shop.Product(one.to)).json);
      SetMember(change, "product_id", next->id);
    }
    const auto preview =
        PreviewChange(subscription, next ? &*next : nullptr, one.to.empty() ? std::optional(one.seats) : std::nullopt,
                      one.behavior, shop.now);
    if (!preview) FAIL(preview.error().message);
    INFO(DumpJson(Encode(*preview)));
    const std::int64_t orders = shop.Orders();
    const Answer changed = shop.Change(id, change);
    CAPTURE(changed.raw.body);
    REQUIRE(changed.status == 200);
    shop.Receive(60);

    const bool charged = shop.Orders() > orders;
    CHECK(shop.Orders() - orders <= 1);
    CHECK((charged ? At(shop.Order(), "total_amount") : Json(0)) == Json(preview->amount_now));
    CHECK(TextAt(shop.Subscription(id), "current_period_end") == FormatTimestamp(preview->next_at));
    const std::int64_t until_now = shop.Orders();
    shop.Receive(preview->next_at.Seconds() - shop.now.Seconds() + kDay);
    CHECK(shop.Orders() == until_now + 1);
    CHECK(At(shop.Order(), "total_amount") == Json(preview->amount_next));
    CHECK(TextAt(shop.Order(), "billing_reason") == "subscription_cycle");
  }
}

}  // namespace plinto::polar::emulator
