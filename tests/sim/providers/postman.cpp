#include "providers/postman.h"

#include "server/base/secrets/rsa.h"

namespace plinto::polar::sim {
namespace {

// How long a sender waits for an answer to a delivery.
constexpr std::int64_t kDeliveryMs = 20'000;
constexpr std::int64_t kLongestHoldMs = 240'000;

}  // namespace

std::string HttpDateOf(Timestamp at) {
  const std::string text = FormatTimestamp(at);
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::string month(kMonths.substr(static_cast<std::size_t>(std::stoi(text.substr(5, 2)) - 1) * 3, 3));
  return "Sun, " + text.substr(8, 2) + " " + month + " " + text.substr(0, 4) + " " + text.substr(11, 8) + " GMT";
}

void Postman::Pump() {
  const std::optional<Timestamp> due = emulator_.NextDue();
  if (!due || (pump_ && std::get<0>(*pump_) <= due->microseconds)) return;
  if (pump_) schedule_.Cancel(*pump_);
  pump_ = schedule_.At(*due, round_.timers, [this] {
    pump_.reset();
    for (emulator::Delivery& delivery : emulator_.TakeDue(schedule_.Now())) Make(std::move(delivery));
    Pump();
  });
}

void Postman::Make(emulator::Delivery delivery) {
  if (round_.seen) round_.seen(delivery.request);
  if (delivery.rsa) {
    delivery.request.headers.Add("digest", *server::SignRsaSha256(delivery.rsa->private_pem, delivery.rsa->text));
  }
  const std::string id = delivery.id;
  const auto report = [this, id](const std::variant<HttpResponse, TransportFault>& outcome) {
    emulator_.OnDelivered(id, outcome, schedule_.Now());
    Pump();
  };
  if (dice_.Chance(weather_.network.drops)) {
    schedule_.Note("a delivery is never made");
    report(HttpResponse{.status = round_.taken});
    return;
  }
  if (dice_.Chance(weather_.network.holds)) {
    const std::int64_t held = dice_.Between(500, kLongestHoldMs);
    schedule_.After(held, "a held delivery",
                    [this, request = delivery.request] { round_.deliver(request, [](auto) {}); });
    schedule_.After(kDeliveryMs, "a delivery times out", [report] { report(TransportFault::kTimeout); });
    return;
  }
  if (dice_.Chance(weather_.network.repeats)) {
    const std::int64_t later = dice_.Between(0, 30'000);
    schedule_.After(later, "a repeated delivery",
                    [this, request = delivery.request] { round_.deliver(request, [](auto) {}); });
  }
  round_.deliver(std::move(delivery.request), [report](const std::optional<HttpResponse>& answer) {
    if (answer) {
      report(*answer);
    } else {
      report(TransportFault::kTimeout);
    }
  });
}

}  // namespace plinto::polar::sim
