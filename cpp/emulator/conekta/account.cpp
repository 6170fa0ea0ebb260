#include "emulator/conekta/account.h"

#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {

std::string NewId(World& world, std::string_view prefix) {
  // As Conekta's: without the letters that look alike.
  constexpr std::string_view kLetters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  constexpr std::size_t kLength = 15;
  std::string id(prefix);
  id += "2z";
  for (std::size_t i = 0; i < kLength; ++i) id += kLetters[world.conekta.random.Next() % kLetters.size()];
  return id;
}

std::string NewHexId(World& world) { return NewHexId(world.conekta.random); }

std::string NewHexId(Random& random) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::size_t kLength = 24;
  std::string id;
  for (std::size_t i = 0; i < kLength; ++i) id += kDigits[random.Next() % kDigits.size()];
  return id;
}

std::string NewDigits(World& world, std::size_t count) {
  std::string digits;
  for (std::size_t i = 0; i < count; ++i) digits += static_cast<char>('0' + world.conekta.random.Next() % 10);
  return digits;
}

}  // namespace plinto::polar::emulator::conekta
