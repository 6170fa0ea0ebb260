// Who is whose parent among usage events: a parent is named by Polar's id or by its external id, and may come later.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace plinto::polar::emulator {

struct UsageEvent;
struct UsageEvents;

/// The families of the events as they are now; holds pointers into them, so it lives for one request.
class EventTree {
 public:
  explicit EventTree(const UsageEvents& events);

  /// Null for a root, and while the parent has not come.
  [[nodiscard]] const UsageEvent* ParentOf(const UsageEvent& event) const;
  /// How many parents lie above it.
  [[nodiscard]] std::size_t DepthOf(const UsageEvent& event) const;
  /// How far below `ancestor` it lies: 1 for a child. Nothing when it does not.
  [[nodiscard]] std::optional<std::size_t> DepthBelow(const UsageEvent& event, std::string_view ancestor) const;
  /// Children and their children.
  [[nodiscard]] std::size_t DescendantsOf(const UsageEvent& event) const;

 private:
  std::unordered_map<const UsageEvent*, const UsageEvent*> parents_;
  std::unordered_map<const UsageEvent*, std::size_t> descendants_;
};

}  // namespace plinto::polar::emulator
