// One description per type, declared beside the struct. It gives each field its name on the wire, its member, a
// sentence and a constraint, and a published type its own sentence.
//
// The JSON codec (codec.h), validation, the TypeScript types and the OpenAPI document all read it. A struct with a
// member `Json extra` keeps what the description does not name: fields that Polar adds survive a round trip.
#pragma once

#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

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
  /// Values that are known today; others are accepted. For the generated types, never for decoding.
  std::span<const std::string_view> known = {};
};

inline constexpr Constraint kAny = {};
inline constexpr Constraint kUuid = {.format = Constraint::Format::kUuid};
inline constexpr Constraint kUrl = {.format = Constraint::Format::kUrl, .min_length = 1, .max_length = 2'083};
constexpr Constraint Length(std::int64_t min, std::int64_t max) { return {.min_length = min, .max_length = max}; }
constexpr Constraint Known(std::span<const std::string_view> texts) { return {.known = texts}; }
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

/// Whether callers write a type or read it: optional input also takes `undefined`, and refuses fields without a name.
enum class Direction : std::uint8_t { kInput, kOutput };

/// What TypeScript and the OpenAPI document say of a type, which they call by its C++ name (type_name.h).
struct Published {
  std::string_view doc;  ///< empty for a type that has no name there
  Direction direction;
};
constexpr Published Input(std::string_view doc) { return {doc, Direction::kInput}; }
constexpr Published Output(std::string_view doc) { return {doc, Direction::kOutput}; }

/// The fields of a type. Flat, where a std::tuple would nest one class per field, which is most of what a file that
/// includes models then costs its compiler.
template <std::size_t kIndex, class Field>
struct FieldAt {
  Field field;
};
template <class Indexes, class... Fields>
struct FieldList;
template <std::size_t... kIndex, class... Fields>
struct FieldList<std::index_sequence<kIndex...>, Fields...> : FieldAt<kIndex, Fields>... {
  static constexpr std::size_t kSize = sizeof...(Fields);
  Published published;
  constexpr explicit FieldList(Published of, const Fields&... fields)
      : FieldAt<kIndex, Fields>{fields}..., published(of) {}

  template <class Visit>
  constexpr void ForEach(Visit&& visit) const {
    (visit(FieldAt<kIndex, Fields>::field), ...);
  }
};

template <class... Fields>
constexpr auto Describe(Published published, const Fields&... fields) {
  return FieldList<std::make_index_sequence<sizeof...(Fields)>, Fields...>(published, fields...);
}
template <class... Fields>
constexpr auto Describe(const Fields&... fields) {
  return Describe(Output(""), fields...);
}

/// The field of a description at a place.
template <std::size_t kIndex, class Field>
constexpr const Field& FieldOf(const FieldAt<kIndex, Field>& at) {
  return at.field;
}

/// Specialize for each struct: `template <> inline constexpr auto kDescription<T> = Describe(Field(...), ...);`, with
/// `Input("...")` or `Output("...")` before the fields of a published type.
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
  /// Any text is a value of an open enum.
  [[nodiscard]] std::string& text() { return text_; }
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

/// The value; nothing of a text that this version does not know.
template <class E>
[[nodiscard]] std::optional<E> ValueOf(const OpenEnum<E>& open) {
  for (std::size_t i = 0; i < std::size(kEnumTexts<E>); ++i) {
    if (kEnumTexts<E>[i] == open.text()) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace plinto::polar
