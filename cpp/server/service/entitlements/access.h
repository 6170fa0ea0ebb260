// What GET /access answers of what the mirror has of a subject (mirror.h). `plinto-polar why` says the same. What a
// subject may use is DecideEntitlements(): the one source of GET /customer/state, of this, and of entitlement tokens.
//
// Pure.
#pragma once

#include <span>

#include "core/gateway/explained_access.h"
#include "server/store/rows.h"

namespace plinto::polar::server {

/// Errors: VALIDATION_FAILED for both at once, and for names of a length that none in PRODUCTS has.
[[nodiscard]] Status CheckQuestion(const AccessQuestion& question);

/// `explains`: with the facts behind the answer.
[[nodiscard]] AccessAnswer AnswerAccess(std::span<const Plan> plans, const SubjectState& known,
                                        const AccessQuestion& question, Timestamp now, bool explains);

}  // namespace plinto::polar::server
