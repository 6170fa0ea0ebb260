#include "server/auth/jwt.h"

#include <jwt.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>

#include "core/foundation/base64.h"
#include "core/foundation/text.h"

namespace plinto::polar::server {
namespace {

constexpr std::size_t kMaxTokenLength = 8 * 1024;
constexpr std::size_t kMaxKidLength = 256;
constexpr int kMinRsaBits = 2'048;
constexpr int kMaxRsaBits = 8'192;

struct JwtDelete {
  void operator()(jwt_t* jwt) const { jwt_free(jwt); }
};
struct BioDelete {
  void operator()(BIO* bio) const { BIO_free(bio); }
};

/// Three base64url parts between dots: all that libjwt ever gets to decode. Each in the one spelling that RFC 7515 has,
/// so that a token is one text: libjwt by itself takes others.
bool LooksLikeJwt(std::string_view token) {
  if (std::count(token.begin(), token.end(), '.') != 2) return false;
  for (std::size_t part = 0; part < 3; ++part) {
    const std::size_t dot = token.find('.');
    if (!DecodeBase64Url(token.substr(0, dot))) return false;
    if (dot != std::string_view::npos) token.remove_prefix(dot + 1);
  }
  return true;
}

/// What stands between the dots: libjwt's own reader takes a member that comes twice, and keeps the last.
Result<Json> ReadPayload(std::string_view token) {
  const std::size_t first = token.find('.') + 1;
  const std::optional<std::string> text = DecodeBase64Url(token.substr(first, token.find('.', first) - first));
  Result<Json> claims = text ? ParseJson(*text) : InvalidToken("");
  if (!claims || !claims->is_object()) return InvalidToken("has claims that are not one JSON object, each named once");
  return claims;
}

bool IsKid(std::string_view kid) {
  return !kid.empty() && kid.size() <= kMaxKidLength &&
         std::all_of(kid.begin(), kid.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

void EvpKeyDelete::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

Error InvalidToken(std::string why) {
  return Error{.code = ErrorCode::kTokenInvalid,
               .message = "The access token " + std::move(why) + ". Sign in again and send the new access token."};
}

Result<std::string> ReadBearer(std::string_view authorization) {
  const std::string_view value = TrimAscii(authorization);
  const std::size_t space = value.find(' ');
  if (value.empty()) {
    return Error{.code = ErrorCode::kTokenMissing,
                 .message = "There is no access token. Sign in and send the header `Authorization: Bearer <token>`."};
  }
  if (!EqualsIgnoringCase(value.substr(0, space), "Bearer") || space == std::string_view::npos) {
    return Error{
        .code = ErrorCode::kTokenInvalid,
        .message = "The Authorization header is not of the form `Bearer <token>`. Send Plinto's access token."};
  }
  const std::string_view token = TrimAscii(value.substr(space));
  if (token.size() > kMaxTokenLength) return InvalidToken("is longer than 8 KiB");
  return std::string(token);
}

Result<JwtHeader> ReadJwtHeader(std::string_view token) {
  if (!LooksLikeJwt(token)) return InvalidToken("is not a JWT");
  const std::optional<std::string> text = DecodeBase64Url(token.substr(0, token.find('.')));
  const Result<Json> json = text ? ParseJson(*text, {.max_depth = 8, .max_members = 64}) : InvalidToken("");
  if (!json || json->get_ptr<const Json::object_t*>() == nullptr) {
    return InvalidToken("has a header that is not a JSON object");
  }
  const std::string* const algorithm = FindString(*json, "alg");
  if (algorithm == nullptr) return InvalidToken("does not say how it is signed (header `alg`)");
  if (FindMember(*json, "crit") != nullptr) return InvalidToken("wants extensions of its own (header `crit`)");
  JwtHeader header{.algorithm = *algorithm, .kid = {}};
  if (FindMember(*json, "kid") != nullptr) {
    const std::string* const kid = FindString(*json, "kid");
    if (kid == nullptr || !IsKid(*kid)) return InvalidToken("names its key by what is no name (header `kid`)");
    header.kid = *kid;
  }
  return header;
}

Result<Json> ReadSignedClaims(const std::string& token, const JwtKey& key) {
  jwt_t* decoded = nullptr;
  const int failure = jwt_decode(&decoded, token.c_str(), reinterpret_cast<const unsigned char*>(key.material.data()),
                                 static_cast<int>(key.material.size()));
  const std::unique_ptr<jwt_t, JwtDelete> jwt(decoded);
  ERR_clear_error();
  if (failure != 0 || jwt == nullptr || jwt_get_alg(jwt.get()) != jwt_str_alg(key.algorithm.c_str())) {
    return InvalidToken("has no valid " + key.algorithm + " signature by the key of this server");
  }
  return ReadPayload(token);
}

std::optional<std::string> AlgorithmOf(const EVP_PKEY& key) {
  if (EVP_PKEY_get_base_id(&key) == EVP_PKEY_RSA) {
    const int bits = EVP_PKEY_get_bits(&key);
    return bits >= kMinRsaBits && bits <= kMaxRsaBits ? std::optional<std::string>("RS256") : std::nullopt;
  }
  if (EVP_PKEY_get_base_id(&key) != EVP_PKEY_EC) return std::nullopt;
  std::array<char, 64> group = {};
  std::size_t length = 0;
  const bool named = EVP_PKEY_get_group_name(&key, group.data(), group.size(), &length) == 1;
  return named && std::string_view(group.data()) == "prime256v1" ? std::optional<std::string>("ES256") : std::nullopt;
}

EvpKey ReadPublicPem(const std::string& pem) {
  const std::unique_ptr<BIO, BioDelete> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  EvpKey key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  return key;
}

std::string WritePublicPem(const EVP_PKEY& key) {
  const std::unique_ptr<BIO, BioDelete> bio(BIO_new(BIO_s_mem()));
  const bool written = PEM_write_bio_PUBKEY(bio.get(), &key) == 1;
  ERR_clear_error();
  char* text = nullptr;
  const long length = written ? BIO_get_mem_data(bio.get(), &text) : 0;
  return length > 0 ? std::string(text, static_cast<std::size_t>(length)) : std::string();
}

}  // namespace plinto::polar::server
