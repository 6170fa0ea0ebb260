// What each kind of job does: the one place that knows every noun's jobs.
#include "emulator/conekta/orders.h"
#include "emulator/conekta/subscriptions.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {

void RunJob(World& world, const Job& job) {
  switch (job.kind) {
    case JobKind::kCustomerWebhook:
      return SendCustomerEvent(world, job.subject, job.detail);
    case JobKind::kCustomerState:
      return SendStateIfQuiet(world, job.subject);
    case JobKind::kCheckoutExpiry:
      return ExpireCheckout(world, job.subject);
    case JobKind::kCheckoutReopen:
      return ReopenCheckout(world, job.subject);
    case JobKind::kCheckoutFulfillment:
      return FulfillCheckout(world, job.subject);
    case JobKind::kGrantBenefits:
      return GrantBenefits(world, job.subject);
    case JobKind::kRevokeBenefits:
      return RevokeBenefits(world, job.subject);
    case JobKind::kCycleBenefits:
      return CycleBenefits(world, job.subject);
    case JobKind::kPeriodEnd:
      return EndPeriod(world, job.subject, job.detail);
    case JobKind::kRenewalOrder:
      return CreateRenewalOrder(world, job.subject, job.detail);
    case JobKind::kMeterPeriodEnd:
      return EndMeterPeriod(world, job.subject, job.detail);
    case JobKind::kMeterUpdate:
      return UpdateSubscriptionMeters(world, job.subject);
    case JobKind::kSubscriptionResume:
      return ResumeOnTime(world, job.subject, job.detail);
    case JobKind::kVoidOrders:
      return VoidPendingOrders(world, job.subject, job.detail);
    case JobKind::kOrderCharge:
      return ChargeOrder(world, job.subject, job.detail);
    case JobKind::kDunning:
      return RetryOrder(world, job.subject, job.detail);
    case JobKind::kInvoice:
      return GenerateInvoice(world, job.subject);
    case JobKind::kGrantSeat:
      return GrantSeatBenefits(world, job.subject);
    case JobKind::kRevokeSeat:
      return RevokeSeatBenefits(world, job.subject, job.detail);
    case JobKind::kOrderFee:
      return SetOrderFee(world, job.subject);
    case JobKind::kCustomerRevocation:
      return RevokeForDeletedCustomer(world, job.subject);
    case JobKind::kCustomerMeters:
      return UpdateBalances(world, job.subject);
    case JobKind::kGrantOrderBenefits:
      return GrantOrderBenefits(world, job.subject);
    case JobKind::kRevokeOrderBenefits:
      return RevokeOrderBenefits(world, job.subject);
    case JobKind::kDelivery:
      return AttemptDelivery(world, job.subject, job.detail);
    case JobKind::kConektaOrderExpiry:
      return conekta::ExpireCheckout(world, job.subject);
    case JobKind::kConektaChargeExpiry:
      return conekta::ExpireCharge(world, job.subject, job.detail);
    case JobKind::kConektaBilling:
      return conekta::RunBilling(world, job.subject, job.detail);
  }
}

}  // namespace plinto::polar::emulator
