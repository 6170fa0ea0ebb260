// Lists of events: Polar's event/service.py.
#include "harness.h"
#include "metering.h"

namespace plinto::polar::emulator {

TEST_CASE("events are listed by their place in a family: roots, and what lies below them or below one") {
  Polar polar;
  polar.NewCustomer();
  const auto child = [](std::string_view id, std::string_view parent) {
    Json event = Use(id, Json::object(), id);
    if (!parent.empty()) SetMember(event, "parent_id", parent);
    return event;
  };
  // The grandchild comes first; its parent is named by external id.
  Ingest(polar, {child("grandchild", "child"), child("root", ""), child("child", "root"), child("other", "")});
  const auto names = [&](const std::string& query) {
    const Json list = polar.Get("/v1/events/?source=user&sorting=timestamp&" + query).json;
    std::string found;
    for (std::size_t i = 0; !At(list, "items." + std::to_string(i)).is_null(); ++i) {
      found += TextAt(list, "items." + std::to_string(i) + ".name") + " ";
    }
    return found;
  };
  const Json root = At(polar.Get("/v1/events/?name=root").json, "items.0");
  const std::string below = "parent_id=" + TextAt(root, "id");

  CHECK(At(root, "child_count") == Json(2));
  CHECK(At(root, "parent_id").is_null());
  CHECK(TextAt(polar.Get("/v1/events/?name=child").json, "items.0.parent_id") == TextAt(root, "id"));
  CHECK(names("depth=0") == "root other ");
  CHECK(names("depth=1") == "root child other ");
  CHECK(names("depth=5") == "grandchild root child other ");
  CHECK(names(below + "&depth=1") == "child ");
  CHECK(names(below + "&depth=2") == "grandchild child ");
  CHECK(names(below + "&depth=0").empty());
  CHECK(names(below) == "grandchild root child other ");
  CHECK(polar.Get("/v1/events/?depth=6").status == 422);
  CHECK(polar.Get("/v1/events/?depth=-1").status == 422);
  CHECK(polar.Get("/v1/events/?depth=deep").status == 422);
}

TEST_CASE("events that are each other's parents end no walk and no list") {
  Polar polar;
  Json chicken = Use("chicken");
  SetMember(chicken, "parent_id", "egg");
  Json egg = Use("egg");
  SetMember(egg, "parent_id", "chicken");
  // Within one request it fails (events_test.cpp).
  Ingest(polar, {chicken});
  Ingest(polar, {egg});

  CHECK(At(polar.Get("/v1/events/").json, "pagination.total_count") == Json(2));
  CHECK(At(polar.Get("/v1/events/?depth=5").json, "pagination.total_count") == Json(0));
}

TEST_CASE("a list of events by cursor says whether another page follows") {
  Polar polar;
  Ingest(polar, {Use("e-1"), Use("e-2"), Use("e-3")});

  const Json first = polar.Get("/v1/events/?cursor_pagination=true&limit=2").json;
  CHECK(At(first, "pagination") == Json::object({{"has_next_page", true}}));
  CHECK(At(first, "items").size() == 2);
  const Json second = polar.Get("/v1/events/?cursor_pagination=true&limit=2&page=2").json;
  CHECK(At(second, "pagination.has_next_page") == Json(false));
  CHECK(At(second, "items").size() == 1);
}

TEST_CASE("event lists filter by meter, time, name and metadata, and names are counted") {
  Polar polar;
  polar.NewCustomer();
  Ingest(polar, {Use("e-1", Json::object({{"model", "a"}})), Use("e-2", Json::object(), "page_view"), Use("e-3")});
  const std::string meter = TextAt(polar.Get("/v1/meters/").json, "items.0.id");
  const auto total = [&](std::string_view query) {
    return At(polar.Get("/v1/events/?" + std::string(query)).json, "pagination.total_count");
  };

  CHECK(total("meter_id=" + meter) == Json(2));
  CHECK(total("name=page_view&name=api_call") == Json(3));
  const std::string mine = "organization_id=" + TextAt(polar.Get("/v1/events/").json, "items.0.organization_id");
  CHECK(total("query=PAGE&" + mine) == Json(1));
  CHECK(total("source=user&query=ada@&" + mine) == Json(3));
  CHECK(total("query=model&" + mine) == Json(1));
  CHECK(TextAt(polar.Get("/v1/events/?query=PAGE").json, "detail.0.msg") ==
        "Query is only supported when organization_id is provided.");
  CHECK(TextAt(polar.Get("/v1/events/?query=ab&" + mine).json, "detail.0.msg") ==
        "Query must be at least 3 characters.");
  CHECK(total("metadata[model]=a") == Json(1));
  CHECK(total("end_timestamp=2026-01-01T00:00:00Z") == Json(0));
  CHECK(polar.Get("/v1/events/?start_timestamp=then").status == 422);
  const Json names = polar.Get("/v1/events/names?source=user&sorting=-occurrences").json;
  CHECK(TextAt(names, "items.0.name") == "api_call");
  CHECK(At(names, "items.0.occurrences") == Json(2));
  const std::string id = TextAt(polar.Get("/v1/events/?name=page_view").json, "items.0.id");
  CHECK(TextAt(polar.Get("/v1/events/" + id).json, "name") == "page_view");
  CHECK(polar.Get("/v1/events/" + std::string(kUnknownId)).status == 404);
}

}  // namespace plinto::polar::emulator
