#include "emulator/usage/event_tree.h"

#include <string>

#include "emulator/usage/events.h"

namespace plinto::polar::emulator {
namespace {

// Events can be told to be each other's parents; nobody's family is deeper than this.
constexpr std::size_t kDeepest = 100;

}  // namespace

EventTree::EventTree(const UsageEvents& events) {
  std::unordered_map<std::string_view, const UsageEvent*> named;
  for (const UsageEvent& event : events.rows) {
    named.emplace(event.id, &event);
    if (event.external_id) named.emplace(*event.external_id, &event);
  }
  for (const UsageEvent& event : events.rows) {
    if (!event.parent_id) continue;
    const auto parent = named.find(*event.parent_id);
    if (parent != named.end() && parent->second != &event) parents_.emplace(&event, parent->second);
  }
  for (const auto& [child, parent] : parents_) {
    const UsageEvent* above = parent;
    for (std::size_t i = 0; above != nullptr && above != child && i < kDeepest; ++i, above = ParentOf(*above)) {
      ++descendants_[above];
    }
  }
}

const UsageEvent* EventTree::ParentOf(const UsageEvent& event) const {
  const auto found = parents_.find(&event);
  return found == parents_.end() ? nullptr : found->second;
}

std::size_t EventTree::DepthOf(const UsageEvent& event) const {
  std::size_t depth = 0;
  for (const UsageEvent* above = ParentOf(event); above != nullptr && depth < kDeepest; above = ParentOf(*above)) {
    ++depth;
  }
  return depth;
}

std::optional<std::size_t> EventTree::DepthBelow(const UsageEvent& event, std::string_view ancestor) const {
  std::size_t depth = 1;
  for (const UsageEvent* above = ParentOf(event); above != nullptr && depth <= kDeepest; above = ParentOf(*above)) {
    if (above->id == ancestor) return depth;
    ++depth;
  }
  return std::nullopt;
}

std::size_t EventTree::DescendantsOf(const UsageEvent& event) const {
  const auto found = descendants_.find(&event);
  return found == descendants_.end() ? 0 : found->second;
}

}  // namespace plinto::polar::emulator
