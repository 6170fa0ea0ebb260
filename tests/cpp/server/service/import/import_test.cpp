// The switch from another provider, rehearsed: 1,000 subscribers in three steps within a day, with crashes and refusals
// in between. docs/migrating.md is its runbook.
#include <algorithm>
#include <map>

#include "core/billing/access/entitlements.h"
#include "server/service/import/importer.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

constexpr int kSubscribers = 1'000;
constexpr std::int64_t kDay = 86'400;

struct Crash {};

std::string Padded(int number) {
  const std::string text = std::to_string(number);
  return std::string(12 - text.size(), '0') + text;
}

/// A subscriber of the old provider, and what it does about them.
struct Payer {
  std::string subscription_id;
  Subject subject;
  std::string owner;  ///< of an organization, where the export knows them
  Timestamp paid_until;
  bool is_imported = false;
  bool is_stopped = false;  ///< the old provider will not charge them again
  bool has_moved = false;
  std::string checkout_url;
  std::optional<Timestamp> good_until = {};  ///< they have access until then, by what is known
};

class Switchover {
 public:
  Switchover() {
    settings.plans = {{.slug = "pro", .product_id = simulation.ProductId(), .tier = "pro", .features = {"export"}}};
    settings.polar.base_url = "http://polar.test";
    settings.polar.access_token = simulation.emulator.access_token();
    simulation.Restart(settings);
    start = simulation.clock.Now();
    csv = "subscription_id,product,status,paid_until,organization_id,user_id,email,email_verified,name\n";
    for (int i = 0; i < kSubscribers; ++i) Add(i);
  }

  /// Each run is a process of its own: nothing is known but what is in the store.
  Result<std::vector<ImportItem>> Run(int from, int to, bool is_dry) {
    const ImportMap map{.columns = {}, .products = {{"Old Pro", "pro"}}, .statuses = {}};
    Importer importer(simulation.MakeHost(), settings, ImportProvider::kCsv, map, "operator");
    const auto subscribers = ReadSubscribers(ImportProvider::kCsv, csv, map);
    REQUIRE(subscribers.ok());
    REQUIRE(subscribers->size() == kSubscribers);
    std::vector<ImportItem> items;
    for (int i = from; i < to; ++i) {
      const Result<ImportItem> item =
          simulation.Await(importer.Take((*subscribers)[static_cast<std::size_t>(i)], is_dry));
      if (!item) return item.error();
      items.push_back(*item);
      if (!is_dry) Heed(static_cast<std::size_t>(i), *item);
    }
    return items;
  }

  /// Until all are done, however often it takes. What a run that crashed had done is seen in the store alone.
  std::vector<ImportItem> Finish(int from, int to) {
    for (int tries = 0; tries < 10; ++tries) {
      try {
        const auto items = Run(from, to, false);
        Look(from, to);
        if (items) return *items;
        ++stopped;
      } catch (const Crash&) {
        ++crashes;
        Look(from, to);
      }
    }
    FAIL("the import does not come to its end");
    return {};
  }

  ImportItem RollBack(std::size_t number) {
    Importer importer(simulation.MakeHost(), settings, ImportProvider::kCsv, {}, "operator");
    Subscriber one;
    one.subscription_id = payers[number].subscription_id;
    Result<ImportItem> item = simulation.Await(importer.RollBack(one, false));
    REQUIRE(item.ok());
    if (item->outcome == "rolled_back") {
      payers[number].is_imported = false;
      payers[number].is_stopped = false;  // by people, as the report says
      payers[number].good_until.reset();
    }
    return *item;
  }

  /// By the link that they were sent, or by the application's own button.
  void Move(std::size_t number) {
    Payer& payer = payers[number];
    std::string secret = payer.checkout_url.substr(payer.checkout_url.rfind('/') + 1);
    if (secret.empty() || number % 5 == 0) {
      const bool is_user = payer.subject.kind == Subject::Kind::kUser;
      if (!is_user) return;  // only users are members of nothing here
      const HttpResponse answer = simulation.Request("POST", "/checkout", payer.subject.id, simulation.CheckoutBody());
      INFO(answer.body);
      REQUIRE(answer.status == 201);
      secret = *FindString(simulation.BodyOf(answer), "client_secret");
    }
    Json checkout = Json::object();
    SetMember(checkout, "client_secret", secret);
    simulation.Pay(checkout);
    payer.has_moved = true;
    payer.good_until.reset();
  }

