#include "server/service/customers/adoption.h"

#include <algorithm>

#include "core/foundation/text.h"
#include "server/service/polar_call.h"

namespace plinto::polar::server {
namespace {

constexpr std::string_view kSubjectMember = "plinto_subject";
constexpr std::string_view kOrganization = "organization";

/// Why the customer is not provably the user's; nothing when it is.
std::optional<Error> Refuse(const Customer& customer) {
  if (customer.external_id) return EmailTaken();
  if (StandsForOrganization(customer)) return OrganizationForUser();
  return std::nullopt;
}

}  // namespace

Error EmailNotVerified() {
  return {.code = ErrorCode::kConflict,
          .message =
              "Plinto has not verified this user's e-mail address, and Polar is told only of verified ones: what is "
              "bought goes by the address there. Let the user verify it at Plinto, then try again.",
          .field = "email"};
}

Error EmailTaken() {
  return {.code = ErrorCode::kConflict,
          .message =
              "Polar already has a customer with this e-mail address that stands for somebody else. Change the "
              "address of one of the two: the user's at Plinto, or that customer's at Polar.",
          .field = "email"};
}

Error OrganizationForUser() {
  return {
      .code = ErrorCode::kConflict,
      .message =
          "Polar's customer for this user stands for an organization: it is a team, or its metadata say so. Name it "
          "by organization_id if that is what the id is; else delete that customer at Polar, or, where it has no "
          "external id, change its e-mail address."};
}

Error UserForOrganization() {
  return {
      .code = ErrorCode::kConflict,
      .message =
          "Polar's customer with this external id is an individual, so the id may be a user's. Name a user by user_id. "
          "If the customer stands for an organization, set plinto_subject to organization in its metadata at Polar.",
      .field = "organization_id"};
}

bool StandsForOrganization(const Customer& customer) {
  if (customer.type && *customer.type == CustomerType::kTeam) return true;
  const std::string* subject = customer.metadata ? FindString(*customer.metadata, kSubjectMember) : nullptr;
  return subject != nullptr && *subject == kOrganization;
}

Json OrganizationMark() {
  Json metadata = EmptyObject();
  SetMember(metadata, kSubjectMember, std::string(kOrganization));
  return metadata;
}

CustomerRow RowOf(Subject subject, const Customer& customer) {
  return {std::move(subject), customer.id, customer.email.value_or(""), customer.name.value_or(""),
          customer.type && *customer.type == CustomerType::kTeam};
}

Task<Result<CustomerRow>> AdoptByEmail(Host& host, const Settings& settings, EmailClaim claim, CallTerms terms) {
  CustomerQuery query;
  query.email = claim.email;
  HttpRequest list = BuildListCustomers(settings.polar, query);
  const CallOutcome listed = co_await CallPolar(host, std::move(list), true, terms);
  const Result<Page<Customer>> page = ReadOutcome(listed, ParseCustomers);
  if (!page) co_return page.error();
  const auto found = std::find_if(page->items.begin(), page->items.end(), [&](const Customer& one) {
    return one.email && EqualsIgnoringCase(*one.email, claim.email);
  });
  if (found == page->items.end()) co_return EmailTaken();
  if (std::optional<Error> refusal = Refuse(*found)) co_return *std::move(refusal);
  CustomerUpdate update;
  update.external_id = claim.subject.id;
  HttpRequest tie = BuildUpdateCustomer(settings.polar, found->id, update);
  const CallOutcome tied = co_await CallPolar(host, std::move(tie), true, terms);
  const Result<Customer> customer = ReadOutcome(tied, ParseCustomer);
  if (!customer) co_return customer.error().code == ErrorCode::kValidationFailed ? EmailTaken() : customer.error();
  co_return RowOf(std::move(claim.subject), *customer);
}

}  // namespace plinto::polar::server
