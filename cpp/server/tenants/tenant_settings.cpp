#include "server/tenants/tenant_settings.h"

#include <algorithm>

#include "core/foundation/json.h"
#include "core/foundation/text.h"

namespace plinto::polar::server {
namespace {

constexpr std::size_t kMaxIdLength = 63;

std::string SealContext(std::string_view id) { return "tenant/" + std::string(id); }

Error Unreadable(std::string_view id, std::string_view reason) {
  return {.code = ErrorCode::kConfigurationInvalid,
          .message = "The settings of tenant `" + std::string(id) + "` cannot be read: " + std::string(reason)};
}

}  // namespace

Status CheckTenantId(std::string_view id) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const bool valid = !id.empty() && id.size() <= kMaxIdLength && plain(id.front()) &&
                     std::all_of(id.begin(), id.end(), [&](char c) { return plain(c) || c == '-'; });
  if (!valid) {
    return ValidationError("id", "A tenant's id is 1 to 63 lower-case letters, digits and hyphens, as in `acme-shop`.");
  }
  if (id == kDefaultTenant) {
    return ValidationError("id", "`default` is the tenant of the server's environment. Choose another id.");
  }
  return Done{};
}

std::string SealTenant(const SecretBox& box, std::string_view id, const TenantValues& values) {
  Json json = Json::object();
  for (const auto& [name, value] : values) SetMember(json, name, value);
  return box.Seal(DumpJson(json), SealContext(id));
}

Result<TenantValues> OpenTenant(const std::optional<SecretBox>& box, const TenantRow& row) {
  if (!box) return Unreadable(row.id, "they are sealed. Set the PLINTO_POLAR_KEY that sealed them.");
  const Result<std::string> opened = box->Open(row.settings, SealContext(row.id));
  if (!opened) {
    return Unreadable(row.id,
                      "they were sealed with another PLINTO_POLAR_KEY, or changed. Set the key that sealed them; "
                      "if it is lost, remove the tenant and add it anew.");
  }
  const Result<Json> json = ParseJson(*opened);
  const auto* object = json ? json->get_ptr<const Json::object_t*>() : nullptr;
  if (object == nullptr) return Unreadable(row.id, "they are not an object. Remove the tenant and add it anew.");
  TenantValues values;
  for (const auto& [name, value] : *object) {
    if (const auto* text = value.get_ptr<const std::string*>()) values.emplace(name, *text);
  }
  return values;
}

std::string RotateSecrets(std::string_view secrets, std::string_view added) {
  const std::string_view held = TrimAscii(secrets);
  const std::string_view newest = TrimAscii(held.substr(0, held.find(',')));
  if (added.empty() || added == newest) return std::string(held);
  return std::string(added) + (newest.empty() ? "" : "," + std::string(newest));
}

}  // namespace plinto::polar::server
