#include "emulator/control/seed.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "core/foundation/text.h"
#include "emulator/api/router.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

// In the order in which they are made: later ones refer to earlier ones.
struct Section {
  std::string_view name;
  std::string_view route;
};
constexpr std::array kSections = {
    Section{"meters", "/v1/meters/"},       Section{"benefits", "/v1/benefits/"},
    Section{"products", "/v1/products/"},   Section{"discounts", "/v1/discounts/"},
    Section{"customers", "/v1/customers/"},
};

Error Refused(const std::string& field, const std::string& why) {
  return ValidationError(field, "The seed file is refused at `" + field + "`: " + why);
}

// `[0].prices[1].price_amount` of an issue's place in the request, without `body` and the tags of unions.
std::string PlaceOf(const Json& loc) {
  std::string place;
  const auto* steps = loc.get_ptr<const Json::array_t*>();
  if (steps == nullptr) return place;
  constexpr std::array<std::string_view, 13> kTags = {
      "body",         "recurring",     "one_time",     "fixed",        "custom",     "seat_based", "unit_based",
      "metered_unit", "metered_tiers", "feature_flag", "meter_credit", "percentage", "individual"};
  for (const Json& step : *steps) {
    if (const auto index = AsInteger(step)) {
      place += "[" + std::to_string(*index) + "]";
    } else if (const auto* name = step.get_ptr<const std::string*>()) {
      if (std::find(kTags.begin(), kTags.end(), *name) == kTags.end()) place += "." + *name;
    }
  }
  return place;
}

// The ids of earlier entries, by their keys.
using Keys = std::map<std::string, std::string>;

// Polar's message; where an id is missing also the known keys, since a wrong key is the usual mistake.
std::string WhyOf(const Json& issue, const Keys& keys) {
  const std::string* msg = FindString(issue, "msg");
  std::string why = msg == nullptr ? "" : *msg;
  const std::string* type = FindString(issue, "type");
  if (type == nullptr || *type != "uuid_parsing") return why;
  const std::string* input = FindString(issue, "input");
  why += ", and no entry before it has the key '" + (input == nullptr ? "" : *input) + "'. ";
  if (keys.empty()) return why + "None has a key.";
  why += "Known keys: ";
  for (const auto& entry : keys) why += entry.first + ", ";
  why.resize(why.size() - 2);
  return why + ".";
}

Error Explain(const std::string& place, const HttpResponse& answer, const Keys& keys = {}) {
  const auto json = ParseJson(answer.body);
  const Json* detail = json ? FindMember(*json, "detail") : nullptr;
  if (const auto* text = detail == nullptr ? nullptr : detail->get_ptr<const std::string*>()) {
    return Refused(place, *text);
  }
  const auto* issues = detail == nullptr ? nullptr : detail->get_ptr<const Json::array_t*>();
  if (issues == nullptr || issues->empty()) return Refused(place, "status " + std::to_string(answer.status) + ".");
  const Json* loc = FindMember(issues->front(), "loc");
  return Refused(place + (loc == nullptr ? "" : PlaceOf(*loc)), WhyOf(issues->front(), keys));
}

// The parser counts bytes; people count lines.
Error WithLine(Error error, std::string_view text) {
  constexpr std::string_view kByte = "near byte ";
  const std::size_t at = error.message.find(kByte);
  if (at == std::string::npos) return error;
  const std::size_t digits = at + kByte.size();
  const std::size_t end = std::min(error.message.find_first_not_of("0123456789", digits), error.message.size());
  const auto byte = ParseInteger(std::string_view(error.message).substr(digits, end - digits)).value_or(0);
  const std::string_view before = text.substr(0, static_cast<std::size_t>(std::max<std::int64_t>(byte - 1, 0)));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  error.message.replace(at, end - at, "on line " + std::to_string(line));
  return error;
}

class Seeder {
 public:
  explicit Seeder(World& world) : world_(world) {}

  Status Apply(const Json& document) {
    for (const auto& member : *document.get_ptr<const Json::object_t*>()) {
      const std::string& name = member.first;
      const bool known =
          name == "seed" || name == "settings" || name == "tokens" ||
          std::any_of(kSections.begin(), kSections.end(), [&](const Section& section) { return section.name == name; });
      if (!known) return Refused(name, "there is no such section.");
    }
    if (const Json* settings = FindMember(document, "settings")) {
      if (auto answer = Send("/_emulator/settings", *settings); !answer.Succeeded()) return Explain("settings", answer);
    }
    if (Status added = Each(document, "tokens",
                            [&](const Json& entry, const std::string& place) {
                              const HttpResponse answer = Send("/_emulator/tokens", entry);
                              return answer.Succeeded() ? Status(Done{}) : Status(Explain(place, answer));
                            });
        !added) {
      return added;
    }
    for (const Section& section : kSections) {
      Status added = Each(document, section.name,
                          [&](const Json& entry, const std::string& place) { return Add(section, entry, place); });
      if (!added) return added;
    }
    // Customers who are there from the start are not announced.
    world_.jobs.clear();
    for (Customer& customer : world_.customers) customer.usage_touched_at.reset();
    return Done{};
  }

