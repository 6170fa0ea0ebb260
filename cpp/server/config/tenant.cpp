#include "server/config/tenant.h"

#include <array>

#include "server/config/reader.h"
#include "server/config/usage_events.h"

namespace plinto::polar::server {
namespace {

constexpr std::array<std::string_view, 16> kNames = {"POLAR_ACCESS_TOKEN",
                                                     "POLAR_WEBHOOK_SECRET",
                                                     "POLAR_SANDBOX",
                                                     "POLAR_API_URL",
                                                     "POLAR_API_VERSION",
                                                     "POLAR_REQUESTS_PER_MINUTE",
                                                     "POLAR_CREATE_CUSTOMER_ON_SIGNUP",
                                                     "CONEKTA_API_KEY",
                                                     "CONEKTA_WEBHOOK_KEYS",
                                                     "CONEKTA_URL",
                                                     "PLINTO_WEBHOOK_SECRET",
                                                     "RETURN_ORIGINS",
                                                     "USAGE_EVENTS",
                                                     "PRODUCTS",
                                                     "APP_WEBHOOK_URL",
                                                     "APP_WEBHOOK_SECRET"};

/// The content of the file that PRODUCTS names: what is stored does not depend on this machine's files.
std::string ProductsText(ConfigReader& reader) {
  std::string text = reader.Text("PRODUCTS");
  if (text.empty() || text.front() == '[' || text.front() == '{') return text;
  const std::optional<std::string> content = reader.File(text);
  if (!content) reader.Problem("PRODUCTS", "is neither JSON nor the path of a file that can be read.");
  return content.value_or("");
}

}  // namespace

std::span<const std::string_view> TenantVariables() { return kNames; }

Result<TenantValues> ReadTenantValues(const Lookup& lookup, const ReadFile& read_file) {
  ConfigReader reader(lookup, read_file);
  TenantValues values;
  for (const std::string_view name : kNames) {
    std::string value = name == "PRODUCTS"       ? ProductsText(reader)
                        : name == "USAGE_EVENTS" ? UsageEventsText(reader)
                                                 : reader.Text(name);
    if (!value.empty()) values.emplace(name, std::move(value));
  }
  if (reader.problems().empty()) return values;
  std::string message = "The tenant's settings have problems:";
  for (const std::string& problem : reader.problems()) message += "\n  - " + problem;
  return Error{.code = ErrorCode::kConfigurationInvalid, .message = std::move(message)};
}

}  // namespace plinto::polar::server
