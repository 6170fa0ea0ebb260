// Polar's API: shapes of requests that its document leaves open, and walking through pages.
#include "catch.h"

#include "core/polar/client.h"

using namespace plinto::polar;

namespace {

const PolarAccount kAccount{.base_url = "https://api.polar.sh", .access_token = "polar_oat_x"};
constexpr const char* kId = "4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10";

std::string BodyOf(const SubscriptionUpdate& update) { return BuildUpdateSubscription(kAccount, kId, update).body; }

Page<Meter> Answer(std::size_t count, std::optional<std::int64_t> max_page, std::optional<bool> has_next_page = {}) {
  Page<Meter> page;
  page.items.resize(count);
  page.pagination.max_page = max_page;
  page.pagination.has_next_page = has_next_page;
  return page;
}

std::vector<std::int64_t> PagesAsked(PageWalk<MeterQuery> walk, const std::vector<Page<Meter>>& answers) {
  std::vector<std::int64_t> asked;
  for (const Page<Meter>& answer : answers) {
    const auto query = walk.Next();
    if (!query) break;
    asked.push_back(*query->page);
    walk.Take(answer);
  }
  if (walk.Next()) asked.push_back(-1);
  return asked;
}

}  // namespace

TEST_CASE("each change of a subscription has the fields of its own shape and no others") {
  CHECK(BodyOf(SubscriptionCancel{}) == R"({"cancel_at_period_end":true})");
  CHECK(BodyOf(SubscriptionCancel{.cancel_at_period_end = false}) == R"({"cancel_at_period_end":false})");
  CHECK(BodyOf(SubscriptionRevoke{}) == R"({"revoke":true})");
  CHECK(BodyOf(SubscriptionSeats{.seats = 5}) == R"({"seats":5})");
  CHECK(BodyOf(SubscriptionUnits{.units = 5}) == R"({"units":5})");
  CHECK(BodyOf(SubscriptionPause{}) == R"({"pause_at_period_end":true})");
  CHECK(BodyOf(SubscriptionResume{}) == R"({"resume":true})");
  CHECK(BodyOf(SubscriptionClearPending{}) == R"({"pending_update":null})");
  CHECK(BodyOf(SubscriptionChange{.product_id = kId, .proration_behavior = Proration::kNextPeriod}) ==
        R"({"product_id":"4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10","proration_behavior":"next_period"})");
}

TEST_CASE("what is absent stays as it is, and a null clears") {
  CustomerUpdate update{.name = "New"};
  SetMember(update.extra, "billing_address", nullptr);

  CHECK(BuildUpdateCustomer(kAccount, kId, update).body == R"({"name":"New","billing_address":null})");
  CHECK(BuildUpdateCheckout(kAccount, kId, {}).body == "{}");
}

TEST_CASE("a collection ends in a slash where Polar's does, a thing never") {
  const auto path = [](const HttpRequest& request) { return request.url.substr(kAccount.base_url.size()); };

  CHECK(path(BuildListSubscriptions(kAccount)) == "/v1/subscriptions/");
  CHECK(path(BuildListOrders(kAccount)) == "/v1/orders/");
  CHECK(path(BuildListProducts(kAccount)) == "/v1/products/");
  CHECK(path(BuildListBenefitGrants(kAccount)) == "/v1/benefit-grants/");
  CHECK(path(BuildListCustomerMeters(kAccount)) == "/v1/customer-meters/");
  CHECK(path(BuildListSeats(kAccount, {})) == "/v1/customer-seats");
  CHECK(path(BuildListWebhookEndpoints(kAccount)) == "/v1/webhooks/endpoints");
  CHECK(path(BuildListWebhookDeliveries(kAccount)) == "/v1/webhooks/deliveries");
  CHECK(path(BuildGetOrder(kAccount, kId)) == "/v1/orders/" + std::string(kId));
  CHECK(path(BuildGetInvoice(kAccount, kId)) == "/v1/orders/" + std::string(kId) + "/invoice");
  CHECK(path(BuildGetSubscription(kAccount, "../customers")) == "/v1/subscriptions/..%2Fcustomers");
}

