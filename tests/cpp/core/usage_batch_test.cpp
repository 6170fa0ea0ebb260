// Usage on its way to Polar: the batch and its bounds, and what becomes of each event when Polar refuses.
#include "catch.h"

#include <set>

#include "core/billing/usage/usage_batch.h"
#include "core/billing/usage/usage_delivery.h"
#include "core/billing/usage/usage_parents.h"
#include "core/polar/client.h"

using namespace plinto::polar;

namespace {

const Timestamp kNow = Timestamp::FromSeconds(1'770'000'000);

std::string AnEvent(const std::string& id, std::size_t size = 1) {
  const UsageEvent event{"api_call", "org-1", id, kNow, Json{{"note", std::string(size, 'x')}}};
  return DumpJson(Encode(event));
}

using Added = UsageBatch::Added;
using Kind = UsageOutcome::Kind;

Added Add(UsageBatch& batch, const std::string& id, std::size_t size = 1) {
  const Result<Added> added = batch.Add(id, AnEvent(id, size), kNow);
  REQUIRE(added.ok());
  return *added;
}

// Polar with some events that it will not have. Names them as its 422 does, or not at all.
struct PolarWithTaste {
  std::set<std::size_t> bad;
  bool names_them = true;
  std::size_t most_events = 1'000;  // more is a body too large
  std::set<std::size_t> stored = {};
  int requests = 0;

  HttpResponse Ingest(std::span<const std::size_t> events) {
    ++requests;
    if (events.size() > most_events) return {.status = 413, .body = R"({"error":"RequestBodyTooLarge","detail":"x"})"};
    Json detail = Json::array();
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (!bad.contains(events[i])) continue;
      Json location = names_them ? Json::array({"body", "events", i, "name"}) : Json::array({"body", "events"});
      detail.push_back(Json{{"type", "value_error"}, {"loc", std::move(location)}, {"msg", "too long"}});
    }
    if (!detail.empty()) return {.status = 422, .body = DumpJson(Json{{"detail", std::move(detail)}})};
    stored.insert(events.begin(), events.end());
    return {.status = 200, .body = "{}"};
  }
};

std::vector<UsageOutcome> Deliver(PolarWithTaste& polar, std::size_t events) {
  UsageDelivery delivery(events);
  std::vector<UsageOutcome> outcomes(events);
  std::size_t decided = 0;
  while (!delivery.Next().empty()) {
    REQUIRE(polar.requests < 10'000);
    const HttpResponse response = polar.Ingest(delivery.Next());
    for (UsageOutcome& outcome : response.Succeeded() ? delivery.OnTaken() : delivery.OnRefused(response, "refused")) {
      ++decided;
      outcomes[outcome.index] = std::move(outcome);
    }
  }
  CHECK(decided == events);
  return outcomes;
}

void CheckOnlyTheBadAreRefused(const PolarWithTaste& polar, const std::vector<UsageOutcome>& outcomes) {
  for (const UsageOutcome& outcome : outcomes) {
    INFO("event " << outcome.index);
    CHECK(outcome.kind == (polar.bad.contains(outcome.index) ? Kind::kRefused : Kind::kReported));
    CHECK(polar.stored.contains(outcome.index) != polar.bad.contains(outcome.index));
  }
}

}  // namespace

TEST_CASE("a batch knows to the byte how large its request will be") {
  UsageBatch batch;
  for (const char* id : {"1", "\xC3\xA9\n\"", "3"}) static_cast<void>(Add(batch, id, 10));
  const std::size_t bytes = batch.bytes();

  const std::vector<std::string> events = batch.Take();
  const std::vector<std::string_view> views(events.begin(), events.end());

  CHECK(BuildIngestUsage({}, views).body.size() == bytes);
}

TEST_CASE("a batch is full by count, and by bytes before Polar's 10 MiB") {
  UsageBatch by_count({.max_events = 2});
  CHECK(Add(by_count, "1") == Added::kTaken);
  CHECK_FALSE(by_count.IsDue(kNow));
  CHECK(Add(by_count, "2") == Added::kTaken);
  CHECK(by_count.IsDue(kNow));
  CHECK(Add(by_count, "3") == Added::kFull);

  UsageBatch by_bytes({.max_events = 100'000, .max_bytes = 100 * kPolarBodyLimit});
  int taken = 0;
  while (Add(by_bytes, std::to_string(taken), 1'000'000) == Added::kTaken) ++taken;
  CHECK(taken == 10);
  CHECK(by_bytes.bytes() < kPolarBodyLimit);
  CHECK(by_bytes.IsDue(kNow));
  CHECK(by_bytes.Take().size() == 10);
  CHECK(Add(by_bytes, "next", 1'000'000) == Added::kTaken);
}

TEST_CASE("an event that no request could carry is refused at once") {
  UsageBatch batch({.max_bytes = 1'000});

  const Result<Added> added = batch.Add("1", AnEvent("1", 2'000), kNow);

  REQUIRE_FALSE(added.ok());
  CHECK(added.error().code == ErrorCode::kPayloadTooLarge);
  CHECK(batch.size() == 0);
  CHECK_FALSE(batch.DueAt().has_value());
}

TEST_CASE("a batch leaves by the age of its first event") {
  UsageBatch batch({.max_age_ms = 5'000});
  CHECK_FALSE(batch.DueAt().has_value());
  REQUIRE(batch.Add("1", AnEvent("1"), kNow).ok());
  REQUIRE(batch.Add("2", AnEvent("2"), kNow.PlusSeconds(4)).ok());

  CHECK(batch.DueAt() == kNow.PlusSeconds(5));
  CHECK_FALSE(batch.IsDue(kNow.PlusMilliseconds(4'999)));
  CHECK(batch.IsDue(kNow.PlusSeconds(5)));
  static_cast<void>(batch.Take());
  CHECK_FALSE(batch.DueAt().has_value());
}

TEST_CASE("a batch leaves before the first billing period in it ends") {
  UsageBatch batch({.max_age_ms = 60'000, .period_margin_ms = 5'000});
  REQUIRE(batch.Add("1", AnEvent("1"), kNow, kNow.PlusSeconds(3'600)).ok());
  CHECK(batch.DueAt() == kNow.PlusSeconds(60));
  REQUIRE(batch.Add("2", AnEvent("2"), kNow, kNow.PlusSeconds(20)).ok());
  CHECK(batch.DueAt() == kNow.PlusSeconds(15));
  // Within the margin it leaves at once; a period that is over hurries nothing.
  REQUIRE(batch.Add("3", AnEvent("3"), kNow, kNow.PlusSeconds(2)).ok());
  CHECK(batch.IsDue(kNow));

  UsageBatch late({.max_age_ms = 60'000});
  REQUIRE(late.Add("1", AnEvent("1"), kNow, kNow.PlusSeconds(-1)).ok());
  CHECK(late.DueAt() == kNow.PlusSeconds(60));
}

TEST_CASE("an event's id is fixed before the batch, kept by it, and taken once") {
  UsageBatch batch;
  CHECK_FALSE(batch.Add("", AnEvent(""), kNow).ok());
  CHECK(Add(batch, "1") == Added::kTaken);
  CHECK(Add(batch, "1") == Added::kKnown);
  CHECK(Add(batch, "2") == Added::kTaken);

  CHECK(batch.Take() == std::vector{AnEvent("1"), AnEvent("2")});
  CHECK(Add(batch, "1") == Added::kTaken);
}

TEST_CASE("a batch that Polar takes is one request") {
  PolarWithTaste polar;

  CheckOnlyTheBadAreRefused(polar, Deliver(polar, 500));

  CHECK(polar.requests == 1);
  CHECK(UsageDelivery(0).Next().empty());
}

TEST_CASE("the bad events that a 422 names are set apart and the others reported in one request") {
  PolarWithTaste one{.bad = {5}};
  CheckOnlyTheBadAreRefused(one, Deliver(one, 500));
  CHECK(one.requests == 3);

  PolarWithTaste three{.bad = {0, 250, 499}};
  CheckOnlyTheBadAreRefused(three, Deliver(three, 500));
  CHECK(three.requests == 5);

  PolarWithTaste most{.bad = {0, 1, 3}};
  CheckOnlyTheBadAreRefused(most, Deliver(most, 4));
  PolarWithTaste alone{.bad = {0}};
  CheckOnlyTheBadAreRefused(alone, Deliver(alone, 1));
}

TEST_CASE("a batch of which every single event is refused is Polar's fault: three are asked alone, none is refused") {
  for (const bool names_them : {true, false}) {
    for (const std::size_t events : {2u, 3u, 4u, 1'000u}) {
      INFO(events << (names_them ? " named" : " not named"));
      PolarWithTaste polar{.bad = {}, .names_them = names_them};
      for (std::size_t i = 0; i < events; ++i) polar.bad.insert(i);

      for (const UsageOutcome& outcome : Deliver(polar, events)) CHECK(outcome.kind == Kind::kDelayed);

      CHECK(polar.requests <= 4);
    }
  }
  UsageDelivery delivery(2);
  for (int i = 0; i < 3; ++i) static_cast<void>(delivery.OnRefused({.status = 422}, "broken"));
  CHECK(delivery.HasFallenApart());
  CHECK(delivery.Next().empty());
}

TEST_CASE("the first, the middle and the last event may be bad together: the others are not given up, and come later") {
  PolarWithTaste polar{.bad = {0, 5, 9}, .names_them = false};

  for (const UsageOutcome& outcome : Deliver(polar, 10)) CHECK(outcome.kind == Kind::kDelayed);
}

TEST_CASE("a bad event that a 422 does not name is found by halving") {
  for (const std::size_t bad : {0u, 1u, 63u, 64u, 127u}) {
    PolarWithTaste polar{.bad = {bad}, .names_them = false};
    CheckOnlyTheBadAreRefused(polar, Deliver(polar, 128));
    CHECK(polar.requests <= 1 + 3 + 2 * 7);
  }
}

TEST_CASE("a batch that is too large for Polar is split until it fits") {
  PolarWithTaste polar{.bad = {}, .most_events = 30};
  CheckOnlyTheBadAreRefused(polar, Deliver(polar, 100));
  CHECK(polar.requests == 3 + 4);

  PolarWithTaste picky{.bad = {7, 50}, .most_events = 30};
  CheckOnlyTheBadAreRefused(picky, Deliver(picky, 100));
}

TEST_CASE("an event named wrongly by a 422 is not lost") {
  UsageDelivery delivery(3);
  const HttpResponse refusal{.status = 422, .body = R"({"detail":[{"loc":["body","events",1],"msg":"m"}]})"};
  REQUIRE(delivery.OnRefused(refusal, "refused").empty());
  CHECK(delivery.OnTaken() == std::vector<UsageOutcome>{{0, Kind::kReported, ""}, {2, Kind::kReported, ""}});

  CHECK(delivery.OnTaken() == std::vector<UsageOutcome>{{1, Kind::kReported, ""}});
  CHECK(delivery.Next().empty());
}

TEST_CASE("when Polar cannot take anything, all that is left is delayed and what was reported stays so") {
  UsageDelivery delivery(4);
  REQUIRE(delivery.OnRefused({.status = 413}, "too large").empty());
  CHECK(delivery.OnTaken() == std::vector<UsageOutcome>{{0, Kind::kReported, ""}, {1, Kind::kReported, ""}});

  CHECK(delivery.OnFailed("down") ==
        std::vector<UsageOutcome>{{2, Kind::kDelayed, "down"}, {3, Kind::kDelayed, "down"}});
  CHECK(delivery.Next().empty());
  CHECK(delivery.OnFailed("down").empty());
}

TEST_CASE("an event whose time Polar takes for the future is delayed, and holds up nothing") {
  UsageDelivery delivery(4);
  const HttpResponse refusal{.status = 422,
                             .body = R"({"detail":[{"loc":["body","events",1,"timestamp"],"msg":"future"},
      {"loc":["body","events",3,"timestamp"],"msg":"future"},{"loc":["body","events",3,"name"],"msg":"too long"}]})"};

  CHECK(delivery.OnRefused(refusal, "future") == std::vector<UsageOutcome>{{1, Kind::kDelayed, "future"}});
  CHECK(delivery.OnTaken() == std::vector<UsageOutcome>{{0, Kind::kReported, ""}, {2, Kind::kReported, ""}});
  CHECK(delivery.OnRefused({.status = 422}, "too long") == std::vector<UsageOutcome>{{3, Kind::kRefused, "too long"}});
  CHECK(delivery.Next().empty());
  CHECK_FALSE(delivery.HasFallenApart());
}

TEST_CASE("a clock ahead of Polar's delays a whole batch by one request") {
  UsageDelivery delivery(2);
  const HttpResponse refusal{.status = 422, .body = R"({"detail":[{"loc":["body","events",0,"timestamp"]},
      {"loc":["body","events",1,"timestamp"]}]})"};

  CHECK(delivery.OnRefused(refusal, "future") ==
        std::vector<UsageOutcome>{{0, Kind::kDelayed, "future"}, {1, Kind::kDelayed, "future"}});
  CHECK(delivery.Next().empty());
}

TEST_CASE("an event whose member or parent alone Polar does not know is sent again without, together with the others") {
  UsageDelivery delivery(3);
  const HttpResponse refusal{
      .status = 422,
      .body = R"({"detail":[{"loc":["body","events",0,"EventCreateExternalCustomer","external_member_id"]},
      {"loc":["body","events",2,"parent_id"]},{"loc":["body","events",2,"member_id"]}]})"};

  CHECK(delivery.OnRefused(refusal, "unknown") ==
        std::vector<UsageOutcome>{
            {.index = 0, .kind = Kind::kBared, .reason = "unknown", .without_member = true},
            {.index = 2, .kind = Kind::kBared, .reason = "unknown", .without_member = true, .without_parent = true}});
  REQUIRE(delivery.Next().size() == 3);
  CHECK(delivery.OnTaken().size() == 3);
  CHECK(delivery.Next().empty());
}

TEST_CASE("an event is bared once: what is refused for its member then is refused") {
  UsageDelivery delivery(1);
  const HttpResponse refusal{.status = 422, .body = R"({"detail":[{"loc":["body","events",0,"member_id"]}]})"};

  CHECK(delivery.OnRefused(refusal, "unknown").at(0).kind == Kind::kBared);
  CHECK(delivery.OnRefused(refusal, "unknown") == std::vector<UsageOutcome>{{0, Kind::kRefused, "unknown"}});
  CHECK(delivery.Next().empty());
}

TEST_CASE("an event with another fault beside its member is bad, and is found alone") {
  UsageDelivery delivery(2);
  const HttpResponse refusal{.status = 422, .body = R"({"detail":[{"loc":["body","events",1,"member_id"]},
      {"loc":["body","events",1,"name"]}]})"};

  CHECK(delivery.OnRefused(refusal, "bad").empty());
  CHECK(delivery.OnTaken() == std::vector<UsageOutcome>{{0, Kind::kReported, ""}});
  CHECK(delivery.OnRefused(refusal, "bad") == std::vector<UsageOutcome>{{1, Kind::kRefused, "bad"}});
}

TEST_CASE("of parents that go round in a circle one goes, and every other stays") {
  const auto circles = [](std::vector<UsageLink> events) { return FindParentCircles(events); };
  using Indexes = std::vector<std::size_t>;

  CHECK(circles({{"a"}, {"b", "a"}, {"c", "b"}, {"d", "elsewhere"}, {"e", "a"}}).empty());
  CHECK(circles({{"a", "a"}}) == Indexes{0});
  CHECK(circles({{"a", "b"}, {"b", "a"}}) == Indexes{1});
  CHECK(circles({{"x", "a"}, {"a", "b"}, {"b", "c"}, {"c", "a"}, {"y", "x"}}) == Indexes{3});
  CHECK(circles({{"a", "b"}, {"b", "a"}, {"c", "d"}, {"d", "c"}}) == Indexes{1, 3});
  // A long family, from either end.
  std::vector<std::string> names;
  for (int i = 0; i < 10'000; ++i) names.push_back(std::to_string(i));
  std::vector<UsageLink> line;
  for (std::size_t i = 0; i < names.size(); ++i) line.push_back({names[i], i == 0 ? std::string_view() : names[i - 1]});
  CHECK(circles(line).empty());
  line[0].parent = names.back();
  CHECK(circles(line).size() == 1);
}

TEST_CASE("only locations that lie in the request name events") {
  CHECK(NamedEvents(R"({"detail":[{"loc":["body","events",2,"timestamp"]},{"loc":["body","events",0]},
                                  {"loc":["body","events",2]},{"loc":["body","events",1,"timestamp"]}]})",
                    3) == std::vector<NamedEvent>{{.position = 0, .only_time = false, .only_links = false},
                                                  {.position = 1, .only_time = true, .only_links = false},
                                                  {.position = 2, .only_time = false, .only_links = false}});
  for (const char* body :
       {"", "not json", "{}", R"({"detail":"text"})", R"({"detail":[1,null,{}]})", R"({"detail":[{"loc":"events"}]})",
        R"({"detail":[{"loc":["body","events",3]}]})", R"({"detail":[{"loc":["body","events",-1]}]})",
        R"({"detail":[{"loc":["body","events"]}]})", R"({"detail":[{"loc":["body",0,"events"]}]})",
        R"({"detail":[{"loc":["body","events","1"]}]})"}) {
    INFO(body);
    CHECK(NamedEvents(body, 3).empty());
  }
}
