#include "server/service/caller/caller.h"

#include "core/foundation/text.h"
#include "server/base/secrets/service_key.h"

namespace plinto::polar::server {
namespace {

/// The service key of `Bearer <key>`; empty when it is something else.
std::string_view ServiceKeyOf(std::string_view authorization) {
  constexpr std::string_view kScheme = "Bearer ";
  if (!EqualsIgnoringCase(authorization.substr(0, kScheme.size()), kScheme)) return {};
  const std::string_view text = TrimAscii(authorization.substr(kScheme.size()));
  return text.starts_with(kServiceKeyPrefix) ? text : std::string_view();
}

Status CheckUuid(const std::optional<std::string>& id, const char* field, const char* what) {
  if (!id || IsUuid(*id)) return Done{};
  return ValidationError(field, "Must be a UUID: the id of the Plinto " + std::string(what) + ".");
}

std::optional<std::string> Lower(const std::optional<std::string>& id) {
  return id ? std::optional(ToLowerAscii(*id)) : std::nullopt;
}

Result<Caller> AdmitKey(ServiceKey key, const SubjectNames& names, Action action) {
  if (Status allowed = CheckAccess({.kind = Actor::Kind::kServiceKey, .scopes = key.scopes}, action); !allowed) {
    return std::move(allowed).error();
  }
  if (!names.organization_id && !names.user_id) {
    return ValidationError("organization_id",
                           "A service key acts for somebody. Name them by organization_id or, in the query, user_id.");
  }
  Subject subject = names.organization_id ? Subject{Subject::Kind::kOrganization, *names.organization_id}
                                          : Subject{Subject::Kind::kUser, *names.user_id};
  return Caller{{}, "key:" + key.id, names.user_id, std::move(subject), {}};
}

Error UserDeleted() {
  return {.code = ErrorCode::kTokenInvalid,
          .message = "Plinto has deleted the user of this token, so that it opens nothing any more. Sign in anew."};
}

Error SubjectDeleted() {
  return {.code = ErrorCode::kCustomerNotFound,
          .message = "Plinto has deleted this user or organization: nothing more is billed or stored."};
}

// A token outlives its user by minutes, a back end's knowledge of an id by more. To erase what is gone is always right.
Task<Result<Caller>> RefuseGone(Host& host, Caller caller, Action action) {
  std::string user = caller.user_id.value_or(caller.subject.id);
  Result<Admission> admission = co_await host.store.ReadAdmission(std::move(user), caller.subject);
  if (!admission) co_return std::move(admission).error();
  const bool is_gone = admission->is_user_gone || admission->is_subject_gone;
  if (is_gone && caller.token) co_return admission->is_user_gone ? UserDeleted() : SubjectDeleted();
  if (is_gone && action != Action::kEraseCustomer) co_return SubjectDeleted();
  caller.customer = std::move(admission->customer);
  co_return std::move(caller);
}

Task<Result<Caller>> AdmitUser(Host& host, AccessToken token, SubjectNames names, Action action) {
  std::string user = token.user_id;
  if (names.user_id && *names.user_id != user) {
    co_return Error{.code = ErrorCode::kRoleNotAllowed,
                    .message = "Only a service key acts for another user. Leave user_id out to act for yourself.",
                    .field = "user_id"};
  }
  if (!names.organization_id) {
    Status allowed = CheckAccess({.kind = Actor::Kind::kUser}, action);
    if (!allowed) co_return std::move(allowed).error();
    Subject self{Subject::Kind::kUser, user};
    co_return Caller{std::move(token), user, user, std::move(self), {}};
  }
  Result<Membership> membership = co_await host.plinto.GetMembership(token, *names.organization_id);
  if (!membership) co_return std::move(membership).error();
  Status allowed = DecideOrganizationAccess(membership->role, action);
  if (!allowed) co_return std::move(allowed).error();
  Subject organization{Subject::Kind::kOrganization, *std::move(names.organization_id)};
  co_return Caller{std::move(token), user, user, std::move(organization), std::move(membership->organization)};
}

}  // namespace

Task<Result<Credentials>> Identify(Host& host, ServiceKeys& keys, const HttpRequest& request, Action action) {
  const PolicyReason to_strangers = DecideAccess({}, action).reason;
  if (to_strangers == PolicyReason::kPublic || to_strangers == PolicyReason::kSignatureMissing) co_return Credentials{};
  const std::string* header = request.headers.Find("authorization");
  std::string authorization = header == nullptr ? std::string() : *header;
  const std::string_view service_key = ServiceKeyOf(authorization);
  if (service_key.empty()) {
    Result<AccessToken> token = co_await host.tokens.Verify(std::move(authorization), host.clock.Now());
    if (!token) co_return std::move(token).error();
    co_return Credentials{.token = std::move(*token), .key = {}};
  }
  if (request.headers.Find("origin") != nullptr) {
    Status refused = CheckAccess({.kind = Actor::Kind::kServiceKey, .has_origin = true}, action);
    co_return std::move(refused).error();
  }
  Result<ServiceKey> key = co_await keys.Find(HashServiceKey(service_key), host.clock.Now());
  if (!key) co_return std::move(key).error();
  co_return Credentials{.token = {}, .key = std::move(*key)};
}

Task<Result<Caller>> Admit(Host& host, Credentials credentials, SubjectNames names, Action action) {
  Status organization = CheckUuid(names.organization_id, "organization_id", "organization that is billed");
  if (!organization) co_return std::move(organization).error();
  Status user = CheckUuid(names.user_id, "user_id", "user");
  if (!user) co_return std::move(user).error();
  names = {Lower(names.organization_id), Lower(names.user_id)};
  // g++ 12 destroys twice what a conditional expression with a co_await makes.
  if (credentials.key) {
    Result<Caller> key = AdmitKey(*std::move(credentials.key), names, action);
    if (!key) co_return key;
    co_return co_await RefuseGone(host, *std::move(key), action);
  }
  if (credentials.token) {
    Result<Caller> caller = co_await AdmitUser(host, *std::move(credentials.token), std::move(names), action);
    if (!caller) co_return caller;
    co_return co_await RefuseGone(host, *std::move(caller), action);
  }
  Status refused = CheckAccess({.kind = Actor::Kind::kAnonymous}, action);
  co_return refused ? Error{.code = ErrorCode::kInternal, .message = "A public route has no subject."}
                    : std::move(refused).error();
}

}  // namespace plinto::polar::server
