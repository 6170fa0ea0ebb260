#include "emulator/world.h"

#include <algorithm>

#include "emulator/control/seed.h"

namespace plinto::polar::emulator {

World::World(Config configuration, Timestamp start)
    : config(std::move(configuration)), random(config.seed), now(start), clock(start) {
  // Drawn in any case, so that ids follow from the seed alone.
  std::string token = random.Token("polar_oat_");
  std::string secret = random.Token("whsec_");
  if (config.access_token.empty()) config.access_token = std::move(token);
  if (config.webhook_secret.empty()) config.webhook_secret = std::move(secret);
  faults.dice = Random(~config.seed);
  webhooks.event_ids = Random(config.seed).Branch("webhook events");
  webhooks.attempt_dice = Random(config.seed).Branch("webhook attempts");
  tokens.push_back({config.access_token});
  while (config.public_url.ends_with('/')) config.public_url.pop_back();
  organization = {.id = random.Uuid(), .created_at = now, .name = "Emulator", .slug = "emulator"};
  if (config.catalog.empty()) {
    FillCatalog(*this);
  } else if (Status filled = ApplySeed(*this, config.catalog); !filled) {
    catalog_error = std::move(filled).error();
  }
  OpenEndpoint(*this);
}

void World::Schedule(Timestamp at, Job job) { jobs.emplace(std::pair(at, next_job_++), std::move(job)); }

void World::RunUntil(Timestamp until) {
  until = std::max(until, now);
  while (!jobs.empty() && jobs.begin()->first.first <= until) {
    auto due = jobs.extract(jobs.begin());
    now = std::max(now, due.key().first);
    RunJob(*this, due.mapped());
  }
  now = until;
}

Timestamp World::Stamp() {
  last_stamp_ = std::max(now, Timestamp{last_stamp_.microseconds + 1});
  return last_stamp_;
}

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
  }
}

}  // namespace plinto::polar::emulator
