// Secrets at rest.
#include "catch.h"

#include "core/foundation/base64.h"
#include "server/base/secrets/secret_box.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

SecretBox Box(char fill) { return *SecretBox::Create(EncodeBase64(std::string(32, fill))); }

}  // namespace

TEST_CASE("a sealed secret opens with its key and context, and looks different each time") {
  const SecretBox box = Box('k');
  const std::string sealed = box.Seal("polar_oat_secret", "acme");

  CHECK(SecretBox::IsSealed(sealed));
  CHECK(sealed.find("polar") == std::string::npos);
  CHECK(*box.Open(sealed, "acme") == "polar_oat_secret");
  CHECK(box.Seal("polar_oat_secret", "acme") != sealed);
  CHECK(box.Open(box.Seal("", "acme"), "acme")->empty());
}

TEST_CASE("a sealed secret opens for no other key or tenant, nor when any of its bytes was changed") {
  const SecretBox box = Box('k');
  // 36 bytes with nonce and tag: every bit of the base64 text counts.
  const std::string sealed = box.Seal("a secret", "acme");

  CHECK(Box('x').Open(sealed, "acme").error().code == ErrorCode::kConfigurationInvalid);
  CHECK_FALSE(box.Open(sealed, "other").ok());
  CHECK_FALSE(box.Open("secret", "acme").ok());
  CHECK_FALSE(box.Open("sealed:", "acme").ok());
  for (std::size_t i = 7; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(box.Open(changed, "acme").ok());
  }
}

TEST_CASE("PLINTO_POLAR_KEY is 32 bytes in base64, else it is refused with the way to make one") {
  CHECK(SecretBox::Create(EncodeBase64(std::string(32, 'k'))).ok());
  for (const std::string& wrong : {std::string(), std::string("not base64!"), EncodeBase64(std::string(31, 'k'))}) {
    const auto box = SecretBox::Create(wrong);
    REQUIRE_FALSE(box.ok());
    CHECK(box.error().code == ErrorCode::kConfigurationInvalid);
    CHECK(box.error().message.find("openssl rand -base64 32") != std::string::npos);
  }
}
