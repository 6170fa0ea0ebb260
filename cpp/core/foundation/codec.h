// JSON to described structs and back (describe.h), with validation whose errors name the field.
//
// Lenient in what others may add, strict in what the rules need: unknown fields go into `extra` (or are refused by
// name, for requests), unknown enum texts are kept, required fields must be there with the right type.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "core/foundation/describe.h"
#include "core/foundation/json.h"
#include "core/foundation/number.h"
#include "core/foundation/one_of.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar {

/// How described names are written: as on the wire (`success_url`) or as in JavaScript (`successUrl`).
enum class NameStyle : std::uint8_t { kWire, kCamel };
/// What happens to members that the description does not name.
enum class UnknownFields : std::uint8_t { kKeep, kRefuse };

struct DecodeOptions {
  NameStyle style = NameStyle::kWire;
  UnknownFields unknown = UnknownFields::kKeep;
};

namespace codec {

// The leaves. Each is compiled once (codec.cpp); the templates below only walk.
[[nodiscard]] Status DecodeLeaf(const Json& json, std::string& out, const Constraint& constraint);
[[nodiscard]] Status DecodeLeaf(const Json& json, bool& out, const Constraint& constraint);
[[nodiscard]] Status DecodeLeaf(const Json& json, std::int64_t& out, const Constraint& constraint);
[[nodiscard]] Status DecodeLeaf(const Json& json, double& out, const Constraint& constraint);
[[nodiscard]] Status DecodeLeaf(const Json& json, Number& out, const Constraint& constraint);
[[nodiscard]] Status DecodeLeaf(const Json& json, Timestamp& out, const Constraint& constraint);
[[nodiscard]] Status DecodeLeaf(const Json& json, Json& out, const Constraint& constraint);
[[nodiscard]] Status CheckItems(std::size_t count, const Constraint& constraint);
[[nodiscard]] Error WrongType(std::string_view expected);
[[nodiscard]] Error MissingField(std::string_view name);
[[nodiscard]] Error RefusedField(const std::string& name);
[[nodiscard]] std::string StyledName(std::string_view name, NameStyle style);
[[nodiscard]] bool NameMatches(std::string_view described, std::string_view key, NameStyle style);
[[nodiscard]] const Json* FindStyled(const Json& json, std::string_view described, NameStyle style);
[[nodiscard]] Json EncodeLeaf(Timestamp at);

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
concept HasExtra = requires(T& value) {
  value.extra;
};

template <class T>
[[nodiscard]] Status DecodeInto(const Json& json, T& out, const Constraint& constraint, const DecodeOptions& options);

template <class T>
[[nodiscard]] Status DecodeValue(const Json& json, std::vector<T>& out, const Constraint& constraint,
                                 const DecodeOptions& options) {
  const auto* array = json.get_ptr<const Json::array_t*>();
  if (array == nullptr) return WrongType("a list");
  if (Status status = CheckItems(array->size(), constraint); !status) return status;
  out.clear();
  out.reserve(array->size());
  for (const Json& item : *array) {
    if (Status status = DecodeInto(item, out.emplace_back(), constraint, options); !status) {
      return WithFieldPrefix(std::move(status).error(), "[" + std::to_string(out.size() - 1) + "]");
    }
  }
  return Done{};
}

template <class E>
[[nodiscard]] Status DecodeValue(const Json& json, OpenEnum<E>& out, const Constraint& constraint,
                                 const DecodeOptions&) {
  std::string text;
  if (Status status = DecodeLeaf(json, text, constraint); !status) return status;
  out = OpenEnum<E>(std::move(text));
  return Done{};
}

template <class T>
requires requires(const Json& json, T& out, const Constraint& constraint) { DecodeLeaf(json, out, constraint); }
[[nodiscard]] Status DecodeValue(const Json& json, T& out, const Constraint& constraint, const DecodeOptions&) {
  return DecodeLeaf(json, out, constraint);
}

/// `Base` is `Owner` or what it derives from: shapes of one union share the description of their common fields.
template <class Owner, class Base, class Member>
[[nodiscard]] Status DecodeField(const Json& json, Owner& owner, const FieldDescription<Base, Member>& field,
                                 const DecodeOptions& options) {
  const Json* member = FindStyled(json, field.name, options.style);
  Member& out = owner.*field.member;
  Status status = Done{};
  if constexpr (kIsOptional<Member>) {
    out.reset();
    if (member == nullptr) return status;
    if (member->is_null()) {
      // Absent and null differ on the wire; remembering the null keeps a round trip exact.
      if constexpr (HasExtra<Owner>) SetMember(owner.extra, field.name, nullptr);
      return status;
    }
    status = DecodeInto(*member, out.emplace(), field.constraint, options);
  } else {
    if (member == nullptr) return MissingField(StyledName(field.name, options.style));
    status = DecodeInto(*member, out, field.constraint, options);
  }
  if (!status) return WithFieldPrefix(std::move(status).error(), StyledName(field.name, options.style));
  return status;
}

template <Described T>
[[nodiscard]] Status DecodeValue(const Json& json, T& out, const Constraint&, const DecodeOptions& options) {
  const auto* object = json.get_ptr<const Json::object_t*>();
  if (object == nullptr) return WrongType("an object");
  if constexpr (HasExtra<T>) out.extra = nullptr;
  Status status = Done{};
  std::apply(
      [&](const auto&... field) {
        static_cast<void>(((status = DecodeField(json, out, field, options), status.ok()) && ...));
      },
      kDescription<T>);
  if (!status) return status;
  for (const auto& member : *object) {
    const std::string& key = member.first;  // clang can not capture structured bindings
    const bool named = std::apply(
        [&](const auto&... field) { return (NameMatches(field.name, key, options.style) || ...); }, kDescription<T>);
    if (named) continue;
    if (options.unknown == UnknownFields::kRefuse) return RefusedField(key);
    if constexpr (HasExtra<T>) SetMember(out.extra, key, member.second);
  }
  return status;
}

template <class... Shapes>
[[nodiscard]] Status DecodeValue(const Json& json, OneOf<Shapes...>& out, const Constraint& constraint,
                                 const DecodeOptions& options) {
  Status status = Done{};
  const auto decode_if_tagged = [&](auto shape) {
    using Shape = decltype(shape);
    const Json* tag = FindStyled(json, kTag<Shape>.name, options.style);
    const auto* text = tag == nullptr ? nullptr : tag->get_ptr<const std::string*>();
    if (text == nullptr || *text != kTag<Shape>.text) return false;
    status = DecodeInto(json, shape, constraint, options);
    if (status) out = OneOf<Shapes...>(std::move(shape));
    return true;
  };
  if (!(decode_if_tagged(Shapes{}) || ...)) out = OneOf<Shapes...>::Unknown(json);
  return status;
}

template <class T>
Status DecodeInto(const Json& json, T& out, const Constraint& constraint, const DecodeOptions& options) {
  return DecodeValue(json, out, constraint, options);
}

template <class T>
[[nodiscard]] Json EncodeValue(const T& value, NameStyle style) {
  if constexpr (Described<T>) {
    Json json = Json::object();
    std::apply(
        [&](const auto&... field) {
          [[maybe_unused]] const auto encode_field = [&](const auto& one) {
            const auto& member = value.*one.member;
            if constexpr (kIsOptional<std::remove_cvref_t<decltype(member)>>) {
              if (member) SetMember(json, StyledName(one.name, style), EncodeValue(*member, style));
            } else {
              SetMember(json, StyledName(one.name, style), EncodeValue(member, style));
            }
          };
          (encode_field(field), ...);
        },
        kDescription<T>);
    if constexpr (HasExtra<T>) {
      if (const auto* extra = value.extra.template get_ptr<const Json::object_t*>()) {
        for (const auto& [key, extra_value] : *extra) {
          const std::string name = extra_value.is_null() ? StyledName(key, style) : key;
          if (FindMember(json, name) == nullptr) SetMember(json, name, extra_value);
        }
      }
    }
    return json;
  } else if constexpr (kIsOneOf<T>) {
    return value.Visit([style](const auto& shape) { return EncodeValue(shape, style); });
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    return EncodeLeaf(value);
  } else if constexpr (std::is_same_v<T, Number>) {
    return value.json();
  } else if constexpr (requires { value.text(); }) {
    return value.text();
  } else if constexpr (requires {
                         typename T::value_type;
                         value.data();
                       } &&
                       !std::is_same_v<T, std::string> && !std::is_same_v<T, Json>) {
    Json json = Json::array();
    auto& items = *json.template get_ptr<Json::array_t*>();
    for (const auto& item : value) items.push_back(EncodeValue(item, style));
    return json;
  } else {
    return value;
  }
}

}  // namespace codec

/// Reads a described struct. Errors: VALIDATION_FAILED or UNKNOWN_FIELD, naming the field.
template <Described T>
[[nodiscard]] Result<T> Decode(const Json& json, DecodeOptions options = {}) {
  T value = {};
  if (Status status = codec::DecodeInto(json, value, kAny, options); !status) return std::move(status).error();
  return value;
}

/// Parses and reads. Errors: those of ParseJson and of Decode(const Json&).
template <Described T>
[[nodiscard]] Result<T> DecodeText(std::string_view text, DecodeOptions options = {}) {
  Result<Json> json = ParseJson(text);
  if (!json) return std::move(json).error();
  return Decode<T>(*json, options);
}

template <Described T>
[[nodiscard]] Json Encode(const T& value, NameStyle style = NameStyle::kWire) {
  return codec::EncodeValue(value, style);
}

/// Checks a struct that was built in code against its own description. Errors: VALIDATION_FAILED, naming the field.
template <Described T>
[[nodiscard]] Status Validate(const T& value) {
  Result<T> checked = Decode<T>(Encode(value));
  if (!checked) return std::move(checked).error();
  return Done{};
}

}  // namespace plinto::polar
