// The Wasm boundary: whatever texts JavaScript hands over, an envelope comes back. Lines: operation, first text, second
// text, context.
#include "core/gateway/wasm_api.h"
#include "core/foundation/json.h"
#include "fuzz.h"

using namespace plinto::polar;
using fuzz::Must;

namespace {

const Json* CheckEnvelope(const Result<Json>& envelope) {
  Must(envelope.ok(), "an envelope is JSON");
  const auto ok = FindBool(*envelope, "ok");
  Must(ok.has_value(), "an envelope says whether it is one of success");
  Must(FindMember(*envelope, *ok ? "value" : "error") != nullptr, "an envelope holds a value or an error");
  return *ok ? FindMember(*envelope, "value") : nullptr;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::Text(data, size);
  const std::string_view operation = fuzz::TakeLine(rest);
  const std::string_view first = fuzz::TakeLine(rest);
  const std::string_view second = fuzz::TakeLine(rest);
  const Result<Json> started = ParseJson(StartCall(operation, first, rest));
  if (const Json* value = CheckEnvelope(started)) {
    const Json* exchange = FindMember(*value, "exchange");
    Must(exchange != nullptr, "a started call can be continued");
    CheckEnvelope(ParseJson(ContinueCall(DumpJson(*exchange), second, rest)));
  }
  CheckEnvelope(ParseJson(ContinueCall(first, second, rest)));
  return 0;
}
