#include "server/config/products.h"

#include <algorithm>
#include <map>

#include "core/billing/provider.h"
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
    } else if (key == "conekta") {
      ReadConekta(plan, value);
    } else if (key == "country" && text != nullptr) {
      ReadCountry(plan, *text);
    } else {
      Problem("has a member `" + std::string(key.substr(0, 40)) +
              "` that is unknown or of the wrong type. Known are slug, product_id, tier, features, benefit_features, "
              "overage_meters, grace_days, proration_behaviors, checkout_options, conekta and country.");
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

  // {"plan_id": "pro-monthly"} or {"amount": 34900, "name": "Starter kit"}
  void ReadConekta(Plan& plan, const Json& value) {
    const auto* object = value.get_ptr<const Json::object_t*>();
    bool valid = object != nullptr;
    ConektaPrice offer;
    if (valid) {
      for (const auto& [key, member] : *object) {
        const auto* text = member.get_ptr<const std::string*>();
        const auto amount = AsInteger(member);
        if (key == "plan_id" && text != nullptr) {
          offer.plan_id = *text;
        } else if (key == "name" && text != nullptr) {
          offer.name = *text;
        } else if (key == "amount" && amount) {
          offer.amount = *amount;
        } else {
          valid = false;
        }
      }
    }
    const bool is_plan = IsText(offer.plan_id, 1, 100) && offer.name.empty() && offer.amount == 0;
    const bool is_item = offer.plan_id.empty() && IsText(offer.name, kLeastName, kMostName) && offer.amount >= 1 &&
                         offer.amount <= kMostAmount;
    if (valid && (is_plan || is_item)) {
      plan.conekta = std::move(offer);
      return;
    }
    Problem(
        "has a `conekta` that is neither {\"plan_id\": \"...\"} of a plan at Conekta nor {\"amount\": 34900, "
        "\"name\": \"...\"}: centavos from 1 to 999999999, and a name of 3 to 249 characters.");
  }

  static bool IsText(std::string_view text, std::size_t least, std::size_t most) {
    const std::size_t length = CountCodePoints(text);
    return length >= least && length <= most && text.find('\0') == std::string_view::npos;
  }

  void ReadCountry(Plan& plan, std::string_view country) {
    if (!IsCountryCode(country)) {
      Problem("has a `country` that is no two-letter code of ISO 3166-1, such as MX or DE.");
      return;
    }
    plan.country = ToUpperCountry(country);
  }

  // Of a line item's name: components/schemas of Conekta's OpenAPI document.
  static constexpr std::size_t kLeastName = 3;
  static constexpr std::size_t kMostName = 249;
  static constexpr std::int64_t kMostAmount = 999'999'999;

  ConfigReader& reader_;
  std::string where_;
};

/// A plan of Conekta's says which product a subscription is of.
void CheckConektaPlans(ConfigReader& reader, const std::vector<Plan>& plans) {
  std::map<std::string, std::size_t> entries;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    if (!plans[i].conekta || !plans[i].conekta->renews()) continue;
    const auto [first, is_new] = entries.emplace(plans[i].conekta->plan_id, i);
    if (is_new || plans[first->second].product_id == plans[i].product_id) continue;
    reader.Problem(kName, "entry " + std::to_string(i + 1) + " has the `plan_id` of entry " +
                              std::to_string(first->second + 1) + ", which is another product.");
  }
}

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
  CheckConektaPlans(reader, plans);
  return plans;
}

}  // namespace plinto::polar::server
