// Cancellations that are kept here for a date, on both engines: laid over what is read, claimed once, forgotten.
#include "../awaiting.h"
#include "core/foundation/codec.h"
#include "engines.h"
#include "hand_clock.h"
#include "people.h"
#include "server/store/sql/sql_store.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

constexpr std::int64_t kDay = 86'400;
const std::string kSub = "sub_2xEMU0002dddd";
const Timestamp kEnd = kNow.PlusSeconds(20 * kDay);

/// Two servers on one database, and a subscription at Conekta of one customer.
struct Servers {
  Servers() : runner(OpenShared(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres), clock)) {
    Ask(first.SaveCustomer({kAcme, kCustomer, "", "Acme", true, true}, kNow));
    Tell("active", 0);
  }

  /// What Conekta says of the subscription.
  void Tell(const std::string& status, std::int64_t seconds) {
    Subscription told;
    told.id = kSub;
    told.customer_id = kCustomer;
    told.product_id = "p";
    told.currency = "mxn";
    told.status = OpenEnum<SubscriptionStatus>(status);
    told.recurring_interval = RecurringInterval::kMonth;
    told.current_period_start = kNow;
    told.current_period_end = kEnd;
    if (status == "canceled") told.ended_at = told.canceled_at = kNow.PlusSeconds(seconds);
    Facts facts;
    const Timestamp at = kNow.PlusSeconds(seconds);
    const Json json = Encode(told);
    facts.subscriptions.push_back({told, at, DumpJson(json)});
    BillingFact fact{.customer_id = kCustomer};
    REQUIRE(ApplyEvent(fact, {"subscription.updated", at, json}).ok());
    facts.billing.push_back(fact);
    REQUIRE(Await(first.ApplyFacts(facts, at)).ok());
  }

  KeptCancellation Wish() {
    return {.subscription_id = kSub,
            .polar_customer_id = kCustomer,
            .conekta_customer_id = "cus_1",
            .cancel_at = kEnd,
            .canceled_at = kNow.PlusSeconds(60),
            .actor = kAlice.id,
            .reason = "too_expensive",
            .comment = "adios"};
  }
  Subscription Shown() { return *Ask(first.FindSubscription(kAcme, kSub)); }
  SubscriptionView View() { return Ask(first.ReadSubject(kAcme)).state.subscriptions.at(0).value; }

  HandClock clock;
  std::shared_ptr<SqlRunner> runner;
  SqlStore first{runner, "acme"};
  SqlStore second{runner, "acme"};
};

}  // namespace

TEST_CASE("a kept cancellation is laid over whatever is read, and taken back as if it had not been") {
  Servers servers;
  const Json before = Encode(servers.Shown());

  REQUIRE(Ask(servers.first.KeepCancellation(servers.Wish(), kNow)));
  // What the provider tells afterwards, or told of the same second, does not undo it.
  servers.Tell("active", 0);
  servers.Tell("active", 30);

  const Subscription shown = servers.Shown();
  CHECK(shown.status == SubscriptionStatus::kActive);
  CHECK(shown.cancel_at_period_end);
  CHECK(shown.ends_at == kEnd);
  CHECK(shown.canceled_at == kNow.PlusSeconds(60));
  CHECK(shown.customer_cancellation_comment == "adios");
  CHECK(servers.View().cancel_at_period_end);
  CHECK(servers.View().ends_at == kEnd);
  CHECK(Ask(servers.first.ReadSnapshots(kCustomer)).subscriptions.at(0).cancel_at_period_end);
  CHECK(Ask(servers.first.ListSubscriptions(kCustomer, {})).at(0).item.cancel_at_period_end);

  CHECK(Ask(servers.second.DropCancellation(kSub, kNow)));

  CHECK(Encode(servers.Shown()) == before);
  CHECK_FALSE(servers.View().cancel_at_period_end);
  CHECK_FALSE(Ask(servers.first.DropCancellation(kSub, kNow)));
}

