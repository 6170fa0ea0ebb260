#include "checks/spending.h"

#include <cmath>

namespace plinto::polar::sim {
namespace {

constexpr std::int64_t kDayUs = std::int64_t{86'400} * 1'000'000;

}  // namespace

void Spending::OnCommitted() {
  LookAtGrants();
  LookAtLimits();
}

void Spending::LookAtGrants() {
  const std::string now = std::to_string(schedule_.Now().microseconds);
  // By the balance as the grant has left it.
  for (const Ledger::Row& row : ledger_.Read(
           "SELECT lease.id, lease.subject_id, balance.credited, balance.used, (SELECT sum(CAST(other.quantity AS"
           " INTEGER)) FROM usage_leases other WHERE other.tenant = lease.tenant AND other.subject_id ="
           " lease.subject_id AND other.event_name = lease.event_name AND other.state = 'open'"
           " AND other.expires_at > CAST(?1 AS INTEGER))"
           " FROM usage_leases lease LEFT JOIN usage_balances balance ON balance.tenant = lease.tenant"
           " AND balance.subject_id = lease.subject_id AND balance.meter_id = lease.meter_id"
           " WHERE lease.state = 'open' AND lease.granted_at >= CAST(?1 AS INTEGER)",
           {now}, 5)) {
    if (!granted_.insert(row[0]).second) continue;
    const std::int64_t credited = row[2].empty() ? 0 : std::stoll(row[2]);
    const std::int64_t used = row[3].empty() ? 0 : std::stoll(row[3]);
    const std::int64_t leased = row[4].empty() ? 0 : std::stoll(row[4]);
    if (used + leased <= credited) continue;
    ledger_.Break("lease " + row[0] + " was granted to user " + row[1] + ", who has been credited " + row[2] +
                  ", has used " + row[3] + " and has now leased " + row[4]);
  }
}

void Spending::LookAtLimits() {
  const std::int64_t day = schedule_.Now().microseconds / kDayUs;
  for (const Ledger::Row& row :
       ledger_.Read("SELECT tenant, coalesce(organization_id, user_id), external_id, CAST(quantity AS INTEGER)"
                    " FROM polar_usage_events WHERE event_name = ?1",
                    {kCappedEvent}, 4)) {
    const Subject subject(row[0], row[1]);
    if (!recorded_[subject].insert(row[2]).second) continue;
    const auto found = capped_.find(subject);
    if (found == capped_.end()) continue;
    Capped& capped = found->second;
    if (capped.day != day) capped = {.day = day};
    capped.recorded += std::stoll(row[3]);
    if (capped.recorded > kCap) {
      ledger_.Break("user " + row[1] + " may record " + std::to_string(kCap) + " a day, and has recorded " +
                    std::to_string(capped.recorded));
    }
  }
  std::map<Subject, Capped> limited;
  for (const Ledger::Row& row :
       ledger_.Read("SELECT tenant, subject_id FROM usage_limits WHERE event_name = ?1", {kCappedEvent}, 2)) {
    const Subject subject(row[0], row[1]);
    const auto known = capped_.find(subject);
    limited[subject] = known == capped_.end() ? Capped{.day = day} : known->second;
  }
  capped_.swap(limited);
}

void Spending::OnEnded(const std::string& tenant, const std::string& lease, const std::string& how) {
  const auto rows = ledger_.Read("SELECT state FROM usage_leases WHERE tenant = ?1 AND id = ?2", {tenant, lease}, 1);
  // Whoever is erased has none any more.
  if (rows.empty() || rows.front()[0] == how) return;
  ledger_.Break("lease " + lease + " was answered as " + how + ", and is " + rows.front()[0]);
}

void Spending::OnTold(const std::string& tenant, const std::string& subject, const std::string& what,
                      const std::string& id) {
  const auto [known, is_new] = told_.try_emplace(tenant + " " + subject + " " + what, id);
  if (is_new || known->second == id) return;
  ledger_.Break("the application was told twice of user " + subject + ": " + what);
}

void Spending::Compare(const std::string& subject, double here, double there) {
  if (std::abs(here - there) < 0.5) return;
  ledger_.Break("user " + subject + " has a balance of " + std::to_string(here) + " here, and of " +
                std::to_string(there) + " at Polar");
}

}  // namespace plinto::polar::sim
