// Parts of request bodies that several nouns read alike: choices, times, lists of ids, text.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"
#include "emulator/api/answers.h"
#include "emulator/api/body.h"

namespace plinto::polar::emulator {

struct World;

/// `loc` with one more step.
[[nodiscard]] Json LocIn(Json loc, Json step);

/// One of the words, or an issue of type `enum`. Nothing when absent or null.
std::optional<std::string> ReadChoice(const BodyReader& reader, Issues& issues, std::string_view name,
                                      std::span<const std::string_view> words);
inline std::optional<std::string> ReadChoice(const BodyReader& reader, Issues& issues, std::string_view name,
                                             std::initializer_list<std::string_view> words) {
  return ReadChoice(reader, issues, name, std::span(words.begin(), words.size()));
}
/// Likewise of a member that may be absent, but not null.
std::optional<std::string> ReadSetChoice(const BodyReader& reader, Issues& issues, std::string_view name,
                                         std::span<const std::string_view> words);
inline std::optional<std::string> ReadSetChoice(const BodyReader& reader, Issues& issues, std::string_view name,
                                                std::initializer_list<std::string_view> words) {
  return ReadSetChoice(reader, issues, name, std::span(words.begin(), words.size()));
}
/// Likewise of a member that must be there.
std::optional<std::string> RequireChoice(BodyReader& reader, Issues& issues, std::string_view name,
                                         std::span<const std::string_view> words);
inline std::optional<std::string> RequireChoice(BodyReader& reader, Issues& issues, std::string_view name,
                                                std::initializer_list<std::string_view> words) {
  return RequireChoice(reader, issues, name, std::span(words.begin(), words.size()));
}
std::optional<Timestamp> ReadTime(const BodyReader& reader, Issues& issues, std::string_view name);
/// A list of UUIDs in lower case; issues stand at their place in the list. Nothing when absent or null.
std::optional<std::vector<std::string>> ReadIds(const BodyReader& reader, Issues& issues, std::string_view name);
/// Text of at least `min` and at most `max` code points (0: any), trimmed.
std::optional<std::string> ReadText(BodyReader& reader, Issues& issues, std::string_view name, std::size_t min,
                                    std::size_t max);

/// The filter `query`: part of the text, whatever its case. Admits all when absent.
[[nodiscard]] bool AdmitsSearch(const ListQuery& query, std::string_view text);
/// Likewise as SQL's LIKE, where `%` stands for any text, `_` for one letter and a backslash makes them letters: so
/// Polar searches products, benefits, checkouts, discounts and meters.
enum class Case : std::uint8_t { kIgnored, kKept };
[[nodiscard]] bool AdmitsPattern(const ListQuery& query, std::string_view text, Case letters = Case::kIgnored);
/// A filter that is true or false. Admits all when absent.
[[nodiscard]] bool AdmitsFlag(const ListQuery& query, std::string_view name, bool value);
/// A pair of filters such as `started_after` and `started_before`, both exclusive. Without a time nothing is between.
[[nodiscard]] bool AdmitsBetween(const ListQuery& query, std::string_view after, std::string_view before,
                                 const std::optional<Timestamp>& at);

inline constexpr std::int64_t kMaxInt32 = 2'147'483'647;

}  // namespace plinto::polar::emulator
