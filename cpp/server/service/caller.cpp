#include "server/service/caller.h"

#include "core/foundation/text.h"

namespace plinto::polar::server {

Result<AccessToken> Authenticate(const World& world, const HttpRequest& request) {
  const std::string* header = request.headers.Find("authorization");
  return world.tokens.Verify(header == nullptr ? std::string_view() : *header, world.clock.Now());
}

Task<Result<Caller>> Admit(World& world, AccessToken token, std::optional<std::string> organization_id, Action action) {
  if (!organization_id) {
    Status allowed = CheckAccess({.kind = Actor::Kind::kUser}, action);
    if (!allowed) co_return std::move(allowed).error();
    Subject self{Subject::Kind::kUser, token.user_id};
    co_return Caller{std::move(token), std::move(self), ""};
  }
  if (!IsUuid(*organization_id)) {
    co_return ValidationError("organization_id", "Must be a UUID: the id of the Plinto organization that is billed.");
  }
  const std::string id = ToLowerAscii(*organization_id);
  Result<Membership> membership = co_await world.plinto.GetMembership(token, id);
  if (!membership) co_return std::move(membership).error();
  if (Status allowed = DecideOrganizationAccess(membership->role, action); !allowed) {
    co_return std::move(allowed).error();
  }
  Subject organization{Subject::Kind::kOrganization, id};
  co_return Caller{std::move(token), std::move(organization), std::move(membership->organization_name)};
}

}  // namespace plinto::polar::server
