// How either engine goes about every statement of the store, in a database of a million webhooks and four million usage
// events of one tenant: never through a whole table, nor through all that a tenant has.
//
// Every function of the stores is called once over a connection that writes down what is prepared, and the sources are
// read for statements that this has missed. The statistics are those of a few rows, multiplied; `[rows]` has real rows.
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "../awaiting.h"
#include "engines.h"
#include "server/store/run_on.h"
#include "server/store/sql_notification_store.h"
#include "server/store/sql_store.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

constexpr Timestamp kNow{1'750'000'000'000'000};
const Subject kUser{Subject::Kind::kUser, "a0000000-0000-4000-8000-000000000001"};
const Subject kOrganization{Subject::Kind::kOrganization, "0c000000-0000-4000-8000-000000000001"};

/// What may be read whole, or of one tenant whole, and why.
const std::map<std::string, std::string> kSmall = {
    {"tenants", "a row for each tenant of the server"},
    {"service_keys", "a handful for each tenant"},
    {"signing_keys", "one for each tenant"},
    {"retention_clock", "a row for each tenant"},
    {"app_access_due", "the soonest of what is to be looked at"},
    {"service_keys_hash", "a handful for each tenant"},
    {"polar_webhook_events_due", "what waits, counted for the metrics"},
    {"polar_webhook_events_parked", "what was given up, counted for the metrics"},
    {"polar_usage_events_due", "what waits, counted for the metrics"},
    {"polar_usage_events_parked", "what was given up, counted for the metrics"},
    {"polar_usage_events_erased", "what is erased as soon as it has been reported"},
    {"app_notifications_due", "what waits, counted for the metrics"},
    {"app_notifications_order", "what waits, counted for the metrics"},
    {"app_notifications_parked", "what was given up, counted for the metrics"},
    {"app_notifications_given_up", "what was given up, counted for the metrics"},
};

class WrittenDown final : public SqlConnection {
 public:
  WrittenDown(SqlConnection& connection, std::set<std::string>& texts) : connection_(connection), texts_(texts) {}
  SqlStatement& Prepare(const char* sql) override {
    texts_.insert(sql);
    return connection_.Prepare(sql);
  }
  SqlEngine engine() const override { return connection_.engine(); }

 private:
  SqlConnection& connection_;
  std::set<std::string>& texts_;
};

class WritingDown final : public SqlRunner {
 public:
  explicit WritingDown(std::shared_ptr<SqlRunner> runner) : runner_(std::move(runner)) {}
  void Submit(SqlAccess access, Job job, Finished finished) override {
    runner_->Submit(
        access,
        [this, job = std::move(job)](SqlConnection& connection) {
          WrittenDown written(connection, texts);
          job(written);
        },
        std::move(finished));
  }
  std::set<std::string> texts;

 private:
  std::shared_ptr<SqlRunner> runner_;
};

void Run(SqlRunner& runner, const std::string& sql) {
  Ask(RunOn<Done>(runner, [&sql](SqlConnection& connection) {
    // Prepared statements are known by their address, so the text lives as long as the connection.
    static std::vector<std::unique_ptr<std::string>> kept;
    kept.push_back(std::make_unique<std::string>(sql));
    Query(connection, kept.back()->c_str()).Run();
    return Done{};
  }));
}

std::vector<std::string> Lines(SqlRunner& runner, const std::string& sql, int column) {
  return Ask(RunOn<std::vector<std::string>>(runner, [&](SqlConnection& connection) {
    static std::vector<std::unique_ptr<std::string>> kept;
    kept.push_back(std::make_unique<std::string>(sql));
    Query query(connection, kept.back()->c_str());
    std::vector<std::string> lines;
    while (query.Step()) lines.push_back(query.Text(column));
    return lines;
  }));
}

/// So many webhooks, four times as much usage, and of everything else as much as there are customers to that.
void Fill(SqlRunner& runner, std::int64_t webhooks) {
  const auto insert = [&](std::int64_t rows, const std::string& table, const std::string& columns,
                          const std::string& values) {
    Run(runner, "INSERT INTO " + table + " (tenant, " + columns +
                    ") WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT)"
                    " UNION ALL SELECT i + 1 FROM n WHERE i < " +
                    std::to_string(rows) + ") SELECT 'acme', " + values + " FROM n");
  };
  const std::string at = "1700000000000000 + i * 1000000";
  insert(
      webhooks, "polar_webhook_events",
      "source, event_id, event_type, payload, processed, processed_at, next_attempt_at, parked_at, created_at, about",
      "CASE WHEN i % 9 = 0 THEN 'plinto' ELSE 'polar' END, 'msg_' || i, 'order.paid', '{}',"
      " CASE WHEN i % 100 < 98 THEN 1 ELSE 0 END, CASE WHEN i % 100 < 98 THEN " +
          at +
          " END,"
          " CASE WHEN i % 100 = 98 THEN " +
          at + " END, CASE WHEN i % 100 = 99 THEN " + at + " END, " + at + ", 'customer_' || (i % 50 + i / 1000)");
  insert(webhooks * 4, "polar_usage_events",
         "user_id, external_id, event_name, quantity, next_attempt_at, reported_to_polar_at, parked_at, created_at,"
         " erased",
         "'user_' || (i % 50), 'event_' || i, 'api_call', 1, CASE WHEN i % 100 = 98 THEN " + at +
             " END,"
             " CASE WHEN i % 100 < 98 THEN " +
             at + " END, CASE WHEN i % 100 = 99 THEN " + at + " END, " + at +
             ", CASE WHEN i % 200 = 98 THEN 1 ELSE 0 END");
  const std::int64_t customers = webhooks / 2;
  insert(customers, "polar_customers", "user_id, polar_customer_id, email, name, type, status, created_at, updated_at",
         "'user_' || i, 'customer_' || i, 'e', 'n', 'individual', 'active', " + at + ", " + at);
  insert(customers, "polar_checkouts",
         "user_id, organization_id, polar_customer_id, polar_checkout_id, product_id, status, created_at, updated_at,"
         " expires_at",
         "'user_' || i, CASE WHEN i % 3 = 0 THEN 'organization_' || i END, 'customer_' || i, 'checkout_' || i, 'p',"
         " CASE WHEN i % 2 = 0 THEN 'succeeded' ELSE 'expired' END, " +
             at + ", " + at + ", " + at);
  insert(customers, "polar_subscriptions",
         "polar_customer_id, polar_subscription_id, product_id, status, current_period_start, current_period_end,"
         " cancel_at_period_end, snapshot, fact_timestamp, created_at, updated_at, begun_at",
         "'customer_' || i, 'subscription_' || i, 'p', 'active', 1, 2, 0, '{}', 1, 1, 1, " + at);
  insert(customers, "polar_orders",
         "polar_customer_id, polar_order_id, status, ordered_at, snapshot, fact_timestamp, created_at, updated_at",
         "'customer_' || i, 'order_' || i, 'paid', " + at + ", '{}', 1, 1, 1");
  insert(customers, "polar_billing_states", "owner, state, updated_at", "'customer_' || i, '{}', 1");
  insert(customers, "polar_erasures", "polar_customer_id, erased_at", "'erased_' || i, 1");
  insert(customers, "plinto_subjects", "subject_id, fact_timestamp, is_gone", "'user_' || i, " + at + ", 0");
  insert(customers, "polar_idempotency_keys", "actor, key, request_digest, answer, created_at",
         "'user_' || i, 'key_' || i, 'd', CASE WHEN i % 100 = 1 THEN '' ELSE '{}' END, " + at);
  insert(customers, "app_access", "polar_customer_id, check_at, marks",
         "'customer_' || i, CASE WHEN i % 4 = 0 THEN " + at + " END, 1");
  insert(customers, "app_notifications",
         "notification_id, polar_customer_id, type, data, next_attempt_at, created_at, delivered_at, parked_at",
         "'n_' || i, 'customer_' || i, 'access.granted', '{}', CASE WHEN i % 100 = 98 THEN " + at + " END, " + at +
             ", CASE WHEN i % 100 < 98 THEN " + at + " END, CASE WHEN i % 100 = 99 THEN " + at + " END");
}

/// The statistics of what is there, times so much.
void Analyze(SqlRunner& runner, SqlEngine engine, std::int64_t times) {
  Run(runner, "ANALYZE");
  if (times == 1) return;
  const std::string factor = std::to_string(times);
  if (engine == SqlEngine::kPostgres) {
    Run(runner, "UPDATE pg_class SET reltuples = reltuples * " + factor +
                    " WHERE relnamespace = current_schema()::regnamespace AND reltuples > 100");
    return;
  }
  // `rows rows-per-tenant rows-per-tenant-and-next ...`: the first two grow with the table.
  for (const std::string& line :
       Lines(runner, "SELECT tbl || ' ' || coalesce(idx, '') || ' ' || stat FROM sqlite_stat1", 0)) {
    std::istringstream words(line);
    std::string table;
    std::string index;
    words >> table >> index;
    std::string stat;
    std::int64_t number = 0;
    for (int i = 0; words >> number; ++i) {
      if (i < 2 && number > 1) number *= times;
      stat += (i == 0 ? "" : " ") + std::to_string(number);
    }
    Run(runner, "UPDATE sqlite_stat1 SET stat = '" + stat + "' WHERE idx = '" + index + "'");
  }
  Run(runner, "ANALYZE sqlite_schema");
}

/// Everything that the stores do, once. What comes of it does not matter.
void UseEverything(const std::shared_ptr<SqlRunner>& runner, SqlRunner& unwritten) {
  SqlStore store(runner, "acme");
  SqlNotificationStore notifications(SqlTenant(runner, "acme"));
  const Retention retention(SqlTenant(runner, "acme"));
  const Database database(runner);
  const auto dump = [](auto task) { static_cast<void>(Await(std::move(task))); };
  for (const Subject& subject : {kUser, kOrganization}) {
    const std::string customer = "polar-" + subject.id;
    dump(store.SaveCustomer({subject, customer, "e", "n", false}, kNow));
    dump(store.FindCustomer(subject));
    dump(store.ReadSubject(subject));
    CheckoutRow checkout;
    checkout.subject = subject;
    checkout.user_id = kUser.id;
    checkout.polar_checkout_id = "checkout-" + subject.id;
    checkout.metadata = "{}";
    dump(store.SaveCheckout(checkout, IdempotencyRow{kUser.id, "key", "d", "{}"}, kNow));
    dump(store.FindCheckout(subject, checkout.polar_checkout_id));
    dump(store.FindSubscription(subject, "s"));
    UsageRow usage{.subject = subject, .external_id = "1", .event_name = "e", .properties = "{}", .created_at = kNow};
    dump(store.AddUsage(usage));
    dump(store.AddUsage(usage));
    dump(store.AddUsageBatch({usage}));
    for (const bool by_month : {true, false}) {
      dump(store.SummarizeUsage({.subject = subject, .from = kNow, .to = kNow.PlusSeconds(1), .by_month = by_month}));
    }
    Facts facts;
    Subscription subscription;
    subscription.id = "subscription-" + subject.id;
    subscription.customer_id = customer;
    facts.subscriptions.push_back({subscription, kNow, "{}"});
    Order order;
    order.id = "order-" + subject.id;
    order.customer_id = customer;
    facts.orders.push_back({order, kNow, "{}"});
    facts.checkouts.push_back({checkout.polar_checkout_id, "succeeded", kNow});
    facts.customers.push_back({customer, "e", "n", false, kNow});
    BillingFact billing{.customer_id = customer};
    billing.customer = Held<CustomerView>{kNow, {}};
    facts.billing.push_back(billing);
    dump(store.ApplyFacts(facts, kNow));
    // A state that cannot be read is doubted.
    Run(unwritten, "UPDATE polar_billing_states SET state = 'x' WHERE owner = '" + customer + "'");
    facts.billing.front().customer->as_of = kNow.PlusSeconds(1);
    dump(store.FillMirror(customer, facts, kNow));
    dump(store.ReadSnapshots(customer));
    dump(store.ListSubscriptions(customer, {}));
    dump(store.ListOrders(customer, {}));
  }
  for (int i = 0; i < 2; ++i) dump(store.ClaimIdempotencyKey({kUser.id, "new", "d", ""}, kNow));
  dump(store.ReleaseIdempotencyKey({kUser.id, "new", "d", ""}));
  dump(store.AddWebhook({.event_id = "m", .event_type = "t", .payload = "{}", .about = kUser.id}, kNow));
  dump(store.DueWebhooks(kNow, 1));
  dump(store.NextWebhookDue());
  WebhookOutcome outcome{.row = 1, .about = kUser.id, .error = "parked"};
  dump(store.SaveSubjectNews({kUser.id, kNow, true}));
  dump(store.FindSubjectNews(kUser.id));
  dump(store.FinishWebhooks({outcome}, kNow));
  dump(store.ListParkedWebhooks(1, 0));
  dump(store.ReplayWebhooks("m", kNow, {}));
  dump(store.ReplayWebhooks(std::nullopt, kNow, kNow));
  dump(store.DueUsage(kNow, 1));
  dump(store.NextUsageDue());
  dump(store.ReleaseUsage({1}, kNow));
  dump(store.MarkUsageReported({1}, kNow));
  dump(store.MarkUsageFailed({1}, "e", kNow, kNow));
  dump(store.MarkUsageRefused(1, "e", kNow, kNow));
  dump(store.ListParkedUsage(1, 0));
  dump(store.ReplayUsage(1, std::nullopt, kNow));
  dump(store.AddServiceKey({"k", "h", "n", "s", kNow}));
  dump(store.FindServiceKey("h"));
  dump(store.ListServiceKeys());
  dump(store.RemoveServiceKey("k"));
  dump(store.AddSigningKey({"k", "p", kNow}));
  dump(store.ListSigningKeys());
  dump(store.ReplaceSigningKey({"k", "p", kNow}, "q"));
  dump(store.RemoveSigningKey("k"));
  dump(notifications.DueChecks(kNow, 1));
  AccessCheck check;
  check.polar_customer_id = "polar-" + kUser.id;
  Notification notification;
  notification.id = "n";
  notification.polar_customer_id = check.polar_customer_id;
  dump(notifications.FinishCheck(check, "told", notification, kNow, kNow));
  const auto due = Await(notifications.DueNotifications(kNow.PlusSeconds(1'000'000'000), 1));
  if (due.ok() && !due->empty()) {
    dump(notifications.MarkDelivered(due->front(), "id", kNow));
    dump(notifications.MarkFailed(due->front().row, "e", kNow, kNow));
  }
  dump(notifications.ListParked(1, 0));
  dump(notifications.Replay(1, std::nullopt, kNow));
  dump(notifications.NextDue());
  dump(store.IsErased(kUser.id));
  for (const Subject& subject : {kUser, kOrganization}) dump(store.EraseSubject(subject, kNow));
  dump(retention.Prune({1}, 1));
  dump(retention.TrustedTime(kNow));
  dump(retention.PullForward(kNow));
  dump(database.CountQueues());
  dump(database.AddTenant({"t", "s", kNow}));
  dump(database.ListTenants());
  dump(database.FindTenant("t"));
  dump(database.ChangeTenant("t", "s", kNow));
  dump(database.RemoveTenant("t"));
}

std::vector<std::string> PlanOf(SqlRunner& runner, SqlEngine engine, std::string sql) {
  if (engine == SqlEngine::kSqlite) return Lines(runner, "EXPLAIN QUERY PLAN " + sql, 3);
  sql = std::regex_replace(sql, std::regex(" NOT INDEXED"), "");
  std::replace(sql.begin(), sql.end(), '?', '$');
  int parameters = 0;
  const std::regex parameter("\\$(\\d+)");
  for (std::sregex_iterator at(sql.begin(), sql.end(), parameter), end; at != end; ++at) {
    parameters = std::max(parameters, std::stoi((*at)[1]));
  }
  std::string values;
  for (int i = 0; i < parameters; ++i) values += i == 0 ? "(NULL" : ", NULL";
  // One transaction: a prepared statement and a setting belong to a connection of the pool.
  return Ask(RunOn<std::vector<std::string>>(runner, [&](SqlConnection& connection) {
    static std::vector<std::unique_ptr<std::string>> kept;
    const auto run = [&](std::string text) {
      kept.push_back(std::make_unique<std::string>(std::move(text)));
      return kept.back()->c_str();
    };
    Query(connection, run("SET LOCAL plan_cache_mode = force_generic_plan")).Run();
    Query(connection, run("PREPARE explained AS " + sql)).Run();
    std::vector<std::string> lines;
    {
      Query explain(connection, run("EXPLAIN EXECUTE explained" + (values.empty() ? "" : values + ")")));
      while (explain.Step()) lines.push_back(explain.Text(0));
    }
    Query(connection, run("DEALLOCATE explained")).Run();
    return lines;
  }));
}

/// What is read whole, or of one tenant whole, and may not be.
std::vector<std::string> Faults(SqlEngine engine, const std::vector<std::string>& plan,
                                const std::set<std::string>& tables) {
  std::vector<std::string> faults;
  const auto fault = [&](const std::string& name, const std::string& line) {
    if (!kSmall.contains(name)) faults.push_back(line);
  };
  std::smatch found;
  if (engine == SqlEngine::kSqlite) {
    for (const std::string& line : plan) {
      if (std::regex_search(line, found, std::regex("^SCAN (\\w+)(?: USING (?:COVERING )?INDEX (\\w+))?"))) {
        const std::string index = found[2];
        if (!index.empty()) fault(index, line);
        if (index.empty() && tables.contains(found[1])) fault(found[1], line);
      } else if (std::regex_search(line, found, std::regex("USING (?:COVERING )?INDEX (\\w+) \\(tenant=\\?\\)"))) {
        fault(found[1], line);
      } else if (std::regex_search(line, found, std::regex("^SEARCH (\\w+) USING PRIMARY KEY \\(tenant=\\?\\)"))) {
        fault(found[1], line);
      }
    }
    return faults;
  }
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const std::string& line = plan[i];
    if (std::regex_search(line, found, std::regex("Seq Scan on (\\w+)"))) {
      if (tables.contains(found[1])) fault(found[1], line);
    } else if (std::regex_search(line, found, std::regex("Index (?:Only )?Scan (?:Backward )?(?:using|on) (\\w+)"))) {
      std::string name = found[1];
      const std::string condition = i + 1 < plan.size() ? plan[i + 1] : "";
      const bool has_condition = condition.find("Index Cond:") != std::string::npos;
      const bool is_tenant_only =
          std::regex_search(condition, std::regex("Index Cond: \\(\\w*\\.?tenant = [^()]*\\)$"));
      if (!has_condition || is_tenant_only) fault(name, line + " " + condition);
    }
  }
  return faults;
}

std::set<std::string> TablesOf(const std::shared_ptr<SqlRunner>& runner, SqlEngine engine) {
  std::set<std::string> tables;
  const auto names =
      engine == SqlEngine::kSqlite
          ? Lines(*runner, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", 0)
          : Lines(*runner, "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()", 0);
  for (const std::string& name : names) tables.insert(name);
  tables.erase("migrations");
  return tables;
}

void CheckPlans(const std::shared_ptr<SqlRunner>& runner, SqlEngine engine, const std::set<std::string>& texts) {
  const std::set<std::string> tables = TablesOf(runner, engine);
  for (const std::string& sql : texts) {
    const std::vector<std::string> plan = PlanOf(*runner, engine, sql);
    std::string printed = sql;
    for (const std::string& line : plan) printed += "\n    " + line;
    for (const std::string& fault : Faults(engine, plan, tables)) printed += "\n  NOT: " + fault;
    INFO(printed);
    CHECK(Faults(engine, plan, tables).empty());
  }
}

bool IsExplainable(const std::string& sql) {
  return std::regex_search(sql, std::regex("^(SELECT|INSERT|UPDATE|DELETE|WITH) ")) &&
         sql.find("pg_advisory") == std::string::npos;
}

std::set<std::string> StatementsOn(const std::shared_ptr<SqlRunner>& runner) {
  const auto writing = std::make_shared<WritingDown>(runner);
  UseEverything(writing, *runner);
  std::set<std::string> texts;
  for (const std::string& text : writing->texts) {
    if (IsExplainable(text)) texts.insert(text);
  }
  return texts;
}

}  // namespace

TEST_CASE("no statement goes through a whole table or all of a tenant's rows, with the statistics of millions") {
  const SqlEngine engine = GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres);
  const auto runner = OpenRunner(engine);
  const std::set<std::string> texts = StatementsOn(runner);
  CHECK(texts.size() > 80);
  // SQLite is not analyzed by anybody until an operator does it: both must do.
  if (engine == SqlEngine::kSqlite) CheckPlans(runner, engine, texts);
  Fill(*runner, 1'000);
  Analyze(*runner, engine, 1'000);

  CheckPlans(runner, engine, texts);
}

TEST_CASE("no statement goes through a whole table or all of a tenant's rows, with millions of rows", "[.][rows]") {
  const SqlEngine engine = GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres);
  const auto runner = OpenRunner(engine);
  const std::set<std::string> texts = StatementsOn(runner);
  Fill(*runner, 1'000'000);
  if (engine == SqlEngine::kSqlite) CheckPlans(runner, engine, texts);
  Analyze(*runner, engine, 1);

  CheckPlans(runner, engine, texts);
}

TEST_CASE("no statement of the sources is missing among those whose plans are checked") {
  std::set<std::string> texts;
  for (const SqlEngine engine : {SqlEngine::kSqlite, SqlEngine::kPostgres})
    texts.merge(StatementsOn(OpenRunner(engine)));
  int found = 0;
  for (const auto& file : std::filesystem::directory_iterator(PLINTO_POLAR_SOURCE "/cpp/server/store")) {
    const std::string name = file.path().filename().string();
    if (!name.ends_with(".cpp") || name == "migrations.cpp" || name == "locks.cpp" || name == "postgres_pool.cpp")
      continue;
    std::ifstream stream(file.path());
    const std::string source{std::istreambuf_iterator<char>(stream), {}};
    const std::regex statement("\"((?:SELECT|INSERT|UPDATE|DELETE|WITH) [^\"]+)\"");
    for (std::sregex_iterator at(source.begin(), source.end(), statement), end; at != end; ++at) {
      const std::string begin = (*at)[1];
      ++found;
      INFO(name << ": " << begin);
      const bool is_known = std::any_of(texts.begin(), texts.end(),
                                        [&](const std::string& text) { return text.find(begin) != std::string::npos; });
      CHECK(is_known);
    }
  }
  CHECK(found > 70);
}
