#include "server/service/caller.h"

#include "core/foundation/text.h"

namespace plinto::polar::server {

Task<Result<Credentials>> Identify(World& world, const HttpRequest& request, Action action) {
  const AccessReason without = DecideAccess({}, action).reason;
  if (without == AccessReason::kPublic || without == AccessReason::kSignatureMissing) co_return Credentials{};
  const std::string* header = request.headers.Find("authorization");
  std::string authorization = header == nullptr ? std::string() : *header;
  Result<AccessToken> token = co_await world.tokens.Verify(std::move(authorization), world.clock.Now());
  if (!token) co_return std::move(token).error();
  co_return Credentials{.token = std::move(*token)};
}

Task<Result<Caller>> Admit(World& world, Credentials credentials, std::optional<std::string> organization_id,
                           Action action) {
  if (!credentials.token) {
    Status refused = CheckAccess({.kind = Actor::Kind::kAnonymous}, action);
    co_return refused ? Error{.code = ErrorCode::kInternal, .message = "A public route has no subject."}
                      : std::move(refused).error();
  }
  AccessToken token = std::move(*credentials.token);
  std::string actor = token.user_id;
  if (!organization_id) {
    Status allowed = CheckAccess({.kind = Actor::Kind::kUser}, action);
    if (!allowed) co_return std::move(allowed).error();
    Subject self{Subject::Kind::kUser, token.user_id};
    co_return Caller{std::move(token), std::move(actor), std::move(self), ""};
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
  co_return Caller{std::move(token), std::move(actor), std::move(organization),
                   std::move(membership->organization_name)};
}

}  // namespace plinto::polar::server
