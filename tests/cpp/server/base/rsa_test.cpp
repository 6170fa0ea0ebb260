// RSA signatures as Conekta makes them: RSASSA-PKCS1-v1_5 with SHA-256, in base64. The vector was made by the command
// line of OpenSSL: openssl dgst -sha256 -sign.
#include "catch.h"

#include "server/base/secrets/rsa.h"

using namespace plinto::polar::server;

TEST_CASE("what a pair has signed its public key verifies, and no other text, signature or key") {
  const RsaPair pair = MakeRsaPair();
  const RsaPair other = MakeRsaPair();
  const std::string text = R"({"id":"1","type":"order.paid"})";
  const auto signature = SignRsaSha256(pair.private_pem, text);
  REQUIRE(signature.has_value());

  CHECK(VerifyRsaSha256(pair.public_pem, text, *signature));
  CHECK_FALSE(VerifyRsaSha256(other.public_pem, text, *signature));
  CHECK_FALSE(VerifyRsaSha256(pair.public_pem, text + " ", *signature));
  CHECK_FALSE(VerifyRsaSha256(pair.public_pem, "", *signature));
  for (const std::string& wrong : {std::string(), std::string("="), std::string("AAAA"), signature->substr(4),
                                   *signature + "AAAA", std::string(100'000, 'A'), "\xFF" + *signature}) {
    CHECK_FALSE(VerifyRsaSha256(pair.public_pem, text, wrong));
  }
  std::string flipped = *signature;
  flipped[10] = flipped[10] == 'A' ? 'B' : 'A';
  CHECK_FALSE(VerifyRsaSha256(pair.public_pem, text, flipped));
}

TEST_CASE("a public key is an RSA key of 2048 bits in PEM, and nothing else") {
  const RsaPair pair = MakeRsaPair();
  CHECK(IsRsaPublicKey(pair.public_pem));
  for (const std::string& text :
       {std::string(), std::string("key"), pair.private_pem, pair.public_pem.substr(0, pair.public_pem.size() / 2)}) {
    CHECK_FALSE(IsRsaPublicKey(text));
    CHECK_FALSE(VerifyRsaSha256(text, "text", "AAAA"));
  }
  const std::string of_1024_bits =
      "-----BEGIN PUBLIC KEY-----\n"
      "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCmrHmvq35XsCPxjuK0Sw/OAA9c\n"
      "ExyJlisuDXUEavet0iss2xrYM7+wrj0BZrEfNSSKSqUbkEZJJI63rJTkDZNTIEz2\n"
      "YVpSK6FxFwa1NoNKH24c/LBgvx+Mg0XS1eMtZjuGviB80zAST2XYvVtdat+o9rGz\n"
      "tdOrFCObFrggYKHhoQIDAQAB\n"
      "-----END PUBLIC KEY-----\n";
  CHECK_FALSE(IsRsaPublicKey(of_1024_bits));
  const std::string of_a_curve =
      "-----BEGIN PUBLIC KEY-----\n"
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEDExExl7RFaTezaKCzeoeE/v6TjAo\n"
      "WFyHFt+7zcdKnAn+pAiLxxLviq5FktYDOxx6IYO/eWowy086TuV1HjeOlw==\n"
      "-----END PUBLIC KEY-----\n";
  CHECK_FALSE(IsRsaPublicKey(of_a_curve));
  CHECK_FALSE(VerifyRsaSha256(of_a_curve, "text", "AAAA"));
}

TEST_CASE("a signature of the command line of OpenSSL is verified") {
  const std::string key =
      "-----BEGIN PUBLIC KEY-----\n"
      "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtuUc1RTLptMb8ZPwQyeK\n"
      "A3wek3A2YGEP2+3S6ZzglyevTN1NExpYfTwhbP68gDlGsnt0otQRGQOUBF0HZ+vU\n"
      "aWORh0XSPILsj+qqQmQJEB3nmttHyABKZmo4tbV30pxLBt/H1pqZ7i4q4p2BXmwF\n"
      "/8E5W68/JkbiHxl2yEurL2p9eeyxUysWUv+FmM77G5ODw5+E1C8nxVYaGUWpYFll\n"
      "SJPo0YhaW16h7qCukbwcKVeDA5xWjSwZjvR8EOU8IuyDIwgdYc6nxcmV0KM+Bx97\n"
      "lQPgGH9hXWWwJkm3aIPT88/TbOa2jym8LBIzPbO6CDU7caj9zoGXfQ8JutR55GJE\n"
      "PQIDAQAB\n"
      "-----END PUBLIC KEY-----\n";
  const std::string signature =
      "aPFacxVna47CUfxyzR+0XImbngx0rxgCed/8lmDyEx4/lXWXLhCWve9YpYZRWkQmavVjF3ehdSAKuNMhYKBOAa6OWFWVv8/poRo1"
      "c0KV4yLBv9GqtoKTYmljhaW4U8uJiLUTNr8WAXO5/hBpxckYyzUIdFR14g56HA/NVUrVSmNoVz9ojN4pCzA5sVhXkvV0do+FXs/p"
      "34JI1vBOia7atVE8EK3uAx6h/5O1KzbOwM0noAuPfGcdCcp+FiU2Rh3CXxsadkMXPK68Mx/b62XwnwPa45sg61f8qG6o3bnKP0Lx"
      "4B5PQfBajPGT21AbvHX9FXUKcM36HNT9YNFTyTbB+Q==";

  CHECK(VerifyRsaSha256(key, R"({"id":"68d0a1b2c3d4e5f601234567","type":"order.paid"})", signature));
  CHECK_FALSE(VerifyRsaSha256(key, R"({"id":"68d0a1b2c3d4e5f601234567","type":"order.paid"} )", signature));
}
