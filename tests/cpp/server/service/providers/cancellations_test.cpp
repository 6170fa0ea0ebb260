// A cancellation at the period's end of a subscription at Conekta, which has none: asked for, taken back, carried out.
#include "conekta_scene.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

constexpr std::int64_t kDay = 86'400;

struct Subscriber : ConektaScene {
  Subscriber() {
    MakeCustomer();
    Link();
    id = Subscribe();
    DeliverAll();
    REQUIRE(IsAllowed("pro"));
  }
  HttpResponse Want(const std::string& what, const std::string& body = "{}") {
    return simulation.Request("POST", "/subscriptions/" + id + "/" + what, kAlice, body);
  }
  Json Get(const std::string& what, const std::string& body = "{}") {
    const HttpResponse answer = Want(what, body);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return simulation.BodyOf(answer);
  }
  std::string AtConekta() { return TextIn(Ask("GET", "/customers/" + conekta_id + "/subscriptions/" + id), "status"); }
  Subscription Shown() {
    return **simulation.Await(simulation.store->FindSubscription({Subject::Kind::kUser, kAlice}, id));
  }
  /// What the job says is due next.
  std::optional<Timestamp> CarryOut() {
    const auto run = simulation.Await(simulation.service->CarryOutCancellations());
    REQUIRE_FALSE(run.problem.has_value());
    return run;
  }
  void DeliverPolars() {
    for (HttpRequest& delivery : simulation.Collect()) {
      if (delivery.url.find("/webhooks/conekta") != std::string::npos) continue;
      REQUIRE(simulation.Deliver(std::move(delivery)).status == 202);
    }
    static_cast<void>(simulation.ProcessInbox());
  }
  void PassTo(Timestamp time) { DeliverAll((time.microseconds - simulation.clock.Now().microseconds) / 1'000'000); }

  std::string id;
};

}  // namespace

TEST_CASE("a cancellation at Conekta keeps access until the period's end, and can be taken back") {
  Subscriber scene;
  const Timestamp end = scene.Shown().current_period_end;

  const Json canceled = scene.Get("cancel", R"({"reason":"unused","comment":"adios"})");

  CHECK(*FindBool(canceled, "cancel_at_period_end"));
  CHECK(ConektaScene::TextIn(canceled, "status") == "active");
  CHECK(ConektaScene::TextIn(canceled, "ends_at") == FormatTimestamp(end));
  CHECK(FindMember(canceled, "actions")->size() == 1);
  CHECK(scene.AtConekta() == "active");
  CHECK(scene.CarryOut() == end.PlusSeconds(-kDay));
  CHECK(scene.IsAllowed("pro"));
  // Once more is the same answer.
  CHECK(ConektaScene::TextIn(scene.Get("cancel"), "ends_at") == FormatTimestamp(end));

  const Json resumed = scene.Get("resume");

  CHECK_FALSE(*FindBool(resumed, "cancel_at_period_end"));
  CHECK_FALSE(scene.CarryOut().has_value());
  CHECK_FALSE(scene.Shown().cancel_at_period_end);
  CHECK_FALSE(*FindBool(scene.Get("resume"), "cancel_at_period_end"));
}

TEST_CASE("a kept cancellation is carried out at Conekta a day before, and access ends with the period") {
  Subscriber scene;
  const Timestamp end = scene.Shown().current_period_end;
  scene.Get("cancel");

  scene.PassTo(end.PlusSeconds(-kDay + 60));
  CHECK(scene.CarryOut() == end);

  CHECK(scene.AtConekta() == "canceled");
  scene.DeliverAll();
  CHECK(scene.IsAllowed("pro"));
  CHECK(scene.Shown().status == SubscriptionStatus::kActive);
  CHECK(scene.simulation.ErrorCodeOf(scene.Want("resume")) == "CONFLICT");

  scene.PassTo(end.PlusSeconds(1));
  CHECK_FALSE(scene.IsAllowed("pro"));
  CHECK_FALSE(scene.CarryOut().has_value());
  CHECK_FALSE(scene.IsAllowed("pro"));
  CHECK(scene.Shown().status == SubscriptionStatus::kCanceled);
  CHECK(scene.Orders().size() == 1);
}

