// Meters, balances and what they tell: Polar's customer_meter/service.py and its meter filters.
#include "emulator/usage/meters.h"
#include "emulator/usage/events.h"
#include "emulator/usage/meter_filter.h"
#include "harness.h"
#include "metering.h"

namespace plinto::polar::emulator {

TEST_CASE("usage changes the balance 15 s after the last event, and customer.state_changed follows") {
  Polar polar;
  polar.NewCustomer();
  polar.Receive(10);

  Ingest(polar, {Use("e-1")});
  polar.now = polar.now.PlusSeconds(10);
  Ingest(polar, {Use("e-2")});
  CHECK(polar.Types(14).empty());
  CHECK(At(polar.Get("/v1/customers/external/user-1/state").json, "active_meters") == Json::array());
  const auto hooks = polar.Receive(3);

  REQUIRE(hooks.size() == 1);
  CHECK(hooks[0].type == "customer.state_changed");
  CHECK(At(hooks[0].json, "data.active_meters.0.consumed_units") == Json(2));
  CHECK(At(hooks[0].json, "data.active_meters.0.balance") == Json(-2));
}

TEST_CASE("usage without end is balanced three hours after the first event") {
  Polar polar;
  polar.NewCustomer();
  polar.Receive(10);
  Timestamp changed;
  const Timestamp first = polar.now;
  for (int i = 0; i < 3 * 360 + 5; ++i) {
    Ingest(polar, {Use("e-" + std::to_string(i))});
    for (const Hook& hook : polar.Receive(10)) {
      if (hook.type == "customer.state_changed" && changed == Timestamp{}) changed = polar.now;
    }
  }

  CHECK(changed.Seconds() - first.Seconds() >= 3 * 3'600);
  CHECK(changed.Seconds() - first.Seconds() <= 3 * 3'600 + 20);
}

TEST_CASE("events that no meter counts change no balance and send nothing") {
  Polar polar;
  polar.NewCustomer();
  polar.Receive(10);

  Ingest(polar, {Use("e-1", Json::object(), "page_view")});

  CHECK(polar.Types(60).empty());
}

TEST_CASE("each aggregation counts as Polar's: count, sum, max, min, avg, unique") {
  Polar polar;
  polar.NewCustomer();
  const Json any = Filter("and", {});
  struct Case {
    Json aggregation;
    Json expected;
  };
  const std::vector<Case> cases = {{Json::object({{"func", "count"}}), 4},     {Aggregation("sum", "tokens"), 10.5},
                                   {Aggregation("max", "metadata.tokens"), 7}, {Aggregation("min", "tokens"), 1},
                                   {Aggregation("avg", "tokens"), 3.5},        {Aggregation("unique", "model"), 2}};
  std::vector<Json> meters;
  for (const Case& one : cases) meters.push_back(NewMeter(polar, any, one.aggregation));

  Ingest(polar,
         {Use("e-1", Json::object({{"tokens", 1}, {"model", "a"}})),
          Use("e-2", Json::object({{"tokens", 2.5}, {"model", "a"}})),
          Use("e-3", Json::object({{"tokens", 7}, {"model", "b"}})), Use("e-4", Json::object({{"tokens", "many"}}))});

  for (std::size_t i = 0; i < cases.size(); ++i) CHECK(Consumed(polar, meters[i]) == cases[i].expected);
}

TEST_CASE("filters compare by the kind of the property; an absent one matches nothing, ne included") {
  Polar polar;
  polar.NewCustomer();
  const Json event = Json::object({{"plan", "pro"}, {"tokens", 10}, {"beta", true}});
  const auto counts = [&](Json clause) {
    const Json meter = NewMeter(polar, Filter("and", {std::move(clause)}), Json::object({{"func", "count"}}));
    return TextAt(meter, "id");
  };
  const Strings yes = {counts(Clause("plan", "eq", "pro")),  counts(Clause("metadata.plan", "like", "r")),
                       counts(Clause("tokens", "gte", 10)),  counts(Clause("tokens", "lt", 11)),
                       counts(Clause("beta", "eq", true)),   counts(Clause("name", "eq", "api_call")),
                       counts(Clause("plan", "ne", "free")), counts(Clause("plan", "not_like", "x")),
                       counts(Clause("tokens", "like", "1"))};
  const Strings no = {counts(Clause("plan", "eq", "free")), counts(Clause("tokens", "eq", "10")),
                      counts(Clause("absent", "ne", "x")), counts(Clause("beta", "eq", 1)),
                      counts(Clause("name", "eq", 1))};

  Ingest(polar, {Use("e-1", event)});
  polar.now = polar.now.PlusSeconds(16);

  for (const std::string& id : yes) {
    CHECK(At(polar.Get("/v1/customer-meters/?meter_id=" + id).json, "pagination.total_count") == Json(1));
  }
  for (const std::string& id : no) {
    CHECK(At(polar.Get("/v1/customer-meters/?meter_id=" + id).json, "pagination.total_count") == Json(0));
  }
}

TEST_CASE("filters nest: or within and") {
  Polar polar;
  polar.NewCustomer();
  const Json inner = Filter("or", {Clause("model", "eq", "a"), Clause("model", "eq", "b")});
  const Json meter =
      NewMeter(polar, Filter("and", {Clause("name", "eq", "api_call"), inner}), Json::object({{"func", "count"}}));

  Ingest(polar, {Use("e-1", Json::object({{"model", "a"}})), Use("e-2", Json::object({{"model", "b"}})),
                 Use("e-3", Json::object({{"model", "c"}})), Use("e-4", Json::object({{"model", "a"}}), "other")});

  CHECK(Consumed(polar, meter) == Json(2));
}

TEST_CASE("a meter needs a name of three characters, a filter and an aggregation that Polar knows") {
  Polar polar;
  const Json filter = Filter("and", {});
  const Json count = Json::object({{"func", "count"}});
  const auto create = [&](std::string_view name, Json given_filter, Json aggregation) {
    return polar.Post(
        "/v1/meters/",
        Json::object({{"name", name}, {"filter", std::move(given_filter)}, {"aggregation", std::move(aggregation)}}));
  };

  CHECK(TextAt(create("ab", filter, count).json, "detail.0.type") == "string_too_short");
  CHECK(TextAt(create("abc", Json::object(), count).json, "detail.0.type") == "missing");
  CHECK(TextAt(create("abc", filter, Json::object({{"func", "median"}})).json, "detail.0.type") == "union_tag_invalid");
  CHECK(create("abc", filter, Json::object({{"func", "sum"}})).status == 422);
  const Answer bad = create("abc", Filter("and", {Clause("x", "is", 1)}), count);
  CHECK(TextAt(bad.json, "detail.0.type") == "enum");
  CHECK(At(bad.json, "detail.0.loc") == Json::array({"body", "filter", "clauses", 0, "operator"}));
  CHECK(polar.Post("/v1/meters/", Json::object()).status == 422);
}

TEST_CASE("the filter of a meter that has counted is fixed; one that is sold is not archived") {
  Polar polar;
  polar.NewCustomer();
  const std::string sold = TextAt(polar.Get("/v1/meters/").json, "items.0.id");
  const std::string own = TextAt(NewMeter(polar, Filter("and", {}), Json::object({{"func", "count"}})), "id");
  Ingest(polar, {Use("e-1")});

  const Answer fixed = polar.Call("PATCH", "/v1/meters/" + own, Json::object({{"filter", Filter("or", {})}}));
  const Answer kept = polar.Call("PATCH", "/v1/meters/" + sold, Json::object({{"is_archived", true}}));
  const Answer archived =
      polar.Call("PATCH", "/v1/meters/" + own, Json::object({{"is_archived", true}, {"name", "Old"}}));

  CHECK(fixed.status == 422);
  CHECK(TextAt(fixed.json, "detail.0.type") == "forbidden");
  CHECK(TextAt(kept.json, "detail.0.msg") == "Cannot archive meter that is still attached to active products");
  CHECK(archived.status == 200);
  CHECK(TextAt(archived.json, "name") == "Old");
  CHECK(At(polar.Get("/v1/meters/?is_archived=true").json, "pagination.total_count") == Json(1));
  CHECK(At(polar.Get("/v1/meters/?is_archived=false&query=api").json, "pagination.total_count") == Json(1));
}

TEST_CASE("quantities are given per interval, empty ones too, and in total") {
  Polar polar;
  polar.NewCustomer();
  const std::string id = TextAt(NewMeter(polar, Filter("and", {}), Aggregation("sum", "n")), "id");
  Json yesterday = Use("e-1", Json::object({{"n", 2}}));
  SetMember(yesterday, "timestamp", "2026-11-20T23:59:59Z");
  Ingest(polar, {yesterday, Use("e-2", Json::object({{"n", 3}}))});
  const std::string range = "?start_timestamp=2026-11-20T12:00:00Z&end_timestamp=2026-11-22T12:00:00Z&interval=";

  const Json days = polar.Get("/v1/meters/" + id + "/quantities" + range + "day").json;

  CHECK(At(days, "quantities").size() == 3);
  CHECK(TextAt(days, "quantities.0.timestamp") == "2026-11-20T12:00:00Z");
  CHECK(At(days, "quantities.0.quantity") == Json(2));
  CHECK(At(days, "quantities.1.quantity") == Json(0));
  CHECK(At(days, "total") == Json(5));
  const Json weeks = polar.Get("/v1/meters/" + id + "/quantities" + range + "week").json;
  CHECK(At(weeks, "quantities").size() == 1);
  CHECK(At(weeks, "quantities.0.quantity") == Json(5));
  CHECK(polar.Get("/v1/meters/" + id + "/quantities" + range + "second").status == 422);
  CHECK(polar.Get("/v1/meters/" + id + "/quantities").status == 422);
}

TEST_CASE("quantities refuse ranges that are too long for their interval, turned around, or from before Polar") {
  Polar polar;
  const std::string url = "/v1/meters/" + TextAt(polar.Get("/v1/meters/").json, "items.0.id") + "/quantities";
  const auto ask = [&](std::string_view from, std::string_view until, std::string_view interval) {
    return polar.Get(url + "?start_timestamp=" + std::string(from) + "&end_timestamp=" + std::string(until) +
                     "&interval=" + std::string(interval));
  };

  CHECK(ask("2026-11-01T00:00:00Z", "2026-11-08T23:00:00Z", "hour").status == 200);
  const Answer long_hours = ask("2026-11-01T00:00:00Z", "2026-11-09T00:00:00Z", "hour");
  CHECK(long_hours.status == 422);
  CHECK(TextAt(long_hours.json, "detail.0.msg") ==
        "The interval is too small for the given date range. Use a larger interval or reduce the date range.");
  CHECK(ask("2026-11-09T00:00:00Z", "2026-11-01T00:00:00Z", "day").status == 422);
  CHECK(ask("2022-12-31T00:00:00Z", "2023-02-01T00:00:00Z", "month").status == 422);
}

TEST_CASE("quantities go by the clock of a zone that is always as far from UTC, and name a zone that is not") {
  Polar polar;
  polar.NewCustomer();
  const std::string id = TextAt(NewMeter(polar, Filter("and", {}), Aggregation("sum", "n")), "id");
  Json late = Use("e-1", Json::object({{"n", 2}}));
  SetMember(late, "timestamp", "2026-11-21T02:00:00Z");
  Ingest(polar, {late});
  const std::string range =
      "/quantities?start_timestamp=2026-11-20T12:00:00Z&end_timestamp=2026-11-21T12:00:00Z&interval=day&timezone=";
  const auto first = [&](std::string_view zone) {
    return At(polar.Get("/v1/meters/" + id + range + std::string(zone)).json, "quantities.0.quantity");
  };

  CHECK(first("UTC") == Json(0));
  CHECK(first("Etc/GMT%2B5") == Json(2));
  CHECK(first("Etc/GMT-5") == Json(0));
  const Answer paris = polar.Get("/v1/meters/" + id + range + "Europe/Paris");
  CHECK(paris.status == 501);
  CHECK(TextAt(paris.json, "detail").find("Europe/Paris") != std::string::npos);
}

TEST_CASE("quantities are made per customer first where a function asks for it; averages total over all events") {
  Polar polar;
  polar.NewCustomer();
  polar.NewCustomer("bob@example.com", "user-2");
  const std::string sum = TextAt(NewMeter(polar, Filter("and", {}), Aggregation("sum", "n")), "id");
  const std::string avg = TextAt(NewMeter(polar, Filter("and", {}), Aggregation("avg", "n"), "Mean"), "id");
  Json other = Use("e-3", Json::object({{"n", 9}}));
  SetMember(other, "external_customer_id", "user-2");
  Ingest(polar, {Use("e-1", Json::object({{"n", 1}})), Use("e-2", Json::object({{"n", 2}})), other});
  const auto total = [&](const std::string& meter, std::string_view func) {
    std::string url =
        "/v1/meters/" + meter +
        "/quantities?start_timestamp=2026-11-22T00:00:00Z&end_timestamp=2026-11-22T12:00:00Z&interval=day";
    if (!func.empty()) url += "&customer_aggregation_function=" + std::string(func);
    return At(polar.Get(url).json, "total");
  };

  CHECK(total(sum, "") == Json(12));
  CHECK(total(sum, "max") == Json(9));
  CHECK(total(sum, "min") == Json(3));
  CHECK(total(sum, "avg") == Json(6));
  CHECK(total(sum, "count") == Json(2));
  CHECK(total(sum, "sum") == Json(12));
  CHECK(total(avg, "") == Json(4));
  CHECK(total(avg, "max") == Json(4));
  CHECK(polar.Get("/v1/meters/" + sum + "/quantities?customer_aggregation_function=median").status == 422);
}

TEST_CASE("a filter compares numbers as they are, fractions included") {
  const auto matches = [](std::string_view op, Json value) {
    Polar polar;
    polar.NewCustomer();
    const Json meter =
        NewMeter(polar, Filter("and", {Clause("n", op, std::move(value))}), Json::object({{"func", "count"}}));
    int id = 0;
    Json::array_t events;
    for (const Json& n : {Json(0.01), Json(1.2), Json(10), Json(-1.5), Json(1), Json("1.2"), Json(true)}) {
      events.push_back(Use("e-" + std::to_string(++id), Json::object({{"n", n}})));
    }
    Ingest(polar, std::move(events));
    return Consumed(polar, meter);
  };

  CHECK(matches("gt", 1) == Json(2 + 1));  // 1.2 and 10, and "1.2" as text
  CHECK(matches("gte", 1) == Json(3 + 1));
  CHECK(matches("lt", 1) == Json(2));
  CHECK(matches("lte", -1) == Json(1));
  CHECK(matches("eq", 1) == Json(1));
  CHECK(matches("ne", 1) == Json(4 + 1));
  CHECK(matches("eq", true) == Json(2));  // 1, and true itself
  CHECK(matches("like", ".") == Json(4));
}

TEST_CASE("like finds a part of the text, in which % and _ stand for themselves") {
  const auto found = [](std::string_view op, std::string_view pattern) {
    Polar polar;
    polar.NewCustomer();
    const Json meter = NewMeter(polar, Filter("and", {Clause("name", op, pattern)}), Json::object({{"func", "count"}}));
    Ingest(polar, {Use("e-1", Json::object(), "api_test"), Use("e-2", Json::object(), "apiXtest"),
                   Use("e-3", Json::object(), "100%_done"), Use("e-4", Json::object(), "API_TEST")});
    return Consumed(polar, meter);
  };

  CHECK(found("like", "api_test") == Json(1));
  CHECK(found("like", "0%_d") == Json(1));
  CHECK(found("like", "%") == Json(1));
  CHECK(found("like", "test") == Json(2));
  CHECK(found("like", "") == Json(4));
  CHECK(found("not_like", "api_test") == Json(3));
}

TEST_CASE("metadata is compared as text in the way that the database writes it") {
  const auto found = [](Json value, std::string_view part) {
    Polar polar;
    polar.NewCustomer();
    const Json meter = NewMeter(polar, Filter("and", {Clause("n", "like", part)}), Json::object({{"func", "count"}}));
    Ingest(polar, {Use("e-1", Json::object({{"n", std::move(value)}}))});
    return Consumed(polar, meter) == Json(1);
  };

  CHECK(found(1000.0, "1000.0"));
  CHECK(found(0.00001, "0.00001"));
  CHECK_FALSE(found(0.00001, "e"));
  CHECK(found(true, "true"));
  CHECK(found(12, "2"));
}

TEST_CASE("a property is found inside of objects, and a name with a dot is not found") {
  Polar polar;
  polar.NewCustomer();
  const Json all = Filter("and", {});
  const Json sum = NewMeter(polar, all, Aggregation("sum", "_llm.total_tokens"), "Sum");
  const Json most = NewMeter(polar, all, Aggregation("max", "_llm.total_tokens"), "Most");
  const Json dotted = NewMeter(polar, all, Aggregation("sum", "a.b"), "Dotted");
  const Json use =
      Json::object({{"vendor", "v"}, {"model", "m"}, {"input_tokens", 1}, {"output_tokens", 6}, {"total_tokens", 7}});
  Ingest(polar, {Use("e-1", Json::object({{"_llm", use}, {"a.b", 5}}))});

  CHECK(Consumed(polar, sum) == Json(7));
  // Polar's query of the greatest looks for a member of that whole name, for customers with an external id.
  CHECK(Consumed(polar, most) == Json(0));
  CHECK(Consumed(polar, dotted).is_null());
}

TEST_CASE("distinct values are told apart as numbers, and sums are exact") {
  Polar polar;
  polar.NewCustomer();
  const Json all = Filter("and", {});
  const Json unique = NewMeter(polar, all, Aggregation("unique", "n"), "Unique");
  const Json sum = NewMeter(polar, all, Aggregation("sum", "n"), "Sum");
  Ingest(polar, {Use("e-1", Json::object({{"n", 1}})), Use("e-2", Json::object({{"n", 1.0}})),
                 Use("e-3", Json::object({{"n", "1"}})), Use("e-4", Json::object({{"n", 0.1}})),
                 Use("e-5", Json::object({{"n", 0.2}}))});

  CHECK(Consumed(polar, unique) == Json(4));
  CHECK(Consumed(polar, sum) == Json(2.3));
}

TEST_CASE("0.1 added a hundred thousand times is 10,000, and what is taken back leaves no rest") {
  Polar polar;
  polar.NewCustomer();
  const Json sum = NewMeter(polar, Filter("and", {}), Aggregation("sum", "n"), "Sum");
  for (int batch = 0; batch < 10; ++batch) {
    std::string body = R"({"events":[)";
    for (int i = 0; i < 10'000; ++i) {
      body += (i == 0 ? "" : ",");
      body += R"({"name":"call","external_customer_id":"user-1","metadata":{"n":0.1}})";
    }
    REQUIRE(polar.Post("/v1/events/ingest", Body(body + "]}")).status == 200);
  }
  CHECK(Consumed(polar, sum) == Json(10'000));

  Ingest(polar, {Use("back", Json::object({{"n", -9'999.9}}))});
  CHECK(Consumed(polar, sum) == Json(0.1));
  CHECK(At(polar.Get("/v1/customer-meters/?meter_id=" + TextAt(sum, "id")).json, "items.0.balance") == Json(-0.1));
}

TEST_CASE("0.1 added a million times is 100,000") {
  const Meter meter = {.aggregation = Aggregation("sum", "n")};
  const UsageEvent event = {.name = "call", .metadata = Json::object({{"n", 0.1}})};
  const std::vector<const UsageEvent*> events(1'000'000, &event);

  CHECK(Aggregate(meter, events).Text() == "100000");
}

TEST_CASE("averages are the nearest double, and extremes what was sent") {
  Polar polar;
  polar.NewCustomer();
  const auto meter = [&](std::string_view func) {
    return NewMeter(polar, Filter("and", {}), Aggregation(func, "n"), func);
  };
  const Json average = meter("avg");
  const Json most = meter("max");
  const Json least = meter("min");
  Ingest(polar, {Use("1", Json::object({{"n", 0.1}})), Use("2", Json::object({{"n", 0.2}})),
                 Use("3", Json::object({{"n", 0.2}})), Use("4", Json::object({{"n", "no number"}}))});

  CHECK(Consumed(polar, average) == Json(0.5 / 3));
  CHECK(Consumed(polar, most) == Json(0.2));
  CHECK(Consumed(polar, least) == Json(0.1));
}

TEST_CASE("numbers beyond all usage are counted as far as there is room, and break nothing") {
  Polar polar;
  polar.NewCustomer();
  const Json sum = NewMeter(polar, Filter("and", {}), Aggregation("sum", "n"), "Sum");
  Ingest(polar, {Use("1", Json::object({{"n", 1e300}})), Use("2", Json::object({{"n", -1e300}})),
                 Use("3", Json::object({{"n", 1e-300}})), Use("4", Json::object({{"n", 0.25}}))});

  CHECK(Consumed(polar, sum) == Json(0.25));
  Ingest(polar, {Use("5", Json::object({{"n", 1e22}}))});
  CHECK(Consumed(polar, sum) == Json(1e22));
}

}  // namespace plinto::polar::emulator
