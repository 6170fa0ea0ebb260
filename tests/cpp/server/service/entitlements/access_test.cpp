// GET /access and the entitlement token: the same answer asked or taken along, over all life stories; and the keys that
// check the token, which a JWT library has to be able to use that knows nothing of us.
#include "catch.h"

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

#include "core/billing/access/entitlement_claims.h"
#include "core/foundation/base64.h"
#include "core/webhook/signature.h"
#include "server/auth/jwks.h"
#include "server/service/caller/access_table.h"
#include "simulation.h"

namespace plinto::polar::server {
namespace {

Settings WithPlans(std::vector<Plan> plans) {
  Settings settings;
  settings.plans = std::move(plans);
  return settings;
}

std::string FileText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file.good());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<JwtKey> Published(Simulation& simulation, const std::string& path = "/.well-known/jwks.json") {
  const HttpResponse response = simulation.Request("GET", path, "");
  REQUIRE(response.status == 200);
  auto keys = ParseJwks(response.body);
  REQUIRE(keys.ok());
  return *std::move(keys);
}

std::string TokenFor(Simulation& simulation, const char* user, const std::string& query = "") {
  const HttpResponse response = simulation.Request("GET", "/entitlements/token" + query, user);
  INFO(response.body);
  REQUIRE(response.status == 200);
  return *FindString(simulation.BodyOf(response), "token");
}

/// What a reader makes of a token with the keys at hand; nothing when no key fits.
std::optional<EntitlementClaims> Read(const std::string& token, const std::vector<JwtKey>& keys, Timestamp now) {
  const auto header = ReadJwtHeader(token);
  REQUIRE(header.ok());
  for (const JwtKey& key : keys) {
    if (key.kid != header->kid) continue;
    const Result<Json> payload = ReadSignedClaims(token, key);
    REQUIRE(payload.ok());
    auto claims = ReadEntitlementClaims(*payload, "plinto-polar", "plinto-polar", now);
    INFO((claims.ok() ? "" : claims.error().message));
    REQUIRE(claims.ok());
    return *std::move(claims);
  }
  return std::nullopt;
}

struct Answer {
  bool allowed = false;
  std::string reason;
};

Answer AskAccess(Simulation& simulation, const std::string& query = "") {
  const HttpResponse response = simulation.Request("GET", "/access" + query, kAlice);
  INFO(response.body);
  REQUIRE(response.status == 200);
  const Json json = simulation.BodyOf(response);
  return {*FindBool(json, "allowed"), *FindString(json, "reason")};
}

struct Story {
  std::string name;
  std::vector<WebhookEvent> events;
  std::vector<std::pair<Timestamp, Json>> moments;  ///< and what is known of them
};

std::string KindOf(const std::string& type) {
  return type == "customer.state_changed" ? "customer_state" : type.substr(0, type.find('.'));
}

const Json::array_t& List(const Json& json, std::string_view name) {
  return *FindMember(json, name)->get_ptr<const Json::array_t*>();
}

Story ReadStory(const Json& json, const Json& bases) {
  Story story{*FindString(json, "name"), {}, {}};
  std::vector<std::pair<std::string, Json>> objects;
  for (const Json& event : List(json, "events")) {
    const auto& parts = *event.get_ptr<const Json::array_t*>();
    const std::string type = *parts[1].get_ptr<const std::string*>();
    const Json& base = *FindMember(bases, KindOf(type));
    const std::string* id = FindString(parts[2], "id");
    const std::string key = KindOf(type) + (id == nullptr ? *FindString(base, "id") : *id);
    auto known = std::find_if(objects.begin(), objects.end(), [&](const auto& one) { return one.first == key; });
    if (known == objects.end()) known = objects.insert(objects.end(), {key, base});
    for (const auto& [name, value] : *parts[2].get_ptr<const Json::object_t*>()) SetMember(known->second, name, value);
    story.events.push_back({type, *ParseTimestamp(*parts[0].get_ptr<const std::string*>()), known->second});
  }
  for (const Json& at : List(json, "at")) {
    story.moments.emplace_back(*ParseTimestamp(*FindString(at, "now")), at);
  }
  return story;
}

/// In the order of emission, or shuffled and with repetitions.
std::vector<WebhookEvent> Arrivals(const Story& story, std::uint32_t seed) {
  std::vector<WebhookEvent> events = story.events;
  if (seed == 0) return events;
  std::mt19937 random(seed);
  for (std::size_t more = random() % 6; more > 0; --more)
    events.push_back(story.events[random() % story.events.size()]);
  for (std::size_t i = events.size(); i > 1; --i) std::swap(events[i - 1], events[random() % i]);
  return events;
}

/// What the core's reducer makes of the same events.
BillingState Fold(const Story& story, const std::string& customer_id) {
  BillingState state{.customer_id = customer_id};
  for (const WebhookEvent& event : story.events) REQUIRE(ApplyEvent(state, event).ok());
  return state;
}

void Deliver(Simulation& simulation, const WebhookEvent& event, int number) {
  Json body = Json::object();
  SetMember(body, "type", event.type);
  SetMember(body, "timestamp", FormatTimestamp(event.timestamp));
  SetMember(body, "data", event.data);
  const std::string text = DumpJson(body);
  const auto secrets = ParseWebhookSecrets(simulation.emulator.webhook_secret());
  REQUIRE(secrets.ok());
  auto headers = SignWebhook(secrets->front(), KeyDerivation::kWholeText, "msg_" + std::to_string(number),
                             simulation.clock.Now(), text);
  REQUIRE(headers.ok());
  REQUIRE(simulation.Deliver({.method = "POST", .url = "", .headers = *headers, .body = text}).status == 202);
}

}  // namespace

