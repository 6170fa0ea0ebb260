// plinto_polar_contract WHAT, for the tests in TypeScript. Each WHAT reads and prints lines:
//
//   requests     prints each request as JSON: operation, variant, method, url, headers, body
//   models       prints the names of the models
//   round-trip   reads {"model","json"}, prints {"json"} or {"error"}
//   event-types  prints the types of the table of webhook events
//   events       reads {"json"}, a payload; prints what ReadAndWriteEvent() says, or {"refused": code}
#include <cstdio>
#include <iostream>
#include <string>

#include "events.h"
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

Json ReadEvent(const std::string& text) {
  Json answer;
  const Result<Json> line = ParseJson(text);
  const std::string* body = line ? FindString(*line, "json") : nullptr;
  if (body == nullptr) {
    SetMember(answer, "refused", "A line is {\"json\": text}.");
    return answer;
  }
  const Result<Json> read = ReadAndWriteEvent(*body);
  if (read) return *read;
  SetMember(answer, "refused", std::string(ToText(read.error().code)));
  return answer;
}

void PrintNames(const std::vector<std::string_view>& names) {
  for (const std::string_view name : names) std::cout << name << '\n';
}

void Answer(Json (*answer)(const std::string& line)) {
  for (std::string line; std::getline(std::cin, line);) std::cout << DumpJson(answer(line)) << '\n';
}

}  // namespace
}  // namespace plinto::polar::contract

int main(int argc, char** argv) {
  using namespace plinto::polar;
  const std::string what = argc == 2 ? argv[1] : "";
  if (what == "requests") {
    contract::PrintRequests();
  } else if (what == "models") {
    contract::PrintNames(contract::ModelNames());
  } else if (what == "round-trip") {
    contract::Answer(contract::RoundTrip);
  } else if (what == "event-types") {
    contract::PrintNames(contract::EventTypeNames());
  } else if (what == "events") {
    contract::Answer(contract::ReadEvent);
  } else {
    std::fputs("usage: plinto_polar_contract requests | models | round-trip | event-types | events\n", stderr);
    return 2;
  }
}
