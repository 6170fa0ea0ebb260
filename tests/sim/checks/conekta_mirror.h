// What the mirror holds of Conekta's objects: with each commit nothing but what Conekta had when it was asked, and once
// it is quiet all that its customers run and have paid for.
#pragma once

#include <map>
#include <set>
#include <string>

#include "checks/ledger.h"
#include "providers/conekta_account.h"

namespace plinto::polar::sim {

class ConektaMirror {
 public:
  ConektaMirror(Schedule& schedule, Ledger& ledger, ConektaAccount& account, std::string tenant)
      : schedule_(schedule), ledger_(ledger), account_(account), tenant_(std::move(tenant)) {}

  /// Somebody has written to the database.
  void OnCommitted();
  /// Once it is quiet: the orders that a user has paid.
  void CheckPaid(const std::string& user);
  /// Once it is quiet, of somebody whom Plinto has deleted.
  void CheckGone(const std::string& user);

 private:
  void Compare(const std::string& kind, const char* sql);

  Schedule& schedule_;
  Ledger& ledger_;
  ConektaAccount& account_;
  std::string tenant_;
  std::map<std::string, std::string> seen_;  ///< by id, what was compared
};

}  // namespace plinto::polar::sim