TEST_CASE("a cancellation waits for Conekta to be back, and does no harm twice") {
  Subscriber scene;
  const Timestamp end = scene.Shown().current_period_end;
  scene.Get("cancel");
  scene.PassTo(end.PlusSeconds(-kDay + 60));
  // Reading is tried again by itself, until there is no time left.
  for (int i = 0; i < 20; ++i) {
    scene.simulation.polar.faults.push_back({"GET /conekta/customers/", {TransportFault::kNetwork, false, 2}});
  }

  const std::optional<Timestamp> again = scene.CarryOut();

  REQUIRE(again.has_value());
  CHECK(*again < end);
  CHECK(*again > scene.simulation.clock.Now());
  CHECK(scene.AtConekta() == "active");
  CHECK(scene.IsAllowed("pro"));

  // It was ended, and the answer was lost: the next try finds it so.
  scene.simulation.polar.faults.clear();
  scene.Ask("POST", "/customers/" + scene.conekta_id + "/subscriptions/" + scene.id + "/cancel");
  scene.PassTo(again->PlusSeconds(1));
  CHECK(scene.IsAllowed("pro"));
  CHECK(scene.CarryOut() == end);
  CHECK(scene.IsAllowed("pro"));
}

TEST_CASE("what was renewed before it could be ended is ended at once, and runs until the end of what was paid") {
  Subscriber scene;
  const Timestamp end = scene.Shown().current_period_end;
  scene.Get("cancel");
  scene.PassTo(end.PlusSeconds(2 * kDay));  // nobody was at work
  REQUIRE(scene.Orders().size() == 2);

  const std::optional<Timestamp> next = scene.CarryOut();

  REQUIRE(next.has_value());
  CHECK(*next > end.PlusSeconds(20 * kDay));
  CHECK(scene.AtConekta() == "canceled");
  scene.DeliverAll();
  CHECK(scene.IsAllowed("pro"));
  REQUIRE(scene.simulation.log.warnings.size() == 1);
  CHECK(scene.simulation.log.warnings.front().find(scene.id) != std::string::npos);
}

TEST_CASE("what is past due or paused ends at once") {
  Subscriber scene;
  SECTION("past due") {
    const std::string card =
        ConektaScene::TextIn(scene.Ask("GET", "/customers/" + scene.conekta_id), "default_payment_source_id");
    scene.AskAt("POST", "/_emulator/conekta/cards/" + card, R"({"decline":"insufficient_funds"})", "application/json");
    scene.DeliverAll(31 * kDay);
    REQUIRE(scene.Shown().status == SubscriptionStatus::kPastDue);
  }
  SECTION("paused") {
    scene.Ask("POST", "/customers/" + scene.conekta_id + "/subscriptions/" + scene.id + "/pause");
    scene.DeliverAll();
    REQUIRE(scene.Shown().status == SubscriptionStatus::kPaused);
  }
  CHECK(ConektaScene::TextIn(scene.Get("cancel"), "status") == "canceled");
  CHECK(scene.AtConekta() == "canceled");
  CHECK_FALSE(scene.CarryOut().has_value());
  CHECK(scene.simulation.ErrorCodeOf(scene.Want("resume")) == "CONFLICT");
}

TEST_CASE("a paused subscription of Conekta's is resumed") {
  Subscriber scene;
  scene.Ask("POST", "/customers/" + scene.conekta_id + "/subscriptions/" + scene.id + "/pause");
  scene.DeliverAll();

  CHECK(ConektaScene::TextIn(scene.Get("resume"), "status") == "active");
  CHECK(scene.AtConekta() == "active");
}

TEST_CASE("a plan of Conekta's is not changed, previewed or invoiced, and says what can be done") {
  Subscriber scene;
  const auto is_unsupported = [&](const HttpResponse& answer) {
    INFO(answer.body);
    CHECK(answer.status == 409);
    CHECK(scene.simulation.ErrorCodeOf(answer) == "PROVIDER_UNSUPPORTED");
  };
  is_unsupported(scene.Want("change", R"({"slug":"kit"})"));
  is_unsupported(scene.Want("change", R"({"seats":2})"));
  is_unsupported(scene.simulation.Request("GET", "/subscriptions/" + scene.id + "/preview?slug=kit", kAlice));
  REQUIRE_FALSE(scene.Orders().empty());
  is_unsupported(scene.simulation.Request("GET", "/orders/" + scene.Orders().front().id + "/invoice", kAlice));
  // Of somebody else it does not exist.
  CHECK(scene.simulation.Request("POST", "/subscriptions/" + scene.id + "/cancel", kBob, "{}").status == 404);
}

