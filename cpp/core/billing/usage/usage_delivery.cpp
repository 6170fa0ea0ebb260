#include "core/billing/usage/usage_delivery.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/foundation/json.h"

namespace plinto::polar {
namespace {

// So many events refused alone, and none taken, are Polar's fault.
constexpr std::size_t kProbes = 3;

std::vector<UsageOutcome> OutcomesOf(const std::vector<std::size_t>& piece, UsageOutcome::Kind kind,
                                     const std::string& reason) {
  std::vector<UsageOutcome> outcomes;
  outcomes.reserve(piece.size());
  for (const std::size_t index : piece) outcomes.push_back({index, kind, reason});
  return outcomes;
}

// The number that follows "events" in a location, and what of that event the location is.
std::optional<NamedEvent> EventOf(const Json& error, std::size_t events_sent) {
  const Json* location = FindMember(error, "loc");
  const auto* parts = location == nullptr ? nullptr : location->get_ptr<const Json::array_t*>();
  if (parts == nullptr) return std::nullopt;
  for (std::size_t i = 0; i + 1 < parts->size(); ++i) {
    const auto* name = (*parts)[i].get_ptr<const std::string*>();
    if (name == nullptr || *name != "events") continue;
    const auto position = AsInteger((*parts)[i + 1]);
    if (!position || *position < 0 || static_cast<std::size_t>(*position) >= events_sent) return std::nullopt;
    const auto* last = parts->back().get_ptr<const std::string*>();
    const std::string_view field = last == nullptr ? std::string_view() : *last;
    const bool is_member = field == "external_member_id" || field == "member_id";
    const bool is_parent = field == "parent_id";
    return NamedEvent{.position = static_cast<std::size_t>(*position),
                      .only_time = field == "timestamp",
                      .only_links = is_member || is_parent,
                      .names_member = is_member,
                      .names_parent = is_parent};
  }
  return std::nullopt;
}

}  // namespace

std::vector<NamedEvent> NamedEvents(std::string_view body, std::size_t events_sent) {
  std::vector<NamedEvent> named;
  const Result<Json> json = ParseJson(body);
  const Json* detail = json ? FindMember(*json, "detail") : nullptr;
  const auto* errors = detail == nullptr ? nullptr : detail->get_ptr<const Json::array_t*>();
  if (errors == nullptr) return named;
  for (const Json& error : *errors) {
    const auto event = EventOf(error, events_sent);
    if (!event) continue;
    const auto at =
        std::lower_bound(named.begin(), named.end(), event->position,
                         [](const NamedEvent& one, std::size_t position) { return one.position < position; });
    if (at == named.end() || at->position != event->position) {
      named.insert(at, *event);
    } else {
      at->only_time = at->only_time && event->only_time;
      at->only_links = at->only_links && event->only_links;
      at->names_member = at->names_member || event->names_member;
      at->names_parent = at->names_parent || event->names_parent;
    }
  }
  return named;
}

UsageDelivery::UsageDelivery(std::size_t events) : events_(events) {
  if (events == 0) return;
  Piece all(events);
  std::iota(all.begin(), all.end(), std::size_t{0});
  pieces_.push_back(std::move(all));
}

std::span<const std::size_t> UsageDelivery::Next() const {
  if (pieces_.empty()) return {};
  return pieces_.back();
}

void UsageDelivery::Halve(const Piece& piece) {
  const auto middle = piece.begin() + static_cast<std::ptrdiff_t>(piece.size() / 2);
  if (middle != piece.end()) pieces_.emplace_back(middle, piece.end());
  if (middle != piece.begin()) pieces_.emplace_back(piece.begin(), middle);
}

// The first, the middle and the last are asked alone: is it them, or is it Polar?
void UsageDelivery::Probe(const Piece& piece) {
  Piece rest;
  std::vector<Piece> probes;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    if (i == 0 || i == piece.size() / 2 || i + 1 == piece.size()) {
      probes.push_back({piece[i]});
    } else {
      rest.push_back(piece[i]);
    }
  }
  Halve(rest);
  pieces_.insert(pieces_.end(), probes.rbegin(), probes.rend());
}

