// What the server has promised, and whether it has kept its word: the invariants.
//
// Some are looked at with each step that may break them, the others once all is quiet. The first that does not hold
// ends the simulation, in a sentence.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/foundation/decimal.h"
#include "machine/schedule.h"
#include "server/store/engines/sql_runner.h"

namespace plinto::polar::sim {

/// How often a usage event is at Polar, and how much of it, by subject and id.
struct UsedAtPolar {
  int times = 0;
  std::optional<Decimal> quantity = {};
};
using UsageAtPolar = std::map<std::string, UsedAtPolar>;

class Ledger {
 public:
  Ledger(Schedule& schedule, server::SqlRunner& database) : schedule_(schedule), database_(database) {}

  [[nodiscard]] const std::optional<std::string>& broken() const { return broken_; }
  void Break(const std::string& sentence);

  /// A delivery of Polar's or Plinto's was answered 202.
  void OnAcknowledged(const std::string& tenant, const std::string& source, const std::string& event_id,
                      const std::string& body);
  /// A usage event is recorded, whether or not anybody will say so.
  void OnRecorded(const std::string& tenant, const std::string& subject, const std::string& external_id,
                  const std::string& quantity);
  /// A usage event was answered 202.
  void OnAccepted(const std::string& tenant, const std::string& subject, const std::string& external_id);
  /// A checkout was answered 201.
  void OnCheckout(const std::string& tenant, const std::string& subject, const std::string& key,
                  const std::string& checkout);
  /// Somebody has asked to be erased, or Plinto has deleted them: what was promised to them alone is forgotten.
  void OnLeaving(const std::string& tenant, const std::string& subject) { leaving_[tenant].insert(subject); }
  [[nodiscard]] bool IsLeaving(const std::string& tenant, const std::string& subject) {
    return leaving_[tenant].contains(subject);
  }
  /// Somebody has written to the database.
  void OnCommitted();

  /// Once it is quiet: every delivery that was acknowledged has been processed, or is listed for people.
  void CheckInbox();
  /// Once it is quiet: each event that was accepted is there once, and as much of it as was recorded, to the last
  /// digit.
  void CheckUsage(const std::string& tenant, const UsageAtPolar& at_polar);
  /// And the sums of a meter of Polar's and of the database are those of what was recorded.
  void CheckSums(const std::string& tenant, const UsageAtPolar& at_polar, const std::optional<Decimal>& metered);

  using Row = std::vector<std::string>;
  /// Rows of the database as it is, texts and integers alike as text, NULL as "".
  [[nodiscard]] std::vector<Row> Read(const char* sql, const std::vector<std::string>& values, int columns);

 private:
  struct Delivery {
    std::string tenant;
    std::string source;
    std::string event_id;
    auto operator<=>(const Delivery&) const = default;
  };
  /// What is known of one that was acknowledged.
  struct Known {
    Timestamp acknowledged;
    bool is_settled = false;  ///< processed, or listed for people
    std::string kind = {};    ///< `subscription` or `order`, where it is about one
    std::string object = {};
    std::string customer = {};
    Timestamp date = {};
  };
  struct UsageId {
    std::string subject;
    std::string external_id;
    auto operator<=>(const UsageId&) const = default;
  };
  void Look(const Delivery& delivery, Known& known);
  void LookAtDates(const char* sql, const std::string& kind);
  void CheckFact(const Delivery& delivery, const Known& known);

  Schedule& schedule_;
  server::SqlRunner& database_;
  std::optional<std::string> broken_;
  std::map<Delivery, Known> acknowledged_;
  std::map<std::string, std::set<UsageId>> accepted_;  ///< by tenant
  /// By tenant, and by subject and id: how much.
  std::map<std::string, std::map<std::string, Decimal>> recorded_;
  std::map<std::string, std::string> checkouts_;          ///< by tenant and key
  std::map<std::string, std::set<std::string>> leaving_;  ///< by tenant
  std::set<std::string> erased_;                          ///< tenant and customer of whoever was erased once
  /// By kind and id: the date of the fact that the mirror holds.
  std::map<std::string, std::map<std::string, std::int64_t>> dates_;
};

}  // namespace plinto::polar::sim
