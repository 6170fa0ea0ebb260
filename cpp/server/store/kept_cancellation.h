// A cancellation at the end of a period that the provider cannot keep: we keep the date, and carry it out ourselves.
//
// One row for each subscription, until the date has come. What the mirror holds of the subscription stays as the
// provider has it; whoever reads it sees it as it is with the row: canceled at the period's end, and running until
// then, though the provider ends it a while before.
#pragma once

#include <optional>
#include <string>

#include "core/foundation/timestamp.h"

namespace plinto::polar::server {

/// How long what is carried out is held, by the database's clock: longer than its calls may take.
inline constexpr std::int64_t kCancellationHeldSeconds = 120;
/// So long before the date it is carried out: nobody says on which hour of its day a cycle is billed.
inline constexpr std::int64_t kCancellationLeadSeconds = 86'400;

struct KeptCancellation {
  std::int64_t row = 0;  ///< set by the store
  std::string subscription_id;
  std::string polar_customer_id;
  std::string conekta_customer_id;
  Timestamp cancel_at;    ///< until when the subject has what they have paid for
  Timestamp canceled_at;  ///< when it was asked for
  std::string actor;      ///< who asked for it: a user's id, or `key:` and a key's; empty once the subject was erased
  std::string reason = {};
  std::string comment = {};
  std::optional<Timestamp> begun_at = {};  ///< when it was first claimed: from then on it is not taken back
  bool is_carried_out = false;             ///< the provider has ended it; the date has not come
  int attempts = 0;
  std::string claim = {};  ///< under which it is held
};

/// What became of one that was claimed.
struct CancellationOutcome {
  enum class Kind : std::uint8_t {
    kCarriedOut,  ///< the provider has ended it
    kOver,        ///< the date has come, or it had ended otherwise: the row is forgotten
    kFailed,      ///< to be tried again
  };
  Kind kind = Kind::kFailed;
  std::string error = {};
  std::optional<Timestamp> retry_at = {};   ///< of one that failed
  std::optional<Timestamp> cancel_at = {};  ///< where the date is another one by now
};

}  // namespace plinto::polar::server
