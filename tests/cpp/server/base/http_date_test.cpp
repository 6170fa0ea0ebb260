// Dates of HTTP headers in the three forms of RFC 9110, 5.6.7, and Retry-After in both of its own.
#include "server/base/time/http_date.h"
#include "catch.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

const Timestamp kNow = *ParseTimestamp("2026-11-22T06:00:00Z");

std::string Read(std::string_view text) {
  const auto at = ParseHttpDate(text, kNow);
  return at ? FormatTimestamp(*at) : "nothing";
}

}  // namespace

TEST_CASE("a date is read in each form that HTTP allows, and no other text is") {
  CHECK(Read("Sun, 06 Nov 1994 08:49:37 GMT") == "1994-11-06T08:49:37Z");
  CHECK(Read("Sunday, 06-Nov-94 08:49:37 GMT") == "1994-11-06T08:49:37Z");
  CHECK(Read("Sun Nov  6 08:49:37 1994") == "1994-11-06T08:49:37Z");
  CHECK(Read("Monday, 01-Jan-76 00:00:00 GMT") == "2076-01-01T00:00:00Z");
  CHECK(Read("Monday, 01-Jan-77 00:00:00 GMT") == "1977-01-01T00:00:00Z");
  for (const char* text :
       {"", "tomorrow", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 anF 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "1994-11-06T08:49:37Z",
        "Sun, 06 Nov 1994 08:49:37 GMT GMT"}) {
    INFO(text);
    CHECK(Read(text) == "nothing");
  }
}

TEST_CASE("a Retry-After that is a date becomes seconds, counted from the answer's own date, else from now") {
  const auto wait = [](const HttpHeaders& headers) {
    HttpResponse answer{.status = 429, .headers = headers};
    CountRetryAfter(answer, kNow);
    return *answer.headers.Find("retry-after");
  };

  CHECK(wait({{"Retry-After", "7"}}) == "7");
  CHECK(wait({{"Retry-After", "Sun, 22 Nov 2026 06:00:09 GMT"}}) == "9");
  CHECK(wait({{"Retry-After", "Sunday, 22-Nov-26 06:00:09 GMT"}, {"Date", "Sun, 22 Nov 2026 06:00:04 GMT"}}) == "5");
  CHECK(wait({{"Date", "Sun, 22 Nov 2026 06:00:04 GMT"}, {"retry-after", "Sun Nov 22 06:00:09 2026"}}) == "5");
  CHECK(wait({{"Retry-After", "Sun, 22 Nov 2020 06:00:09 GMT"}}) == "0");
  CHECK(wait({{"Retry-After", "soon"}}) == "soon");
  HttpResponse without{.status = 429};
  CountRetryAfter(without, kNow);
  CHECK(without.headers.Find("retry-after") == nullptr);
}
