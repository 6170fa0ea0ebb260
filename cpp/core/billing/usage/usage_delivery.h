// What becomes of each event of a batch: Polar takes or refuses a request as a whole, so that one that is refused for
// its content is taken apart until the bad event stands alone.
//
// Pure and not thread-safe. The loop: while Next() names events, send them as one request and hand what came of it to
// one of the On...() functions; each returns what it has decided, to be written down at once. Sending an event again is
// harmless, since its external id is fixed. Polar answers 413 to a body that is too large, and 422 whose `detail` names
// events by `loc`.
#pragma once

#include <set>
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
    kBared,     ///< Next() names it again, and it is to be sent without what is named below
  };
  std::size_t index = 0;  ///< in the batch
  Kind kind = Kind::kDelayed;
  std::string reason = {};
  bool without_member = false;
  bool without_parent = false;

  bool operator==(const UsageOutcome&) const = default;
};

/// An event that a 422 complains of.
struct NamedEvent {
  std::size_t position = 0;  ///< in what was sent
  bool only_time = true;     ///< all complaints are about its timestamp
  bool only_links = true;    ///< all are about whom it names beside the customer: its member, or the event above it
  bool names_member = false;
  bool names_parent = false;

  bool operator==(const NamedEvent&) const = default;
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
  /// recorder's clock is ahead of Polar's, and waiting mends that. One whose member or parent alone Polar does not know
  /// is sent again without: it costs the same, whoever it was. As long as nothing was taken, refused events prove
  /// nothing: three of them alone, and the batch has fallen apart. It is Polar's fault then, and all are delayed.
  [[nodiscard]] std::vector<UsageOutcome> OnRefused(const HttpResponse& response, const std::string& reason);
  /// The same of an answer that is read already: `named` are the events that it complains of.
  [[nodiscard]] std::vector<UsageOutcome> OnRefused(int status, std::span<const NamedEvent> named,
                                                    const std::string& reason);
  /// Nobody's doubt: what Next() named is refused, each of them.
  [[nodiscard]] std::vector<UsageOutcome> OnDenied(const std::string& reason);
  /// Some of what Next() named are denied, and nobody says which: halves are asked next.
  void Split();
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
  std::set<std::size_t> bared_ = {};
  bool has_taken_ = false;
  bool has_fallen_apart_ = false;
};

/// The events that a 422's body names, in order, none twice: `loc` is `["body","events",5,"name"]`.
[[nodiscard]] std::vector<NamedEvent> NamedEvents(std::string_view body, std::size_t events_sent);

}  // namespace plinto::polar
