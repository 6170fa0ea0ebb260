// Polar, as one tenant has an account there: the emulator at the simulation's time, and the deliveries that it makes.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "checks/ledger.h"
#include "core/foundation/json.h"
#include "emulator/emulator.h"
#include "machine/schedule.h"
#include "machine/weather.h"
#include "providers/postman.h"

namespace plinto::polar::sim {

class PolarAccount {
 public:
  PolarAccount(Schedule& schedule, Dice& dice, const Weather& weather, std::uint64_t seed, Postman::Deliver deliver);

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
  [[nodiscard]] std::string first_product() const { return emulator_.products().front().id; }

 private:
  /// Credits on a meter of the event, which come with each product.
  void AddCredits(const std::string& event_name, std::int64_t units);

  Schedule& schedule_;
  emulator::Emulator emulator_;
  Postman postman_;
  std::string daily_product_;
  std::string credits_meter_;
};

}  // namespace plinto::polar::sim
