// Leases, balances and limits in the store, on both engines: nothing is granted that is not there, nothing is lost.
#include "server/store/usage_accounts.h"

#include <algorithm>
#include <atomic>

#include "../awaiting.h"
#include "../due.h"
#include "engines.h"
#include "people.h"
#include "plans.h"
#include "server/base/time/system_clock.h"
#include "server/store/engines/postgres_pool.h"
#include "server/store/sql/sql_store.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

const CountableMeter kTokens{"3e7e0000-0000-4000-8000-000000000001", "Tokens", "tokens", false};
const CountableMeter kCalls{"3e7e0000-0000-4000-8000-000000000002", "Calls", "tokens", true};

// PostgreSQL's leases and periods are by its own clock.
Timestamp Now() { return SystemClock().Now(); }

MeterFigure Credited(std::int64_t units, std::int64_t consumed = 0, std::int64_t seconds = -60) {
  return {.consumed = consumed, .credited = units, .as_of = Now().PlusSeconds(seconds), .period_starts = {}};
}

Decimal Units(const char* text) { return *Decimal::Parse(text); }

UsageRow Usage(const Subject& subject, const std::string& id, const Decimal& quantity, const char* name = "tokens") {
  return {.subject = subject,
          .external_id = id,
          .event_name = name,
          .quantity = quantity,
          .properties = "{}",
          .created_at = Now()};
}

/// One tenant of a database, and its rows.
struct Accounts {
  explicit Accounts(SqlEngine engine) : runner(OpenRunner(engine)) {}

  LeaseAnswer Reserve(const Decimal& quantity, const std::string& id, std::optional<MeterFigure> figure = {},
                      const std::string& external_id = "", const CountableMeter& meter = kTokens) {
    return Ask(store.ReserveUsage({.of = {kAlice, meter, std::move(figure)},
                                   .lease_id = id,
                                   .external_id = external_id,
                                   .quantity = quantity,
                                   .tells = true},
                                  Now()));
  }
  LeaseAnswer Commit(const std::string& id, const Decimal& quantity) {
    return Ask(store.EndLease({id, kAlice, {}, Usage(kAlice, "", quantity), true}, Now()));
  }
  LeaseAnswer Release(const std::string& id) { return Ask(store.EndLease({id, kAlice}, Now())); }
  DecimalSum Balance() { return Ask(store.ReadBalance({kAlice, kTokens, {}}, Now())); }
  LimitRow Limit(std::int64_t maximum, LimitPeriod period = LimitPeriod::kMonth) {
    return Ask(store.SetUsageLimit({kAlice, "tokens", period}, maximum, true, Now()));
  }
  LimitRow OnlyLimit() {
    const auto limits = Ask(store.ListUsageLimits(kAlice, Now()));
    REQUIRE(limits.size() == 1);
    return limits.front();
  }
  bool IsRecorded(const std::string& id, const Decimal& quantity) {
    const Result<UsageRow> kept = Await(store.AddUsage(Usage(kAlice, id, quantity), true));
    if (!kept) CHECK(kept.error().code == ErrorCode::kUsageLimitReached);
    return kept.ok();
  }
  void Expire() { Execute(*runner, "UPDATE usage_leases SET expires_at = granted_at WHERE state = 'open'"); }
  std::vector<std::string> News() { return RowsOf(*runner, "SELECT data FROM app_notifications ORDER BY id"); }

  std::shared_ptr<SqlRunner> runner;
  SqlStore store{runner, "acme"};
};

ErrorCode CodeOf(const LeaseAnswer& answer) {
  REQUIRE(answer.error);
  CHECK_FALSE(answer.lease);
  return answer.error->code;
}

Accounts Open() { return Accounts(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres)); }

}  // namespace

TEST_CASE("a reservation takes from the balance, to the last digit, and never more than there is") {
  Accounts accounts = Open();
  const LeaseAnswer first = accounts.Reserve(Units("0.1"), "l-1", Credited(1));
  REQUIRE(first.lease);
  CHECK(first.lease->quantity == Units("0.1"));
  CHECK(first.lease->expires_at == first.lease->granted_at.PlusSeconds(60));
  CHECK(first.balance.Text() == "0.9");

  CHECK(CodeOf(accounts.Reserve(Units("0.900000000000000001"), "l-2")) == ErrorCode::kUsageBalanceExhausted);
  CHECK(accounts.Reserve(Units("0.9"), "l-3").balance.IsZero());
  CHECK(CodeOf(accounts.Reserve(Units("0.000001"), "l-4")) == ErrorCode::kUsageBalanceExhausted);
  CHECK(accounts.Balance().IsZero());
}

