// Conekta's webhooks: whose they are is proven by a signature, and what they say by asking Conekta again.
#include "conekta_scene.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

std::size_t Waiting(ConektaScene& scene) {
  const auto due = scene.simulation.Await(
      scene.simulation.store->NextWebhookDue(WebhookSource::kConekta, scene.simulation.clock.Now()));
  REQUIRE(due.ok());
  return due->has_value() ? 1 : 0;
}

}  // namespace

TEST_CASE("a card subscription at Conekta gives access by its webhooks, fails, recovers and ends") {
  ConektaScene scene;
  scene.MakeCustomer();
  scene.Link();
  const std::string id = scene.Subscribe();
  CHECK_FALSE(scene.IsAllowed("pro"));

  scene.DeliverAll();
  CHECK(scene.IsAllowed("pro"));
  REQUIRE(scene.Subscriptions().size() == 1);
  const Subscription begun = scene.Subscriptions().front();
  CHECK(begun.id == id);
  CHECK(begun.product_id == kConektaPro);
  CHECK(begun.customer_id == scene.polar_id);
  CHECK(begun.amount == 19'900);
  CHECK(begun.currency == "mxn");
  REQUIRE(scene.Orders().size() == 1);
  CHECK(scene.Orders().front().subscription_id == id);
  CHECK(scene.Orders().front().paid);

  // The card is refused from now on: the next renewal fails.
  const std::string card =
      scene.TextIn(scene.Ask("GET", "/customers/" + scene.conekta_id), "default_payment_source_id");
  scene.AskAt("POST", "/_emulator/conekta/cards/" + card, R"({"decline":"insufficient_funds"})", "application/json");
  scene.DeliverAll(31 * 86'400);
  CHECK(scene.Subscriptions().front().status == SubscriptionStatus::kPastDue);
  CHECK_FALSE(scene.IsAllowed("pro"));  // PRODUCTS gives it no days of grace

  scene.AskAt("POST", "/_emulator/conekta/cards/" + card, R"({"decline":null})", "application/json");
  scene.Ask("POST", "/customers/" + scene.conekta_id + "/subscriptions/" + id + "/retry");
  scene.DeliverAll();
  CHECK(scene.Subscriptions().front().status == SubscriptionStatus::kActive);
  CHECK(scene.IsAllowed("pro"));

  scene.Ask("POST", "/customers/" + scene.conekta_id + "/subscriptions/" + id + "/cancel");
  scene.DeliverAll();
  CHECK(scene.Subscriptions().front().ended_at.has_value());
  CHECK_FALSE(scene.IsAllowed("pro"));
}

TEST_CASE("cash gives access when the money has come, and a refund takes it back") {
  ConektaScene scene;
  scene.MakeCustomer();
  scene.Link();
  const Json order = scene.Order();
  const std::string id = ConektaScene::TextIn(order, "id");
  scene.DeliverAll();
  CHECK(scene.Orders().empty());  // nobody has tried to pay it

  scene.Pay(order, "lang=en&method=cash");
  scene.DeliverAll();
  REQUIRE(scene.Orders().size() == 1);
  CHECK(scene.Orders().front().status == OrderStatus::kPending);
  CHECK_FALSE(scene.IsAllowed("starter"));

  scene.AskAt("POST", "/_emulator/conekta/orders/" + id + "/receive", "", "application/json");
  scene.DeliverAll();
  CHECK(scene.Orders().front().paid);
  CHECK(scene.IsAllowed("starter"));

  scene.Ask("POST", "/orders/" + id + "/refunds", R"({"amount":100,"reason":"requested_by_client"})");
  scene.DeliverAll();
  CHECK(scene.Orders().front().refunded_amount == 100);
  CHECK(scene.IsAllowed("starter"));
  scene.Ask("POST", "/orders/" + id + "/refunds", R"({"amount":34800,"reason":"requested_by_client"})");
  scene.DeliverAll();
  CHECK(scene.Orders().front().status == OrderStatus::kRefunded);
  CHECK_FALSE(scene.IsAllowed("starter"));
}

TEST_CASE("a bank that takes the money back takes the access") {
  ConektaScene scene;
  scene.MakeCustomer();
  scene.Link();
  const Json order = scene.Order();
  scene.PayByCard(order);
  scene.DeliverAll();
  REQUIRE(scene.IsAllowed("starter"));

  scene.AskAt("POST", "/_emulator/conekta/orders/" + ConektaScene::TextIn(order, "id") + "/chargeback", "",
              "application/json");
  scene.DeliverAll();

  CHECK_FALSE(scene.IsAllowed("starter"));
}

TEST_CASE("a delivery without a signature, with another's, or with a changed body is refused and not kept") {
  ConektaScene scene;
  scene.MakeCustomer();
  scene.Link();
  const std::string body = ConektaScene::OrderEvent("68d0a1", "order.paid", "ord_1", scene.conekta_id);

  HttpRequest unsigned_one = scene.Event(body);
  unsigned_one.headers = {{"content-type", "application/json"}};
  const HttpResponse missing = scene.Deliver(unsigned_one);
  CHECK(missing.status == 403);
  CHECK(scene.simulation.ErrorCodeOf(missing) == "WEBHOOK_HEADER_MISSING");

  HttpRequest changed = scene.Event(body);
  changed.body += " ";
  CHECK(scene.Deliver(changed).status == 403);
  CHECK(scene.simulation.ErrorCodeOf(scene.Deliver(changed)) == "WEBHOOK_SIGNATURE_MISMATCH");
  const RsaPair other = MakeRsaPair();
  for (const std::string& signature : {*SignRsaSha256(other.private_pem, body), std::string("no base64!"),
                                       std::string(), std::string(10'000, 'A'), std::string("AAAA")}) {
    HttpRequest wrong = scene.Event(body);
    wrong.headers = {{"content-type", "application/json"}, {"digest", signature}};
    CHECK(scene.Deliver(wrong).status == 403);
  }
  CHECK(Waiting(scene) == 0);
}

TEST_CASE("each of several keys may have signed, and one that was taken out may not") {
  ConektaScene scene;
  scene.MakeCustomer();
  scene.Link();
  const auto sent = [&](const std::string& id, std::size_t key) {
    return scene.Deliver(scene.Event(ConektaScene::OrderEvent(id, "plan.updated", "x", ""), key)).status;
  };
  CHECK(sent("1", 0) == 200);
  CHECK(sent("2", 1) == 200);

  Settings rotated = scene.settings;
  rotated.conekta_webhook_keys.erase(rotated.conekta_webhook_keys.begin());
  scene.simulation.Restart(rotated);
  CHECK(sent("3", 0) == 403);
  CHECK(sent("4", 1) == 200);

  rotated.conekta_webhook_keys.clear();
  scene.simulation.Restart(rotated);
  const HttpResponse none = scene.Deliver(scene.Event("{}", 1));
  CHECK(none.status == 404);
  CHECK(none.body.find("CONEKTA_WEBHOOK_KEYS") != std::string::npos);
}

TEST_CASE("an event that comes twice is worked off once") {
  ConektaScene scene;
  scene.MakeCustomer();
  scene.Link();
  scene.PayByCard(scene.Order());
  std::vector<HttpRequest> deliveries = scene.Collect();
  REQUIRE_FALSE(deliveries.empty());
  const HttpRequest paid = deliveries.back();
  CHECK(scene.Deliver(paid).status == 200);
  static_cast<void>(scene.Work());
  CHECK(scene.IsAllowed("starter"));
  const std::size_t asked = scene.simulation.polar.requests.size();

  CHECK(scene.Deliver(paid).status == 200);
  CHECK(Waiting(scene) == 0);
  static_cast<void>(scene.Work());

  CHECK(scene.simulation.polar.requests.size() == asked);
}

TEST_CASE("what an event says of an order is not believed: the order's own word counts") {
  ConektaScene scene;
  scene.MakeCustomer();
  scene.Link();
  const std::string id = ConektaScene::TextIn(scene.Order(), "id");
  static_cast<void>(scene.Collect());

  // Conekta's own key, and an order that nobody has paid.
  CHECK(scene.Deliver(scene.Event(ConektaScene::OrderEvent("1", "order.paid", id, scene.conekta_id))).status == 200);
  static_cast<void>(scene.Work());

  CHECK_FALSE(scene.IsAllowed("starter"));
  CHECK(scene.Orders().empty());
}

TEST_CASE("an event that names another customer than its order gives that one nothing") {
  ConektaScene scene;
  scene.MakeCustomer();
  scene.Link();
  const std::string stranger = ConektaScene::TextIn(
      scene.Ask("POST", "/customers", R"({"name":"Eva Luna","email":"eva@example.com","phone":"+525512345678"})"),
      "id");
  const Json order = scene.Order(stranger);
  scene.PayByCard(order);
  static_cast<void>(scene.Collect());

  const std::string id = ConektaScene::TextIn(order, "id");
  CHECK(scene.Deliver(scene.Event(ConektaScene::OrderEvent("1", "order.paid", id, scene.conekta_id))).status == 200);
  static_cast<void>(scene.Work());
  CHECK_FALSE(scene.IsAllowed("starter"));

  // And the other way round: the order is Alice's, whatever the event says.
  const Json own = scene.Order();
  scene.PayByCard(own);
  static_cast<void>(scene.Collect());
  const std::string own_id = ConektaScene::TextIn(own, "id");
  CHECK(scene.Deliver(scene.Event(ConektaScene::OrderEvent("2", "order.paid", own_id, stranger))).status == 200);
  static_cast<void>(scene.Work());
  CHECK(scene.IsAllowed("starter"));
}

TEST_CASE("an event about somebody whom nobody knows here changes nothing, and is done") {
  ConektaScene scene;
  const std::string stranger = ConektaScene::TextIn(
      scene.Ask("POST", "/customers", R"({"name":"Eva Luna","email":"eva@example.com","phone":"+525512345678"})"),
      "id");
  scene.PayByCard(scene.Order(stranger));

  scene.DeliverAll();

  CHECK(Waiting(scene) == 0);
  CHECK(scene.simulation.log.given_up.empty());
}

TEST_CASE("a customer whose id at Conekta was lost is known again by their reference") {
  ConektaScene scene;
  scene.MakeCustomer();  // and not Link()
  scene.Subscribe();

  scene.DeliverAll();

  CHECK(scene.IsAllowed("pro"));
  const auto row = scene.simulation.Await(scene.simulation.store->FindConektaCustomer(scene.conekta_id));
  REQUIRE(row->has_value());
  CHECK((*row)->subject.id == kAlice);
}

TEST_CASE("while Conekta is away an event waits, and is worked off when it is back") {
  ConektaScene scene;
  scene.MakeCustomer();
  scene.Link();
  const Json order = scene.Order();
  scene.PayByCard(order);
  std::vector<HttpRequest> deliveries = scene.Collect();
  for (int i = 0; i < 100; ++i) {
    scene.simulation.polar.faults.push_back({"GET /conekta/", {.outcome = HttpResponse{.status = 502}}});
  }
  for (HttpRequest& delivery : deliveries) REQUIRE(scene.Deliver(std::move(delivery)).status == 200);

  const auto next = scene.Work();
  CHECK_FALSE(scene.IsAllowed("starter"));
  REQUIRE(next.has_value());
  CHECK(Waiting(scene) == 1);

  scene.simulation.polar.faults.clear();
  for (int i = 0; i < 50 && Waiting(scene) == 1; ++i) {
    scene.simulation.clock.Advance(120);
    static_cast<void>(scene.Work());
  }
  CHECK(Waiting(scene) == 0);
  CHECK(scene.IsAllowed("starter"));
  CHECK(scene.simulation.log.given_up.empty());
}

TEST_CASE("an answer that is not as documented stores nothing, and the event is kept") {
  ConektaScene scene;
  scene.MakeCustomer();
  scene.Link();
  scene.PayByCard(scene.Order());
  std::vector<HttpRequest> deliveries = scene.Collect();
  for (const char* body :
       {"", "[]", R"({"data":"x"})",
        R"({"data":[{"id":"../x","status":"active","plan_id":"pro-monthly","customer_id":"c","created_at":1}]})"}) {
    scene.simulation.polar.faults.push_back(
        {"/subscriptions", {.outcome = HttpResponse{.status = 200, .headers = {}, .body = body}}});
  }
  REQUIRE(scene.Deliver(deliveries.back()).status == 200);

  for (int i = 0; i < 4; ++i) {
    static_cast<void>(scene.Work());
    CHECK_FALSE(scene.IsAllowed("starter"));
    CHECK(Waiting(scene) == 1);
    scene.simulation.clock.Advance(60);
  }
  static_cast<void>(scene.Work());
  CHECK(scene.IsAllowed("starter"));
}

TEST_CASE("a body that is no event is kept for people when Conekta has signed it, and harms nobody") {
  ConektaScene scene;
  scene.MakeCustomer();
  scene.Link();
  const std::string deep(100'000, '[');
  const std::string nul = R"({"id":"9","type":"order.paid","data":{"object":{"id":"ord_1","note":"\u0000"}}})";
  for (const std::string& body :
       {std::string(), std::string("{}"), std::string("\xFF\xFE"), deep, nul,
        std::string(R"({"id":"7","type":"order.paid"})"), std::string(R"({"id":"8","type":"order.\u0000"})"),
        std::string(R"({"id":"../../x","type":"order.paid"})"),
        std::string(R"({"id":7,"type":["order.paid"],"data":null})")}) {
    INFO(body.substr(0, 80));
    CHECK(scene.Deliver(scene.Event(body)).status == 200);
    static_cast<void>(scene.Work());
  }

  CHECK_FALSE(scene.IsAllowed("starter"));
  CHECK(scene.simulation.log.given_up.size() >= 5);
  const auto parked = scene.simulation.Await(scene.simulation.store->ListParkedWebhooks(100));
  CHECK(parked->size() >= 5);

  // What follows is worked off as ever.
  scene.PayByCard(scene.Order());
  scene.DeliverAll();
  CHECK(scene.IsAllowed("starter"));
}

TEST_CASE("a customer who is deleted at Conekta has no subscription there any more") {
  ConektaScene scene;
  scene.MakeCustomer();
  scene.Link();
  scene.Subscribe();
  scene.DeliverAll();
  REQUIRE(scene.IsAllowed("pro"));

  scene.Ask("DELETE", "/customers/" + scene.conekta_id);
  scene.DeliverAll();

  CHECK_FALSE(scene.IsAllowed("pro"));
  CHECK(Waiting(scene) == 0);
}

TEST_CASE("the end of a customer who is gone from Conekta is dated by Conekta's clock") {
  ConektaScene scene;
  scene.MakeCustomer();
  scene.Link();
  scene.Subscribe();
  scene.DeliverAll();
  scene.simulation.clock.Advance(1'000);
  scene.simulation.polar.ahead_seconds = -200;  // ours is wrong
  scene.Ask("DELETE", "/customers/" + scene.conekta_id);

  scene.DeliverAll();

  CHECK_FALSE(scene.IsAllowed("pro"));
  const auto link = scene.simulation.Await(scene.simulation.store->ReadConektaLink(scene.polar_id));
  REQUIRE(link->newest_fact.has_value());
  CHECK(*link->newest_fact <= scene.simulation.polar.Now());
}

TEST_CASE("of several readings in one second the one that was begun last counts") {
  ConektaScene scene;
  scene.MakeCustomer();
  scene.Link();
  const std::string id = scene.Subscribe();
  const auto tell = [&](const std::string& event) {
    const std::string body = R"({"id":")" + event + R"(","type":"subscription.updated","data":{"object":{"id":")" + id +
                             R"(","customer_id":")" + scene.conekta_id + R"("}}})";
    REQUIRE(scene.Deliver(scene.Event(body)).status == 200);
    static_cast<void>(scene.Work());
  };
  const auto act = [&](const std::string& what) {
    scene.Ask("POST", "/customers/" + scene.conekta_id + "/subscriptions/" + id + "/" + what);
  };
  // The clock stands: all of this has one date. `paused` would win at a tie, for its letters.
  tell("1");
  CHECK(scene.IsAllowed("pro"));
  act("pause");
  tell("2");
  CHECK_FALSE(scene.IsAllowed("pro"));
  act("resume");
  tell("3");
  CHECK(scene.IsAllowed("pro"));
}
