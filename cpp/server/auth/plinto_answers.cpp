#include "server/auth/plinto_answers.h"

#include <algorithm>

#include "core/foundation/json.h"
#include "core/foundation/text.h"

namespace plinto::polar::server {
namespace {

Error AnswerInvalid(std::string what) {
  return Error{
      .code = ErrorCode::kUpstreamAnswerInvalid,
      .message = "Plinto's answer " + std::move(what) + ". Check that PLINTO_API_URL is the address of a Plinto API."};
}

Error FromFault(TransportFault fault) {
  if (fault == TransportFault::kTimeout) {
    return Error{.code = ErrorCode::kUpstreamTimeout, .message = "Plinto did not answer in time. Try again."};
  }
  return Error{.code = ErrorCode::kUpstreamFailed, .message = "Plinto cannot be reached. Try again in a moment."};
}

/// Plinto's own code for what went wrong, in whichever of its shapes; empty when there is none. Codes are taken over,
/// messages are not: they may quote user data.
std::string RemoteCode(const HttpResponse& response) {
  const Result<Json> json = ParseJson(response.body);
  if (!json) return {};
  const Json* error = FindMember(*json, "error");
  const std::string* code = error == nullptr ? nullptr : FindString(*error, "code");
  if (code == nullptr) code = FindString(*json, "error_code");
  if (code == nullptr || code->size() > 64) return {};
  const bool is_word = std::all_of(code->begin(), code->end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  return is_word ? *code : std::string();
}

Error FromStatus(const HttpResponse& response) {
  Error error{.code = ErrorCode::kUpstreamFailed,
              .message = "Plinto answered with status " + std::to_string(response.status) + ". Try again in a moment.",
              .details = RemoteCode(response),
              .retry_after_ms = ParseRetryAfterMs(response.headers),
              .remote_status = response.status};
  if (response.status == 401) {
    error.code = ErrorCode::kTokenInvalid;
    error.message = "Plinto does not accept the access token: the session may have been ended. Sign in again.";
  }
  return error;
}

std::string JoinedName(const Json& user) {
  const auto text = [&](std::string_view name) {
    const std::string* found = FindString(user, name);
    return found == nullptr ? std::string() : std::string(TrimAscii(*found));
  };
  if (std::string display = text("display_name"); !display.empty()) return display;
  std::string full = text("first_name");
  const std::string last = text("last_name");
  if (!full.empty() && !last.empty()) full += ' ';
  full += last;
  return full.empty() ? text("username") : full;
}

}  // namespace

Result<PlintoUser> ParsePlintoUser(const HttpOutcome& outcome, std::string_view user_id) {
  if (const auto* fault = std::get_if<TransportFault>(&outcome)) return FromFault(*fault);
  const auto& response = std::get<HttpResponse>(outcome);
  if (response.status == 403) {
    Error error = FromStatus(response);
    error.code = ErrorCode::kTokenInvalid;
    error.message = "Plinto refuses this user: the account may be suspended. Sign in with another account.";
    return error;
  }
  if (!response.Succeeded()) {
    return response.status < 400 ? AnswerInvalid("has status " + std::to_string(response.status))
                                 : FromStatus(response);
  }
  const Result<Json> json = ParseJson(response.body);
  if (!json) return AnswerInvalid("to the question for the user is not JSON");
  const std::string* id = FindString(*json, "id");
  const std::string* email = FindString(*json, "email");
  if (id == nullptr || email == nullptr || email->empty()) return AnswerInvalid("has no user with `id` and `email`");
  if (ToLowerAscii(*id) != user_id) return AnswerInvalid("is about another user than the token's");
  return PlintoUser{.id = std::string(user_id),
                    .email = *email,
                    .name = JoinedName(*json),
                    .email_verified = FindBool(*json, "email_verified").value_or(false)};
}

Result<Membership> ParseMembership(const HttpOutcome& outcome) {
  if (const auto* fault = std::get_if<TransportFault>(&outcome)) return FromFault(*fault);
  const auto& response = std::get<HttpResponse>(outcome);
  if (response.status == 403 || response.status == 404) return Membership{};
  if (!response.Succeeded()) {
    return response.status < 400 ? AnswerInvalid("has status " + std::to_string(response.status))
                                 : FromStatus(response);
  }
  const Result<Json> json = ParseJson(response.body);
  if (!json) return AnswerInvalid("to the question for the organization is not JSON");
  const auto is_owner = FindBool(*json, "is_owner");
  const std::string* role = FindString(*json, "user_role");
  if (!is_owner && role == nullptr) return AnswerInvalid("has neither `is_owner` nor `user_role`");
  Membership membership;
  if (role != nullptr) membership.role = RoleFromText(*role);
  if (is_owner.value_or(false)) membership.role = Role::kOwner;
  if (const std::string* name = FindString(*json, "name")) membership.organization.name = *name;
  return membership;
}

}  // namespace plinto::polar::server
