// Who pays another provider, out of what that provider exports: Stripe's CSV and its API's objects, Fungies by a map of
// columns that nobody has verified, and any CSV by a map of one's own.
//
// Pure. A subscriber whose line cannot be understood is read all the same, with what is wrong about it, so that one
// line does not stop the others.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/result.h"
#include "core/foundation/timestamp.h"
#include "server/store/rows.h"

namespace plinto::polar::server {

enum class ImportProvider : std::uint8_t { kFungies, kStripe, kCsv };
[[nodiscard]] std::string_view ToText(ImportProvider provider);
[[nodiscard]] std::optional<ImportProvider> ImportProviderFromText(std::string_view text);

/// What of theirs is what of ours (docs/migrating.md#the-map). What it leaves out is the provider's preset's.
struct ImportMap {
  std::map<std::string, std::string, std::less<>> columns = {};   ///< our name -> the column's, or the metadata key's
  std::map<std::string, std::string, std::less<>> products = {};  ///< their product, price or plan -> slug of PRODUCTS
  std::map<std::string, std::string, std::less<>> statuses =
      {};  ///< their word -> active, trialing, canceled, past_due
};

/// Errors: INVALID_JSON, UNKNOWN_FIELD and VALIDATION_FAILED, naming the member.
[[nodiscard]] Result<ImportMap> ReadImportMap(std::string_view text);

struct Subscriber {
  std::string place;  ///< `line 7`, for people
  std::string subscription_id = {};
  std::optional<std::string> organization_id = {};
  std::optional<std::string> user_id = {};  ///< the owner, where there is an organization
  std::string email = {};
  bool email_verified = false;
  std::string name = {};
  std::vector<std::string> products = {};  ///< what it is called there: price, plan, product
  std::string status = {};
  std::optional<Timestamp> paid_until = {};
  bool ends = false;         ///< it is canceled there already
  std::string problem = {};  ///< why it cannot be understood; empty where it can
};

/// Errors: VALIDATION_FAILED, naming the column or line, and INVALID_JSON, when the file as a whole cannot be read.
[[nodiscard]] Result<std::vector<Subscriber>> ReadSubscribers(ImportProvider provider, std::string_view text,
                                                              const ImportMap& map);

}  // namespace plinto::polar::server
