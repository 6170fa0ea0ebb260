// What is wrong with the webhook endpoint at Polar that is this server's, as Polar describes it.
//
// Ours is the one that signs with a secret of POLAR_WEBHOOK_SECRET, wherever it delivers: Polar tells the secret to
// whoever may read endpoints. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/webhook_endpoint.h"
#include "server/base/operator_log.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

/// Of each problem a line that says what to do.
using Problems = std::map<Problem, std::string>;

/// Without secrets of endpoints, nor what may be one in their URLs.
[[nodiscard]] Problems FindProblems(const Settings& settings, const std::vector<WebhookEndpoint>& endpoints);
/// The line that says that it has ended.
[[nodiscard]] std::string_view MendedLine(Problem problem);
/// Then Polar does not tell all that happens, and does not list it afterwards either.
[[nodiscard]] bool LosesEvents(Problem problem);

/// The ids of the endpoints whose deliveries are meant for this server: that have its secret, or else its path.
[[nodiscard]] std::vector<std::string> OwnEndpoints(const Settings& settings,
                                                    const std::vector<WebhookEndpoint>& endpoints);

/// Do the rules read events of this type, so that an endpoint must get them?
[[nodiscard]] bool IsNeeded(std::string_view event_type);

}  // namespace plinto::polar::server
