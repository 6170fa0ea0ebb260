// The JSON door: what it reads, what it refuses, what it prints.
#include "catch.h"

#include "core/foundation/json.h"

using namespace plinto::polar;

namespace {

std::string RoundTrip(std::string_view text) {
  const Result<Json> json = ParseJson(text);
  return json ? DumpJson(*json) : "refused";
}

std::string Problem(std::string_view text) {
  const Result<Json> json = ParseJson(text);
  return json ? "" : json.error().message;
}

}  // namespace

TEST_CASE("numbers keep their digits and their kind") {
  CHECK(RoundTrip("10.0") == "10.0");
  CHECK(RoundTrip("10") == "10");
  CHECK(RoundTrip("9223372036854775807") == "9223372036854775807");
  CHECK(RoundTrip("-9223372036854775808") == "-9223372036854775808");
  CHECK(RoundTrip("0.30000000000000004") == "0.30000000000000004");
  CHECK(RoundTrip("1e2") == "100.0");
  CHECK(RoundTrip("-0.5") == "-0.5");
}

TEST_CASE("numbers that do not fit are refused, not rounded") {
  CHECK(Problem("9223372036854775808").find("64 bits") != std::string::npos);
  CHECK(Problem("-9223372036854775809").find("64 bits") != std::string::npos);
  CHECK(Problem("123456789012345678901234567890").find("64 bits") != std::string::npos);
  CHECK_FALSE(Problem("1e999").empty());
}

TEST_CASE("the order of members is kept, a key that comes twice is refused") {
  CHECK(RoundTrip(R"({"b":1,"a":2})") == R"({"b":1,"a":2})");
  CHECK(Problem(R"({"a":1,"a":2})").find("same key twice") != std::string::npos);
}

TEST_CASE("nesting is bounded at 64") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };

  CHECK(RoundTrip(nested(64)) == nested(64));
  CHECK(Problem(nested(65)).find("nested too deeply") != std::string::npos);
  CHECK(Problem(std::string(1'000'000, '[')).find("nested too deeply") != std::string::npos);
}

TEST_CASE("members are bounded at 1,024") {
  const auto members = [](int count) {
    std::string text = "{";
    for (int i = 0; i < count; ++i) text += (i ? ",\"" : "\"") + std::to_string(i) + "\":0";
    return text + "}";
  };

  CHECK(ParseJson(members(1'024)).ok());
  CHECK(Problem(members(1'025)).find("too many members") != std::string::npos);
}

TEST_CASE("invalid UTF-8 and lone surrogates are refused") {
  CHECK_FALSE(Problem("\"\xff\"").empty());
  CHECK_FALSE(Problem("\"\xc0\xaf\"").empty());
  CHECK_FALSE(Problem("\"\\ud800\"").empty());
  CHECK_FALSE(Problem("\"\\udc00\"").empty());
  CHECK(RoundTrip("\"\\ud83d\\ude00\"") == "\"\xf0\x9f\x98\x80\"");
}

TEST_CASE("a key that comes twice is found among few and among many, wherever it stands") {
  for (const int count : {2, 24, 25, 1'024}) {
    for (const int same : {0, (count - 2) / 2, count - 2}) {
      std::string text = "{";
      for (int i = 0; i < count - 1; ++i) text += "\"" + std::to_string(i) + "\":0,";
      text += "\"" + std::to_string(same) + "\":1}";
      INFO(text.substr(0, 100));
      CHECK(Problem(text).find("same key twice") != std::string::npos);
    }
  }
  CHECK(Problem(R"([{"a":{"b":1}},{"a":{"b":1,"\u0062":2}}])").find("same key twice") != std::string::npos);
  CHECK(RoundTrip(R"([{"a":{"a":1}},{"a":{"b":1}}])") == R"([{"a":{"a":1}},{"a":{"b":1}}])");
}

TEST_CASE("text that is not UTF-8 is called that, with its place") {
  CHECK(Problem("{\"a\":\"\xff\"}").find("invalid UTF-8 near byte 7") != std::string::npos);
  CHECK(Problem("{\"\xc3\":1}").find("invalid UTF-8 near byte 4") != std::string::npos);
  CHECK(Problem("{\"a\":nul}").find("syntax error near byte") != std::string::npos);
}

TEST_CASE("every control character survives, escaped") {
  for (int code = 0; code < 32; ++code) {
    Json json = std::string(1, static_cast<char>(code)) + "x";
    const std::string text = DumpJson(json);
    const Result<Json> back = ParseJson(text);

    INFO(text);
    REQUIRE(back.ok());
    CHECK(*back == json);
    for (const char c : text) CHECK(static_cast<unsigned char>(c) >= 32);
  }
}

TEST_CASE("what is not one JSON document is refused with its place") {
  for (const char* text : {"", " ", "{", "[1,]", "{\"a\"}", "nul", "1 2", "'a'", "{a:1}", "\"", "[1", "+1", "01"}) {
    CHECK(Problem(text).find("near byte") != std::string::npos);
  }
}

TEST_CASE("comparing ignores the order of members and nothing else") {
  CHECK(SameJson(*ParseJson(R"({"a":1,"b":[1,2]})"), *ParseJson(R"({"b":[1,2],"a":1})")));
  CHECK_FALSE(SameJson(*ParseJson(R"({"a":1,"b":[1,2]})"), *ParseJson(R"({"b":[2,1],"a":1})")));
  CHECK_FALSE(SameJson(*ParseJson(R"({"a":1})"), *ParseJson(R"({"a":1,"b":null})")));
}

TEST_CASE("a NUL ends no document: what follows it is read, and refused") {
  CHECK_FALSE(ParseJson(std::string_view("{}\0", 3)).ok());
  CHECK_FALSE(ParseJson(std::string_view("1\0{", 3)).ok());
}

TEST_CASE("a report prints JSON as text") {
  const Result<Json> json = ParseJson(R"({"list":[1,"two"]})");
  REQUIRE(json);
  CHECK(Catch::Detail::stringify(*json) == R"({"list":[1,"two"]})");
}
