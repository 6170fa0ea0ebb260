// /v1/checkouts/: the merchant's side, and the buyer's by client secret.
#include <algorithm>
#include <array>

#include "core/foundation/text.h"
#include "emulator/router.h"
#include "emulator/validation.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kMaxSeats = 10'000;

// The ids of `products`, each known to be a product.
std::vector<std::string> ReadProducts(const World& world, BodyReader& reader, Issues& issues) {
  std::vector<std::string> ids;
  reader.Require("products");
  const Json* member = FindMember(reader.object(), "products");
  if (member == nullptr) return ids;
  const Json loc = reader.LocOf("products");
  const auto* list = member->get_ptr<const Json::array_t*>();
  if (list == nullptr) {
    issues.Add("list_type", loc, "Input should be a valid list", *member);
    return ids;
  }
  if (list->empty()) {
    issues.Add("too_short", loc, "List should have at least 1 item after validation, not 0", *member,
               Json::object({{"field_type", "List"}, {"min_length", 1}, {"actual_length", 0}}));
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    const Json& item = (*list)[i];
    const Json item_loc = Json::array({"body", "products", i});
    const auto* id = item.get_ptr<const std::string*>();
    if (id == nullptr || !IsUuid(*id)) {
      issues.Add("uuid_parsing", item_loc, "Input should be a valid UUID", item);
    } else if (world.products.Find(ToLowerAscii(*id)) == nullptr) {
      issues.Refuse(item_loc, "Product does not exist.", *id);
    } else {
      ids.push_back(ToLowerAscii(*id));
    }
  }
  return ids;
}

// Links a known customer and takes over what it knows of him.
void ReadCustomer(World& world, BodyReader& reader, Issues& issues, Checkout& fields) {
  fields.external_customer_id = reader.Text("external_customer_id");
  fields.customer_name = reader.Text("customer_name", 256);
  fields.customer_email = reader.Email("customer_email");
  fields.customer_ip_address = reader.Text("customer_ip_address");
  fields.customer_billing_name = reader.Text("customer_billing_name");
  fields.customer_billing_address = reader.Address("customer_billing_address");
  fields.is_business_customer = reader.Bool("is_business_customer").value_or(false);
  const auto id = reader.Uuid("customer_id");
  const Customer* customer = nullptr;
  if (id) {
    customer = FindCustomer(world, *id);
    if (customer == nullptr) issues.Refuse(reader.LocOf("customer_id"), "Customer does not exist.", *id);
  } else if (fields.external_customer_id) {
    customer = FindCustomerByExternalId(world, *fields.external_customer_id);
  }
  if (customer == nullptr) return;
  fields.customer_id = customer->id;
  if (!fields.external_customer_id) fields.external_customer_id = customer->external_id;
  if (customer->email) fields.customer_email = customer->email;
  if (customer->name) fields.customer_name = customer->name;
  if (fields.customer_billing_address.is_null()) fields.customer_billing_address = customer->billing_address;
}

HttpResponse Create(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  for (const std::string_view feature : {"trial_interval", "trial_interval_count", "prices", "subscription_id",
                                         "customer_tax_id", "min_seats", "max_seats", "units"}) {
    if (reader.Has(feature)) return NotImplemented("the checkout field `" + std::string(feature) + "`");
  }
  Checkout fields;
  fields.product_ids = ReadProducts(world, reader, issues);
  if (!fields.product_ids.empty()) fields.product_id = fields.product_ids.front();
  ReadCustomer(world, reader, issues, fields);
  fields.success_url = reader.Url("success_url");
  fields.return_url = reader.Url("return_url");
  fields.embed_origin = reader.Text("embed_origin");
  fields.locale = reader.Text("locale");
  fields.allow_discount_codes = reader.Bool("allow_discount_codes").value_or(true);
  fields.require_billing_address = reader.Bool("require_billing_address").value_or(false);
  fields.allow_trial = reader.Bool("allow_trial").value_or(true);
  fields.metadata = reader.Metadata("metadata");
  fields.customer_metadata = reader.Metadata("customer_metadata");
  if (const Json* data = FindMember(body.object, "custom_field_data"); data != nullptr && data->is_object()) {
    fields.custom_field_data = *data;
  }
  if (const auto currency = reader.Text("currency"); currency && currency->size() != 3) {
    issues.Add("enum", reader.LocOf("currency"), "Input should be a currency that Polar presents", *currency);
  }
  if (reader.Integer("seats", 1, kMaxSeats)) {
    issues.Refuse(reader.LocOf("seats"), "Seats can only be set on products with seat-based prices.",
                  *FindMember(body.object, "seats"));
  }
  if (const auto discount = reader.Uuid("discount_id")) {
    issues.Refuse(reader.LocOf("discount_id"), "Discount does not exist.", *discount);
  }
  if (!issues.empty()) return issues.Answer();
  return JsonAnswer(201, RenderCheckout(world, OpenCheckout(world, std::move(fields))));
}

