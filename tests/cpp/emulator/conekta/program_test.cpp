// The emulator of Conekta as a program carries it: what is printed, kept in the data file, and left to be signed.
#include "emulator/control/program.h"
#include "conekta_harness.h"
#include "emulator/control/wasm_api.h"

namespace plinto::polar::emulator {
namespace {

Json ValueOf(const std::string& envelope) {
  const auto json = ParseJson(envelope);
  REQUIRE(json.ok());
  CHECK(At(*json, "ok") == Json(true));
  return At(*json, "value");
}

}  // namespace

TEST_CASE("a program with Conekta prints its address and its key") {
  Seller shop;
  const Strings lines = AnnouncementOf(shop.emulator);
  CHECK(std::count(lines.begin(), lines.end(), "Conekta API:    http://127.0.0.1:4010/conekta") == 1);
  CHECK(std::count(lines.begin(), lines.end(), "Conekta key:    " + shop.emulator.conekta_api_key()) == 1);
  CHECK(shop.emulator.conekta_api_key().starts_with("key_"));
  CHECK_FALSE(CheckFlags({.conekta_key = "key_1"}).ok());
  CHECK(CheckFlags({.conekta = true, .conekta_key = "key_1"}).ok());
}

TEST_CASE("a data file that was begun with other emulators or another key is not gone on with") {
  const auto start = [](std::optional<ConektaConfig> conekta, std::string kept) {
    ProgramStart started = {.data = "shop.jsonl", .kept = std::move(kept)};
    started.config.public_url = "http://127.0.0.1:4010";
    started.config.conekta = std::move(conekta);
    return StartProgram(std::move(started), kStart);
  };
  const auto journal_of = [](Config config) {
    std::string text;
    config.journal = [&](std::string_view line) { text += line; };
    const Emulator begun(std::move(config), kStart);
    return text;
  };
  const std::string without = journal_of({.public_url = "http://127.0.0.1:4010"});
  const std::string with = journal_of(Seller::SellerConfig());

  const auto added = start(ConektaConfig{}, without);
  REQUIRE_FALSE(added.ok());
  CHECK(added.error().message.find("--conekta") != std::string::npos);
  CHECK_FALSE(start(ConektaConfig{.api_key = "key_other"}, with).ok());
  const auto kept = start(ConektaConfig{.keys = {{"new", "new"}}}, with);
  REQUIRE(kept.ok());
  CHECK_FALSE(kept->conekta_api_key().empty());
}

TEST_CASE("what a delivery has to be signed by crosses to JavaScript") {
  const Json settings = Json::object(
      {{"url", "http://127.0.0.1:4010"},
       {"random_seed", "7"},
       {"conekta",
        Json::object(
            {{"api_key", "key_test"},
             {"keys", Json::array({Json::object({{"private_pem", "private one"}, {"public_pem", "public one"}})})}})}});
  auto opened = EmulatorCalls::OpenProgram(DumpJson(settings), kStart);
  REQUIRE(opened.ok());
  EmulatorCalls& calls = **opened;
  const auto post = [&](std::string_view path, const Json& body) {
    const Json headers = Json::array({Json::array({"authorization", "Bearer key_test"})});
    const Json request = Json::object(
        {{"method", "POST"}, {"url", "/conekta" + std::string(path)}, {"headers", headers}, {"body", DumpJson(body)}});
    return ValueOf(calls.Handle(DumpJson(request), kStart));
  };
  CHECK(At(post("/webhook_keys", Json::object()), "status") == Json(200));
  CHECK(At(post("/webhooks", Json::object({{"url", "http://127.0.0.1:9/"}})), "status") == Json(200));
  CHECK(At(post("/orders", Seller::OrderBody()), "status") == Json(200));

  const Json due = ValueOf(calls.TakeDue(kStart, kStart));
  CHECK(TextAt(due, "deliveries.0.rsa.private_pem") == "private one");
  CHECK(TextAt(due, "deliveries.0.rsa.text") == TextAt(due, "deliveries.0.body"));
}

}  // namespace plinto::polar::emulator
