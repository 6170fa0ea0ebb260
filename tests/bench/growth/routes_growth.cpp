// Every route of our server, as it is served but for the sockets: hostile bodies, queries and headers, of somebody with
// credentials and of nobody.
#include <spdlog/spdlog.h>

#include <array>

#include "core/billing/usage/usage_batch.h"
#include "core/foundation/sha256.h"
#include "core/gateway/routes.h"
#include "core/schema/routes.h"
#include "core/schema/types.h"
#include "core/webhook/signature.h"
#include "growth.h"
#include "hostile.h"
#include "server/http/middleware.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::growth;
using namespace plinto::polar::server;

namespace {

constexpr std::size_t kHeader = 16 * kKiB;  // ListenerConfig::header_limit

std::size_t LimitOf(const RouteFact& route) {
  if (route.operation == Operation::kIngestUsageEvents) return kMaxBatchBytes;
  return schema::SecurityOf(route) == schema::Security::kSignature ? 4 * kMiB : kMiB;
}

/// The server behind its listener.
class Served {
 public:
  Served() { spdlog::set_level(spdlog::level::off); }

  HttpRequest To(const RouteFact& route, const std::string& query, std::string body, const std::string& user) {
    std::string path = (StandsBelowMounts(route) ? "/polar" : "") + std::string(route.path);
    if (const std::size_t id = path.find("{id}"); id != std::string::npos) path.replace(id, 4, kAcme);
    HttpRequest request{.method = std::string(route.method), .url = path + (query.empty() ? "" : "?" + query)};
    request.headers.Add("content-type", "application/json");
    request.headers.Add("x-plinto-remote-address", "203.0.113.9");
    if (!user.empty()) request.headers.Add("authorization", "Bearer " + user);
    request.body = std::move(body);
    return request;
  }
  int Ask(const HttpRequest& request) { return simulation.Await(middleware.Handle(request)).status; }
  Job JobOf(HttpRequest request) {
    return Needed([this, asked = std::move(request)] { return Ask(asked); });
  }

  Simulation simulation;

 private:
  Middleware middleware{{.allowed_origins = {"https://app.example"}}, simulation.random, [this](HttpRequest request) {
                          return simulation.service->Handle(std::move(request));
                        }};
};

std::vector<std::string> FieldsOf(const RouteFact& route) {
  const std::string_view body = schema::RouteDocuments()[static_cast<std::size_t>(route.operation)].body;
  std::vector<std::string> fields;
  for (const schema::Type& type : schema::GatewayTypes()) {
    if (type.name != body) continue;
    for (const schema::Field& field : type.fields) fields.emplace_back(field.name);
  }
  return fields;
}

std::string Event(const std::string& members) { return R"({"event_name":"api_call",)" + members + "}"; }

/// Batches of as many events as are taken, which share `size` bytes.
std::vector<std::pair<const char*, std::function<std::string(std::size_t)>>> HostileBatches() {
  const auto batch = [](std::size_t size, const std::function<std::string(std::size_t i, std::size_t each)>& event) {
    std::string events;
    for (std::size_t i = 0; i < kMaxBatchEvents; ++i) events += (i == 0 ? "" : ",") + event(i, size / kMaxBatchEvents);
    return "{\"events\":[" + events + "]}";
  };
  return {
      {"events that are read",
       [batch](std::size_t size) {
         return batch(size, [](std::size_t i, std::size_t each) {
           std::string properties;
           for (std::size_t p = 0; p < 20; ++p) {
             properties += (p == 0 ? "\"" : ",\"") + Digits(p) + "\":\"" +
                           std::string(std::min<std::size_t>(each / 20, 500), 'a') + "\"";
           }
           return Event(R"("event_id":"e)" + Digits(i) + R"(","properties":{)" + properties + "}");
         });
       }},
      {"events with a long id",
       [batch](std::size_t size) {
         return batch(size, [](std::size_t, std::size_t each) {
           return Event(R"("event_id":")" + std::string(each, 'a') + "\"");
         });
       }},
      {"events of a member that is not known",
       [batch](std::size_t size) {
         return batch(size,
                      [](std::size_t, std::size_t each) { return Event("\"" + std::string(each, 'a') + "\":1"); });
       }},
      {"events for organizations that differ",
       [batch](std::size_t size) {
         return batch(size, [](std::size_t i, std::size_t each) {
           return Event(R"("organization_id":"4fbb0c2e-0f7c-4c3e-9d59-2f8f5)" + Digits(i) + R"(","properties":{"a":")" +
                        std::string(each, 'a') + "\"}");
         });
       }},
  };
}

HttpRequest PolarDelivery(Served& served, const RouteFact& route, const std::string& data) {
  const std::string body = R"({"type":"order.paid","timestamp":"2026-11-22T06:00:00Z","data":)" + data + "}";
  HttpRequest request = served.To(route, "", body, "");
  const auto secrets = *ParseWebhookSecrets(served.simulation.emulator.webhook_secret());
  const HttpHeaders headers =
      *SignWebhook(secrets.front(), KeyDerivation::kWholeText, "msg_1", served.simulation.clock.Now(), body);
  for (const auto& [name, value] : headers) request.headers.Add(name, value);
  return request;
}

