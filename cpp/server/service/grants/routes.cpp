#include "server/service/grants/routes.h"

#include <algorithm>
#include <array>

#include "server/service/answers.h"
#include "server/service/caller/context.h"
#include "server/service/grants/form.h"
#include "server/service/pages.h"
#include "server/service/shared.h"

namespace plinto::polar::server {
namespace {

Task<Result<HttpResponse>> PostGrant(Shared& shared, Context context) {
  Result<AccessGrantOptions> asked = ReadBody<AccessGrantOptions>(context.request);
  if (!asked) co_return std::move(asked).error();
  Result<Caller> caller = co_await Admit(shared.host, context, asked->organization_id);
  if (!caller) co_return std::move(caller).error();
  const Timestamp now = shared.host.clock.Now();
  const Result<GrantRow> row =
      NewGrant(*asked, caller->subject, caller->actor, shared.settings.plans, shared.host.random, now);
  if (!row) co_return row.error();
  Result<AddedGrant> added = co_await shared.host.store.AddGrant(*row, now);
  if (!added) co_return std::move(added).error();
  const Result<GrantRow> kept = KeptGrant(*std::move(added), *row, *asked);
  if (!kept) co_return kept.error();
  shared.notify_of_webhook();  // the application is told
  co_return JsonAnswer(201, ViewOf(*kept));
}

Task<Result<HttpResponse>> GetGrants(Shared& shared, Context context) {
  Result<PageQuery> page = ReadPageQuery(context.Query("limit"), context.Query("cursor"));
  if (!page) co_return std::move(page).error();
  const Result<bool> with_removed = ReadFlag(context, "removed");
  if (!with_removed) co_return with_removed.error();
  Result<Caller> caller = co_await Admit(shared.host, context);
  if (!caller) co_return std::move(caller).error();
  GrantQuery query{std::move(caller->subject), *with_removed, *page};
  const Result<std::vector<GrantRow>> rows = co_await shared.host.store.ListGrants(std::move(query));
  if (!rows) co_return rows.error();
  AccessGrants answer;
  const auto count = std::min(rows->size(), static_cast<std::size_t>(page->limit));
  for (std::size_t i = 0; i < count; ++i) answer.items.push_back(ViewOf((*rows)[i]));
  if (count < rows->size()) answer.next_cursor = CursorOf({(*rows)[count - 1].created_at, (*rows)[count - 1].grant.id});
  co_return JsonAnswer(200, answer);
}

Task<Result<HttpResponse>> DeleteGrant(Shared& shared, Context context) {
  Result<Caller> caller = co_await Admit(shared.host, context);
  if (!caller) co_return std::move(caller).error();
  std::optional<Subject> subject(std::move(caller->subject));
  const Result<std::optional<GrantRow>> removed =
      co_await shared.host.store.RemoveGrant(context.id, std::move(subject), caller->actor, shared.host.clock.Now());
  if (!removed) co_return removed.error();
  if (!*removed) {
    co_return Error{.code = ErrorCode::kNotFound, .message = "This user or organization has no grant with this id."};
  }
  shared.notify_of_webhook();
  co_return JsonAnswer(200, ViewOf(**removed));
}

}  // namespace

std::span<const Route> GrantRoutes() {
  static constexpr std::array kGrantRoutes = {Route{Operation::kAddGrant, PostGrant},
                                              Route{Operation::kListGrants, GetGrants},
                                              Route{Operation::kRemoveGrant, DeleteGrant}};
  return kGrantRoutes;
}

}  // namespace plinto::polar::server
