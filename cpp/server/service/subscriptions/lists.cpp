#include "server/service/subscriptions/lists.h"

#include <algorithm>

#include "core/conekta/account.h"
#include "core/foundation/base64.h"
#include "core/foundation/text.h"
#include "core/gateway/customer_lists.h"
#include "server/service/answers.h"
#include "server/service/caller/context.h"
#include "server/service/mirror/mirror.h"
#include "server/service/shared.h"
#include "server/service/subscriptions/views.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kDefaultLimit = 20;
constexpr std::int64_t kMaxLimit = 100;

using server::ViewOf;

CustomerOrder ViewOf(const Order& one) {
  CustomerOrder view{one.id,           one.status.text(),  one.paid,
                     one.total_amount, one.currency,       one.billing_reason.text(),
                     one.product_id,   one.invoice_number, one.created_at};
  if (one.product) view.product_name = one.product->name;
  view.subscription_id = one.subscription_id;
  view.tax_amount = one.tax_amount;
  view.due_amount = one.due_amount;
  view.refunded_amount = one.refunded_amount.value_or(0);
  view.refunded_tax_amount = one.refunded_tax_amount.value_or(0);
  return view;
}

std::vector<CustomerBenefit> BenefitsOf(const BillingState& state) {
  std::vector<CustomerBenefit> benefits;
  for (const GrantInForce& one : GrantsInForce(state)) {
    CustomerBenefit& view =
        benefits.emplace_back(CustomerBenefit{one.grant_id, one.benefit_id, one.benefit_type, one.granted_at});
    view.description = one.description;
    view.note = one.note;
    view.display_key = one.display_key;
    view.subscription_id = one.subscription_id;
    view.order_id = one.order_id;
    if (!one.metadata.is_null()) view.metadata = one.metadata;
  }
  return benefits;
}

std::vector<CustomerMeterBalance> MetersOf(const BillingState& state) {
  std::vector<CustomerMeterBalance> meters;
  if (!state.customer_state || IsDeleted(state)) return meters;
  for (const MeterView& one : state.customer_state->value.active_meters) {
    meters.push_back({one.meter_id, one.consumed_units, one.credited_units, one.balance});
  }
  return meters;
}

// Opaque to callers, so that what a list is ordered by can change.
std::string CursorOf(const PagePlace& place) {
  std::string text = EncodeBase64(std::to_string(place.at.microseconds) + " " + place.id);
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text.substr(0, text.find('='));
}

std::optional<PagePlace> PlaceOf(std::string_view cursor) {
  const auto text = DecodeBase64(cursor);
  const std::size_t space = text ? text->find(' ') : std::string::npos;
  if (space == std::string::npos) return std::nullopt;
  const auto at = ParseInteger(std::string_view(*text).substr(0, space));
  const std::string id = text->substr(space + 1);
  if (!at || !(IsUuid(id) || IsKeptConektaId(id))) return std::nullopt;
  return PagePlace{Timestamp{*at}, id};
}

Result<PageQuery> ReadPageQuery(const std::optional<std::string>& limit, const std::optional<std::string>& cursor) {
  PageQuery query{.limit = kDefaultLimit};
  if (limit) {
    const auto number = ParseInteger(*limit);
    if (!number || *number < 1 || *number > kMaxLimit) {
      return ValidationError("limit", "Must be a whole number from 1 to 100.");
    }
    query.limit = *number;
  }
  if (cursor) {
    query.after = PlaceOf(*cursor);
    if (!query.after)
      return ValidationError("cursor", "This is not a cursor. Send `next_cursor` of the page before as it is.");
  }
  return query;
}

// One more was asked for than the page holds: it says whether there is a next page.
template <class Page, class Model>
Page PageOf(const std::vector<Listed<Model>>& listed, const PageQuery& query) {
  Page answer;
  const auto count = std::min(listed.size(), static_cast<std::size_t>(query.limit));
  for (std::size_t i = 0; i < count; ++i) answer.items.push_back(ViewOf(listed[i].item));
  if (count < listed.size()) answer.next_cursor = CursorOf(listed[count - 1].place);
  return answer;
}