TEST_CASE("a cancellation is due a day before its date, is held by one server, and is not taken back any more") {
  Servers servers;
  REQUIRE(Ask(servers.first.KeepCancellation(servers.Wish(), kNow)));
  CHECK(Ask(servers.first.NextCancellationDue(kNow)) == kEnd.PlusSeconds(-kDay));
  CHECK(Ask(servers.first.ClaimCancellations("early", kNow, 10)).empty());

  const Timestamp due = kEnd.PlusSeconds(-kDay);
  const auto mine = Ask(servers.first.ClaimCancellations("mine", due, 10));
  const auto theirs = Ask(servers.second.ClaimCancellations("theirs", due, 10));

  REQUIRE(mine.size() == 1);
  CHECK(theirs.empty());
  CHECK(mine[0].subscription_id == kSub);
  CHECK(mine[0].conekta_customer_id == "cus_1");
  CHECK_FALSE(mine[0].begun_at.has_value());
  CHECK_FALSE(Ask(servers.second.DropCancellation(kSub, due)));
  CHECK_FALSE(Ask(servers.second.KeepCancellation(servers.Wish(), due)));

  // A failure is tried again, and what a server held that is gone is free for others.
  const CancellationOutcome failed{.error = "silent", .retry_at = due.PlusSeconds(10)};
  REQUIRE(Await(servers.first.FinishCancellation(mine[0], failed, due)).ok());
  CHECK(Ask(servers.second.ClaimCancellations("theirs", due, 10)).empty());
  const auto again = Ask(servers.second.ClaimCancellations("theirs", due.PlusSeconds(10), 10));
  REQUIRE(again.size() == 1);
  CHECK(again[0].attempts == 1);
  CHECK(again[0].begun_at == due);
  servers.clock.now = servers.clock.now.PlusSeconds(kCancellationHeldSeconds + 1);
  // PostgreSQL has its own clock, by which no time has passed.
  const auto taken = Ask(servers.first.ClaimCancellations("later", due.PlusSeconds(200), 10));
  CHECK(taken.size() <= 1);
}

TEST_CASE("what was ended at the provider runs on until its date, and ends with it") {
  Servers servers;
  REQUIRE(Ask(servers.first.KeepCancellation(servers.Wish(), kNow)));
  const Timestamp due = kEnd.PlusSeconds(-kDay);
  const auto claimed = Ask(servers.first.ClaimCancellations("mine", due, 10));
  REQUIRE(claimed.size() == 1);
  const CancellationOutcome ended{.kind = CancellationOutcome::Kind::kCarriedOut};
  REQUIRE(Await(servers.first.FinishCancellation(claimed[0], ended, due)).ok());

  servers.Tell("canceled", 19 * kDay);

  CHECK(servers.Shown().status == SubscriptionStatus::kActive);
  CHECK_FALSE(servers.Shown().ended_at.has_value());
  CHECK(servers.View().status == SubscriptionStatus::kActive);
  CHECK(servers.View().ends_at == kEnd);
  CHECK(Ask(servers.first.ListSubscriptions(kCustomer, {.active = true})).size() == 1);
  CHECK(Ask(servers.first.NextCancellationDue(due)) == kEnd);

  const auto last = Ask(servers.second.ClaimCancellations("last", kEnd, 10));
  REQUIRE(last.size() == 1);
  CHECK(last[0].is_carried_out);
  REQUIRE(Await(servers.second.FinishCancellation(last[0], {.kind = CancellationOutcome::Kind::kOver}, kEnd)).ok());

  CHECK(servers.Shown().status == SubscriptionStatus::kCanceled);
  CHECK(servers.View().ended_at.has_value());
  CHECK_FALSE(Ask(servers.first.NextCancellationDue(kEnd)).has_value());
}

TEST_CASE("an end that came from elsewhere is not hidden by a cancellation that was not carried out") {
  Servers servers;
  REQUIRE(Ask(servers.first.KeepCancellation(servers.Wish(), kNow)));

  servers.Tell("canceled", kDay);

  CHECK(servers.Shown().status == SubscriptionStatus::kCanceled);
  CHECK(servers.View().ended_at == kNow.PlusSeconds(kDay));
}

TEST_CASE("an erasure forgets who canceled and why, and the cancellation is carried out all the same") {
  Servers servers;
  REQUIRE(Ask(servers.first.KeepCancellation(servers.Wish(), kNow)));

  SECTION("of the organization") {
    REQUIRE(Ask(servers.first.EraseSubject(kAcme, kNow)).subscriptions == 1);
    const auto kept = Ask(servers.first.FindCancellation(kSub));
    REQUIRE(kept.has_value());
    CHECK(kept->actor.empty());
    CHECK(kept->reason.empty());
    CHECK(kept->comment.empty());
  }
  SECTION("of the user who did so") {
    Ask(servers.first.EraseSubject(kAlice, kNow));
    CHECK(Ask(servers.first.FindCancellation(kSub))->actor.empty());
  }
  CHECK(Ask(servers.second.ClaimCancellations("mine", kEnd.PlusSeconds(-kDay), 10)).size() == 1);
}
