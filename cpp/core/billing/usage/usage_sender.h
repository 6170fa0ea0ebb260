// What a recorder of usage sends, and when: from events that it keeps durably to requests of `POST /usage/batch`, until
// each event is stored at the server or refused.
//
// Pure and not thread-safe: it is told the time and random numbers, and neither waits, sends nor stores. The loop:
// Add() what is kept until kFull; when SendAt() has come, send Body() and report the answer or the fault; forget for
// good what the report says is over; begin again. What is not over stays here, and is sent again with the same ids. A
// host that is started anew adds anew: an event that the server has already is answered as a duplicate, and is over. It
// gathers by UsageBatch, takes a refused request apart by UsageDelivery, and waits as an exchange does.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/billing/usage/usage_batch.h"
#include "core/billing/usage/usage_delivery.h"
#include "core/exchange/exchange.h"

namespace plinto::polar {

struct UsageSenderLimits {
  /// Less than the server takes: a phone uploads this within a second, and an answer is lost with fewer.
  UsageBatchLimits batch = {.max_events = 500, .max_bytes = std::size_t{512} * 1'024};
  /// A user's batch may name so many organizations (each is a question to Plinto).
  std::size_t max_organizations = 20;
};

/// An answer of `POST /usage/batch`, as far as it decides anything.
struct UsageAnswer {
  int status = 0;
  HttpHeaders headers = {};                    ///< Retry-After
  std::string_view code = {};                  ///< of the error, where the request was refused as a whole
  std::string_view field = {};                 ///< of that error
  std::vector<std::string_view> results = {};  ///< each event's status, in order
};

/// An event that is over.
struct UsageSettled {
  std::string id;
  bool is_refused = false;  ///< by its own result, or with the request when it was sent alone; else it is stored

  bool operator==(const UsageSettled&) const = default;
};

class UsageSender {
 public:
  enum class Added : std::uint8_t {
    kTaken,
    kKnown,     ///< it is gathered already
    kFull,      ///< add it again once events are over
    kTooLarge,  ///< alone it is larger than a request may be: it can never be sent
  };

  explicit UsageSender(const UsageSenderLimits& limits = {});

  /// `event`: its JSON, with its `external_id`. `organization`: whom it names, else empty.
  [[nodiscard]] Added Add(const std::string& id, const std::string& organization, std::string event, Timestamp now);

  /// When Body() is to be sent; none while there is nothing. A time in the past is now.
  [[nodiscard]] std::optional<Timestamp> SendAt() const;

  /// The next request: `{"events":[...],"sent_at":"..."}`. `sent_at` is what the host's clock says as it sends, in RFC
  /// 3339: by it the server reads the events' times by its own clock. Empty when there is nothing to send.
  [[nodiscard]] std::string Body(std::string_view sent_at);

  /// What is over after an answer to Body(). A 2xx is about each event. 400, 413 and 422 are about the content: the
  /// request is taken apart, unless the error names a field that is not an event's. 403 ORGANIZATION_ACCESS_DENIED
  /// refuses the events of that organization. After anything else all is sent again, after a pause that grows from one
  /// second to a minute, and is at least Retry-After.
  [[nodiscard]] std::vector<UsageSettled> OnAnswer(const UsageAnswer& answer, Timestamp now, double random);
  /// There was no answer, or nobody to send it as: the same, later.
  void OnFault(Timestamp now, double random);

  /// All leaves now: what is gathered, and what waits since something failed. Retry-After is waited for all the same.
  void Flush();

 private:
  struct Event {
    std::string id;
    std::string organization;
    std::string text = {};
  };

  void Depart();
  [[nodiscard]] bool IsOfOneOrganization() const;
  [[nodiscard]] std::vector<UsageSettled> Settle(std::span<const UsageOutcome> outcomes, Timestamp now, double random);
  void PauseAfter(const HttpResponse& response, Timestamp now, double random);

  UsageSenderLimits limits_;
  UsageBatch batch_;
  std::vector<Event> gathered_ = {};  ///< what is in the batch; the batch has the texts
  std::vector<std::string> organizations_ = {};
  bool leaves_now_ = false;
  std::vector<Event> sent_ = {};  ///< what the delivery counts
  UsageDelivery delivery_{0};
  bool joins_ = false;   ///< all that was sent was refused: what is gathered goes along next time
  ExchangeState pause_;  ///< how often in a row nothing came of it
  std::optional<Timestamp> paused_until_ = {};
  std::optional<Timestamp> told_to_wait_until_ = {};
};

}  // namespace plinto::polar
