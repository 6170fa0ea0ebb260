// What has to hold once all is quiet, of everybody: what the application believes, and what the mirror says.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "core/billing/access/entitlements.h"
#include "server/store/database.h"
#include "world.h"

namespace plinto::polar::sim {
namespace {

std::string Listed(const std::set<std::string>& ids) {
  std::string text;
  for (const std::string& id : ids) text += (text.empty() ? "" : ", ") + id;
  return text.empty() ? "none" : text;
}

std::string WordOf(bool allowed) { return allowed ? "allowed" : "not allowed"; }

server::Task<void> Keep(server::Store& store, server::Subject subject,
                        std::optional<Result<server::SubjectState>>& state) {
  state.emplace(co_await store.ReadSubject(std::move(subject)));
}

}  // namespace

// By the very rules that GET /access answers by, over the store as it is.
bool World::IsAllowed(const Buyer& buyer, bool with_grants) {
  const server::Database opened(database);
  const std::unique_ptr<server::Store> store = opened.ForTenant(TenantName(buyer.tenant()));
  std::optional<Result<server::SubjectState>> known;
  boost::asio::io_context context;
  server::Subject subject{server::Subject::Kind::kUser, buyer.id()};
  boost::asio::co_spawn(context, Keep(*store, std::move(subject), known), [](const std::exception_ptr& /*problem*/) {});
  context.run();
  if (!known || !*known) return false;
  const std::vector<LocalGrant> grants = with_grants ? (*known)->local_grants : std::vector<LocalGrant>();
  return DecideEntitlements({}, (*known)->state, schedule.Now(), grants).access.allowed;
}

void World::CheckTold() {
  for (const auto& buyer : buyers) {
    const auto& told = applications[buyer->tenant()]->told();
    const auto last = told.find(buyer->id());
    const bool is_told_allowed = last != told.end() && last->second.allowed;
    const bool is_allowed = !ending[buyer->tenant()] && IsAllowed(*buyer);
    if (is_told_allowed != is_allowed) {
      ledger.Break("user " + buyer->id() + " is " + WordOf(is_allowed) +
                   ", and the application was told last that they are " + WordOf(is_told_allowed));
    }
  }
}

void World::CheckMirror() {
  CheckTold();
  for (const auto& kept : kept_promises) {
    if (kept != nullptr) kept->Check();
  }
  for (const auto& buyer : buyers) {
    if (!ending[buyer->tenant()]) CheckBuyer(*buyer);
  }
}

// Nobody at Polar, where they were deleted, perhaps by an erasure whose answer was lost: they have no access, and what
// runs at Conekta is not charged again. Unless it is not known here: Polar never told of it.
void World::CheckLeft(const Buyer& buyer) {
  const auto known = ledger.Read(
      "SELECT polar_customer_id FROM polar_customers WHERE tenant = ?1 AND user_id = ?2"
      " AND status = 'deleted' AND deleted_at IS NOT NULL",
      {TenantName(buyer.tenant()), buyer.id()}, 1);
  if (known.empty()) return;
  if (IsAllowed(buyer, false)) ledger.Break("user " + buyer.id() + " was deleted at Polar, and is allowed here");
  for (const auto& row : ledger.Read("SELECT polar_subscription_id FROM polar_subscriptions s"
                                     " WHERE tenant = ?1 AND polar_customer_id = ?2 AND status <> 'canceled'"
                                     " AND substr(polar_subscription_id, 1, 4) = 'sub_' AND NOT EXISTS (SELECT 1"
                                     " FROM kept_cancellations k WHERE k.tenant = ?1"
                                     " AND k.subscription_id = s.polar_subscription_id)",
                                     {TenantName(buyer.tenant()), known.front().front()}, 1)) {
    ledger.Break("user " + buyer.id() + " was deleted at Polar, and pays for subscription " + row.front() + " on");
  }
}

void World::CheckBuyer(const Buyer& buyer) {
  const std::size_t tenant = buyer.tenant();
  const auto at_polar = accounts[tenant]->ActiveOf(buyer.id());
  if (buyer.is_deleted()) {
    if (at_polar) ledger.Break("user " + buyer.id() + " was deleted, and is still a customer at Polar");
    if (buyer.is_mexican()) conekta_mirrors[tenant]->CheckGone(buyer.id());
    return;
  }
  if (buyer.is_mexican() && !at_polar) return CheckLeft(buyer);
  std::set<std::string> here;
  for (const auto& row : ledger.Read("SELECT s.polar_subscription_id FROM polar_subscriptions s JOIN polar_customers c"
                                     " ON c.tenant = s.tenant AND c.polar_customer_id = s.polar_customer_id"
                                     " WHERE s.tenant = ?1 AND c.user_id = ?2 AND c.status = 'active'"
                                     " AND s.status IN ('active', 'trialing')",
                                     {TenantName(tenant), buyer.id()}, 1)) {
    here.insert(row.front());
  }
  std::set<std::string> there = at_polar.value_or(std::set<std::string>());
  if (buyer.is_mexican()) there.merge(conektas[tenant]->ActiveOf(buyer.id()));
  if (here != there) {
    ledger.Break("the mirror of user " + buyer.id() + " has the active subscriptions " + Listed(here) +
                 ", and Polar and Conekta " + Listed(there));
  }
  std::set<std::string> bought = there;
  bool is_promised = false;
  bool may_be_promised = false;
  if (buyer.is_mexican()) {
    conekta_mirrors[tenant]->CheckPaid(buyer.id());
    bought.merge(conektas[tenant]->PurchasesOf(buyer.id()));
    is_promised = kept_promises[tenant]->IsPromised(buyer.id());
    may_be_promised =
        is_promised || !conektas[tenant]->PaidOnceBy(buyer.id()).empty() || kept_promises[tenant]->IsKept(buyer.id());
  }
  const bool is_allowed = IsAllowed(buyer, false);
  if (is_allowed ? bought.empty() && !may_be_promised : !bought.empty() || is_promised) {
    ledger.Break("user " + buyer.id() + " is " + WordOf(is_allowed) + " here, and has bought: " + Listed(bought) +
                 (is_promised ? ", and was promised access until a date that is to come" : ""));
  }
}

}  // namespace plinto::polar::sim
