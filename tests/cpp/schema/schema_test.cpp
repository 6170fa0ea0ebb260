// What is generated from the descriptions and committed: js/generated.ts, js/webhook-data.ts and
// docs/openapi.json.
#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

#include "core/foundation/json.h"
#include "core/schema/openapi.h"
#include "core/schema/routes.h"
#include "core/schema/types.h"
#include "core/schema/typescript.h"
#include "core/schema/webhook_typescript.h"

using namespace plinto::polar;

namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(std::string(PLINTO_POLAR_SOURCE) + path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("the committed TypeScript is what the descriptions say; else run npm run generate") {
  CHECK(ReadFile("/js/generated.ts") == schema::PrintTypeScript());
}

TEST_CASE("the committed TypeScript of webhooks is what the models and the table say; else run npm run generate") {
  const std::string printed = schema::PrintWebhookTypeScript();

  CHECK(ReadFile("/js/webhook-data.ts") == printed);
  CHECK(printed.find("'subscription.migrated': WebhookSubscription;") != std::string::npos);
  CHECK(printed.find(": unknown;\n}\n\n/** The type of an event") != std::string::npos);
  CHECK(printed.find("': unknown;") == std::string::npos);  // each type of event has a model with a name
}

TEST_CASE("the committed OpenAPI document is what the descriptions say; else run npm run generate") {
  CHECK(ReadFile("/docs/openapi.json") == schema::PrintOpenApi(PLINTO_POLAR_VERSION));
}

TEST_CASE("every type that a route names is described, with a sentence for each field") {
  const auto described = [](std::string_view name) {
    if (name.empty() || name == schema::kAccepted || name == schema::kAnyObject) return true;
    for (const schema::Type& type : schema::GatewayTypes()) {
      if (type.name == name) return true;
    }
    return false;
  };

  for (const schema::Route& route : schema::GatewayRoutes()) {
    INFO(route.path);
    CHECK(described(route.query));
    CHECK(described(route.body));
    CHECK(described(route.answer));
  }
  for (const schema::Type& type : schema::GatewayTypes()) {
    for (const schema::Field& field : type.fields) {
      INFO(type.name << "." << field.name);
      CHECK((field.doc.ends_with('.') || field.doc.ends_with('?')));
    }
  }
}

TEST_CASE("optional fields are not required in the OpenAPI document, and the others are") {
  const auto document = ParseJson(schema::PrintOpenApi("1.2.3"));
  REQUIRE(document.ok());
  const Json* schemas = FindMember(*FindMember(*document, "components"), "schemas");
  const Json* usage = FindMember(*schemas, "PolarUsageOptions");

  CHECK(DumpJson(*FindMember(*usage, "required")) == R"(["event_name"])");
  CHECK(FindMember(*FindMember(*usage, "properties"), "quantity") != nullptr);
}
