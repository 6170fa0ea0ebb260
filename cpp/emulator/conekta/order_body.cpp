#include "emulator/conekta/order_body.h"

#include <algorithm>
#include <array>

#include "emulator/conekta/body.h"
#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {
namespace {

constexpr std::size_t kShortestName = 3;
constexpr std::size_t kLongestName = 249;
constexpr std::int64_t kMostPieces = 1'000'000;
constexpr std::int64_t kShortestCheckout = 5 * 60;
constexpr std::int64_t kLongestCheckout = 365 * 86'400;
constexpr std::int64_t kUsualCheckout = 86'400;
constexpr std::array<std::string_view, 7> kMethods = {"cash",        "card",  "bank_transfer", "bnpl",
                                                      "pay_by_bank", "apple", "google"};

void ReadCustomerInfo(World& world, Body& order_body, Order& order) {
  const Json* info = order_body.Object("customer_info");
  if (info == nullptr) return;
  Body body(*info, "customer_info", order_body.details());
  body.Allow({"customer_id", "name", "email", "phone", "corporate", "object", "custom_reference", "date_of_birth",
              "national_id"});
  if (const auto id = body.Text("customer_id", 1)) {
    const Customer* customer = CustomerWithId(world, *id);
    if (customer == nullptr) {
      return body.Refuse("customer_id", {"no es un cliente", "is no customer"});
    }
    order.customer_id = customer->id;
    order.customer_info = CustomerInfoOf(*customer);
    return;
  }
  const auto name = body.RequireText("name");
  const auto email = body.RequireText("email");
  const auto phone = body.RequireText("phone");
  const bool corporate = body.Flag("corporate").value_or(false);
  if (!name || !email || !phone) return;
  order.customer_id.clear();
  order.customer_info = Json::object({{"object", "customer_info"},
                                      {"customer_id", nullptr},
                                      {"name", *name},
                                      {"email", *email},
                                      {"phone", *phone},
                                      {"corporate", corporate}});
}

// What is left of a line after its own checks: the members that are answered as they were sent.
Line LineOf(World& world, std::string_view prefix, const Json& sent, std::int64_t amount) {
  Line line = {.id = NewId(world, prefix), .amount = amount, .fields = sent.is_object() ? sent : Json::object()};
  if (FindMember(line.fields, "metadata") == nullptr) SetMember(line.fields, "metadata", Json::object());
  return line;
}

template <class Read>
void ReadLines(Body& body, std::string_view name, std::vector<Line>& lines, Read read) {
  if (!body.Has(name)) return;
  const std::vector<Json> sent = body.List(name);
  lines.clear();
  for (std::size_t i = 0; i < sent.size(); ++i) {
    Body line(sent[i], std::string(name) + "[" + std::to_string(i) + "]", body.details());
    (void)line.Metadata("metadata");
    lines.push_back(read(line));
  }
}

void ReadAllLines(World& world, Body& body, Order& order) {
  ReadLines(body, "line_items", order.line_items, [&](Body& line) {
    line.Allow({"name", "quantity", "unit_price", "description", "sku", "brand", "tags", "metadata", "antifraud_info"});
    (void)line.RequireText("name", kShortestName, kLongestName);
    (void)line.Text("description", kShortestName, kLongestName);
    (void)line.Texts("tags");
    const auto quantity = line.RequireInteger("quantity", 1, kMostPieces);
    const auto price = line.RequireInteger("unit_price", 0);
    Line item = LineOf(world, "line_item_", line.object(), quantity.value_or(1) * price.value_or(0));
    if (FindMember(item.fields, "antifraud_info") == nullptr) {
      SetMember(item.fields, "antifraud_info", Json::object());
    }
    return item;
  });
  ReadLines(body, "shipping_lines", order.shipping_lines, [&](Body& line) {
    line.Allow({"amount", "carrier", "method", "tracking_number", "metadata"});
    return LineOf(world, "ship_lin_", line.object(), line.RequireInteger("amount", 0).value_or(0));
  });
  ReadLines(body, "tax_lines", order.tax_lines, [&](Body& line) {
    line.Allow({"description", "amount", "metadata"});
    (void)line.RequireText("description", kShortestName);
    return LineOf(world, "tax_lin_", line.object(), line.RequireInteger("amount", 0).value_or(0));
  });
  ReadLines(body, "discount_lines", order.discount_lines, [&](Body& line) {
    constexpr std::array<std::string_view, 4> kTypes = {"loyalty", "campaign", "coupon", "sign"};
    line.Allow({"code", "amount", "type"});
    (void)line.RequireText("code");
    if (line.Require("type")) (void)line.Choice("type", kTypes);
    return LineOf(world, "dis_lin_", line.object(), -line.RequireInteger("amount", 0).value_or(0));
  });
}

// `allowed_payment_methods` or all but `excluded_payment_methods`.
std::vector<std::string> ReadMethods(Body& body) {
  const auto allowed = body.Texts("allowed_payment_methods", kMethods);
  const auto excluded = body.Texts("excluded_payment_methods", kMethods);
  if (allowed && excluded) {
    body.Refuse("excluded_payment_methods",
                {"no va junto con allowed_payment_methods", "cannot be sent together with allowed_payment_methods"});
  }
  if (allowed) return *allowed;
  std::vector<std::string> methods;
  for (const std::string_view method : {"card", "cash", "bank_transfer"}) {
    const bool is_out = excluded && std::find(excluded->begin(), excluded->end(), method) != excluded->end();
    if (!is_out) methods.emplace_back(method);
  }
  return methods;
}

void ReadCheckout(World& world, Body& order_body, Order& order) {
  constexpr std::array<std::string_view, 2> kTypes = {"HostedPayment", "Integration"};
  const Json* object = order_body.Object("checkout");
  if (object == nullptr) return;
  Body body(*object, "checkout", order_body.details());
  body.Allow({"type", "name", "allowed_payment_methods", "excluded_payment_methods", "exclude_card_networks",
              "success_url", "failure_url", "expires_at", "redirection_time", "monthly_installments_enabled",
              "monthly_installments_options", "on_demand_enabled", "force_save_card", "max_failed_retries", "plan_ids",
              "is_redirect_on_failure", "needs_shipping_contact", "three_ds_mode"});
  Checkout checkout;
  if (body.Require("type")) checkout.type = body.Choice("type", kTypes).value_or("");
  checkout.name = body.Text("name", 0, kLongestName).value_or("");
  checkout.methods = ReadMethods(body);
  checkout.success_url = body.Url("success_url");
  checkout.failure_url = body.Url("failure_url");
  checkout.starts_at = world.now;
  checkout.expires_at = body.Time("expires_at").value_or(world.now.PlusSeconds(kUsualCheckout));
  const std::int64_t lasts = checkout.expires_at.Seconds() - world.now.Seconds();
  if (lasts < kShortestCheckout || lasts > kLongestCheckout) {
    body.Refuse("expires_at", {"debe estar entre 5 minutos y 365 dias a partir de ahora",
                               "must be from 5 minutes to 365 days from now"});
  }
  checkout.max_failed_retries = body.Integer("max_failed_retries", 0, 100);
  checkout.redirects_on_failure = body.Flag("is_redirect_on_failure").value_or(false);
  const bool on_demand = body.Flag("on_demand_enabled").value_or(false);
  checkout.saves_card = body.Flag("force_save_card").value_or(false) || on_demand;
  checkout.plan_ids = body.Texts("plan_ids").value_or(std::vector<std::string>());
  for (const std::string& plan_id : checkout.plan_ids) {
    if (FindPlan(world, plan_id) == nullptr) body.Refuse("plan_ids", {"no es un plan", "names no plan"});
  }
  if (!checkout.plan_ids.empty() && checkout.methods != std::vector<std::string>{"card"}) {
    body.Refuse("allowed_payment_methods", {"solo puede ser card en suscripciones", "must be card for subscriptions"});
  }
  (void)body.Flag("monthly_installments_enabled");
  for (const std::string_view name : {"redirection_time", "monthly_installments_enabled",
                                      "monthly_installments_options", "on_demand_enabled", "exclude_card_networks"}) {
    if (const Json* value = FindMember(*object, name)) SetMember(checkout.others, name, *value);
  }
  checkout.id = world.conekta.random.Uuid();
  if (checkout.type == "HostedPayment") {
    for (const char c : checkout.id) {
      if (c != '-') checkout.slug += c;
    }
  }
  order.checkout = std::move(checkout);
}

}  // namespace

