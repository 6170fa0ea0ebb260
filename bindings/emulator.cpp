// The module of `@plinto/polar/testing`: Polar's emulator in process. JSON text goes in, an envelope comes out.
//
// See emulator/control/wasm_api.h for the contract. Emulators are numbered; `emulatorClose` forgets one. Times are Unix
// microseconds: a double holds them exactly until the year 2255.
#include <emscripten/bind.h>

#include <map>
#include <string>

#include "core/foundation/json.h"
#include "core/gateway/wasm_envelope.h"
#include "emulator/control/wasm_api.h"

namespace {

using plinto::polar::Timestamp;
using plinto::polar::emulator::EmulatorCalls;

std::map<int, EmulatorCalls>& Emulators() {
  static std::map<int, EmulatorCalls> emulators;
  return emulators;
}

Timestamp At(double microseconds) { return {static_cast<std::int64_t>(microseconds)}; }

template <class Act>
std::string With(int number, Act act) {
  const auto found = Emulators().find(number);
  if (found != Emulators().end()) return act(found->second);
  return plinto::polar::FailureEnvelope(
      {.code = plinto::polar::ErrorCode::kNotFound, .message = "This emulator is closed, or was never opened."});
}

// Value: the emulator's number.
std::string Open(const std::string& config, double now) {
  static int last = 0;
  auto read = plinto::polar::emulator::ReadConfig(config);
  if (!read) return plinto::polar::FailureEnvelope(read.error());
  const auto start = plinto::polar::emulator::ReadStart(now);
  if (!start) return plinto::polar::FailureEnvelope(start.error());
  Emulators().try_emplace(++last, *std::move(read), *start);
  return plinto::polar::SuccessEnvelope(last);
}

std::string Describe(int number) {
  return With(number, [](const EmulatorCalls& calls) { return calls.Describe(); });
}

std::string Handle(int number, const std::string& request, double now) {
  return With(number, [&](EmulatorCalls& calls) { return calls.Handle(request, At(now)); });
}

std::string Goal(int number, const std::string& wish) {
  return With(number, [&](const EmulatorCalls& calls) { return calls.Goal(wish); });
}

std::string TakeDue(int number, double now, double signed_at) {
  return With(number, [&](EmulatorCalls& calls) { return calls.TakeDue(At(now), At(signed_at)); });
}

std::string Delivered(int number, const std::string& delivery, const std::string& outcome, double now) {
  return With(number, [&](EmulatorCalls& calls) { return calls.OnDelivered(delivery, outcome, At(now)); });
}

void Close(int number) { Emulators().erase(number); }

}  // namespace

EMSCRIPTEN_BINDINGS(plinto_polar_emulator) {
  emscripten::function("emulatorOpen", &Open);
  emscripten::function("emulatorDescribe", &Describe);
  emscripten::function("emulatorHandle", &Handle);
  emscripten::function("emulatorGoal", &Goal);
  emscripten::function("emulatorTakeDue", &TakeDue);
  emscripten::function("emulatorDelivered", &Delivered);
  emscripten::function("emulatorClose", &Close);
}
