// What one tenant may ask of Polar, or of Conekta: how often, who comes first, how much one user gets, how many wait at
// a time, and when Polar is not asked at all.
//
// Polar refuses everybody alike, for up to a minute, once there were too many requests in a minute. So the server
// counts for itself, and refuses whoever may be refused best. Pure but for lines of the log: time is handed in, and
// nothing here waits. One for each tenant; not thread-safe. The numbers and their reasons:
// docs/decisions/server/upstream-budget.md.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/foundation/http.h"
#include "core/foundation/result.h"
#include "server/base/operator_log.h"
#include "server/base/rate_limiter.h"
#include "server/service/call_terms.h"
#include "server/service/polar_clock.h"

namespace plinto::polar::server {

/// Whose requests are counted.
struct Upstream {
  std::string name;
  Problem away;  ///< how the operator is told that it does not answer
};
[[nodiscard]] inline Upstream PolarUpstream() { return {"Polar", Problem::kPolarAway}; }
[[nodiscard]] inline Upstream ConektaUpstream() { return {"Conekta", Problem::kConektaAway}; }

class UpstreamBudget {
 public:
  /// 0 requests a minute is no limit: then there are no shares, and as many may wait as come. `log` outlives this.
  UpstreamBudget(std::int64_t requests_per_minute, OperatorLog& log, Upstream upstream = PolarUpstream());
  ~UpstreamBudget();
  UpstreamBudget(const UpstreamBudget&) = delete;
  UpstreamBudget& operator=(const UpstreamBudget&) = delete;

  /// One call among those that wait for Polar, from its beginning to its end: all of its attempts are its own. The
  /// budget outlives it.
  class Place {
   public:
    Place(UpstreamBudget& owner, CallTerms terms) : owner_(&owner), terms_(std::move(terms)) {}
    Place(Place&& other) noexcept;
    Place& operator=(Place&&) = delete;
    ~Place();

   private:
    friend class UpstreamBudget;
    UpstreamBudget* owner_;
    CallTerms terms_;
    std::optional<Timestamp> token_;  ///< taken and not yet used: from when on it may be used
    bool is_probe_ = false;
  };

  /// A place for a call. Errors: UPSTREAM_RATE_LIMITED when too many wait already, of all or of this user.
  [[nodiscard]] Result<Place> Enter(CallTerms terms);

  /// Asked before each attempt: when to ask once more. Not later than now: the attempt may be made, and is paid for.
  /// Errors, with the time to wait: RATE_LIMITED when the user has used up their share; UPSTREAM_RATE_LIMITED when
  /// Polar allows no more in time or wants to be left alone; UPSTREAM_FAILED while it does not answer.
  [[nodiscard]] Result<Timestamp> Admit(Place& place, Timestamp now);

  /// What came of the attempt that took `timeout_ms` at most.
  void OnAnswer(Place& place, const HttpResponse& answer, Timestamp now);
  void OnFault(Place& place, TransportFault fault, std::int64_t timeout_ms, Timestamp now);

  /// After an attempt: will the next one be refused, since Polar wants to be left alone or does not answer?
  [[nodiscard]] bool IsHeldTooLong(const Place& place, Timestamp now) const;

  /// What is known of Polar's clock.
  [[nodiscard]] ClockWatch& clock_watch() { return clock_watch_; }

  /// Requests that may be sent at once; none where there is no limit.
  [[nodiscard]] std::optional<std::int64_t> TokensLeft(Timestamp now);
  [[nodiscard]] std::int64_t waiting() const { return waiting_; }
  [[nodiscard]] bool is_open() const { return open_until_.has_value(); }

 private:
  [[nodiscard]] bool IsLimited() const { return per_minute_ > 0; }
  /// In milliseconds: until there are so many tokens.
  [[nodiscard]] std::int64_t WaitFor(double tokens) const;
  void Refill(Timestamp now);
  /// The error, counted.
  [[nodiscard]] Error Refuse(const Place& place, Error error);
  [[nodiscard]] Error UsedUp(std::int64_t wait_ms) const;
  [[nodiscard]] Error OfUser(std::int64_t wait_ms) const;
  [[nodiscard]] bool MayWait(const Place& place, const Error& error, Timestamp now) const;
  /// When to ask again, where the call may wait for as long as the error says; else the error, counted.
  [[nodiscard]] Result<Timestamp> WaitOrRefuse(const Place& place, Error error, Timestamp now);
  /// Why nobody may ask now, with the time to wait.
  [[nodiscard]] std::optional<Error> Hold(const Place& place, Timestamp now) const;
  void Leave(Place& place);
  void GoWell(Place& place);
  void GoBadly(Place& place, Timestamp now);

  std::int64_t per_minute_;
  OperatorLog& log_;
  Upstream upstream_;
  ClockWatch clock_watch_{log_, upstream_.name};
  double burst_;
  double per_ms_;
  double tokens_;
  Timestamp as_of_ = {};
  RateLimiter users_;
  RateLimiter background_;

  std::int64_t waiting_ = 0;
  std::map<std::string, std::int64_t> waiting_by_user_;

  std::optional<Timestamp> paused_until_;  ///< as Polar has asked
  int failures_ = 0;                       ///< in a row
  int openings_ = 0;                       ///< in a row
  std::optional<Timestamp> open_until_;    ///< then one may try
  bool is_probed_ = false;                 ///< somebody tries
};

}  // namespace plinto::polar::server
