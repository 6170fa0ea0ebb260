// POST /usage/batch and GET /usage/summary against the emulator.
#include <zlib.h>

#include "server/base/gzip.h"
#include "server/base/secrets/service_key.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

const std::string kForAcme = std::string("?organization_id=") + kAcme;

std::string Gzip(const std::string& text) {
  z_stream stream = {};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string input = text;
  std::string packed(deflateBound(&stream, input.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// `accepted, duplicate, refused EVENT_NAME event_name`
std::string Outcomes(const Json& answer) {
  std::string text;
  for (const Json& result : *FindMember(answer, "results")->get_ptr<const Json::array_t*>()) {
    text += (text.empty() ? "" : ", ") + *FindString(result, "status");
    const Json* error = FindMember(result, "error");
    if (error == nullptr) continue;
    text += " " + *FindString(*error, "code");
    const std::string* field = FindString(*FindMember(*error, "details"), "field");
    if (field != nullptr) text += " " + *field;
  }
  return text;
}

const HttpHeaders kGzip = {{"content-encoding", "gzip"}};

}  // namespace

TEST_CASE("each event of a batch has its own result, and what is accepted is reported once") {
  Simulation simulation;
  const std::string body =
      R"({"events":[{"event_name":"api_call","external_id":"1","quantity":2},{"event_name":"api_call","external_id":"1"},)"
      R"({"event_name":"other"},{"event_name":"api_call","quantity":0.12345678901234567890},{"event_name":"api_call","extra":1},7,)"
      R"({"event_name":"api_call","properties":{"plan":"\u0000"}},{"event_name":"api_call"}]})";

  const HttpResponse answer = simulation.Request("POST", "/usage/batch" + kForAcme, kBob, body);

  REQUIRE(answer.status == 202);
  const Json json = simulation.BodyOf(answer);
  CHECK(Outcomes(json) ==
        "accepted, duplicate, refused USAGE_EVENT_NOT_ALLOWED event_name, refused VALIDATION_FAILED quantity, "
        "refused UNKNOWN_FIELD extra, refused VALIDATION_FAILED, refused VALIDATION_FAILED properties.plan, accepted");
  CHECK(*FindString(FindMember(json, "results")->get_ptr<const Json::array_t*>()->front(), "event_id") == "1");
  CHECK(Outcomes(simulation.BodyOf(simulation.Request(
            "POST", "/usage/batch" + kForAcme, kBob, R"({"events":[{"event_name":"api_call","external_id":"1"}]})"))) ==
        "duplicate");
  static_cast<void>(simulation.Await(simulation.service->ReportUsage()));
  CHECK(simulation.polar.requests == std::vector<std::string>{"POST /v1/events/ingest"});
  const HttpResponse sums = simulation.Request("GET", "/usage/summary" + kForAcme, kBob);
  CHECK(sums.body.find(R"("events":2,"quantity":3,"quantity_decimal":"3","reported":2,"waiting":0,"parked":0)") !=
        std::string::npos);
}

TEST_CASE("a large batch, which is stored in parts, has the results of its events in their order") {
  Simulation simulation;
  const auto batch = [](int first, int count) {
    std::string events;
    for (int i = first; i < first + count; ++i) {
      events += (events.empty() ? "" : ",") + std::string(R"({"event_name":"api_call","external_id":"e)") +
                std::to_string(i) + "\"}";
    }
    return R"({"events":[)" + events + "]}";
  };
  REQUIRE(simulation.Request("POST", "/usage/batch" + kForAcme, kBob, batch(0, 250)).status == 202);

  const HttpResponse answer = simulation.Request("POST", "/usage/batch" + kForAcme, kBob, batch(130, 250));

  std::string expected;
  for (int i = 130; i < 380; ++i) expected += std::string(i == 130 ? "" : ", ") + (i < 250 ? "duplicate" : "accepted");
  CHECK(Outcomes(simulation.BodyOf(answer)) == expected);
  const HttpResponse sums = simulation.Request("GET", "/usage/summary" + kForAcme, kBob);
  CHECK(sums.body.find(R"("events":380,)") != std::string::npos);
}

TEST_CASE("a batch that nobody may send is refused as a whole") {
  Simulation simulation;
  const std::string body = R"({"events":[{"event_name":"api_call"}]})";
  const auto refused = [&](const std::string& query, const std::string& user, const std::string& text) {
    return simulation.ErrorCodeOf(simulation.Request("POST", "/usage/batch" + query, user, text));
  };

  CHECK(refused(kForAcme, "", body) == "TOKEN_MISSING");
  CHECK(refused(kForAcme, kEve, body) == "ORGANIZATION_ACCESS_DENIED");
  CHECK(refused("", kBob, "[]") == "VALIDATION_FAILED");
  CHECK(refused("", kBob, R"({"events":[]})") == "VALIDATION_FAILED");
  CHECK(refused("", kBob, R"({"events":[{"event_name":"api_call"}],"more":1})") == "UNKNOWN_FIELD");
  std::string many = R"({"events":[)";
  for (int i = 0; i < 10'001; ++i) many += (i == 0 ? "1" : ",1");
  CHECK(refused("", kBob, many + "]}") == "VALIDATION_FAILED");
  CHECK(simulation.Request("GET", "/usage/summary", kBob).body.find(R"("items":[])") != std::string::npos);
}

TEST_CASE("an event may name its own subject, within what its sender may do") {
  Simulation simulation;
  const std::string acme = std::string(R"("organization_id":")") + kAcme + "\"";
  const std::string body = R"({"events":[{"event_name":"api_call"},{"event_name":"api_call",)" + acme +
                           R"(},{"event_name":"api_call","organization_id":"99999999-9999-4999-8999-999999999999"},)" +
                           R"({"event_name":"api_call","user_id":")" + kBob + "\"}]}";

  CHECK(Outcomes(simulation.BodyOf(simulation.Request("POST", "/usage/batch", kAlice, body))) ==
        "accepted, accepted, refused ORGANIZATION_ACCESS_DENIED organization_id, refused ROLE_NOT_ALLOWED user_id");

  const std::string key = std::string(kServiceKeyPrefix) + std::string(64, 'a');
  ServiceKeyRow row{"1", HashServiceKey(key), "test", "usage:write,usage:read", simulation.clock.Now()};
  REQUIRE(simulation.Await(simulation.store->AddServiceKey(row)).ok());
  const std::string named =
      R"({"events":[{"event_name":"any",)" + acme + R"(},{"event_name":"any","user_id":")" + kBob + "\"}]}";
  CHECK(Outcomes(simulation.BodyOf(simulation.Request("POST", "/usage/batch", key, named))) == "accepted, accepted");
}

TEST_CASE("of a service key's batch an event that is wrong, or names nobody, takes no other with it") {
  Simulation simulation;
  const auto add_key = [&](const char* id, const char* scopes) {
    const std::string key = std::string(kServiceKeyPrefix) + std::string(64, id[0]);
    ServiceKeyRow row{id, HashServiceKey(key), "test", scopes, simulation.clock.Now()};
    REQUIRE(simulation.Await(simulation.store->AddServiceKey(row)).ok());
    return key;
  };
  const std::string key = add_key("a", "usage:write");
  const std::string bob = std::string(R"("user_id":")") + kBob + "\"";
  const std::string body = R"({"events":[{"event_name":"any",)" + bob + R"(},{"event_name":"any","extra":1,)" + bob +
                           R"(},{"event_name":"any"}]})";

  const HttpResponse answer = simulation.Request("POST", "/usage/batch", key, body);

  REQUIRE(answer.status == 202);
  CHECK(Outcomes(simulation.BodyOf(answer)) ==
        "accepted, refused UNKNOWN_FIELD extra, refused VALIDATION_FAILED organization_id");
  const HttpResponse unread = simulation.Request("POST", "/usage/batch", key, R"({"events":[{"extra":1}]})");
  CHECK(unread.status == 202);
  const HttpResponse nobody = simulation.Request("POST", "/usage/batch", key, R"({"events":[{"event_name":"any"}]})");
  CHECK(nobody.status == 422);
  CHECK(simulation.FieldOf(nobody) == "organization_id");
  CHECK(simulation.Request("POST", "/usage/batch?user_id=bob", key, body).status == 422);
  CHECK(simulation.Request("POST", "/usage/batch", add_key("b", "usage:read"), body).status == 403);
}

TEST_CASE("a batch may be gzip, and a small body cannot fill the memory") {
  Simulation simulation;
  const std::string body = R"({"events":[{"event_name":"api_call"}]})";
  const auto send = [&](const std::string& text, const HttpHeaders& headers) {
    return simulation.Request("POST", "/usage/batch", kBob, text, headers);
  };

  CHECK(send(Gzip(body), kGzip).status == 202);
  CHECK(send(Gzip(body.substr(0, 10)) + Gzip(body.substr(10)), kGzip).status == 202);
  const std::string bomb = Gzip(std::string(20'000'000, ' '));
  CHECK(bomb.size() < 30'000);
  CHECK(simulation.ErrorCodeOf(send(bomb, kGzip)) == "PAYLOAD_TOO_LARGE");
  CHECK(simulation.ErrorCodeOf(send(body, kGzip)) == "INVALID_JSON");
  CHECK(simulation.ErrorCodeOf(send(Gzip(body).substr(0, 20), kGzip)) == "INVALID_JSON");
  CHECK(simulation.ErrorCodeOf(send("", kGzip)) == "INVALID_JSON");
  const HttpResponse brotli = send(body, {{"content-encoding", "br"}});
  CHECK(brotli.status == 422);
  CHECK(simulation.FieldOf(brotli) == "content-encoding");
  CHECK(Gunzip(Gzip(std::string(100, 'x')), 100)->size() == 100);
  CHECK(Gunzip(Gzip(std::string(101, 'x')), 100).error().code == ErrorCode::kPayloadTooLarge);
}

TEST_CASE("Plinto's failure is not taken for a refusal of an event, and nothing is stored") {
  Simulation simulation;
  simulation.plinto.down = true;
  const std::string body = std::string(R"({"events":[{"event_name":"api_call"},{"event_name":"api_call",)") +
                           R"("organization_id":")" + kAcme + "\"}]}";

  CHECK(simulation.Request("POST", "/usage/batch", kAlice, body).status == 504);
  CHECK(simulation.Request("GET", "/usage/summary", kAlice).body.find(R"("items":[])") != std::string::npos);
}

TEST_CASE("a summary is of the current month by day unless asked otherwise, and what is asked must make sense") {
  Simulation simulation;
  REQUIRE(simulation.Request("POST", "/usage" + kForAcme, kBob, R"({"event_name":"api_call","quantity":5})").status ==
          202);

  const HttpResponse answer = simulation.Request("GET", "/usage/summary" + kForAcme, kBob);
  CHECK(answer.body ==
        R"({"from":"2026-11-01T00:00:00Z","to":"2026-12-01T00:00:00Z","items":[{"event_name":"api_call",)"
        R"("period":"2026-11-22","events":1,"quantity":5,"quantity_decimal":"5","reported":0,"waiting":1,"parked":0}],)"
        R"("pagination":{"page":1,"has_next_page":false}})");
  const HttpResponse yearly =
      simulation.Request("GET", "/usage/summary" + kForAcme + "&by=month&from=2026-01-01&to=2027-01-01", kBob);
  CHECK(yearly.body.find(R"("period":"2026-11")") != std::string::npos);
  CHECK(simulation.Request("GET", "/usage/summary" + kForAcme + "&event_name=none", kBob).body.find(R"("items":[])") !=
        std::string::npos);
  const auto refused = [&](const std::string& query, const std::string& field) {
    const HttpResponse one = simulation.Request("GET", "/usage/summary" + kForAcme + "&" + query, kBob);
    INFO(query << " " << one.body);
    CHECK(one.status == 422);
    CHECK(simulation.FieldOf(one) == field);
  };
  refused("by=week", "by");
  refused("from=yesterday", "from");
  refused("from=2026-11-22&to=2026-11-22", "to");
  refused("from=2025-01-01&to=2026-11-22", "to");
  refused("limit=1001", "limit");
  refused("limit=ten", "limit");
  refused("page=0", "page");
  refused("event_name=%00", "event_name");
}
