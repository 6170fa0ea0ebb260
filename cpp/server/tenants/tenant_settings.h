// A tenant's settings as they are stored in the database: one sealed text.
//
// Sealed by PLINTO_POLAR_KEY (base/secrets/secret_box.h) with the tenant's id as associated data: what was sealed for
// one tenant does not open for another. Pure but for the nonce.
#pragma once

#include <optional>

#include "server/base/secrets/secret_box.h"
#include "server/config/tenant.h"
#include "server/store/database.h"

namespace plinto::polar::server {

/// 1 to 63 lower-case letters, digits and hyphens, a letter or digit first; not `default`.
/// Errors: VALIDATION_FAILED.
[[nodiscard]] Status CheckTenantId(std::string_view id);

[[nodiscard]] std::string SealTenant(const SecretBox& box, std::string_view id, const TenantValues& values);

/// Errors: CONFIGURATION_INVALID when there is no key, or it does not open the row; the message names the tenant.
[[nodiscard]] Result<TenantValues> OpenTenant(const std::optional<SecretBox>& box, const TenantRow& row);

/// The webhook secrets after a rotation: the new one first, then the one that was new before it.
[[nodiscard]] std::string RotateSecrets(std::string_view secrets, std::string_view added);

}  // namespace plinto::polar::server
