#include "emulator/routes.h"

#include <array>

#include "emulator/control/control_routes.h"
#include "emulator/customers/members.h"
#include "emulator/pages/pages.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {

std::span<const std::span<const Route>> AllRoutes() {
  static const std::array kRoutes = {
      OrganizationRoutes(),   SettingsRoutes(), ProductRoutes(),       BenefitRoutes(),
      DiscountRoutes(),       CustomerRoutes(), MemberRoutes(),        SessionRoutes(),
      PortalCustomerRoutes(), CardRoutes(),     GrantRoutes(),         SeatRoutes(),
      EventRoutes(),          MeterRoutes(),    CustomerMeterRoutes(), OrderRoutes(),
      PortalOrderRoutes(),    RefundRoutes(),   SubscriptionRoutes(),  PortalSubscriptionRoutes(),
      CheckoutRoutes(),       WebhookRoutes(),  CheckoutPageRoutes(),  InvoicePageRoutes(),
      PortalPageRoutes(),     ClockRoutes(),    ConektaRoutes(),       TokenRoutes(),
      FaultRoutes(),          LogRoutes(),
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
