// Customer sessions: the tokens with which a buyer uses the portal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct World;
struct Customer;
struct Member;

struct Session {
  std::string id = {};
  Timestamp created_at = {};
  Timestamp expires_at = {};
  std::string token = {};  ///< `polar_mst_...` of a member, `polar_cst_...` of a customer without one.
  std::string customer_id = {};
  std::string member_id = {};
  std::optional<std::string> return_url = {};
};

const Session& OpenSession(World& world, const Customer& customer, const Member* member,
                           std::optional<std::string> return_url);
/// Nothing when the token is unknown or its hour is over, or when its customer is gone.
[[nodiscard]] const Session* FindSession(const World& world, const std::string& token);
/// Owners, billing managers and plain customer sessions may see orders and change subscriptions; members may not.
[[nodiscard]] bool MayManageBilling(const World& world, const Session& session);

}  // namespace plinto::polar::emulator