TEST_CASE("the portal leads to the page of the subscription that runs") {
  Subscriber scene;
  const HttpResponse answer = scene.simulation.Request("GET", "/customer/portal", kAlice);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  CHECK(answer.body.find("/conekta/subscription/management/") != std::string::npos);
}

TEST_CASE("an erasure ends what runs at Conekta and removes the customer there") {
  Subscriber scene;

  SECTION("at the subject's request") {
    const HttpResponse answer = scene.simulation.Request("DELETE", "/customer?polar=true", kAlice);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
  }
  SECTION("of a subject that nothing is stored of any more, as after a deletion at Plinto") {
    REQUIRE(scene.simulation.Request("DELETE", "/customer", kAlice).status == 200);
    CHECK(scene.AtConekta() == "active");
    REQUIRE(scene.simulation.Request("DELETE", "/customer?polar=true", kAlice).status == 200);
  }
  CHECK(FindMember(scene.Ask("GET", "/customers"), "data")->size() == 0);
  CHECK_FALSE(scene.CarryOut().has_value());
}

TEST_CASE("who is deleted at Polar is not charged again at Conekta, and gets it all back when made anew in time") {
  Subscriber scene;
  const Timestamp end = scene.Shown().current_period_end;
  const Json page = scene.Order();
  REQUIRE(scene.simulation.AskPolar("DELETE", "/v1/customers/" + scene.polar_id).status == 204);

  SECTION("Polar tells of it") {
    scene.DeliverPolars();
    CHECK(scene.CarryOut() == end.PlusSeconds(-kDay));
    SECTION("nobody comes back") {
      CHECK_FALSE(scene.IsAllowed("pro"));
      scene.PassTo(end.PlusSeconds(-kDay + 60));
      static_cast<void>(scene.CarryOut());
      CHECK(scene.AtConekta() == "canceled");
      scene.PassTo(end.PlusSeconds(40 * kDay));
      CHECK(scene.Orders().size() == 1);
    }
    SECTION("a page that was open subscribes them once more") {
      const std::string later = scene.Subscribe();
      scene.DeliverAll();
      const Timestamp due = scene.simulation.clock.Now().PlusSeconds(32 * kDay);
      scene.PassTo(due);
      while (const auto next = scene.CarryOut()) {
        if (*next > due) break;
      }
      CHECK(ConektaScene::TextIn(scene.Ask("GET", "/customers/" + scene.conekta_id + "/subscriptions/" + later),
                                 "status") == "canceled");
    }
    SECTION("they are made anew") {
      REQUIRE(scene.simulation.Await(scene.simulation.store->SetCountry(scene.polar_id, "MX")).ok());
      const HttpResponse anew = scene.simulation.Request("POST", "/customer", kAlice);
      REQUIRE(anew.status == 200);
      CHECK(ConektaScene::TextIn(scene.simulation.BodyOf(anew), "country") == "MX");
      CHECK(scene.IsAllowed("pro"));
      CHECK(scene.Shown().cancel_at_period_end);
      CHECK_FALSE(*FindBool(scene.Get("resume"), "cancel_at_period_end"));
      CHECK_FALSE(scene.CarryOut().has_value());
      // What comes from now on is theirs, too.
      scene.PayByCard(page);
      scene.DeliverAll();
      CHECK(scene.IsAllowed("starter"));
    }
  }
  SECTION("Polar merely does not have them: that may be another account's key") {
    static_cast<void>(scene.simulation.Collect());  // never delivered
    scene.PassTo(scene.simulation.clock.Now().PlusSeconds(8 * kDay));
    CHECK_FALSE(scene.IsAllowed("pro"));
    CHECK_FALSE(scene.CarryOut().has_value());
  }
}