TEST_CASE("nothing can be reserved of a meter of which Polar has said nothing, nor of another subject's balance") {
  Accounts accounts = Open();
  CHECK(CodeOf(accounts.Reserve(1, "l-1")) == ErrorCode::kUsageBalanceExhausted);
  accounts.Reserve(1, "l-2", Credited(10));
  const LeaseAnswer other = Ask(accounts.store.ReserveUsage({.of = {kAcme, kTokens, {}}, .lease_id = "l-3"}, Now()));
  CHECK(CodeOf(other) == ErrorCode::kUsageBalanceExhausted);
  CHECK_FALSE(Ask(accounts.store.FindLease(kAcme, "l-2")));
  CHECK(CodeOf(Ask(accounts.store.EndLease({"l-2", kAcme}, Now()))) == ErrorCode::kNotFound);
}

TEST_CASE("a committed lease is one event of what was really used, however often it is committed") {
  Accounts accounts = Open();
  accounts.Reserve(10, "l-1", Credited(100));

  const LeaseAnswer once = accounts.Commit("l-1", Units("7.5"));
  const LeaseAnswer again = accounts.Commit("l-1", 9);

  for (const LeaseAnswer& answer : {once, again}) {
    REQUIRE(answer.lease);
    CHECK(answer.lease->state == "committed");
    CHECK(answer.lease->committed == Units("7.5"));
    CHECK(answer.lease->event_id == "lease-l-1");
    CHECK(answer.balance.Text() == "92.5");
  }
  const auto due = DueUsage(accounts.store, Now(), 10);
  REQUIRE(due.size() == 1);
  CHECK(due[0].event_name == "tokens");
  CHECK(due[0].external_id == "lease-l-1");
  CHECK(due[0].quantity == Units("7.5"));
  CHECK(CodeOf(accounts.Release("l-1")) == ErrorCode::kLeaseEnded);
}

TEST_CASE("a released lease sets nothing aside, can be released again, and cannot be committed") {
  Accounts accounts = Open();
  accounts.Reserve(10, "l-1", Credited(10));

  CHECK(accounts.Release("l-1").balance == 10);
  CHECK(accounts.Release("l-1").balance == 10);

  CHECK(CodeOf(accounts.Commit("l-1", 1)) == ErrorCode::kLeaseEnded);
  CHECK(DueUsage(accounts.store, Now(), 10).empty());
}

TEST_CASE("an expired lease sets nothing aside, and is committed only as far as the balance holds it then") {
  Accounts accounts = Open();
  accounts.Reserve(10, "l-1", Credited(10));
  accounts.Expire();
  CHECK(accounts.Balance() == 10);

  accounts.Reserve(4, "l-2");
  CHECK(CodeOf(accounts.Commit("l-1", 7)) == ErrorCode::kUsageBalanceExhausted);
  // Ended by the first decision that counted on it: a clock that is set back does not bring it back.
  Execute(*accounts.runner, "UPDATE usage_leases SET expires_at = 99999999999999999 WHERE id = 'l-1'");
  CHECK(CodeOf(accounts.Commit("l-1", 7)) == ErrorCode::kUsageBalanceExhausted);
  CHECK(accounts.Commit("l-1", 6).balance.IsZero());
  Execute(*accounts.runner, "UPDATE usage_leases SET expires_at = 1 WHERE id = 'l-2'");
  CHECK(CodeOf(accounts.Commit("l-2", 1)) == ErrorCode::kLeaseEnded);
}

