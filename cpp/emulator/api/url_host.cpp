#include "emulator/api/url_host.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/foundation/text.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

using Points = std::vector<std::uint32_t>;

// The code points of UTF-8; nothing when it is none.
std::optional<Points> PointsOf(std::string_view text) {
  Points points;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t size = byte < 0x80 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 0;
    if (size == 0 || i + size > text.size()) return std::nullopt;
    std::uint32_t point = size == 1 ? byte : byte & (0xFFU >> (size + 1));
    for (std::size_t j = 1; j < size; ++j) {
      point = (point << 6U) | (static_cast<unsigned char>(text[i + j]) & 0x3FU);
    }
    points.push_back(point);
    i += size;
  }
  return points;
}

bool IsWithin(std::uint32_t point, std::uint32_t first, std::uint32_t last) { return point >= first && point <= last; }

std::uint32_t LowerOf(std::uint32_t point) {
  if (IsWithin(point, 'A', 'Z') || (IsWithin(point, 0xC0, 0xDE) && point != 0xD7)) return point + 32;
  // Latin with marks: capitals are even, or odd in two stretches.
  if (IsWithin(point, 0x139, 0x148) || IsWithin(point, 0x179, 0x17E)) return point + point % 2;
  if (point == 0x178) return 0xFF;
  if (IsWithin(point, 0x100, 0x177) && point != 0x130 && point != 0x138) return point | 1U;
  if (IsWithin(point, 0x391, 0x3AB)) return point + 32;
  if (IsWithin(point, 0x400, 0x40F)) return point + 80;
  if (IsWithin(point, 0x410, 0x42F)) return point + 32;
  return point;
}

// The name's code points, mapped.
Points MappedOf(const Points& name) {
  constexpr std::array<std::uint32_t, 4> kLeftOut = {0xAD, 0x200B, 0x2060, 0xFEFF};
  constexpr std::array<std::uint32_t, 2> kStops = {0x3002, 0xFF61};
  Points mapped;
  for (std::uint32_t point : name) {
    if (std::find(kLeftOut.begin(), kLeftOut.end(), point) != kLeftOut.end()) continue;
    if (std::find(kStops.begin(), kStops.end(), point) != kStops.end()) point = '.';
    if (IsWithin(point, 0xFF01, 0xFF5E)) point -= 0xFF01 - '!';
    mapped.push_back(LowerOf(point));
  }
  return mapped;
}

char DigitOf(std::uint32_t value) { return static_cast<char>(value < 26 ? 'a' + value : '0' + value - 26); }

// One label: as it is, or in Punycode (RFC 3492).
std::string AsciiLabel(const Points& points) {
  std::string basic;
  for (const std::uint32_t point : points) {
    if (point < 0x80) basic += static_cast<char>(point);
  }
  if (basic.size() == points.size()) return basic;
  std::string code = "xn--" + basic + (basic.empty() ? "" : "-");
  constexpr std::uint32_t kBase = 36;
  constexpr std::uint32_t kMost = 26;
  std::uint32_t next = 0x80;
  std::uint32_t bias = 72;
  std::uint32_t delta = 0;
  auto done = static_cast<std::uint32_t>(basic.size());
  while (done < points.size()) {
    std::uint32_t least = UINT32_MAX;
    for (const std::uint32_t point : points) least = point >= next && point < least ? point : least;
    delta += (least - next) * (done + 1);
    next = least;
    for (const std::uint32_t point : points) {
      if (point < next) ++delta;
      if (point != next) continue;
      std::uint32_t rest = delta;
      for (std::uint32_t k = kBase;; k += kBase) {
        const std::uint32_t threshold = k <= bias ? 1 : k >= bias + kMost ? kMost : k - bias;
        if (rest < threshold) break;
        code += DigitOf(threshold + (rest - threshold) % (kBase - threshold));
        rest = (rest - threshold) / (kBase - threshold);
      }
      code += DigitOf(rest);
      delta = done == basic.size() ? delta / 700 : delta / 2;
      delta += delta / (done + 1);
      std::uint32_t k = 0;
      for (; delta > (kBase - 1) * kMost / 2; k += kBase) delta /= kBase - 1;
      bias = k + kBase * delta / (delta + 38);
      delta = 0;
      ++done;
    }
    ++delta;
    ++next;
  }
  return code;
}

std::vector<std::string_view> Split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (std::size_t end = text.find(at); end != kNone; end = text.find(at)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

bool HasOnly(std::string_view text, std::string_view letters) { return text.find_first_not_of(letters) == kNone; }

constexpr std::string_view kDecimal = "0123456789";
constexpr std::string_view kHex = "0123456789abcdef";

// 127, 0x7f or 0177, in lower case; nothing when it is no number or beyond 32 bits.
std::optional<std::uint64_t> NumberIn(std::string_view text) {
  std::size_t base = 10;
  if (text.empty()) return std::nullopt;
  if (text.starts_with("0x")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text.front() == '0') {
    base = 8;
  }
  std::uint64_t number = 0;
  for (const char c : text) {
    const std::size_t digit = kHex.find(c);
    if (digit >= base || number > UINT32_MAX) return std::nullopt;
    number = number * base + digit;
  }
  return number;
}

// The name's last label is a number: then it is an IPv4 address or nothing.
bool EndsInNumber(const std::vector<std::string_view>& parts) {
  const std::string_view last = parts.back();
  if (last.empty()) return false;
  return HasOnly(last, kDecimal) || (last.starts_with("0x") && HasOnly(last.substr(2), kHex));
}

std::optional<std::uint32_t> Ipv4In(const std::vector<std::string_view>& parts) {
  if (parts.size() > 4) return std::nullopt;
  std::uint64_t address = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto number = NumberIn(parts[i]);
    const bool last = i + 1 == parts.size();
    const std::uint64_t room = last ? std::uint64_t{1} << (8 * (5 - parts.size())) : 256;
    if (!number || *number >= room) return std::nullopt;
    address = address * room + *number;
  }
  return static_cast<std::uint32_t>(address);
}

