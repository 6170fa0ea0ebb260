// Catch2, and how it prints what it cannot print by itself. Tests include this file instead of Catch2's own.
//
// Json has no stream operators (JSON_NO_IO), and its elements are Json again: Catch2 would take it for a range and
// print ranges of ranges until the stack ends. Reports print passing checks too, so it would not wait for a failure.
#pragma once

#include <catch2/catch.hpp>

#include <string>

#include "core/foundation/json.h"

template <>
struct Catch::StringMaker<plinto::polar::Json> {
  static std::string convert(const plinto::polar::Json& json) { return plinto::polar::DumpJson(json); }
};
