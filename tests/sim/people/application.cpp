#include "people/application.h"

#include <algorithm>

#include "core/foundation/json.h"
#include "core/webhook/signature.h"

namespace plinto::polar::sim {
namespace {

std::string IdOf(const HttpRequest& request) {
  const std::string* id = request.headers.Find("webhook-id");
  return id == nullptr ? std::string() : *id;
}

}  // namespace

const std::string& Application::secret() {
  static const std::string kSecret = "whsec_c2ltdWxhdGVkIHNpbXVsYXRlZCBzaW11bGF0ZWQ=";
  return kSecret;
}

Application::Application(Schedule& schedule, Dice& dice, const Weather& weather, Ledger& ledger, Spending& spending,
                         std::string tenant)
    : schedule_(schedule),
      dice_(dice),
      weather_(weather),
      ledger_(ledger),
      spending_(spending),
      tenant_(std::move(tenant)),
      secrets_(*ParseWebhookSecrets(secret())) {}

std::string Application::CustomerOf(const HttpRequest& request) {
  const auto rows =
      ledger_.Read("SELECT polar_customer_id FROM app_notifications WHERE tenant = ?1 AND notification_id = ?2",
                   {tenant_, IdOf(request)}, 1);
  return rows.empty() ? std::string() : rows.front().front();
}

void Application::OnSent(const HttpRequest& request, const std::shared_ptr<Process>& sender, Timestamp gives_up) {
  const std::string customer = CustomerOf(request);
  if (customer.empty()) return;
  const auto found = in_hand_.find(customer);
  if (found != in_hand_.end() && schedule_.Now() < found->second.until) {
    const std::shared_ptr<Process> other = found->second.sender.lock();
    // What a dead or a sleeping process has sent is not in its hand any more.
    const bool is_awake = other && other->IsAlive() && other->stalled_until().PlusSeconds(60) < schedule_.Now();
    if (is_awake) {
      ledger_.Break("two notifications of customer " + customer + " were on their way at the same time, " +
                    found->second.id + " of " + other->name() + " and " + IdOf(request) + " of " + sender->name());
    }
  }
  in_hand_[customer] = {IdOf(request), sender, gives_up};
}

void Application::OnEnded(const HttpRequest& request) {
  std::erase_if(in_hand_, [&](const auto& one) { return one.second.id == IdOf(request); });
}

HttpResponse Application::Handle(const HttpRequest& request) {
  const Result<VerifiedDelivery> verified = VerifyWebhook(secrets_, request.headers, request.body, schedule_.Now());
  if (!verified) return {.status = 400};
  if (schedule_.Now() < weather_.network.application_fails_until) return {.status = 500};
  if (dice_.Chance(weather_.network.refuses)) return {.status = 503};
  Take(verified->id, CustomerOf(request), request.body);
  return {.status = 200, .headers = {}, .body = "{}"};
}

void Application::Take(const std::string& id, const std::string& customer, const std::string& body) {
  const Result<Json> json = ParseJson(body);
  const std::string* type = json ? FindString(*json, "type") : nullptr;
  const Json* data = json ? FindMember(*json, "data") : nullptr;
  if (type == nullptr || data == nullptr) return ledger_.Break("a notification cannot be read: " + body);
  if (*type == "usage.threshold") return TakeThreshold(id, *data);
  const std::string* user = FindString(*data, "user_id");
  const auto sequence = FindInteger(*data, "sequence");
  const auto allowed = FindBool(*data, "allowed");
  if (user == nullptr || !sequence || !allowed) return ledger_.Break("a notification cannot be read: " + body);
  schedule_.Note("the application takes " + std::to_string(*sequence) + " of " + user->substr(0, 8) +
                 (*allowed ? ": allowed" : ": not allowed"));
  const auto [known, is_new] = taken_.try_emplace(id, *sequence);
  if (known->second != *sequence) ledger_.Break("notification " + id + " was told with two sequences");
  if (is_new && !customer.empty()) {
    std::int64_t& newest = newest_[customer];
    if (*sequence <= newest) {
      ledger_.Break("notification " + id + " of customer " + customer + " has the sequence " +
                    std::to_string(*sequence) + " and was told after " + std::to_string(newest));
    }
    newest = std::max(newest, *sequence);
  }
  Told& told = told_[*user];
  if (*sequence >= told.sequence) told = {*sequence, allowed.value_or(false)};
}

// Whoever leaves begins anew when they come back.
void Application::TakeThreshold(const std::string& id, const Json& data) {
  const std::string& user = *FindString(data, "user_id");
  const std::string* until = FindString(data, "resets_at");
  if (until == nullptr || ledger_.IsLeaving(tenant_, user)) return;
  spending_.OnTold(tenant_, user, *until + " " + DumpJson(*FindMember(data, "threshold")), id);
}

}  // namespace plinto::polar::sim
