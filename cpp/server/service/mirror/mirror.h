// What the server knows of its customers without asking Polar: kept up by webhooks, filled once from Polar for
// customers that were there before the server was.
//
// Not thread-safe: one executor thread at a time. All that outlives a process is in the store; what is kept here only
// spares Polar questions whose answer is known.
#pragma once

#include <map>
#include <memory>

#include "server/base/async/single_flight.h"
#include "server/service/caller/context.h"
#include "server/service/host.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

class Mirror {
 public:
  /// Both must outlive it.
  Mirror(Host& host, const Settings& settings) : host_(host), settings_(settings) {}

  /// All that decides what the subject may use, from the store. Where that cannot be complete, because its customer
  /// was never fetched or there is none, Polar is asked first: by one of all who ask at the same time, at most once a
  /// minute where Polar has no such customer, at most every five seconds where it fails. Where it does not hold any
  /// more (staleness.h), Polar is asked at most once a minute and for three seconds, and then the answer is what is
  /// known. The same of somebody to whom a grant by hand gives something now: it holds, whatever Polar says. Errors:
  /// STORE_FAILED; those of Polar when what has never been fetched cannot be: "no plan" would be a guess.
  [[nodiscard]] Task<Result<SubjectState>> Read(Subject subject, Timestamp deadline);

 private:
  /// What Polar said last of somebody for whom the store has nothing.
  struct Asked {
    Timestamp until;
    std::optional<Error> error;  ///< none: it has no such customer
  };

  /// Asks Polar, or waits for whoever does. What came of it is in the store or among those asked about.
  [[nodiscard]] Task<void> FillOnce(Subject subject, Timestamp deadline, std::int64_t failure_seconds);
  [[nodiscard]] Task<Status> Fill(Subject subject, Timestamp deadline);
  [[nodiscard]] const Asked* FindAsked(const std::string& key);
  void Remember(const std::string& key, std::int64_t seconds, std::optional<Error> error);

  Host& host_;
  const Settings& settings_;
  std::map<std::string, std::shared_ptr<SingleFlight>> flights_;
  std::map<std::string, Asked> asked_;
};

/// What is known of the subject that the request names, if the caller may read it. Errors: those of Admit() and Read().
[[nodiscard]] Task<Result<SubjectState>> ReadSubject(Host& host, Mirror& mirror, const Context& context);

}  // namespace plinto::polar::server
