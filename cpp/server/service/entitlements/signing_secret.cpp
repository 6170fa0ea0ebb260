#include "server/service/entitlements/signing_secret.h"

namespace plinto::polar::server {
namespace {

const std::string kRow = "entitlements";
const std::string kSigningLabel = "entitlements";

Error SealedWithoutKey() {
  return {.code = ErrorCode::kConfigurationInvalid,
          .message =
              "The secret of entitlement tokens is sealed. Start the server with the PLINTO_POLAR_KEY that sealed it."};
}

Result<std::string> Open(const EntitlementSettings& settings, const std::string& stored) {
  if (!SecretBox::IsSealed(stored)) return stored;
  if (!settings.box) return SealedWithoutKey();
  return settings.box->Open(stored, settings.seal_context);
}

std::string Seal(const EntitlementSettings& settings, const std::string& secret) {
  return settings.box ? settings.box->Seal(secret, settings.seal_context) : secret;
}

/// What is stored; nothing where there is no secret yet.
Task<Result<std::optional<SigningKeyRow>>> Find(Store& store) {
  Result<std::vector<SigningKeyRow>> rows = co_await store.ListSigningKeys();
  if (!rows) co_return std::move(rows).error();
  if (rows->empty()) co_return std::optional<SigningKeyRow>();
  co_return std::optional(std::move(rows->front()));
}

/// The first to come stores a secret. The others' come too late for this id and are not kept.
Task<Status> Make(Host& host, const EntitlementSettings& settings) {
  const std::string secret = host.random.Entropy() + host.random.Entropy();
  SigningKeyRow row{kRow, Seal(settings, secret), host.clock.Now()};
  co_return co_await host.store.AddSigningKey(std::move(row));
}

/// As Find(), once it is made and sealed. It is read again after each change, since another server may have been first.
Task<Result<std::optional<SigningKeyRow>>> Settle(Host& host, const EntitlementSettings& settings) {
  Result<std::optional<SigningKeyRow>> row = co_await Find(host.store);
  if (row && !*row) {
    Status made = co_await Make(host, settings);
    if (!made) co_return std::move(made).error();
    row = co_await Find(host.store);
  }
  if (row && *row && settings.box && !SecretBox::IsSealed((*row)->private_key)) {
    std::string sealed = Seal(settings, (*row)->private_key);
    const Result<bool> replaced = co_await host.store.ReplaceSigningKey(**std::move(row), std::move(sealed));
    if (!replaced) co_return replaced.error();
    row = co_await Find(host.store);
  }
  co_return row;
}

}  // namespace

Task<Result<std::string>> PrepareSigningSecret(Host& host, EntitlementSettings settings) {
  const Result<std::optional<SigningKeyRow>> row = co_await Settle(host, settings);
  if (!row) co_return row.error();
  if (!*row) co_return Error{.code = ErrorCode::kStoreFailed, .message = "The signing secret was not kept."};
  co_return Open(settings, (*row)->private_key);
}

Task<Status> CheckSigningSecret(Store& store, EntitlementSettings settings) {
  const Result<std::optional<SigningKeyRow>> row = co_await Find(store);
  if (!row) co_return row.error();
  if (!*row) co_return Done{};
  const Result<std::string> opened = Open(settings, (*row)->private_key);
  co_return opened ? Status(Done{}) : Status(opened.error());
}

Task<Result<EntitlementSigner*>> ReadySigner(Shared& shared) {
  if (shared.signer) co_return &*shared.signer;
  Result<std::string> secret = co_await PrepareSigningSecret(shared.host, shared.settings.entitlements);
  if (!secret) co_return std::move(secret).error();
  shared.signer.emplace(*std::move(secret), kSigningLabel);
  co_return &*shared.signer;
}

}  // namespace plinto::polar::server
