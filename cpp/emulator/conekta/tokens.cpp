#include "emulator/conekta/tokens.h"

#include "emulator/conekta/errors.h"
#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {

std::variant<Card, HttpResponse> TakeToken(World& world, const HttpRequest& request, std::string_view token_id,
                                           std::string_view param) {
  if (const TestCard* known = FindTestToken(token_id)) return CardOf(known->number, "Ana Ruiz", "12", "40");
  Token* token = world.conekta.tokens.Find(token_id);
  if (token == nullptr) {
    return Invalid(world, request, "payment_method.token_id.nonexistent_token", param,
                   {"El token no existe.", "The token does not exist."});
  }
  if (token->used) {
    Detail detail = {"processing.tokenization.used",
                     {"La tarjeta no pudo ser procesada.", "The card could not be processed."}};
    detail.debug = "The token has already been used.";
    return Failure(world, request, 402, {std::move(detail)});
  }
  token->used = true;
  return token->card;
}

}  // namespace plinto::polar::emulator::conekta
