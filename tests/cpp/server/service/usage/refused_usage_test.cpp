// Usage that Polar refuses after it was accepted here: counted, said, told, corrected and sent again.
#include "core/webhook/signature.h"
#include "server/service/deliveries/notifications.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

constexpr const char* kSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// Where notifications arrive.
class Listener final : public HttpClient {
 public:
  Task<HttpOutcome> Send(HttpRequest request, std::chrono::milliseconds /*timeout*/) override {
    told.push_back(*ParseJson(request.body));
    co_return HttpResponse{.status = 200};
  }
  std::vector<Json> told;
};

struct Story {
  explicit Story(bool tells_application = true) {
    settings.tells_application = tells_application;
    simulation.Restart(settings);
  }

  /// As an older server may have taken it, which checked less.
  std::int64_t Record(const Subject& subject, const std::string& id, const std::string& properties) {
    UsageRow row{.subject = subject,
                 .external_id = id,
                 .event_name = "api_call",
                 .quantity = *Decimal::Parse("2.5"),
                 .properties = properties,
                 .created_at = simulation.clock.Now()};
    return simulation.Await(simulation.store->AddUsage(std::move(row)))->row;
  }
  std::optional<Timestamp> Report() { return simulation.Await(simulation.service->ReportUsage()); }
  /// Until it has been given up, with others beside it that Polar takes.
  void GiveUp() {
    for (int i = 0; i < 50 && simulation.Await(simulation.store->ListParkedUsage(10))->empty(); ++i) {
      Record({Subject::Kind::kUser, kBob}, "good-" + std::to_string(i), "{}");
      if (const auto next = Report()) simulation.clock.AdvanceTo(*next);
    }
  }
  /// `id quantity` of each of Alice's events at Polar.
  std::vector<std::string> AtPolar(const char* subject) {
    const Json events = simulation.BodyOf(
        simulation.AskPolar("GET", std::string("/v1/events/?source=user&external_customer_id=") + subject));
    std::vector<std::string> found;
    for (const Json& event : *FindMember(events, "items")->get_ptr<const Json::array_t*>()) {
      found.push_back(*FindString(event, "name") + " " + DumpJson(*FindMember(event, "metadata")));
    }
    return found;
  }
  void Tell() { static_cast<void>(simulation.Await(notifications.Work())); }

  Simulation simulation;
  Settings settings;
  Listener application;
  std::unique_ptr<NotificationStore> store = simulation.database->NotificationsOf(kDefaultTenant);
  Notifications notifications{{simulation.clock, simulation.random, *simulation.store, application, simulation.plinto,
                               simulation.tokens, simulation.log},
                              settings,
                              *store,
                              {"https://app.example/billing", {*WebhookSecret::Parse(kSecret)}}};
};

HttpResponse RefusalOf(const char* field) {
  return {.status = 422,
          .body = std::string(R"({"detail":[{"loc":["body","events",0,")") + field +
                  R"("],"msg":"not found","type":"value_error"}]})"};
}

const Subject kAliceHerself = {Subject::Kind::kUser, kAlice};

}  // namespace

