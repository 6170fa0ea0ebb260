// What the application's support gives a buyer by hand, and takes back.
#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"
#include "people/buyer.h"
#include "world.h"

namespace plinto::polar::sim {
namespace {

constexpr int kTries = 5;

}  // namespace

HttpRequest Buyer::OfBackEnd(const std::string& method, const std::string& path, const std::string& body) {
  return {.method = method,
          .url = "/api/v1/polar" + path + "?user_id=" + id_,
          .headers = {{"authorization", "Bearer " + kBackEndKey}, {"content-type", "application/json"}},
          .body = body};
}

void Buyer::BeGiven() {
  const Timestamp starts_at = world_.schedule.Now().PlusSeconds(world_.dice.Between(0, 600));
  std::string body = R"({"source":"support","reason":"A delay.","tier":"given","external_id":"grant-)" +
                     std::to_string(++counted_) + R"(","starts_at":")" + FormatTimestamp(starts_at) + "\"";
  if (world_.dice.Chance(700)) {
    body += R"(,"ends_at":")" + FormatTimestamp(starts_at.PlusSeconds(world_.dice.Between(1, 40'000))) + "\"";
  }
  world_.Call(tenant_, OfBackEnd("POST", "/grants", body + "}"), [this](const std::optional<HttpResponse>& answer) {
    if (!answer || answer->status != 201) return;
    const Result<Json> json = ParseJson(answer->body);
    if (!world_.dice.Chance(400)) return;
    world_.schedule.After(world_.dice.Skewed(100, 2'000'000), "buyer " + id_.substr(0, 8) + " loses a grant",
                          [this, grant = *FindString(*json, "id")] { BeTaken(grant, 0); });
  });
}

void Buyer::BeTaken(const std::string& grant, int tries) {
  if (is_deleted_ || world_.ending[tenant_]) return;
  world_.Call(tenant_, OfBackEnd("DELETE", "/grants/" + grant), [this, grant, tries](const auto& answer) {
    if ((answer && answer->status < 500 && answer->status != 429) || tries + 1 >= kTries) return;
    world_.schedule.After(world_.dice.Between(500, 10'000), "a back end tries again",
                          [this, grant, tries] { BeTaken(grant, tries + 1); });
  });
}

}  // namespace plinto::polar::sim
