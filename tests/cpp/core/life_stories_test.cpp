// The life stories of tests/vectors/life-stories.json: whatever order their events arrive in and however often, the
// reducer ends in one state, and that state gives what the story says.
#include "catch.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <numeric>
#include <random>
#include <sstream>

#include "core/billing/access/access_change.h"
#include "core/billing/access/entitlements.h"

using namespace plinto::polar;

namespace {

// All orders are tried natively. As Wasm, whose exceptions make these tests far slower, longer stories are shuffled.
#ifdef __EMSCRIPTEN__
constexpr std::size_t kAllOrdersUpTo = 4;
constexpr int kShuffles = 50;
constexpr int kDuplicated = 20;
#else
constexpr std::size_t kAllOrdersUpTo = 7;
constexpr int kShuffles = 2'000;
constexpr int kDuplicated = 200;
#endif

struct Story {
  std::string name;
  std::vector<WebhookEvent> events;
  Json end;
  Json at;
};

struct Stories {
  std::string customer_id;
  std::vector<Plan> products;
  std::vector<Story> all;
};

const Json& Member(const Json& json, std::string_view name) {
  const Json* member = FindMember(json, name);
  INFO(name);
  REQUIRE(member != nullptr);
  return *member;
}

const Json::array_t& List(const Json& json) { return *json.get_ptr<const Json::array_t*>(); }
const Json::object_t& Object(const Json& json) { return *json.get_ptr<const Json::object_t*>(); }
const std::string& Text(const Json& json) { return *json.get_ptr<const std::string*>(); }

std::string KindOf(const std::string& type) {
  return type == "customer.state_changed" ? "customer_state" : type.substr(0, type.find('.'));
}

// An event's data is its object's snapshot before, with what the event changes.
std::vector<WebhookEvent> ReadEvents(const Json& list, const Json& bases) {
  std::vector<std::pair<std::string, Json>> objects;
  std::vector<WebhookEvent> events;
  for (const Json& event : List(list)) {
    const Json::array_t& parts = List(event);
    const std::string& type = Text(parts[1]);
    const Json& base = Member(bases, KindOf(type));
    const std::string* changed_id = FindString(parts[2], "id");
    const std::string key = KindOf(type) + (changed_id == nullptr ? Text(Member(base, "id")) : *changed_id);
    auto known = std::find_if(objects.begin(), objects.end(), [&](const auto& object) { return object.first == key; });
    if (known == objects.end()) known = objects.insert(objects.end(), {key, base});
    for (const auto& [name, value] : Object(parts[2])) SetMember(known->second, name, value);
    const auto timestamp = ParseTimestamp(Text(parts[0]));
    REQUIRE(timestamp.has_value());
    events.push_back({type, *timestamp, known->second});
  }
  return events;
}

Stories ReadStories() {
  std::ifstream file(std::string(PLINTO_POLAR_VECTORS) + "/life-stories.json", std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  const Result<Json> json = ParseJson(text.str());
  REQUIRE(json.ok());
  Stories stories;
  stories.customer_id = Text(Member(*json, "customer_id"));
  for (const Json& product : List(Member(*json, "products"))) {
    Result<Plan> read = Decode<Plan>(product, {.unknown = UnknownFields::kRefuse});
    REQUIRE(read.ok());
    stories.products.push_back(std::move(*read));
  }
  for (const Json& story : List(Member(*json, "stories"))) {
    stories.all.push_back({Text(Member(story, "name")), ReadEvents(Member(story, "events"), Member(*json, "bases")),
                           Member(story, "end"), Member(story, "at")});
  }
  return stories;
}

const Stories& TheStories() {
  static const Stories stories = ReadStories();
  return stories;
}

void Apply(BillingState& state, const WebhookEvent& event) {
  const Result<Applied> applied = ApplyEvent(state, event);
  if (!applied) FAIL(event.type << " was refused: " << applied.error().field << " " << applied.error().message);
  if (*applied == Applied::kOtherCustomer) FAIL(event.type << " names another customer");
}

BillingState FoldInOrder(const std::vector<WebhookEvent>& events, const std::vector<std::size_t>& order) {
  BillingState state{.customer_id = TheStories().customer_id};
  for (const std::size_t index : order) Apply(state, events[index]);
  return state;
}

std::vector<std::size_t> EmissionOrder(std::size_t count) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

BillingState FoldAsEmitted(const Story& story) { return FoldInOrder(story.events, EmissionOrder(story.events.size())); }

// Every order of what is left, each prefix folded once. Returns the number of orders that end elsewhere.
int CountOtherEnds(const std::vector<WebhookEvent>& events, std::vector<bool>& used, const BillingState& state,
                   std::size_t left, const BillingState& expected) {
  if (left == 0) return state == expected ? 0 : 1;
  int others = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (used[i]) continue;
    BillingState next = state;
    Apply(next, events[i]);
    used[i] = true;
    others += CountOtherEnds(events, used, next, left - 1, expected);
    used[i] = false;
  }
  return others;
}

// The library's own shuffle differs from platform to platform; this one is the same natively and in Wasm.
void Shuffle(std::vector<std::size_t>& order, std::mt19937& random) {
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random() % i]);
}

