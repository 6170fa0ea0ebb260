#include "hostile.h"

#include <array>

namespace plinto::polar::growth {
namespace {

std::string List(std::string items) {
  if (items.ends_with(',')) items.pop_back();
  return "[" + std::move(items) + "]";
}

std::string Nested(std::string_view open, std::string_view close, int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += open;
  if (text.ends_with(':')) text += "1";
  for (int i = 0; i < depth; ++i) text += close;
  return text + ",";
}

// Objects with as many members as an object may have, whose keys come from a number.
std::string LargeObjects(std::size_t size, std::string_view before, std::string_view behind, bool ends_with_first) {
  constexpr std::size_t kMembers = 1'000;
  std::string text;
  while (text.size() < size) {
    text += "{";
    for (std::size_t i = 0; i < kMembers; ++i) {
      text += (i == 0 ? "\"" : ",\"") + std::string(before) + Digits(i) + std::string(behind) + "\":0";
    }
    text += "},";
  }
  if (ends_with_first)
    text.insert(text.size() - 2, ",\"" + std::string(before) + Digits(0) + std::string(behind) + "\":0");
  return List(std::move(text));
}

constexpr std::string_view kLongWord = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl";

constexpr std::array kJson = {
    Hostile{"empty objects", [](std::size_t n) { return List(Filled("{},", n)); }},
    Hostile{"one string", [](std::size_t n) { return "\"" + std::string(n, 'a') + "\""; }},
    Hostile{"objects of 1,000 keys", [](std::size_t n) { return LargeObjects(n, "", "", false); }},
    Hostile{"one object of too many keys",
            [](std::size_t n) {
              return "{" + Numbered(n, [](std::size_t i) { return "\"" + Digits(i) + "\":0,"; }) + "\"\":0}";
            }},
    Hostile{"keys that differ in their ends", [](std::size_t n) { return LargeObjects(n, kLongWord, "", false); }},
    Hostile{"keys that differ in their beginnings",
            [](std::size_t n) { return LargeObjects(n, "", kLongWord, false); }},
    Hostile{"a key twice, at the very end", [](std::size_t n) { return LargeObjects(n, "", "", true); }},
    Hostile{"objects of 24 keys",
            [](std::size_t n) {
              std::string one = "{";
              for (std::size_t i = 0; i < 24; ++i) one += "\"" + Digits(i) + "\":0,";
              one.back() = '}';
              return List(Filled(one + ",", n));
            }},
    Hostile{"empty lists", [](std::size_t n) { return List(Filled("[],", n)); }},
    Hostile{"lists in lists", [](std::size_t n) { return List(Filled(Nested("[", "]", 56), n)); }},
    Hostile{"objects in objects", [](std::size_t n) { return List(Filled(Nested("{\"a\":", "}", 56), n)); }},
    Hostile{"lists that do not end", [](std::size_t n) { return std::string(n, '['); }},
    Hostile{"objects that do not end", [](std::size_t n) { return Filled("{\"a\":", n); }},
    Hostile{"short strings", [](std::size_t n) { return List(Filled("\"a\",", n)); }},
    Hostile{"a string that does not end", [](std::size_t n) { return "\"" + std::string(n, 'a'); }},
    Hostile{"strings that do not end", [](std::size_t n) { return Filled("{\"a\":\"", n); }},
    Hostile{"escapes", [](std::size_t n) { return "\"" + Filled("\\u00e9", n) + "\""; }},
    Hostile{"surrogate pairs", [](std::size_t n) { return "\"" + Filled("\\ud83d\\ude00", n) + "\""; }},
    Hostile{"escaped quotes", [](std::size_t n) { return "\"" + Filled("\\\"", n) + "\""; }},
    Hostile{"backslashes", [](std::size_t n) { return "\"" + Filled("\\\\", n) + "\""; }},
    Hostile{"keys of escapes", [](std::size_t n) { return List(Filled("{\"\\u0061\\u0062\":0},", n)); }},
    Hostile{"small numbers", [](std::size_t n) { return List(Filled("0,", n)); }},
    Hostile{"negative numbers", [](std::size_t n) { return List(Filled("-1,", n)); }},
    Hostile{"one whole number", [](std::size_t n) { return std::string(n, '9'); }},
    Hostile{"one fraction", [](std::size_t n) { return "0." + std::string(n, '3'); }},
    Hostile{"one small fraction", [](std::size_t n) { return "0." + std::string(n, '0') + "1"; }},
    Hostile{"one number and its exponent", [](std::size_t n) { return std::string(n, '9') + ".5e-" + Digits(n); }},
    Hostile{"long fractions", [](std::size_t n) { return List(Filled("0." + std::string(800, '3') + ",", n)); }},
    Hostile{"exponents", [](std::size_t n) { return List(Filled("1.7976931348623157e-308,", n)); }},
    Hostile{"spaces", [](std::size_t n) { return std::string(n, ' ') + "{}"; }},
    Hostile{"spaces between", [](std::size_t n) { return List(Filled("{ } , ", n) + "0"); }},
    Hostile{"nulls", [](std::size_t n) { return List(Filled("null,", n)); }},
    Hostile{"letters beyond ASCII", [](std::size_t n) { return "\"" + Filled("\xF0\x9F\x98\x80", n) + "\""; }},
    Hostile{"broken UTF-8 at the end", [](std::size_t n) { return "\"" + std::string(n, 'a') + "\xC3\""; }},
    Hostile{"a NUL at the end", [](std::size_t n) { return List(Filled("{},", n)) + std::string(1, '\0'); }},
    Hostile{"escaped NULs", [](std::size_t n) { return List(Filled("\"\\u0000\",", n)); }},
    Hostile{"times", [](std::size_t n) { return List(Filled("\"2026-11-22T06:00:00.000000Z\",", n)); }},
    Hostile{"UUIDs", [](std::size_t n) { return List(Filled("\"4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10\",", n)); }},
};

constexpr std::array kQueries = {
    Hostile{"parameters of one name", [](std::size_t n) { return Filled("organization_id=a&", n); }},
    Hostile{"parameters that differ",
            [](std::size_t n) { return Numbered(n, [](std::size_t i) { return "p" + Digits(i) + "=1&"; }); }},
    Hostile{"separators", [](std::size_t n) { return std::string(n, '&'); }},
    Hostile{"equals signs", [](std::size_t n) { return std::string(n, '='); }},
    Hostile{"percent escapes", [](std::size_t n) { return "user_id=" + Filled("%61", n); }},
    Hostile{"a broken escape at the end", [](std::size_t n) { return "user_id=" + Filled("%61", n) + "%6"; }},
    Hostile{"pluses", [](std::size_t n) { return "user_id=" + std::string(n, '+'); }},
    Hostile{"a long name", [](std::size_t n) { return std::string(n, 'a') + "=1"; }},
    Hostile{"escaped braces", [](std::size_t n) { return "return_url=" + Filled("%7BCHECKOUT_ID%7D", n); }},
    Hostile{"question marks", [](std::size_t n) { return std::string(n, '?'); }},
};

constexpr std::array kWords = {
    Hostile{"letters", [](std::size_t n) { return std::string(n, 'a'); }},
    Hostile{"digits", [](std::size_t n) { return std::string(n, '9'); }},
    Hostile{"spaces", [](std::size_t n) { return "a" + std::string(n, ' ') + "a"; }},
    Hostile{"spaces in front", [](std::size_t n) { return std::string(n, ' ') + "a"; }},
    Hostile{"tabs", [](std::size_t n) { return Filled("a\t", n); }},
    Hostile{"commas", [](std::size_t n) { return std::string(n, ','); }},
    Hostile{"words between commas", [](std::size_t n) { return Filled("a,", n); }},
    Hostile{"words between spaces", [](std::size_t n) { return Filled("a ", n); }},
    Hostile{"dots", [](std::size_t n) { return std::string(n, '.'); }},
    Hostile{"colons", [](std::size_t n) { return std::string(n, ':'); }},
    Hostile{"slashes", [](std::size_t n) { return std::string(n, '/'); }},
    Hostile{"hyphens", [](std::size_t n) { return std::string(n, '-'); }},
    Hostile{"equals signs", [](std::size_t n) { return std::string(n, '='); }},
    Hostile{"percent escapes", [](std::size_t n) { return Filled("%61", n); }},
    Hostile{"at signs", [](std::size_t n) { return Filled("a@", n); }},
    Hostile{"signatures", [](std::size_t n) { return Filled("v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= ", n); }},
    Hostile{"a bearer of letters", [](std::size_t n) { return "Bearer " + std::string(n, 'a'); }},
    Hostile{"a bearer of dots", [](std::size_t n) { return "Bearer " + std::string(n, '.'); }},
    Hostile{"a bearer of spaces", [](std::size_t n) { return "Bearer " + std::string(n, ' ') + "a"; }},
    Hostile{"a token of three long parts",
            [](std::size_t n) {
              const std::string part(n / 12 * 4, 'e');
              return "Bearer " + part + "." + part + "." + part;
            }},
    Hostile{"addresses", [](std::size_t n) { return Filled("10.0.0.1, ", n) + "10.0.0.1"; }},
    Hostile{"origins", [](std::size_t n) { return Filled("https://a.example,", n); }},
};

}  // namespace

std::string Filled(std::string_view piece, std::size_t size) {
  std::string text;
  text.reserve(size + piece.size());
  while (text.size() < size) text += piece;
  return text;
}

std::string Numbered(std::size_t size, const std::function<std::string(std::size_t)>& piece) {
  std::string text;
  for (std::size_t i = 0; text.size() < size; ++i) text += piece(i);
  return text;
}

std::string Digits(std::size_t number) {
  std::string digits = std::to_string(number);
  return digits.size() < 7 ? std::string(7 - digits.size(), '0') + digits : digits;
}

std::span<const Hostile> HostileJson() { return kJson; }
std::span<const Hostile> SomeHostileJson() { return std::span(kJson).first(4); }
std::span<const Hostile> HostileQueries() { return kQueries; }
std::span<const Hostile> HostileWords() { return kWords; }

HttpHeaders ManyHeaders(std::string_view name, std::string_view value, std::size_t size) {
  HttpHeaders headers;
  const std::size_t each = name.size() + value.size() + 4;
  for (std::size_t i = 0; i < size / each; ++i) headers.Add(std::string(name), std::string(value));
  return headers;
}

HttpHeaders NumberedHeaders(std::size_t size) {
  HttpHeaders headers;
  for (std::size_t i = 0; i < size / 16; ++i) headers.Add("x-" + Digits(i), "a");
  return headers;
}

}  // namespace plinto::polar::growth