TEST_CASE("without a purchase nothing is allowed, and the answer says why") {
  Simulation simulation(WithPlans({{.slug = "pro", .product_id = "p", .tier = "pro", .features = {"export"}}}));

  CHECK(AskAccess(simulation).reason == "no_plan");
  CHECK_FALSE(AskAccess(simulation, "?feature=export").allowed);
  CHECK_FALSE(AskAccess(simulation, "?tier=pro").allowed);
}

TEST_CASE(
    "a purchase gives its tier, the tiers below and its features, to the subject that bought it and to no other") {
  Simulation simulation;
  simulation.Restart(
      WithPlans({{.slug = "free", .product_id = std::string(36, '0'), .tier = "free"},
                 {.slug = "pro", .product_id = simulation.ProductId(), .tier = "pro", .features = {"export"}},
                 {.slug = "max", .product_id = std::string(36, '1'), .tier = "max", .features = {"audit"}}}));
  const std::string body = simulation.CheckoutBody(std::string(R"(,"organization_id":")") + kAcme + "\"");
  simulation.Pay(simulation.BodyOf(simulation.Request("POST", "/checkout", kAlice, body)));
  simulation.DeliverAll();
  const std::string acme = std::string("organization_id=") + kAcme;

  CHECK(AskAccess(simulation, "?" + acme).allowed);
  CHECK(AskAccess(simulation, "?tier=free&" + acme).allowed);
  CHECK(AskAccess(simulation, "?tier=pro&" + acme).allowed);
  CHECK(AskAccess(simulation, "?tier=max&" + acme).reason == "not_in_plan");
  CHECK(AskAccess(simulation, "?tier=unheard-of&" + acme).reason == "not_in_plan");
  CHECK(AskAccess(simulation, "?feature=export&" + acme).allowed);
  CHECK(AskAccess(simulation, "?feature=audit&" + acme).reason == "not_in_plan");
  CHECK(AskAccess(simulation).reason == "no_plan");
  const auto claims = Read(TokenFor(simulation, kBob, "?" + acme), Published(simulation), simulation.clock.Now());
  REQUIRE(claims.has_value());
  CHECK(claims->sub == kBob);
  CHECK(claims->org == kAcme);
  CHECK(claims->tier == "pro");
  CHECK(claims->exp == simulation.clock.Now().Seconds() + 300);
}