template <class T, class Status>
void CheckStatuses(const Json& end, const char* list, const std::vector<Held<T>>& held, Status status_of) {
  const Json* expected = FindMember(end, list);
  if (expected == nullptr) return;
  if (expected->empty()) CHECK(held.empty());
  for (const auto& [id, status] : Object(*expected)) {
    INFO(list << " " << id);
    const std::string& wanted = id;
    const auto found =
        std::find_if(held.begin(), held.end(), [&](const Held<T>& one) { return one.value.id == wanted; });
    REQUIRE(found != held.end());
    CHECK(status_of(found->value) == Text(status));
  }
}

void CheckEnd(const Json& end, const BillingState& state) {
  const auto status = [](const auto& object) { return object.status; };
  CheckStatuses(end, "subscriptions", state.subscriptions, [](const auto& object) { return object.status.text(); });
  CheckStatuses(end, "orders", state.orders, status);
  CheckStatuses(end, "refunds", state.refunds, status);
  CheckStatuses(end, "checkouts", state.checkouts, status);
  CheckStatuses(end, "seats", state.seats, status);
  if (const auto deleted = FindBool(end, "deleted")) CHECK(IsDeleted(state) == *deleted);
  if (const Json* granted = FindMember(end, "granted")) {
    Json benefits = Json::array();
    for (const GrantInForce& grant : GrantsInForce(state)) {
      if (grant.benefit_type == "custom") benefits.push_back(grant.benefit_id);
    }
    CHECK(DumpJson(benefits) == DumpJson(*granted));
  }
}

void CheckAt(const Json& at, const BillingState& state) {
  const Timestamp now = *ParseTimestamp(*FindString(at, "now"));
  const CustomerEntitlements entitlements = DecideEntitlements(TheStories().products, state, now);
  INFO("at " << FormatTimestamp(now) << ": " << DumpJson(Encode(entitlements)));
  CHECK(entitlements.access.reason.text() == *FindString(at, "reason"));
  const std::string* tier = FindString(at, "tier");
  CHECK(entitlements.tier.value_or("none") == (tier == nullptr ? "none" : *tier));
  CHECK(entitlements.access.allowed == (tier != nullptr));
  const std::string* until = FindString(at, "until");
  CHECK((entitlements.access.until ? FormatTimestamp(*entitlements.access.until) : "") == (until ? *until : ""));
  if (const std::string* end = FindString(at, "period_end")) {
    CHECK(FormatTimestamp(entitlements.current_period_end.value_or(Timestamp{})) == *end);
  }
  if (const std::string* id = FindString(at, "subscription_id")) CHECK(entitlements.subscription_id == *id);
  if (const Json* features = FindMember(at, "features")) {
    for (const auto& [name, reason] : Object(*features)) {
      CHECK(name + " " + FindFeature(entitlements, name).reason.text() == name + " " + Text(reason));
    }
  }
  if (const Json* seats = FindMember(at, "seats")) {
    REQUIRE(entitlements.seats.has_value());
    CHECK(DumpJson(Encode(*entitlements.seats)) == DumpJson(*seats));
  }
  if (const Json* meters = FindMember(at, "meters")) {
    REQUIRE(entitlements.meters.size() == meters->size());
    for (const MeterAccess& meter : entitlements.meters) {
      const Json& wanted = Member(*meters, meter.meter_id);
      CHECK(meter.access.allowed == *FindBool(wanted, "allowed"));
      CHECK(meter.access.reason.text() == *FindString(wanted, "reason"));
      CHECK(DumpJson(Json(meter.remaining)) == DumpJson(Member(wanted, "remaining")));
    }
  }
}

