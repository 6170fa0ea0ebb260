// The server without its sockets: requests of our API in, answers out; webhooks and usage worked off when asked.
//
// Owns no clock, thread, socket or sleep: what it needs is in Host, and every coroutine runs on its caller's executor.
// Not thread-safe: one executor thread at a time.
#pragma once

#include <functional>

#include "core/gateway/usage.h"
#include "core/model/subscription_update.h"
#include "server/auth/entitlement_signer.h"
#include "server/service/caller/caller.h"
#include "server/service/caller/rate_limiter.h"
#include "server/service/host.h"
#include "server/service/mirror/mirror.h"
#include "server/service/products/catalog.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

class Service {
 public:
  Service(Host host, Settings settings);

  /// Answers one request. `request.url` is the target as received; routes are mounted at `/polar` and
  /// `/api/v1/polar`. Never throws for what a client sends; errors are answers in Plinto's shape.
  [[nodiscard]] Task<HttpResponse> Handle(HttpRequest request);

  /// What there is to ask for, and what the access policy is asked about it.
  struct RouteInfo {
    std::string_view method;
    std::string_view path;  ///< a segment `{id}` stands for any UUID
    Action action;
  };
  [[nodiscard]] static std::vector<RouteInfo> Routes();

  /// Reads what has to open before anything is served: the signing secret, made where there is none yet.
  /// Errors: STORE_FAILED; CONFIGURATION_INVALID or INTERNAL when it is sealed and does not open.
  [[nodiscard]] Task<Status> Prepare() { return PrepareSigner(); }

  /// Called after something was stored that ProcessInbox() will take up.
  void OnWebhook(std::function<void()> notify) { notify_of_webhook_ = std::move(notify); }
  /// The same of ReportUsage().
  void OnUsage(std::function<void()> notify) { notify_of_usage_ = std::move(notify); }

  /// Works off the inbox rows that are due. Returns when the next one will be, if any waits.
  [[nodiscard]] Task<std::optional<Timestamp>> ProcessInbox();
  /// Reports usage that is due to Polar, in batches. Returns when the next will be, if any waits.
  [[nodiscard]] Task<std::optional<Timestamp>> ReportUsage();

 private:
  /// A request on its way through a handler. Who sent it is known; a handler calls Admit() before it touches anything
  /// of a subject.
  struct Context {
    HttpRequest request;
    Action action;
    Credentials credentials;
    std::vector<std::pair<std::string, std::string>> query;
    std::string id;  ///< what stands for `{id}` in the path: a UUID in lower case; empty where the path has none
    Timestamp deadline;

    [[nodiscard]] std::optional<std::string> Query(std::string_view name) const;
  };
  using Handler = Task<Result<HttpResponse>> (Service::*)(Context);
  struct Route {
    std::string_view method;
    std::string_view path;
    Action action;  ///< what the access policy is asked about
    Handler handler;
  };
  static const Route kRoutes[];

  struct Match {
    const Route* route = nullptr;
    std::string allowed;  ///< the methods that the path answers to; empty when there is no such path
    std::vector<std::pair<std::string, std::string>> query;
    std::string id;  ///< as it was sent; no UUID yet
  };
  [[nodiscard]] Match FindRoute(const HttpRequest& request) const;
  [[nodiscard]] Task<HttpResponse> Answer(HttpRequest request, Match match);
  /// After how many milliseconds he may ask, if this one request is too many.
  [[nodiscard]] std::optional<std::int64_t> CountActor(const Credentials& credentials);
  /// The refusal of one who has shown no valid credentials, or RATE_LIMITED when it is one too many.
  [[nodiscard]] Error CountStranger(const std::string& address, Error refusal);

  /// The caller, if he may do what the route does to the subject that the request names. `organization_id` may stand
  /// in the query or in the body. Errors: VALIDATION_FAILED when both name different ones; those of server::Admit().
  [[nodiscard]] Task<Result<Caller>> Admit(const Context& context,
                                           std::optional<std::string> organization_in_body = std::nullopt);

  /// What is known of the subject that the request names, if the caller may read it. Errors: Admit()'s, Mirror's.
  [[nodiscard]] Task<Result<SubjectState>> ReadSubject(const Context& context);

