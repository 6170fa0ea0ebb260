#include "core/foundation/codec.h"

#include "core/foundation/text.h"
#include "core/foundation/url.h"

namespace plinto::polar::codec {
namespace {

Error Invalid(std::string message) { return ValidationError("", std::move(message)); }

Error WrongType(const char* expected) { return Invalid(std::string("Must be ") + expected + "."); }

// `verb` and `unit` make the sentence.
Error OutOfBounds(bool is_less, std::int64_t least, std::int64_t most, std::string verb, const char* unit) {
  verb += is_less ? " at least " : " at most ";
  return Invalid(verb + std::to_string(is_less ? least : most) + unit);
}

// The bounds that hold for a length, a value or a count.
Status CheckBounds(std::int64_t value, std::int64_t least, std::int64_t most, const char* verb, const char* unit) {
  if (value >= least && value <= most) return Done{};
  return OutOfBounds(value < least, least, most, verb, unit);
}

// An unset upper bound is negative.
std::int64_t UpperBound(std::int64_t bound) { return bound < 0 ? INT64_MAX : bound; }

Status CheckDecimal(const Decimal& value, const Constraint& constraint) {
  const auto held = value.AsDouble();
  if (!held) {
    return Invalid("Has more digits than Polar keeps. Round it: 15 digits always fit.");
  }
  const bool is_less = *held < static_cast<double>(constraint.minimum);
  if (!is_less && *held <= static_cast<double>(constraint.maximum)) return Done{};
  return OutOfBounds(is_less, constraint.minimum, constraint.maximum, "Must be", ".");
}

Status CheckText(const std::string& text, const Constraint& constraint) {
  if (constraint.format == Constraint::Format::kUuid && !IsUuid(text)) {
    return Invalid("Must be a UUID.");
  }
  if (constraint.format == Constraint::Format::kUrl && !ParseUrl(text)) {
    return Invalid("Must be an absolute http or https URL of at most 2083 characters.");
  }
  return CheckBounds(static_cast<std::int64_t>(CountCodePoints(text)), constraint.min_length,
                     UpperBound(constraint.max_length), "Must have", " characters.");
}

std::string StyledName(std::string_view name, NameStyle style) {
  return style == NameStyle::kWire ? std::string(name) : SnakeToCamel(name);
}

// Where `described` is spelled as `key` in that style.
bool IsSpelled(std::string_view described, std::string_view key, NameStyle style) {
  return style == NameStyle::kWire ? described == key : SnakeToCamel(described) == key;
}

Status DecodeList(const Json& json, void* out, const TypeTable& type, const Constraint& constraint,
                  const DecodeOptions& options) {
  const auto* array = json.get_ptr<const Json::array_t*>();
  if (array == nullptr) return WrongType("a list");
  if (Status status = CheckBounds(static_cast<std::int64_t>(array->size()), constraint.min_items,
                                  UpperBound(constraint.max_items), "Must have", " items.");
      !status) {
    return status;
  }
  type.list->clear(out);
  std::size_t index = 0;
  for (const Json& item : *array) {
    if (Status status = DecodeAny(item, type.list->append(out), *type.item, constraint, options); !status) {
      return WithFieldPrefix(std::move(status).error(), "[" + std::to_string(index) + "]");
    }
    ++index;
  }
  return Done{};
}

Status DecodeField(const Json& json, void* owner, const TypeTable& type, const FieldTable& field,
                   const DecodeOptions& options) {
  const std::string name = StyledName(field.name, options.style);
  const Json* member = FindMember(json, name);
  void* out = field.member(owner);
  if (field.optional != nullptr) {
    field.optional->reset(out);
    if (member == nullptr) return Done{};
    if (member->is_null()) {
      // Absent and null differ on the wire; remembering the null keeps a round trip exact.
      if (type.extra != nullptr) SetMember(*type.extra(owner), field.name, nullptr);
      return Done{};
    }
    out = field.optional->emplace(out);
  } else if (member == nullptr) {
    return ValidationError(name, "The field `" + name + "` is required. Add it.");
  }
  Status status = DecodeAny(*member, out, *field.type, field.constraint, options);
  if (!status) return WithFieldPrefix(std::move(status).error(), name);
  return status;
}

bool Names(const TypeTable& type, std::string_view key, NameStyle style) {
  for (const FieldTable& field : type.fields) {
    if (IsSpelled(field.name, key, style)) return true;
  }
  return false;
}

Status DecodeObject(const Json& json, void* out, const TypeTable& type, const DecodeOptions& options) {
  const auto* object = json.get_ptr<const Json::object_t*>();
  if (object == nullptr) return WrongType("an object");
  Json* extra = type.extra == nullptr ? nullptr : type.extra(out);
  if (extra != nullptr) *extra = nullptr;
  for (const FieldTable& field : type.fields) {
    if (Status status = DecodeField(json, out, type, field, options); !status) return status;
  }
  if (extra == nullptr && options.unknown == UnknownFields::kKeep) return Done{};
  for (const auto& [key, value] : *object) {
    if (Names(type, key, options.style)) continue;
    if (options.unknown == UnknownFields::kRefuse) {
      return Error{.code = ErrorCode::kUnknownField,
                   .message = "The field `" + key + "` is not known here. Remove it or correct its spelling.",
                   .field = key};
    }
    // Keys of an object differ: looking for each among the others would take time in the square of their number.
    if (!extra->is_object()) *extra = EmptyObject();
    static_cast<Json::object_t::Container&>(*extra->get_ptr<Json::object_t*>()).emplace_back(key, value);
  }
  return Done{};
}

Json EncodeObject(void* value, const TypeTable& type, NameStyle style) {
  Json json = EmptyObject();
  for (const FieldTable& field : type.fields) {
    const void* member = field.member(value);
    if (field.optional != nullptr) member = field.optional->find(member);
    if (member != nullptr) SetMember(json, StyledName(field.name, style), EncodeAny(member, *field.type, style));
  }
  if (type.extra == nullptr) return json;
  const auto* extra = type.extra(value)->get_ptr<const Json::object_t*>();
  if (extra == nullptr) return json;
  for (const auto& [key, extra_value] : *extra) {
    const std::string name = extra_value.is_null() ? StyledName(key, style) : key;
    if (FindMember(json, name) == nullptr) SetMember(json, name, extra_value);
  }
  return json;
}

}  // namespace

bool HasText(const Json& json, std::string_view described, std::string_view text, NameStyle style) {
  const std::string* member = FindString(json, StyledName(described, style));
  return member != nullptr && *member == text;
}

Status TypeOf<Number>::DecodeNumber(const Json& json, void* out, const DecodeOptions&) {
  const auto number = Number::FromJson(json);
  if (!number) return WrongType("a number");
  *static_cast<Number*>(out) = *number;
  return Done{};
}

Json TypeOf<Number>::EncodeNumber(const void* value, NameStyle) { return static_cast<const Number*>(value)->json(); }

Status DecodeAny(const Json& json, void* out, const TypeTable& type, const Constraint& constraint,
                 const DecodeOptions& options) {
  switch (type.kind) {
    case Kind::kText: {
      const auto* text = json.get_ptr<const std::string*>();
      if (text == nullptr) return WrongType("a string");
      *static_cast<std::string*>(out) = *text;
      return CheckText(*text, constraint);
    }
    case Kind::kBool: {
      const auto* value = json.get_ptr<const bool*>();
      if (value == nullptr) return WrongType("true or false");
      *static_cast<bool*>(out) = *value;
      return Done{};
    }
    case Kind::kInteger: {
      const auto value = AsInteger(json);
      if (!value) return WrongType("an integer");
      *static_cast<std::int64_t*>(out) = *value;
      return CheckBounds(*value, constraint.minimum, constraint.maximum, "Must be", ".");
    }
    case Kind::kDouble: {
      const auto* value = json.get_ptr<const Json::number_float_t*>();
      const auto integer = AsInteger(json);
      if (value == nullptr && !integer) return WrongType("a number");
      *static_cast<double*>(out) = value != nullptr ? *value : static_cast<double>(*integer);
      return Done{};
    }
    case Kind::kDecimal: {
      const auto value = Decimal::FromJson(json);
      if (!value) return Invalid("Must be a number, or its text, with at most 30 digits after the point.");
      *static_cast<Decimal*>(out) = *value;
      return CheckDecimal(*value, constraint);
    }
    case Kind::kTimestamp: {
      const auto* text = json.get_ptr<const std::string*>();
      const auto at = text == nullptr ? std::nullopt : ParseTimestamp(*text);
      if (!at) return Invalid("Must be a time with a time zone, such as 2026-11-22T06:00:00Z.");
      *static_cast<Timestamp*>(out) = *at;
      return Done{};
    }
    case Kind::kJson:
      *static_cast<Json*>(out) = json;
      return Done{};
    case Kind::kList:
      return DecodeList(json, out, type, constraint, options);
    case Kind::kOther:
      return type.decode(json, out, options);
    case Kind::kObject:
      break;
  }
  return DecodeObject(json, out, type, options);
}

Json EncodeAny(const void* value, const TypeTable& type, NameStyle style) {
  switch (type.kind) {
    case Kind::kText:
      return *static_cast<const std::string*>(value);
    case Kind::kBool:
      return *static_cast<const bool*>(value);
    case Kind::kInteger:
      return *static_cast<const std::int64_t*>(value);
    case Kind::kDouble:
      return *static_cast<const double*>(value);
    case Kind::kDecimal:
      return static_cast<const Decimal*>(value)->ToJson();
    case Kind::kTimestamp:
      return FormatTimestamp(*static_cast<const Timestamp*>(value));
    case Kind::kJson:
      return *static_cast<const Json*>(value);
    case Kind::kList: {
      Json json = EmptyArray();
      auto& items = *json.get_ptr<Json::array_t*>();
      for (std::size_t i = 0; const void* item = type.list->find(value, i); ++i) {
        items.push_back(EncodeAny(item, *type.item, style));
      }
      return json;
    }
    case Kind::kOther:
      return type.encode(value, style);
    case Kind::kObject:
      break;
  }
  return EncodeObject(const_cast<void*>(value), type, style);
}

}  // namespace plinto::polar::codec
