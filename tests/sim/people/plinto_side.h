// Plinto as the simulation has it: who is who, and access tokens that are the user's id.
#pragma once

#include "core/foundation/text.h"
#include "machine/process.h"
#include "server/auth/plinto.h"

namespace plinto::polar::sim {

/// `Bearer <user id>` is that user.
class PlainTokens final : public server::TokenVerifier {
 public:
  server::Task<Result<server::AccessToken>> Verify(std::string authorization, Timestamp now) override {
    constexpr std::string_view kBearer = "Bearer ";
    if (!authorization.starts_with(kBearer)) co_return Error{.code = ErrorCode::kTokenMissing, .message = "none"};
    const std::string user = authorization.substr(kBearer.size());
    if (!IsUuid(user)) co_return Error{.code = ErrorCode::kTokenInvalid, .message = "bad"};
    co_return server::AccessToken{user, user, now.PlusSeconds(900)};
  }
};

[[nodiscard]] inline std::string EmailOf(const std::string& user) { return user.substr(0, 8) + "@example.com"; }

/// Every user is known, and their address is verified. Nobody is a member of an organization.
class PlintoSide final : public server::Plinto {
 public:
  explicit PlintoSide(Process& process) : process_(process) {}
  server::Task<Result<server::PlintoUser>> GetUser(const server::AccessToken& token) override {
    std::string user = token.user_id;
    co_await process_.Until(process_.schedule().Now().PlusMilliseconds(20), "Plinto answers");
    co_return server::PlintoUser{user, EmailOf(user), "User " + user.substr(0, 4), true};
  }
  server::Task<Result<server::Membership>> GetMembership(const server::AccessToken& /*token*/,
                                                         std::string_view /*organization*/) override {
    co_return server::Membership{};
  }

 private:
  Process& process_;
};

}  // namespace plinto::polar::sim