TEST_CASE("an event that Polar refuses is counted once, told once it is given up, corrected, and billed under its id") {
  Story story;
  const std::int64_t row = story.Record(kAliceHerself, "bad", R"({"_cost":"five"})");

  static_cast<void>(story.Report());
  REQUIRE(story.simulation.log.usage_refused.size() == 1);
  CHECK(story.simulation.log.usage_refused[0].find("_cost") != std::string::npos);
  CHECK(story.simulation.log.usage_refused[0].find("usage correct " + std::to_string(row)) != std::string::npos);
  const auto refused = *story.simulation.Await(story.simulation.store->ListRefusedUsage(10));
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].row == row);
  CHECK(refused[0].error.find("_cost") != std::string::npos);
  story.Tell();
  CHECK(story.application.told.empty());

  story.GiveUp();
  story.Tell();
  story.Tell();

  CHECK(story.simulation.log.usage_refused.size() == 1);
  CHECK(story.simulation.log.given_up.size() == 1);
  REQUIRE(story.application.told.size() == 1);
  const Json& told = story.application.told[0];
  CHECK(*FindString(told, "type") == "usage.refused");
  const Json& data = *FindMember(told, "data");
  CHECK(FindMember(data, "organization_id")->is_null());
  CHECK(*FindString(data, "user_id") == kAlice);
  CHECK(*FindString(data, "event_id") == "bad");
  CHECK(*FindString(data, "event_name") == "api_call");
  CHECK(*FindString(data, "quantity") == "2.5");
  CHECK(FindString(data, "reason")->find("_cost") != std::string::npos);
  CHECK(ParseTimestamp(*FindString(data, "refused_at")).has_value());
  CHECK(FindInteger(data, "sequence").has_value());
  CHECK(FindMember(data, "subscription_id") == nullptr);

  CHECK(story.AtPolar(kAlice).empty());
  UsageCorrection correction{.properties = R"({"_cost":{"amount":5,"currency":"usd"}})"};
  REQUIRE(story.simulation.Await(story.simulation.store->CorrectUsage(row, correction, story.simulation.clock.Now()))
              ->has_value());
  CHECK_FALSE(story.Report().has_value());
  CHECK(story.AtPolar(kAlice) ==
        std::vector<std::string>{R"(api_call {"quantity":2.5,"_cost":{"amount":"5","currency":"usd"}})"});
  // The sender's own try again is the same event.
  const HttpResponse again =
      story.simulation.Request("POST", "/usage", kAlice, R"({"event_name":"api_call","external_id":"bad"})");
  CHECK(FindBool(story.simulation.BodyOf(again), "reported") == true);
  CHECK(story.AtPolar(kAlice).size() == 1);
}

TEST_CASE("an organization's event that no request has room for is given up and told at once") {
  Story story;
  story.Record({Subject::Kind::kOrganization, kAcme}, "large",
               R"({"text":")" + std::string(11 * 1'024 * 1'024, 'x') + "\"}");

  static_cast<void>(story.Report());
  story.Tell();

  REQUIRE(story.application.told.size() == 1);
  const Json& data = *FindMember(story.application.told[0], "data");
  CHECK(*FindString(data, "organization_id") == kAcme);
  CHECK(FindString(data, "reason")->find("larger than a whole request") != std::string::npos);
  CHECK(story.simulation.polar.Count("POST /v1/events/ingest") == 0);
}

TEST_CASE("an event whose member or parent alone Polar does not know is billed without, and is not refused") {
  Story story;
  const auto [field, kept] =
      GENERATE(std::pair("external_member_id", "parent_id"), std::pair("parent_id", "external_member_id"));
  INFO(field);
  UsageRow row{.subject = {Subject::Kind::kOrganization, kAcme},
               .external_id = "event",
               .event_name = "api_call",
               .properties = "{}",
               .created_at = story.simulation.clock.Now(),
               .parent_id = "parent",
               .member_id = kBob};
  REQUIRE(story.simulation.Await(story.simulation.store->AddUsage(std::move(row))).ok());
  story.Record({Subject::Kind::kOrganization, kAcme}, "parent", "{}");
  story.simulation.polar.faults.push_back({"/ingest", {RefusalOf(field)}});

  CHECK_FALSE(story.Report().has_value());

  const Json events = story.simulation.BodyOf(story.simulation.AskPolar("GET", "/v1/events/?source=user"));
  const Json* items = FindMember(events, "items");
  REQUIRE(items->size() == 2);
  int with_kept = 0;
  for (const Json& event : *items->get_ptr<const Json::array_t*>()) {
    CHECK(FindMember(event, field)->is_null());
    with_kept += FindMember(event, kept)->is_null() ? 0 : 1;
  }
  CHECK(with_kept == 1);
  CHECK(story.simulation.polar.Count("POST /v1/events/ingest") == 2);
  CAPTURE(story.simulation.log.warnings);
  // The first is that of every request that Polar refuses.
  REQUIRE(story.simulation.log.warnings.size() == 2);
  CHECK(story.simulation.log.warnings[1].find("does not know the member or the parent") != std::string::npos);
  CHECK(story.simulation.log.usage_refused.empty());
  CHECK(story.simulation.Await(story.simulation.store->ListRefusedUsage(10))->empty());
}

TEST_CASE("without an application to tell, nothing is kept to be told") {
  Story story(false);
  story.Record(kAliceHerself, "bad", R"({"_cost":"five"})");

  story.GiveUp();
  story.Tell();

  CHECK(story.simulation.log.given_up.size() == 1);
  CHECK(story.application.told.empty());
}