// The same of what is at hand as a whole, ordered by id.
template <class Page, class View>
Page PageOf(std::vector<View> all, std::string View::*id, const PageQuery& query) {
  Page answer;
  const auto after = [&](const View& one) { return !query.after || one.*id > query.after->id; };
  for (View& one : all) {
    if (!after(one)) continue;
    if (answer.items.size() == static_cast<std::size_t>(query.limit)) {
      answer.next_cursor = CursorOf({Timestamp{}, answer.items.back().*id});
      break;
    }
    answer.items.push_back(std::move(one));
  }
  return answer;
}

}  // namespace

Task<Result<HttpResponse>> GetCustomerData(Shared& shared, Context context) {
  Result<SubjectState> known = co_await ReadSubject(shared.host, shared.mirror, context);
  if (!known) co_return std::move(known).error();
  CustomerPortalData data;
  if (known->customer) {
    Result<CustomerSnapshots> snapshots = co_await shared.host.store.ReadSnapshots(known->customer->polar_customer_id);
    if (!snapshots) co_return std::move(snapshots).error();
    for (const Subscription& one : snapshots->subscriptions) data.subscriptions.push_back(ViewOf(one));
    for (const Order& one : snapshots->orders) data.orders.push_back(ViewOf(one));
    data.benefits = BenefitsOf(known->state);
  }
  co_return JsonAnswer(200, data);
}

Task<Result<HttpResponse>> GetCustomerState(Shared& shared, Context context) {
  Result<SubjectState> known = co_await ReadSubject(shared.host, shared.mirror, context);
  if (!known) co_return std::move(known).error();
  co_return JsonAnswer(200, DecideEntitlements(shared.settings.plans, known->state, shared.host.clock.Now()));
}

Task<Result<HttpResponse>> ListSubscriptions(Shared& shared, Context context) {
  Result<PageQuery> query = ReadPageQuery(context.Query("limit"), context.Query("cursor"));
  if (!query) co_return std::move(query).error();
  const Result<bool> active = ReadFlag(context, "active");
  if (!active) co_return active.error();
  query->active = *active;
  Result<SubjectState> known = co_await ReadSubject(shared.host, shared.mirror, context);
  if (!known) co_return std::move(known).error();
  if (!known->customer) co_return JsonAnswer(200, CustomerSubscriptions());
  Result<std::vector<Listed<Subscription>>> listed =
      co_await shared.host.store.ListSubscriptions(known->customer->polar_customer_id, *query);
  if (!listed) co_return std::move(listed).error();
  co_return JsonAnswer(200, PageOf<CustomerSubscriptions>(*listed, *query));
}

Task<Result<HttpResponse>> ListOrders(Shared& shared, Context context) {
  Result<PageQuery> query = ReadPageQuery(context.Query("limit"), context.Query("cursor"));
  if (!query) co_return std::move(query).error();
  Result<SubjectState> known = co_await ReadSubject(shared.host, shared.mirror, context);
  if (!known) co_return std::move(known).error();
  if (!known->customer) co_return JsonAnswer(200, CustomerOrders());
  Result<std::vector<Listed<Order>>> listed =
      co_await shared.host.store.ListOrders(known->customer->polar_customer_id, *query);
  if (!listed) co_return std::move(listed).error();
  co_return JsonAnswer(200, PageOf<CustomerOrders>(*listed, *query));
}

Task<Result<HttpResponse>> ListBenefits(Shared& shared, Context context) {
  const Result<PageQuery> query = ReadPageQuery(context.Query("limit"), context.Query("cursor"));
  if (!query) co_return query.error();
  Result<SubjectState> known = co_await ReadSubject(shared.host, shared.mirror, context);
  if (!known) co_return std::move(known).error();
  co_return JsonAnswer(200, PageOf<CustomerBenefits>(BenefitsOf(known->state), &CustomerBenefit::id, *query));
}

Task<Result<HttpResponse>> ListMeters(Shared& shared, Context context) {
  const Result<PageQuery> query = ReadPageQuery(context.Query("limit"), context.Query("cursor"));
  if (!query) co_return query.error();
  Result<SubjectState> known = co_await ReadSubject(shared.host, shared.mirror, context);
  if (!known) co_return std::move(known).error();
  co_return JsonAnswer(200, PageOf<CustomerMeters>(MetersOf(known->state), &CustomerMeterBalance::meter_id, *query));
}

}  // namespace plinto::polar::server
