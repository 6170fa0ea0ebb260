#include "emulator/conekta/lists.h"

#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {
namespace {

constexpr std::int64_t kMostRows = 250;
constexpr std::int64_t kRows = 20;

// The request's URL for another page: filters and limit stay.
std::string PageUrl(const World& world, const Call& call, std::string_view cursor, const std::string& id) {
  std::string url = world.config.public_url + call.request.url.substr(0, call.request.url.find('?'));
  for (const auto& [name, value] : call.query.parameters()) {
    if (name != "next" && name != "previous") AppendQuery(url, name, value);
  }
  AppendQuery(url, cursor, id);
  return url;
}

}  // namespace

PageOf PageAsked(World& world, const Call& call, const std::vector<std::string>& ids) {
  const std::string* asked = call.query.Find("limit");
  const auto limit = asked == nullptr ? std::optional(kRows) : ParseInteger(*asked);
  const auto refused = [&](std::string_view name, Words words) {
    return PageOf{.refusal = Invalid(world, call.request, std::string(name) + ".invalid", name, std::move(words))};
  };
  if (!limit || *limit < 1 || *limit > kMostRows) {
    return refused("limit",
                   {"El limite debe ser un entero de 1 a 250.", "The limit must be an integer from 1 to 250."});
  }
  PageOf page = {.last = ids.size()};
  for (const std::string_view cursor : {"next", "previous"}) {
    const std::string* id = call.query.Find(cursor);
    if (id == nullptr) continue;
    const auto found = std::find(ids.begin(), ids.end(), *id);
    if (found == ids.end()) {
      return refused(cursor, {"El cursor no es de esta lista.", "The cursor is no object of this list."});
    }
    const auto at = static_cast<std::size_t>(found - ids.begin());
    const auto count = static_cast<std::size_t>(*limit);
    if (cursor == "next") page.first = at + 1;
    if (cursor == "previous") {
      page.last = at;
      page.first = at > count ? at - count : 0;
    }
  }
  page.last = std::min(page.last, page.first + static_cast<std::size_t>(*limit));
  if (page.last < ids.size() && page.last > 0) page.next_url = PageUrl(world, call, "next", ids[page.last - 1]);
  if (page.first > 0 && page.first < ids.size()) page.previous_url = PageUrl(world, call, "previous", ids[page.first]);
  return page;
}

bool AdmitsText(const Call& call, std::string_view name, std::string_view value) {
  const std::string* wanted = call.query.Find(name);
  return wanted == nullptr || *wanted == value;
}

bool AdmitsSearch(const Call& call, std::initializer_list<std::string_view> texts) {
  const std::string* wanted = call.query.Find("search");
  if (wanted == nullptr || wanted->empty()) return true;
  const std::string part = ToLowerAscii(*wanted);
  return std::any_of(texts.begin(), texts.end(),
                     [&](std::string_view text) { return ToLowerAscii(text).find(part) != std::string::npos; });
}

bool AdmitsTime(const Call& call, const std::string& name, Timestamp at) {
  const auto bound = [&](const std::string& parameter) {
    const std::string* text = call.query.Find(parameter);
    return text == nullptr ? std::nullopt : ParseInteger(*text);
  };
  const auto equal = bound(name);
  const auto least = bound(name + ".gte");
  const auto most = bound(name + ".lte");
  return (!equal || *equal == at.Seconds()) && (!least || at.Seconds() >= *least) && (!most || at.Seconds() <= *most);
}

}  // namespace plinto::polar::emulator::conekta
