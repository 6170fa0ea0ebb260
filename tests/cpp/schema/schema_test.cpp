// What is generated from the descriptions and committed: js/generated and docs/openapi.json.
#include "catch.h"

#include <fstream>
#include <set>
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
  CHECK(ReadFile("/js/generated/types.ts") == schema::PrintTypeScript());
  CHECK(ReadFile("/js/generated/checkout-fields.ts") == schema::PrintCheckoutFieldsTypeScript());
}

TEST_CASE("the committed routes are those of the core's operations; else run npm run generate") {
  const std::string printed = schema::PrintRoutesTypeScript();

  CHECK(ReadFile("/js/generated/routes.ts") == printed);
  CHECK(printed.find("  getAccess: ['GET', '/access'],\n") != std::string::npos);
  CHECK(printed.find("receivePolarWebhook") == std::string::npos);  // for Polar, not for clients
}

TEST_CASE("the committed TypeScript of webhooks is what the models and the table say; else run npm run generate") {
  const std::string printed = schema::PrintWebhookTypeScript();

  CHECK(ReadFile("/js/generated/webhook-data.ts") == printed);
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

  for (const schema::RouteDocument& document : schema::RouteDocuments()) {
    INFO(RouteOf(document.operation).path);
    CHECK(described(document.query));
    CHECK(described(document.body));
    CHECK(described(document.answer));
  }
  for (const schema::Type& type : schema::GatewayTypes()) {
    for (const schema::Field& field : type.fields) {
      INFO(type.name << "." << field.name);
      CHECK((field.doc.ends_with('.') || field.doc.ends_with('?')));
    }
  }
}

TEST_CASE("an operation lists every status that it may answer, and no default") {
  const auto document = ParseJson(schema::PrintOpenApi("1.2.3"));
  REQUIRE(document.ok());
  const Json* paths = FindMember(*document, "paths");
  const Json* shared = FindMember(*FindMember(*document, "components"), "responses");
  const auto statuses = [&](const char* path, const char* method) {
    std::string listed;
    const Json* responses = FindMember(*FindMember(*FindMember(*paths, path), method), "responses");
    for (const auto& [status, response] : *responses->get_ptr<const Json::object_t*>()) {
      listed += (listed.empty() ? "" : " ") + status;
      const std::string* reference = FindString(response, "$ref");
      if (reference != nullptr) CHECK(FindMember(*shared, reference->substr(reference->rfind('/') + 1)) != nullptr);
    }
    return listed;
  };

  CHECK(statuses("/checkout", "post") == "201 400 401 403 404 408 409 413 422 429 431 500 502 503 504");
  CHECK(statuses("/checkout/{id}", "get") == "200 400 401 403 404 408 413 422 429 431 500 502 504");
  CHECK(statuses("/usage", "post") == "202 400 401 403 408 413 422 429 431 500 502 504");
  CHECK(statuses("/openapi.json", "get") == "200 304 400 408 413 422 429 431 500");
  CHECK(statuses("/webhooks", "post") == "202 400 403 408 413 422 429 431 500");
  CHECK(statuses("/readyz", "get") == "200 400 408 413 431 503");
}

TEST_CASE("a route says which role it takes for an organization, as the policy has it") {
  const auto summary = [](Operation operation) {
    return schema::Summary(schema::RouteDocuments()[static_cast<std::size_t>(operation)]);
  };

  CHECK(summary(Operation::kEraseCustomer).ends_with(" For an organization it takes the role `owner`."));
  CHECK(summary(Operation::kGetAccess).ends_with(" For an organization it takes the role `viewer` or higher."));
  CHECK(summary(Operation::kListProducts).find("organization") == std::string::npos);
}

TEST_CASE("every refusal of the error table is one that some operation lists, but that of a wrong method") {
  std::set<int> listed = {405};
  for (const schema::RouteDocument& document : schema::RouteDocuments()) {
    for (const int status : schema::OtherStatuses(document)) listed.insert(status);
  }

  for (const ErrorTraits& error : AllErrorTraits()) {
    INFO(error.text);
    if (error.http_status != 0) CHECK(listed.contains(error.http_status));
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