// What a receiver keeps that has no state: the newest word on each subscription and order.
using Words = std::map<std::string, AccessChange>;

Words KeepWords(const std::vector<WebhookEvent>& events, const std::vector<std::size_t>& order) {
  Words words;
  for (const std::size_t index : order) {
    const std::string* product = FindString(events[index].data, "product_id");
    const auto plan = std::find_if(TheStories().products.begin(), TheStories().products.end(),
                                   [&](const Plan& one) { return product != nullptr && one.product_id == *product; });
    const bool is_sold = plan != TheStories().products.end();
    const auto decided = DecideAccessChange(events[index], is_sold ? plan->grace_days : 0);
    if (!decided) FAIL(events[index].type << " was refused: " << decided.error().field);
    if (!*decided || (product != nullptr && !is_sold)) continue;
    const AccessChange& word = **decided;
    const std::string source = word.subscription_id.value_or(word.order_id.value_or("all"));
    const auto [at, is_first] = words.emplace(source, word);
    if (is_first) continue;
    const bool is_tie = word.at == at->second.at && !word.access.allowed;
    if (is_tie || word.at > at->second.at) at->second = word;
  }
  return words;
}

bool HasAccess(const Words& words, Timestamp now) {
  if (words.contains("all")) return false;
  return std::any_of(words.begin(), words.end(), [&](const auto& word) {
    const Access& access = word.second.access;
    return access.allowed && (!access.until || now < *access.until);
  });
}

}  // namespace

TEST_CASE("whoever keeps the newest word of each event knows who has access, in whatever order they come") {
  int compared = 0;
  for (const Story& story : TheStories().all) {
    // No event says it of the product: only its benefits are revoked.
    if (story.name.starts_with("a dispute that closes takes the benefits of a one-time")) continue;
    ++compared;
    std::vector<std::size_t> order = EmissionOrder(story.events.size());
    const Words words = KeepWords(story.events, order);
    std::reverse(order.begin(), order.end());
    const Words backwards = KeepWords(story.events, order);
    for (const Json& at : List(story.at)) {
      const Timestamp now = *ParseTimestamp(*FindString(at, "now"));
      INFO(story.name << " at " << FormatTimestamp(now));
      CHECK(HasAccess(words, now) == (FindString(at, "tier") != nullptr));
      CHECK(HasAccess(backwards, now) == HasAccess(words, now));
    }
  }
  CHECK(compared + 1 == static_cast<int>(TheStories().all.size()));
}

TEST_CASE("gathered first and folded then, from whichever end: the same state") {
  for (const Story& story : TheStories().all) {
    BillingState expected{.customer_id = TheStories().customer_id};
    std::vector<BillingState> told;
    for (const WebhookEvent& event : story.events) {
      Apply(expected, event);
      told.push_back({.customer_id = expected.customer_id});
      Apply(told.back(), event);
    }
    BillingState backwards{.customer_id = expected.customer_id};
    BillingState pairs = backwards;
    for (std::size_t i = told.size(); i-- > 0;) Merge(backwards, told[i]);
    for (std::size_t i = 0; i + 1 < told.size(); i += 2) {
      Merge(told[i], told[i + 1]);
      Merge(pairs, told[i]);
    }
    if (told.size() % 2 == 1) Merge(pairs, told.back());

    INFO(story.name);
    CHECK(backwards == expected);
    CHECK(pairs == expected);
    CHECK_FALSE(Merge(pairs, backwards));
    BillingState other{.customer_id = "another"};
    CHECK_FALSE(Merge(other, expected));
  }
}

