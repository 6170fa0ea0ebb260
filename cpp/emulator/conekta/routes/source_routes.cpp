// /customers/{id}/payment_sources: cards by token, and references for cash and transfers.
#include <array>

#include "emulator/conekta/body.h"
#include "emulator/conekta/lists.h"
#include "emulator/conekta/sources.h"
#include "emulator/conekta/tokens.h"
#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {
namespace {

template <class Act>
HttpResponse WithSource(World& world, const Call& call, Act act) {
  return WithCustomer(world, call, [&](Customer& customer) {
    Source* source = world.conekta.sources.Find(call.path[1]);
    const bool is_theirs = source != nullptr && source->customer_id == customer.id && !source->deleted;
    return is_theirs ? act(customer, *source) : NotFound(world, call.request, "PaymentSource", call.path[1]);
  });
}

HttpResponse CreateSource(World& world, const Call& call) {
  return WithCustomer(world, call, [&](Customer& customer) {
    const Json object = ReadBody(call.request);
    auto read = ReadSource(world, call.request, object, "");
    if (auto* refusal = std::get_if<HttpResponse>(&read)) return std::move(*refusal);
    const Source& source = AddSource(world, customer, std::get<Source>(std::move(read)));
    Tell(world, "customer.updated", RenderCustomer(world, customer));
    return JsonAnswer(200, RenderSource(world, source));
  });
}

HttpResponse ListSources(World& world, const Call& call) {
  return WithCustomer(world, call, [&](Customer& customer) {
    return ListOfRows(
        world, call, world.conekta.sources,
        [&](const Source& one) { return one.customer_id == customer.id && !one.deleted; },
        [&](const Source& one) { return RenderSource(world, one); });
  });
}

HttpResponse UpdateSource(World& world, const Call& call) {
  return WithSource(world, call, [&](Customer& customer, Source& source) {
    const Json object = ReadBody(call.request);
    std::vector<Detail> details;
    Body body(object, "", details);
    body.Allow({"name", "exp_month", "exp_year", "expires_at"});
    const auto name = body.Text("name", 3);
    const auto month = body.Text("exp_month", 1, 2);
    const auto year = body.Text("exp_year", 2, 4);
    const auto expires_at = body.Time("expires_at");
    if (!details.empty()) return Failure(world, call.request, 422, std::move(details));
    if (name) source.card.name = *name;
    if (month) source.card.exp_month = *month;
    if (year) source.card.exp_year = year->substr(year->size() - 2);
    if (expires_at) source.expires_at = *expires_at;
    Tell(world, "customer.updated", RenderCustomer(world, customer));
    return JsonAnswer(200, RenderSource(world, source));
  });
}

HttpResponse DeleteSource(World& world, const Call& call) {
  return WithSource(world, call, [&](Customer& customer, Source& source) {
    const Json gone = RenderSource(world, source);
    source.deleted = true;
    if (customer.default_source_id == source.id) {
      const Source* next = world.conekta.sources.FindIf(
          [&](const Source& one) { return one.customer_id == customer.id && one.type == "card" && !one.deleted; });
      customer.default_source_id = next == nullptr ? "" : next->id;
    }
    Tell(world, "customer.updated", RenderCustomer(world, customer));
    return JsonAnswer(200, gone);
  });
}

}  // namespace

std::variant<Source, HttpResponse> ReadSource(World& world, const HttpRequest& request, const Json& object,
                                              const std::string& path) {
  constexpr std::array<std::string_view, 5> kTypes = {"card", "cash_recurrent", "spei_recurrent", "cash", "spei"};
  std::vector<Detail> details;
  Body body(object, path, details);
  body.Allow({"type", "token_id", "expires_at"});
  if (body.Require("type")) {
    Source source;
    source.type = body.Choice("type", kTypes).value_or("");
    if (source.type == "cash" || source.type == "spei") source.type += "_recurrent";
    source.expires_at = body.Time("expires_at");
    const auto token = source.type == "card" ? body.RequireText("token_id") : std::nullopt;
    if (details.empty()) {
      if (!token) return source;
      auto card = TakeToken(world, request, *token, body.PathOf("token_id"));
      if (auto* refusal = std::get_if<HttpResponse>(&card)) return std::move(*refusal);
      source.card = std::get<Card>(std::move(card));
      return source;
    }
  }
  return Failure(world, request, 422, std::move(details));
}

Source& AddSource(World& world, Customer& customer, Source fields) {
  if (fields.type == "card") return SaveCard(world, customer, std::move(fields.card));
  constexpr std::size_t kReferenceDigits = 8;
  constexpr std::size_t kClabeDigits = 12;
  fields.id = NewId(world, "off_ref_");
  fields.created_at = world.now;
  fields.customer_id = customer.id;
  fields.reference = fields.type == "cash_recurrent" ? "930002" + NewDigits(world, kReferenceDigits)
                                                     : "646180" + NewDigits(world, kClabeDigits);
  return world.conekta.sources.Add(std::move(fields));
}

std::span<const Route> SourceRoutes() {
  static constexpr std::array kRoutes = {
      Route{"POST", "/conekta/customers/{id}/payment_sources", Access::kOrganization, CreateSource},
      Route{"GET", "/conekta/customers/{id}/payment_sources", Access::kOrganization, ListSources},
      Route{"PUT", "/conekta/customers/{id}/payment_sources/{source_id}", Access::kOrganization, UpdateSource},
      Route{"DELETE", "/conekta/customers/{id}/payment_sources/{source_id}", Access::kOrganization, DeleteSource},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator::conekta
