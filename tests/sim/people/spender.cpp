// What a buyer does with credits and limits.
#include "core/foundation/json.h"
#include "people/buyer.h"
#include "world.h"

namespace plinto::polar::sim {
namespace {

constexpr int kTries = 5;

bool IsOver(const std::optional<HttpResponse>& answer) {
  return answer && answer->status < 500 && answer->status != 429;
}

}  // namespace

void Buyer::Reserve() {
  const std::string body = R"({"event_name":")" + kLeasedEvent + R"(","external_id":"reserve-)" +
                           std::to_string(++counted_) + R"(","quantity":)" +
                           std::to_string(world_.dice.Between(1, 15)) + R"(,"expires_in":)" +
                           std::to_string(world_.dice.Between(5, 120)) + "}";
  Ask("/usage/reserve", body, 0, [this](const HttpResponse& answer) {
    if (answer.status != 201) return;
    const Result<Json> json = ParseJson(answer.body);
    const std::string lease = *FindString(*json, "lease_id");
    const std::int64_t drawn = world_.dice.Below(1'000);
    if (drawn >= 850) return;  // they forget it
    // Now and then after its time.
    world_.schedule.After(world_.dice.Skewed(100, 200'000), "buyer " + id_.substr(0, 8) + " ends a lease",
                          [this, lease, commits = drawn < 600] { EndLease(lease, commits); });
  });
}

void Buyer::EndLease(const std::string& lease, bool commits) {
  if (is_deleted_ || world_.ending[tenant_]) return;
  const std::string path = "/usage/leases/" + lease + (commits ? "/commit" : "/release");
  std::string body = "{}";
  if (commits) {
    const std::string id = "lease-" + lease;
    const std::string quantity = std::to_string(world_.dice.Between(0, 18));
    world_.ledger.OnRecorded(TenantName(tenant_), id_, id, quantity);
    body = R"({"quantity":)" + quantity + R"(,"properties":{"use":")" + id + "\"}}";
  }
  Ask(path, body, 0, [](const HttpResponse& /*answer*/) {});
}

void Buyer::Cap() {
  const std::string body =
      R"({"event_name":")" + kCappedEvent + R"(","period":"day","maximum":)" + std::to_string(kCap) + "}";
  HttpRequest request = Request("PUT", "/usage/limits", body);
  world_.Call(tenant_, std::move(request), [](const auto& /*answer*/) {});
}

void Buyer::UseCapped() {
  const std::string external_id = "use-" + std::to_string(++counted_);
  const std::string quantity = std::to_string(world_.dice.Between(0, 3));
  const std::string body = R"({"event_name":")" + kCappedEvent + R"(","quantity":)" + quantity + R"(,"external_id":")" +
                           external_id + R"(","properties":{"use":")" + external_id + "\"}}";
  world_.ledger.OnRecorded(TenantName(tenant_), id_, external_id, quantity);
  Record(body, external_id, 0);
}

void Buyer::Ask(const std::string& path, const std::string& body, int tries,
                const std::function<void(const HttpResponse&)>& then) {
  world_.Call(tenant_, Request("POST", path, body),
              [this, path, body, tries, then](const std::optional<HttpResponse>& answer) {
                if (IsOver(answer)) return then(*answer);
                if (tries + 1 >= kTries) return;
                world_.schedule.After(world_.dice.Between(500, 10'000), "a client tries again",
                                      [this, path, body, tries, then] { Ask(path, body, tries + 1, then); });
              });
}

void Buyer::CompareBalance(int tries) {
  if (is_deleted_ || world_.ending[tenant_]) return;
  world_.Call(tenant_, Request("GET", "/access?meter=" + kLeasedEvent), [this, tries](const auto& answer) {
    const Result<Json> json = ParseJson(answer && answer->status == 200 ? answer->body : "{}");
    const Json* balance = FindMember(*json, "balance");
    const std::optional<double> known = world_.accounts[tenant_]->BalanceOf(id_);
    if (!known && was_deleted_at_polar_) return;  // what they used since, nothing of theirs there pays for
    const double there = known.value_or(0);
    const double here = balance == nullptr ? -1 : balance->get<double>();
    // What Polar has just changed is on its way.
    if (here != there && tries < 3) {
      world_.schedule.After(600'000, "a balance is looked at again", [this, tries] { CompareBalance(tries + 1); });
      return;
    }
    world_.spending.Compare(id_, here, there);
  });
}

}  // namespace plinto::polar::sim
