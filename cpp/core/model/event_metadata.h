// The metadata of a usage event, by Polar's rules: as other metadata (metadata.h), and two keys with objects of their
// own: `_cost`, what the event has cost the seller, and `_llm`, which model was asked.
//
// What Polar would refuse is refused here, by name. Source: EventMetadataInput, CostMetadata-Input and LLMMetadata of
// Polar's OpenAPI document.
#pragma once

#include <string_view>

#include "core/foundation/json.h"

namespace plinto::polar {

/// A key whose value events alone may have.
[[nodiscard]] constexpr bool IsOfEventsAlone(std::string_view key) { return key == "_cost" || key == "_llm"; }

/// Errors: VALIDATION_FAILED, naming the member as `field.key` or `field._cost.amount`.
[[nodiscard]] Status CheckEventMetadata(const Json& metadata, std::string_view field);

}  // namespace plinto::polar
