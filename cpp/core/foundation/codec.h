// JSON to described structs and back (describe.h), with validation whose errors name the field.
//
// Lenient in what others may add, strict in what the rules need: unknown fields go into `extra` (or are refused by
// name, for requests), unknown enum texts are kept, required fields must be there with the right type.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/foundation/decimal.h"
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

// What the walker in codec.cpp needs to know of a type. A described struct costs a table of these and no code of its
// own: the walker is compiled once, which halves the Wasm module against one instantiation per struct.

enum class Kind : std::uint8_t { kText, kBool, kInteger, kDouble, kDecimal, kTimestamp, kJson, kList, kObject, kOther };

struct TypeTable;

struct OptionalAccess {
  void (*reset)(void* optional);
  void* (*emplace)(void* optional);
  const void* (*find)(const void* optional);  ///< null when it holds nothing
};

struct ListAccess {
  void (*clear)(void* list);
  void* (*append)(void* list);
  const void* (*find)(const void* list, std::size_t index);  ///< null past the end
};

struct FieldTable {
  std::string_view name;
  void* (*member)(void* owner);
  const OptionalAccess* optional;  ///< null for a required field
  const TypeTable* type;
  Constraint constraint;
};

struct TypeTable {
  Kind kind;
  const ListAccess* list = nullptr;         ///< of kList
  const TypeTable* item = nullptr;          ///< of kList
  std::span<const FieldTable> fields = {};  ///< of kObject
  Json* (*extra)(void* owner) = nullptr;    ///< of kObject, where it has one
  /// Of kOther, which knows best itself.
  Status (*decode)(const Json& json, void* out, const DecodeOptions& options) = nullptr;
  Json (*encode)(const void* value, NameStyle style) = nullptr;
};

/// `out` points to what `type` describes.
[[nodiscard]] Status DecodeAny(const Json& json, void* out, const TypeTable& type, const Constraint& constraint,
                               const DecodeOptions& options);
[[nodiscard]] Json EncodeAny(const void* value, const TypeTable& type, NameStyle style);
/// True if the member of that described name is that text.
[[nodiscard]] bool HasText(const Json& json, std::string_view described, std::string_view text, NameStyle style);

template <class T>
struct KindOf;  // of a leaf; not defined for types that no description may use
template <>
struct KindOf<std::string> {
  static constexpr Kind kValue = Kind::kText;
};
template <>
struct KindOf<bool> {
  static constexpr Kind kValue = Kind::kBool;
};
template <>
struct KindOf<std::int64_t> {
  static constexpr Kind kValue = Kind::kInteger;
};
template <>
struct KindOf<double> {
  static constexpr Kind kValue = Kind::kDouble;
};
template <>
struct KindOf<Decimal> {
  static constexpr Kind kValue = Kind::kDecimal;
};
template <>
struct KindOf<Timestamp> {
  static constexpr Kind kValue = Kind::kTimestamp;
};
template <>
struct KindOf<Json> {
  static constexpr Kind kValue = Kind::kJson;
};

template <class T>
concept HasExtra = requires(T& value) {
  value.extra;
};
template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsList = false;
template <class T>
inline constexpr bool kIsList<std::vector<T>> = true;

/// The address that the walker is given: an open enum is a text to it.
template <class T>
void* Erase(T& value) {
  return &value;
}
template <class E>
void* Erase(OpenEnum<E>& value) {
  return &value.text();
}
template <class T>
concept NamedUnion = requires {
  typename T::Union;
}
&&!std::is_same_v<T, typename T::Union>;
template <NamedUnion T>
void* Erase(T& value) {
  return static_cast<typename T::Union*>(&value);
}

template <class T>
struct AccessOptional {
  static void Reset(void* optional) { static_cast<std::optional<T>*>(optional)->reset(); }
  static void* Emplace(void* optional) { return Erase(static_cast<std::optional<T>*>(optional)->emplace()); }
  static const void* Find(const void* optional) {
    auto* typed = const_cast<std::optional<T>*>(static_cast<const std::optional<T>*>(optional));
    return typed->has_value() ? Erase(**typed) : nullptr;
  }
};
template <class T>
inline constexpr OptionalAccess kOptionalAccess = {AccessOptional<T>::Reset, AccessOptional<T>::Emplace,
                                                   AccessOptional<T>::Find};

template <class T>
struct AccessList {
  static void Clear(void* list) { static_cast<std::vector<T>*>(list)->clear(); }
  static void* Append(void* list) { return Erase(static_cast<std::vector<T>*>(list)->emplace_back()); }
  static const void* Find(const void* list, std::size_t index) {
    auto* typed = const_cast<std::vector<T>*>(static_cast<const std::vector<T>*>(list));
    return index < typed->size() ? Erase((*typed)[index]) : nullptr;
  }
};
template <class T>
inline constexpr ListAccess kListAccess = {AccessList<T>::Clear, AccessList<T>::Append, AccessList<T>::Find};

