// Fills the mirror with everybody whom Polar has: once, when the store is new, and anew when webhooks were missing.
//
// Goes through Polar's list of customers, one at a time, with what Polar allows beyond what those who ask need
// (upstream_budget.h). Nobody waits for it: who is asked about before their turn is fetched at once (mirror.h), and
// passed over here. It is done when it has gone through the whole list without anybody to fetch, since pages move while
// they are read. What it leaves to the first question: customers without an external id of Plinto's, those whose kind
// the list does not tell, and those whom Polar refuses to tell of. Not thread-safe: one executor thread at a time.
#pragma once

#include <deque>
#include <optional>

#include "server/base/job_run.h"
#include "server/service/host.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

class ColdStart {
 public:
  /// Both must outlive it.
  ColdStart(Host& host, const Settings& settings) : host_(host), settings_(settings) {}

  /// Does what is due: reads a page of the list, or fetches one customer. Returns when the next is; none when it is
  /// done.
  [[nodiscard]] Task<JobRun> Work();

  /// Has everybody fetched anew who was not fetched since now, also over a restart. Errors: STORE_FAILED.
  [[nodiscard]] Task<Status> Again();
  /// The same, where it is done and began an hour ago or earlier.
  [[nodiscard]] Task<Status> AgainIfOld();

 private:
  /// How far it has come, as it is stored at the end of a page.
  struct Progress {
    Timestamp since = {};     ///< who was fetched then or later is passed over
    Timestamp begun_at = {};  ///< by our clock
    std::int64_t page = 1;
    bool has_fetched = false;  ///< somebody, since the list's first page
    bool is_done = false;
  };

  [[nodiscard]] Task<Status> Load();
  [[nodiscard]] Task<Status> Save();
  [[nodiscard]] Task<Status> Begin(Timestamp since);
  [[nodiscard]] Task<Status> Step();
  [[nodiscard]] Task<Status> ReadPage();
  [[nodiscard]] Task<Status> FinishPage();
  [[nodiscard]] Task<Status> FetchNext();
  /// When to try again. Passes over a customer who cannot be fetched while others can.
  [[nodiscard]] Task<Timestamp> AfterFailure(Error error);

  Host& host_;
  const Settings& settings_;
  bool is_loaded_ = false;
  Progress progress_;
  Timestamp wanted_ = {};  ///< of the last Again()
  /// Of the page in hand.
  std::optional<std::deque<CustomerRow>> waiting_;
  bool is_last_page_ = false;
  std::int64_t untold_ = 0;  ///< whose kind the list does not tell, since its first page
  int failures_ = 0;         ///< in a row
  Timestamp due_ = {};
  std::optional<Error> unstored_ = {};  ///< what the store refused, the last time
};

}  // namespace plinto::polar::server
