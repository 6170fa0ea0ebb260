// Every request that the core can build, each in several variants, with values that the tests in TypeScript repeat.
#pragma once

#include <string>
#include <vector>

#include "core/polar/client.h"

namespace plinto::polar::contract {

struct BuiltRequest {
  std::string operation;  ///< Polar's operationId
  std::string variant;    ///< `minimal`, `full`, or what it does
  HttpRequest request;
};

inline const PolarAccount kAccount{.base_url = "https://api.polar.sh", .access_token = "polar_oat_contract"};
inline constexpr const char* kId = "11111111-1111-4111-8111-111111111111";
inline constexpr const char* kOther = "22222222-2222-4222-8222-222222222222";
inline constexpr const char* kExternal = "org/1 %?";  // everything in it must be escaped in a path
inline constexpr const char* kTime = "2026-11-22T06:00:00Z";

[[nodiscard]] std::vector<BuiltRequest> AllRequests();
[[nodiscard]] std::vector<BuiltRequest> SubscriptionRequests();

/// The time that kTime says.
[[nodiscard]] Timestamp Time();
/// `{"text": "a b", "count": 3, "share": 0.5, "flag": true}`
[[nodiscard]] Json Metadata();
/// A metadata filter: one key, and one with two values.
[[nodiscard]] Json MetadataFilter();

}  // namespace plinto::polar::contract
