// Who and when the tests of the store are about.
#pragma once

#include <string>

#include "server/store/rows.h"

namespace plinto::polar::server::testing {

inline constexpr Timestamp kNow{1'750'000'000'000'000};
inline const Subject kAlice{Subject::Kind::kUser, "a1111111-1111-4111-8111-111111111111"};
inline const Subject kAcme{Subject::Kind::kOrganization, "0c111111-1111-4111-8111-111111111111"};

/// What they have at Polar.
inline const std::string kCustomer = "c0000000-0000-4000-8000-000000000001";
inline const std::string kSubscription = "50000000-0000-4000-8000-000000000001";

}  // namespace plinto::polar::server::testing
