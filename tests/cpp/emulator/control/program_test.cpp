// The emulator as a program: its flags, its data file, and how it crosses to JavaScript.
#include "emulator/control/program.h"

#include "emulator/control/wasm_api.h"
#include "harness.h"

namespace plinto::polar::emulator {
namespace {

Json Read(const std::string& envelope) {
  const auto json = ParseJson(envelope);
  REQUIRE(json.ok());
  return *json;
}

std::string MessageOf(const ProgramFlags& flags) {
  const auto checked = CheckFlags(flags);
  return checked ? "" : checked.error().message;
}

std::unique_ptr<EmulatorCalls> Open(const Json& more) {
  Json settings = Json::object(
      {{"url", "http://127.0.0.1:4010"}, {"access_token", "polar_oat_test"}, {"random_seed", "18446744073709551615"}});
  settings.update(more);
  auto opened = EmulatorCalls::OpenProgram(DumpJson(settings), kStart);
  REQUIRE(opened.ok());
  return *std::move(opened);
}

std::string RequestText(std::string_view url, std::string_view host = "127.0.0.1") {
  return DumpJson(Json::object({{"method", "POST"},
                                {"url", url},
                                {"headers", Json::array({Json::array({"host", host})})},
                                {"body", R"({"rate": 60})"}}));
}

}  // namespace

TEST_CASE("a flag of the emulator is refused by its name") {
  CHECK(MessageOf({}).empty());
  CHECK(MessageOf({.host = "0.0.0.0"}).find("--allow-remote") != std::string::npos);
  CHECK(MessageOf({.host = "0.0.0.0", .allow_remote = true}).empty());
  CHECK(MessageOf({.webhook_secret = "short"}).starts_with("--webhook-secret"));
  CHECK(MessageOf({.webhook_url = "app.example"}).starts_with("--webhook-url"));
  CHECK(MessageOf({.rate_limit = "some"}).starts_with("--rate-limit"));
  CHECK(MessageOf({.seeds = {"1", "2"}}).starts_with("--seed is given two numbers"));
  CHECK(MessageOf({.seeds = {"a.json", "b.json"}}).starts_with("--seed is given two files"));
  CHECK(MessageOf({.seeds = {""}}).starts_with("--seed"));
}

TEST_CASE("a seed is a number or a file, or one of each") {
  const auto seeds = CheckFlags({.seeds = {"shop.json", "7"}});

  REQUIRE(seeds.ok());
  CHECK(seeds->number == 7U);
  CHECK(seeds->file == "shop.json");
  CHECK_FALSE(CatalogOf("shop.json", std::nullopt).ok());
  CHECK_FALSE(CatalogOf("shop.json", "").ok());
}

TEST_CASE("a program's emulator hands out its journal, and goes on with it") {
  const Json empty = Json::object({{"name", "polar.jsonl"}, {"text", ""}});
  const auto first = Open(Json::object({{"data", empty}}));
  const Json described = Read(first->Describe());
  std::string kept = TextAt(described, "value.journal");
  CHECK(kept.find("18446744073709551615") != std::string::npos);

  const Json answer = Read(first->Handle(RequestText("/_emulator/clock"), kStart));
  CHECK(At(answer, "value.status") == Json(200));
  kept += TextAt(answer, "value.journal");

  const Json data = Json::object({{"name", "polar.jsonl"}, {"text", kept}});
  const auto second = Open(Json::object({{"data", data}}));
  CHECK(TextAt(Read(second->Describe()), "value.webhook_secret") == TextAt(described, "value.webhook_secret"));
  const Json other = Json::object({{"url", "http://127.0.0.1:1"}, {"random_seed", "1"}, {"data", data}});
  const auto refused = EmulatorCalls::OpenProgram(DumpJson(other), kStart);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.find("begun with another address (http://127.0.0.1:4010)") != std::string::npos);
}

TEST_CASE("a program that listens on this machine answers nobody else") {
  const auto local = Open(Json::object({{"local", true}}));
  const auto open = Open(Json::object({}));

  CHECK(At(Read(local->Handle(RequestText("/_emulator/clock", "evil.example"), kStart)), "value.status") == Json(403));
  CHECK(At(Read(open->Handle(RequestText("/_emulator/clock", "my.laptop"), kStart)), "value.status") == Json(200));
}

TEST_CASE("what crosses to a program is refused by the place of the mistake") {
  const auto failed = [](const std::string& envelope) { return TextAt(Read(envelope), "error.message"); };
  const auto refused = [](const std::string& settings) {
    const auto opened = EmulatorCalls::OpenProgram(settings, kStart);
    return opened ? "" : opened.error().message;
  };

  CHECK(failed(CheckFlagsText(R"({"seeds": ["1", "2"]})")).starts_with("--seed"));
  CHECK(At(Read(CheckFlagsText(R"({"seeds": ["9"]})")), "value.seed") == Json("9"));
  CHECK(refused(R"({"seed": "seven"})").find("random seed") != std::string::npos);
  CHECK(refused(R"({"random_seed": "1", "seed_file": {"name": "a.json", "text": null}})").find("a.json") !=
        std::string::npos);
  CHECK(refused(R"({"random_seed": "1", "seed_file": {"name": "a.json", "text": "["}})").starts_with("--seed: "));
}

}  // namespace plinto::polar::emulator
