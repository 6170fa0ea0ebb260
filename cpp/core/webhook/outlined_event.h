// A webhook whose data are looked at where they are, and read only as far as somebody wants them.
//
// One strict pass over the body (core/foundation/json_outline.h) finds the envelope and all values. Whether the data
// are what a model says is then asked of their places, and the few members that rules read become a small WebhookEvent.
// The data's bytes stay as they came. Pure and thread-safe.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "core/foundation/codec.h"
#include "core/foundation/json_outline.h"
#include "core/webhook/event.h"

namespace plinto::polar {

class OutlinedEvent {
 public:
  /// Nothing where ParseWebhookEvent refuses the body, or the outline is not taken: then ParseWebhookEvent is the way.
  [[nodiscard]] static std::optional<OutlinedEvent> Read(std::string_view body);

  [[nodiscard]] const std::string& type() const { return type_; }
  /// The bytes of the data's JSON object, inside the body that was read.
  [[nodiscard]] std::string_view data() const { return outline_.Bytes(data_); }

  /// True only where codec::DecodeAny takes the data as that model.
  [[nodiscard]] bool Fits(const codec::TypeTable& model) const;

  /// The event with those members of its data that one of these types describes, at every level, and with those of
  /// these names. What decodes of the whole data as one of the types decodes of these as the same.
  [[nodiscard]] WebhookEvent Pick(std::span<const codec::TypeTable* const> types,
                                  std::span<const std::string_view> names) const;

 private:
  explicit OutlinedEvent(JsonOutline outline) : outline_(std::move(outline)) {}

  JsonOutline outline_;
  std::string type_;
  Timestamp timestamp_;
  std::size_t data_ = 0;
};

}  // namespace plinto::polar
