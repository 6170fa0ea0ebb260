// A published type has one name, that of C++: the generated files are held against the declarations in the headers.
#include "catch.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "core/foundation/json.h"
#include "core/foundation/type_name.h"
#include "core/schema/types.h"

using namespace plinto::polar;

namespace {

std::string Read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> NamesIn(const std::string& text, const char* pattern) {
  const std::regex declaration(pattern);
  std::vector<std::string> names;
  for (std::sregex_iterator at(text.begin(), text.end(), declaration), end; at != end; ++at) names.push_back((*at)[1]);
  return names;
}

// What the headers of these folders declare.
std::set<std::string> Structs(std::initializer_list<const char*> folders) {
  std::set<std::string> names;
  for (const char* folder : folders) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(std::string(PLINTO_POLAR_SOURCE) + folder)) {
      if (entry.path().extension() != ".h") continue;
      for (std::string& name : NamesIn(Read(entry.path()), "(?:^|\\n)struct (\\w+)")) names.insert(std::move(name));
    }
  }
  return names;
}

std::vector<std::string> InterfacesOf(const char* file) {
  return NamesIn(Read(std::string(PLINTO_POLAR_SOURCE) + "/js/generated/" + file), "export interface (\\w+) \\{");
}

struct Outer {
  struct Inner {};
};

}  // namespace

TEST_CASE("a type's name is read from the compiler") {
  CHECK(TypeName<Timestamp>() == "Timestamp");
  CHECK(TypeName<Outer::Inner>() == "Inner");
  CHECK(TypeName<std::int64_t>().find("long") != std::string_view::npos);
}

TEST_CASE("each interface of the API is a struct of that name in C++, and a schema of that name in OpenAPI") {
  const std::set<std::string> structs = Structs({"/cpp/core/gateway", "/cpp/core/billing"});
  std::vector<std::string> interfaces = InterfacesOf("types.ts");
  // What lies within a member that is JSON to the core, and any metadata to OpenAPI.
  const std::set<std::string> within_json = {"LanguageModelUse", "UsageCost", "UsageProperties"};
  CHECK(std::erase_if(interfaces, [&](const std::string& name) { return within_json.contains(name); }) ==
        within_json.size());
  const auto document = ParseJson(Read(std::string(PLINTO_POLAR_SOURCE) + "/docs/openapi.json"));
  REQUIRE(document.ok());
  const Json* schemas = FindMember(*FindMember(*document, "components"), "schemas");

  REQUIRE(interfaces.size() == schema::GatewayTypes().size());
  for (const std::string& name : interfaces) {
    INFO(name);
    CHECK(structs.contains(name));
    CHECK(FindMember(*schemas, name) != nullptr);
  }
  // `Accepted` and `Error` stand for no struct.
  CHECK(schemas->size() == interfaces.size() + 2);
}

TEST_CASE("each type of webhooks is a struct of that name in C++, behind Webhook") {
  const std::set<std::string> structs = Structs({"/cpp/core/model"});
  std::vector<std::string> types = InterfacesOf("webhook-data.ts");
  for (std::string& name :
       NamesIn(Read(std::string(PLINTO_POLAR_SOURCE) + "/js/generated/webhook-data.ts"), "export type (\\w+) =")) {
    types.push_back(std::move(name));
  }

  REQUIRE(types.size() > 30);
  for (const std::string& name : types) {
    INFO(name);
    if (name == "WebhookDataByType") continue;  // the table of events
    REQUIRE(name.starts_with("Webhook"));
    CHECK(structs.contains(name.substr(7)));
  }
}

TEST_CASE("no type is published twice, and each that a published one uses is published") {
  std::map<const codec::TypeTable*, std::string_view> names;
  for (const schema::Type& type : schema::GatewayTypes()) {
    INFO(type.name);
    CHECK(names.emplace(type.table, type.name).second);
    CHECK(std::count_if(names.begin(), names.end(), [&](const auto& one) { return one.second == type.name; }) == 1);
    CHECK((type.doc.ends_with('.') || type.doc.ends_with('?')));
    for (const schema::Field& field : type.fields) {
      const codec::TypeTable* used = field.type->kind == codec::Kind::kList ? field.type->item : field.type;
      INFO(field.name);
      if (used->kind == codec::Kind::kObject) CHECK(names.contains(used));
    }
  }
}
