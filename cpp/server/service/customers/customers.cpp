#include "server/service/customers/customers.h"

#include "core/foundation/text.h"
#include "server/service/customers/adoption.h"
#include "server/service/customers/fit_name.h"
#include "server/service/polar_call.h"

namespace plinto::polar::server {
namespace {

Error DeletedAtPlinto() {
  return {.code = ErrorCode::kCustomerNotFound,
          .message = "Plinto has deleted this user or organization: nothing more is billed or stored."};
}

// Nothing is kept of a subject that Plinto has deleted, though Polar may still have it: the deletion is on its way
// there.
Task<Result<CustomerRow>> Keep(Host& host, CustomerRow row) {
  const Result<bool> saved = co_await host.store.SaveCustomer(row, host.clock.Now());
  if (!saved) co_return saved.error();
  if (!*saved) co_return DeletedAtPlinto();
  // Where they buy, and who they are at Conekta, outlast a deletion at Polar.
  Result<std::optional<CustomerRow>> known = co_await host.store.FindCustomer(row.subject);
  if (!known) co_return std::move(known).error();
  if (*known) {
    row.country = std::move((*known)->country);
    row.conekta_customer_id = std::move((*known)->conekta_customer_id);
  }
  co_return std::move(row);
}

// The customer that Polar has under the external id, stored here as well. The external id proves whose it is.
Task<Result<std::optional<CustomerRow>>> Adopt(Host& host, const Settings& settings, Subject subject, CallTerms terms) {
  HttpRequest request = BuildGetCustomerByExternalId(settings.polar, subject.id);
  const CallOutcome outcome = co_await CallPolar(host, std::move(request), true, terms);
  const Result<Customer> customer = ReadOutcome(outcome, ParseCustomer);
  if (!customer) {
    if (customer.error().code == ErrorCode::kNotFound) co_return std::optional<CustomerRow>();
    co_return customer.error();
  }
  const bool is_user = subject.kind == Subject::Kind::kUser;
  if (is_user == StandsForOrganization(*customer)) co_return is_user ? OrganizationForUser() : UserForOrganization();
  CustomerRow row = RowOf(std::move(subject), *customer);
  Result<CustomerRow> kept = co_await Keep(host, std::move(row));
  if (!kept && kept.error().code == ErrorCode::kCustomerNotFound) co_return std::optional<CustomerRow>();
  if (!kept) co_return std::move(kept).error();
  co_return std::optional(std::move(*kept));
}

CustomerCreate TeamCustomer(const std::string& external_id, const std::string& name, const PlintoUser& user) {
  CustomerOwner owner{.email = user.email, .name = {}, .external_id = user.id};
  if (!user.name.empty()) owner.name = FitName(user.name);
  CustomerCreate create{.external_id = external_id, .type = CustomerType::kTeam, .owner = std::move(owner)};
  if (!name.empty()) create.name = FitName(name);
  return create;
}

CustomerCreate UserCustomer(const PlintoUser& user, const std::string& external_id) {
  CustomerCreate create{.external_id = external_id, .type = CustomerType::kIndividual, .email = user.email};
  if (!user.name.empty()) create.name = FitName(user.name);
  return create;
}

// What stands for an organization where Polar's account has no teams.
CustomerCreate IndividualForOrganization(const std::string& external_id, OrganizationProfile profile,
                                         PlintoUser owner) {
  if (!profile.name.empty()) owner.name = std::move(profile.name);
  CustomerCreate create = UserCustomer(owner, external_id);
  create.metadata = OrganizationMark();
  return create;
}

Error NeedsOwnEmail() {
  return {
      .code = ErrorCode::kConflict,
      .message =
          "Polar has a customer with this user's e-mail address already, and this Polar organization has no teams: "
          "each of its customers needs an address of its own. Turn on members at Polar, or let an owner or admin of "
          "the organization whose address Polar does not know yet start its first checkout.",
      .field = "email"};
}

// It is no field of the request's: Plinto has it.
Error EmailRefused(std::string details) {
  return {.code = ErrorCode::kConflict,
          .message =
              "Polar does not take the e-mail address that Plinto has of this user; the details say why. Change it at "
              "Plinto, then try again.",
          .field = "email",
          .details = std::move(details)};
}

// Plinto tells a name and an e-mail only to their user, so a service key can make no customer, only find one.
Task<Result<CustomerRow>> FindForKey(Host& host, const Settings& settings, Subject subject, CallTerms terms) {
  Result<std::optional<CustomerRow>> found = co_await Adopt(host, settings, std::move(subject), terms);
  if (!found) co_return std::move(found).error();
  if (*found) co_return std::move(**found);
  co_return Error{.code = ErrorCode::kCustomerNotFound,
                  .message =
                      "There is no customer at Polar yet, and a service key cannot make one: Plinto tells an e-mail "
                      "only to its user. Let the user call POST /customer or start a checkout once, or set "
                      "POLAR_CREATE_CUSTOMER_ON_SIGNUP."};
}

// Made while Plinto deleted them: the deletion may have been at Polar before they were there.
Task<void> Unmake(Host& host, const Settings& settings, std::string external_id, CallTerms terms) {
  const Status deleted = co_await DeleteAtPolar(host, settings, external_id, std::move(terms));
  if (deleted) co_return;
  host.log.Warn("Plinto has deleted " + external_id +
                " while they were made a customer at Polar, and they could not be "
                "removed there again. Delete the customer with this external id: " +
                deleted.error().message);
}

// Polar accounts without the member model refuse teams by these fields.
bool RefusesTeams(const Error& error) {
  return error.code == ErrorCode::kConflict ||
         (error.code == ErrorCode::kValidationFailed && (error.field == "type" || error.field.starts_with("owner")));
}

}  // namespace

Task<Result<std::optional<CustomerRow>>> FindCustomer(Host& host, const Settings& settings, Subject subject,
                                                      CallTerms terms) {
  Result<std::optional<CustomerRow>> stored = co_await host.store.FindCustomer(subject);
  if (!stored || *stored) co_return stored;
  co_return co_await Adopt(host, settings, std::move(subject), terms);
}

Task<Result<std::optional<CustomerRow>>> FindCustomerOf(Host& host, const Settings& settings, Caller caller,
                                                        CallTerms terms) {
  if (caller.customer) co_return std::move(caller.customer);
  co_return co_await Adopt(host, settings, std::move(caller.subject), std::move(terms));
}

Task<Result<CustomerRow>> CreateCustomer(Host& host, const Settings& settings, Subject subject, CustomerCreate create,
                                         CallTerms terms) {
  HttpRequest request = BuildCreateCustomer(settings.polar, create);
  const CallOutcome outcome = co_await CallPolar(host, std::move(request), true, terms);
  Result<Customer> customer = ReadOutcome(outcome, ParseCustomer);
  if (customer) {
    CustomerRow row = RowOf(std::move(subject), *customer);
    row.is_mirrored = true;  // made just now: there is nothing to fetch
    Result<CustomerRow> kept = co_await Keep(host, std::move(row));
    const bool is_gone = !kept && kept.error().code == ErrorCode::kCustomerNotFound;
    if (is_gone) co_await Unmake(host, settings, customer->external_id.value_or(""), std::move(terms));
    co_return kept;
  }
  if (customer.error().code != ErrorCode::kValidationFailed) co_return std::move(customer).error();
  // Refused: most often because a call before this one, perhaps one whose answer was lost, has created it.
  Result<std::optional<CustomerRow>> adopted = co_await Adopt(host, settings, subject, terms);
  if (!adopted) co_return std::move(adopted).error();
  if (*adopted) co_return std::move(**adopted);
  const bool is_of_email = customer.error().field == "email" || customer.error().field == "owner.email";
  if (is_of_email && customer.error().details.find("already exists") == std::string::npos) {
    co_return EmailRefused(std::move(customer).error().details);
  }
  if (!is_of_email || !create.email) co_return std::move(customer).error();
  // The e-mail proves who the owner is, not that a customer with it is the organization's.
  if (subject.kind == Subject::Kind::kOrganization) co_return NeedsOwnEmail();
  EmailClaim claim{std::move(subject), *create.email};
  Result<CustomerRow> claimed = co_await AdoptByEmail(host, settings, std::move(claim), terms);
  if (!claimed) co_return std::move(claimed).error();
  co_return co_await Keep(host, std::move(*claimed));
}

Task<Result<CustomerRow>> CreateOrganization(Host& host, const Settings& settings, Subject subject,
                                             OrganizationProfile profile, PlintoUser owner, CallTerms terms) {
  CustomerCreate team = TeamCustomer(subject.id, profile.name, owner);
  Result<CustomerRow> created = co_await CreateCustomer(host, settings, subject, std::move(team), terms);
  if (created || !RefusesTeams(created.error())) co_return created;
  CustomerCreate individual = IndividualForOrganization(subject.id, std::move(profile), std::move(owner));
  co_return co_await CreateCustomer(host, settings, std::move(subject), std::move(individual), terms);
}

Task<Result<std::optional<CustomerRow>>> UpdateCustomer(Host& host, const Settings& settings, Subject subject,
                                                        std::string email, std::string name, CallTerms terms) {
  Result<std::optional<CustomerRow>> found = co_await FindCustomer(host, settings, std::move(subject), terms);
  if (!found || !*found) co_return found;
  CustomerRow row = std::move(**found);
  CustomerUpdate update;
  if (!email.empty() && !EqualsIgnoringCase(email, row.email)) update.email = std::move(email);
  if (const std::string fitted = FitName(name); !fitted.empty() && fitted != row.name) update.name = fitted;
  if (!update.email && !update.name) co_return std::optional(std::move(row));
  HttpRequest request = BuildUpdateCustomerByExternalId(settings.polar, row.subject.id, update);
  const CallOutcome outcome = co_await CallPolar(host, std::move(request), true, terms);
  const Result<Customer> customer = ReadOutcome(outcome, ParseCustomer);
  if (!customer) {
    const Error& refusal = customer.error();
    if (refusal.code == ErrorCode::kNotFound) co_return std::optional<CustomerRow>();
    if (refusal.code == ErrorCode::kValidationFailed && refusal.field == "email") co_return EmailTaken();
    co_return refusal;
  }
  CustomerRow changed = RowOf(std::move(row.subject), *customer);
  Result<CustomerRow> kept = co_await Keep(host, std::move(changed));
  if (!kept) co_return std::move(kept).error();
  co_return std::optional(std::move(*kept));
}

Task<Status> DeleteAtPolar(Host& host, const Settings& settings, std::string external_id, CallTerms terms) {
  HttpRequest request = BuildDeleteCustomerByExternalId(settings.polar, external_id, true);
  const CallOutcome outcome = co_await CallPolar(host, std::move(request), true, terms);
  Status deleted = ReadOutcome(outcome, ParseAccepted);
  if (!deleted && deleted.error().code == ErrorCode::kNotFound) co_return Done{};
  co_return deleted;
}

Task<Result<CustomerRow>> EnsureCustomer(Host& host, const Settings& settings, Caller caller, CallTerms terms,
                                         std::optional<PlintoUser>* asked) {
  if (caller.customer) co_return *std::move(caller.customer);
  if (!caller.token) co_return co_await FindForKey(host, settings, std::move(caller.subject), terms);
  Result<PlintoUser> user = Error{};
  if (asked != nullptr && *asked) {
    user = **asked;
  } else {
    user = co_await host.plinto.GetUser(*caller.token);
    if (!user) co_return std::move(user).error();
    if (asked != nullptr) *asked = *user;
  }
  if (!user->email_verified) {
    // Polar may have them all the same: from before, or by their external id.
    Result<std::optional<CustomerRow>> found = co_await Adopt(host, settings, std::move(caller.subject), terms);
    if (!found) co_return std::move(found).error();
    if (*found) co_return std::move(**found);
    co_return EmailNotVerified();
  }
  const bool is_organization = caller.subject.kind == Subject::Kind::kOrganization;
  if (is_organization) {
    co_return co_await CreateOrganization(host, settings, std::move(caller.subject), std::move(caller.organization),
                                          std::move(*user), terms);
  }
  CustomerCreate create = UserCustomer(*user, caller.subject.id);
  co_return co_await CreateCustomer(host, settings, std::move(caller.subject), std::move(create), terms);
}

}  // namespace plinto::polar::server
