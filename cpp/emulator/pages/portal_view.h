// What the portal page looks like: cards rendered from what the customer portal's API answers. A card whose list the
// session may not see, or the emulator does not have, is left out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/json.h"

namespace plinto::polar::emulator {

/// What each card needs besides its data.
struct PortalFrame {
  std::string base;   ///< `/emulator/portal`
  std::string token;  ///< Travels in every form.
};

/// A product that a subscription may change to.
struct PlanChoice {
  std::string id;
  std::string text;  ///< `Yearly, $100.00 per year`
};

/// The opening tag of a form that posts to `path` below the portal, with the session in it.
[[nodiscard]] std::string PortalForm(const PortalFrame& frame, std::string_view path, std::string_view attributes = {});

/// One subscription: its state, and what may be done with it. `seats`: GET /v1/customer-portal/seats, or null.
[[nodiscard]] std::string SubscriptionCard(const PortalFrame& frame, const Json& subscription,
                                           const std::vector<PlanChoice>& plans, const Json& seats);
[[nodiscard]] std::string OrdersCard(const PortalFrame& frame, const std::vector<Json>& orders);
[[nodiscard]] std::string BenefitsCard(const std::vector<Json>& grants);
[[nodiscard]] std::string MetersCard(const std::vector<Json>& meters);
[[nodiscard]] std::string CardsCard(const PortalFrame& frame, const std::vector<Json>& methods);

}  // namespace plinto::polar::emulator
