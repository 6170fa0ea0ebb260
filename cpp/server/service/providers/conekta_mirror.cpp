#include "server/service/providers/conekta_mirror.h"

#include "server/service/mirror/facts.h"

namespace plinto::polar::server {

namespace {

Error NotThere() {
  return {
      .code = ErrorCode::kNotFound,
      .message = "Conekta does not have this customer. Is CONEKTA_API_KEY that of the account that they bought at?"};
}

}  // namespace

Task<Status> MirrorConekta(Shared& shared, ConektaOwner owner, std::string order_id, Facts more, CallTerms terms) {
  Host& host = shared.host;
  Result<FetchedFromConekta> fetched =
      co_await FetchFromConekta(host, shared.settings, std::move(owner), std::move(order_id), std::move(terms));
  if (!fetched) co_return std::move(fetched).error();
  // The key of another account may be why: nothing is ended by that.
  if (fetched->gone_at) co_return NotThere();
  AppendFacts(fetched->facts, std::move(more));
  Status applied = co_await host.store.ApplyFacts(std::move(fetched->facts), host.clock.Now());
  if (applied) shared.notify_of_webhook();  // the application is told, too
  co_return applied;
}

}  // namespace plinto::polar::server
