// GET /_emulator/log and the page /_emulator: requests and deliveries, to read and to send again.
#include <array>

#include "core/foundation/text.h"
#include "emulator/api/body.h"
#include "emulator/api/router.h"
#include "emulator/control/control_routes.h"
#include "emulator/pages/pages.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::size_t kRowsOnPage = 50;

HttpResponse ReadLog(World& world, const Call& call) {
  Log::Filter filter;
  Issues issues;
  for (const auto& [name, value] : call.query.parameters()) {
    const auto number = ParseInteger(value);
    if (name == "method") {
      filter.method = value;
    } else if (name == "path") {
      filter.path = value;
    } else if (name == "type") {
      filter.type = value;
    } else if (name == "webhook_id") {
      filter.id = value;
    } else if ((name == "status" || name == "limit") && number && *number >= 0 && *number <= 1'000) {
      if (name == "status") filter.status = static_cast<int>(*number);
      if (name == "limit") filter.limit = static_cast<std::size_t>(*number);
    } else {
      issues.Add("extra_forbidden", Json::array({"query", name}),
                 "The log filters by method, path, status, type, webhook_id and limit", value);
    }
  }
  return issues.empty() ? JsonAnswer(200, world.log.Render(filter)) : issues.Answer();
}

std::string Cell(std::string_view text) { return "<td>" + Escape(text) + "</td>"; }

std::string StatusCell(int status, std::string_view otherwise) {
  const std::string_view state = status >= 200 && status < 400 ? "good" : "over";
  return "<td><span class=\"status\" data-state=\"" + std::string(state) + "\">" +
         (status == 0 ? Escape(otherwise) : std::to_string(status)) + "</span></td>";
}

std::string RequestRows(const World& world) {
  std::string rows;
  std::size_t count = 0;
  const auto& records = world.log.requests;
  for (auto record = records.rbegin(); record != records.rend() && count < kRowsOnPage; ++record, ++count) {
    rows += "<tr>" + Cell(FormatTimestamp(record->at)) + Cell(record->method) + Cell(record->path) +
            StatusCell(record->status, "cut") + "</tr>\n";
  }
  return rows.empty() ? "<tr><td colspan=\"4\" class=\"soft\">None yet.</td></tr>\n" : rows;
}

std::string DeliveryRows(const World& world) {
  std::string rows;
  std::size_t count = 0;
  const auto& records = world.log.deliveries;
  for (auto record = records.rbegin(); record != records.rend() && count < kRowsOnPage; ++record, ++count) {
    const std::string id = Escape(record->webhook_id);
    rows += "<tr>" + Cell(FormatTimestamp(record->at)) + Cell(record->type) + Cell(std::to_string(record->attempt)) +
            StatusCell(record->status, record->fault) + "<td><form method=\"post\" action=\"/_emulator/events/" + id +
            "/redeliver\"><button class=\"quiet\" aria-label=\"Redeliver " + Escape(record->type) + " " + id +
            "\">Redeliver</button></form></td></tr>\n";
  }
  return rows.empty() ? "<tr><td colspan=\"5\" class=\"soft\">None yet.</td></tr>\n" : rows;
}

HttpResponse ShowLog(World& world, const Call&) {
  const std::string body =
      "<section class=\"card\">\n<h1>Log</h1>\n<p class=\"soft\">The emulator's clock shows " +
      Escape(FormatTimestamp(world.now)) +
      ". The last 50 of each, newest first; all of them as <a href=\"/_emulator/log\">JSON</a>. "
      "<a href=\"/_emulator\">Reload</a></p>\n</section>\n"
      "<section class=\"card\">\n<h2 id=\"deliveries\">Webhook deliveries</h2>\n"
      "<table class=\"log\" aria-labelledby=\"deliveries\">\n<thead><tr><th scope=\"col\">Time</th><th "
      "scope=\"col\">Type</th>"
      "<th scope=\"col\">Attempt</th><th scope=\"col\">Answer</th><th "
      "scope=\"col\">Again</th></tr></thead>\n<tbody>\n" +
      DeliveryRows(world) +
      "</tbody>\n</table>\n</section>\n<section class=\"card\">\n<h2 id=\"requests\">Requests</h2>\n"
      "<table class=\"log\" aria-labelledby=\"requests\">\n<thead><tr><th scope=\"col\">Time</th><th "
      "scope=\"col\">Method</th>"
      "<th scope=\"col\">Path</th><th scope=\"col\">Answer</th></tr></thead>\n<tbody>\n" +
      RequestRows(world) + "</tbody>\n</table>\n</section>\n";
  // Its URL holds no secret, and requests to /_emulator must say which page they come from.
  return PageAnswer(200, {.title = "Log", .body = body, .referrer = "same-origin"});
}

HttpResponse RedeliverFromPage(World& world, const Call& call) {
  if (Redeliver(world, ToLowerAscii(call.path[0]))) return SeeOther("/_emulator");
  return NoticePage(404, "Not found", "There is no such event any more.");
}

// Polar has nothing at `/` either. People who open the printed address want to look around.
HttpResponse Home(World&, const Call&) { return SeeOther("/_emulator"); }

}  // namespace

std::span<const Route> LogRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/", Access::kPublic, Home},
      Route{"GET", "/_emulator", Access::kPublic, ShowLog},
      Route{"GET", "/_emulator/log", Access::kPublic, ReadLog},
      Route{"POST", "/_emulator/events/{id}/redeliver", Access::kPublic, RedeliverFromPage},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
