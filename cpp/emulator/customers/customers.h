// Customers, individual and team, and their members; the customer state that webhooks and GET .../state show.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct World;
struct Route;

struct Customer {
  std::string id;
  Timestamp created_at;
  std::optional<Timestamp> modified_at;
  bool team = false;
  std::optional<std::string> email;        ///< Unique among customers that are not deleted, whatever its case.
  std::optional<std::string> external_id;  ///< Unique likewise; written once.
  std::optional<std::string> name;
  std::optional<std::string> billing_name;  ///< Shown as `name` while it has none.
  std::optional<std::string> locale;
  Json billing_address = nullptr;
  Json metadata = Json::object();
  std::string default_payment_method_id;
  std::string invoice_code;  ///< 8 letters in the numbers of this customer's invoices.
  std::int64_t invoices = 0;
  std::optional<Timestamp> first_user_event_at;
  std::optional<Timestamp> deleted_at;
  /// While customer.state_changed is debounced: since when, and until when.
  std::optional<Timestamp> state_touched_at;
  std::optional<Timestamp> state_due_at;
  /// The same while usage waits for its balance.
  std::optional<Timestamp> usage_touched_at = {};
  std::optional<Timestamp> usage_due_at = {};
};

struct Member {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::string customer_id = {};
  std::string email = {};
  std::optional<std::string> name = {};
  std::optional<std::string> external_id = {};
  std::string role = {};  ///< owner, billing_manager or member
  bool deleted = false;
};

/// Adds and announces the customer and its owner. The caller has checked that e-mail and external id are free.
struct NewOwner {
  std::string email;
  std::optional<std::string> name;
  std::optional<std::string> external_id;
};
Customer& CreateCustomer(World& world, Customer fields, std::optional<NewOwner> owner);
/// The row stays. Members are deleted too, billable subscriptions are revoked, e-mail and external id become free.
void DeleteCustomer(World& world, Customer& customer, bool anonymize);

// Deleted customers are not found.
[[nodiscard]] Customer* FindCustomer(World& world, std::string_view id);
[[nodiscard]] Customer* FindCustomerByExternalId(World& world, const std::string& external_id);
[[nodiscard]] Customer* FindCustomerByEmail(World& world, std::string_view email);
void SetExternalId(World& world, Customer& customer, const std::string& external_id);
void SetEmail(World& world, Customer& customer, const std::string& email);

Member& AddMember(World& world, Member fields);
[[nodiscard]] const Member* OwnerOf(const World& world, const Customer& customer);

[[nodiscard]] Json RenderCustomer(const World& world, const Customer& customer);
/// `CustomerPortalCustomer`: what a customer sees of itself.
[[nodiscard]] Json RenderPortalCustomer(const Customer& customer);
[[nodiscard]] Json RenderMember(const Member& member);
/// `CustomerState`: the customer with what it has now. Computed afresh; Polar may answer a copy up to an hour old.
[[nodiscard]] Json RenderCustomerState(const World& world, const Customer& customer);

/// Asks for customer.state_changed: 1 s after the last such call, at most 5 s after the first.
void TouchState(World& world, Customer& customer);
/// By webhook and as a system event. `before`: as it was before an update that may have changed its own fields.
void AnnounceCustomer(World& world, const Customer& customer, std::string_view event_type,
                      const Customer* before = nullptr);

// Jobs.
void SendCustomerEvent(World& world, std::string_view customer_id, std::string_view event_type);
void SendStateIfQuiet(World& world, std::string_view customer_id);

[[nodiscard]] std::span<const Route> CustomerRoutes();
[[nodiscard]] std::span<const Route> PortalCustomerRoutes();
[[nodiscard]] std::span<const Route> SessionRoutes();

}  // namespace plinto::polar::emulator
