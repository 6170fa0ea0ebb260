// The bodies of PATCH /v1/subscriptions/{id} and of its portal twin: unions told apart by their members.
//
// A body that fits no member of the union is refused as Pydantic refuses it: with what each member has against it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "core/foundation/http.h"
#include "core/foundation/json.h"

namespace plinto::polar::emulator {

struct World;
struct Subscription;
class Issues;

// Nothing when done, else Polar's first refusal: the body's or the path's, that there is no subscription, or the
// rules'.
[[nodiscard]] std::optional<HttpResponse> ApplyUpdate(World& world, Subscription* found, const Json& body,
                                                      const Issues& path);
[[nodiscard]] std::optional<HttpResponse> ApplyPortalUpdate(World& world, Subscription* found, const Json& body,
                                                            const Issues& path);

/// What a customer may give as the reason for leaving.
[[nodiscard]] std::span<const std::string_view> CancellationReasons();

}  // namespace plinto::polar::emulator
