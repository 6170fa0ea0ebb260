// Polar's emulator, for `@plinto/polar/testing` in process and for `npx @plinto/polar` behind a port. JSON text goes
// in, an envelope comes out.
//
// See emulator/control/wasm_api.h for the contract. Emulators are numbered; `emulatorClose` forgets one. Times are Unix
// microseconds: a double holds them exactly until the year 2255.
#include <emscripten/bind.h>

#include <map>
#include <memory>
#include <string>

#include "core/foundation/json.h"
#include "core/gateway/wasm_envelope.h"
#include "emulator/control/wasm_api.h"

namespace {

using plinto::polar::Timestamp;
using plinto::polar::emulator::EmulatorCalls;

using Emulators = std::map<int, std::unique_ptr<EmulatorCalls>>;

Emulators& All() {
  static Emulators emulators;
  return emulators;
}

Timestamp At(double microseconds) { return {static_cast<std::int64_t>(microseconds)}; }

template <class Act>
std::string With(int number, Act act) {
  const auto found = All().find(number);
  if (found != All().end()) return act(*found->second);
  return plinto::polar::FailureEnvelope(
      {.code = plinto::polar::ErrorCode::kNotFound, .message = "This emulator is closed, or was never opened."});
}

std::string Keep(std::unique_ptr<EmulatorCalls> calls) {
  static int last = 0;
  All().emplace(++last, std::move(calls));
  return plinto::polar::SuccessEnvelope(last);
}

// Value: the emulator's number.
std::string Open(const std::string& config, double now) {
  auto read = plinto::polar::emulator::ReadConfig(config);
  if (!read) return plinto::polar::FailureEnvelope(read.error());
  const auto start = plinto::polar::emulator::ReadStart(now);
  if (!start) return plinto::polar::FailureEnvelope(start.error());
  return Keep(std::make_unique<EmulatorCalls>(*std::move(read), *start));
}

// The same, for a program.
std::string OpenProgram(const std::string& settings, double now) {
  auto opened = EmulatorCalls::OpenProgram(settings, At(now));
  if (!opened) return plinto::polar::FailureEnvelope(opened.error());
  return Keep(*std::move(opened));
}

std::string CheckFlags(const std::string& flags) { return plinto::polar::emulator::CheckFlagsText(flags); }

std::string Describe(int number) {
  return With(number, [](EmulatorCalls& calls) { return calls.Describe(); });
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

void Close(int number) { All().erase(number); }

}  // namespace

EMSCRIPTEN_BINDINGS(plinto_polar_emulator) {
  emscripten::function("emulatorCheckFlags", &CheckFlags);
  emscripten::function("emulatorOpenProgram", &OpenProgram);
  emscripten::function("emulatorOpen", &Open);
  emscripten::function("emulatorDescribe", &Describe);
  emscripten::function("emulatorHandle", &Handle);
  emscripten::function("emulatorGoal", &Goal);
  emscripten::function("emulatorTakeDue", &TakeDue);
  emscripten::function("emulatorDelivered", &Delivered);
  emscripten::function("emulatorClose", &Close);
}
