#include "core/foundation/secret_strength.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/foundation/text.h"

namespace plinto::polar {
namespace {

// Only where they stand between separators: random text has any letters side by side.
constexpr std::array<std::string_view, 9> kPlaceholderWords = {
    "your", "changeme", "change", "replace", "placeholder", "example", "insert", "todo", "dummy"};

std::string_view WithoutPrefix(std::string_view secret) {
  for (const std::string_view prefix : {"whsec_", "polar_oat_", "polar_pat_"}) {
    if (secret.starts_with(prefix)) return secret.substr(prefix.size());
  }
  return secret;
}

bool IsPlaceholder(std::string_view text) {
  if (text.empty() || text.find("...") != std::string_view::npos ||
      text.find("\xE2\x80\xA6") != std::string_view::npos) {
    return true;
  }
  if (text.front() == '<' || text.front() == '{' || text.front() == '$') return true;
  const std::string lower = ToLowerAscii(text);
  std::string_view rest = lower;
  while (!rest.empty()) {
    const std::size_t end = rest.find_first_of("_- ");
    const std::string_view word = rest.substr(0, end);
    if (std::find(kPlaceholderWords.begin(), kPlaceholderWords.end(), word) != kPlaceholderWords.end()) return true;
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return false;
}

}  // namespace

std::string WeaknessOf(std::string_view secret, std::size_t shortest, std::size_t fewest) {
  const std::string_view text = WithoutPrefix(secret);
  if (IsPlaceholder(text)) return "is a placeholder, not a secret. Put the real one in its place.";
  if (std::set<char>(text.begin(), text.end()).size() < fewest) {
    return "repeats the same few characters and can be guessed. Use a random one.";
  }
  if (secret.size() >= shortest) return {};
  return "is shorter than " + std::to_string(shortest) + " characters and can be guessed. Use a longer one.";
}

}  // namespace plinto::polar