  /// Nobody is without what they have paid for.
  void CheckAccess() {
    const Timestamp now = simulation.clock.Now();
    for (Payer& payer : payers) {
      if (payer.good_until && now < *payer.good_until) continue;
      ++looks;
      if (!payer.is_imported) {
        INFO(payer.subscription_id);
        CHECK(now < payer.paid_until);
        payer.good_until = payer.paid_until;
        continue;
      }
      const auto known = simulation.Await(simulation.store->ReadSubject(payer.subject));
      REQUIRE(known.ok());
      const CustomerEntitlements has = DecideEntitlements(settings.plans, known->state, now, known->local_grants);
      INFO(payer.subscription_id << " at " << FormatTimestamp(now) << ": " << has.access.reason.text());
      CHECK(has.access.allowed);
      CHECK(has.tier == "pro");
      payer.good_until = has.access.until.value_or(Timestamp::FromSeconds(kLastTimestamp.Seconds()));
    }
  }

  /// All that Polar has to tell is told, and worked off.
  void Settle() {
    simulation.DeliverAll();
    for (auto due = simulation.ProcessInbox(); due && *due <= simulation.clock.Now(); due = simulation.ProcessInbox()) {
    }
  }

  Simulation simulation;
  Settings settings;
  Timestamp start;
  std::string csv;
  std::vector<Payer> payers;
  int crashes = 0;
  int stopped = 0;
  std::int64_t looks = 0;

 private:
  void Add(int number) {
    Payer payer;
    payer.subscription_id = "old-" + std::to_string(number);
    // Some end within the day after: they are looked at closely.
    payer.paid_until = start.PlusSeconds(kDay + 3'600 + std::int64_t{number % 300} * kDay + number);
    const bool is_organization = number % 20 == 19;
    const bool has_owner = number % 40 == 39;
    const std::string id = (is_organization ? "0c000000-0000-4000-8000-" : "a0000000-0000-4000-8000-") + Padded(number);
    payer.subject = {is_organization ? Subject::Kind::kOrganization : Subject::Kind::kUser, id};
    if (has_owner) payer.owner = "b0000000-0000-4000-8000-" + Padded(number);
    const std::string user = is_organization ? payer.owner : id;
    const bool has_email = !is_organization || has_owner;
    csv += payer.subscription_id + ",Old Pro,active," + FormatTimestamp(payer.paid_until) + "," +
           (is_organization ? id : "") + "," + user + "," +
           (has_email ? "subscriber" + std::to_string(number) + "@example.com,true" : ",") + ",Name\n";
    payers.push_back(std::move(payer));
  }

  void Heed(std::size_t number, const ImportItem& item) {
    Payer& payer = payers[number];
    if (item.stop_at) payer.is_stopped = true;
    if (item.checkout_url) payer.checkout_url = *item.checkout_url;
  }

  /// From when they have a grant on, the application asks us, and not the old provider.
  void Look(int from, int to) {
    for (int i = from; i < to; ++i) {
      Payer& payer = payers[static_cast<std::size_t>(i)];
      const auto row = simulation.Await(simulation.store->FindImport("csv", payer.subscription_id));
      REQUIRE(row.ok());
      const bool is_imported = *row && !(*row)->grant_id.empty() && !(*row)->rolled_back_at;
      if (is_imported != payer.is_imported) payer.good_until.reset();
      payer.is_imported = is_imported;
    }
  }
};

/// All that a dry run says before, and a real one after.
std::vector<std::string> Said(const std::vector<ImportItem>& items) {
  std::vector<std::string> said;
  for (ImportItem item : items) {
    item.checkout_url.reset();
    item.checkout_expires_at.reset();
    said.push_back(DumpJson(Encode(item)));
  }
  return said;
}

std::int64_t CountOf(const std::vector<ImportItem>& items, const std::string& outcome) {
  return std::count_if(items.begin(), items.end(), [&](const ImportItem& one) { return one.outcome == outcome; });
}

/// Of all orders that Polar has.
template <class Visit>
void ForOrders(Simulation& simulation, Visit visit) {
  for (int page = 1;; ++page) {
    const HttpResponse answer = simulation.AskPolar("GET", "/v1/orders/?limit=100&page=" + std::to_string(page));
    REQUIRE(answer.status == 200);
    const Json body = *ParseJson(answer.body);
    const Json& items = *FindMember(body, "items");
    for (const Json& order : *items.get_ptr<const Json::array_t*>()) visit(order);
    if (items.size() < 100) return;
  }
}

}  // namespace

