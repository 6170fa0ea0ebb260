// One of several described shapes, told apart by the text of a member: a price by `amount_type`, a benefit by `type`.
//
// Open at the end: what bears a tag that this version does not know stays as its JSON and survives a round trip.
#pragma once

#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "core/foundation/json.h"

namespace plinto::polar {

struct Tag {
  std::string_view name;  ///< of the member, on the wire
  std::string_view text;
};

/// Specialize for each shape of a union.
template <class Shape>
inline constexpr Tag kTag = {};

/// A union has a name of its own: `struct Price : OneOf<FixedPrice, CustomPrice> { using OneOf::OneOf; };`
template <class... Shapes>
class OneOf {
 public:
  using Union = OneOf;

  OneOf() = default;
  template <class Shape>
  requires(std::is_same_v<Shape, Shapes> || ...) OneOf(Shape shape)
      : value_(std::in_place_type<Shape>, std::move(shape)) {}
  [[nodiscard]] static OneOf Unknown(Json json) {
    OneOf unknown;
    unknown.unknown_ = std::move(json);
    return unknown;
  }

  /// The value as one shape, or null when it is another.
  template <class Shape>
  [[nodiscard]] const Shape* As() const {
    return std::get_if<Shape>(&value_);
  }
  /// The value as what its shapes have in common, or null when its tag is not known.
  template <class Base>
  [[nodiscard]] const Base* AsAny() const {
    const Base* base = nullptr;
    static_cast<void>(((base = As<Shapes>(), base != nullptr) || ...));
    return base;
  }
  /// The JSON of a value whose tag is not known, or null.
  [[nodiscard]] const Json* unknown() const { return value_.index() == 0 ? &unknown_ : nullptr; }

  /// Calls `visitor` with the shape, or with the JSON, and returns what it returns.
  template <class Visitor>
  [[nodiscard]] Json Visit(const Visitor& visitor) const {
    Json result;
    if (!(VisitOne<Shapes>(visitor, result) || ...)) result = visitor(unknown_);
    return result;
  }

 private:
  template <class Shape, class Visitor>
  bool VisitOne(const Visitor& visitor, Json& result) const {
    const auto* shape = std::get_if<Shape>(&value_);
    if (shape != nullptr) result = visitor(*shape);
    return shape != nullptr;
  }

  std::variant<std::monostate, Shapes...> value_;
  Json unknown_;  // beside the shapes: g++ 12 takes a variant of Json for uninitialized
};

}  // namespace plinto::polar
