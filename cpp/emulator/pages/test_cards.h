// The test cards, as the pages take and list them.
#pragma once

#include <string>
#include <string_view>

namespace plinto::polar::emulator {

/// The confirmation token that a card number stands for; empty when it is no test card.
[[nodiscard]] std::string_view TokenOfCard(std::string_view number);
/// The test cards as a list, for a hint: `4242 4242 4242 4242 pays`.
[[nodiscard]] std::string CardList();

}  // namespace plinto::polar::emulator
