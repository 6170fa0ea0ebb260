// Sixty-four clients who all want the same customer at the same time: nobody is refused, and nothing is lost.
#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>

#include "../awaiting.h"
#include "engines.h"
#include "people.h"
#include "server/store/engines/postgres_connection.h"
#include "server/store/engines/postgres_pool.h"
#include "server/store/engines/run_on.h"
#include "server/store/sql/sql_store.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

constexpr int kClients = 64;

/// What servers have that share a database: two of them, eight connections each. SQLite has one server, whose writer
/// is a thread of its own, and a file, so that readers are beside it.
class Servers {
 public:
  explicit Servers(SqlEngine engine) {
    if (engine == SqlEngine::kPostgres) {
      const std::string url = NewPostgres();
      for (auto& runner : runners_) runner = *PostgresPool::Open(url, 8);
      return;
    }
    std::string folder = (fs::temp_directory_path() / "plinto-polar-XXXXXX").string();
    REQUIRE(mkdtemp(folder.data()) != nullptr);
    folder_ = folder;
    runners_.fill(*SqliteWriter::Open(folder + "/conflicts.db", SqliteWriter::Mode::kThread));
  }
  ~Servers() {
    runners_.fill(nullptr);
    if (!folder_.empty()) fs::remove_all(folder_);
  }
  Servers(const Servers&) = delete;
  Servers& operator=(const Servers&) = delete;

  SqlRunner& any() { return *runners_[0]; }
  SqlStore Of(int client) { return {runners_[static_cast<std::size_t>(client) % runners_.size()], "acme"}; }

 private:
  std::array<std::shared_ptr<SqlRunner>, 2> runners_;
  fs::path folder_;
};

/// What the store said where it refused something; empty where it did not.
template <class T>
void Note(std::string& failure, const Result<T>& result) {
  if (!result.ok() && failure.empty()) failure = result.error().message + " " + result.error().details;
}

CustomerRow ACustomer(int client) {
  return {kAlice, kCustomer, "alice@example.com", "Alice " + std::to_string(client), false};
}

/// Of a subscription with seats, as of the client's second, and an order of its own; and a checkout.
Facts SomeFacts(int client) {
  const Timestamp at = kNow.PlusSeconds(client);
  const auto fact = [&](const std::string& owner, const char* type, const std::string& data) {
    BillingFact one{.customer_id = owner};
    REQUIRE(ApplyEvent(one, {type, at, *ParseJson(data)}).ok());
    return one;
  };
  Facts facts;
  Subscription subscription;
  subscription.id = kSubscription;
  subscription.customer_id = kCustomer;
  subscription.product_id = "d0000000-0000-4000-8000-000000000001";
  subscription.status = OpenEnum<SubscriptionStatus>("active");
  subscription.amount = client;
  facts.subscriptions.push_back({subscription, at, DumpJson(Encode(subscription)), "pro"});
  facts.checkouts.push_back({"checkout", "open", at});
  facts.customers.push_back({kCustomer, "alice@example.com", "Alice at Polar", false, at});
  const std::string order = "order-" + std::to_string(client);
  facts.billing.push_back(fact(kCustomer, "order.paid",
                               R"({"customer_id":")" + kCustomer + R"(","id":")" + order +
                                   R"(","created_at":"2026-01-01T00:00:00Z","product_id":"p","status":"paid"})"));
  facts.billing.push_back(fact(kSubscription, "customer_seat.claimed",
                               R"({"id":"seat-)" + std::to_string(client) + R"(","subscription_id":")" + kSubscription +
                                   R"(","status":"claimed"})"));
  if (client % 2 == 0) std::swap(facts.billing[0], facts.billing[1]);
  return facts;
}

CheckoutRow ACheckout(int client) {
  CheckoutRow checkout;
  checkout.subject = kAlice;
  checkout.user_id = kAlice.id;
  checkout.polar_checkout_id = "checkout-" + std::to_string(client);
  checkout.polar_customer_id = kCustomer;
  checkout.status = "open";
  checkout.metadata = "{}";
  return checkout;
}

UsageRow Usage(int number) {
  return {.subject = kAlice,
          .external_id = "e-" + std::to_string(number),
          .event_name = "call",
          .properties = "{}",
          .created_at = kNow};
}

/// The same ten events for everybody, in everybody's own order.
std::vector<UsageRow> UsageOf(int client) {
  std::vector<UsageRow> rows;
  for (int i = 0; i < 10; ++i) rows.push_back(Usage((i * (client % 2 == 0 ? 3 : 7) + client) % 10));
  return rows;
}

