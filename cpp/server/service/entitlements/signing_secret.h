// The secret that a tenant's entitlement tokens are signed with, as it is kept in the store.
//
// Made once; sealed where there is a key to seal it with, also when it was made before there was one. Servers that
// share a store share it.
#pragma once

#include <string>

#include "server/service/shared.h"

namespace plinto::polar::server {

/// The secret, made or sealed in the store where that is due. Errors: STORE_FAILED; CONFIGURATION_INVALID when it is
/// sealed and the key is missing or another.
[[nodiscard]] Task<Result<std::string>> PrepareSigningSecret(Host& host, EntitlementSettings settings);

/// Whether these settings open what is stored, if anything is; changes nothing. Errors: as PrepareSigningSecret.
[[nodiscard]] Task<Status> CheckSigningSecret(Store& store, EntitlementSettings settings);

/// The service's signer, made by the first who needs it. Errors: as PrepareSigningSecret.
[[nodiscard]] Task<Result<EntitlementSigner*>> ReadySigner(Shared& shared);

}  // namespace plinto::polar::server