TEST_CASE("more than was reserved is committed only as far as the balance holds it; what was reserved always is") {
  Accounts accounts = Open();
  accounts.Reserve(10, "l-1", Credited(15));
  CHECK(CodeOf(accounts.Commit("l-1", 16)) == ErrorCode::kUsageBalanceExhausted);
  CHECK(Ask(accounts.store.FindLease(kAlice, "l-1"))->state == "open");
  // Others have used the meter meanwhile.
  Ask(accounts.store.AddUsage(Usage(kAlice, "e", 40)));
  CHECK(CodeOf(accounts.Commit("l-1", 11)) == ErrorCode::kUsageBalanceExhausted);
  CHECK(accounts.Commit("l-1", 10).balance == -35);
}

TEST_CASE("a reservation that is sent again has the same lease; another one under its id is refused") {
  Accounts accounts = Open();
  accounts.Reserve(10, "l-1", Credited(100), "mine");
  const LeaseAnswer again = accounts.Reserve(10, "l-2", {}, "mine");
  REQUIRE(again.lease);
  CHECK(again.lease->id == "l-1");
  CHECK(again.balance == 90);

  CHECK(CodeOf(accounts.Reserve(11, "l-3", {}, "mine")) == ErrorCode::kIdempotencyKeyReused);
  accounts.Expire();
  CHECK(CodeOf(accounts.Reserve(10, "l-4", {}, "mine")) == ErrorCode::kLeaseEnded);
  accounts.Release("l-1");
  CHECK(CodeOf(accounts.Reserve(10, "l-5", {}, "mine")) == ErrorCode::kLeaseEnded);
}

TEST_CASE("usage that is recorded counts at once, once, and is not counted again when Polar tells of it") {
  Accounts accounts = Open();
  accounts.Reserve(1, "l-1", Credited(100));
  Ask(accounts.store.AddUsage(Usage(kAlice, "e-1", 30)));
  Ask(accounts.store.AddUsage(Usage(kAlice, "e-1", 30)));
  Ask(accounts.store.AddUsageBatch({Usage(kAlice, "e-1", 30), Usage(kAlice, "e-2", Units("0.5")),
                                    Usage(kAlice, "e-2", Units("0.5")), Usage(kAlice, "e-3", 5, "other"),
                                    Usage(kAcme, "e-4", 7)}));
  CHECK(accounts.Balance().Text() == "68.5");

  CHECK(Ask(accounts.store.ReadBalance({kAlice, kTokens, Credited(100, 30, 0)}, Now())).Text() == "68.5");
  CHECK(accounts.Reserve(1, "l-2", Credited(100, 30, 0)).balance.Text() == "67.5");
}