Task<void> Work(SqlStore& store, int client, std::string& failure) {
  const std::string claim = "claim of " + std::to_string(client);
  const auto due = co_await store.ClaimWebhooks(claim, kNow, 3);
  Note(failure, due);
  if (due.ok() && !due->empty()) {
    std::vector<WebhookOutcome> outcomes;
    for (const WebhookRow& row : *due) {
      outcomes.push_back({.row = row.row, .about = row.row % 2 == 0 ? kCustomer : kAlice.id, .claim = row.claim});
      outcomes.back().facts = SomeFacts(client);
    }
    Note(failure, co_await store.FinishWebhooks(std::move(outcomes), kNow));
  }
  const auto event = co_await store.ClaimEvent(WebhookSource::kPlinto, claim, kNow);
  Note(failure, event);
  Note(failure, co_await store.GiveBackWebhooks(claim));
  const auto usage = co_await store.ClaimUsage(claim, kNow, 4);
  Note(failure, usage);
  if (!usage.ok()) co_return;
  std::vector<std::int64_t> rows;
  for (const UsageRow& row : *usage) rows.push_back(row.row);
  if (client % 3 == 0) std::reverse(rows.begin(), rows.end());
  if (client % 4 == 0) {
    Note(failure, co_await store.RenewUsage(claim, kNow));
    Note(failure, co_await store.MarkUsageFailed(std::move(rows), "busy", kNow, kNow, claim));
  } else {
    Note(failure, co_await store.MarkUsageReported(std::move(rows), kNow));
  }
}

WebhookRow Webhook(int number) {
  return {.event_id = "m-" + std::to_string(number), .event_type = "order.paid", .payload = R"({"a":1})"};
}

}  // namespace

