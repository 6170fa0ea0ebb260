// The name of a type as the compiler spells it: what is printed about a type bears its C++ name and cannot differ.
//
// For tools and tests. What is only read while compiling is in no binary.
#pragma once

#include <string_view>

namespace plinto::polar {

/// Such as `... [with T = plinto::polar::Checkout; ...]` (GCC) or `... [T = plinto::polar::Checkout]` (clang).
template <class T>
consteval std::string_view SignatureWith() {
  return __PRETTY_FUNCTION__;
}

/// `Checkout`, without its namespace. For types with a name of their own: no instances of templates.
template <class T>
consteval std::string_view TypeName() {
  std::string_view text = SignatureWith<T>();
  text.remove_prefix(text.find("T = ") + 4);
  text = text.substr(0, text.find_first_of(";]"));
  return text.substr(text.rfind(':') + 1);
}

}  // namespace plinto::polar
