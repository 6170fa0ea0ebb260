// Pruning by age, on both engines: what is done with goes in batches, what is not stays whatever its age.
#include "server/store/retention.h"
#include "../awaiting.h"
#include "../due.h"
#include "engines.h"
#include "people.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

constexpr Timestamp kOld{1'700'000'000'000'000};

void AddUsage(Store& store, const std::string& id, Timestamp at) {
  UsageRow usage{.subject = kAlice, .external_id = id, .event_name = "e", .properties = "{}", .created_at = at};
  Ask(store.AddUsage(std::move(usage)));
}

void AddCheckout(Store& store, const std::string& id, const std::string& status, Timestamp at) {
  CheckoutRow row;
  row.subject = kAlice;
  row.user_id = kAlice.id;
  row.polar_checkout_id = id;
  row.polar_customer_id = "c";
  row.product_id = "p";
  row.status = status;
  row.metadata = "{}";
  row.expires_at = at;
  Ask(store.SaveCheckout(std::move(row), std::nullopt, at));
}

/// Of each kind an old one that is done with, an old one that is not, and one that was done with just now.
void Fill(Store& store) {
  for (const char* id : {"processed", "parked", "waiting"}) {
    Ask(store.AddWebhook({.event_id = id, .event_type = id, .payload = "{}"}, kOld));
  }
  const auto webhooks = DueWebhooks(store, kOld, 10);
  std::vector<WebhookOutcome> outcomes(2);
  outcomes[0].row = webhooks[0].row;
  outcomes[1].row = webhooks[1].row;
  outcomes[1].error = "because";
  Ask(store.FinishWebhooks(std::move(outcomes), kOld));
  for (const char* id : {"reported", "unreported", "refused"}) AddUsage(store, id, kOld);
  const auto usage = DueUsage(store, kOld, 10);
  Ask(store.MarkUsageReported({usage[0].row}, kOld));
  Ask(store.MarkUsageFailed({usage[2].row}, "no", std::nullopt, kNow));
  AddUsage(store, "just reported", kNow);
  Ask(store.MarkUsageReported({DueUsage(store, kNow, 10).back().row}, kNow));
  AddCheckout(store, "unpaid", "open", kOld);
  AddCheckout(store, "paid", "succeeded", kOld);
  AddCheckout(store, "fresh", "open", kNow);
  Ask(store.SaveSubjectNews({"old", kOld, true}));
  Ask(store.SaveSubjectNews({"new", kNow, false}));
}

}  // namespace

TEST_CASE("what is done with is pruned by its age, and nothing else, of this tenant only") {
  const SqlEngine engine = GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres);
  const auto database = OpenEmpty(engine);
  const auto store = database->ForTenant("one");
  const auto other = database->ForTenant("two");
  Fill(*store);
  Fill(*other);
  const Retention retention = database->RetentionOf("one");

  CHECK(Ask(retention.Prune(kOld, 100)) == 0);
  // A delivery, a usage event, a checkout, a subject's news; where ids of usage are kept for longer, an old one.
  CHECK(Ask(retention.Prune(kNow, 100)) == (engine == SqlEngine::kSqlite ? 4 : 5));
  CHECK(Ask(retention.Prune(kNow, 100)) == 0);

  CHECK(Ask(store->ListParkedWebhooks(10)).size() == 1);
  CHECK(DueWebhooks(*store, kNow.PlusSeconds(90), 10).size() == 1);
  CHECK(DueUsage(*store, kNow.PlusSeconds(90), 10).size() == 1);
  CHECK_FALSE(Ask(store->FindCheckout(kAlice, "unpaid")).has_value());
  CHECK(Ask(store->FindCheckout(kAlice, "paid")).has_value());
  CHECK(Ask(store->FindCheckout(kAlice, "fresh")).has_value());
  CHECK(Ask(store->FindSubjectNews("new")).has_value());
  CHECK(Ask(other->FindCheckout(kAlice, "unpaid")).has_value());
}

TEST_CASE("the body of a delivery goes with it") {
  const auto runner = OpenRunner(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  SqlStore store(runner, "one");
  Ask(store.AddWebhook({.event_id = "old", .event_type = "user.updated", .payload = "{}"}, kOld));
  Ask(store.FinishWebhooks({{.row = DueWebhooks(store, kOld, 1).front().row}}, kOld));
  Ask(store.AddWebhook({.event_id = "new", .event_type = "user.updated", .payload = R"({"n":1})"}, kNow));

  CHECK(Ask(Retention(SqlTenant(runner, "one")).Prune(kNow, 100)) == 1);

  CHECK(RowsOf(*runner, "SELECT payload FROM polar_webhook_payloads") == std::vector<std::string>{R"({"n":1})"});
}

TEST_CASE("pruning goes in batches, the oldest first") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  for (int i = 0; i < 5; ++i) AddCheckout(*store, std::to_string(i), "expired", kOld.PlusSeconds(i));
  const Retention retention = database->RetentionOf("one");

  CHECK(Ask(retention.Prune(kNow, 2)) == 2);
  CHECK_FALSE(Ask(store->FindCheckout(kAlice, "1")).has_value());
  CHECK(Ask(store->FindCheckout(kAlice, "2")).has_value());
  CHECK(Ask(retention.Prune(kNow, 2)) == 2);
  CHECK(Ask(retention.Prune(kNow, 2)) == 1);
}

