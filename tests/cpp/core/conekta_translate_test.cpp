// Conekta's objects as ours. What Conekta means by a status and a date is from its OpenAPI document and its public
// examples; what we make of it is the decision on a second provider (docs/decisions/server/second-provider.md).
#include "catch.h"

#include "core/billing/access/entitlements.h"
#include "core/conekta/translate.h"

using namespace plinto::polar;

namespace {

constexpr std::int64_t kStart = 1'790'000'000;
constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kEnd = kStart + 30 * kDay;
constexpr char kPro[] = "aaaaaaaa-0000-4000-8000-000000000001";
constexpr char kKit[] = "aaaaaaaa-0000-4000-8000-000000000002";
constexpr char kCustomer[] = "cccccccc-0000-4000-8000-000000000001";

Timestamp At(std::int64_t seconds) { return Timestamp::FromSeconds(seconds); }

const std::vector<Plan>& Products() {
  static const std::vector<Plan> plans = [] {
    Plan pro{.slug = "pro", .product_id = kPro, .tier = "pro"};
    pro.grace_days = 7;
    pro.conekta = ConektaPrice{.plan_id = "pro-monthly"};
    Plan kit{.slug = "kit", .product_id = kKit, .tier = "starter"};
    kit.conekta = ConektaPrice{.amount = 34'900, .name = "Starter kit"};
    return std::vector<Plan>{pro, kit};
  }();
  return plans;
}

ConektaTerms Terms(std::int64_t as_of) { return {kCustomer, Products(), At(as_of)}; }

ConektaPlan Monthly(const std::string& interval = "month", std::int64_t frequency = 1) {
  return {.id = "pro-monthly",
          .name = "Pro",
          .amount = 19'900,
          .currency = "MXN",
          .interval = interval,
          .frequency = frequency};
}

ConektaSubscription Running(const std::string& status = "active") {
  ConektaSubscription one;
  one.id = "sub_1";
  one.status = status;
  one.plan_id = "pro-monthly";
  one.customer_id = "cus_1";
  one.created_at = kStart;
  one.subscription_start = kStart;
  one.billing_cycle_start = kStart;
  one.billing_cycle_end = kEnd;
  one.trial_end = kStart;
  return one;
}

Subscription Translate(const ConektaSubscription& from, std::int64_t as_of = kStart + kDay) {
  const ConektaPlan plan = Monthly();
  return ToSubscription(from, &plan, Terms(as_of));
}

bool IsAllowed(const Subscription& subscription, std::int64_t at) {
  const Result<SubscriptionView> view = Decode<SubscriptionView>(Encode(subscription));
  REQUIRE(view.ok());
  return DecideSubscription(*view, 7, At(at)).allowed;
}

ConektaOrder Bought(const std::optional<std::string>& status) {
  ConektaOrder order;
  order.id = "ord_1";
  order.amount = 34'900;
  order.currency = "MXN";
  order.payment_status = status;
  order.created_at = kStart;
  order.customer_info = ConektaCustomerInfo{"cus_1"};
  order.checkout = ConektaCheckout{.id = "page", .status = "Issued", .expires_at = kStart + kDay};
  order.metadata = *ParseJson(R"({"plinto_product":"aaaaaaaa-0000-4000-8000-000000000002","plinto_purchase":"1"})");
  return order;
}

bool IsAllowed(const ConektaOrder& from) {
  const Order order = ToOrder(from, {}, Terms(kStart));
  BillingState state{.customer_id = kCustomer};
  const Result<OrderView> view = Decode<OrderView>(Encode(order));
  REQUIRE(view.ok());
  state.orders.push_back({At(kStart), *view});
  if (const auto refund = ToRefund(from)) state.refunds.push_back({At(kStart), *refund});
  return DecideOrder(*view, state).allowed;
}

}  // namespace

TEST_CASE("a subscription at Conekta is one of ours, with its plan's product, amount and interval") {
  const Subscription to = Translate(Running());

  CHECK(to.id == "sub_1");
  CHECK(to.customer_id == kCustomer);
  CHECK(to.product_id == kPro);
  CHECK(to.status == SubscriptionStatus::kActive);
  CHECK(to.amount == 19'900);
  CHECK(to.currency == "mxn");
  CHECK(to.recurring_interval == RecurringInterval::kMonth);
  CHECK(to.recurring_interval_count == 1);
  CHECK(to.current_period_start == At(kStart));
  CHECK(to.current_period_end == At(kEnd));
  CHECK(to.started_at == At(kStart));
  CHECK_FALSE(to.trial_end.has_value());
  CHECK_FALSE(to.cancel_at_period_end);
  CHECK_FALSE(to.ended_at.has_value());
  CHECK(IsAllowed(to, kStart + kDay));
  CHECK(Decode<Subscription>(Encode(to)).ok());
}

TEST_CASE("a plan's interval is ours; half a month is fifteen days") {
  const auto interval = [](const std::string& name, std::int64_t frequency) {
    const ConektaPlan plan = Monthly(name, frequency);
    const Subscription to = ToSubscription(Running(), &plan, Terms(kStart));
    return to.recurring_interval.text() + " " + std::to_string(to.recurring_interval_count);
  };
  CHECK(interval("week", 2) == "week 2");
  CHECK(interval("half_month", 1) == "day 15");
  CHECK(interval("month", 3) == "month 3");
  CHECK(interval("year", 1) == "year 1");
}

TEST_CASE("a plan that Conekta has no more, or that is no product of ours, loses no subscription and gives nothing") {
  const Subscription of_deleted = ToSubscription(Running(), nullptr, Terms(kStart));
  CHECK(of_deleted.product_id == kPro);
  CHECK(of_deleted.amount == 0);
  CHECK(of_deleted.currency == "mxn");

  ConektaSubscription foreign = Running();
  foreign.plan_id = "plan_of_another_shop";
  const Subscription to = Translate(foreign);
  CHECK(to.product_id == "plan_of_another_shop");
  CHECK(Decode<Subscription>(Encode(to)).ok());
}

TEST_CASE("a trial runs until its end; without one it is nothing until the first charge") {
  ConektaSubscription trial = Running("in_trial");
  trial.billing_cycle_start.reset();
  trial.billing_cycle_end.reset();
  trial.trial_start = kStart;
  trial.trial_end = kStart + 14 * kDay;
  const Subscription in_trial = Translate(trial);
  CHECK(in_trial.status == SubscriptionStatus::kTrialing);
  CHECK(in_trial.trial_end == At(kStart + 14 * kDay));
  CHECK(in_trial.current_period_end == At(kStart + 14 * kDay));
  CHECK(IsAllowed(in_trial, kStart + kDay));

  ConektaSubscription moment = trial;
  moment.trial_start.reset();
  moment.trial_end = kStart;
  const Subscription at_first = Translate(moment, kStart);
  CHECK(at_first.status == SubscriptionStatus::kIncomplete);
  CHECK_FALSE(IsAllowed(at_first, kStart));
}

TEST_CASE("a refused renewal has grace from the end of what was paid, and no longer") {
  const Subscription late = Translate(Running("past_due"), kEnd + kDay);
  CHECK(late.status == SubscriptionStatus::kPastDue);
  CHECK(late.past_due_at == At(kEnd));
  CHECK(IsAllowed(late, kEnd + 6 * kDay));
  CHECK_FALSE(IsAllowed(late, kEnd + 7 * kDay));

  // Conekta's answer is dated by whole seconds, below the moment at which the cycle ended.
  const Subscription at_once = Translate(Running("past_due"), kEnd - 1);
  CHECK(at_once.past_due_at == At(kEnd));
  CHECK(IsAllowed(at_once, kEnd));

  ConektaSubscription moved = Running("past_due");  // should the dates move with a refused charge after all
  moved.billing_cycle_start = kEnd;
  moved.billing_cycle_end = kEnd + 30 * kDay;
  CHECK(Translate(moved, kEnd + kDay).past_due_at == At(kEnd));
}

TEST_CASE("who was refused on the first charge has never paid, and gets no grace; after a trial they do") {
  ConektaSubscription first = Running("past_due");
  first.billing_cycle_start.reset();
  first.billing_cycle_end = kStart;
  CHECK(Translate(first).status == SubscriptionStatus::kIncomplete);
  CHECK_FALSE(IsAllowed(Translate(first), kStart + 60));

  ConektaSubscription dated = Running("past_due");
  dated.billing_cycle_start = kStart - 10;
  CHECK(Translate(dated).status == SubscriptionStatus::kIncomplete);

  first.trial_start = kStart;
  first.trial_end = kStart + 14 * kDay;
  first.billing_cycle_end = kStart + 14 * kDay;
  const Subscription after_trial = Translate(first, kStart + 14 * kDay);
  CHECK(after_trial.status == SubscriptionStatus::kPastDue);
  CHECK(after_trial.past_due_at == At(kStart + 14 * kDay));
}

TEST_CASE("a pause gives nothing; an end is an end, whoever made it") {
  ConektaSubscription paused = Running("paused");
  paused.paused_at = kStart + kDay;
  CHECK(Translate(paused).status == SubscriptionStatus::kPaused);
  CHECK(Translate(paused).paused_at == At(kStart + kDay));
  CHECK_FALSE(IsAllowed(Translate(paused), kStart + kDay));

  ConektaSubscription canceled = Running("canceled");
  canceled.canceled_at = kStart + 2 * kDay;
  const Subscription over = Translate(canceled, kStart + 3 * kDay);
  CHECK(over.status == SubscriptionStatus::kCanceled);
  CHECK(over.ended_at == At(kStart + 2 * kDay));
  CHECK_FALSE(IsAllowed(over, kStart + 2 * kDay));

  const Subscription expired = Translate(Running("expired"), kEnd + kDay);
  CHECK(expired.status == SubscriptionStatus::kCanceled);
  CHECK(expired.ended_at == At(kEnd));
}

TEST_CASE("a status that this version does not know is kept, and gives nothing") {
  const Subscription to = Translate(Running("suspended"));
  CHECK(to.status.text() == "suspended");
  CHECK_FALSE(IsAllowed(to, kStart + kDay));
  const Order order = ToOrder(Bought("in_review"), {}, Terms(kStart));
  CHECK(order.status.text() == "in_review");
  CHECK_FALSE(IsAllowed(Bought("in_review")));
}

TEST_CASE("times that no calendar has do no harm") {
  ConektaSubscription wild = Running();
  wild.created_at = INT64_MIN;
  wild.subscription_start = INT64_MAX;
  wild.billing_cycle_start = INT64_MAX;
  wild.billing_cycle_end = INT64_MIN;
  const Subscription to = Translate(wild);
  CHECK(to.created_at == Timestamp{});
  CHECK(to.current_period_end >= to.current_period_start);
}

TEST_CASE("a purchase gives access once it is paid, and none once it is given back") {
  for (const char* status : {"paid", "partially_refunded"}) CHECK(IsAllowed(Bought(status)));
  for (const char* status : {"pending_payment", "pre_authorized", "under_fraud_review", "declined", "expired",
                             "canceled", "voided", "fraudulent", "refunded", "charged_back"}) {
    INFO(status);
    CHECK_FALSE(IsAllowed(Bought(status)));
  }
  const Order paid = ToOrder(Bought("paid"), {}, Terms(kStart));
  CHECK(paid.paid);
  CHECK(paid.product_id == kKit);
  CHECK(paid.total_amount == 34'900);
  CHECK(paid.due_amount == 0);
  CHECK(paid.currency == "mxn");
  CHECK(paid.billing_reason == BillingReason::kPurchase);
  CHECK_FALSE(paid.subscription_id.has_value());
  CHECK(Decode<Order>(Encode(paid)).ok());
  CHECK(ToOrder(Bought("pending_payment"), {}, Terms(kStart)).due_amount == 34'900);
}

TEST_CASE("a refund that is taken back gives access again") {
  ConektaOrder order = Bought("refunded");
  order.amount_refunded = 34'900;
  CHECK_FALSE(IsAllowed(order));
  order.payment_status = "paid";
  order.amount_refunded = 0;
  CHECK(IsAllowed(order));
  CHECK(ToRefund(order)->status == "canceled");
  CHECK_FALSE(ToRefund(Bought("pending_payment")).has_value());
}

TEST_CASE("what nobody has tried to pay, or was refused on its page, is a checkout and no order") {
  CHECK_FALSE(IsOrder(Bought(std::nullopt)));
  CHECK_FALSE(IsOrder(Bought("declined")));
  CHECK(IsOrder(Bought("pending_payment")));
  ConektaOrder renewal = Bought("declined");
  renewal.checkout.reset();
  CHECK(IsOrder(renewal));
}

TEST_CASE("a checkout stands where its money stands, and else where its page does") {
  const auto status = [](ConektaOrder order, std::int64_t at = kStart) { return ToCheckoutStatus(order, At(at)); };
  CHECK(status(Bought(std::nullopt)) == "open");
  CHECK(status(Bought("declined")) == "open");
  CHECK(status(Bought("pending_payment")) == "confirmed");
  CHECK(status(Bought("pending_payment"), kStart + 2 * kDay) == "confirmed");
  CHECK(status(Bought("paid")) == "succeeded");
  CHECK(status(Bought("refunded")) == "succeeded");
  CHECK(status(Bought("expired")) == "expired");
  CHECK(status(Bought("canceled")) == "expired");
  CHECK(status(Bought(std::nullopt), kStart + kDay) == "expired");
  for (const char* page : {"Expired", "Cancelled", "Failed"}) {
    ConektaOrder order = Bought(std::nullopt);
    order.checkout->status = page;
    CHECK(status(order) == "expired");
  }
}

TEST_CASE("an order of a cycle belongs to its subscription, and gives nothing by itself") {
  ConektaSubscription one = Running();
  one.last_billing_cycle_order_id = "ord_1";
  const std::vector<ConektaSubscription> subscriptions = {one};
  ConektaOrder cycle = Bought("paid");
  cycle.checkout.reset();
  cycle.metadata.reset();

  const Order last = ToOrder(cycle, subscriptions, Terms(kStart));
  CHECK(last.subscription_id == "sub_1");
  CHECK(last.product_id == kPro);
  CHECK(last.billing_reason == BillingReason::kSubscriptionCycle);

  cycle.id = "ord_0";
  cycle.created_at = kStart + kDay;
  CHECK(ToOrder(cycle, subscriptions, Terms(kStart)).subscription_id == "sub_1");
  ConektaSubscription second = one;
  second.id = "sub_2";
  const std::vector<ConektaSubscription> two = {one, second};
  const Order unclear = ToOrder(cycle, two, Terms(kStart));
  CHECK_FALSE(unclear.subscription_id.has_value());
  CHECK_FALSE(unclear.product_id.has_value());
}

TEST_CASE("what was paid for a plan gives nothing without its subscription") {
  ConektaOrder order = Bought("paid");
  order.metadata = *ParseJson(
      R"({"plinto_product":"aaaaaaaa-0000-4000-8000-000000000001","plinto_plan":"pro-monthly","plinto_purchase":"1"})");

  const Order alone = ToOrder(order, {}, Terms(kStart));
  CHECK_FALSE(alone.product_id.has_value());
  CHECK_FALSE(alone.subscription_id.has_value());

  ConektaSubscription other = Running();
  other.id = "sub_0";
  other.created_at = kStart - kDay;
  ConektaSubscription begun = Running();
  begun.created_at = kStart + 300;
  const std::vector<ConektaSubscription> subscriptions = {other, begun};
  const Order with = ToOrder(order, subscriptions, Terms(kStart));
  CHECK(with.subscription_id == "sub_1");
  CHECK(with.product_id == kPro);
  CHECK(with.billing_reason == BillingReason::kSubscriptionCreate);
}

TEST_CASE("an order that was not begun here names no product") {
  ConektaOrder foreign = Bought("paid");
  foreign.metadata = *ParseJson(R"({"purchase_id":"p_81","plinto_product":7})");
  const Order to = ToOrder(foreign, {}, Terms(kStart));
  CHECK_FALSE(to.product_id.has_value());
}
