// The journal: a replayed history is the history.
#include "emulator/control/journal.h"

#include <new>

#include "harness.h"

namespace plinto::polar::emulator {
namespace {

Config Journaled(std::string& text) {
  Config config = TestConfig();
  config.journal = [&text](std::string_view line) { text += line; };
  return config;
}

// All that a client can read, as text.
std::string StateOf(Emulator& emulator, Timestamp now) {
  std::string text;
  for (const std::string_view url :
       {"/v1/customers/?limit=100", "/v1/subscriptions/?limit=100", "/v1/orders/?limit=100", "/v1/events/?limit=100",
        "/v1/checkouts/?limit=100", "/v1/customer-meters/", "/v1/benefit-grants/", "/v1/webhooks/deliveries?limit=100",
        "/_emulator/faults", "/_emulator/clock"}) {
    const HttpRequest request = {"GET", std::string(url), {{"authorization", "Bearer " + emulator.access_token()}}, {}};
    text += emulator.Handle(request, now).body + "\n";
  }
  return text;
}

void Live(Polar& polar) {
  polar.Subscribe();
  polar.Post("/v1/events/ingest",
             Json::object({{"events",
                            Json::array({Json::object({{"name", "api_call"}, {"external_customer_id", "user-1"}})})}}));
  polar.Post("/_emulator/faults", Json::object({{"kind", "5xx"}, {"probability", 0.5}, {"count", 9}}), "");
  for (int i = 0; i < 6; ++i) polar.Get("/v1/products/");
  polar.Send({"POST", "/v1/customers/", {}, "\xff not text"});
  polar.Post("/_emulator/clock", Json::object({{"advance", "40 days"}, {"rate", 10}}), "");
  for (const Delivery& delivery : polar.emulator.TakeDue(polar.now)) {
    polar.emulator.OnDelivered(delivery.id, TransportFault::kTimeout, polar.now);
  }
  polar.Receive(120);
}

}  // namespace

TEST_CASE("a replayed journal gives the same state, byte for byte, and goes on alike") {
  std::string journal;
  Polar polar(Journaled(journal));
  Live(polar);
  const std::string before = journal;

  auto replayed = Emulator::Replay(before, {}, {}, polar.now);
  REQUIRE(replayed.ok());

  CHECK(replayed->access_token() == polar.emulator.access_token());
  CHECK(StateOf(*replayed, polar.now) == StateOf(polar.emulator, polar.now));
  const Timestamp later = polar.now.PlusSeconds(40 * 86'400);
  CHECK(StateOf(*replayed, later) == StateOf(polar.emulator, later));
}

TEST_CASE("a journal that went on after a replay is one journal") {
  std::string journal;
  Polar polar(Journaled(journal));
  polar.NewCustomer();
  auto second = Emulator::Replay(
      journal, {}, [&journal](std::string_view line) { journal += line; }, polar.now);
  REQUIRE(second.ok());

  const HttpRequest request = {
      "DELETE", "/v1/customers/external/user-1", {{"authorization", "Bearer " + second->access_token()}}, {}};
  CHECK(second->Handle(request, polar.now).status == 204);
  auto third = Emulator::Replay(journal, {}, {}, polar.now);

  REQUIRE(third.ok());
  CHECK(StateOf(*third, polar.now) == StateOf(*second, polar.now));
}

TEST_CASE("a damaged journal is refused with the number of the line") {
  std::string journal;
  Polar polar(Journaled(journal));
  polar.NewCustomer();
  polar.NewCheckout();
  const auto refusal = [&](const std::string& text) {
    const auto replayed = Emulator::Replay(text, {}, {}, polar.now);
    return replayed.ok() ? std::string() : replayed.error().message;
  };
  const std::size_t second = journal.find('\n') + 1;
  const std::size_t third = journal.find('\n', second) + 1;

  std::string flipped = journal;
  flipped[second + 30] ^= 1;
  CHECK(refusal(flipped).starts_with("Line 2 of the journal is damaged"));
  CHECK(refusal(journal.substr(0, second) + journal.substr(third)).starts_with("Line 2 of the journal is damaged"));
  CHECK(refusal(journal.substr(0, journal.size() - 5)).find("it is incomplete") != std::string::npos);
  CHECK(refusal("").starts_with("Line 1"));
  CHECK(refusal("{}\n").starts_with("Line 1"));
  CHECK(refusal(journal).empty());
}

TEST_CASE("reading the emulator's own pages is not recorded") {
  std::string journal;
  Polar polar(Journaled(journal));
  const std::string before = journal;

  polar.Get("/_emulator/log", "");
  polar.Get("/_emulator", "");

  CHECK(journal == before);
}

TEST_CASE("an input that fails again when it is replayed is left behind, and named by its line") {
  std::string journal;
  Polar polar(Journaled(journal));
  for (const std::string_view name : {"a", "b", "c"}) {
    polar.NewCustomer(std::string(name) + "@example.com", name);
  }
  std::vector<std::size_t> failed;

  auto replayed =
      Emulator::Replay(journal, {}, {}, polar.now, [&](std::size_t line, const std::function<void()>& input) {
        try {
          if (line == 3) throw std::bad_alloc();
          input();
        } catch (const std::bad_alloc&) {
          failed.push_back(line);
        }
      });

  REQUIRE(replayed.ok());
  CHECK(failed == std::vector<std::size_t>{3});
  const HttpRequest list = {
      "GET", "/v1/customers/?sorting=name", {{"authorization", "Bearer " + replayed->access_token()}}, {}};
  const auto customers = ParseJson(replayed->Handle(list, polar.now).body);
  REQUIRE(customers.ok());
  CHECK(At(*customers, "pagination.total_count") == Json(2));
}

}  // namespace plinto::polar::emulator
