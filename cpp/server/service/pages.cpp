#include "server/service/pages.h"

#include "core/conekta/account.h"
#include "core/foundation/base64.h"
#include "core/foundation/text.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kDefaultLimit = 20;
constexpr std::int64_t kMaxLimit = 100;

std::optional<PagePlace> PlaceOf(std::string_view cursor) {
  const auto text = DecodeBase64(cursor);
  const std::size_t space = text ? text->find(' ') : std::string::npos;
  if (space == std::string::npos) return std::nullopt;
  const auto at = ParseInteger(std::string_view(*text).substr(0, space));
  const std::string id = text->substr(space + 1);
  if (!at || !(IsUuid(id) || IsKeptConektaId(id))) return std::nullopt;
  return PagePlace{Timestamp{*at}, id};
}

}  // namespace

std::string CursorOf(const PagePlace& place) {
  std::string text = EncodeBase64(std::to_string(place.at.microseconds) + " " + place.id);
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text.substr(0, text.find('='));
}

Result<PageQuery> ReadPageQuery(const std::optional<std::string>& limit, const std::optional<std::string>& cursor) {
  PageQuery query{.limit = kDefaultLimit};
  if (limit) {
    const auto number = ParseInteger(*limit);
    if (!number || *number < 1 || *number > kMaxLimit) {
      return ValidationError("limit", "Must be a whole number from 1 to 100.");
    }
    query.limit = *number;
  }
  if (cursor) {
    query.after = PlaceOf(*cursor);
    if (!query.after)
      return ValidationError("cursor", "This is not a cursor. Send `next_cursor` of the page before as it is.");
  }
  return query;
}

}  // namespace plinto::polar::server
