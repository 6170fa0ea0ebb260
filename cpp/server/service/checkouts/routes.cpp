#include "server/service/checkouts/routes.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "core/foundation/sha256.h"
#include "core/foundation/text.h"
#include "core/gateway/checkout.h"
#include "server/base/async/side_by_side.h"
#include "server/base/defects.h"
#include "server/base/network.h"
#include "server/service/answers.h"
#include "server/service/caller/context.h"
#include "server/service/checkouts/checkout_state.h"
#include "server/service/customers/customers.h"
#include "server/service/products/offered.h"
#include "server/service/providers/choice.h"
#include "server/service/providers/polar_provider.h"
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

Error NobodyToActFor() {
  return {.code = ErrorCode::kTokenMissing,
          .message = "Without signing in a buyer buys for themselves alone. Sign in to buy for an organization."};
}

Error NobodyAtConekta() {
  return NotSupported("country",
                      "Conekta sells to customers who are known here. Let the buyer sign in, then start the checkout.");
}

// Whoever is signed in comes first, and no address has more than a user.
CallTerms TermsOfStranger(const Context& context) {
  const std::string* address = context.request.headers.Find(kRemoteAddressHeader);
  return {context.deadline, Priority::kPortal, "address " + (address == nullptr ? std::string() : NetworkOf(*address))};
}

/// Is the subscription that a purchase goes on with the subject's? Errors: VALIDATION_FAILED.
Task<Status> CheckUpgraded(Host& host, Subject subject, std::string id) {
  const auto found = co_await host.store.FindSubscription(std::move(subject), std::move(id));
  if (!found) co_return found.error();
  if (*found) co_return Done{};
  co_return ValidationError("subscription_id",
                            "The subject has no subscription with this id. GET /customer/subscriptions lists them.");
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

/// What a checkout goes to.
struct Start {
  Purchase purchase;
  CountryChoice choice;
};

Task<Result<HttpResponse>> StartCheckout(Shared& shared, Start start, Buyer buyer, CheckoutRow row,
                                         std::optional<IdempotencyRow> claim, CallTerms terms) {
  Host& host = shared.host;
  Result<CustomerRow> customer = co_await EnsureCustomer(host, shared.settings, buyer.caller, terms, &buyer.user);
  if (!customer) co_return std::move(customer).error();
  if (start.choice.is_to_keep) {
    const Result<bool> kept = co_await host.store.SetCountry(customer->polar_customer_id, start.choice.country);
    if (!kept) co_return kept.error();
  }
  row.polar_customer_id = customer->polar_customer_id;
  Provider& provider = ProviderOf(start.choice.provider);
  Result<OpenedPurchase> opened = co_await provider.OpenCheckout(shared, std::move(start.purchase), std::move(buyer),
                                                                 *std::move(customer), std::move(terms));
  if (!opened) co_return std::move(opened).error();

  row.polar_checkout_id = opened->answer.checkout_id;
  if (!opened->product_id.empty()) row.product_id = opened->product_id;
  row.product_price_id = opened->product_price_id;
  row.status = opened->status;
  row.expires_at = opened->answer.expires_at;
  row.conekta_order_id = opened->conekta_order_id;
  const std::string body = DumpJson(Encode(opened->answer));
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
  Start start{.purchase = {*request, *products, IsOpen(settings, *products, kDiscountsOption)}, .choice = {}};
  if (is_anonymous) {
    // Whose it is shows when the buyer signs up. Nothing is stored, and no key remembered that a stranger might guess.
    const Result<CountryChoice> choice = ChooseForStranger(settings, request->country, products->front());
    if (!choice) co_return choice.error();
    if (choice->provider != PaymentProvider::kPolar) co_return NobodyAtConekta();
    CallTerms terms = TermsOfStranger(context);
    const Result<PolarCheckout> checkout =
        co_await OpenForStranger(shared, std::move(start.purchase), std::move(terms));
    if (!checkout) co_return checkout.error();
    co_return JsonAnswer(201, *checkout);
  }
  std::optional<PlintoUser> buyer;
  Result<Caller> caller = co_await AdmitBuyer(host, context, request->organization_id, buyer);
  if (!caller) co_return std::move(caller).error();

  if (request->subscription_id) {
    const Status own = co_await CheckUpgraded(host, caller->subject, ToLowerAscii(*request->subscription_id));
    if (!own) co_return own.error();
  }

  Result<CountryChoice> choice = ChooseCountry(settings, request->country, *caller, products->front());
  if (!choice) co_return std::move(choice).error();
  start.choice = *std::move(choice);
  const Status sold = ProviderOf(start.choice.provider).CheckPurchase(settings, start.purchase);
  if (!sold) co_return sold.error();

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
  Result<HttpResponse> answer =
      co_await StartCheckout(shared, std::move(start), std::move(who), std::move(row), claim, std::move(terms));
  if (!answer && claim) {
    // Failed: the key is free again. Should this fail too, the claim lapses by itself after a minute.
    Status released = co_await host.store.ReleaseIdempotencyKey(*claim);
    static_cast<void>(released);
  }
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