TEST_CASE("each life story ends as Polar's life cycle says") {
  REQUIRE(TheStories().all.size() >= 40);
  for (const Story& story : TheStories().all) {
    INFO(story.name);
    const BillingState state = FoldAsEmitted(story);
    CheckEnd(story.end, state);
    for (const Json& at : List(story.at)) CheckAt(at, state);
  }
}

TEST_CASE("every order of arrival of a life story ends in the same state") {
  for (const Story& story : TheStories().all) {
    INFO(story.name);
    const BillingState expected = FoldAsEmitted(story);
    if (story.events.size() <= kAllOrdersUpTo) {
      std::vector<bool> used(story.events.size(), false);
      const BillingState nothing{.customer_id = TheStories().customer_id};
      CHECK(CountOtherEnds(story.events, used, nothing, story.events.size(), expected) == 0);
      continue;
    }
    std::mt19937 random(20'261'122);
    std::vector<std::size_t> order = EmissionOrder(story.events.size());
    int others = 0;
    for (int i = 0; i < kShuffles; ++i) {
      Shuffle(order, random);
      others += FoldInOrder(story.events, order) == expected ? 0 : 1;
    }
    CHECK(others == 0);
  }
}

TEST_CASE("events of a life story that arrive several times change nothing") {
  for (const Story& story : TheStories().all) {
    INFO(story.name);
    const BillingState expected = FoldAsEmitted(story);
    std::mt19937 random(4'711);
    int others = 0;
    for (int i = 0; i < kDuplicated; ++i) {
      std::vector<std::size_t> order = EmissionOrder(story.events.size());
      for (std::size_t more = random() % 12; more > 0; --more) order.push_back(random() % story.events.size());
      Shuffle(order, random);
      others += FoldInOrder(story.events, order) == expected ? 0 : 1;
    }
    CHECK(others == 0);
    BillingState again = expected;
    for (const WebhookEvent& event : story.events) {
      const Result<Applied> applied = ApplyEvent(again, event);
      REQUIRE(applied.ok());
      CHECK(*applied != Applied::kChanged);
    }
  }
}

TEST_CASE("modified_at decides nothing: null, equal or running backwards, a life story ends the same") {
  for (const Story& story : TheStories().all) {
    INFO(story.name);
    const BillingState expected = FoldAsEmitted(story);
    const auto end_with = [&](auto modified_at) {
      std::vector<WebhookEvent> events = story.events;
      for (std::size_t i = 0; i < events.size(); ++i) SetMember(events[i].data, "modified_at", modified_at(i));
      return FoldInOrder(events, EmissionOrder(events.size()));
    };
    CHECK(end_with([](std::size_t) { return Json(nullptr); }) == expected);
    CHECK(end_with([](std::size_t) { return Json("2026-01-10T08:00:00Z"); }) == expected);
    CHECK(end_with([](std::size_t i) {
            return Json(FormatTimestamp(Timestamp::FromSeconds(2'000'000'000 - static_cast<std::int64_t>(i))));
          }) == expected);
  }
}

TEST_CASE("a billing state survives JSON at every step of a life story") {
  for (const Story& story : TheStories().all) {
    INFO(story.name);
    BillingState state{.customer_id = TheStories().customer_id};
    for (const WebhookEvent& event : story.events) {
      Apply(state, event);
      Result<BillingState> read = DecodeText<BillingState>(DumpJson(Encode(state)));
      REQUIRE(read.ok());
      REQUIRE(*read == state);
      state = std::move(*read);
    }
    CHECK(state == FoldAsEmitted(story));
  }
}
