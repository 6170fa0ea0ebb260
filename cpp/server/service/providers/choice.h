// Which provider takes a purchase, by the buyer's country: as the request says, else as it is kept with the customer,
// else as the product's entry in PRODUCTS says, else Polar. It is never guessed from a currency, a language or an
// address.
#pragma once

#include <string>

#include "core/billing/provider.h"
#include "server/service/caller/caller.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

struct CountryChoice {
  std::string country = {};  ///< upper case; empty where none is known
  PaymentProvider provider = PaymentProvider::kPolar;
  bool is_to_keep = false;  ///< another one than is kept with the customer
};

/// A service key's word is taken over what is kept; a buyer's only where nothing is. Errors: VALIDATION_FAILED, naming
/// `country`.
[[nodiscard]] Result<CountryChoice> ChooseCountry(const Settings& settings, const std::optional<std::string>& asked,
                                                  const Caller& caller, const std::string& product_id);
/// Of a buyer whom nobody knows.
[[nodiscard]] Result<CountryChoice> ChooseForStranger(const Settings& settings, const std::optional<std::string>& asked,
                                                      const std::string& product_id);

}  // namespace plinto::polar::server