TEST_CASE("64 clients who change one customer at the same time all succeed, and nothing of theirs is lost") {
  Servers servers(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  std::atomic<int> new_events = 0;
  std::atomic<int> claims = 0;
  std::atomic<int> deliveries = 0;
  const auto act = [&](int client) -> Task<std::string> {
    SqlStore store = servers.Of(client);
    std::string failure;
    Note(failure, co_await store.SaveCustomer(ACustomer(client), kNow));
    Note(failure, co_await store.ApplyFacts(SomeFacts(client), kNow));
    const auto fates = co_await store.AddUsageBatch(UsageOf(client));
    Note(failure, fates);
    const auto is_new = [](const AddedUsage& fate) { return fate.is_new; };
    if (fates.ok()) new_events += static_cast<int>(std::count_if(fates->begin(), fates->end(), is_new));
    const IdempotencyRow claim{kAlice.id, "key", "digest", ""};
    const auto claimed = co_await store.ClaimIdempotencyKey(claim, kNow);
    Note(failure, claimed);
    if (claimed.ok() && !claimed->has_value()) ++claims;
    const auto added = co_await store.AddWebhook(Webhook(client % 16), kNow);
    Note(failure, added);
    if (added.ok() && *added) ++deliveries;
    Note(failure, co_await store.AddUsage(Usage(client % 10)));
    Note(failure, co_await store.FillMirror(kCustomer, SomeFacts(client), kNow));
    co_await Work(store, client, failure);
    Note(failure, co_await store.ReadSubject(kAlice));
    co_return failure;
  };
  std::vector<Task<std::string>> tasks;
  for (int client = 0; client < kClients; ++client) tasks.push_back(act(client));

  CHECK(AwaitAll(std::move(tasks)) == std::vector<std::string>(kClients));

  CHECK(new_events == 10);
  CHECK(claims == 1);
  CHECK(deliveries == 16);
  SqlStore store = servers.Of(0);
  const SubjectState known = Ask(store.ReadSubject(kAlice));
  CHECK(known.customer->is_mirrored);
  CHECK(known.customer->email == "alice@example.com");
  CHECK(known.state.orders.size() == kClients);
  const auto snapshots = Ask(store.ReadSnapshots(kCustomer));
  REQUIRE(snapshots.subscriptions.size() == 1);
  CHECK(snapshots.subscriptions.front().amount == kClients - 1);
  const auto seats = RowsOf(servers.any(),
                            "SELECT state FROM polar_billing_states WHERE owner <> 'c0000000-0000-4000-"
                            "8000-000000000001'");
  REQUIRE(seats.size() == 1);
  CHECK(DecodeText<BillingState>(seats.front())->seats.size() == kClients);
}

TEST_CASE("a customer whom 64 clients erase and change at the same time is erased, and refuses nobody") {
  Servers servers(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  SqlStore store = servers.Of(0);
  Ask(store.SaveCustomer(ACustomer(0), kNow));
  const auto act = [&](int client) -> Task<std::string> {
    SqlStore own = servers.Of(client);
    std::string failure;
    for (int turn = client; turn < client + 8; ++turn) {
      switch (turn % 8) {
        case 0:
          Note(failure, co_await own.EraseSubject(kAlice, kNow));
          break;
        case 1:
          Note(failure, co_await own.SaveCustomer(ACustomer(client), kNow));
          break;
        case 2:
          Note(failure, co_await own.ApplyFacts(SomeFacts(client), kNow));
          break;
        case 3:
          Note(failure, co_await own.AddUsageBatch(UsageOf(client)));
          Note(failure, co_await own.AddUsage(Usage(turn % 10)));
          break;
        case 4: {
          const IdempotencyRow claim{kAlice.id, "key-" + std::to_string(client % 4), "digest", ""};
          const auto claimed = co_await own.ClaimIdempotencyKey(claim, kNow.PlusSeconds(client * 10));
          Note(failure, claimed);
          if (client % 3 == 0) Note(failure, co_await own.ReleaseIdempotencyKey(claim));
          break;
        }
        case 5:
          Note(failure, co_await own.AddWebhook(Webhook(client), kNow));
          co_await Work(own, client, failure);
          break;
        case 6: {
          const IdempotencyRow answered{kAlice.id, "key-" + std::to_string(client % 4), "digest", "{}"};
          Note(failure, co_await own.SaveCheckout(ACheckout(client), answered, kNow));
          break;
        }
        default:
          Note(failure, co_await own.FillMirror(kCustomer, SomeFacts(client), kNow));
          Note(failure, co_await own.ReplayWebhooks(std::nullopt, kNow));
          Note(failure, co_await own.ReadSubject(kAlice));
      }
    }
    co_return failure;
  };
  std::vector<Task<std::string>> tasks;
  for (int client = 0; client < kClients; ++client) tasks.push_back(act(client));

  CHECK(AwaitAll(std::move(tasks)) == std::vector<std::string>(kClients));

  Ask(store.EraseSubject(kAlice, kNow));
  for (const char* left :
       {"SELECT polar_customer_id FROM polar_customers", "SELECT polar_checkout_id FROM polar_checkouts",
        "SELECT polar_subscription_id FROM polar_subscriptions",
        "SELECT owner FROM polar_billing_states WHERE owner LIKE 'c%'",
        "SELECT external_id FROM polar_usage_events WHERE erased = 0 OR next_attempt_at IS NULL",
        "SELECT about FROM polar_webhook_events, polar_webhook_payloads WHERE webhook = id AND about IS NOT NULL"}) {
    INFO(left);
    CHECK(RowsOf(servers.any(), left).empty());
  }
  CHECK(Ask(store.IsErased(kAlice.id)));
  Ask(store.SaveCustomer(ACustomer(1), kNow));
  Ask(store.ApplyFacts(SomeFacts(1), kNow));
  CHECK(Ask(store.ReadSnapshots(kCustomer)).subscriptions.size() == 1);
}

TEST_CASE("two transactions that wait for each other both succeed") {
  const auto opened = PostgresPool::Open(NewPostgres(), 2);
  REQUIRE(opened.ok());
  SqlRunner& runner = **opened;
  const auto lock = [&](const char* first, const char* second) {
    return RunOn<int>(runner, [=](SqlConnection& connection) {
      Query(connection, first).Run();
      Query(connection, "SELECT pg_sleep(0.3)").Run();
      Query(connection, second).Run();
      return 1;
    });
  };
  constexpr const char* kOne = "SELECT pg_advisory_xact_lock(71)";
  constexpr const char* kTwo = "SELECT pg_advisory_xact_lock(72)";
  std::vector<Task<Result<int>>> tasks;
  tasks.push_back(lock(kOne, kTwo));
  tasks.push_back(lock(kTwo, kOne));

  for (const auto& result : AwaitAll(std::move(tasks))) {
    INFO((result.ok() ? std::string() : result.error().details));
    CHECK(result.ok());
  }
}

TEST_CASE("a conflict that does not end is told of at its deadline; others are served meanwhile, by the same thread") {
  const auto opened = PostgresPool::Open(NewPostgres(), 1, 400ms);
  REQUIRE(opened.ok());
  SqlRunner& runner = **opened;
  std::atomic<int> tries = 0;
  std::atomic<bool> refused = false;
  const auto conflict = [&]() -> Task<Result<int>> {
    const std::function<int(SqlConnection&)> job = [&](SqlConnection&) -> int {
      ++tries;
      throw PostgresError("could not serialize access due to concurrent update", "40001");
    };
    Result<int> result = co_await RunOn<int>(runner, job);
    refused = true;
    co_return result;
  };
  const auto other = [&]() -> Task<Result<int>> {
    const std::function<int(SqlConnection&)> job = [&](SqlConnection&) { return refused ? 0 : 1; };
    int served = 0;
    while (tries < 2) served += *co_await RunOn<int>(runner, job);
    co_return served;
  };
  std::vector<Task<Result<int>>> tasks;
  tasks.push_back(conflict());
  tasks.push_back(other());

  const auto results = AwaitAll(std::move(tasks));

  REQUIRE_FALSE(results[0].ok());
  CHECK(results[0].error().code == ErrorCode::kStoreFailed);
  CHECK(results[0].error().details.find("could not serialize") != std::string::npos);
  CHECK(tries > 3);
  CHECK(*results[1] > 0);
}
