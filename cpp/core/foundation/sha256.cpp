#include "core/foundation/sha256.h"

#include <cstring>

// g++ alone can ask a processor for them without a header of its own.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define PLINTO_POLAR_SHA_INSTRUCTIONS 1
#endif

namespace plinto::polar {
namespace {

constexpr std::array<std::uint32_t, 64> kRoundConstants = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

constexpr std::size_t kBlockSize = 64;

constexpr std::uint32_t RotateRight(std::uint32_t word, unsigned count) {
  return word >> count | word << (32U - count);
}

std::uint32_t LoadWord(const unsigned char* p) {
  return static_cast<std::uint32_t>(p[0]) << 24U | static_cast<std::uint32_t>(p[1]) << 16U |
         static_cast<std::uint32_t>(p[2]) << 8U | static_cast<std::uint32_t>(p[3]);
}

#ifdef PLINTO_POLAR_SHA_INSTRUCTIONS
using Words = std::uint32_t __attribute__((vector_size(16)));
using Signed = int __attribute__((vector_size(16)));

// The same rounds by the processor's own instructions, four to five times as fast.
__attribute__((target("sha,sse4.1"))) void CompressByInstructions(std::array<std::uint32_t, 8>& state,
                                                                  const unsigned char* block) {
  const auto [a, b, c, d, e, f, g, h] = state;
  Words abef = {f, e, b, a};
  Words cdgh = {h, g, d, c};
  const Words before[2] = {abef, cdgh};
  Words w[4] = {};
  for (std::size_t i = 0; i < 16; ++i) {
    Words& next = w[i % 4];
    if (i < 4) {
      const unsigned char* p = block + i * 16;
      next = Words{LoadWord(p), LoadWord(p + 4), LoadWord(p + 8), LoadWord(p + 12)};
    } else {
      const Words last = w[(i + 3) % 4];
      const Words seven_back = __builtin_shufflevector(w[(i + 2) % 4], last, 1, 2, 3, 4);
      next = Words(__builtin_ia32_sha256msg1(Signed(next), Signed(w[(i + 1) % 4]))) + seven_back;
      next = Words(__builtin_ia32_sha256msg2(Signed(next), Signed(last)));
    }
    const Words constants = {kRoundConstants[i * 4], kRoundConstants[i * 4 + 1], kRoundConstants[i * 4 + 2],
                             kRoundConstants[i * 4 + 3]};
    const Words sum = next + constants;
    cdgh = Words(__builtin_ia32_sha256rnds2(Signed(cdgh), Signed(abef), Signed(sum)));
    const Words upper = __builtin_shufflevector(sum, sum, 2, 3, 0, 1);
    abef = Words(__builtin_ia32_sha256rnds2(Signed(abef), Signed(cdgh), Signed(upper)));
  }
  abef += before[0];
  cdgh += before[1];
  state = {abef[3], abef[2], cdgh[3], cdgh[2], abef[1], abef[0], cdgh[1], cdgh[0]};
}
#endif

}  // namespace

void Sha256::Compress(const unsigned char* block) {
#ifdef PLINTO_POLAR_SHA_INSTRUCTIONS
  static const bool has_instructions = __builtin_cpu_supports("sha") != 0;
  if (has_instructions) return CompressByInstructions(state_, block);
#endif
  std::array<std::uint32_t, 64> w;
  for (std::size_t i = 0; i < 16; ++i) {
    w[i] = LoadWord(block + i * 4);
  }
  for (std::size_t i = 16; i < 64; ++i) {
    const std::uint32_t s0 = RotateRight(w[i - 15], 7) ^ RotateRight(w[i - 15], 18) ^ w[i - 15] >> 3U;
    const std::uint32_t s1 = RotateRight(w[i - 2], 17) ^ RotateRight(w[i - 2], 19) ^ w[i - 2] >> 10U;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  auto [a, b, c, d, e, f, g, h] = state_;
  for (std::size_t i = 0; i < 64; ++i) {
    const std::uint32_t s1 = RotateRight(e, 6) ^ RotateRight(e, 11) ^ RotateRight(e, 25);
    const std::uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + kRoundConstants[i] + w[i];
    const std::uint32_t s0 = RotateRight(a, 2) ^ RotateRight(a, 13) ^ RotateRight(a, 22);
    const std::uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  const std::array<std::uint32_t, 8> rounds = {a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < 8; ++i) state_[i] += rounds[i];
}

void Sha256::Update(std::string_view bytes) {
  std::size_t filled = length_ % kBlockSize;
  length_ += bytes.size();
  while (!bytes.empty()) {
    if (filled == 0 && bytes.size() >= kBlockSize) {
      Compress(reinterpret_cast<const unsigned char*>(bytes.data()));
      bytes.remove_prefix(kBlockSize);
      continue;
    }
    const std::size_t taken = std::min(bytes.size(), kBlockSize - filled);
    std::memcpy(buffer_.data() + filled, bytes.data(), taken);
    bytes.remove_prefix(taken);
    filled = (filled + taken) % kBlockSize;
    if (filled == 0) Compress(buffer_.data());
  }
}

std::string Sha256::Finish() {
  const std::uint64_t bit_length = length_ * 8;
  const std::size_t filled = length_ % kBlockSize;
  const std::size_t zeros = (filled < 56 ? 56 : 120) - filled;
  std::string padding(zeros + 8, '\0');
  padding[0] = static_cast<char>(0x80);
  for (unsigned i = 0; i < 8; ++i) padding[zeros + i] = static_cast<char>(bit_length >> (56U - 8U * i) & 255U);
  Update(padding);
  std::string digest(32, '\0');
  for (std::size_t i = 0; i < 32; ++i) digest[i] = static_cast<char>(state_[i / 4] >> (24U - 8U * (i % 4)) & 255U);
  return digest;
}

std::string DigestSha256(std::string_view bytes) {
  Sha256 hash;
  hash.Update(bytes);
  return hash.Finish();
}

std::string SignHmacSha256(std::string_view key, std::span<const std::string_view> parts) {
  std::string block = key.size() > kBlockSize ? DigestSha256(key) : std::string(key);
  block.resize(kBlockSize, '\0');
  for (char& c : block) c = static_cast<char>(c ^ 0x36);
  Sha256 inner;
  inner.Update(block);
  for (const std::string_view part : parts) inner.Update(part);
  for (char& c : block) c = static_cast<char>(c ^ 0x36 ^ 0x5c);
  Sha256 outer;
  outer.Update(block);
  outer.Update(inner.Finish());
  return outer.Finish();
}

}  // namespace plinto::polar