TEST_CASE("a thousand subscribers are taken over within a day, and nobody is without access or pays twice") {
  Switchover old;
  Simulation& simulation = old.simulation;
  std::size_t next_to_move = 0;
  std::size_t moved = 0;
  std::vector<std::size_t> rolled_back;

  for (int minute = 0; minute < 24 * 60; ++minute) {
    simulation.clock.AdvanceTo(old.start.PlusSeconds(minute * 60));
    if (minute == 30) {
      // Ten, as the dry run said.
      const auto dry = old.Run(0, 10, true);
      REQUIRE(dry.ok());
      const auto asked_at_polar = simulation.polar.requests.size();
      CHECK(std::none_of(simulation.polar.requests.begin(), simulation.polar.requests.end(),
                         [](const std::string& request) { return !request.starts_with("GET "); }));
      const auto done = old.Finish(0, 10);
      CHECK(Said(*dry) == Said(done));
      CHECK(simulation.polar.requests.size() > asked_at_polar);
      CHECK(CountOf(done, "imported") == 10);
    }
    if (minute == 90) {
      // A hundred more: the process dies twice, once behind what Polar has done already.
      const auto dry = old.Run(10, 110, true);
      REQUIRE(dry.ok());
      int count = 0;
      simulation.polar.meanwhile = [&](std::string request) -> Task<void> {
        if (request == "POST /v1/checkouts/" && (++count == 7 || count == 40)) {
          if (count == 40) static_cast<void>(simulation.AskPolar("POST", "/v1/checkouts/", simulation.CheckoutBody()));
          throw Crash{};
        }
        co_return;
      };
      const auto done = old.Finish(10, 110);
      simulation.polar.meanwhile = nullptr;
      CHECK(old.crashes == 2);
      CHECK(CountOf(done, "already") > 0);
      CHECK(CountOf(done, "already") + CountOf(done, "imported") == 100);
      auto said = done;
      for (ImportItem& one : said) one.outcome = "imported";
      auto planned = *dry;
      for (std::size_t i = 0; i < planned.size(); ++i) {
        // What was there when it began anew is found.
        planned[i].customer = said[i].customer;
        planned[i].trial_days = said[i].trial_days;
      }
      CHECK(Said(planned) == Said(said));
    }
    if (minute == 150) {
      // Everyone: Polar refuses one of them, and does not answer for a while.
      const auto dry = old.Run(110, kSubscribers, true);
      REQUIRE(dry.ok());
      CHECK(CountOf(*dry, "imported") == kSubscribers - 110);
      const std::string refusal =
          R"({"error":"RequestValidationError","detail":[{"type":"value_error","loc":["body","name"],"msg":"No.","input":"Name"}]})";
      const HttpResponse refused{.status = 422, .headers = {{"content-type", "application/json"}}, .body = refusal};
      simulation.polar.faults.push_back({"POST /v1/customers/", {refused, false, 0}});
      const auto first = old.Run(110, 300, false);
      REQUIRE(first.ok());
      CHECK(CountOf(*first, "failed") == 1);
      for (int i = 0; i < 12; ++i) {
        simulation.polar.faults.push_back({"POST /v1/customers/", {TransportFault::kConnectionRefused, false, 30}});
      }
      const auto done = old.Finish(110, kSubscribers);
      CHECK(old.stopped >= 1);
      CHECK(CountOf(done, "already") + CountOf(done, "imported") == kSubscribers - 110);
      simulation.polar.faults.clear();
      const auto again = old.Run(0, kSubscribers, true);
      REQUIRE(again.ok());
      CHECK(CountOf(*again, "already") == kSubscribers);
    }
    if (minute == 300) {
      for (const std::size_t number : {3U, 33U, 333U}) {
        CHECK(old.RollBack(number).outcome == "rolled_back");
        CHECK(old.RollBack(number).outcome == "rolled_back");
        rolled_back.push_back(number);
      }
      const auto again = old.Run(0, 40, false);
      REQUIRE(again.ok());
      CHECK(CountOf(*again, "rolled_back") == 2);
    }
    // Half of them pay, a few a minute.
    for (; minute > 310 && moved < kSubscribers / 2 && next_to_move < (static_cast<std::size_t>(minute) - 310) * 2;
         ++next_to_move) {
      const bool stays = std::count(rolled_back.begin(), rolled_back.end(), next_to_move) > 0;
      if (stays || next_to_move >= kSubscribers) continue;
      old.Move(next_to_move);
      if (old.payers[next_to_move].has_moved) ++moved;
    }
    if (minute > 310 && minute % 10 == 0) old.Settle();
    old.CheckAccess();
  }
  old.Settle();
  CHECK(moved == kSubscribers / 2);
  CHECK(old.RollBack(0).outcome == "moved");

  const auto report = old.Run(0, kSubscribers, true);
  REQUIRE(report.ok());
  CHECK(CountOf(*report, "moved") == kSubscribers / 2);
  CHECK(CountOf(*report, "rolled_back") == 3);
  CHECK(CountOf(*report, "already") == kSubscribers / 2 - 3);

  // Nobody is charged by both: Polar has charged nobody so far, and charges after what was paid for; the old provider
  // charges only those who were given back.
  ForOrders(simulation, [](const Json& order) { CHECK(FindInteger(order, "total_amount") == 0); });
  std::map<std::string, const Payer*> by_id;
  for (const Payer& payer : old.payers) {
    by_id.emplace(payer.subject.id, &payer);
    const bool is_back = !payer.is_imported;
    CHECK(payer.is_stopped != is_back);
    if (!payer.has_moved) continue;
    const auto known = simulation.Await(simulation.store->ReadSubject(payer.subject));
    INFO(payer.subscription_id);
    REQUIRE(known->state.subscriptions.size() == 1);
    CHECK(known->state.subscriptions.front().value.status == SubscriptionStatus::kTrialing);
    CHECK(known->state.subscriptions.front().value.trial_end >= payer.paid_until);
    CHECK(known->state.subscriptions.front().value.trial_end <= payer.paid_until.PlusSeconds(2 * kDay));
  }
  for (int day = 0; day < 10; ++day) {
    simulation.clock.Advance(kDay);
    old.Settle();
  }
  int charged = 0;
  ForOrders(simulation, [&](const Json& order) {
    if (FindInteger(order, "total_amount").value_or(0) == 0) return;
    ++charged;
    const Json* customer = FindMember(order, "customer");
    const Payer& payer = *by_id.at(*FindString(*customer, "external_id"));
    INFO(payer.subscription_id);
    CHECK(ParseTimestamp(*FindString(order, "created_at")).value() >= payer.paid_until);
    CHECK(payer.is_stopped);
  });
  CHECK(charged > 0);
}