HttpResponse List(World& world, const Call& call) {
  return ListAnswer(
      call.query, {"product_id", "customer_id", "external_customer_id", "status"}, "created_at", world.checkouts,
      [&](const Checkout& checkout) {
        const auto& ids = checkout.product_ids;
        return std::any_of(ids.begin(), ids.end(),
                           [&](const auto& id) { return call.query.Admits("product_id", id); }) &&
               call.query.Admits("customer_id", checkout.customer_id) &&
               call.query.Admits("external_customer_id", checkout.external_customer_id.value_or("")) &&
               call.query.Admits("status", checkout.status);
      },
      [](const Checkout& checkout) { return checkout.created_at; },
      [&](const Checkout& checkout) { return RenderCheckout(world, checkout); });
}

HttpResponse Read(World& world, const Call& call) {
  if (auto refusal = CheckPathUuid("id", call.path[0])) return *refusal;
  const Checkout* checkout = world.checkouts.Find(ToLowerAscii(call.path[0]));
  return checkout == nullptr ? ResourceNotFound() : JsonAnswer(200, RenderCheckout(world, *checkout));
}

HttpResponse ReadByClient(World& world, const Call& call) {
  const Checkout* checkout = FindCheckoutBySecret(world, call.path[0]);
  if (checkout == nullptr) return ResourceNotFound();
  if (auto expired = RefuseExpired(world, *checkout)) return *expired;
  return JsonAnswer(200, RenderPublicCheckout(world, *checkout));
}

HttpResponse ConfirmByClient(World& world, const Call& call) {
  Checkout* checkout = FindCheckoutBySecret(world, call.path[0]);
  if (checkout == nullptr) return ResourceNotFound();
  const ParsedBody body = ParseBody(call.request);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  for (const std::string_view feature : {"seats", "units", "discount_code", "customer_tax_id"}) {
    if (reader.Has(feature)) return NotImplemented("the confirmation field `" + std::string(feature) + "`");
  }
  Confirmation confirmation;
  confirmation.token = reader.Text("confirmation_token_id").value_or("");
  confirmation.email = reader.Email("customer_email");
  confirmation.name = reader.Text("customer_name", 256);
  confirmation.billing_address = reader.Address("customer_billing_address");
  if (!issues.empty()) return issues.Answer();
  Confirmed confirmed = Confirm(world, *checkout, confirmation);
  if (confirmed.refusal) return *std::move(confirmed.refusal);
  Json json = RenderPublicCheckout(world, *checkout);
  SetMember(json, "customer_session_token", IdOrNull(confirmed.customer_session_token));
  return JsonAnswer(200, json);
}

}  // namespace

std::span<const Route> CheckoutRoutes() {
  static constexpr std::array kRoutes = {
      Route{"POST", "/v1/checkouts/", Access::kOrganization, Create},
      Route{"GET", "/v1/checkouts/", Access::kOrganization, List},
      Route{"GET", "/v1/checkouts/{id}", Access::kOrganization, Read},
      Route{"GET", "/v1/checkouts/client/{client_secret}", Access::kPublic, ReadByClient},
      Route{"POST", "/v1/checkouts/client/{client_secret}/confirm", Access::kPublic, ConfirmByClient},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
