// What the server asks Plinto about the caller, in the caller's own name. Real: auth/http_plinto.h.
#pragma once

#include <string>
#include <string_view>

#include "core/billing/access/access_policy.h"
#include "core/foundation/result.h"
#include "server/auth/token.h"
#include "server/base/async/task.h"

namespace plinto::polar::server {

struct PlintoUser {
  std::string id;
  std::string email;
  std::string name;             ///< may be empty
  bool email_verified = false;  ///< Plinto has proof that the e-mail is the user's
};

struct OrganizationProfile {
  std::string name;  ///< may be empty
};

struct Membership {
  Role role = Role::kNone;
  OrganizationProfile organization = {};
};

class Plinto {
 public:
  virtual ~Plinto() = default;
  /// `GET /api/v1/users/me`. Errors: TOKEN_INVALID (Plinto says 401), UPSTREAM_FAILED, UPSTREAM_TIMEOUT,
  /// UPSTREAM_ANSWER_INVALID.
  [[nodiscard]] virtual Task<Result<PlintoUser>> GetUser(const AccessToken& token) = 0;
  /// `GET /api/v1/organizations/{id}`. Role kNone for 403 and 404: only members learn more.
  /// Errors: as GetUser.
  [[nodiscard]] virtual Task<Result<Membership>> GetMembership(const AccessToken& token,
                                                               std::string_view organization_id) = 0;
};

}  // namespace plinto::polar::server
