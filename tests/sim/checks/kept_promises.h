// What buyers were promised of cancellations at Conekta, which has none at a period's end: the server keeps the date,
// and ends the subscription a day before it (docs/conekta.md#cancellation).
//
// Looks at each end of a subscription that the server asks Conekta for, and at all of them once it is quiet. Two wishes
// of a buyer's that were on their way at the same time leave open which of them counts: then nothing is promised.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "checks/ledger.h"
#include "providers/conekta_account.h"

namespace plinto::polar::sim {

class KeptPromises {
 public:
  KeptPromises(Schedule& schedule, Ledger& ledger, ConektaAccount& account, std::string tenant)
      : schedule_(schedule), ledger_(ledger), account_(account), tenant_(std::move(tenant)) {}

  /// A buyer's wish is on its way; and its answer.
  void OnWish(const std::string& subscription, bool cancels);
  void OnAnswered(const std::string& user, const std::string& subscription, bool cancels, const HttpResponse& answer);
  /// The seller ends it at Conekta.
  void OnEndedThere(const std::string& subscription) { Forget(subscription); }
  /// Somebody wants to be erased here: what they are answered meanwhile is of somebody whom nobody knows any more.
  void OnErasing(const std::string& user);
  /// The same at Conekta, too; `for_good`: Plinto has deleted them.
  void OnLeaving(const std::string& user, bool for_good);
  /// The server asks Conekta to end the subscription of this path.
  void OnEnding(const std::string& path);

  /// Once it is quiet.
  void Check();
  /// Until when they were promised access, if that is still to come.
  [[nodiscard]] bool IsPromised(const std::string& user) const;
  /// Whether a date is kept for them, told or not.
  [[nodiscard]] bool IsKept(const std::string& user);

 private:
  struct Wish {
    std::string subscription;
    bool cancels;
    Timestamp sent;
    Timestamp over;
  };
  struct Promise {
    std::string user;
    Timestamp made;
    Timestamp until;
  };
  [[nodiscard]] bool IsDisputed(const std::string& subscription, bool cancels, Timestamp since) const;
  void Forget(const std::string& subscription);
  [[nodiscard]] bool IsLeaving(const std::string& user) const;
  void CheckRow(const std::string& subscription);

  Schedule& schedule_;
  Ledger& ledger_;
  ConektaAccount& account_;
  std::string tenant_;
  std::vector<Wish> wishes_;
  std::map<std::string, Promise> promised_;        ///< by subscription
  std::set<std::string> taken_back_;               ///< subscriptions
  std::map<std::string, Timestamp> leaves_until_;  ///< by user
  std::map<std::string, Timestamp> erased_until_;  ///< by user
};

}  // namespace plinto::polar::sim
