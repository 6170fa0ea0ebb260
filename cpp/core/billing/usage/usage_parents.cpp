#include "core/billing/usage/usage_parents.h"

#include <unordered_map>

namespace plinto::polar {

std::vector<std::size_t> FindParentCircles(std::span<const UsageLink> events) {
  std::unordered_map<std::string_view, std::size_t> named;
  for (std::size_t i = 0; i < events.size(); ++i) named.emplace(events[i].id, i);
  // From each event up, until somebody is met who was met before: on this way, and it is a circle.
  constexpr std::size_t kNobody = static_cast<std::size_t>(-1);
  std::vector<std::size_t> met_from(events.size(), kNobody);
  std::vector<std::size_t> circles;
  for (std::size_t i = 0; i < events.size(); ++i) {
    for (std::size_t at = i; met_from[at] == kNobody;) {
      met_from[at] = i;
      const auto parent = events[at].parent.empty() ? named.end() : named.find(events[at].parent);
      if (parent == named.end()) break;
      if (met_from[parent->second] == i) circles.push_back(at);
      at = parent->second;
    }
  }
  return circles;
}

}  // namespace plinto::polar
