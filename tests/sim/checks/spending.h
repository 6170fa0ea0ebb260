// Credits and limits: whether more is ever granted than there is, or recorded than a limit allows, and whether anything
// stays set aside for ever.
//
// Looks at the database with each commit, and at Polar once all is quiet.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "checks/ledger.h"
#include "machine/schedule.h"

namespace plinto::polar::sim {

/// Spent through leases, and recorded within a limit of so many a day.
inline const std::string kLeasedEvent = "tokens";
inline const std::string kCappedEvent = "capped";
inline constexpr std::int64_t kCap = 5;

class Spending {
 public:
  Spending(Schedule& schedule, Ledger& ledger) : schedule_(schedule), ledger_(ledger) {}

  /// Somebody has written to the database.
  void OnCommitted();
  /// A lease was said to be over.
  void OnEnded(const std::string& tenant, const std::string& lease, const std::string& how);
  /// The application was told that a limit of somebody's is nearly reached, or is: of one period, once each.
  void OnTold(const std::string& tenant, const std::string& subject, const std::string& what, const std::string& id);
  /// Once all is quiet: what the server says is left, and what Polar says.
  void Compare(const std::string& subject, double here, double there);

 private:
  using Subject = std::pair<std::string, std::string>;  // tenant and id
  struct Capped {
    std::int64_t day = 0;
    std::int64_t recorded = 0;
  };
  void LookAtGrants();
  void LookAtLimits();

  Schedule& schedule_;
  Ledger& ledger_;
  std::set<std::string> granted_;                      ///< leases
  std::map<Subject, Capped> capped_;                   ///< who has a limit
  std::map<Subject, std::set<std::string>> recorded_;  ///< events that were seen
  std::map<std::string, std::string> told_;            ///< by what, the notification
};

}  // namespace plinto::polar::sim
