#include "server/config/products.h"

#include <algorithm>
#include <map>

#include "core/foundation/json.h"
#include "core/foundation/text.h"
#include "core/model/subscription_update.h"

namespace plinto::polar::server {
namespace {

constexpr std::string_view kName = "PRODUCTS";

bool IsSlug(std::string_view slug) {
  return !slug.empty() && slug.size() <= 100 && std::all_of(slug.begin(), slug.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

class PlanReader {
 public:
  PlanReader(ConfigReader& reader, std::string where) : reader_(reader), where_(std::move(where)) {}

  void Problem(std::string_view what) { reader_.Problem(kName, where_ + ' ' + std::string(what)); }

  void ReadInto(Plan& plan, const Json& entry) {
    if (const auto* id = entry.get_ptr<const std::string*>()) {
      plan.product_id = ToLowerAscii(*id);
    } else if (const auto* object = entry.get_ptr<const Json::object_t*>()) {
      for (const auto& [key, value] : *object) ReadMember(plan, key, value);
    } else {
      Problem("is neither a product id nor an object with `product_id`.");
      return;
    }
    if (!IsSlug(plan.slug)) Problem("has no slug of lower-case letters, digits, `-` and `_` (at most 100).");
    if (plan.tier.empty()) plan.tier = plan.slug;
    if (!IsUuid(plan.product_id)) Problem("has no `product_id` that is a UUID. Copy it from the product at Polar.");
  }

 private:
  void ReadMember(Plan& plan, std::string_view key, const Json& value) {
    const auto* text = value.get_ptr<const std::string*>();
    if (key == "slug" && text != nullptr) {
      plan.slug = *text;
    } else if (key == "product_id" && text != nullptr) {
      plan.product_id = ToLowerAscii(*text);
    } else if (key == "tier" && text != nullptr) {
      plan.tier = *text;
    } else if (key == "features") {
      ReadFeatures(plan, value);
    } else if (key == "benefit_features") {
      ReadBenefitFeatures(plan, value);
    } else if (key == "overage_meters") {
      ReadOverageMeters(plan, value);
    } else if (key == "grace_days") {
      const auto days = AsInteger(value);
      plan.grace_days = days.value_or(-1);
      if (plan.grace_days < 0 || plan.grace_days > 365) {
        Problem("has `grace_days` that are not a whole number from 0 to 365.");
      }
    } else if (key == "proration_behaviors") {
      ReadProrations(plan, value);
    } else if (key == "checkout_options") {
      ReadCheckoutOptions(plan, value);
    } else {
      Problem("has a member `" + std::string(key.substr(0, 40)) +
              "` that is unknown or of the wrong type. Known are slug, product_id, tier, features, benefit_features, "
              "overage_meters, grace_days, proration_behaviors and checkout_options.");
    }
  }

  void ReadProrations(Plan& plan, const Json& value) {
    const auto* list = value.get_ptr<const Json::array_t*>();
    bool valid = list != nullptr;
    for (std::size_t i = 0; valid && i < list->size(); ++i) {
      const auto* word = (*list)[i].get_ptr<const std::string*>();
      valid = word != nullptr && OpenEnum<Proration>(*word).known();
      if (valid) plan.proration_behaviors.push_back(*word);
    }
    if (!valid) Problem("has `proration_behaviors` other than invoice, prorate, next_period and reset.");
  }

  void ReadCheckoutOptions(Plan& plan, const Json& value) {
    const auto* list = value.get_ptr<const Json::array_t*>();
    bool valid = list != nullptr;
    for (std::size_t i = 0; valid && i < list->size(); ++i) {
      const auto* word = (*list)[i].get_ptr<const std::string*>();
      valid = word != nullptr &&
              std::find(std::begin(kCheckoutOptions), std::end(kCheckoutOptions), *word) != std::end(kCheckoutOptions);
      if (valid) plan.checkout_options.push_back(*word);
    }
    if (!valid) Problem("has `checkout_options` other than discounts, trials, amounts and anonymous.");
  }

  void ReadFeatures(Plan& plan, const Json& value) {
    const auto* list = value.get_ptr<const Json::array_t*>();
    bool valid = list != nullptr;
    for (std::size_t i = 0; valid && i < list->size(); ++i) {
      const auto* feature = (*list)[i].get_ptr<const std::string*>();
      valid = feature != nullptr && !feature->empty();
      if (valid) plan.features.push_back(*feature);
    }
    if (!valid) Problem("has `features` that are not a list of names.");
  }

  // {"sso": "id of a benefit"}
  void ReadBenefitFeatures(Plan& plan, const Json& value) {
    const auto* object = value.get_ptr<const Json::object_t*>();
    bool valid = object != nullptr;
    if (valid) {
      for (const auto& [feature, benefit] : *object) {
        const auto* id = benefit.get_ptr<const std::string*>();
        valid = valid && !feature.empty() && id != nullptr && IsUuid(*id);
        if (valid) plan.benefit_features.push_back({feature, ToLowerAscii(*id)});
      }
    }
    if (!valid) Problem("has `benefit_features` that are not an object from feature to the UUID of a benefit.");
  }

  void ReadOverageMeters(Plan& plan, const Json& value) {
    const auto* list = value.get_ptr<const Json::array_t*>();
    bool valid = list != nullptr;
    for (std::size_t i = 0; valid && i < list->size(); ++i) {
      const auto* meter = (*list)[i].get_ptr<const std::string*>();
      valid = meter != nullptr && IsUuid(*meter);
      if (valid) plan.overage_meters.push_back(ToLowerAscii(*meter));
    }
    if (!valid) Problem("has `overage_meters` that are not a list of UUIDs of meters.");
  }

  ConfigReader& reader_;
  std::string where_;
};

}  // namespace

std::vector<Plan> ReadProducts(ConfigReader& reader) {
  std::string text = reader.Text(kName);
  if (text.empty()) return {};
  if (text.front() != '[' && text.front() != '{') {
    std::optional<std::string> content = reader.File(text);
    if (!content) {
      reader.Problem(kName, "is neither JSON nor the path of a file that can be read.");
      return {};
    }
    text = *std::move(content);
  }
  const Result<Json> json = ParseJson(text);
  if (!json) {
    reader.Problem(kName, "is not valid JSON. Write {\"slug\": {\"product_id\": \"...\"}}.");
    return {};
  }
  std::vector<Plan> plans;
  if (const auto* list = json->get_ptr<const Json::array_t*>()) {
    for (const Json& entry : *list) {
      Plan& plan = plans.emplace_back();
      PlanReader(reader, "entry " + std::to_string(plans.size())).ReadInto(plan, entry);
    }
  } else if (const auto* object = json->get_ptr<const Json::object_t*>()) {
    for (const auto& [slug, entry] : *object) {
      Plan& plan = plans.emplace_back();
      plan.slug = slug;
      PlanReader(reader, "entry " + std::to_string(plans.size())).ReadInto(plan, entry);
    }
  } else {
    reader.Problem(kName, "is neither a list nor an object.");
  }
  if (plans.empty()) reader.Problem(kName, "lists no product. Leave it out to sell whatever Polar has.");
  std::map<std::string, std::size_t> entries;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const auto [first, is_new] = entries.emplace(plans[i].slug, i + 1);
    if (is_new) continue;
    reader.Problem(kName,
                   "entry " + std::to_string(i + 1) + " has the slug of entry " + std::to_string(first->second) + ".");
  }
  return plans;
}

}  // namespace plinto::polar::server
