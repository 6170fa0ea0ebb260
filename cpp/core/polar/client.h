// Polar's API, requests and answers: per operation a Build... that makes the request and a Parse... that reads the
// answer. Sending and repeating is the exchange's business. Paths keep their slashes exactly as Polar has them.
// Source: Polar's OpenAPI document, API version 2026-04, and what its own client 1.0.1 adds.
//
// This header brings all resources; a file that needs one includes that.
#pragma once

#include "core/polar/catalog/benefit_grants.h"
#include "core/polar/catalog/benefits.h"
#include "core/polar/catalog/discounts.h"
#include "core/polar/catalog/meters.h"
#include "core/polar/catalog/products.h"
#include "core/polar/customers/customer_meters.h"
#include "core/polar/customers/customer_seats.h"
#include "core/polar/customers/customer_sessions.h"
#include "core/polar/customers/customers.h"
#include "core/polar/customers/members.h"
#include "core/polar/customers/payment_methods.h"
#include "core/polar/events.h"
#include "core/polar/organizations.h"
#include "core/polar/sales/checkouts.h"
#include "core/polar/sales/orders.h"
#include "core/polar/sales/refunds.h"
#include "core/polar/sales/subscriptions.h"
#include "core/polar/webhooks/webhook_deliveries.h"
#include "core/polar/webhooks/webhook_endpoints.h"