// What is decided by now: refusals count once something was taken, or when there is nothing else to ask.
std::vector<UsageOutcome> UsageDelivery::Settled(std::vector<UsageOutcome> outcomes) {
  const bool is_over = pieces_.empty() || refused_.size() >= kProbes;
  if (refused_.empty() || (!has_taken_ && !is_over)) return outcomes;
  if (!has_taken_ && events_ > 1) {
    has_fallen_apart_ = true;
    const std::string reason = refused_.front().reason;
    for (UsageOutcome& one : OnFailed(reason)) outcomes.push_back(std::move(one));
    return outcomes;
  }
  for (UsageOutcome& one : std::exchange(refused_, {})) outcomes.push_back(std::move(one));
  return outcomes;
}

std::vector<UsageOutcome> UsageDelivery::OnTaken() {
  if (pieces_.empty()) return {};
  const Piece piece = std::move(pieces_.back());
  pieces_.pop_back();
  has_taken_ = true;
  return Settled(OutcomesOf(piece, UsageOutcome::Kind::kReported, ""));
}

std::vector<UsageOutcome> UsageDelivery::OnDenied(const std::string& reason) {
  if (pieces_.empty()) return {};
  const Piece piece = std::move(pieces_.back());
  pieces_.pop_back();
  return Settled(OutcomesOf(piece, UsageOutcome::Kind::kRefused, reason));
}

void UsageDelivery::Split() {
  if (pieces_.empty()) return;
  const Piece piece = std::move(pieces_.back());
  pieces_.pop_back();
  Halve(piece);
}

std::vector<UsageOutcome> UsageDelivery::OnRefused(const HttpResponse& response, const std::string& reason) {
  const auto named = response.status == 422 ? NamedEvents(response.body, Next().size()) : std::vector<NamedEvent>();
  return OnRefused(response.status, named, reason);
}

std::vector<UsageOutcome> UsageDelivery::OnRefused(int status, std::span<const NamedEvent> named,
                                                   const std::string& reason) {
  if (pieces_.empty()) return {};
  const Piece piece = std::move(pieces_.back());
  pieces_.pop_back();
  std::vector<UsageOutcome> outcomes;
  std::vector<Piece> suspects;
  Piece others = piece;
  for (auto one = named.rbegin(); one != named.rend(); ++one) {
    const std::size_t index = piece[one->position];
    if (one->only_links && bared_.insert(index).second) {
      outcomes.push_back({.index = index,
                          .kind = UsageOutcome::Kind::kBared,
                          .reason = reason,
                          .without_member = one->names_member,
                          .without_parent = one->names_parent});
      continue;
    }
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(one->position));
    if (one->only_time) {
      outcomes.push_back({index, UsageOutcome::Kind::kDelayed, reason});
    } else {
      suspects.push_back({index});
    }
  }
  if (outcomes.empty() && piece.size() == 1) {
    refused_.push_back({piece.front(), UsageOutcome::Kind::kRefused, reason});
    return Settled({});
  }
  if (named.empty() || suspects.size() == piece.size()) {
    if (status == 422 && !has_taken_) {
      Probe(piece);
    } else {
      Halve(piece);
    }
    return {};
  }
  // The suspects are sent once more, alone: usage is worth money, and a wrong index must not lose any.
  pieces_.insert(pieces_.begin(), suspects.begin(), suspects.end());
  if (!others.empty()) pieces_.push_back(std::move(others));
  std::reverse(outcomes.begin(), outcomes.end());
  return Settled(std::move(outcomes));
}

std::vector<UsageOutcome> UsageDelivery::OnFailed(const std::string& reason) {
  // In order without a sort, which would be a tenth of the recorder's module.
  std::vector<const std::string*> reasons(events_, nullptr);
  const std::vector<UsageOutcome> refused = std::exchange(refused_, {});
  for (const UsageOutcome& one : refused) reasons[one.index] = &one.reason;
  for (const Piece& piece : std::exchange(pieces_, {})) {
    for (const std::size_t index : piece) reasons[index] = &reason;
  }
  std::vector<UsageOutcome> outcomes;
  for (std::size_t index = 0; index < events_; ++index) {
    if (reasons[index] != nullptr) outcomes.push_back({index, UsageOutcome::Kind::kDelayed, *reasons[index]});
  }
  return outcomes;
}

}  // namespace plinto::polar
