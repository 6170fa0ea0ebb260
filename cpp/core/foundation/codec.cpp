#include "core/foundation/codec.h"

#include "core/foundation/text.h"
#include "core/foundation/url.h"

namespace plinto::polar::codec {
namespace {

Error Invalid(std::string message) { return ValidationError("", std::move(message)); }

std::string TextOf(std::int64_t value) { return std::to_string(value); }

}  // namespace

Error WrongType(std::string_view expected) { return Invalid("Must be " + std::string(expected) + "."); }

Error MissingField(std::string_view name) {
  return ValidationError(std::string(name), "The field `" + std::string(name) + "` is required. Add it.");
}

Error RefusedField(const std::string& name) {
  return Error{.code = ErrorCode::kUnknownField,
               .message = "The field `" + name + "` is not known here. Remove it or correct its spelling.",
               .field = name};
}

std::string StyledName(std::string_view name, NameStyle style) {
  return style == NameStyle::kWire ? std::string(name) : SnakeToCamel(name);
}

bool NameMatches(std::string_view described, std::string_view key, NameStyle style) {
  return style == NameStyle::kWire ? described == key : SnakeToCamel(described) == key;
}

const Json* FindStyled(const Json& json, std::string_view described, NameStyle style) {
  return style == NameStyle::kWire ? FindMember(json, described) : FindMember(json, SnakeToCamel(described));
}

Status DecodeLeaf(const Json& json, std::string& out, const Constraint& constraint) {
  const auto* text = json.get_ptr<const std::string*>();
  if (text == nullptr) return WrongType("a string");
  if (constraint.format == Constraint::Format::kUuid && !IsUuid(*text)) {
    return Invalid("Must be a UUID such as 4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10.");
  }
  if (constraint.format == Constraint::Format::kUrl && !ParseUrl(*text)) {
    return Invalid("Must be an absolute http or https URL of at most 2083 characters.");
  }
  const auto length = static_cast<std::int64_t>(CountCodePoints(*text));
  if (length < constraint.min_length) {
    return Invalid("Must have at least " + TextOf(constraint.min_length) + " characters.");
  }
  if (constraint.max_length >= 0 && length > constraint.max_length) {
    return Invalid("Must have at most " + TextOf(constraint.max_length) + " characters.");
  }
  out = *text;
  return Done{};
}

Status DecodeLeaf(const Json& json, bool& out, const Constraint&) {
  const auto* value = json.get_ptr<const bool*>();
  if (value == nullptr) return WrongType("true or false");
  out = *value;
  return Done{};
}

Status DecodeLeaf(const Json& json, std::int64_t& out, const Constraint& constraint) {
  const auto value = AsInteger(json);
  if (!value) return WrongType("an integer");
  if (*value < constraint.minimum) return Invalid("Must be at least " + TextOf(constraint.minimum) + ".");
  if (*value > constraint.maximum) return Invalid("Must be at most " + TextOf(constraint.maximum) + ".");
  out = *value;
  return Done{};
}

Status DecodeLeaf(const Json& json, double& out, const Constraint&) {
  if (const auto* value = json.get_ptr<const Json::number_float_t*>()) {
    out = *value;
    return Done{};
  }
  const auto integer = AsInteger(json);
  if (!integer) return WrongType("a number");
  out = static_cast<double>(*integer);
  return Done{};
}

Status DecodeLeaf(const Json& json, Number& out, const Constraint&) {
  const auto number = Number::FromJson(json);
  if (!number) return WrongType("a number");
  out = *number;
  return Done{};
}

Status DecodeLeaf(const Json& json, Timestamp& out, const Constraint&) {
  const auto* text = json.get_ptr<const std::string*>();
  const auto at = text == nullptr ? std::nullopt : ParseTimestamp(*text);
  if (!at) return Invalid("Must be a time with a time zone, such as 2026-11-22T06:00:00Z.");
  out = *at;
  return Done{};
}

Status DecodeLeaf(const Json& json, Json& out, const Constraint&) {
  out = json;
  return Done{};
}

Status CheckItems(std::size_t count, const Constraint& constraint) {
  const auto items = static_cast<std::int64_t>(count);
  if (items < constraint.min_items) return Invalid("Must have at least " + TextOf(constraint.min_items) + " items.");
  if (constraint.max_items >= 0 && items > constraint.max_items) {
    return Invalid("Must have at most " + TextOf(constraint.max_items) + " items.");
  }
  return Done{};
}

Json EncodeLeaf(Timestamp at) { return FormatTimestamp(at); }

}  // namespace plinto::polar::codec
