// Polar without an account or a network: answers its API, shows its checkout and portal pages, delivers its webhooks.
//
// A pure state machine: the caller passes each request with the time, asks for the deliveries that are due, sends them
// and reports what came of them. It has no I/O, clock or thread of its own, and one seed gives one history. Not
// thread-safe. A development tool: it takes only test cards and says "emulator" on every page. Conekta is there too
// where the configuration asks for it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/foundation/error.h"
#include "core/foundation/http.h"
#include "core/foundation/result.h"
#include "core/foundation/timestamp.h"
#include "core/webhook/secret.h"
#include "emulator/api/rate_limit.h"

namespace plinto::polar::emulator {

struct World;
class JournalWriter;
struct JournalEntry;

/// One API request (`/v1/...`) with its answer, for a transcript. References are valid during the call only.
struct Exchange {
  const HttpRequest& request;
  std::string_view route;  ///< `/v1/customers/{id}`; empty when no route matched.
  const HttpResponse& answer;
};

/// The header that a fault puts on an answer to slow it down: how many milliseconds to wait before sending it. Remove
/// it before sending. A fault that cuts the connection gives an answer of status 0: send nothing and close.
inline constexpr std::string_view kDelayHeader = "x-emulator-delay-ms";

/// A pair of RSA keys, 2048 bits each, in PEM: PKCS #8 and SPKI.
struct RsaKey {
  std::string private_pem;
  std::string public_pem;
};

/// Conekta beside Polar: its API and pages under `/conekta`, on the same clock (docs/conekta-emulator.md).
struct ConektaConfig {
  std::string api_key = {};  ///< Empty: made from the seed.
  /// The keys of `POST /webhook_keys`, in turn: the emulator cannot make any. Without one that request is refused.
  std::vector<RsaKey> keys = {};
};

struct Config {
  std::string access_token = {};    ///< Empty: made from the seed.
  std::string webhook_secret = {};  ///< Empty: made from the seed, `whsec_` and 43 characters as Polar makes them.
  std::string webhook_url = {};     ///< Empty: no endpoint, no deliveries.
  std::string public_url = "http://127.0.0.1:4010";  ///< Prefix of checkout and portal URLs.
  /// How deliveries are signed. A secret that has no key of the standard derivation is signed as whole text.
  KeyDerivation derivation = KeyDerivation::kWholeText;
  std::uint64_t seed = 1;  ///< Ids, tokens, secrets and jitter derive from it.
  /// What there is at the start, as JSON text (docs/emulator-catalog.md#seed-file). Empty: the default catalog.
  std::string catalog = {};
  RateLimit rate_limit = RateLimit::kOff;
  std::optional<ConektaConfig> conekta = {};  ///< Nothing: there is no Conekta.
  /// Sees every API request and its answer.
  std::function<void(const Exchange&)> observer = {};
  /// Gets each line of the journal (journal.h) before the recorded input takes effect. Reading /_emulator/ is not
  /// recorded.
  std::function<void(std::string_view line)> journal = {};
};

/// What a delivery of Conekta's still lacks: the header `digest`, which is `text` signed by the key in base64
/// (RSASSA-PKCS1-v1_5 with SHA-256). The emulator has no RSA: the caller's library signs.
struct RsaSignature {
  std::string private_pem;
  std::string text;
};

/// One attempt to deliver one webhook. The request is complete (POST, absolute URL, headers, body) but for `rsa`.
struct Delivery {
  std::string id;  ///< Names the attempt, not the event (that is the header `webhook-id`).
  HttpRequest request;
  std::optional<RsaSignature> rsa = {};
};

/// What `plinto-polar emulate` prints of a product.
struct ProductSummary {
  std::string id;
  std::string name;
  std::int64_t amount = 0;  ///< Minor units per period.
  std::string currency;
  std::string interval;  ///< `month`; empty for a one-time purchase.
};

/// The number `seed` in such a text. Nothing when it has none, or is damaged.
[[nodiscard]] std::optional<std::uint64_t> SeedNumberOf(std::string_view catalog);

/// Runs one recorded input, that of line `line` of the journal.
using ReplayGuard = std::function<void(std::size_t line, const std::function<void()>& input)>;

class Emulator {
 public:
  Emulator(Config config, Timestamp now);
  /// The emulator that a journal has recorded, in its last state. Configuration and seed are the journal's. `observer`
  /// does not see the replay, `journal` gets the lines that follow, `now` is the caller's time. An input that threw
  /// when it was recorded throws again. The emulator neither throws nor catches: a caller that continued after such an
  /// input catches it in `guard`, which runs each input. Errors: VALIDATION_FAILED, naming the damaged line.
  [[nodiscard]] static Result<Emulator> Replay(std::string_view text, std::function<void(const Exchange&)> observer,
                                               std::function<void(std::string_view line)> journal, Timestamp now,
                                               const ReplayGuard& guard = {});
  ~Emulator();
  Emulator(Emulator&&) noexcept;
  Emulator& operator=(Emulator&&) noexcept;

  /// Answers one request; `request.url` is path and query. Timers that are due by `now` run first, so a subscription
  /// whose period is over is seen canceled or renewed. Time never runs backwards: an earlier `now` counts as the last.
  [[nodiscard]] HttpResponse Handle(const HttpRequest& request, Timestamp now);

  /// Runs the timers that are due and hands out, once each, the deliveries to attempt now.
  [[nodiscard]] std::vector<Delivery> TakeDue(Timestamp now) { return TakeDue(now, now); }
  /// The same for a caller with an invented time: receivers refuse signatures that do not have their own clock's time.
  [[nodiscard]] std::vector<Delivery> TakeDue(Timestamp now, Timestamp signed_at);

  /// Reports what came of an attempt. Unknown and repeated ids are ignored.
  void OnDelivered(std::string_view delivery_id, const std::variant<HttpResponse, TransportFault>& outcome,
                   Timestamp now);

  /// When TakeDue has something to do next, in the caller's time; in the past when it has already. Nothing while the
  /// emulated clock stands.
  [[nodiscard]] std::optional<Timestamp> NextDue() const;

  /// The emulated time: the caller's last one, as POST /_emulator/clock has set the clock.
  [[nodiscard]] Timestamp Now() const;

  /// Why Config::catalog was refused, with the line or the field; nothing when it was not. An emulator whose catalog
  /// was refused holds what came before the mistake: do not use it.
  [[nodiscard]] const std::optional<Error>& catalog_error() const;
  [[nodiscard]] const std::string& access_token() const;
  [[nodiscard]] const std::string& webhook_secret() const;
  /// Conekta's, where there is one: its private API key, and the prefix of its API.
  [[nodiscard]] std::string conekta_api_key() const;
  [[nodiscard]] std::string conekta_url() const;
  [[nodiscard]] std::vector<ProductSummary> products() const;

 private:
  void Repeat(const JournalEntry& entry);

  std::unique_ptr<World> world_;
  std::unique_ptr<JournalWriter> journal_;
};

}  // namespace plinto::polar::emulator
