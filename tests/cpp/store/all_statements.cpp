// Everything that the stores do, once, for the sake of the statements that they prepare.
#include <regex>

#include "../awaiting.h"
#include "people.h"
#include "plans.h"
#include "server/store/database.h"
#include "server/store/engines/run_on.h"
#include "server/store/sql/sql_notification_store.h"
#include "server/store/sql/sql_reconcile_store.h"
#include "server/store/sql/sql_store.h"

namespace plinto::polar::server::testing {
namespace {

const Subject kUser{Subject::Kind::kUser, "a0000000-0000-4000-8000-000000000001"};
const Subject kOrganization{Subject::Kind::kOrganization, "0c000000-0000-4000-8000-000000000001"};

class WrittenDown final : public SqlConnection {
 public:
  WrittenDown(SqlConnection& connection, std::set<std::string>& texts) : connection_(connection), texts_(texts) {}
  SqlStatement& Prepare(const char* sql) override {
    texts_.insert(sql);
    return connection_.Prepare(sql);
  }
  SqlEngine engine() const override { return connection_.engine(); }
  const Clock* shared_clock() const override { return connection_.shared_clock(); }

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

template <class Dump>
void UseAccounts(SqlStore& store, const Subject& subject, const Dump& dump) {
  const CountableMeter meter{"m", "n", "e", false};
  const BalanceQuestion question{subject, meter, MeterFigure{.credited = 10, .as_of = kNow, .period_starts = {}}};
  const LimitName limit{subject, "e", LimitPeriod::kDay};
  dump(store.SetUsageLimit(limit, 10, true, kNow));
  dump(store.ListUsageLimits(subject, kNow));
  for (const char* lease : {"committed ", "released "}) {
    dump(store.ReserveUsage({.of = question, .lease_id = lease + subject.id, .external_id = lease}, kNow));
  }
  dump(store.FindLease(subject, "committed " + subject.id));
  const UsageRow usage{
      .subject = subject, .external_id = "", .event_name = "", .quantity = 9, .properties = "{}", .created_at = kNow};
  dump(store.EndLease({"committed " + subject.id, subject, {}, usage, true}, kNow));
  dump(store.EndLease({"released " + subject.id, subject}, kNow));
  dump(store.ReadBalance(question, kNow));
  const UsageRow again{
      .subject = subject, .external_id = "2", .event_name = "e", .properties = "{}", .created_at = kNow};
  dump(store.AddUsage(again));
  dump(store.AddUsageBatch({again}));
  dump(store.RemoveUsageLimit(limit));
}

template <class Dump>
void UseCancellations(SqlStore& store, const std::string& customer, const Dump& dump) {
  const KeptCancellation one{.subscription_id = "sub_" + customer.substr(0, 7),
                             .polar_customer_id = customer,
                             .conekta_customer_id = "cus_1",
                             .cancel_at = kNow,
                             .canceled_at = kNow,
                             .actor = kUser.id};
  dump(store.KeepCancellation(one, kNow));
  dump(store.DropCancellation(one.subscription_id, kNow));
  dump(store.KeepCancellation(one, kNow));
  dump(store.FindCancellation(one.subscription_id));
  dump(store.NextCancellationDue(kNow));
  dump(store.ClaimCancellations("claim", kNow, 1));
  KeptCancellation held = one;
  held.row = 1;
  held.claim = "claim";
  for (const auto kind :
       {CancellationOutcome::Kind::kFailed, CancellationOutcome::Kind::kCarriedOut, CancellationOutcome::Kind::kOver}) {
    dump(store.FinishCancellation(held, {.kind = kind}, kNow));
  }
}

/// Everything that the stores do, once. What comes of it does not matter.
void UseEverything(const std::shared_ptr<SqlRunner>& runner, SqlRunner& unwritten) {
  SqlStore store(runner, "acme");
  SqlNotificationStore notifications(SqlTenant(runner, "acme"));
  SqlReconcileStore reconciles(SqlTenant(runner, "acme"));
  const Retention retention(SqlTenant(runner, "acme"));
  const Database database(runner);
  const auto dump = [](auto task) { static_cast<void>(Await(std::move(task))); };
  for (const Subject& subject : {kUser, kOrganization}) {
    const std::string customer = "polar-" + subject.id;
    dump(store.SaveCustomer({subject, customer, "e", "n", false}, kNow));
    dump(store.IntroduceCustomer({subject, customer, "e", "n", false}, kNow, kNow));
    dump(store.FindCustomer(subject));
    dump(store.SetCountry(customer, "MX"));
    for (int i = 0; i < 2; ++i) dump(store.SetConektaCustomer(customer, "cus_" + subject.id));
    dump(store.FindConektaCustomer("cus_" + subject.id));
    dump(store.ReadConektaLink(customer));
    for (const std::string& id : {"anew-" + subject.id, customer}) {
      dump(store.SaveCustomer({subject, id, "e", "n", false}, kNow));
    }
    dump(store.ForgetConektaCustomer(customer, "cus_" + subject.id));
    dump(store.ReadSubject(subject));
    CheckoutRow checkout;
    checkout.subject = subject;
    checkout.user_id = kUser.id;
    checkout.polar_checkout_id = "checkout-" + subject.id;
    checkout.metadata = "{}";
    dump(store.SaveCheckout(checkout, IdempotencyRow{kUser.id, "key", "d", "{}"}, kNow));
    dump(store.FindCheckout(subject, checkout.polar_checkout_id));
    dump(store.FindSubscription(subject, "s"));
    UseCancellations(store, customer, dump);
    dump(store.FindOrder(subject, "o"));
    UsageRow usage{.subject = subject, .external_id = "1", .event_name = "e", .properties = "{}", .created_at = kNow};
    dump(store.AddUsage(usage));
    dump(store.AddUsage(usage));
    dump(store.AddUsageBatch({usage}));
    dump(store.FindUsage(subject, "1"));
    UseAccounts(store, subject, dump);
    GrantRow grant;
    grant.grant.id = "grant-" + subject.id;
    grant.subject = subject;
    grant.external_id = "x";
    dump(store.AddGrant(grant, kNow));
    dump(store.ListGrants({.subject = subject}));
    dump(store.ListGrants({}));
    dump(store.RemoveGrant(grant.grant.id, subject, "me", kNow));
    ImportRow import{.provider = "csv", .subscription_id = "s-" + subject.id, .subject = subject, .product_id = "p"};
    dump(store.SaveImport(import, kNow));
    dump(store.FindImport("csv", import.subscription_id));
    dump(store.ListImportsOf(subject));
    dump(store.ListImports("csv", "", 10));
    dump(store.FindCustomersByEmail("e"));
    for (const bool by_month : {true, false}) {
      UsageSummaryRequest sums{.subject = subject, .from = kNow, .to = kNow.PlusSeconds(1), .by_month = by_month};
      dump(store.SummarizeUsage(sums));
      sums.property = "k";
      dump(store.SummarizeUsage(sums));
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
    Execute(unwritten, "UPDATE polar_billing_states SET state = 'x' WHERE owner = '" + customer + "'");
    facts.billing.front().customer->as_of = kNow.PlusSeconds(1);
    facts.asked_at = kNow;
    dump(store.FillMirror(customer, facts, kNow));
    // The end of a period moves the date.
    subscription.status = OpenEnum<SubscriptionStatus>("active");
    subscription.current_period_end = kNow.PlusSeconds(3'600);
    Facts renewed;
    renewed.subscriptions.push_back({subscription, kNow.PlusSeconds(1), "{}"});
    dump(store.ApplyFacts(renewed, kNow));
    SubscriptionView running;
    running.id = subscription.id;
    OrderView bought;
    bought.id = order.id;
    facts.billing.front().subscriptions.push_back({kNow.PlusSeconds(2), running});
    facts.billing.front().orders.push_back({kNow.PlusSeconds(2), bought});
    facts.active.push_back({customer, kNow.PlusSeconds(2)});
    for (const bool is_dry : {true, false}) dump(reconciles.Reconcile(customer, facts, kNow, is_dry));
    dump(store.ApplyFacts(facts, kNow));
    dump(reconciles.ReadHeld(customer));
    dump(reconciles.FindCustomer(customer));
    dump(store.DemandReconcile(customer, kNow));
    dump(store.ReadSnapshots(customer));
    dump(store.ListSubscriptions(customer, {}));
    dump(store.ListOrders(customer, {}));
    subscription.id = "sub_" + subject.id;
    order.id = "ord_" + subject.id;
    Facts gone;
    gone.subscriptions.push_back({subscription, kNow.PlusSeconds(2), "{}"});
    gone.orders.push_back({order, kNow.PlusSeconds(2), "{}"});
    gone.customers.push_back({customer, "e", "n", true, kNow});
    dump(store.ApplyFacts(gone, kNow));
  }
  for (int i = 0; i < 2; ++i) dump(store.ClaimIdempotencyKey({kUser.id, "new", "d", ""}, kNow));
  dump(store.ReleaseIdempotencyKey({kUser.id, "new", "d", ""}));
  dump(store.AddWebhook({.event_id = "m", .event_type = "t", .payload = "{}", .about = kUser.id}, kNow));
  dump(store.AddWebhook(
      {.source = WebhookSource::kPlinto, .event_id = "p", .event_type = "t", .payload = "{}", .about = kUser.id},
      kNow));
  dump(store.ClaimWebhooks("a claim", kNow, 1));
  dump(store.ClaimEvent(WebhookSource::kPlinto, "another claim", kNow));
  dump(store.NextWebhookDue(WebhookSource::kPlinto, kNow));
  dump(store.ClaimEvent(WebhookSource::kConekta, "a third claim", kNow));
  dump(store.GiveBackWebhooks("a claim"));
  WebhookOutcome outcome{.row = 1, .about = kUser.id, .error = "parked", .verify_customer = true};
  dump(store.SaveSubjectNews({kUser.id, kNow, true}));
  dump(store.FindSubjectNews(kUser.id));
  dump(store.FinishWebhooks({outcome}, kNow));
  dump(store.ListParkedWebhooks(1, 0));
  dump(store.ReplayWebhooks("m", kNow, {}));
  dump(store.ReplayWebhooks(std::nullopt, kNow, kNow));
  dump(store.ClaimUsage("a claim", kNow, 1));
  dump(store.RenewUsage("a claim", kNow));
  dump(store.NextUsageDue(kNow));
  dump(store.SoonestUsageEnd(kNow));
  dump(store.FindUsageRow(1));
  dump(store.ReadUsage(kNow, {}, 1));
  dump(retention.MakeParts(kNow));
  dump(store.ReleaseUsage({1}, "a claim"));
  dump(store.MarkUsageFailed({1}, "e", kNow, kNow));
  dump(store.MarkUsageRefused(1, "e", kNow, kNow));
  dump(store.ParkUsage(1, "e", kNow, "", UsageNews{"n", kUser.id, "usage.refused", "{}"}));
  dump(store.ListRefusedUsage(1, 0));
  dump(store.CorrectUsage(1, {.quantity = 1}, kNow));
  dump(store.ListParkedUsage(1, 0));
  dump(store.ReplayUsage(1, std::nullopt, kNow));
  dump(store.MarkUsageReported({1}, kNow));
  dump(store.AddServiceKey({"k", "h", "n", "s", kNow}));
  dump(store.FindServiceKey("h"));
  dump(store.ListServiceKeys());
  dump(store.RemoveServiceKey("k"));
  dump(store.AddSigningKey({"k", "p", kNow}));
  dump(store.ListSigningKeys());
  dump(store.ReplaceSigningKey({"k", "p", kNow}, "q"));
  dump(store.RemoveSigningKey("k"));
  dump(store.SaveProgress("job", "{}"));
  dump(store.FindProgress("job"));
  dump(store.IsReady());
  dump(notifications.DueChecks(kNow, 1));
  AccessCheck check;
  check.polar_customer_id = "polar-" + kUser.id;
  Notification notification;
  notification.id = "n";
  notification.polar_customer_id = check.polar_customer_id;
  dump(notifications.FinishCheck(check, "told", notification, kNow, kNow));
  const Timestamp later = kNow.PlusSeconds(1'000'000'000);
  const Attempt attempt{.at = kNow, .took_ms = 1, .status = 200, .fault = "f"};
  const auto held = [&](const std::string& claim) {
    const auto claimed = Await(notifications.Claim(claim, later));
    return claimed.ok() ? claimed->notification.value_or(Notification()) : Notification();
  };
  const Notification taken = held("a claim");
  dump(notifications.Renew(taken, kNow));
  dump(notifications.NextDue(kNow));
  dump(notifications.GiveBack(taken));
  dump(notifications.MarkFailed(held("one that fails"), attempt, kNow, kNow));
  // Gone: a pause begins at once. Then a probe ends it.
  Attempt gone = attempt;
  gone.status = 410;
  dump(notifications.MarkFailed(held("one that is gone"), gone, kNow, kNow));
  dump(notifications.ProbeNow(kNow));
  dump(notifications.MarkDelivered(held("a probe"), "id", attempt, kNow));
  dump(notifications.MarkDelivered(taken, "id", attempt, kNow));
  dump(notifications.ListParked(1, 0));
  dump(notifications.ListAttempts(std::nullopt, 1, 0));
  dump(notifications.ListAttempts(1, 1, 0));
  dump(notifications.Replay(1, std::nullopt, kNow));
  dump(notifications.Replay(std::nullopt, kNow, kNow));
  dump(notifications.NextDue(kNow));
  const auto tell = [&](const std::string& customer, const std::string& told) {
    Facts news;
    news.customers.push_back({customer, "e", "n", false, kNow});
    dump(store.ApplyFacts(news, kNow));
    const auto checks = Await(notifications.DueChecks(kNow, 1'000));
    if (!checks.ok()) return;
    for (const AccessCheck& one : *checks) {
      if (one.polar_customer_id == customer)
        dump(notifications.FinishCheck(one, told, std::nullopt, std::nullopt, kNow));
    }
  };
  const std::string allowed = R"({"allowed":true,"polar_subscription_id":"s"})";
  // A subject has another customer than before, and then the customer another subject.
  const Subject first{Subject::Kind::kUser, "a0000000-0000-4000-8000-000000000002"};
  const Subject second{Subject::Kind::kUser, "a0000000-0000-4000-8000-000000000003"};
  dump(store.SaveCustomer({first, "moved-from", "e", "n", false}, kNow));
  tell("moved-from", allowed);
  dump(store.SaveCustomer({first, "moved-to", "e", "n", false}, kNow));
  dump(store.SaveCustomer({second, "moved-to", "e", "n", false}, kNow));
  dump(store.ReadAdmission(kUser.id, kOrganization));
  tell("polar-" + kOrganization.id, R"({"allowed":false})");
  dump(notifications.TellEndings(1'000, kNow));
  tell("polar-" + kUser.id, allowed);
  dump(store.IsErased(kUser.id));
  for (const Subject& subject : {kUser, kOrganization}) dump(store.EraseSubject(subject, kNow));
  for (Notification last = held("the last 0"); last.row != 0; last = held("the last " + std::to_string(last.row))) {
    dump(notifications.MarkDelivered(last, "", attempt, kNow));
  }
  dump(reconciles.DueCustomers(kNow, 1));
  dump(reconciles.NextDue());
  dump(reconciles.PutOff("polar-" + kUser.id, kNow));
  dump(reconciles.DemandAll(kNow, 1));
  dump(reconciles.ListCustomers("", 1));
  dump(retention.Prune({1}, 1));
  dump(retention.PruneTold({1}, 1));
  dump(retention.TrustedTime(kNow));
  dump(retention.PullForward(kNow));
  dump(database.CountQueues());
  dump(database.RaiseSequence(kNow));
  dump(database.FreeClaims());
  dump(database.AddTenant({"t", "s", kNow}));
  dump(database.ListTenants());
  dump(database.FindTenant("t"));
  dump(database.ChangeTenant("t", "s", kNow));
  dump(database.EndTenant("t", kNow));
  dump(database.RemoveTenant("t"));
}

bool IsExplainable(const std::string& sql) {
  return std::regex_search(sql, std::regex("^(SELECT|INSERT|UPDATE|DELETE|WITH) ")) &&
         sql.find("pg_advisory") == std::string::npos;
}

}  // namespace

std::set<std::string> StatementsOn(const std::shared_ptr<SqlRunner>& runner) {
  const auto writing = std::make_shared<WritingDown>(runner);
  UseEverything(writing, *runner);
  std::set<std::string> texts;
  for (const std::string& text : writing->texts) {
    if (IsExplainable(text)) texts.insert(text);
  }
  return texts;
}

}  // namespace plinto::polar::server::testing
