// What tests of checkouts share: opening one, and what a purchase has sent.
#pragma once

#include "harness.h"

namespace plinto::polar::emulator {

/// The products that the emulator starts with.
enum Kind : std::size_t { kPro, kFree, kYearly, kTeam, kMetered, kLifetime };

inline std::string ProductOf(Polar& polar, Kind kind) { return polar.emulator.products()[kind].id; }

inline Json Open(Polar& polar, const std::string& product, Json fields = Json::object()) {
  SetMember(fields, "products", Json::array({product}));
  if (FindMember(fields, "customer_email") == nullptr) SetMember(fields, "customer_email", "ada@example.com");
  const Answer answer = polar.Post("/v1/checkouts/", fields);
  CAPTURE(answer.raw.body);
  REQUIRE(answer.status == 201);
  return answer.json;
}

inline std::string ClientUrl(const Json& checkout) {
  return "/v1/checkouts/client/" + TextAt(checkout, "client_secret");
}

// All events of a purchase but those of customers, members and grants.
inline Strings Money(const std::vector<Hook>& hooks) {
  Strings types;
  for (const Hook& hook : hooks) {
    const bool money =
        hook.type.starts_with("checkout.") || hook.type.starts_with("order.") || hook.type.starts_with("subscription.");
    if (money) types.push_back(hook.type);
  }
  return types;
}

inline Json DataOf(const std::vector<Hook>& hooks, std::string_view type) {
  for (const Hook& hook : hooks) {
    if (hook.type == type) return At(hook.json, "data");
  }
  return nullptr;
}

}  // namespace plinto::polar::emulator
