#include "core/conekta/plans.h"

#include "core/foundation/text.h"

namespace plinto::polar {

HttpRequest BuildGetConektaPlan(const ConektaAccount& account, const std::string& id) {
  return BuildConektaRequest(account, "GET", "/plans/" + PercentEncode(id));
}

Result<ConektaPlan> ParseConektaPlan(const HttpResponse& response) { return ParseConektaAnswer<ConektaPlan>(response); }

}  // namespace plinto::polar
