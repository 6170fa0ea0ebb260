// What becomes of each event of a batch: Polar takes or refuses a request as a whole, so that one that is refused for
// its content is taken apart until the bad event stands alone.
//
// Pure and not thread-safe. The loop: while Next() names events, send them as one request and hand what came of it to
// one of the On...() functions; each returns what it has decided, to be written down at once. Sending an event again is
// harmless, since its external id is fixed. Polar answers 413 to a body that is too large, and 422 whose `detail` names
// events by `loc`.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/foundation/http.h"
#include "core/foundation/result.h"

namespace plinto::polar {

/// What is known of one event of the batch.
struct UsageOutcome {
  enum class Kind : std::uint8_t {
    kReported,  ///< Polar has it, now or from an earlier time
    kRefused,   ///< Polar refused it alone, and takes others
    kDelayed,   ///< nothing is known; send it again later
  };
  std::size_t index = 0;  ///< in the batch
  Kind kind = Kind::kDelayed;
  std::string reason = {};

  bool operator==(const UsageOutcome&) const = default;
};

class UsageDelivery {
 public:
  explicit UsageDelivery(std::size_t events);

  /// The events of the next request, as indexes into the batch; empty when every event has its outcome.
  [[nodiscard]] std::span<const std::size_t> Next() const;

  /// Polar has taken what Next() named, or knew it already.
  [[nodiscard]] std::vector<UsageOutcome> OnTaken();
  /// Polar refused the content of what Next() named. 422: events that the body names are sent alone and last, the
  /// others together without them. When it names none, or all, three are sent alone, and the rest in halves. 413: it is
  /// halved. One whose time Polar takes for the future is only delayed: the
  /// recorder's clock is ahead of Polar's, and waiting mends that. As long as nothing was taken, refused events prove
  /// nothing: three of them alone, and the batch has fallen apart. It is Polar's fault then, and all are delayed.
  [[nodiscard]] std::vector<UsageOutcome> OnRefused(const HttpResponse& response, const std::string& reason);
  /// Nobody knows, or Polar cannot take anything now: all events that are left are delayed.
  [[nodiscard]] std::vector<UsageOutcome> OnFailed(const std::string& reason);
  /// Of several events, every one that was sent alone was refused.
  [[nodiscard]] bool HasFallenApart() const { return has_fallen_apart_; }

 private:
  using Piece = std::vector<std::size_t>;
  void Halve(const Piece& piece);
  void Probe(const Piece& piece);
  [[nodiscard]] std::vector<UsageOutcome> Settled(std::vector<UsageOutcome> outcomes);

  std::vector<Piece> pieces_;  // still to be sent, the next one last
  std::size_t events_;
  std::vector<UsageOutcome> refused_ = {};  // alone, while it is not known whose fault it is
  bool has_taken_ = false;
  bool has_fallen_apart_ = false;
};

/// An event that a 422 complains of.
struct NamedEvent {
  std::size_t position = 0;  ///< in what was sent
  bool only_time = true;     ///< all complaints are about its timestamp

  bool operator==(const NamedEvent&) const = default;
};

/// The events that a 422's body names, in order, none twice: `loc` is `["body","events",5,"name"]`.
[[nodiscard]] std::vector<NamedEvent> NamedEvents(std::string_view body, std::size_t events_sent);

}  // namespace plinto::polar
