// Texts that every database keeps, and deliveries that hold something else.
#include "server/service/storable.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

TEST_CASE("a text can be stored when it is UTF-8 without NUL, wherever in it the fault is") {
  using namespace std::string_literals;
  for (const std::string& good : {""s, "a"s, "{\"name\":\"\xC3\x89t\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\"}"s,
                                  "\xED\x9F\xBF"s, "\xF4\x8F\xBF\xBF"s, "\x7F\x01"s}) {
    for (std::size_t before = 0; before < 10; ++before) CHECK(IsStorable(std::string(before, 'x') + good + "tail"));
  }
  for (const std::string& bad : {"\0"s, "\xFF"s, "\x80"s, "\xC3"s, "\xC0\x80"s, "\xE0\x80\x80"s, "\xED\xA0\x80"s,
                                 "\xF4\x90\x80\x80"s, "\xF5\x80\x80\x80"s, "\xE2\x82"s}) {
    for (std::size_t before = 0; before < 10; ++before) {
      CHECK_FALSE(IsStorable(std::string(before, 'x') + bad));
      CHECK_FALSE(IsStorable(std::string(before, 'x') + bad + std::string(9, 'x')));
    }
  }
}