TEST_CASE("a question that asks for two things, or for a name of no length, is refused by the field") {
  Simulation simulation;

  for (const std::string query : {"?feature=a&tier=b", "?feature=", "?tier="}) {
    CHECK(simulation.ErrorCodeOf(simulation.Request("GET", "/access" + query, kAlice)) == "VALIDATION_FAILED");
  }
  CHECK(simulation.Request("GET", "/access?feature=" + std::string(129, 'x'), kAlice).status == 422);
}

TEST_CASE("in any order and however often webhooks come, the server knows what the core's reducer knows") {
  const auto vectors = ParseJson(FileText(std::string(PLINTO_POLAR_VECTORS) + "/life-stories.json"));
  REQUIRE(vectors.ok());
  std::vector<Plan> plans;
  for (const Json& product : List(*vectors, "products")) plans.push_back(*Decode<Plan>(product));
  const std::string customer_id = *FindString(*vectors, "customer_id");
  const std::uint32_t seed = GENERATE(0U, 1U, 2U);
  int moments = 0;
  for (const Json& json : List(*vectors, "stories")) {
    const Story story = ReadStory(json, *FindMember(*vectors, "bases"));
    INFO(story.name << ", shuffled by " << seed);
    const BillingState folded = Fold(story, customer_id);
    Simulation simulation(WithPlans(plans));
    const Subject alice{Subject::Kind::kUser, kAlice};
    const CustomerRow customer{alice, customer_id, "", "", false, true};
    REQUIRE(simulation.Await(simulation.store->SaveCustomer(customer, simulation.clock.Now())).ok());
    int number = 0;
    for (const WebhookEvent& event : Arrivals(story, seed)) {
      simulation.clock.Set(event.timestamp.PlusSeconds(1));
      Deliver(simulation, event, ++number);
      if (number % 3 == 0) static_cast<void>(simulation.ProcessInbox());
    }
    simulation.clock.Set(story.events.back().timestamp.PlusSeconds(3'600));
    static_cast<void>(simulation.ProcessInbox());
    for (const auto& [now, expected] : story.moments) {
      ++moments;
      simulation.clock.Set(now);
      INFO(FormatTimestamp(now));
      // Years may have passed, and the emulator does not know these customers: what is known holds as if just asked
      // for.
      REQUIRE(simulation.Await(simulation.store->FillMirror(customer_id, Facts{}, now)).ok());
      const CustomerEntitlements entitlements = DecideEntitlements(plans, folded, now);
      CHECK(simulation.Request("GET", "/customer/state", kAlice).body == DumpJson(Encode(entitlements)));
      const auto claims = Read(TokenFor(simulation, kAlice), Published(simulation), now);
      REQUIRE(claims.has_value());
      const Answer plan = AskAccess(simulation);
      CHECK(plan.reason == *FindString(expected, "reason"));
      CHECK(plan.allowed == claims->access.allowed);
      CHECK(plan.reason == claims->access.reason.text());
      REQUIRE(claims->meters.size() == entitlements.meters.size());
      for (std::size_t i = 0; i < claims->meters.size(); ++i) {
        CHECK(claims->meters[i].access == entitlements.meters[i].access);
      }
      for (const std::string feature : {"basic", "export", "sso", "audit", "unheard-of"}) {
        INFO(feature);
        const ClaimDecision offline = EvaluateFeature(*claims, feature, StalenessPolicy::Deny(), now);
        CHECK(AskAccess(simulation, "?feature=" + feature).allowed == offline.allowed);
      }
    }
  }
  CHECK(moments >= 80);
}

TEST_CASE("keys change every 30 days; who asked for them a month ago still has the one that signs today") {
  Simulation simulation;
  const auto before = Published(simulation);
  const Timestamp start = simulation.clock.Now();
  REQUIRE(before.size() == 3);
  const std::string first = TokenFor(simulation, kAlice);

  simulation.clock.Advance(30 * 86'400);
  const std::string second = TokenFor(simulation, kAlice);
  CHECK(ReadJwtHeader(first)->kid != ReadJwtHeader(second)->kid);
  CHECK(Read(second, before, simulation.clock.Now()).has_value());
  CHECK(Read(first, Published(simulation), start).has_value());

  simulation.clock.Advance(30 * 86'400);
  CHECK_FALSE(Read(TokenFor(simulation, kAlice), before, simulation.clock.Now()).has_value());
}

TEST_CASE("the keys outlive a restart, stand at the root as well, and may be kept for an hour") {
  Simulation simulation;
  const auto before = Published(simulation);

  simulation.Restart({});
  const HttpResponse root =
      simulation.Await(simulation.service->Handle({.method = "GET", .url = "/.well-known/jwks.json"}));

  REQUIRE(root.status == 200);
  CHECK(*root.headers.Find("cache-control") == "public, max-age=3600");
  CHECK(root.body.find("\"d\"") == std::string::npos);
  const auto after = ParseJwks(root.body);
  REQUIRE(after.ok());
  REQUIRE(after->size() == before.size());
  for (std::size_t i = 0; i < before.size(); ++i) CHECK((*after)[i].material == before[i].material);
}

TEST_CASE("the signing secret is sealed in the store where there is a key to seal it with") {
  const auto settings = [](const std::string& key) {
    Settings sealed;
    auto box = SecretBox::Create(EncodeBase64(key));
    REQUIRE(box.ok());
    sealed.entitlements.box = *std::move(box);
    return sealed;
  };
  Simulation simulation(settings(std::string(32, 'k')));
  const auto keys = Published(simulation);

  const auto rows = simulation.Await(simulation.store->ListSigningKeys());
  REQUIRE(rows.ok());
  REQUIRE(rows->size() == 1);
  CHECK(SecretBox::IsSealed(rows->front().private_key));
  simulation.Restart(settings(std::string(32, 'k')));
  CHECK(Published(simulation).front().material == keys.front().material);
  simulation.Restart(settings(std::string(32, 'x')));
  CHECK(simulation.Request("GET", "/entitlements/token", kAlice).status == 500);
  simulation.Restart({});
  CHECK(simulation.Request("GET", "/entitlements/token", kAlice).status == 500);
}

TEST_CASE("a signing secret that was stored in the open is sealed once there is a key, and stays the same") {
  Settings sealing;
  auto box = SecretBox::Create(EncodeBase64(std::string(32, 'k')));
  REQUIRE(box.ok());
  sealing.entitlements.box = *std::move(box);
  Simulation simulation;
  const auto keys = Published(simulation);
  const std::string open = simulation.Await(simulation.store->ListSigningKeys())->front().private_key;
  REQUIRE_FALSE(SecretBox::IsSealed(open));

  simulation.Restart(sealing);
  REQUIRE(simulation.Await(simulation.service->Prepare()).ok());

  const auto rows = simulation.Await(simulation.store->ListSigningKeys());
  REQUIRE(rows->size() == 1);
  CHECK(SecretBox::IsSealed(rows->front().private_key));
  CHECK(rows->front().private_key.find(open) == std::string::npos);
  CHECK(Published(simulation).front().material == keys.front().material);
  simulation.Restart({});
  CHECK_FALSE(simulation.Await(simulation.service->Prepare()).ok());
}

TEST_CASE("docs/access.md is what the policy and the routes say") {
  CHECK(FileText(std::string(PLINTO_POLAR_SOURCE) + "/docs/access.md") == PrintAccessTable());
}

}  // namespace plinto::polar::server
