#include "core/billing/usage_delivery.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/foundation/json.h"

namespace plinto::polar {
namespace {

std::vector<UsageOutcome> OutcomesOf(const std::vector<std::size_t>& piece, UsageOutcome::Kind kind,
                                     const std::string& reason) {
  std::vector<UsageOutcome> outcomes;
  for (const std::size_t index : piece) outcomes.push_back({index, kind, reason});
  return outcomes;
}

// The number that follows "events" in a location.
std::optional<std::int64_t> EventOf(const Json& error) {
  const Json* location = FindMember(error, "loc");
  const auto* parts = location == nullptr ? nullptr : location->get_ptr<const Json::array_t*>();
  if (parts == nullptr) return std::nullopt;
  for (std::size_t i = 0; i + 1 < parts->size(); ++i) {
    const auto* name = (*parts)[i].get_ptr<const std::string*>();
    if (name != nullptr && *name == "events") return AsInteger((*parts)[i + 1]);
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::size_t> NamedEvents(std::string_view body, std::size_t events_sent) {
  std::vector<std::size_t> named;
  const Result<Json> json = ParseJson(body);
  const Json* detail = json ? FindMember(*json, "detail") : nullptr;
  const auto* errors = detail == nullptr ? nullptr : detail->get_ptr<const Json::array_t*>();
  if (errors == nullptr) return named;
  for (const Json& error : *errors) {
    const auto index = EventOf(error);
    if (index && *index >= 0 && static_cast<std::size_t>(*index) < events_sent) {
      named.push_back(static_cast<std::size_t>(*index));
    }
  }
  std::sort(named.begin(), named.end());
  named.erase(std::unique(named.begin(), named.end()), named.end());
  return named;
}

UsageDelivery::UsageDelivery(std::size_t events) {
  if (events == 0) return;
  Piece all(events);
  std::iota(all.begin(), all.end(), std::size_t{0});
  pieces_.push_back(std::move(all));
}

std::span<const std::size_t> UsageDelivery::Next() const {
  if (pieces_.empty()) return {};
  return pieces_.back();
}

std::vector<UsageOutcome> UsageDelivery::OnTaken() {
  if (pieces_.empty()) return {};
  const Piece piece = std::move(pieces_.back());
  pieces_.pop_back();
  return OutcomesOf(piece, UsageOutcome::Kind::kReported, "");
}

std::vector<UsageOutcome> UsageDelivery::OnRefused(const HttpResponse& response, std::string reason) {
  if (pieces_.empty()) return {};
  Piece piece = std::move(pieces_.back());
  pieces_.pop_back();
  if (piece.size() == 1) return OutcomesOf(piece, UsageOutcome::Kind::kRefused, reason);
  const std::vector<std::size_t> named =
      response.status == 422 ? NamedEvents(response.body, piece.size()) : std::vector<std::size_t>();
  if (named.empty() || named.size() == piece.size()) {
    const auto middle = piece.begin() + static_cast<std::ptrdiff_t>(piece.size() / 2);
    Piece second(middle, piece.end());
    piece.erase(middle, piece.end());
    pieces_.push_back(std::move(second));
    pieces_.push_back(std::move(piece));
    return {};
  }
  Piece others;
  std::vector<Piece> suspects;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    if (std::binary_search(named.begin(), named.end(), i)) {
      suspects.push_back({piece[i]});
    } else {
      others.push_back(piece[i]);
    }
  }
  // The suspects are sent once more, alone: usage is worth money, and a wrong index must not lose any.
  pieces_.insert(pieces_.begin(), suspects.rbegin(), suspects.rend());
  pieces_.push_back(std::move(others));
  return {};
}

std::vector<UsageOutcome> UsageDelivery::OnFailed(std::string reason) {
  std::vector<UsageOutcome> outcomes;
  for (const Piece& piece : std::exchange(pieces_, {})) {
    for (UsageOutcome& outcome : OutcomesOf(piece, UsageOutcome::Kind::kDelayed, reason)) {
      outcomes.push_back(std::move(outcome));
    }
  }
  std::sort(outcomes.begin(), outcomes.end(),
            [](const UsageOutcome& left, const UsageOutcome& right) { return left.index < right.index; });
  return outcomes;
}

}  // namespace plinto::polar
