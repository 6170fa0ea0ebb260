#include "emulator/emulator.h"

#include <algorithm>

#include "emulator/api/router.h"
#include "emulator/catalog/default_catalog.h"
#include "emulator/conekta/router.h"
#include "emulator/control/journal.h"
#include "emulator/control/seed.h"
#include "emulator/routes.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

// Reading the emulator's own pages changes nothing. Other requests may change at least a rate limit or a fault's count.
bool IsRecorded(const HttpRequest& request) {
  return request.method != "GET" || !request.url.starts_with("/_emulator");
}

// The buyer's page waits until the seller has been told.
void TellCheckout(World& world, const WebhookEvent& event) {
  const auto envelope = ParseJson(event.body);
  const Json* data = envelope ? FindMember(*envelope, "data") : nullptr;
  const std::string* id = data == nullptr ? nullptr : FindString(*data, "id");
  if (id != nullptr) NoteCheckoutDelivery(world, *id);
}

}  // namespace

Emulator::Emulator(Config config, Timestamp now) : world_(std::make_unique<World>(std::move(config), now)) {
  world_->routes = AllRoutes();
  if (world_->config.catalog.empty()) {
    FillCatalog(*world_);
  } else if (Status filled = ApplySeed(*world_, world_->config.catalog); !filled) {
    world_->catalog_error = std::move(filled).error();
  }
  OpenEndpoint(*world_);
  if (!world_->config.journal || world_->catalog_error) return;
  journal_ = std::make_unique<JournalWriter>(world_->config.journal, "");
  journal_->WriteHead(world_->config, now);
}
Emulator::~Emulator() = default;
Emulator::Emulator(Emulator&&) noexcept = default;
Emulator& Emulator::operator=(Emulator&&) noexcept = default;

Result<Emulator> Emulator::Replay(std::string_view text, std::function<void(const Exchange&)> observer,
                                  std::function<void(std::string_view line)> journal, Timestamp now,
                                  const ReplayGuard& guard) {
  Result<Journal> read = ReadJournal(text);
  if (!read) return read.error();
  Emulator emulator(read->config, read->started);
  std::size_t line = 1;
  const auto run = [&](const std::function<void()>& input) { return guard ? guard(line, input) : input(); };
  for (const JournalEntry& entry : read->entries) {
    ++line;
    run([&] { emulator.Repeat(entry); });
  }
  emulator.world_->config.observer = std::move(observer);
  if (journal) emulator.journal_ = std::make_unique<JournalWriter>(std::move(journal), read->sum);
  run([&] { emulator.world_->RunUntil(emulator.world_->clock.Observe(now)); });
  return emulator;
}

void Emulator::Repeat(const JournalEntry& entry) {
  switch (entry.kind) {
    case JournalEntry::Kind::kRequest:
      (void)Handle(entry.request, entry.at);
      break;
    case JournalEntry::Kind::kTaken:
      (void)TakeDue(entry.at, entry.signed_at);
      break;
    case JournalEntry::Kind::kDelivered:
      OnDelivered(entry.delivery_id, entry.outcome, entry.at);
      break;
  }
}

HttpResponse Emulator::Handle(const HttpRequest& request, Timestamp now) {
  const Timestamp emulated = world_->clock.Observe(now);
  if (journal_ && IsRecorded(request)) {
    journal_->Write({.kind = JournalEntry::Kind::kRequest, .at = world_->clock.caller_now(), .request = request});
  }
  world_->RunUntil(emulated);
  const Timestamp at = world_->now;
  const bool is_conektas = world_->config.conekta && conekta::IsConektas(request);
  auto [response, route] = is_conektas ? conekta::Dispatch(*world_, request) : Dispatch(*world_, request);
  if (world_->config.observer && request.url.starts_with("/v1/")) {
    world_->config.observer(Exchange{request, route, response});
  }
  // Requests of the log's readers would push out what they look for.
  if (!request.url.starts_with("/_emulator")) {
    world_->log.Add(RequestRecord{at, request.method, request.url.substr(0, request.url.find('?')), response.status,
                                  std::string(route)});
  }
  return response;
}

std::vector<Delivery> Emulator::TakeDue(Timestamp now, Timestamp signed_at) {
  world_->RunUntil(world_->clock.Observe(now));
  if (journal_ && !world_->webhooks.ready.empty()) {
    journal_->Write({.kind = JournalEntry::Kind::kTaken, .at = world_->clock.caller_now(), .signed_at = signed_at});
  }
  return TakeReady(*world_, signed_at);
}

void Emulator::OnDelivered(std::string_view delivery_id, const std::variant<HttpResponse, TransportFault>& outcome,
                           Timestamp now) {
  const Timestamp emulated = world_->clock.Observe(now);
  if (journal_) {
    journal_->Write({.kind = JournalEntry::Kind::kDelivered,
                     .at = world_->clock.caller_now(),
                     .delivery_id = std::string(delivery_id),
                     .outcome = outcome});
  }
  world_->RunUntil(emulated);
  const WebhookEvent* arrived = RecordOutcome(*world_, delivery_id, outcome);
  if (arrived != nullptr && arrived->type == "checkout.updated") TellCheckout(*world_, *arrived);
}

std::optional<Timestamp> Emulator::NextDue() const {
  if (!world_->webhooks.ready.empty()) return world_->clock.CallerAt(world_->now).value_or(Timestamp{});
  if (world_->jobs.empty()) return std::nullopt;
  return world_->clock.CallerAt(world_->jobs.begin()->first.first);
}

Timestamp Emulator::Now() const { return world_->now; }

const std::optional<Error>& Emulator::catalog_error() const { return world_->catalog_error; }
const std::string& Emulator::access_token() const { return world_->config.access_token; }
const std::string& Emulator::webhook_secret() const { return world_->config.webhook_secret; }
std::string Emulator::conekta_api_key() const {
  return world_->config.conekta ? world_->config.conekta->api_key : std::string();
}
std::string Emulator::conekta_url() const {
  return world_->config.conekta ? world_->config.public_url + "/conekta" : std::string();
}

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
