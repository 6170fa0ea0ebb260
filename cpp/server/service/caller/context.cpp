#include "server/service/caller/context.h"

#include "core/foundation/text.h"

namespace plinto::polar::server {

std::optional<std::string> Context::Query(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

Task<Result<Caller>> Admit(Host& host, const Context& context, std::optional<std::string> organization_in_body) {
  std::optional<std::string> organization = context.Query("organization_id");
  if (organization && organization_in_body && !EqualsIgnoringCase(*organization, *organization_in_body)) {
    co_return ValidationError("organization_id", "The query and the body name different organizations. Name one.");
  }
  if (!organization) organization = std::move(organization_in_body);
  // Named, and moved in: g++ 12 destroys an aggregate twice that is made within a co_await.
  SubjectNames names{std::move(organization), context.Query("user_id")};
  Credentials credentials = context.credentials;
  co_return co_await Admit(host, std::move(credentials), std::move(names), context.action);
}

CallTerms TermsOf(const Context& context, const Caller& caller, Priority priority) {
  return {context.deadline, priority, caller.token ? caller.actor : caller.subject.id};
}

Result<bool> ReadFlag(const Context& context, const char* name) {
  const std::optional<std::string> text = context.Query(name);
  if (!text || *text == "false" || *text == "0") return false;
  if (*text == "true" || *text == "1") return true;
  return ValidationError(name, "Must be true or false, or 1 or 0.");
}

}  // namespace plinto::polar::server
