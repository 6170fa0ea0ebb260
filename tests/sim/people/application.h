// The application of one tenant, to which the server tells who has access: it believes what it is told.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "checks/ledger.h"
#include "checks/spending.h"
#include "core/foundation/http.h"
#include "core/foundation/json.h"
#include "core/webhook/secret.h"
#include "machine/process.h"
#include "machine/weather.h"

namespace plinto::polar::sim {

class Application {
 public:
  Application(Schedule& schedule, Dice& dice, const Weather& weather, Ledger& ledger, Spending& spending,
              std::string tenant);

  /// What was told last of somebody, by its sequence.
  struct Told {
    std::int64_t sequence = 0;
    bool allowed = false;
  };
  [[nodiscard]] const std::map<std::string, Told>& told() const { return told_; }

  /// One request to it begins and ends, as its sender has it. Of one customer there is one at a time.
  void OnSent(const HttpRequest& request, const std::shared_ptr<Process>& sender, Timestamp gives_up);
  void OnEnded(const HttpRequest& request);
  HttpResponse Handle(const HttpRequest& request);

  [[nodiscard]] static const std::string& secret();

 private:
  struct InHand {
    std::string id;
    std::weak_ptr<Process> sender;
    Timestamp until;
  };
  [[nodiscard]] std::string CustomerOf(const HttpRequest& request);
  void TakeThreshold(const std::string& id, const Json& data);
  void Take(const std::string& id, const std::string& customer, const std::string& body);

  Schedule& schedule_;
  Dice& dice_;
  const Weather& weather_;
  Ledger& ledger_;
  Spending& spending_;
  std::string tenant_;
  std::vector<WebhookSecret> secrets_;
  std::map<std::string, Told> told_;            ///< by user
  std::map<std::string, std::int64_t> taken_;   ///< the sequence of each notification
  std::map<std::string, std::int64_t> newest_;  ///< the highest sequence of each customer
  std::map<std::string, InHand> in_hand_;       ///< by customer
};

}  // namespace plinto::polar::sim