TEST_CASE("a list in a query repeats its name, metadata is written with brackets, what is empty is left out") {
  const HttpRequest request =
      BuildListSubscriptions(kAccount, {.active = false,
                                        .status = {SubscriptionStatus::kActive, SubscriptionStatus::kTrialing},
                                        .metadata = *ParseJson(R"({"plan name":"a&b","n":[1,2]})")});

  CHECK(request.url ==
        "https://api.polar.sh/v1/subscriptions/?active=false&status=active&status=trialing"
        "&metadata%5Bplan%20name%5D=a%26b&metadata%5Bn%5D=1&metadata%5Bn%5D=2");
}

TEST_CASE("a status that this version does not know can be asked for") {
  const HttpRequest request = BuildListOrders(kAccount, {.status = {OpenEnum<OrderStatus>("disputed")}});

  CHECK(request.url == "https://api.polar.sh/v1/orders/?status=disputed");
}

TEST_CASE("a walk reads each page once, in order, and ends at the last") {
  const PageWalk walk(MeterQuery{.limit = 2});

  CHECK(PagesAsked(walk, {Answer(2, 3), Answer(2, 3), Answer(1, 3)}) == std::vector<std::int64_t>{1, 2, 3});
  CHECK(PagesAsked(walk, {Answer(0, 0)}) == std::vector<std::int64_t>{1});
  CHECK(PagesAsked(PageWalk(MeterQuery{.page = 2}), {Answer(2, 2)}) == std::vector<std::int64_t>{2});
}

TEST_CASE("a walk follows lists that say only whether a page follows") {
  const PageWalk walk(MeterQuery{});

  CHECK(PagesAsked(walk, {Answer(2, {}, true), Answer(2, {}, false)}) == std::vector<std::int64_t>{1, 2});
  CHECK(PagesAsked(walk, {Answer(2, {})}) == std::vector<std::int64_t>{1});
}

TEST_CASE("a walk ends when a list shrinks under it") {
  const PageWalk walk(MeterQuery{});

  CHECK(PagesAsked(walk, {Answer(2, 3), Answer(0, 3)}) == std::vector<std::int64_t>{1, 2});
}

TEST_CASE("the query of a walk stays the same until its answer is taken") {
  PageWalk walk(MeterQuery{.query = "tokens"});

  CHECK(BuildListMeters(kAccount, *walk.Next()).url == BuildListMeters(kAccount, *walk.Next()).url);
  walk.Take(Answer(1, 2));
  CHECK(BuildListMeters(kAccount, *walk.Next()).url == "https://api.polar.sh/v1/meters/?query=tokens&page=2");
}

TEST_CASE("a page is read with its items and what Polar may add") {
  const auto page =
      ParseRefunds({.status = 200, .body = R"({"items":[],"pagination":{"total_count":0,"max_page":0},"x":1})"});

  REQUIRE(page.ok());
  CHECK(page->pagination.max_page == 0);
  CHECK(FindInteger(page->extra, "x") == 1);
}

TEST_CASE("an empty answer is a success where Polar sends none") {
  CHECK(ParseAccepted({.status = 204}).ok());
  CHECK(ParseAccepted({.status = 202, .body = "null"}).ok());
  CHECK(ParseAccepted({.status = 404, .body = "{}"}).error().code == ErrorCode::kNotFound);
}

TEST_CASE("an answer that is a union is read by its tag") {
  const auto discount = ParseDiscount(
      {.status = 200,
       .body = R"({"id":"4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10","type":"percentage","duration":"once","name":"n",)"
               R"("basis_points":1})"});
  REQUIRE(discount.ok());
  CHECK(discount->As<PercentageDiscount>() != nullptr);
  CHECK(ParseBenefit({.status = 200, .body = "<html>"}).error().code == ErrorCode::kUpstreamAnswerInvalid);
  CHECK(ParseBenefit({.status = 500, .body = "<html>"}).error().code == ErrorCode::kUpstreamFailed);
}
