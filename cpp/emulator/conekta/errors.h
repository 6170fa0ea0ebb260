// Conekta's error bodies: a type by status, and one detail for each thing that is wrong, in the request's language.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/http.h"
#include "core/foundation/json.h"

namespace plinto::polar::emulator {
struct World;
}  // namespace plinto::polar::emulator

namespace plinto::polar::emulator::conekta {

/// For people: `Accept-Language` chooses, Spanish is the default.
struct Words {
  std::string spanish;
  std::string english;
};

struct Detail {
  std::string code;  ///< Without `conekta.errors.` before it.
  Words message;
  std::string param = {};
  std::string debug = {};  ///< Empty: the English message.
};

[[nodiscard]] HttpResponse Failure(World& world, const HttpRequest& request, int status, std::vector<Detail> details,
                                   Json data = nullptr);
/// 404. `noun`: `Order`
[[nodiscard]] HttpResponse NotFound(World& world, const HttpRequest& request, std::string_view noun,
                                    std::string_view id);
/// 422 for one member, or for what is wanted of a thing in its present state.
[[nodiscard]] HttpResponse Invalid(World& world, const HttpRequest& request, std::string_view code,
                                   std::string_view param, Words message);
/// 428: the order has a charge that waits or is paid.
[[nodiscard]] HttpResponse AlreadyCharged(World& world, const HttpRequest& request);
/// 402 for a card that was refused, with the order.
[[nodiscard]] HttpResponse CardDeclined(World& world, const HttpRequest& request, std::string_view failure_code,
                                        Json order);
/// 501: Conekta has it, the emulator does not.
[[nodiscard]] HttpResponse Lacking(World& world, const HttpRequest& request, std::string_view what);

/// What a failed charge says about itself.
[[nodiscard]] Words DeclineWords(std::string_view failure_code);

}  // namespace plinto::polar::emulator::conekta
