// The emulator as JSON texts, for the Wasm module of `@plinto/polar`, where `/testing` runs it in process and
// `npx @plinto/polar emulate` behind a port: what crosses the boundary, and nothing else. Every function answers an
// envelope, {"ok":true,"value":...} or {"ok":false,"error":{...}}.
//
// Times are Unix microseconds. An answer that follows from the emulator's state bears `state`:
// {"now": its emulated time, "next_due": when TakeDue has something to do next, in the caller's time, or null}.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/foundation/json.h"
#include "core/foundation/result.h"
#include "emulator/emulator.h"

namespace plinto::polar::emulator {

/// Reads {access_token?, webhook_secret?, webhook_url?, url?, seed?, catalog?, rate_limit?, standard_signatures?}.
/// `catalog` is an object as in a seed file.
/// Errors: INVALID_JSON; UNKNOWN_FIELD and VALIDATION_FAILED, naming the field.
[[nodiscard]] Result<Config> ReadConfig(std::string_view text);

/// The time that an emulator may start at, of Unix microseconds. Errors: VALIDATION_FAILED, naming `now`.
[[nodiscard]] Result<Timestamp> ReadStart(double now);

/// Checks what the command line of a program says: {host?, allow_remote?, webhook_secret?, webhook_url?, rate_limit?,
/// conekta?, conekta_key?, seeds?: each `--seed`}. Value: {local: whether only this machine can come in, seed: decimal
/// or null, seed_file: its name or null}. Errors: INVALID_JSON, CONFIGURATION_INVALID, naming the flag.
[[nodiscard]] std::string CheckFlagsText(std::string_view flags);

/// One emulator behind texts. Holds a pointer to itself: it stays where it is made.
class EmulatorCalls {
 public:
  EmulatorCalls(Config config, Timestamp now);
  /// The emulator of a program. Its clock may have a rate, since the carrier's runs, and every value has beside
  /// `state`, where there is any, `journal` and `transcript`: text to append to the files before the answer is sent.
  /// `settings`: {url, access_token?, webhook_secret?, webhook_url?, rate_limit?, seed?: decimal, random_seed: decimal,
  /// conekta?: {api_key?, keys: [{private_pem, public_pem}]},
  /// seed_file?: {name, text: null where it cannot be read}, local?, transcript?: whether to keep one,
  /// data?: {name, text: what the file holds}}. Errors: INVALID_JSON, VALIDATION_FAILED, CONFIGURATION_INVALID.
  [[nodiscard]] static Result<std::unique_ptr<EmulatorCalls>> OpenProgram(std::string_view settings, Timestamp now);
  EmulatorCalls(const EmulatorCalls&) = delete;
  EmulatorCalls& operator=(const EmulatorCalls&) = delete;

  /// Value: {access_token, webhook_secret, url, webhook_types, products: [{id, name, amount, currency, interval}],
  /// announcement: [what a program prints], state}
  [[nodiscard]] std::string Describe();

  /// `request`: {method, url: path and query, headers: [[name, value]], body?, or body_base64? where it is no UTF-8}.
  /// In process a rate of the clock is refused with 409: the caller moves the time, so no clock could run. Value:
  /// {status, headers: [[name, value]], body, route: `/v1/customers/{id}`, "" where no route of the API matches, null
  /// for pages; state}. Errors: INVALID_JSON, VALIDATION_FAILED.
  [[nodiscard]] std::string Handle(std::string_view request, Timestamp now);

  /// The emulated time that a test wants to reach: `wish` is {"advance": "2 weeks 3 days"}, {"advance": {"days": 17}}
  /// or {"time": Unix microseconds}. It is not in the past, as near as POST /_emulator/clock wants it, and before 2255.
  /// Value: {goal}. Errors: INVALID_JSON; VALIDATION_FAILED, naming `duration` or `time`.
  [[nodiscard]] std::string Goal(std::string_view wish) const;

  /// Hands out what is to be delivered now, signed at `signed_at`: the receiver's clock.
  /// Value: {deliveries: [{id, url, headers: [[name, value]], body, rsa?: {private_pem, text}}], state}
  [[nodiscard]] std::string TakeDue(Timestamp now, Timestamp signed_at);

  /// `outcome`: {status, body?} of the answer, or {fault: "connection_refused"|"network"|"timeout"|"canceled"}.
  /// Value: {state}. Errors: INVALID_JSON, VALIDATION_FAILED.
  [[nodiscard]] std::string OnDelivered(std::string_view delivery_id, std::string_view outcome, Timestamp now);

 private:
  EmulatorCalls() = default;
  [[nodiscard]] std::string Succeed(Json value);

  std::string url_;
  std::optional<std::string> route_;  ///< Of the request at hand, once it has been answered.
  bool is_program_ = false;
  bool local_only_ = false;
  std::string journal_;     ///< Not handed over yet.
  std::string transcript_;  ///< The same.
  std::optional<Emulator> emulator_;
};

}  // namespace plinto::polar::emulator