template <class T>
struct TypeOf;
template <class T>
inline constexpr TypeTable kType = TypeOf<T>::Make();

template <class T>
struct TypeOf {
  static constexpr TypeTable Make() { return {.kind = KindOf<T>::kValue}; }
};
template <class E>
struct TypeOf<OpenEnum<E>> {
  static constexpr TypeTable Make() { return {.kind = Kind::kText}; }
};
template <class T>
struct TypeOf<std::vector<T>> {
  static constexpr TypeTable Make() { return {.kind = Kind::kList, .list = &kListAccess<T>, .item = &kType<T>}; }
};

template <class Owner, std::size_t kIndex>
struct AccessField {
  static constexpr auto kField = FieldOf<kIndex>(kDescription<Owner>);
  using Member = std::remove_cvref_t<decltype(std::declval<Owner&>().*kField.member)>;

  static void* Get(void* owner) {
    Member& member = static_cast<Owner*>(owner)->*kField.member;
    if constexpr (kIsOptional<Member>) {
      return &member;
    } else {
      return Erase(member);
    }
  }
  static constexpr FieldTable Make() {
    Constraint constraint = kField.constraint;
    constraint.known = {};  // keeps the texts out of the binary
    if constexpr (kIsOptional<Member>) {
      using Value = typename Member::value_type;
      return {kField.name, Get, &kOptionalAccess<Value>, &kType<Value>, constraint};
    } else {
      return {kField.name, Get, nullptr, &kType<Member>, constraint};
    }
  }
};
template <class T>
inline constexpr auto kFields = []<std::size_t... kIndex>(std::index_sequence<kIndex...>) {
  return std::array<FieldTable, sizeof...(kIndex)>{AccessField<T, kIndex>::Make()...};
}
(std::make_index_sequence<kDescription<T>.kSize>());

template <Described T>
struct TypeOf<T> {
  static Json* Extra(void* owner) requires HasExtra<T> { return &static_cast<T*>(owner)->extra; }
  static constexpr TypeTable Make() {
    TypeTable table{.kind = Kind::kObject, .fields = kFields<T>};
    if constexpr (HasExtra<T>) table.extra = Extra;
    return table;
  }
};

template <>
struct TypeOf<Number> {
  static Status DecodeNumber(const Json& json, void* out, const DecodeOptions& options);
  static Json EncodeNumber(const void* value, NameStyle style);
  static constexpr TypeTable Make() { return {.kind = Kind::kOther, .decode = DecodeNumber, .encode = EncodeNumber}; }
};

template <class... Shapes>
struct TypeOf<OneOf<Shapes...>> {
  using Union = OneOf<Shapes...>;

  template <class Shape>
  static bool DecodeIfTagged(const Json& json, Union& out, const DecodeOptions& options, Status& status) {
    if (!HasText(json, kTag<Shape>.name, kTag<Shape>.text, options.style)) return false;
    Shape shape = {};
    status = DecodeAny(json, &shape, kType<Shape>, kAny, options);
    if (status) out = Union(std::move(shape));
    return true;
  }
  static Status DecodeUnion(const Json& json, void* out, const DecodeOptions& options) {
    auto& value = *static_cast<Union*>(out);
    Status status = Done{};
    if (!(DecodeIfTagged<Shapes>(json, value, options, status) || ...)) value = Union::Unknown(json);
    return status;
  }
  static Json EncodeUnion(const void* value, NameStyle style) {
    return static_cast<const Union*>(value)->Visit([style](const auto& shape) {
      using Shape = std::remove_cvref_t<decltype(shape)>;
      return EncodeAny(&shape, kType<Shape>, style);
    });
  }
  static constexpr TypeTable Make() { return {.kind = Kind::kOther, .decode = DecodeUnion, .encode = EncodeUnion}; }
};

template <NamedUnion T>
struct TypeOf<T> : TypeOf<typename T::Union> {};

/// Reads what a description may use: a struct, a leaf, a list or a union.
template <class T>
[[nodiscard]] Status DecodeInto(const Json& json, T& out, const Constraint& constraint, const DecodeOptions& options) {
  return DecodeAny(json, Erase(out), kType<T>, constraint, options);
}

template <class T>
[[nodiscard]] Json EncodeValue(const T& value, NameStyle style) {
  return EncodeAny(Erase(const_cast<T&>(value)), kType<T>, style);
}

}  // namespace codec

/// Reads a described struct. Errors: VALIDATION_FAILED or UNKNOWN_FIELD, naming the field.
template <Described T>
[[nodiscard]] Result<T> Decode(const Json& json, DecodeOptions options = {}) {
  T value = {};
  if (Status status = codec::DecodeAny(json, &value, codec::kType<T>, kAny, options); !status)
    return std::move(status).error();
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