void ReadOrder(World& world, const Json& object, bool is_new, Order& order, std::vector<Detail>& details) {
  constexpr std::array<std::string_view, 2> kCurrencies = {"MXN", "USD"};
  constexpr std::array<std::string_view, 3> kModes = {"ecommerce", "recurrent", "validation"};
  constexpr std::array<std::string_view, 3> kThreeDs = {"strict", "not_strict", "smart"};
  Body body(object, "", details);
  body.Allow({"currency", "customer_info", "line_items", "shipping_lines", "discount_lines", "tax_lines", "charges",
              "checkout", "metadata", "pre_authorize", "processing_mode", "return_url", "three_ds_mode",
              "needs_shipping_contact", "shipping_contact", "fiscal_entity"});
  if (is_new) {
    body.Require("currency");
    body.Require("customer_info");
  }
  if (auto currency = body.Choice("currency", kCurrencies)) order.currency = *std::move(currency);
  ReadCustomerInfo(world, body, order);
  ReadAllLines(world, body, order);
  ReadCheckout(world, body, order);
  if (body.Has("metadata")) order.metadata = body.Metadata("metadata");
  order.pre_authorizes = body.Flag("pre_authorize").value_or(order.pre_authorizes);
  (void)body.Flag("needs_shipping_contact");
  if (body.Has("return_url") && order.checkout) {
    body.Refuse("return_url", {"no va junto con checkout", "cannot be sent together with checkout"});
  }
  (void)body.Url("return_url");
  const Json* mode = FindMember(object, "three_ds_mode");
  if (mode != nullptr && mode->is_null()) {
    body.Refuse("three_ds_mode", {"no puede ser null", "must not be null"});
  }
  (void)body.Choice("three_ds_mode", kThreeDs);
  if (auto processing = body.Choice("processing_mode", kModes)) {
    SetMember(order.others, "processing_mode", *std::move(processing));
  }
  for (const std::string_view name : {"shipping_contact", "fiscal_entity"}) {
    if (const Json* value = body.Object(name)) SetMember(order.others, name, *value);
  }
  const bool has_plans = order.checkout && !order.checkout->plan_ids.empty();
  if (order.line_items.empty() && !has_plans) body.Require("line_items");
  if (order.line_items.empty() && has_plans && details.empty()) {
    order.line_items = PlanLines(world, order.checkout->plan_ids.front());
    order.checkout->costs_its_plan = true;
  }
  if (order.Amount() < 0) body.Refuse("discount_lines", {"excede el total", "exceeds the total"});
  if (order.Amount() > Body::kMostAmount) body.Refuse("line_items", {"cuesta demasiado", "costs too much"});
}

std::vector<Line> PlanLines(World& world, std::string_view plan_id) {
  const Plan* plan = FindPlan(world, plan_id);
  if (plan == nullptr) return {};
  const std::int64_t amount = plan->trial_period_days.value_or(0) > 0 ? 0 : plan->amount;
  const Json fields =
      Json::object({{"name", plan->name}, {"quantity", 1}, {"unit_price", amount}, {"antifraud_info", Json::object()}});
  return {LineOf(world, "line_item_", fields, amount)};
}

}  // namespace plinto::polar::emulator::conekta
