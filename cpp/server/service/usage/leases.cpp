#include "server/service/usage/leases.h"

#include "core/foundation/text.h"
#include "core/gateway/customer.h"
#include "core/gateway/usage_leases.h"
#include "server/service/answers.h"
#include "server/service/caller/context.h"
#include "server/service/mirror/mirror.h"
#include "server/service/shared.h"
#include "server/service/usage/events.h"
#include "server/service/usage/figures.h"
#include "server/service/usage/meters.h"

namespace plinto::polar::server {
namespace {

Error NoSuchLease() {
  return {.code = ErrorCode::kNotFound,
          .message = "This user or organization has no such lease. Leases are known for a day after their end."};
}

Result<LeaseRow> Granted(Result<LeaseAnswer> answer) {
  if (!answer) return std::move(answer).error();
  if (answer->error) return *std::move(answer->error);
  return *std::move(answer->lease);
}

/// A lease of the caller's that is to be ended.
struct OwnLease {
  Caller caller;
  LeaseRow row;
  std::optional<MeterFigure> figure;
};

// Polar is not asked: what was set aside can be ended while it is away.
Task<Result<OwnLease>> FindOwn(Host& host, const Context& context, std::optional<std::string> organization_id) {
  Result<Caller> caller = co_await Admit(host, context, std::move(organization_id));
  if (!caller) co_return std::move(caller).error();
  Result<std::optional<LeaseRow>> lease = co_await host.store.FindLease(caller->subject, context.id);
  if (!lease) co_return std::move(lease).error();
  if (!*lease) co_return NoSuchLease();
  const Result<SubjectState> known = co_await host.store.ReadSubject(caller->subject);
  if (!known) co_return known.error();
  std::optional<MeterFigure> figure = FigureOf(*known, (*lease)->meter.id);
  co_return OwnLease{*std::move(caller), **std::move(lease), std::move(figure)};
}

}  // namespace

Task<Result<HttpResponse>> PostReservation(Shared& shared, Context context) {
  Result<ReserveOptions> asked = ReadBody<ReserveOptions>(context.request, {.exact_key = "quantity"});
  if (!asked) co_return std::move(asked).error();
  const Decimal quantity = asked->quantity.value_or(1);
  if (quantity.IsNegative() || quantity == Decimal(0)) {
    co_return ValidationError("quantity", "Must be above 0: there is nothing to set aside otherwise.");
  }
  PolarUsageOptions event;
  event.event_name = asked->event_name;
  event.quantity = quantity;
  Status may_record = CheckMayRecord(shared.settings, context.credentials, event);
  if (!may_record) co_return std::move(may_record).error();
  Result<Caller> caller = co_await Admit(shared.host, context, asked->organization_id);
  if (!caller) co_return std::move(caller).error();
  CallTerms terms = TermsOf(context, *caller, Priority::kRead);
  Result<CountableMeter> meter =
      co_await shared.meters.FindFor(asked->event_name, std::move(asked->meter), std::move(terms));
  if (!meter) co_return std::move(meter).error();
  const Result<SubjectState> known = co_await shared.mirror.Read(caller->subject, context.deadline);
  if (!known) co_return known.error();

  std::optional<MeterFigure> figure = FigureOf(*known, meter->id);
  LeaseRequest request{.of = {caller->subject, *std::move(meter), std::move(figure)},
                       .lease_id = UuidFromEntropy(shared.host.random.Entropy()),
                       .external_id = asked->external_id.value_or(""),
                       .quantity = quantity,
                       .seconds = asked->expires_in.value_or(kLeaseSeconds),
                       .tells = shared.settings.tells_application};
  Result<LeaseAnswer> answer = co_await shared.host.store.ReserveUsage(std::move(request), shared.host.clock.Now());
  shared.notify_of_usage();
  const Decimal balance = answer ? answer->balance.ToDecimal() : Decimal();
  const Result<LeaseRow> lease = Granted(std::move(answer));
  if (!lease) co_return lease.error();
  co_return JsonAnswer(201, UsageLease{lease->id, lease->meter.event_name, lease->meter.id, lease->quantity, balance,
                                       lease->expires_at});
}

Task<Result<HttpResponse>> PostCommit(Shared& shared, Context context) {
  Result<CommitOptions> asked = ReadBody<CommitOptions>(context.request, {.exact_key = "quantity"});
  if (!asked) co_return std::move(asked).error();
  PolarUsageOptions event;
  event.quantity = std::move(asked->quantity);
  event.properties = std::move(asked->properties);
  event.timestamp = asked->timestamp;
  if (Status checked = CheckUsageOptions(event); !checked) co_return std::move(checked).error();
  Result<OwnLease> own = co_await FindOwn(shared.host, context, asked->organization_id);
  if (!own) co_return std::move(own).error();
  event.event_name = own->row.meter.event_name;
  event.external_id = own->row.id;
  Status may_record = CheckMayRecord(shared.settings, context.credentials, event);
  if (!may_record) co_return std::move(may_record).error();
  const Timestamp now = shared.host.clock.Now();
  Result<UsageRow> row = NewUsageRow(shared.host.random, own->caller, event, PropertiesOf(event), {.now = now});
  if (!row) co_return std::move(row).error();
  LeaseEnd end{own->row.id, own->caller.subject, std::move(own->figure), *std::move(row),
               shared.settings.tells_application};
  Result<LeaseAnswer> answer = co_await shared.host.store.EndLease(std::move(end), now);
  const Decimal balance = answer ? answer->balance.ToDecimal() : Decimal();
  const Result<LeaseRow> lease = Granted(std::move(answer));
  if (!lease) co_return lease.error();
  shared.notify_of_usage();
  co_return JsonAnswer(202,
                       CommittedLease{lease->id, lease->event_id, lease->meter.event_name, lease->committed, balance});
}

Task<Result<HttpResponse>> PostRelease(Shared& shared, Context context) {
  const Result<SubjectOptions> asked = ReadBody<SubjectOptions>(context.request);
  if (!asked) co_return asked.error();
  Result<OwnLease> own = co_await FindOwn(shared.host, context, asked->organization_id);
  if (!own) co_return std::move(own).error();
  LeaseEnd end{own->row.id, own->caller.subject, std::move(own->figure)};
  Result<LeaseAnswer> answer = co_await shared.host.store.EndLease(std::move(end), shared.host.clock.Now());
  const Decimal balance = answer ? answer->balance.ToDecimal() : Decimal();
  const Result<LeaseRow> lease = Granted(std::move(answer));
  if (!lease) co_return lease.error();
  co_return JsonAnswer(200, ReleasedLease{lease->id, balance});
}

}  // namespace plinto::polar::server
