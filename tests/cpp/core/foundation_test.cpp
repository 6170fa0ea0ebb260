// Text, base64, SHA-256, time and URLs.
#include "catch.h"

#include "core/foundation/base64.h"
#include "core/foundation/sha256.h"
#include "core/foundation/text.h"
#include "core/foundation/timestamp.h"
#include "core/foundation/url.h"

using namespace plinto::polar;

namespace {

std::string HexOf(const std::string& bytes) { return ToHex(bytes); }

std::string Hmac(std::string_view key, std::string_view message) {
  const std::array<std::string_view, 1> parts = {message};
  return ToHex(SignHmacSha256(key, parts));
}

}  // namespace

TEST_CASE("SHA-256 gives the digests of FIPS 180-4's examples") {
  CHECK(HexOf(DigestSha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(HexOf(DigestSha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(HexOf(DigestSha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(HexOf(DigestSha256(std::string(1'000'000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 does not depend on how the message is cut into parts") {
  const std::string message(300, 'x');

  for (std::size_t cut = 0; cut <= message.size(); ++cut) {
    Sha256 hash;
    hash.Update(std::string_view(message).substr(0, cut));
    hash.Update(std::string_view(message).substr(cut));
    REQUIRE(hash.Finish() == DigestSha256(message));
  }
}

// NIST's HMAC examples as published in RFC 4231, cases 1 to 4, 6 and 7.
TEST_CASE("HMAC-SHA256 gives the codes of RFC 4231") {
  CHECK(Hmac(std::string(20, '\x0b'), "Hi There") ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(Hmac("Jefe", "what do ya want for nothing?") ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(Hmac(std::string(20, '\xaa'), std::string(50, '\xdd')) ==
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  CHECK(Hmac(*FromHex("0102030405060708090a0b0c0d0e0f10111213141516171819"), std::string(50, '\xcd')) ==
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
  CHECK(Hmac(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First") ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  CHECK(Hmac(std::string(131, '\xaa'),
             "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
             "hashed before being used by the HMAC algorithm.") ==
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST_CASE("base64 reads both alphabets and missing padding, and nothing else") {
  CHECK(EncodeBase64("foobar") == "Zm9vYmFy");
  CHECK(EncodeBase64("fooba") == "Zm9vYmE=");
  CHECK(EncodeBase64("foob") == "Zm9vYg==");
  CHECK(DecodeBase64("Zm9vYg") == "foob");
  CHECK(DecodeBase64("Zm9vYg==") == "foob");
  CHECK(DecodeBase64("-_-_") == DecodeBase64("+/+/"));
  CHECK_FALSE(DecodeBase64("Zm9vY").has_value());
  CHECK_FALSE(DecodeBase64("Zm9 Yg").has_value());
}

TEST_CASE("times survive a round trip, offsets become UTC") {
  CHECK(FormatTimestamp(*ParseTimestamp("2026-11-22T06:00:00Z")) == "2026-11-22T06:00:00Z");
  CHECK(FormatTimestamp(*ParseTimestamp("2026-11-22T06:00:00.000001+05:30")) == "2026-11-22T00:30:00.000001Z");
  CHECK(ParseTimestamp("1970-01-01T00:00:00Z")->microseconds == 0);
  CHECK(ParseTimestamp("1969-12-31T23:59:59.5Z")->microseconds == -500'000);
  CHECK(FormatTimestamp(Timestamp{-500'000}) == "1969-12-31T23:59:59.500000Z");
  CHECK(ParseTimestamp("9999-12-31T23:59:59Z").has_value());
}

TEST_CASE("what is not a time with a zone is no time") {
  for (const char* text : {"", "2026-11-22", "2026-11-22T06:00:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
                           "2026-11-22T24:00:00Z", "2026-11-22T06:00:00.Z", "2026-11-22T06:00:00+5:00",
                           "2026-11-22T06:00:00Zx", "0000-01-01T00:00:00Z", "2026-11-22T06:00:60Z"}) {
    CHECK_FALSE(ParseTimestamp(text).has_value());
  }
}

// reference: day of the month is min(anchor, last day of the month).
TEST_CASE("a month later keeps the anchor day where the month has it") {
  const Timestamp january = *ParseTimestamp("2026-01-31T10:00:00.123456Z");

  CHECK(FormatTimestamp(AddMonths(january, 1, 31)) == "2026-02-28T10:00:00.123456Z");
  CHECK(FormatTimestamp(AddMonths(AddMonths(january, 1, 31), 1, 31)) == "2026-03-31T10:00:00.123456Z");
  CHECK(FormatTimestamp(AddMonths(*ParseTimestamp("2024-02-29T00:00:00Z"), 12, 29)) == "2025-02-28T00:00:00Z");
  CHECK(FormatTimestamp(AddMonths(*ParseTimestamp("2026-12-15T00:00:00Z"), 1, 15)) == "2027-01-15T00:00:00Z");
}

TEST_CASE("UUIDs are recognized in their one form and made from entropy") {
  CHECK(IsUuid("4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10"));
  CHECK_FALSE(IsUuid("4fbb0c2e0f7c4c3e9d592f8f5a3f6d10"));
  CHECK_FALSE(IsUuid("4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d1g"));
  CHECK(UuidFromEntropy("00000000000000000000000000000000") == "00000000-0000-4000-8000-000000000000");
  CHECK(UuidFromEntropy("ffffffffffffffffffffffffffffffff") == "ffffffff-ffff-4fff-bfff-ffffffffffff");
  CHECK(UuidFromEntropy("short").empty());
}

TEST_CASE("a URL's origin cannot be faked") {
  CHECK(ParseUrl("https://App.Example.com/a?b#c")->Origin() == "https://app.example.com");
  CHECK(ParseUrl("http://localhost:5173")->Origin() == "http://localhost:5173");
  CHECK(ParseUrl("https://example.com:443/")->Origin() == "https://example.com");
  CHECK(ParseUrl("http://[::1]:80/x")->Origin() == "http://[::1]");
  for (const char* text :
       {"javascript:alert(1)", "//evil.example", "/relative", "https://a@evil.example/",
        "https://good.example\\@evil.example/", "https://good.example\t.evil/", "https:///path", "https://exa mple.com",
        "ftp://example.com", "https://example.com:0/", "https://ex%61mple"}) {
    CHECK_FALSE(ParseUrl(text).has_value());
  }
}

TEST_CASE("a request target is split and decoded, broken escapes are refused") {
  const auto target = ParseRequestTarget("/polar/customer/portal?organization_id=a%2Fb&x=1+2");

  REQUIRE(target.has_value());
  CHECK(target->path == "/polar/customer/portal");
  CHECK(*target->Find("organization_id") == "a/b");
  CHECK(*target->Find("x") == "1 2");
  CHECK_FALSE(ParseRequestTarget("/a%zz").has_value());
  CHECK_FALSE(ParseRequestTarget("/a?b=%2").has_value());
}

TEST_CASE("an offset that leads out of the years 1 to 9999 is refused: it could not be written") {
  CHECK(ParseTimestamp("0001-01-01T00:00:00Z").has_value());
  CHECK_FALSE(ParseTimestamp("0001-01-01T00:00:00+00:01").has_value());
  CHECK(ParseTimestamp("9999-12-31T23:59:59.999999Z").has_value());
  CHECK_FALSE(ParseTimestamp("9999-12-31T23:59:59-00:01").has_value());
}
