// The journal of an emulator: every input with its time, one JSON line each, from which its state can be made again.
//
// The machine is deterministic, so replaying the inputs gives the same state, byte for byte. Every line has a sum over
// itself and all lines before it (SHA-256, 16 hex digits): a damaged file is refused with the line's number. This is
// pure text, and the caller keeps the file. It holds tokens and secrets, so only its owner may read it (mode 0600).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/foundation/http.h"
#include "core/foundation/result.h"
#include "emulator/emulator.h"

namespace plinto::polar::emulator {

/// One input.
struct JournalEntry {
  enum class Kind : std::uint8_t { kRequest, kTaken, kDelivered };
  Kind kind = Kind::kRequest;
  Timestamp at = {};         ///< The caller's time.
  HttpRequest request = {};  ///< kRequest
  Timestamp signed_at = {};  ///< kTaken: deliveries were handed out.
  std::string delivery_id = {};
  std::variant<HttpResponse, TransportFault> outcome = HttpResponse{};  ///< kDelivered
};

/// Writes lines to a sink, each complete with its newline.
class JournalWriter {
 public:
  JournalWriter(std::function<void(std::string_view line)> sink, std::string sum)
      : sink_(std::move(sink)), sum_(std::move(sum)) {}

  /// The first line: format, seed and configuration.
  void WriteHead(const Config& config, Timestamp started);
  void Write(const JournalEntry& entry);

 private:
  void Append(std::string text);

  std::function<void(std::string_view)> sink_;
  std::string sum_;  ///< Of all lines so far.
};

struct Journal {
  Config config;  ///< As the first line has it; without observer and sink.
  Timestamp started;
  std::vector<JournalEntry> entries;
  std::string sum;
};
/// {api_key?, keys: [{private_pem, public_pem}]}, as the first line has it and as a carrier hands it over.
[[nodiscard]] ConektaConfig ConektaFrom(const Json& json);

/// Errors: VALIDATION_FAILED with the number of the first line that is damaged, incomplete or of another format.
[[nodiscard]] Result<Journal> ReadJournal(std::string_view text);

}  // namespace plinto::polar::emulator