TEST_CASE("a clock that jumps ahead makes nothing old at once, and one that is right again is followed") {
  const std::int64_t day = 86'400;
  const std::int64_t hour = 3'600;
  const Timestamp ahead = kNow.PlusSeconds(50 * 365 * day);

  CHECK(AdvanceTrusted(kNow, kNow, kNow.PlusSeconds(hour)) == kNow.PlusSeconds(hour));
  CHECK(AdvanceTrusted(kNow, kNow, ahead) == kNow.PlusSeconds(2 * hour));
  CHECK(AdvanceTrusted(kNow.PlusSeconds(2 * hour), ahead, ahead.PlusSeconds(hour)) == kNow.PlusSeconds(4 * hour));
  CHECK(AdvanceTrusted(kNow, kNow, kNow.PlusSeconds(-day)) == kNow);
  // A server that starts over and over with a wrong clock gains nothing by it.
  CHECK(AdvanceTrusted(kNow, ahead, ahead) == kNow);
  // After a month off, it has caught up after another one.
  Timestamp trusted = kNow;
  Timestamp seen = kNow;
  Timestamp now = kNow.PlusSeconds(30 * day);
  for (int i = 0; i < 31 * 24; ++i, now = now.PlusSeconds(hour)) {
    trusted = AdvanceTrusted(trusted, seen, now);
    seen = now;
  }
  CHECK(trusted == seen);
}

TEST_CASE("time is trusted as it passes, across restarts, of each tenant; a jump lets nothing be pruned") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const Retention retention = database->RetentionOf("one");
  CHECK(Ask(retention.TrustedTime(kNow)) == kNow);
  CHECK(Ask(database->RetentionOf("one").TrustedTime(kNow.PlusSeconds(3'600))) == kNow.PlusSeconds(3'600));

  const Timestamp ahead = kNow.PlusSeconds(100LL * 365 * 86'400);
  CHECK(Ask(retention.TrustedTime(ahead)) == kNow.PlusSeconds(3 * 3'600));
  CHECK(Ask(retention.TrustedTime(ahead)) == kNow.PlusSeconds(3 * 3'600));
  CHECK(Ask(retention.TrustedTime(kNow)) == kNow);
  CHECK(Ask(database->RetentionOf("two").TrustedTime(ahead)) == ahead);
}

TEST_CASE("what a clock that was ahead has put off is due once the clock is right, and nothing else") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const Timestamp ahead = kNow.PlusSeconds(365 * 86'400);
  AddUsage(*store, "ahead", ahead);
  AddUsage(*store, "soon", kNow.PlusSeconds(3'600));
  Ask(store->AddWebhook({.event_id = "ahead", .event_type = "t", .payload = "{}"}, ahead));

  Ask(database->RetentionOf("one").PullForward(kNow));

  const auto usage = DueUsage(*store, kNow, 10);
  REQUIRE(usage.size() == 1);
  CHECK(usage[0].external_id == "ahead");
  CHECK(DueWebhooks(*store, kNow, 10).size() == 1);
}

TEST_CASE(
    "a notification that was given up is listed and sent again, goes with a newer one, and is pruned by its age") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const auto notifications = database->NotificationsOf("one");
  const auto tell = [&](const std::string& customer, const std::string& id) {
    Facts facts;
    facts.customers.push_back({customer, "", "", false, kOld});
    Ask(store->ApplyFacts(std::move(facts), kOld));
    const auto checks = Ask(notifications->DueChecks(kOld, 10));
    REQUIRE(checks.size() == 1);
    Notification one;
    one.id = id;
    one.polar_customer_id = customer;
    one.type = "access.granted";
    one.data = "{}";
    Ask(notifications->FinishCheck(checks.front(), id, one, std::nullopt, kOld));
    const Claimed due = Ask(notifications->Claim("claim of " + id, kOld));
    REQUIRE(due.notification.has_value());
    return *due.notification;
  };
  const auto give_up = [&](const Notification& one, Timestamp at) {
    const Attempt attempt{.at = at, .took_ms = 5, .status = 500, .fault = "The application answered 500."};
    CHECK(Ask(notifications->MarkFailed(one, attempt, std::nullopt, at)).is_parked);
  };
  give_up(tell("c1", "first"), kOld);
  give_up(tell("c2", "other"), kNow);

  const auto parked = Ask(notifications->ListParked(1, 0));
  REQUIRE(parked.size() == 1);
  CHECK(parked[0].id == "first");
  CHECK(parked[0].error == "The application answered 500.");
  CHECK(parked[0].parked_at == kOld);
  CHECK(Ask(notifications->ListParked(10, parked[0].row)).front().id == "other");
  CHECK(Ask(database->NotificationsOf("two")->Replay(std::nullopt, std::nullopt, kNow)) == 0);
  CHECK(Ask(database->CountQueues()).notifications_parked == 2);

  CHECK(Ask(notifications->Replay(std::nullopt, kNow, kNow)) == 1);
  CHECK(Ask(notifications->Claim("again", kNow)).notification->id == "other");
  CHECK(Ask(notifications->MarkDelivered(tell("c1", "second"), "", {.at = kNow, .status = 200}, kNow)));
  CHECK(Ask(notifications->ListParked(10, 0)).empty());

  give_up(tell("c3", "third"), kOld);
  CHECK(Ask(database->RetentionOf("one").Prune(kNow, 100)) == 1);
  CHECK(Ask(notifications->ListParked(10, 0)).empty());
  // The second was delivered now, and two of the four tries are old.
  CHECK(Ask(notifications->ListAttempts(std::nullopt, 10, 0)).size() == 4);
  CHECK(Ask(database->RetentionOf("one").PruneTold(kNow, 100)) == 2);
  CHECK(Ask(notifications->ListAttempts(std::nullopt, 10, 0)).size() == 2);
  CHECK(Ask(database->RetentionOf("one").PruneTold(kNow.PlusSeconds(1), 100)) == 3);
}
