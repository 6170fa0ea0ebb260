#include "server/config/unknown_settings.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/foundation/text.h"

namespace plinto::polar::server {
namespace {

constexpr std::size_t kShortestCompared = 8;  // HOST and PORT are near to too much
constexpr std::size_t kFar = 3;
constexpr std::array<std::string_view, 6> kOwnWords = {"POLAR_",        "PLINTO_", "CONEKTA_",
                                                       "ENTITLEMENTS_", "RATE_",   "APP_"};
constexpr std::string_view kTenant = "TENANT_";

bool Contains(std::span<const std::string> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string_view WithoutTenant(std::string_view name) {
  return name.starts_with(kTenant) ? name.substr(kTenant.size()) : name;
}

/// `POLAR_API_` of POLAR_API_URL: the first two words, where the first is ours. `RATE_LIMIT_` of RATE_LIMIT_PER_USER.
std::string_view FamilyOf(std::string_view name) {
  const std::string_view bare = WithoutTenant(name);
  const bool is_own =
      std::any_of(kOwnWords.begin(), kOwnWords.end(), [&](std::string_view word) { return bare.starts_with(word); });
  if (!is_own) return {};
  const std::size_t first = bare.find('_');
  const std::size_t second = bare.find('_', first + 1);
  const std::size_t length = name.size() - bare.size();
  return second == std::string_view::npos ? name : name.substr(0, length + second + 1);
}

/// Letters to be added, dropped or replaced; 3 where there are more than two.
std::size_t Distance(std::string_view left, std::string_view right) {
  if (left.size() > right.size() + 2 || right.size() > left.size() + 2) return kFar;
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t j = 0; j <= right.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return std::min(row.back(), kFar);
}

std::string UpperAscii(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return upper;
}

/// The setting that was meant, if one that is not set is near.
std::string Meant(std::span<const std::string> known, std::span<const std::string> set, const std::string& name) {
  for (const std::string& one : known) {
    if (one.size() < kShortestCompared || Contains(set, one)) continue;
    if (Distance(UpperAscii(name), one) < kFar) return one;
  }
  return {};
}

}  // namespace

UnknownSettings FindUnknownSettings(std::span<const std::string> known, std::span<const std::string> set) {
  UnknownSettings found;
  for (const std::string& name : set) {
    if (Contains(known, name)) continue;
    if (const std::string meant = Meant(known, set, name); !meant.empty()) {
      found.problems.push_back(name + " is no setting. Did you mean " + meant + "? Correct it, or unset it.");
      continue;
    }
    const bool is_family = std::any_of(known.begin(), known.end(), [&](const std::string& one) {
      const std::string_view family = FamilyOf(one);
      return family.ends_with('_') && name.starts_with(family);
    });
    if (is_family) {
      found.problems.push_back(name + " is no setting. Unset it, or correct its spelling.");
    } else if ((name.starts_with("POLAR_") || name.starts_with("PLINTO_") || name.starts_with("CONEKTA_")) &&
               !name.starts_with("POLAR_EMULATOR_")) {
      found.warnings.push_back(name);
    }
  }
  return found;
}

}  // namespace plinto::polar::server
