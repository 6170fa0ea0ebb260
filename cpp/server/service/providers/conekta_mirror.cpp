#include "server/service/providers/conekta_mirror.h"

#include "server/service/mirror/facts.h"

namespace plinto::polar::server {

Task<Status> MirrorConekta(Shared& shared, ConektaOwner owner, std::string order_id, Facts more, CallTerms terms) {
  Host& host = shared.host;
  Result<FetchedFromConekta> fetched =
      co_await FetchFromConekta(host, shared.settings, owner, std::move(order_id), std::move(terms));
  if (!fetched) co_return std::move(fetched).error();
  if (fetched->is_gone) {
    Result<Facts> ended = co_await EndAllOfConekta(host, shared.settings, std::move(owner));
    if (!ended) co_return std::move(ended).error();
    fetched->facts = *std::move(ended);
  }
  AppendFacts(fetched->facts, std::move(more));
  Status applied = co_await host.store.ApplyFacts(std::move(fetched->facts), host.clock.Now());
  if (applied) shared.notify_of_webhook();  // the application is told, too
  co_return applied;
}

}  // namespace plinto::polar::server