TEST_CASE("a balance begins with what Polar has counted, and all of ours that Polar may not have yet") {
  Accounts accounts = Open();
  Ask(accounts.store.AddUsageBatch(
      {Usage(kAlice, "e-1", 30), Usage(kAlice, "e-2", 20), Usage(kAlice, "e-3", 10), Usage(kAcme, "e-4", 5)}));
  const auto due = DueUsage(accounts.store, Now(), 10);
  Ask(accounts.store.MarkUsageReported({due[0].row}, Now().PlusSeconds(-10 * 3'600)));
  Ask(accounts.store.MarkUsageReported({due[1].row}, Now()));

  // The first is in Polar's figure for sure.
  CHECK(Ask(accounts.store.ReadBalance({kAlice, kTokens, Credited(100, 30)}, Now())) == 100 - 30 - 20 - 10);
  CHECK(accounts.Reserve(1, "l-1", Credited(100, 30)).balance == 39);
  CHECK(Ask(accounts.store.ReadBalance({kAlice, kCalls, Credited(100, 1)}, Now())) == 100 - 1 - 2);
}

TEST_CASE("on a meter that counts events each lease sets one aside, whatever its quantity") {
  Accounts accounts = Open();
  CHECK(accounts.Reserve(500, "l-1", Credited(2), "", kCalls).balance == 1);
  CHECK(accounts.Reserve(500, "l-2", {}, "", kCalls).balance == 0);
  CHECK(CodeOf(accounts.Reserve(1, "l-3", {}, "", kCalls)) == ErrorCode::kUsageBalanceExhausted);
  CHECK(Ask(accounts.store.EndLease({"l-1", kAlice, {}, Usage(kAlice, "", 3), false}, Now())).balance == 0);
}

TEST_CASE("a limit refuses what would go beyond it, and takes what is stored already and what takes back") {
  Accounts accounts = Open();
  Ask(accounts.store.AddUsage(Usage(kAlice, "before", 3)));
  CHECK(accounts.Limit(10).used == 3);

  CHECK(accounts.IsRecorded("e-1", 7));
  CHECK_FALSE(accounts.IsRecorded("e-2", Units("0.01")));
  CHECK(accounts.IsRecorded("e-1", 7));
  CHECK(accounts.IsRecorded("e-3", 0));
  CHECK(accounts.IsRecorded("e-4", -2));
  CHECK(accounts.IsRecorded("e-5", 2));
  CHECK_FALSE(accounts.IsRecorded("e-6", 1));

  const LimitRow limit = accounts.OnlyLimit();
  CHECK(limit.maximum == 10);
  CHECK(limit.used == 10);
  CHECK(limit.Left() == 0);
  CHECK(Ask(accounts.store.AddUsage(Usage(kAlice, "e-7", 100, "other"))).quantity == 100);
  CHECK(Ask(accounts.store.AddUsage(Usage(kAcme, "e-8", 100))).quantity == 100);
}

TEST_CASE("each event of a batch is held against the limits for itself") {
  Accounts accounts = Open();
  accounts.Limit(10);
  const auto fates =
      Ask(accounts.store.AddUsageBatch({Usage(kAlice, "e-1", 6), Usage(kAlice, "e-2", 6), Usage(kAlice, "e-1", 6),
                                        Usage(kAlice, "e-3", 4), Usage(kAlice, "e-4", 1), Usage(kAcme, "e-5", 50)}));
  std::string text;
  for (const AddedUsage& fate : fates) text += fate.refused ? "refused " : fate.is_new ? "new " : "known ";
  CHECK(text == "new refused known new refused new ");
  CHECK(fates[1].refused->details.starts_with("limit=10 period=month remaining=4 required=6 resets_at="));
  CHECK(accounts.OnlyLimit().used == 10);
}

TEST_CASE("what is reserved takes from a limit until the lease ends, and what was reserved can be committed") {
  Accounts accounts = Open();
  accounts.Limit(10);
  accounts.Reserve(6, "l-1", Credited(100));
  CHECK(accounts.OnlyLimit().reserved == 6);
  CHECK(CodeOf(accounts.Reserve(5, "l-2")) == ErrorCode::kUsageLimitReached);
  CHECK_FALSE(accounts.IsRecorded("e-1", 5));
  accounts.Reserve(4, "l-3");
  CHECK(CodeOf(accounts.Commit("l-1", 7)) == ErrorCode::kUsageLimitReached);

  accounts.Limit(1);
  CHECK(accounts.Commit("l-1", 6).lease->state == "committed");
  accounts.Limit(20);
  accounts.Release("l-3");
  CHECK(accounts.OnlyLimit().used == 6);
  CHECK(accounts.OnlyLimit().reserved == 0);
  CHECK(accounts.IsRecorded("e-2", 14));
  CHECK_FALSE(accounts.IsRecorded("e-3", 1));
}

TEST_CASE("a new period begins with nothing but what was recorded in it; an old lease counts where it was granted") {
  Accounts accounts = Open();
  accounts.Limit(10, LimitPeriod::kDay);
  accounts.Reserve(4, "l-1", Credited(100));
  CHECK(accounts.IsRecorded("e-1", 6));
  Execute(*accounts.runner, "UPDATE usage_limits SET period_start = period_start - 86400000000");
  Execute(*accounts.runner, "UPDATE polar_usage_events SET created_at = created_at - 86400000000");
  Execute(*accounts.runner, "UPDATE usage_leases SET granted_at = granted_at - 86400000000");

  const LimitRow fresh = accounts.OnlyLimit();
  CHECK(fresh.used == 0);
  CHECK(fresh.reserved == 0);
  CHECK(accounts.IsRecorded("e-2", 9));
  CHECK(accounts.Commit("l-1", 4).lease);
  CHECK(accounts.OnlyLimit().used == 9);
  CHECK(accounts.IsRecorded("e-3", 1));
  CHECK_FALSE(accounts.IsRecorded("e-4", 1));
}

TEST_CASE("80 % and 100 % of a limit and of credits are told once each, in order, where somebody is to be told") {
  Accounts accounts = Open();
  accounts.Limit(10);
  accounts.IsRecorded("e-1", Units("7.9"));
  CHECK(accounts.News().empty());
  accounts.IsRecorded("e-2", Units("0.1"));
  accounts.IsRecorded("e-3", Units("0.5"));
  REQUIRE(accounts.News().size() == 1);
  const Json first = *ParseJson(accounts.News().front());
  CHECK(*FindString(first, "kind") == "limit");
  CHECK(*FindString(first, "period") == "month");
  CHECK(*FindString(first, "user_id") == kAlice.id);
  CHECK(*FindString(first, "event_name") == "tokens");
  CHECK(*FindString(first, "used") == "8");
  CHECK(*FindString(first, "maximum") == "10");
  CHECK(*FindMember(first, "threshold") == Json(80));
  CHECK(ParseTimestamp(*FindString(first, "resets_at")) == PeriodEnd(LimitPeriod::kMonth, Now()));
  accounts.IsRecorded("e-4", Units("1.5"));
  CHECK(*FindMember(*ParseJson(accounts.News().back()), "threshold") == Json(100));
  accounts.IsRecorded("e-5", -5);
  accounts.IsRecorded("e-6", 5);
  CHECK(accounts.News().size() == 2);

  accounts.Reserve(1, "l-1", Credited(100, 85));
  Ask(accounts.store.RemoveUsageLimit({kAlice, "tokens", LimitPeriod::kMonth}));
  accounts.IsRecorded("e-7", 40);
  REQUIRE(accounts.News().size() == 4);
  const Json credits = *ParseJson(accounts.News().back());
  CHECK(*FindString(credits, "kind") == "credits");
  CHECK(*FindString(credits, "meter_id") == kTokens.id);
  CHECK(*FindString(credits, "maximum") == "100");
  CHECK(*FindMember(credits, "threshold") == Json(100));
  CHECK(RowsOf(*accounts.runner, "SELECT DISTINCT polar_customer_id FROM app_notifications") ==
        std::vector<std::string>{"usage:" + kAlice.id});

  Ask(accounts.store.SetUsageLimit({kAlice, "silent", LimitPeriod::kDay}, 1, false, Now()));
  Ask(accounts.store.AddUsage(Usage(kAlice, "s", 1, "silent"), false));
  CHECK(accounts.News().size() == 4);
}

TEST_CASE("a limit is replaced, listed by event and period, and removed") {
  Accounts accounts = Open();
  accounts.Limit(10);
  accounts.Limit(5, LimitPeriod::kDay);
  Ask(accounts.store.SetUsageLimit({kAlice, "a", LimitPeriod::kMonth}, 1, true, Now()));
  CHECK(accounts.Limit(12).maximum == 12);

  std::string listed;
  for (const LimitRow& one : Ask(accounts.store.ListUsageLimits(kAlice, Now()))) {
    listed += one.name.event_name + " " + one.maximum.Text() + ", ";
  }
  CHECK(listed == "a 1, tokens 5, tokens 12, ");
  CHECK(Ask(accounts.store.RemoveUsageLimit({kAlice, "tokens", LimitPeriod::kDay})));
  CHECK_FALSE(Ask(accounts.store.RemoveUsageLimit({kAlice, "tokens", LimitPeriod::kDay})));
  CHECK(accounts.IsRecorded("e-1", 12));
}

TEST_CASE("a correction of what Polar has refused is counted in place of what was recorded") {
  Accounts accounts = Open();
  accounts.Reserve(1, "l-1", Credited(100));
  accounts.Release("l-1");
  accounts.Limit(50);
  accounts.IsRecorded("e-1", 30);
  const std::int64_t row = DueUsage(accounts.store, Now(), 1).front().row;
  Ask(accounts.store.MarkUsageRefused(row, "no", std::nullopt, Now()));

  Ask(accounts.store.CorrectUsage(row, {.quantity = Units("3.5")}, Now()));
  CHECK(accounts.Balance().Text() == "96.5");
  CHECK(accounts.OnlyLimit().used.Text() == "3.5");
  Ask(accounts.store.MarkUsageRefused(row, "no", std::nullopt, Now()));
  Ask(accounts.store.CorrectUsage(row, {.event_name = "other"}, Now()));
  CHECK(accounts.Balance() == 100);
  CHECK(accounts.OnlyLimit().used == 0);
}

TEST_CASE("whoever is erased has no leases, balances or limits any more") {
  Accounts accounts = Open();
  accounts.Limit(10);
  accounts.Reserve(4, "l-1", Credited(100));
  Ask(accounts.store.EraseSubject(kAlice, Now()));
  for (const char* table : {"usage_leases", "usage_balances", "usage_limits"}) {
    CHECK(RowsOf(*accounts.runner, ("SELECT tenant FROM " + std::string(table)).c_str()).empty());
  }
}

TEST_CASE("old leases are pruned") {
  Accounts accounts = Open();
  accounts.Reserve(4, "l-1", Credited(100));
  accounts.Reserve(4, "l-2");
  Execute(*accounts.runner, "UPDATE usage_leases SET expires_at = 1 WHERE id = 'l-1'");
  const Retention retention(SqlTenant(accounts.runner, "acme"));
  CHECK(Ask(retention.Prune(Now().PlusSeconds(-86'400), 10)) == 1);
  CHECK(RowsOf(*accounts.runner, "SELECT id FROM usage_leases") == std::vector<std::string>{"l-2"});
}

TEST_CASE("many who spend at once never pass a balance or a limit together, and nothing of theirs is lost") {
  const SqlEngine engine = GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres);
  std::vector<std::shared_ptr<SqlRunner>> servers(3, engine == SqlEngine::kSqlite ? OpenRunner(engine) : nullptr);
  if (engine == SqlEngine::kPostgres) {
    const std::string url = NewPostgres();
    for (auto& server : servers) server = *PostgresPool::Open(url, 4);
  }
  const auto store_of = [&](int client) {
    return SqlStore(servers[static_cast<std::size_t>(client) % servers.size()], "acme");
  };
  SqlStore first = store_of(0);
  constexpr int kClients = 40;
  constexpr int kTurns = 6;
  const MeterFigure figure = Credited(50);
  Ask(first.SetUsageLimit({kAlice, "capped", LimitPeriod::kMonth}, 60, false, Now()));
  std::atomic<int> granted = 0;
  std::atomic<int> committed = 0;
  std::atomic<int> capped = 0;
  const auto act = [&](int client) -> Task<std::string> {
    SqlStore store = store_of(client);
    for (int turn = 0; turn < kTurns; ++turn) {
      const std::string id = std::to_string(client) + "-" + std::to_string(turn);
      LeaseRequest request{.of = {kAlice, kTokens, figure}, .lease_id = id};
      const auto lease = co_await store.ReserveUsage(std::move(request), Now());
      if (!lease) co_return lease.error().details;
      if (lease->lease) ++granted;
      if (lease->lease && client % 2 == 0) {
        LeaseEnd end{id, kAlice, figure, Usage(kAlice, "", 1), false};
        const auto ended = co_await store.EndLease(std::move(end), Now());
        if (!ended) co_return ended.error().details;
        if (ended->lease) ++committed;
      }
      UsageRow usage = Usage(kAlice, "c" + id, 1, "capped");
      const auto event = co_await store.AddUsage(std::move(usage));
      if (event) ++capped;
      if (!event && event.error().code != ErrorCode::kUsageLimitReached) co_return event.error().details;
    }
    co_return std::string();
  };
  std::vector<Task<std::string>> tasks;
  for (int client = 0; client < kClients; ++client) tasks.push_back(act(client));

  CHECK(AwaitAll(std::move(tasks)) == std::vector<std::string>(kClients));

  CHECK(granted == 50);
  CHECK(capped == 60);
  CHECK(Ask(first.ReadBalance({kAlice, kTokens, {}}, Now())).IsZero());
  Execute(*servers[0], "UPDATE usage_leases SET expires_at = 1 WHERE state = 'open'");
  CHECK(Ask(first.ReadBalance({kAlice, kTokens, {}}, Now())) == 50 - committed);
  CHECK(Ask(first.ListUsageLimits(kAlice, Now())).front().used == 60);
}