TEST_CASE(
    "whoever is known by their verified e-mail address alone is found by it; strangers and two of one are refused") {
  Switchover old;
  Simulation& simulation = old.simulation;
  const Subject alice{Subject::Kind::kUser, kAlice};
  REQUIRE(
      simulation
          .Await(simulation.store->SaveCustomer({alice, "c-1", "Alice@example.com", "Alice", false, true}, old.start))
          .ok());
  Importer importer(simulation.MakeHost(), old.settings, ImportProvider::kCsv, {}, "operator");
  Subscriber one{.place = "line 2", .subscription_id = "x1", .email = "alice@EXAMPLE.com", .products = {"pro"}};
  one.status = "active";
  one.paid_until = old.start.PlusSeconds(kDay);

  const auto found = simulation.Await(importer.Take(one, true));
  CHECK(found->user_id == kAlice);
  CHECK(found->outcome == "imported");
  one.email = "nobody@example.com";
  CHECK(simulation.Await(importer.Take(one, true))->outcome == "refused");
  one.email.clear();
  CHECK(simulation.Await(importer.Take(one, true))->outcome == "refused");
}

TEST_CASE("what is not paid for any more, or unknown to PRODUCTS, is not imported, with the reason") {
  Switchover old;
  Simulation& simulation = old.simulation;
  Importer importer(simulation.MakeHost(), old.settings, ImportProvider::kCsv, {}, "operator");
  const auto outcome = [&](const char* product, const char* status, std::int64_t seconds) {
    Subscriber one{.place = "line 2", .subscription_id = "x1", .user_id = kAlice, .products = {product}};
    one.status = status;
    one.paid_until = old.start.PlusSeconds(seconds);
    const auto item = simulation.Await(importer.Take(one, false));
    REQUIRE(item.ok());
    CHECK(item->reason.has_value() == (item->outcome != "imported"));
    return item->outcome;
  };
  CHECK(outcome("basic", "active", kDay) == "refused");
  CHECK(outcome("pro", "past_due", kDay) == "refused");
  CHECK(outcome("pro", "gone", kDay) == "refused");
  CHECK(outcome("pro", "active", 0) == "over");
  CHECK(simulation.Await(simulation.store->ListGrants({}))->empty());
}
