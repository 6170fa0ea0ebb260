#include "machine/wire.h"

#include <algorithm>

#include "world.h"

namespace plinto::polar::sim {
namespace {

HttpResponse Refusal(Dice& dice) {
  switch (dice.Below(4)) {
    case 0:
      return {.status = 429, .headers = {{"retry-after", std::to_string(dice.Between(1, 30))}}, .body = {}};
    case 1:
      return {.status = 502, .headers = {{"content-type", "text/html"}}, .body = "<html>bad gateway</html>"};
    case 2:
      return {.status = 503, .headers = {{"retry-after", "2"}}, .body = {}};
    default:
      return {.status = 500, .headers = {}, .body = R"({"error":"Internal Server Error"})"};
  }
}

}  // namespace

Wire::Fate Wire::Draw(Host host, std::int64_t timeout_ms) {
  Dice& dice = world_.dice;
  const Weather::Network& network = world_.weather.network;
  const Timestamp now = world_.schedule.Now();
  const Timestamp gives_up = now.PlusMilliseconds(timeout_ms);
  if (host == Host::kPolar && now < network.polar_silent_until) return {.arrives = {}, .ends = gives_up};
  if (host == Host::kConekta && now < network.conekta_silent_until) return {.arrives = {}, .ends = gives_up};
  if (dice.Chance(network.loses_request)) {
    if (dice.Chance(500)) return {.arrives = {}, .ends = gives_up};
    return {.arrives = {}, .ends = now.PlusMilliseconds(5), .outcome = TransportFault::kConnectionRefused};
  }
  if (host != Host::kApplication && dice.Chance(network.refuses)) {
    const Timestamp ends = std::min(now.PlusMilliseconds(dice.Between(5, 500)), gives_up);
    return {.arrives = {}, .ends = ends, .outcome = Refusal(dice)};
  }
  // It arrives while its sender waits: what arrives later is as if it were lost to both.
  const std::int64_t there = std::min(dice.Skewed(1, network.most_delay), timeout_ms / 2);
  const std::int64_t back = dice.Skewed(1, network.most_delay);
  const Timestamp arrives = now.PlusMilliseconds(there);
  const Timestamp ends = arrives.PlusMilliseconds(back);
  if (dice.Chance(network.loses_answer) || ends >= gives_up) {
    if (dice.Chance(500)) return {.arrives = arrives, .ends = gives_up};
    return {.arrives = arrives, .ends = std::min(ends, gives_up), .outcome = TransportFault::kNetwork};
  }
  return {.arrives = arrives, .ends = ends, .is_answered = true};
}

server::Task<server::HttpOutcome> Wire::Send(HttpRequest request, std::chrono::milliseconds timeout) {
  if (!process_->IsAlive()) throw Crashed{};
  const std::size_t host = request.url.find("://") + 3;
  const std::size_t path = request.url.find('/', host);
  const std::string name = request.url.substr(host, path - host);
  request.url = request.url.substr(path);
  const Host to = name.starts_with("polar")     ? Host::kPolar
                  : name.starts_with("conekta") ? Host::kConekta
                                                : Host::kApplication;
  const auto number = static_cast<std::size_t>(name.back() - '0');
  const Fate fate = Draw(to, timeout.count());
  const std::string what = name + " " + request.method + " " + request.url.substr(0, request.url.find('?'));
  if (to == Host::kApplication) {
    world_.applications[number]->OnSent(request, process_, world_.schedule.Now().PlusMilliseconds(timeout.count()));
  }
  const auto answer = std::make_shared<HttpResponse>();
  if (fate.arrives) {
    const auto arrive = [&world = world_, to, number, request, answer] {
      *answer = to == Host::kPolar     ? world.accounts[number]->Handle(request)
                : to == Host::kConekta ? world.HandleAtConekta(number, request)
                                       : world.applications[number]->Handle(request);
      world.schedule.Note("answered " + std::to_string(answer->status));
    };
    world_.schedule.At(*fate.arrives, process_->name() + " > " + what, arrive);
  }
  std::string waits = "< " + what;
  if (!fate.is_answered)
    waits += std::holds_alternative<HttpResponse>(fate.outcome) ? " refused" : " without an answer";
  co_await process_->Until(fate.ends, waits);
  if (to == Host::kApplication) world_.applications[number]->OnEnded(request);
  if (fate.is_answered) co_return std::move(*answer);
  if (const auto* refusal = std::get_if<HttpResponse>(&fate.outcome)) co_return *refusal;
  co_return std::get<TransportFault>(fate.outcome);
}

}  // namespace plinto::polar::sim
