#include "emulator/machine/random.h"

#include "core/foundation/text.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::string_view kBase62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

std::uint32_t Crc32(std::string_view bytes) {
  std::uint32_t crc = 0xFFFF'FFFF;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB8'8320U : 0U);
  }
  return ~crc;
}

}  // namespace

// SplitMix64 (Steele, Lea, Flood 2014): tiny, and equal on every platform, which std's distributions are not.
std::uint64_t Random::Next() {
  state_ += 0x9E37'79B9'7F4A'7C15;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58'476D'1CE4'E5B9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D0'49BB'1331'11EB;
  return mixed ^ (mixed >> 31);
}

double Random::Fraction() { return static_cast<double>(Next() >> 11) / 9'007'199'254'740'992.0; }

Random Random::Branch(std::string_view name) const {
  // Scrambled once, so that no stream is a later part of another.
  return Random(Random(state_ ^ Crc32(name)).Next());
}

std::string Random::Uuid() {
  if (!pinned_.empty()) return std::exchange(pinned_, std::string());
  std::string bytes;
  for (int half = 0; half < 2; ++half) {
    const std::uint64_t word = Next();
    for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>((word >> shift) & 0xFF);
  }
  return UuidFromEntropy(ToHex(bytes));
}

std::string Random::Letters(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += static_cast<char>('A' + Next() % 26);
  return text;
}

std::string Random::Token(std::string_view prefix) {
  std::string body;
  for (int i = 0; i < 37; ++i) body += kBase62[Next() % 62];
  std::string checksum(6, '0');
  std::uint32_t rest = Crc32(body);
  for (std::size_t i = 6; i-- > 0; rest /= 62) checksum[i] = kBase62[rest % 62];
  return std::string(prefix) + body + checksum;
}

}  // namespace plinto::polar::emulator
