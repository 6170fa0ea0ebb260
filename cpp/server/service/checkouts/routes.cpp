#include "server/service/checkouts/routes.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "core/foundation/sha256.h"
#include "core/foundation/text.h"
#include "core/gateway/checkout.h"
#include "server/base/defects.h"
#include "server/base/network.h"
#include "server/base/side_by_side.h"
#include "server/service/answers.h"
#include "server/service/caller/context.h"
#include "server/service/checkouts/checkout_state.h"
#include "server/service/customers/customers.h"
#include "server/service/import/covering_trial.h"
#include "server/service/polar_call.h"
#include "server/service/products/offered.h"
#include "server/service/return_url.h"
#include "server/service/shared.h"

namespace plinto::polar::server {
namespace {

Result<std::optional<std::string>> ReadIdempotencyKey(const HttpRequest& request) {
  const std::string* header = request.headers.Find("idempotency-key");
  if (header == nullptr) return std::optional<std::string>();
  const std::string key(TrimAscii(*header));
  bool visible = !key.empty() && key.size() <= 255;
  for (const char c : key) visible = visible && c > ' ' && c <= '~';
  if (visible) return std::optional(key);
  return ValidationError("idempotency-key", "Must be 1 to 255 visible ASCII characters, such as a UUID.");
}

Status CheckReturnUrls(const Settings& settings, const CheckoutFields& request) {
  Status checked = CheckReturnUrl(settings, request.success_url, "success_url");
  if (checked) checked = CheckReturnUrl(settings, request.return_url, "return_url");
  if (checked) checked = CheckReturnUrl(settings, request.embed_origin, "embed_origin");
  return checked;
}

Result<std::vector<std::string>> ResolveProducts(const CheckoutFields& request, const Settings& settings) {
  if (request.slug) {
    Result<std::string> product = OfferedBySlug(settings, *request.slug);
    if (!product) return std::move(product).error();
    return std::vector{*std::move(product)};
  }
  std::vector<std::string> products = request.products.value_or(std::vector<std::string>());
  if (request.product_id) products = {*request.product_id};
  for (std::size_t i = 0; i < products.size(); ++i) {
    const std::string field = request.product_id ? "product_id" : "products[" + std::to_string(i) + "]";
    const Result<std::string> offered = OfferedById(settings, products[i], field);
    if (!offered) return offered.error();
  }
  return products;
}

// What PRODUCTS opens for every product that is asked for; nothing without PRODUCTS.
bool IsOpen(const Settings& settings, const std::vector<std::string>& products, std::string_view option) {
  return std::all_of(products.begin(), products.end(), [&](const std::string& product) {
    return IsListed(settings.plans, product, &Plan::checkout_options, option);
  });
}

// Discounts, trials and amounts are the seller's to give: a buyer may ask only for what PRODUCTS opens.
Status CheckBuyerOptions(const CheckoutFields& request, const Settings& settings,
                         const std::vector<std::string>& products) {
  const std::tuple<const char*, std::string_view, bool> asked[] = {
      {"discount_id", kDiscountsOption, request.discount_id.has_value()},
      {"allow_discount_codes", kDiscountsOption, request.allow_discount_codes.value_or(false)},
      {"allow_trial", kTrialsOption, request.allow_trial.has_value()},
      {"trial_interval", kTrialsOption, request.trial_interval.has_value()},
      {"amount", kAmountsOption, request.amount.has_value()},
  };
  for (const auto& [field, option, is_asked] : asked) {
    if (!is_asked || IsOpen(settings, products, option)) continue;
    return ValidationError(field, "Buyers may not ask for this. Leave it out, or add \"" + std::string(option) +
                                      "\" to the product's checkout_options in PRODUCTS.");
  }
  return Done{};
}

CheckoutCreate CreateFrom(const CheckoutFields& request, std::vector<std::string> products, bool codes_are_open) {
  CheckoutCreate create;
  create.products = std::move(products);
  if (request.success_url) create.success_url = WithPlaceholder(*request.success_url);
  create.return_url = request.return_url;
  create.embed_origin = request.embed_origin;
  create.seats = request.seats;
  create.locale = request.locale;
  create.currency = request.currency;
  create.metadata = request.metadata;
  create.custom_field_data = request.custom_field_data;
  create.allow_discount_codes = request.allow_discount_codes.value_or(codes_are_open);
  create.discount_id = request.discount_id;
  create.allow_trial = request.allow_trial;
  create.trial_interval = request.trial_interval;
  create.trial_interval_count = request.trial_interval_count;
  create.amount = request.amount;
  create.subscription_id = request.subscription_id;
  return create;
}

// Of all that makes two requests the same: whom they are for, which the query may say, and what they ask for.
std::string DigestOf(const Subject& subject, const std::string& body) {
  const char* kind = subject.kind == Subject::Kind::kOrganization ? "organization " : "user ";
  return ToHex(DigestSha256(kind + subject.id + '\n' + body));
}

Error InProgress() {
  return {.code = ErrorCode::kConflict,
          .message = "A request with this Idempotency-Key is still under way. Wait for its answer, then ask again.",
          .retry_after_ms = 1'000};
}

Error KeyReused() {
  return {.code = ErrorCode::kIdempotencyKeyReused,
          .message = "This Idempotency-Key was used for another request. Use a new one for each checkout."};
}

// Polar's refusal in terms of our own request. Polar names a product by its place in the list, and blames it for the
// currency too (checkout/service.py).
Error Translate(Error error, const CheckoutFields& request) {
  if (error.code != ErrorCode::kValidationFailed || !error.field.starts_with("products")) return error;
  const bool is_currency = error.details == "Product is not available in the specified currency.";
  if (is_currency && request.currency) {
    error.message =
        "The product has no price in this currency. Use one of its prices' currencies, or leave it out: Polar takes "
        "the buyer's, or the product's own.";
    error.field = "currency";
    return error;
  }
  if (request.slug) error.field = "slug";
  if (request.product_id) error.field = "product_id";
  const bool is_unknown = error.details == "Product does not exist." || error.details == "Product is archived." ||
                          error.details == "Product is a draft.";
  if (!is_unknown) return error;
  error.code = ErrorCode::kProductUnknown;
  error.message =
      "Polar does not offer this product. Check the id, and that it is of the same environment (sandbox or "
      "production) as the access token.";
  return error;
}

PolarCheckout AnswerOf(const OpenedCheckout& checkout) {
  return {checkout.id, checkout.url, checkout.expires_at, checkout.client_secret};
}

Error NobodyToActFor() {
  return {.code = ErrorCode::kTokenMissing,
          .message = "Without signing in a buyer buys for themselves alone. Sign in to buy for an organization."};
}

// Whoever is signed in comes first, and no address has more than a user.
CallTerms TermsOfStranger(const Context& context) {
  const std::string* address = context.request.headers.Find(kRemoteAddressHeader);
  return {context.deadline, Priority::kPortal, "address " + (address == nullptr ? std::string() : NetworkOf(*address))};
}

Error OutcomeUnknown() {
  return {.code = ErrorCode::kCheckoutOutcomeUnknown,
          .message =
              "Polar's answer was lost, so it is not known whether a checkout was created. Start a new one; an "
              "orphan expires unpaid."};
}

/// Errors: CHECKOUT_OUTCOME_UNKNOWN, those of Polar.
Task<Result<OpenedCheckout>> OpenCheckout(Host& host, const Settings& settings, CheckoutCreate create,
                                          CallTerms terms) {
  HttpRequest request = BuildCreateCheckout(settings.polar, create);
  const CallOutcome outcome = co_await CallPolar(host, std::move(request), false, std::move(terms));
  const auto* fault = std::get_if<TransportFault>(&outcome);
  if (fault != nullptr && *fault != TransportFault::kConnectionRefused) co_return OutcomeUnknown();
  co_return ReadOutcome(outcome, ParseOpenedCheckout);
}

/// Who starts a checkout.
struct Buyer {
  Caller caller;
  std::optional<PlintoUser> user = {};  ///< where Plinto was asked for them
};

/// Is the subscription that a purchase goes on with the subject's? Errors: VALIDATION_FAILED.
Task<Status> CheckUpgraded(Host& host, Subject subject, std::string id) {
  const auto found = co_await host.store.FindSubscription(std::move(subject), std::move(id));
  if (!found) co_return found.error();
  if (*found) co_return Done{};
  co_return ValidationError("subscription_id",
                            "The subject has no subscription with this id. GET /customer/subscriptions lists them.");
}

Task<void> AskForUser(Host& host, AccessToken token, std::optional<PlintoUser>& user) {
  if (Result<PlintoUser> asked = co_await host.plinto.GetUser(token)) user = *std::move(asked);
}

/// An organization has no address of its own, or is no customer yet: then Plinto is asked for the buyer too.
Task<bool> NeedsUser(Host& host, const Context& context, std::optional<std::string> organization) {
  if (!organization || !IsUuid(*organization) || !context.credentials.token) co_return false;
  Subject subject{Subject::Kind::kOrganization, ToLowerAscii(*organization)};
  const Result<std::optional<CustomerRow>> customer = co_await host.store.FindCustomer(std::move(subject));
  co_return customer && (!*customer || (*customer)->email.empty());
}

/// Admit(). Where Plinto has to be asked for the buyer as well, it is asked at the same time: a failure of that is
/// whoever's who needs them.
Task<Result<Caller>> AdmitBuyer(Host& host, const Context& context, std::optional<std::string> organization,
                                std::optional<PlintoUser>& user) {
  std::optional<std::string> named = context.Query("organization_id");
  if (!named) named = organization;
  const bool needs_user = co_await NeedsUser(host, context, std::move(named));
  if (!needs_user) co_return co_await Admit(host, context, std::move(organization));
  std::optional<Result<Caller>> caller;
  std::vector<Task<void>> asked;
  asked.push_back(KeepValue(Admit(host, context, std::move(organization)), caller));
  asked.push_back(AskForUser(host, *context.credentials.token, user));
  co_await SideBySide(std::move(asked));
  co_return *std::move(caller);
}

Task<Result<HttpResponse>> StartCheckout(Host& host, const Settings& settings, CheckoutCreate create, Buyer buyer,
                                         CheckoutRow row, std::optional<IdempotencyRow> claim, CallTerms terms) {
  Result<CustomerRow> customer = co_await EnsureCustomer(host, settings, buyer.caller, terms, &buyer.user);
  if (!customer) co_return std::move(customer).error();
  create.customer_id = customer->polar_customer_id;
  if (customer->email.empty() && buyer.caller.token) {
    // Organizations have no address of their own, so the buyer's is filled in. A failure is ignored.
    if (!buyer.user) co_await AskForUser(host, *buyer.caller.token, buyer.user);
    if (buyer.user && buyer.user->email_verified) create.customer_email = buyer.user->email;
  }
  Result<OpenedCheckout> checkout = co_await OpenCheckout(host, settings, create, terms);
  if (!checkout && create.customer_email && checkout.error().field == "customer_email") {
    // We added it, and the buyer can type another: a checkout does not fail on it.
    create.customer_email.reset();
    checkout = co_await OpenCheckout(host, settings, std::move(create), std::move(terms));
  }
  if (!checkout) co_return std::move(checkout).error();

  row.polar_customer_id = customer->polar_customer_id;
  row.polar_checkout_id = checkout->id;
  row.product_id = checkout->product_id.value_or(row.product_id);
  row.product_price_id = checkout->product_price_id.value_or("");
  row.status = checkout->status.text();
  row.expires_at = checkout->expires_at;
  const std::string body = DumpJson(Encode(AnswerOf(*checkout)));
  if (claim) claim->answer = body;
  Status saved = co_await host.store.SaveCheckout(std::move(row), std::move(claim), host.clock.Now());
  if (!saved) co_return std::move(saved).error();
  co_return JsonText(201, body);
}

Task<Result<HttpResponse>> CreateCheckout(Shared& shared, Context context) {
  Host& host = shared.host;
  const Settings& settings = shared.settings;
  Result<CheckoutFields> request = ReadBody<CheckoutFields>(context.request);
  if (!request) co_return std::move(request).error();
  if (Status checked = CheckCheckoutFields(*request); !checked) co_return std::move(checked).error();
  if (Status urls = CheckReturnUrls(settings, *request); !urls) co_return std::move(urls).error();
  Result<std::optional<std::string>> key = ReadIdempotencyKey(context.request);
  if (!key) co_return std::move(key).error();
  Result<std::vector<std::string>> products = ResolveProducts(*request, settings);
  if (!products) co_return std::move(products).error();
  const bool is_backend = context.credentials.key.has_value();
  const bool is_anonymous = !is_backend && !context.credentials.token;
  if (is_anonymous) {
    const Actor actor{.kind = Actor::Kind::kAnonymous,
                      .anonymous_checkout_open = IsOpen(settings, *products, kAnonymousOption)};
    if (Status open = CheckAccess(actor, context.action); !open) co_return std::move(open).error();
    if (request->organization_id || request->subscription_id || !context.query.empty()) co_return NobodyToActFor();
  }
  if (!is_backend) {
    if (Status open = CheckBuyerOptions(*request, settings, *products); !open) co_return std::move(open).error();
  }
  CheckoutCreate create = CreateFrom(*request, *products, IsOpen(settings, *products, kDiscountsOption));
  if (is_anonymous) {
    // Whose it is shows when the buyer signs up. Nothing is stored, and no key remembered that a stranger might guess.
    CallTerms terms = TermsOfStranger(context);
    Result<OpenedCheckout> checkout = co_await OpenCheckout(host, settings, std::move(create), std::move(terms));
    if (!checkout) co_return Translate(std::move(checkout).error(), *request);
    co_return JsonAnswer(201, AnswerOf(*checkout));
  }
  std::optional<PlintoUser> buyer;
  Result<Caller> caller = co_await AdmitBuyer(host, context, request->organization_id, buyer);
  if (!caller) co_return std::move(caller).error();

  if (request->subscription_id) {
    const Status own = co_await CheckUpgraded(host, caller->subject, ToLowerAscii(*request->subscription_id));
    if (!own) co_return own.error();
  }

  if (!create.allow_trial && !create.trial_interval) {
    const Status covered = co_await CoverImported(host, settings.plans, caller->subject, create);
    if (!covered) co_return covered.error();
  }

  std::optional<IdempotencyRow> claim;
  if (*key && !HasDefect("key-ignored")) {
    claim = IdempotencyRow{caller->actor, **key, DigestOf(caller->subject, context.request.body), ""};
    Result<std::optional<IdempotencyRow>> earlier = co_await host.store.ClaimIdempotencyKey(*claim, host.clock.Now());
    if (!earlier) co_return std::move(earlier).error();
    if (*earlier) {
      if ((*earlier)->request_digest != claim->request_digest) co_return KeyReused();
      if ((*earlier)->answer.empty()) co_return InProgress();
      co_return JsonText(201, (*earlier)->answer);
    }
  }
  CheckoutRow row;
  row.subject = caller->subject;
  row.user_id = caller->user_id.value_or(caller->actor);
  row.product_id = products->front();
  row.success_url = request->success_url.value_or("");
  row.embed_origin = request->embed_origin.value_or("");
  row.metadata = request->metadata ? DumpJson(*request->metadata) : "{}";
  CallTerms terms = TermsOf(context, *caller, Priority::kCheckout);
  Buyer who{*std::move(caller), std::move(buyer)};
  Result<HttpResponse> answer = co_await StartCheckout(host, settings, std::move(create), std::move(who),
                                                       std::move(row), claim, std::move(terms));
  if (!answer && claim) {
    // Failed: the key is free again. Should this fail too, the claim lapses by itself after a minute.
    Status released = co_await host.store.ReleaseIdempotencyKey(*claim);
    static_cast<void>(released);
  }
  if (!answer) co_return Translate(std::move(answer).error(), *request);
  co_return answer;
}

Task<Result<HttpResponse>> GetCheckout(Shared& shared, Context context) {
  Result<Caller> caller = co_await Admit(shared.host, context);
  if (!caller) co_return std::move(caller).error();
  const Result<CheckoutRow> row =
      co_await ReadCheckout(shared, std::move(caller->subject), std::move(context.id), context.deadline);
  if (!row) co_return row.error();
  co_return JsonAnswer(
      200, CheckoutState{row->polar_checkout_id, row->status, row->product_id, row->expires_at, row->updated_at});
}

}  // namespace

std::span<const Route> CheckoutRoutes() {
  static constexpr std::array kCheckoutRoutes = {Route{Operation::kCreateCheckout, CreateCheckout},
                                                 Route{Operation::kGetCheckout, GetCheckout}};
  return kCheckoutRoutes;
}

}  // namespace plinto::polar::server
