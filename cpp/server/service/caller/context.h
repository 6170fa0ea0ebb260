// A request on its way through a handler. Who sent it is known; a handler calls Admit() before it touches anything of a
// subject.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/service/call_terms.h"
#include "server/service/caller/caller.h"

namespace plinto::polar::server {

struct Context {
  HttpRequest request;
  Action action;
  Credentials credentials;
  std::vector<std::pair<std::string, std::string>> query;
  std::string id;  ///< what stands for `{id}` in the path: a UUID in lower case, or an id of Conekta's; empty without
  Timestamp deadline;

  [[nodiscard]] std::optional<std::string> Query(std::string_view name) const;
};

/// The caller, if they may do what the route does to the subject that the request names. `organization_id` may stand
/// in the query or in the body. Errors: VALIDATION_FAILED when both name different ones; those of Admit() in caller.h.
[[nodiscard]] Task<Result<Caller>> Admit(Host& host, const Context& context,
                                         std::optional<std::string> organization_in_body = std::nullopt);

/// On what terms Polar is asked for the request: by its deadline, on the share of the user who asks, or of the subject
/// where a service key does.
[[nodiscard]] CallTerms TermsOf(const Context& context, const Caller& caller, Priority priority);

/// `true` or `1`, `false` or `0` in the query; false when absent. Errors: VALIDATION_FAILED, naming the parameter.
[[nodiscard]] Result<bool> ReadFlag(const Context& context, const char* name);

}  // namespace plinto::polar::server
