// The server without its sockets: requests of our API in, answers out; webhooks and usage worked off when asked.
//
// Owns no clock, thread, socket or sleep: what it needs is in Host, and every coroutine runs on its caller's executor.
// Not thread-safe: one executor thread at a time. What a route does is in its room (router.h lists them all).
#pragma once

#include <functional>

#include "server/base/async/body_permit.h"
#include "server/base/job_run.h"
#include "server/base/rate_limiter.h"
#include "server/service/caller/caller.h"
#include "server/service/deliveries/endpoint_watch.h"
#include "server/service/deliveries/event_queue.h"
#include "server/service/mirror/cold_start.h"
#include "server/service/mirror/mirror.h"
#include "server/service/products/catalog.h"
#include "server/service/router.h"
#include "server/service/shared.h"
#include "server/service/subscriptions/default_proration.h"
#include "server/service/usage/meters.h"
#include "server/service/usage/outbox.h"

namespace plinto::polar::server {

class Service {
 public:
  Service(Host host, Settings settings);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Answers one request. `request.url` is the target as received; routes are mounted at `/polar` and
  /// `/api/v1/polar`. Never throws for what a client sends; errors are answers in Plinto's shape.
  [[nodiscard]] Task<HttpResponse> Handle(HttpRequest request);

  /// What the head of a request with a large body decides before that is read: whether there is such a route, who sends
  /// it where a token or a key says so, and how much the route takes.
  [[nodiscard]] Task<BodyPermit> PermitBody(HttpRequest head);

  /// Reads what has to open before anything is served: the signing secret, made where there is none yet.
  /// Errors: STORE_FAILED; CONFIGURATION_INVALID or INTERNAL when it is sealed and does not open.
  [[nodiscard]] Task<Status> Prepare();

  /// Called after something was stored that ProcessInbox() will take up.
  void OnWebhook(std::function<void()> notify) { shared_.notify_of_webhook = std::move(notify); }
  /// The same of ProcessPlintoEvents().
  void OnPlintoEvent(std::function<void()> notify) { shared_.notify_of_plinto_event = std::move(notify); }
  /// The same of ProcessConektaEvents().
  void OnConektaEvent(std::function<void()> notify) { shared_.notify_of_conekta_event = std::move(notify); }
  /// The same of ReportUsage().
  void OnUsage(std::function<void()> notify) { shared_.notify_of_usage = std::move(notify); }

  /// The same of CarryOutCancellations().
  void OnCancellation(std::function<void()> notify) { shared_.notify_of_cancellation = std::move(notify); }

  /// Works off Polar's deliveries that are due. Returns when the next one will be, if any waits.
  [[nodiscard]] Task<JobRun> ProcessInbox();
  /// Begins to work off Plinto's events that are due: at most eight at a time, which go on after it has returned.
  /// Returns when the next one will be due, if any waits.
  [[nodiscard]] Task<JobRun> ProcessPlintoEvents();
  /// Called when one of them is done: it is time for ProcessPlintoEvents().
  void OnPlintoEventDone(std::function<void()> done) { plinto_queue_.OnDone(std::move(done)); }
  /// The same two of Conekta's events.
  [[nodiscard]] Task<JobRun> ProcessConektaEvents();
  void OnConektaEventDone(std::function<void()> done) { conekta_queue_.OnDone(std::move(done)); }
  /// Reports usage that is due to Polar, in batches. Returns when the next will be, if any waits.
  [[nodiscard]] Task<JobRun> ReportUsage();
  /// Carries out the kept cancellations that are due. Returns when the next will be, if any waits.
  [[nodiscard]] Task<JobRun> CarryOutCancellations();
  /// Looks after the webhook endpoint at Polar, if it is time, and after what Polar could not deliver to it.
  [[nodiscard]] Task<JobRun> WatchEndpoint();
  /// Fetches one of the customers whom Polar has and the mirror does not. Returns when the next is due; none when all
  /// are there.
  [[nodiscard]] Task<JobRun> FillMirror();

  /// Nothing of the queues is taken up any more: what works them off ends after what it has in hand.
  void BeginStop() { shared_.is_stopping = true; }
  /// The same. Returns once none of Plinto's events and Conekta's is in hand.
  [[nodiscard]] Task<void> Stop();

 private:
  [[nodiscard]] Task<HttpResponse> Answer(HttpRequest request, RouteMatch match);
  /// Errors: those of Identify(), and RATE_LIMITED for a stranger who has been refused too often.
  [[nodiscard]] Task<Result<Credentials>> IdentifySender(const HttpRequest& request, Action action);
  /// Nobody is signed in, and PRODUCTS opens some product to buyers who are not.
  [[nodiscard]] bool MayBeAnonymous(const HttpRequest& request, Action action) const;
  /// After how many milliseconds the sender may ask, if this one request is too many.
  [[nodiscard]] std::optional<std::int64_t> CountActor(const Credentials& credentials);
  /// The refusal of a sender who has shown no valid credentials, or RATE_LIMITED when it is one too many.
  [[nodiscard]] Error CountStranger(const std::string& address, Error refusal);

  Host host_;
  Settings settings_;
  ServiceKeys service_keys_;
  ProductCatalog catalog_{host_, settings_};
  DefaultProration default_proration_{host_, settings_};
  MeterCatalog meters_{host_, settings_};
  Mirror mirror_{host_, settings_};
  RateLimiter users_;
  RateLimiter keys_;
  RateLimiter key_pace_;
  RateLimiter addresses_;
  OutboxMemory outbox_memory_;
  Shared shared_{host_, settings_, mirror_, catalog_, default_proration_, meters_};
  EventQueue plinto_queue_;
  EventQueue conekta_queue_;
  ColdStart cold_start_{host_, settings_};
  EndpointWatch endpoint_watch_{shared_, cold_start_};
};

}  // namespace plinto::polar::server
