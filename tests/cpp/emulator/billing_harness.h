// What the tests of subscriptions and orders share: products by name, a subscriber, and time in days.
#pragma once

#include <string>
#include <string_view>

#include "harness.h"

namespace plinto::polar::emulator {

inline constexpr std::int64_t kDay = 86'400;

class Shop : public Polar {
 public:
  using Polar::Polar;

  std::string Product(std::string_view name) {
    const Json list = Get("/v1/products/?limit=100").json;
    for (std::size_t i = 0; !At(list, "items." + std::to_string(i)).is_null(); ++i) {
      const std::string at = "items." + std::to_string(i);
      if (TextAt(list, at + ".name") == name) return TextAt(list, at + ".id");
    }
    return "";
  }
  /// The active subscription of `user-1`, who pays by a card that works, to the product; all webhooks received.
  std::string Begin(std::string_view product = "Pro", Json fields = Json::object()) {
    NewCustomer();
    SetMember(fields, "products", Json::array({Product(product)}));
    SetMember(fields, "external_customer_id", "user-1");
    const Answer checkout = Post("/v1/checkouts/", fields);
    REQUIRE(checkout.status == 201);
    REQUIRE(Confirm(checkout.json).status == 200);
    Receive(30);
    return TextAt(Get("/v1/subscriptions/?external_customer_id=user-1").json, "items.0.id");
  }
  /// A free one, without a card.
  std::string BeginFree() {
    NewCustomer();
    const Answer begun =
        Post("/v1/subscriptions/", Json::object({{"product_id", Product("Free")}, {"external_customer_id", "user-1"}}));
    REQUIRE(begun.status == 201);
    Receive(30);
    return TextAt(begun.json, "id");
  }
  Json Subscription(std::string_view id) { return Get("/v1/subscriptions/" + std::string(id)).json; }
  Answer Change(std::string_view id, const Json& body) {
    return Call("PATCH", "/v1/subscriptions/" + std::string(id), body);
  }
  /// From now on the card of `user-1` does that: visa, declined, fails_renewal, lost_at_renewal, none.
  void Card(std::string_view does) {
    REQUIRE(Post("/_emulator/customers/user-1/card", Json::object({{"card", does}}), "").status == 200);
  }
  void Settings(const Json& settings) { REQUIRE(Post("/_emulator/settings", settings, "").status == 200); }
  Json Order(std::size_t newest = 0) { return At(Get("/v1/orders/").json, "items." + std::to_string(newest)); }
  /// Types of what arrives within the days, customer.state_changed left out: it follows everything.
  Strings Days(std::int64_t days) {
    Strings types;
    for (const std::string& type : Types(days * kDay)) {
      if (type != "customer.state_changed") types.push_back(type);
    }
    return types;
  }
  /// To that many seconds before the end of the subscription's period, quietly.
  void UntilBeforeEnd(std::string_view id, std::int64_t seconds) {
    const Timestamp end = *ParseTimestamp(TextAt(Subscription(id), "current_period_end"));
    Receive(end.Seconds() - now.Seconds() - seconds);
  }
};

}  // namespace plinto::polar::emulator
