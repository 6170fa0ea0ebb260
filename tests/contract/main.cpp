// plinto_polar_contract requests       prints each request as a line of JSON: operation, variant, method, url, headers,
// body plinto_polar_contract models         prints the names of the models, a line each plinto_polar_contract
// round-trip     reads lines {"model","json"}, prints a line {"json"} or {"error"} for each
#include <cstdio>
#include <iostream>
#include <string>

#include "models.h"
#include "requests.h"

namespace plinto::polar::contract {
namespace {

void PrintRequests() {
  for (const BuiltRequest& built : AllRequests()) {
    Json line;
    SetMember(line, "operation", built.operation);
    SetMember(line, "variant", built.variant);
    SetMember(line, "method", built.request.method);
    SetMember(line, "url", built.request.url);
    Json headers = Json::object();
    for (const auto& [name, value] : built.request.headers) SetMember(headers, name, value);
    SetMember(line, "headers", headers);
    if (!built.request.body.empty()) SetMember(line, "body", built.request.body);
    std::cout << DumpJson(line) << '\n';
  }
}

Json RoundTrip(const std::string& text) {
  Json answer;
  const Result<Json> line = ParseJson(text);
  const std::string* model = line ? FindString(*line, "model") : nullptr;
  const std::string* body = line ? FindString(*line, "json") : nullptr;
  if (model == nullptr || body == nullptr) {
    SetMember(answer, "error", "A line is {\"model\": name, \"json\": text}.");
    return answer;
  }
  const Result<Json> written = DecodeAndEncode(*model, *body);
  if (written) {
    SetMember(answer, "json", DumpJson(*written));
  } else {
    SetMember(answer, "error", written.error().message + " " + written.error().field + " " + written.error().details);
  }
  return answer;
}

}  // namespace
}  // namespace plinto::polar::contract

int main(int argc, char** argv) {
  using namespace plinto::polar;
  const std::string what = argc == 2 ? argv[1] : "";
  if (what == "requests") {
    contract::PrintRequests();
  } else if (what == "models") {
    for (const std::string_view name : contract::ModelNames()) std::cout << name << '\n';
  } else if (what == "round-trip") {
    for (std::string line; std::getline(std::cin, line);) std::cout << DumpJson(contract::RoundTrip(line)) << '\n';
  } else {
    std::fputs("usage: plinto_polar_contract requests | models | round-trip\n", stderr);
    return 2;
  }
}
