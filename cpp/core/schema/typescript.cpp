#include "core/schema/typescript.h"

#include "core/foundation/text.h"
#include "core/gateway/checkout.h"
#include "core/gateway/operations.h"
#include "core/gateway/routes.h"
#include "core/schema/types.h"

namespace plinto::polar::schema {
namespace {

constexpr std::string_view kPrelude = R"(
/** A value that is listed today, or one that is added tomorrow. */
export type Open<Known extends string> = Known | (string & Record<never, never>);

/** What Polar keeps as metadata: at most 50 keys of at most 40 characters; texts of at most 500. No null, no nesting. */
export type Metadata = Record<string, string | number | boolean>;

/** What an event has cost you, in cents: Polar's `CostMetadata`. */
export interface UsageCost {
  /** Below 100,000, with at most 12 digits after the point; a text where no digit may be lost. */
  amount: number | string;
  /** The only one that Polar takes. */
  currency: 'usd';
}

/** A call of a language model, spelled as Polar does: its `LLMMetadata`. */
export interface LanguageModelUse {
  /** Who runs the model. */
  vendor: string;
  /** The model's name. */
  model: string;
  /** What it was asked. */
  prompt?: string | null;
  /** What it answered. */
  response?: string | null;
  /** Tokens that went in, those from a cache among them. */
  input_tokens: number;
  /** Of these, how many came from a cache. */
  cached_input_tokens?: number;
  /** Tokens that came out. */
  output_tokens: number;
  /** Both together. */
  total_tokens: number;
}

/** The properties of a usage event: metadata, and two keys that Polar reads. */
export interface UsageProperties {
  /** What the event has cost you. */
  _cost?: UsageCost;
  /** Which language model was asked. */
  _llm?: LanguageModelUse;
  [key: string]: string | number | boolean | UsageCost | LanguageModelUse | undefined;
}
)";

// JSON without a description of its own has a type by its field's name.
std::string_view TypeOfJson(std::string_view field) {
  if (field == "custom_field_data") return "Record<string, string | number | boolean | null>";
  return field == "properties" ? "UsageProperties" : "Metadata";
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
    case codec::Kind::kDecimal:
      return direction == Direction::kInput ? "number | string" : "number";
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

std::string PrintRoutesTypeScript() {
  std::string out =
      "// Generated by `npm run generate` from cpp/core/gateway/routes.h. Do not edit.\n\n"
      "/** Where the core's operations go, below the gateway's address. `{id}` stands for the id that is asked for. "
      "*/\n"
      "export const ROUTES = {\n";
  for (const RouteFact& route : kRoutes) {
    if (!IsClientOperation(route.name)) continue;
    out += "  " + std::string(route.name) + ": ['" + std::string(route.method) + "', '" + std::string(route.path) +
           "'],\n";
  }
  out += "} as const;\n\n/** The operations that the core knows. */\nexport type Operation = keyof typeof ROUTES;\n";
  return out;
}

std::string PrintCheckoutFieldsTypeScript() {
  std::string out =
      "// Generated by `npm run generate` from cpp/core/gateway/checkout.h. Do not edit.\n"
      "import type { CheckoutFields } from './types.js';\n\n"
      "/** The names of all fields of CheckoutFields. */\nexport const CHECKOUT_FIELDS = [\n";
  for (const codec::FieldTable& field : codec::kFields<CheckoutFields>)
    out += "  '" + SnakeToCamel(field.name) + "',\n";
  out += "] as const satisfies readonly (keyof CheckoutFields)[];\n";
  return out;
}

}  // namespace plinto::polar::schema
