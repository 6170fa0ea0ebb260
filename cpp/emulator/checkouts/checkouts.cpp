#include "emulator/checkouts/checkouts.h"

#include "emulator/api/answers.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kLifetimeSeconds = 24 * 3'600;
constexpr std::int64_t kExpiryCronSeconds = 15 * 60;

void Notify(World& world, Checkout& checkout, std::string_view key, Json payload = Json::object()) {
  checkout.notices.push_back({world.random.Uuid(), std::string(key), std::move(payload)});
}

}  // namespace

Checkout* FindCheckoutBySecret(World& world, const std::string& client_secret) {
  const auto found = world.checkout_by_secret.find(client_secret);
  return found == world.checkout_by_secret.end() ? nullptr : world.checkouts.Find(found->second);
}

std::optional<HttpResponse> RefuseExpired(const World& world, const Checkout& checkout) {
  if (world.now < checkout.expires_at) return std::nullopt;
  return ErrorAnswer(410, "ExpiredCheckoutError", "This checkout session has expired.");
}

Checkout& OpenCheckout(World& world, Checkout fields) {
  fields.id = world.random.Uuid();
  fields.created_at = world.now;
  fields.client_secret = world.random.Token("polar_c_");
  fields.expires_at = world.now.PlusSeconds(kLifetimeSeconds);
  Checkout& checkout = world.checkouts.Add(std::move(fields));
  world.checkout_by_secret[checkout.client_secret] = checkout.id;
  Json told = Json::object({{"checkout_id", checkout.id}, {"checkout_status", checkout.status}});
  if (!checkout.product_id.empty()) SetMember(told, "product_id", checkout.product_id);
  AddSystemEvent(world, {}, "checkout.created", std::move(told));
  Emit(world, "checkout.created", RenderCheckout(world, checkout));
  // Polar's cron finds expired checkouts at :00, :15, :30 and :45.
  const std::int64_t next_run = (checkout.expires_at.Seconds() / kExpiryCronSeconds + 1) * kExpiryCronSeconds;
  world.Schedule(Timestamp::FromSeconds(next_run), {JobKind::kCheckoutExpiry, checkout.id});
  return checkout;
}

void AnnounceCheckout(World& world, Checkout& checkout) {
  checkout.modified_at = world.now;
  const Json payload = Json::object({{"status", checkout.status}});
  Notify(world, checkout, "checkout.updated", payload);
  Emit(world, "checkout.updated", RenderCheckout(world, checkout));
  // Nobody is told by webhook, so nobody needs to be waited for.
  if (!HasListener(world, "checkout.updated")) Notify(world, checkout, "checkout.webhook_event_delivered", payload);
}

void NoteFulfillment(World& world, Checkout& checkout, std::string_view key) { Notify(world, checkout, key); }

void NoteCheckoutDelivery(World& world, std::string_view checkout_id) {
  Checkout* checkout = world.checkouts.Find(checkout_id);
  if (checkout == nullptr) return;
  // The status is that of now, not that of the delivered body.
  Notify(world, *checkout, "checkout.webhook_event_delivered", Json::object({{"status", checkout->status}}));
}

HttpResponse StreamCheckout(const Checkout& checkout) {
  // The connection ends after what is known; EventSource asks again after `retry`, and gets all of it once more.
  std::string body = "retry: 1000\n\n";
  for (const CheckoutNotice& notice : checkout.notices) {
    body += "data: " + DumpJson(Json::object({{"id", notice.id}, {"key", notice.key}, {"payload", notice.payload}})) +
            "\n\n";
  }
  HttpResponse answer = {200, {{"content-type", "text/event-stream; charset=utf-8"}}, std::move(body)};
  answer.headers.Add("cache-control", "no-store");
  return answer;
}

std::optional<HttpResponse> UpdateCheckout(World& world, Checkout* found, const ChangeRequest& request) {
  Checkout draft;
  if (auto refusal = ApplyCheckoutChange(world, found, draft, request)) return refusal;
  *found = std::move(draft);
  AnnounceCheckout(world, *found);
  return std::nullopt;
}

void ExpireCheckout(World& world, std::string_view checkout_id) {
  Checkout* checkout = world.checkouts.Find(checkout_id);
  if (checkout == nullptr || checkout->status != "open") return;
  checkout->status = "expired";
  checkout->modified_at = world.now;
  Notify(world, *checkout, "checkout.updated", Json::object({{"status", checkout->status}}));
  Emit(world, "checkout.expired", RenderCheckout(world, *checkout));
}

void ReopenCheckout(World& world, std::string_view checkout_id) {
  Checkout* checkout = world.checkouts.Find(checkout_id);
  if (checkout == nullptr || checkout->status != "open") return;
  AnnounceCheckout(world, *checkout);
}

}  // namespace plinto::polar::emulator
