// The bodies of PATCH /v1/subscriptions/{id} and of its portal twin: unions told apart by their members.
//
// A body that fits no member of the union is refused as Pydantic refuses it: with what each member has against it.
#pragma once

#include <optional>

#include "core/foundation/http.h"
#include "core/foundation/json.h"

namespace plinto::polar::emulator {

struct World;
struct Subscription;

// Nothing when done, else Polar's refusal.
[[nodiscard]] std::optional<HttpResponse> ApplyUpdate(World& world, Subscription& subscription, const Json& body);
[[nodiscard]] std::optional<HttpResponse> ApplyPortalUpdate(World& world, Subscription& subscription, const Json& body);

}  // namespace plinto::polar::emulator
