// Whose parents go round in a circle: events that are each other's parents, or their own.
//
// Polar sorts a request's events by their parents and fails over a circle, with a status that says nothing of it, so
// that one would hold up all that comes behind. Of each circle one event goes without its parent: it costs the same.
// Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace plinto::polar {

struct UsageLink {
  std::string_view id;
  std::string_view parent = {};  ///< empty without one
};

/// The events, as indexes, that must go without their parent, so that no circle is left. Ids are unique.
[[nodiscard]] std::vector<std::size_t> FindParentCircles(std::span<const UsageLink> events);

}  // namespace plinto::polar
