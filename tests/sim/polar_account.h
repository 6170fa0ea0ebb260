// Polar, as one tenant has an account there: the emulator at the simulation's time, and the deliveries that it makes.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "core/foundation/json.h"
#include "emulator/emulator.h"
#include "ledger.h"
#include "schedule.h"
#include "weather.h"

namespace plinto::polar::sim {

class PolarAccount {
 public:
  /// Makes a delivery to some server: `answered` is called once, with nothing where there was no answer.
  using Answered = std::function<void(std::optional<HttpResponse>)>;
  using Deliver = std::function<void(HttpRequest delivery, Answered answered)>;

  PolarAccount(Schedule& schedule, Dice& dice, const Weather& weather, std::uint64_t seed, Deliver deliver);

  /// A request over the wire, whose answer bears Polar's time.
  HttpResponse Handle(HttpRequest request);
  /// The same for whoever manages the account, or asks for the truth.
  HttpResponse Ask(const std::string& method, const std::string& path, const std::string& body = "");
  [[nodiscard]] Json Read(const std::string& path);

  /// The buyer pays with a test card.
  void Pay(const std::string& client_secret);
  /// What a subject has, by Polar's own state: ids of active subscriptions. None where there is no such customer.
  [[nodiscard]] std::optional<std::set<std::string>> ActiveOf(const std::string& subject);
  /// What is left of their credits. None where there is no such customer, or none was credited.
  [[nodiscard]] std::optional<double> BalanceOf(const std::string& subject);
  /// Its usage events. Polar does not tell the external ids of events: they bear their id as a property too.
  [[nodiscard]] UsageAtPolar ReadUsage();
  /// What a new meter makes of all of them.
  [[nodiscard]] std::optional<Decimal> MeasureUsage();
  /// Somebody has mended the endpoint, and looked at it at Polar.
  void EnableEndpoint();

  [[nodiscard]] emulator::Emulator& emulator() { return emulator_; }
  [[nodiscard]] const std::string& daily_product() const { return daily_product_; }

 private:
  /// Credits on a meter of the event, which come with each product.
  void AddCredits(const std::string& event_name, std::int64_t units);
  void Pump();
  void Make(emulator::Delivery delivery);

  Schedule& schedule_;
  Dice& dice_;
  const Weather& weather_;
  Deliver deliver_;
  emulator::Emulator emulator_;
  std::string daily_product_;
  std::string credits_meter_;
  std::optional<Schedule::Key> pump_;  ///< when its timers are due
};

/// As HTTP's `Date` has it.
[[nodiscard]] std::string HttpDateOf(Timestamp at);

}  // namespace plinto::polar::sim
