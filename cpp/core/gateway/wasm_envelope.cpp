#include "core/gateway/wasm_envelope.h"

#include "core/gateway/error_body.h"

namespace plinto::polar {

std::string SuccessEnvelope(Json value) {
  Json envelope = EmptyObject();
  SetMember(envelope, "ok", true);
  SetMember(envelope, "value", std::move(value));
  return DumpJson(envelope);
}

std::string FailureEnvelope(const Error& error) {
  Json envelope = EmptyObject();
  SetMember(envelope, "ok", false);
  SetMember(envelope, "error", ErrorToJson(error));
  return DumpJson(envelope);
}

}  // namespace plinto::polar
