#include "emulator/emulator.h"

#include <algorithm>

#include "emulator/router.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

// What the emulated clock shows when the caller's shows `now`.
Timestamp Emulated(const World& world, Timestamp now) { return now.PlusSeconds(world.clock_offset_seconds); }

}  // namespace

Emulator::Emulator(Config config, Timestamp now) : world_(std::make_unique<World>(std::move(config), now)) {}
Emulator::~Emulator() = default;
Emulator::Emulator(Emulator&&) noexcept = default;
Emulator& Emulator::operator=(Emulator&&) noexcept = default;

HttpResponse Emulator::Handle(const HttpRequest& request, Timestamp now) {
  world_->RunUntil(Emulated(*world_, now));
  const Timestamp at = world_->now;
  auto [response, route] = Dispatch(*world_, request);
  if (world_->config.observer && request.url.starts_with("/v1/")) {
    world_->config.observer(Exchange{request, route, response});
  }
  // The log's own readers would only push out what they look for.
  if (!request.url.starts_with("/_emulator/")) {
    world_->log.Add(RequestRecord{at, request.method, request.url.substr(0, request.url.find('?')), response.status});
  }
  return response;
}

std::vector<Delivery> Emulator::TakeDue(Timestamp now, Timestamp signed_at) {
  world_->RunUntil(Emulated(*world_, now));
  return TakeReady(*world_, signed_at);
}

void Emulator::OnDelivered(std::string_view delivery_id, const std::variant<HttpResponse, TransportFault>& outcome,
                           Timestamp now) {
  world_->RunUntil(Emulated(*world_, now));
  RecordOutcome(*world_, delivery_id, outcome);
}

std::optional<Timestamp> Emulator::NextDue() const {
  const Timestamp now = world_->now.PlusSeconds(-world_->clock_offset_seconds);
  if (!world_->webhooks.ready.empty()) return now;
  if (world_->jobs.empty()) return std::nullopt;
  return world_->jobs.begin()->first.first.PlusSeconds(-world_->clock_offset_seconds);
}

Timestamp Emulator::Now() const { return world_->now; }

const std::optional<Error>& Emulator::catalog_error() const { return world_->catalog_error; }
const std::string& Emulator::access_token() const { return world_->config.access_token; }
const std::string& Emulator::webhook_secret() const { return world_->config.webhook_secret; }

std::vector<ProductSummary> Emulator::products() const {
  std::vector<ProductSummary> summaries;
  for (const Product& product : world_->products) {
    const Price* price = StaticPrice(*world_, product.price_ids);
    summaries.push_back({product.id, product.name, price == nullptr ? 0 : AmountOf(*price),
                         price == nullptr ? "usd" : price->currency, product.recurring_interval});
  }
  return summaries;
}

}  // namespace plinto::polar::emulator
