#include "core/schema/typescript.h"

#include "core/foundation/text.h"
#include "core/schema/types.h"

namespace plinto::polar::schema {
namespace {

constexpr std::string_view kPrelude = R"(
/** A value that is listed today, or one that is added tomorrow. */
export type Open<Known extends string> = Known | (string & Record<never, never>);

/** What Polar keeps as metadata: at most 50 keys of at most 40 characters; texts of at most 500. No null, no nesting. */
export type Metadata = Record<string, string | number | boolean>;
)";

// JSON without a description of its own has a type by its field's name.
std::string_view TypeOfJson(std::string_view field) {
  if (field == "custom_field_data") return "Record<string, string | number | boolean | null>";
  return "Metadata";
}

std::string Union(std::span<const std::string_view> texts) {
  std::string joined;
  for (const std::string_view text : texts) {
    if (!joined.empty()) joined += " | ";
    joined += "'";
    joined += text;
    joined += "'";
  }
  return joined;
}

std::string TypeName(const codec::TypeTable& type, const Field& field, Direction direction) {
  switch (type.kind) {
    case codec::Kind::kText:
      return field.constraint.known.empty() ? "string" : "Open<" + Union(field.constraint.known) + ">";
    case codec::Kind::kTimestamp:
      return "string";
    case codec::Kind::kBool:
      return "boolean";
    case codec::Kind::kInteger:
    case codec::Kind::kDouble:
      return "number";
    case codec::Kind::kOther:
    case codec::Kind::kJson:
      return std::string(TypeOfJson(field.name));
    case codec::Kind::kList: {
      const std::string item = TypeName(*type.item, field, direction);
      return (direction == Direction::kInput ? "readonly " : "") + item + "[]";
    }
    case codec::Kind::kObject:
      break;
  }
  return std::string(NameOf(type));
}

// Other fields that a sentence names are spelled as in JavaScript.
std::string Sentence(std::string_view doc, const Type& type) {
  std::string sentence(doc);
  for (const Field& other : type.fields) {
    const std::string quoted = "`" + std::string(other.name) + "`";
    const std::size_t at = sentence.find(quoted);
    if (at != std::string::npos) sentence.replace(at, quoted.size(), "`" + SnakeToCamel(other.name) + "`");
  }
  return sentence;
}

void PrintInterface(std::string& out, const Type& type) {
  out += "\n/** " + std::string(type.doc) + " */\nexport interface " + std::string(type.name) + " {\n";
  for (const Field& field : type.fields) {
    out += "  /** " + Sentence(field.doc, type) + " */\n  " + SnakeToCamel(field.name);
    out += field.optional ? "?: " : ": ";
    out += TypeName(*field.type, field, type.direction);
    if (field.optional && type.direction == Direction::kInput) out += " | undefined";
    out += ";\n";
  }
  out += "}\n";
}

void PrintErrors(std::string& out) {
  out +=
      "\n/** Whose fault it was, because the remedy differs: fix your call, wait for the other side, or look at "
      "network "
      "and setup. */\nexport type PolarErrorFamily = 'caller' | 'remote' | 'environment';\n"
      "\n/** The stable error codes known to this version. */\nexport type KnownPolarErrorCode =";
  for (const ErrorTraits& error : AllErrorTraits()) out += "\n  | '" + std::string(error.text) + "'";
  out += ";\n";
}

}  // namespace

std::string PrintTypeScript() {
  std::string out = "// " + std::string(kBanner) + "\n";
  out += kPrelude;
  for (const Type& type : GatewayTypes()) PrintInterface(out, type);
  PrintErrors(out);
  return out;
}

}  // namespace plinto::polar::schema
