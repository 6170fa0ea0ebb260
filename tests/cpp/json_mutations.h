// JSON texts that were changed somewhere, from a seed: what a parser meets that nobody would think of.
#pragma once

#include <random>
#include <string>

#include "core/foundation/json.h"

namespace plinto::polar {

class JsonMutations {
 public:
  explicit JsonMutations(std::uint32_t seed) : random_(seed) {}

  /// The text with one to three things changed: whole or broken, true to the model or not.
  std::string Of(const std::string& text) {
    std::string changed = text;
    for (std::size_t i = 0, count = 1 + Below(3); i < count; ++i) changed = ChangeOne(changed);
    return changed;
  }

 private:
  std::size_t Below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_); }

  std::string ChangeOne(const std::string& text) {
    const Result<Json> json = ParseJson(text);
    if (!json || Below(3) == 0) return ChangeBytes(text);
    Json changed = *json;
    ChangeValue(changed);
    std::string printed = DumpJson(changed);
    const std::size_t at = printed.find(kPlace);
    return at == std::string::npos ? printed : printed.replace(at, std::string(kPlace).size(), Odd());
  }

  std::string ChangeBytes(std::string text) {
    if (text.empty()) return text;
    const std::size_t at = Below(text.size());
    switch (Below(4)) {
      case 0:
        text[at] = static_cast<char>(Below(256));
        return text;
      case 1:
        return text.erase(at, 1 + Below(12));
      case 2:
        return text.insert(at, text.substr(Below(text.size()), Below(40)));
      default:
        return text.insert(at, Odd());
    }
  }

  // Walks down to any place, and drops, repeats or exchanges what is there.
  void ChangeValue(Json& json) {
    auto* object = json.get_ptr<Json::object_t*>();
    auto* list = json.get_ptr<Json::array_t*>();
    const std::size_t size = object != nullptr ? object->size() : list != nullptr ? list->size() : 0;
    if (size == 0) {
      json = "(here)";
      return;
    }
    const auto place = static_cast<std::ptrdiff_t>(Below(size));
    Json& inner = object != nullptr ? (object->begin() + place)->second : (*list)[static_cast<std::size_t>(place)];
    const bool goes_on = (inner.is_object() || inner.is_array()) && Below(4) != 0;
    if (goes_on) return ChangeValue(inner);
    const std::size_t what = Below(4);
    if (what == 0 && object != nullptr) {
      object->erase(std::string((object->begin() + place)->first));
    } else if (what == 1 && object != nullptr) {
      const auto again = *(object->begin() + place);
      static_cast<Json::object_t::Container&>(*object).emplace_back(again.first, again.second);
    } else {
      inner = "(here)";
    }
  }

  std::string Odd() {
    static const std::string kOdd[] = {
        "null",
        "0",
        "-0",
        "1.0",
        "1.5",
        "1E5",
        "1e400",
        "1e-400",
        "-",
        "01",
        "1.",
        ".5",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "123456789012345678901234567890",
        std::string(400, '7') + ".5",
        "true",
        "tru",
        "false",
        "\"\"",
        "\"x\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\ud83d\\ude00\"",
        "\"\\u0061ctive\"",
        "\"a\\/\\\"\\n\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"a\tb\"",
        "\"\xC3\xBC\"",
        "\"\xC3\"",
        "\"\xED\xA0\x80\"",
        "\"\xF4\x90\x80\x80\"",
        "[]",
        "{}",
        "[1]",
        "[1,]",
        R"({"a":1,"a":2})",
        R"({"a":1,"\u0061":2})",
        R"({"\u0061":1})",
        R"({"type":"feature_flag"})",
        R"({"amount_type":"fixed"})",
        R"([{"amount_type":"fixed"}])",
        R"({"id":"x"})",
        R"("2026-01-01T00:00:00Z")",
        R"("2026-01-01")",
        R"("4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10")",
        R"("https://polar.sh/")",
        "\xEF\xBB\xBF",
        std::string("\0", 1),
        " ",
        ",",
        "}",
        std::string(60, '[') + std::string(60, ']'),
        std::string(70, '[') + std::string(70, ']'),
    };
    return kOdd[Below(std::size(kOdd))];
  }

  static constexpr const char* kPlace = "\"(here)\"";

  std::mt19937 random_;
};

}  // namespace plinto::polar
