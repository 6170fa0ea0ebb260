#include "server/service/customers.h"

#include "server/service/polar_call.h"

namespace plinto::polar::server {
namespace {

CustomerRow RowOf(Subject subject, const Customer& customer) {
  return {std::move(subject), customer.id, customer.email.value_or(""), customer.name.value_or(""),
          customer.type && *customer.type == CustomerType::kTeam};
}

Task<Result<CustomerRow>> Keep(World& world, CustomerRow row) {
  Status saved = co_await world.store.SaveCustomer(row, world.clock.Now());
  if (!saved) co_return std::move(saved).error();
  co_return std::move(row);
}

// The customer that Polar has under the external id, stored here as well. The external id proves whose it is.
Task<Result<std::optional<CustomerRow>>> Adopt(World& world, const Settings& settings, Subject subject,
                                               Timestamp deadline) {
  HttpRequest request = BuildGetCustomerByExternalId(settings.polar, subject.id);
  const CallOutcome outcome = co_await CallPolar(world, std::move(request), true, deadline);
  const Result<Customer> customer = ReadOutcome(outcome, ParseCustomer);
  if (!customer) {
    if (customer.error().code == ErrorCode::kNotFound) co_return std::optional<CustomerRow>();
    co_return customer.error();
  }
  CustomerRow row = RowOf(std::move(subject), *customer);
  Result<CustomerRow> kept = co_await Keep(world, std::move(row));
  if (!kept) co_return std::move(kept).error();
  co_return std::optional(std::move(*kept));
}

Error EmailTaken() {
  return {.code = ErrorCode::kConflict,
          .message =
              "Polar already has a customer with this e-mail address that stands for somebody else. Change the "
              "address of one of the two, or set that customer's external id at Polar.",
          .field = "email"};
}

CustomerCreate OrganizationCustomer(const Caller& caller, const PlintoUser& user) {
  CustomerOwner owner{.email = user.email, .name = {}, .external_id = user.id};
  if (!user.name.empty()) owner.name = user.name;
  CustomerCreate create{.external_id = caller.subject.id, .type = CustomerType::kTeam, .owner = std::move(owner)};
  if (!caller.organization_name.empty()) create.name = caller.organization_name;
  return create;
}

CustomerCreate UserCustomer(const PlintoUser& user, const std::string& external_id) {
  CustomerCreate create{.external_id = external_id, .type = CustomerType::kIndividual, .email = user.email};
  if (!user.name.empty()) create.name = user.name;
  return create;
}

// Plinto tells name and e-mail only to the user himself, so a service key can make no customer, only find one.
Task<Result<CustomerRow>> FindForKey(World& world, const Settings& settings, Subject subject, Timestamp deadline) {
  Result<std::optional<CustomerRow>> found = co_await Adopt(world, settings, std::move(subject), deadline);
  if (!found) co_return std::move(found).error();
  if (*found) co_return std::move(**found);
  co_return Error{.code = ErrorCode::kCustomerNotFound,
                  .message =
                      "There is no customer at Polar yet, and a service key cannot make one: Plinto tells the e-mail "
                      "only to the user himself. Let him call POST /customer or start a checkout once, or set "
                      "POLAR_CREATE_CUSTOMER_ON_SIGNUP."};
}

// Polar accounts without the member model refuse teams by these fields.
bool RefusesTeams(const Error& error) {
  return error.code == ErrorCode::kConflict ||
         (error.code == ErrorCode::kValidationFailed && (error.field == "type" || error.field.starts_with("owner")));
}

}  // namespace

Task<Result<std::optional<CustomerRow>>> FindCustomer(World& world, const Settings& settings, Subject subject,
                                                      Timestamp deadline) {
  Result<std::optional<CustomerRow>> stored = co_await world.store.FindCustomer(subject);
  if (!stored || *stored) co_return stored;
  co_return co_await Adopt(world, settings, std::move(subject), deadline);
}

Task<Result<CustomerRow>> CreateCustomer(World& world, const Settings& settings, Subject subject, CustomerCreate create,
                                         Timestamp deadline) {
  HttpRequest request = BuildCreateCustomer(settings.polar, create);
  const CallOutcome outcome = co_await CallPolar(world, std::move(request), true, deadline);
  Result<Customer> customer = ReadOutcome(outcome, ParseCustomer);
  if (customer) {
    CustomerRow row = RowOf(std::move(subject), *customer);
    row.is_mirrored = true;  // made just now: there is nothing to fetch
    co_return co_await Keep(world, std::move(row));
  }
  if (customer.error().code != ErrorCode::kValidationFailed) co_return std::move(customer).error();
  // Refused: most often because a call before this one, perhaps one whose answer was lost, has created it.
  Result<std::optional<CustomerRow>> adopted = co_await Adopt(world, settings, std::move(subject), deadline);
  if (!adopted) co_return std::move(adopted).error();
  if (*adopted) co_return std::move(**adopted);
  if (customer.error().field == "email") co_return EmailTaken();
  co_return std::move(customer).error();
}

Task<Result<CustomerRow>> EnsureCustomer(World& world, const Settings& settings, Caller caller, Timestamp deadline) {
  Result<std::optional<CustomerRow>> stored = co_await world.store.FindCustomer(caller.subject);
  if (!stored) co_return std::move(stored).error();
  if (*stored) co_return std::move(**stored);
  if (!caller.token) co_return co_await FindForKey(world, settings, std::move(caller.subject), deadline);
  Result<PlintoUser> user = co_await world.plinto.GetUser(*caller.token);
  if (!user) co_return std::move(user).error();
  const bool is_organization = caller.subject.kind == Subject::Kind::kOrganization;
  CustomerCreate create =
      is_organization ? OrganizationCustomer(caller, *user) : UserCustomer(*user, caller.subject.id);
  Result<CustomerRow> created = co_await CreateCustomer(world, settings, caller.subject, std::move(create), deadline);
  if (created || !is_organization || !RefusesTeams(created.error())) co_return created;
  CustomerCreate individual = UserCustomer(*user, caller.subject.id);
  if (!caller.organization_name.empty()) individual.name = caller.organization_name;
  co_return co_await CreateCustomer(world, settings, caller.subject, std::move(individual), deadline);
}

}  // namespace plinto::polar::server
