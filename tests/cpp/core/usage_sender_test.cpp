// What a recorder sends and when: the vectors that the Wasm module and the plain sender of JavaScript run too.
#include "catch.h"

#include <fstream>
#include <sstream>

#include "core/billing/usage/usage_sender.h"
#include "core/foundation/json.h"

using namespace plinto::polar;

namespace {

Json ReadSenderVectors() {
  std::ifstream file(std::string(PLINTO_POLAR_VECTORS) + "/usage-sender.json", std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  Result<Json> json = ParseJson(text.str());
  REQUIRE(json.ok());
  return *std::move(json);
}

std::string SenderText(const Json& step, std::string_view name) {
  const std::string* text = FindString(step, name);
  return text == nullptr ? "" : *text;
}

Timestamp SenderTime(const Json& step) { return Timestamp::FromMilliseconds(FindInteger(step, "now").value_or(0)); }

double SenderRandom(const Json& step) {
  const Json* random = FindMember(step, "random");
  const auto* fraction = random == nullptr ? nullptr : random->get_ptr<const Json::number_float_t*>();
  return fraction == nullptr ? 0 : *fraction;
}

Json AddedText(UsageSender::Added added) {
  constexpr const char* kTexts[] = {"taken", "known", "full", "large"};
  return kTexts[static_cast<std::size_t>(added)];
}

Json SenderAnswer(UsageSender& sender, const Json& step) {
  const std::string code = SenderText(step, "code");
  const std::string field = SenderText(step, "field");
  UsageAnswer answer{.status = static_cast<int>(*FindInteger(step, "status")), .code = code, .field = field};
  if (const std::string* seconds = FindString(step, "retryAfter")) answer.headers.Add("Retry-After", *seconds);
  if (const Json* results = FindMember(step, "results")) {
    for (const Json& result : *results) answer.results.push_back(*result.get_ptr<const std::string*>());
  }
  Json settled = Json::array();
  for (const UsageSettled& one : sender.OnAnswer(answer, SenderTime(step), SenderRandom(step))) {
    settled.push_back((one.is_refused ? "-" : "+") + one.id);
  }
  return settled;
}

Json SenderStep(UsageSender& sender, const Json& step) {
  const std::string call = SenderText(step, "call");
  if (call == "add") {
    return AddedText(sender.Add(SenderText(step, "id"), SenderText(step, "organization"), SenderText(step, "event"),
                                SenderTime(step)));
  }
  if (call == "sendAt") {
    const auto at = sender.SendAt();
    return at ? Json(at->Milliseconds()) : Json();
  }
  if (call == "body") return sender.Body(SenderText(step, "sentAt"));
  if (call == "answer") return SenderAnswer(sender, step);
  if (call == "fault") {
    sender.OnFault(SenderTime(step), SenderRandom(step));
  } else {
    REQUIRE(call == "flush");
    sender.Flush();
  }
  return {};
}

}  // namespace

TEST_CASE("a recorder sends, waits and settles as the vectors say") {
  const Json vectors = ReadSenderVectors();
  for (const Json& vector : vectors) {
    INFO(SenderText(vector, "name"));
    UsageSenderLimits limits;
    if (const Json* own = FindMember(vector, "limits")) {
      limits.batch.max_events = static_cast<std::size_t>(FindInteger(*own, "maxEvents").value_or(500));
      limits.batch.max_bytes = static_cast<std::size_t>(FindInteger(*own, "maxBytes").value_or(512 * 1'024));
    }
    UsageSender sender(limits);
    for (std::int64_t i = 0; i < FindInteger(vector, "organizations").value_or(0); ++i) {
      const std::string name = "o" + std::to_string(i);
      REQUIRE(sender.Add(name, name, "{}", {}) == UsageSender::Added::kTaken);
    }
    std::size_t place = 0;
    for (const Json& step : *FindMember(vector, "steps")) {
      INFO("step " << place++);
      const Json actual = SenderStep(sender, step);
      if (const Json* expected = FindMember(step, "expect")) CHECK(DumpJson(actual) == DumpJson(*expected));
    }
  }
}

TEST_CASE("whichever of a batch's events the server refuses with the whole request, it alone is lost") {
  constexpr std::size_t kEvents = 9;
  for (const int status : {400, 413, 422}) {
    for (std::size_t bad = 0; bad < kEvents; ++bad) {
      UsageSender sender;
      for (std::size_t i = 0; i < kEvents; ++i) {
        REQUIRE(sender.Add(std::to_string(i), "", "\"" + std::to_string(i) + "\"", {}) == UsageSender::Added::kTaken);
      }
      sender.Flush();
      std::vector<std::string> stored;
      std::vector<std::string> refused;
      for (int requests = 0; sender.SendAt(); ++requests) {
        REQUIRE(requests < 100);
        const std::string body = sender.Body("2026-11-22T06:00:00Z");
        const Result<Json> json = ParseJson(body);
        REQUIRE(json.ok());
        const Json& events = *FindMember(*json, "events");
        const bool is_bad = body.find("\"" + std::to_string(bad) + "\"") != std::string::npos;
        UsageAnswer answer{.status = is_bad ? status : 202};
        if (!is_bad) answer.results.assign(events.size(), "accepted");
        for (const UsageSettled& one : sender.OnAnswer(answer, {}, 0.5)) {
          (one.is_refused ? refused : stored).push_back(one.id);
        }
      }
      CHECK(refused == std::vector<std::string>{std::to_string(bad)});
      CHECK(stored.size() == kEvents - 1);
    }
  }
}
