#include "server/service/providers/choice.h"

#include "core/foundation/text.h"

namespace plinto::polar::server {
namespace {

std::string DefaultOf(const Settings& settings, const std::string& product_id) {
  for (const Plan& plan : settings.plans) {
    if (EqualsIgnoringCase(plan.product_id, product_id) && !plan.country.empty()) return plan.country;
  }
  return {};
}

Result<CountryChoice> ChoiceOf(std::string country, bool is_to_keep) {
  if (country.empty()) return CountryChoice{};
  const Result<PaymentProvider> provider = DecideProvider(country);
  if (!provider) return provider.error();
  return CountryChoice{ToUpperCountry(country), *provider, is_to_keep};
}

}  // namespace

Result<CountryChoice> ChooseCountry(const Settings& settings, const std::optional<std::string>& asked,
                                    const Caller& caller, const std::string& product_id) {
  const std::string kept = caller.customer ? caller.customer->country : std::string();
  if (asked) {
    // Refused also where it is not used: a code that is none is a mistake.
    Result<CountryChoice> choice = ChoiceOf(*asked, true);
    if (!choice) return choice;
    choice->is_to_keep = choice->country != kept;
    if (!caller.token || kept.empty()) return choice;
  }
  if (!kept.empty()) return ChoiceOf(kept, false);
  return ChoiceOf(DefaultOf(settings, product_id), true);
}

Result<CountryChoice> ChooseForStranger(const Settings& settings, const std::optional<std::string>& asked,
                                        const std::string& product_id) {
  return ChoiceOf(asked.value_or(DefaultOf(settings, product_id)), false);
}

}  // namespace plinto::polar::server
