// What the organization has set for subscriptions and for its customers' portal.
//
// Polar has these among the organization's settings; a test sets them by POST /_emulator/settings, a catalog by
// `settings`.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/foundation/json.h"

namespace plinto::polar::emulator {

class BodyReader;
struct Route;

struct OrganizationSettings {
  std::string proration_behavior = "prorate";        ///< invoice, prorate or next_period
  std::int64_t benefit_revocation_grace_period = 0;  ///< Days from past_due_at.
  bool allow_multiple_subscriptions = false;
  bool prevent_trial_abuse = false;               ///< Whether a person may have a trial only once.
  bool reset_proration_behavior_enabled = false;  ///< Polar enables `reset` for few organizations.
  bool portal_update_plan = true;                 ///< What customers may do in the portal.
  bool portal_update_seats = true;
  bool portal_update_units = true;
  bool portal_pause = false;
  bool unit_based_pricing_enabled = true;  ///< Polar enables this and the next by organization.
  bool meter_cycling_enabled = true;
  bool refunds_stay_pending = false;  ///< The emulator's own: refunds wait for POST /_emulator/refunds/{id}.
};

/// Takes the members that the object has. Unknown names and wrong values become issues of the reader.
void ReadSettings(OrganizationSettings& settings, BodyReader& reader);
[[nodiscard]] Json RenderSettings(const OrganizationSettings& settings);

[[nodiscard]] std::span<const Route> SettingsRoutes();

}  // namespace plinto::polar::emulator