std::string Ipv4Text(std::uint32_t address) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += (text.empty() ? "" : ".") + std::to_string((address >> static_cast<unsigned>(shift)) & 255U);
  }
  return text;
}

// Four plain numbers, without zeros before them.
std::optional<std::uint32_t> PlainIpv4In(std::string_view text) {
  const std::vector<std::string_view> bytes = Split(text, '.');
  const bool plain = bytes.size() == 4 && std::all_of(bytes.begin(), bytes.end(), [](std::string_view byte) {
                       return HasOnly(byte, kDecimal) && (byte.size() == 1 || !byte.starts_with('0'));
                     });
  return plain ? Ipv4In(bytes) : std::nullopt;
}

using Pieces = std::vector<std::uint32_t>;

// Pieces of 16 bits between colons; an IPv4 address may be the last two.
std::optional<Pieces> PiecesIn(std::string_view text, bool may_end_in_ipv4) {
  Pieces pieces;
  if (text.empty()) return pieces;
  const std::vector<std::string_view> parts = Split(text, ':');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string_view part = parts[i];
    if (may_end_in_ipv4 && i + 1 == parts.size() && part.find('.') != kNone) {
      const auto address = PlainIpv4In(part);
      if (!address) return std::nullopt;
      pieces.push_back(*address >> 16U);
      pieces.push_back(*address & 0xFFFFU);
      continue;
    }
    if (part.empty() || part.size() > 4 || !HasOnly(part, kHex)) return std::nullopt;
    std::uint32_t piece = 0;
    for (const char c : part) piece = piece * 16 + static_cast<std::uint32_t>(kHex.find(c));
    pieces.push_back(piece);
  }
  return pieces;
}

std::optional<Pieces> Ipv6In(std::string_view text) {
  constexpr std::size_t kPieces = 8;
  const std::size_t gap = text.find("::");
  auto pieces = PiecesIn(text.substr(0, gap), gap == kNone);
  if (!pieces) return std::nullopt;
  if (gap != kNone) {
    const auto after = PiecesIn(text.substr(gap + 2), true);
    if (!after || pieces->size() + after->size() >= kPieces) return std::nullopt;
    pieces->resize(kPieces - after->size());
    pieces->insert(pieces->end(), after->begin(), after->end());
  }
  return pieces->size() == kPieces ? pieces : std::nullopt;
}

std::string HexText(std::uint32_t piece) {
  std::string text;
  for (; piece != 0 || text.empty(); piece /= 16) text.insert(0, 1, kHex[piece % 16]);
  return text;
}

// The first of the longest rows of zeros is left out.
std::string Ipv6Text(const Pieces& pieces) {
  std::size_t gap = 0;
  std::size_t longest = 1;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    std::size_t end = i;
    while (end < pieces.size() && pieces[end] == 0) ++end;
    if (end - i <= longest) continue;
    gap = i;
    longest = end - i;
  }
  std::string text;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (longest > 1 && i == gap) {
      text += "::";
      i += longest - 1;
      continue;
    }
    if (!text.empty() && !text.ends_with(':')) text += ":";
    text += HexText(pieces[i]);
  }
  return text;
}

UrlHost ReadIpv6(std::string_view text) {
  const bool closed = text.size() > 2 && text.ends_with(']');
  const auto pieces = closed ? Ipv6In(ToLowerAscii(text.substr(1, text.size() - 2))) : std::nullopt;
  if (!pieces) return {{}, "Input should be a valid URL, invalid IPv6 address"};
  return {"[" + Ipv6Text(*pieces) + "]"};
}

}  // namespace

UrlHost ReadUrlHost(std::string_view text) {
  constexpr std::string_view kNoName = "Input should be a valid URL, invalid international domain name";
  if (text.starts_with('[')) return ReadIpv6(text);
  const auto decoded = PercentDecode(text, false);
  const auto points = decoded ? PointsOf(*decoded) : std::nullopt;
  if (!points) return {{}, kNoName};
  std::string name;
  Points label;
  for (const std::uint32_t point : MappedOf(*points)) {
    if (point != '.') {
      label.push_back(point);
      continue;
    }
    name += AsciiLabel(label) + ".";
    label.clear();
  }
  name += AsciiLabel(label);
  if (name.empty()) return {{}, "Input should be a valid URL, empty host"};
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7F || std::string_view("#/:<>?@[\\]^|%").find(c) != kNone) return {{}, kNoName};
  }
  std::vector<std::string_view> parts = Split(name, '.');
  if (parts.size() > 1 && parts.back().empty()) parts.pop_back();
  if (!EndsInNumber(parts)) return {std::move(name)};
  const auto address = Ipv4In(parts);
  if (!address) return {{}, "Input should be a valid URL, invalid IPv4 address"};
  return {Ipv4Text(*address)};
}

std::optional<std::string> ToIpAddress(std::string_view text) {
  if (const auto address = PlainIpv4In(text)) return Ipv4Text(*address);
  const auto pieces = Ipv6In(ToLowerAscii(text));
  return pieces ? std::optional(Ipv6Text(*pieces)) : std::nullopt;
}

}  // namespace plinto::polar::emulator