  Task<Result<HttpResponse>> CreateCheckout(Context context);
  Task<Result<HttpResponse>> GetCheckout(Context context);
  Task<Result<HttpResponse>> PostCustomer(Context context);
  Task<Result<HttpResponse>> GetPortal(Context context);
  Task<Result<HttpResponse>> DeleteCustomer(Context context);
  Task<Result<HttpResponse>> GetCustomerData(Context context);
  Task<Result<HttpResponse>> GetCustomerState(Context context);
  Task<Result<HttpResponse>> ListSubscriptions(Context context);
  Task<Result<HttpResponse>> ListOrders(Context context);
  Task<Result<HttpResponse>> ListBenefits(Context context);
  Task<Result<HttpResponse>> ListMeters(Context context);
  Task<Result<HttpResponse>> GetAccess(Context context);
  Task<Result<HttpResponse>> GetEntitlementToken(Context context);
  Task<Result<HttpResponse>> GetPublishedKeys(Context context);
  Task<Result<HttpResponse>> GetProducts(Context context);
  Task<Result<HttpResponse>> GetProvider(Context context);
  Task<Result<HttpResponse>> GetOpenApi(Context context);
  Task<Result<HttpResponse>> CancelSubscription(Context context);
  Task<Result<HttpResponse>> ResumeSubscription(Context context);
  Task<Result<HttpResponse>> ChangeSubscription(Context context);
  Task<Result<HttpResponse>> PostUsage(Context context);
  Task<Result<HttpResponse>> PostUsageBatch(Context context);
  Task<Result<HttpResponse>> GetUsageSummary(Context context);
  Task<Result<HttpResponse>> PostWebhook(Context context);
  Task<Result<HttpResponse>> PostPlintoEvent(Context context);

  /// Nobody is signed in, and PRODUCTS lets somebody like him buy something.
  [[nodiscard]] bool MayBeAnonymous(const HttpRequest& request, Action action) const;
  /// Errors: CHECKOUT_OUTCOME_UNKNOWN, PRODUCT_UNKNOWN, those of Polar.
  Task<Result<OpenedCheckout>> OpenCheckout(CheckoutCreate create, Timestamp deadline);
  Task<Result<HttpResponse>> StartCheckout(CheckoutCreate create, Caller caller, CheckoutRow row,
                                           std::optional<IdempotencyRow> claim, Timestamp deadline);
  /// The subscription of the path, from the mirror. Errors: NOT_FOUND when it is not the caller's.
  [[nodiscard]] Task<Result<Subscription>> FindOwnSubscription(const Context& context, Caller caller);
  /// As Polar has it now.
  [[nodiscard]] Task<Result<Subscription>> ReadSubscription(std::string id, Timestamp deadline);
  /// Changes it at Polar and in the mirror. What Polar refuses, and what is lost on the way, is well if the
  /// subscription `is_done` all the same.
  [[nodiscard]] Task<Result<HttpResponse>> UpdateSubscription(std::string id, SubscriptionUpdate update,
                                                              bool idempotent,
                                                              std::function<bool(const Subscription&)> is_done,
                                                              Timestamp deadline);
  /// Keeps what Polar has said of it in the mirror, and answers with it.
  [[nodiscard]] Task<Result<HttpResponse>> ShowSubscription(Subscription subscription, Timestamp asked_at);
  struct BatchSubjects;
  [[nodiscard]] Task<Result<Subject>> AdmitSubject(BatchSubjects& subjects, std::optional<std::string> organization_id,
                                                   std::optional<std::string> user_id);
  [[nodiscard]] static Error EventNotAllowed();
  [[nodiscard]] UsageRow RowOf(Subject subject, const PolarUsageOptions& request, Timestamp now);
  /// Ready to sign: its secret is in the store, made by the first who needs it. Errors: STORE_FAILED,
  /// CONFIGURATION_INVALID or INTERNAL when the secret is sealed and does not open.
  [[nodiscard]] Task<Status> PrepareSigner();
  [[nodiscard]] Status CheckReturnUrl(const std::optional<std::string>& url, std::string_view field) const;
  Task<Result<HttpResponse>> Store(WebhookRow webhook);
  Task<WebhookOutcome> Process(WebhookRow webhook);
  Task<Status> ApplyPlintoEvent(const WebhookRow& webhook);
  /// Whether all of it fitted into one request; what did not is due again.
  Task<Result<bool>> Report(std::vector<UsageRow> usage);

  Host host_;
  Settings settings_;
  ServiceKeys service_keys_;
  ProductCatalog catalog_{host_, settings_};
  Mirror mirror_{host_, settings_};
  std::optional<EntitlementSigner> signer_;  ///< once its secret has been read, see Signer()
  RateLimiter users_;
  RateLimiter keys_;
  RateLimiter addresses_;
  std::function<void()> notify_of_webhook_ = [] {};
  std::function<void()> notify_of_usage_ = [] {};
};

}  // namespace plinto::polar::server
