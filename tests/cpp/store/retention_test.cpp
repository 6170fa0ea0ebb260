// Pruning by age, on both engines: what is done with goes in batches, what is not stays whatever its age.
#include "server/store/retention.h"
#include "../awaiting.h"
#include "engines.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

constexpr Timestamp kOld{1'700'000'000'000'000};
constexpr Timestamp kNow{1'750'000'000'000'000};
const Subject kAlice{Subject::Kind::kUser, "a1111111-1111-4111-8111-111111111111"};

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
  const auto webhooks = Ask(store.DueWebhooks(kOld, 10));
  std::vector<WebhookOutcome> outcomes(2);
  outcomes[0].row = webhooks[0].row;
  outcomes[1].row = webhooks[1].row;
  outcomes[1].error = "because";
  Ask(store.FinishWebhooks(std::move(outcomes), kOld));
  for (const char* id : {"reported", "unreported", "refused"}) AddUsage(store, id, kOld);
  const auto usage = Ask(store.DueUsage(kOld, 10));
  Ask(store.MarkUsageReported({usage[0].row}, kOld));
  Ask(store.MarkUsageFailed({usage[2].row}, "no", std::nullopt));
  AddUsage(store, "just reported", kNow);
  Ask(store.MarkUsageReported({Ask(store.DueUsage(kNow, 10)).back().row}, kNow));
  AddCheckout(store, "unpaid", "open", kOld);
  AddCheckout(store, "paid", "succeeded", kOld);
  AddCheckout(store, "fresh", "open", kNow);
  Ask(store.SaveSubjectNews({"old", kOld, true}));
  Ask(store.SaveSubjectNews({"new", kNow, false}));
}

}  // namespace

TEST_CASE("what is done with is pruned by its age, and nothing else, of this tenant only") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const auto other = database->ForTenant("two");
  Fill(*store);
  Fill(*other);
  const Retention retention = database->RetentionOf("one");

  CHECK(Ask(retention.Prune(kOld, 100)) == 0);
  CHECK(Ask(retention.Prune(kNow, 100)) == 4);  // a delivery, a usage event, a checkout, a subject's news
  CHECK(Ask(retention.Prune(kNow, 100)) == 0);

  CHECK(Ask(store->ListParkedWebhooks(10)).size() == 1);
  CHECK(Ask(store->DueWebhooks(kNow.PlusSeconds(90), 10)).size() == 1);
  CHECK(Ask(store->DueUsage(kNow.PlusSeconds(90), 10)).size() == 1);
  CHECK_FALSE(Ask(store->FindCheckout(kAlice, "unpaid")).has_value());
  CHECK(Ask(store->FindCheckout(kAlice, "paid")).has_value());
  CHECK(Ask(store->FindCheckout(kAlice, "fresh")).has_value());
  CHECK(Ask(store->FindSubjectNews("new")).has_value());
  CHECK(Ask(other->FindCheckout(kAlice, "unpaid")).has_value());
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
