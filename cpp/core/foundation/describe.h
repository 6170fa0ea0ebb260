// One description per type: the name on the wire, the member, a sentence and a constraint, declared beside the struct.
//
// The JSON codec (codec.h), validation and, later, the TypeScript types and the OpenAPI document all read it. A struct
// with a member `Json extra` keeps what the description does not name: fields that Polar adds survive a round trip.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

namespace plinto::polar {

/// What a value must satisfy beyond its type. Unset bounds do not bind. Lengths count Unicode code points.
struct Constraint {
  enum class Format : std::uint8_t { kNone, kUuid, kUrl };
  Format format = Format::kNone;
  std::int64_t min_length = 0;
  std::int64_t max_length = -1;
  std::int64_t minimum = INT64_MIN;
  std::int64_t maximum = INT64_MAX;
  std::int64_t min_items = 0;
  std::int64_t max_items = -1;
};

inline constexpr Constraint kAny = {};
inline constexpr Constraint kUuid = {.format = Constraint::Format::kUuid};
inline constexpr Constraint kUrl = {.format = Constraint::Format::kUrl, .min_length = 1, .max_length = 2'083};
constexpr Constraint Length(std::int64_t min, std::int64_t max) { return {.min_length = min, .max_length = max}; }
constexpr Constraint Range(std::int64_t min, std::int64_t max) { return {.minimum = min, .maximum = max}; }

template <class Owner, class Member>
struct FieldDescription {
  std::string_view name;
  Member Owner::*member;
  std::string_view doc;
  Constraint constraint;
};

template <class Owner, class Member>
constexpr FieldDescription<Owner, Member> Field(std::string_view name, Member Owner::*member, std::string_view doc,
                                                Constraint constraint = kAny) {
  return {name, member, doc, constraint};
}

template <class... Fields>
constexpr auto Describe(Fields... fields) {
  return std::tuple<Fields...>(fields...);
}

/// Specialize for each struct: `template <> inline constexpr auto kDescription<T> = Describe<T>(Field(...), ...);`
template <class T>
inline constexpr auto kDescription = nullptr;

template <class T>
concept Described = !std::is_same_v<std::remove_cvref_t<decltype(kDescription<T>)>, std::nullptr_t>;

/// Specialize for each enum whose values Polar may extend: the texts, in the enum's order.
template <class E>
inline constexpr auto kEnumTexts = nullptr;

/// An enum value that keeps its text, so that a value which this version does not know is not lost.
template <class E>
class OpenEnum {
 public:
  OpenEnum() = default;
  OpenEnum(E value) : text_(kEnumTexts<E>[static_cast<std::size_t>(value)]) {}
  explicit OpenEnum(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool known() const {
    for (const std::string_view text : kEnumTexts<E>) {
      if (text == text_) return true;
    }
    return false;
  }
  bool operator==(E value) const { return text_ == kEnumTexts<E>[static_cast<std::size_t>(value)]; }
  bool operator==(std::string_view text) const { return text_ == text; }
  bool operator==(const OpenEnum&) const = default;

 private:
  std::string text_;
};

}  // namespace plinto::polar