HttpRequest PlintoDelivery(Served& served, const RouteFact& route, const std::string& data) {
  const std::string body =
      R"({"id":"evt_1","type":"user.updated","data":{"id":")" + std::string(kAlice) + R"(","name":)" + data + "}}";
  HttpRequest request = served.To(route, "", body, "");
  const std::array<std::string_view, 1> parts = {body};
  request.headers.Add("x-webhook-signature", ToHex(SignHmacSha256("plinto-secret", parts)));
  return request;
}

template <class Test>
void ForRoutes(Test test) {
  for (const RouteFact& route : kRoutes) {
    DYNAMIC_SECTION(route.name) {
      for (const std::string& user : {std::string(kAlice), std::string()}) {
        Served served;
        const std::string name = std::string(route.name) + (user.empty() ? ", of nobody, " : ", ");
        test(served, route, user, name);
      }
    }
  }
}

}  // namespace

TEST_CASE("every route reads a body in time that grows with its bytes") {
  ForRoutes([](Served& served, const RouteFact& route, const std::string& user, const std::string& name) {
    for (const Hostile& text : HostileJson()) {
      CheckGrowth(name + "body: " + text.name, LimitOf(route),
                  [&](std::size_t size) { return served.JobOf(served.To(route, "", text.make(size), user)); });
    }
    if (user.empty()) return;
    for (const std::string& field : FieldsOf(route)) {
      for (const Hostile& text : SomeHostileJson()) {
        CheckGrowth(name + field + ": " + text.name, LimitOf(route), [&](std::size_t size) {
          return served.JobOf(served.To(route, "", "{\"" + field + "\":" + text.make(size) + "}", user));
        });
      }
    }
  });
}

TEST_CASE("every route reads a query in time that grows with its bytes") {
  ForRoutes([](Served& served, const RouteFact& route, const std::string& user, const std::string& name) {
    for (const Hostile& text : HostileQueries()) {
      CheckGrowth(name + "query: " + text.name, kHeader,
                  [&](std::size_t size) { return served.JobOf(served.To(route, text.make(size), "", user)); });
    }
  });
}

TEST_CASE("every route reads headers in time that grows with their bytes") {
  ForRoutes([](Served& served, const RouteFact& route, const std::string& user, const std::string& name) {
    const auto row = [&](const std::string& what, const std::function<HttpHeaders(std::size_t)>& make) {
      CheckGrowth(name + what, kHeader, [&](std::size_t size) {
        HttpRequest request = served.To(route, "", "", user);
        const HttpHeaders more = make(size);
        for (const auto& [header, value] : more) request.headers.Add(header, value);
        return served.JobOf(std::move(request));
      });
    };
    row("many headers", NumberedHeaders);
    for (const char* header : {"origin", "idempotency-key", "content-encoding", "accept-encoding", "webhook-id"}) {
      row(std::string("many of ") + header, [&](std::size_t size) { return ManyHeaders(header, "a", size); });
      row(std::string("a long ") + header, [&](std::size_t size) {
        return HttpHeaders{{header, std::string(size, 'a')}};
      });
    }
    if (!user.empty()) return;
    for (const Hostile& text : HostileWords()) {
      row(std::string("authorization: ") + text.name, [&](std::size_t size) {
        return HttpHeaders{{"authorization", text.make(size)}};
      });
    }
  });
}

TEST_CASE("a batch of usage is taken in time that grows with its bytes, whatever its events are") {
  const RouteFact& route = RouteOf(Operation::kIngestUsageEvents);
  for (const auto& [name, make] : HostileBatches()) {
    DYNAMIC_SECTION(name) {
      Served served;
      CheckGrowth(std::string("ingestUsageEvents: ") + name, kMaxBatchBytes,
                  [&](std::size_t size) { return served.JobOf(served.To(route, "", make(size), kAlice)); });
    }
  }
}

TEST_CASE("a delivery whose signature holds is kept and worked off in time that grows with its bytes") {
  for (const bool is_polar : {true, false}) {
    DYNAMIC_SECTION((is_polar ? "Polar's" : "Plinto's")) {
      const RouteFact& route = RouteOf(is_polar ? Operation::kReceivePolarWebhook : Operation::kReceivePlintoEvent);
      for (const Hostile& text : HostileJson()) {
        Served served;
        CheckGrowth(std::string(route.name) + ", signed: " + text.name, LimitOf(route), [&](std::size_t size) {
          return served.JobOf((is_polar ? PolarDelivery : PlintoDelivery)(served, route, text.make(size - 300)));
        });
        static_cast<void>(served.simulation.ProcessInbox());
      }
    }
  }
}
