// A model of Polar's as TypeScript text, read from its C++ type at compile time: the run-time tables leave out the
// texts of enums and the shapes of unions, for the sake of size. Internal to core/schema.
#pragma once

#include <string>
#include <string_view>

#include "core/foundation/codec.h"
#include "core/foundation/type_name.h"

namespace plinto::polar::schema {

/// What TypeScript calls a published model: its C++ name behind `Webhook`.
template <class T>
std::string WebhookName() {
  static_assert(TypeName<T>().find('<') == std::string_view::npos, "a published type has a name of its own");
  return "Webhook" + std::string(TypeName<T>());
}

/// Empty for a struct that is written where it is used. A struct that holds itself must be published.
template <class T>
constexpr Published PublishedOf() {
  if constexpr (codec::NamedUnion<T>) {
    return T::kPublished;
  } else {
    return kDescription<T>.published;
  }
}

template <class T>
struct TypeText;  // not defined for types that no description may use

/// The type of a member. `field` is its name, `indent` that of its line.
template <class T>
std::string TextOf(std::string_view field, const std::string& indent) {
  return TypeText<T>::Print(field, indent);
}

/// `'a' | 'b'`, as a type that also takes what Polar adds.
template <class Texts>
std::string OpenUnion(const Texts& texts) {
  std::string joined;
  for (const std::string_view text : texts) joined += (joined.empty() ? "'" : " | '") + std::string(text) + "'";
  return "Open<" + joined + ">";
}

template <>
struct TypeText<std::string> {
  static std::string Print(std::string_view, const std::string&) { return "string"; }
};
template <>
struct TypeText<Timestamp> : TypeText<std::string> {};
template <>
struct TypeText<bool> {
  static std::string Print(std::string_view, const std::string&) { return "boolean"; }
};
template <>
struct TypeText<std::int64_t> {
  static std::string Print(std::string_view, const std::string&) { return "number"; }
};
template <>
struct TypeText<double> : TypeText<std::int64_t> {};
template <>
struct TypeText<Decimal> : TypeText<std::int64_t> {};
template <>
struct TypeText<Number> : TypeText<std::int64_t> {};
template <>
struct TypeText<Json> {
  static std::string Print(std::string_view field, const std::string&) {
    const bool is_record = field.ends_with("metadata") || field.ends_with("_data") || field.ends_with("properties");
    if (field == "amounts") return "Record<string, number>";
    return is_record ? "Record<string, unknown>" : "unknown";
  }
};
template <class E>
struct TypeText<OpenEnum<E>> {
  static std::string Print(std::string_view, const std::string&) { return OpenUnion(kEnumTexts<E>); }
};
template <class T>
struct TypeText<std::optional<T>> {
  static std::string Print(std::string_view field, const std::string& indent) {
    const std::string text = TextOf<T>(field, indent);
    return text == "unknown" ? text : text + " | null";
  }
};
template <class T>
struct TypeText<std::vector<T>> {
  static std::string Print(std::string_view field, const std::string& indent) {
    return TextOf<T>(field, indent) + "[]";
  }
};

/// The members of a described struct, a sentence and a line each. The tag of a union's shape is its one text.
template <Described T>
std::string MembersOf(const std::string& indent) {
  std::string out;
  const auto print = [&]<class Owner, class Member>(const FieldDescription<Owner, Member>& field) {
    std::string type = TextOf<Member>(field.name, indent);
    if (field.name == kTag<T>.name) type = "'" + std::string(kTag<T>.text) + "'";
    out += indent + "/** " + std::string(field.doc) + " */\n" + indent + std::string(field.name);
    out += (codec::kIsOptional<Member> ? "?: " : ": ") + type + ";\n";
  };
  kDescription<T>.ForEach(print);
  return out + indent + "[field: string]: unknown;\n";
}

/// A struct that is not published is written where it is used.
template <class T>
struct TypeText {
  static std::string Print(std::string_view, const std::string& indent) {
    if constexpr (PublishedOf<T>().doc.empty()) {
      return "{\n" + MembersOf<T>(indent + "  ") + indent + "}";
    } else {
      return WebhookName<T>();
    }
  }
};

template <class Union>
struct Shapes;
template <class... Shape>
struct Shapes<OneOf<Shape...>> {
  static std::string Print() {
    std::string out;
    ((out += "\n  | " + WebhookName<Shape>()), ...);
    return out;
  }
};

/// One exported interface, or union of interfaces that are exported too.
template <class T>
std::string PrintModel() {
  static_assert(!PublishedOf<T>().doc.empty(), "a published type has a sentence");
  const std::string opening = "\n/** " + std::string(PublishedOf<T>().doc) + " */\nexport ";
  if constexpr (codec::NamedUnion<T>) {
    return opening + "type " + WebhookName<T>() + " =" + Shapes<typename T::Union>::Print() + ";\n";
  } else {
    return opening + "interface " + WebhookName<T>() + " {\n" + MembersOf<T>("  ") + "}\n";
  }
}

}  // namespace plinto::polar::schema
