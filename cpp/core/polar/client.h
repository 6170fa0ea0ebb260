// Polar's API, requests and answers: per operation a Build... that makes the request and a Parse... that reads the
// answer. Sending and repeating is the exchange's business. Paths keep their slashes exactly as Polar has them.
// Source: Polar's OpenAPI document, API version 2026-04, and what its own client 1.0.1 adds.
//
// This header brings all resources; a file that needs one includes that.
#pragma once

#include "core/polar/benefit_grants.h"
#include "core/polar/benefits.h"
#include "core/polar/checkouts.h"
#include "core/polar/customer_meters.h"
#include "core/polar/customer_seats.h"
#include "core/polar/customer_sessions.h"
#include "core/polar/customers.h"
#include "core/polar/discounts.h"
#include "core/polar/events.h"
#include "core/polar/members.h"
#include "core/polar/meters.h"
#include "core/polar/orders.h"
#include "core/polar/organizations.h"
#include "core/polar/payment_methods.h"
#include "core/polar/products.h"
#include "core/polar/refunds.h"
#include "core/polar/subscriptions.h"
#include "core/polar/webhook_deliveries.h"
#include "core/polar/webhook_endpoints.h"
