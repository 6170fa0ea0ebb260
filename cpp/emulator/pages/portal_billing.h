// Whom the portal bills: the form for a billing name and address, for the customer and for the invoice of one order.
#pragma once

#include <string>

#include "core/foundation/json.h"
#include "emulator/pages/page_api.h"
#include "emulator/pages/pages.h"
#include "emulator/pages/portal_view.h"

namespace plinto::polar::emulator {

/// The card of the portal. `me`: GET /v1/customer-portal/customers/me.
[[nodiscard]] std::string BillingCard(const PortalFrame& frame, const Json& me);
/// The page's body that asks for what an invoice lacks. `typed`: the form that was refused, if it was.
[[nodiscard]] std::string InvoiceDetails(const PortalFrame& frame, const Json& order, const FormFields& typed,
                                         const std::string& problem);
/// Such a form as {billing_name, billing_address}: the body of the customer's PATCH and of the order's.
[[nodiscard]] Json BillingDetailsOf(const FormFields& form);

}  // namespace plinto::polar::emulator