 private:
  // Does it to each entry of the list `name`, with its place in the file; stops at the first that is refused.
  template <class Act>
  static Status Each(const Json& document, std::string_view name, Act act) {
    const Json* member = FindMember(document, name);
    if (member == nullptr) return Done{};
    const auto* list = member->get_ptr<const Json::array_t*>();
    if (list == nullptr) return Refused(std::string(name), "it must be a list.");
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (Status done = act((*list)[i], std::string(name) + "[" + std::to_string(i) + "]"); !done) return done;
    }
    return Done{};
  }

  Status Add(const Section& section, const Json& entry, const std::string& place) {
    if (!entry.is_object()) return Refused(place, "it must be an object.");
    Json body = Json::object();
    Json benefits = nullptr;
    std::string key;
    for (const auto& [name, value] : *entry.get_ptr<const Json::object_t*>()) {
      if (name == "id" || name == "key") {
        const auto* text = value.get_ptr<const std::string*>();
        if (text == nullptr || (name == "id" && !IsUuid(*text))) {
          return Refused(place + "." + name, name == "id" ? "it must be a UUID." : "it must be text.");
        }
        if (name == "key") key = *text;
        if (name == "id") world_.random.Pin(ToLowerAscii(*text));
      } else if (name == "benefits" && section.name == "products") {
        benefits = Resolve(value);
      } else {
        SetMember(body, name, value);
      }
    }
    body = Resolve(body);
    if (!key.empty() && ids_.contains(key)) return Refused(place + ".key", "another entry has it.");
    const HttpResponse answer = Send(std::string(section.route), body);
    if (!answer.Succeeded()) return Explain(place, answer, ids_);
    const auto json = ParseJson(answer.body);
    const std::string* id = json ? FindString(*json, "id") : nullptr;
    if (id == nullptr) return Refused(place, "it has no id.");
    if (!key.empty()) ids_[key] = *id;
    if (benefits.is_null()) return Done{};
    const HttpResponse attached =
        Send(std::string(section.route) + *id + "/benefits", Json::object({{"benefits", std::move(benefits)}}));
    return attached.Succeeded() ? Status(Done{}) : Status(Explain(place, attached, ids_));
  }

  // Keys become ids: in `meter_id`, in lists of ids, wherever they stand.
  Json Resolve(const Json& value) const {
    if (const auto* text = value.get_ptr<const std::string*>()) {
      const auto known = ids_.find(*text);
      return known == ids_.end() ? value : Json(known->second);
    }
    if (const auto* list = value.get_ptr<const Json::array_t*>()) {
      Json resolved = Json::array();
      for (const Json& item : *list) resolved.push_back(Resolve(item));
      return resolved;
    }
    const auto* object = value.get_ptr<const Json::object_t*>();
    if (object == nullptr) return value;
    Json resolved = Json::object();
    for (const auto& [name, member] : *object) {
      // Only where an id is wanted: a product may be named like a key.
      const bool wants_id = name == "meter_id" || member.is_array() || member.is_object();
      SetMember(resolved, name, wants_id ? Resolve(member) : member);
    }
    return resolved;
  }

  HttpResponse Send(const std::string& url, const Json& body) {
    HttpRequest request = {"POST", url, {}, DumpJson(body)};
    request.headers.Add("authorization", "Bearer " + world_.config.access_token);
    return Dispatch(world_, request).answer;
  }

  World& world_;
  Keys ids_;
};

}  // namespace

Status ApplySeed(World& world, std::string_view text) {
  const auto document = ParseJson(text);
  if (!document) return WithLine(document.error(), text);
  if (!document->is_object()) return Refused("seed file", "it must be a JSON object.");
  if (const Json* seed = FindMember(*document, "seed"); seed != nullptr && AsInteger(*seed).value_or(-1) < 0) {
    return Refused("seed", "it must be an integer from 0.");
  }
  return Seeder(world).Apply(*document);
}

std::optional<std::uint64_t> SeedNumberOf(std::string_view catalog) {
  const auto document = ParseJson(catalog);
  const auto number = document ? FindInteger(*document, "seed") : std::nullopt;
  if (!number || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

}  // namespace plinto::polar::emulator
