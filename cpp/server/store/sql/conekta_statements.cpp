// Whom a customer of Polar's is at Conekta, and from where they buy.
#include "server/store/engines/sql.h"
#include "server/store/sql/locks.h"
#include "server/store/sql/statements.h"

namespace plinto::polar::server::sql {

std::optional<CustomerRow> FindConektaCustomer(const Scope& db, const std::string& conekta_customer_id) {
  Query query(db,
              "SELECT polar_customer_id, email, name, type, coalesce(country, ''), organization_id,"
              " coalesce(user_id, '') FROM polar_customers"
              " WHERE tenant = ?1 AND conekta_customer_id = ?2 AND status = 'active'");
  if (!query.Bind(conekta_customer_id).Step()) return std::nullopt;
  const bool is_user = query.IsNull(5);
  const Subject subject{is_user ? Subject::Kind::kUser : Subject::Kind::kOrganization, query.Text(is_user ? 6 : 5)};
  return CustomerRow{.subject = subject,
                     .polar_customer_id = query.Text(0),
                     .email = query.Text(1),
                     .name = query.Text(2),
                     .is_team = query.Text(3) == "team",
                     .country = query.Text(4),
                     .conekta_customer_id = conekta_customer_id};
}

std::string SetConektaCustomer(const Scope& db, const std::string& polar_customer_id,
                               const std::string& conekta_customer_id) {
  LockIds(db, {polar_customer_id, conekta_customer_id});
  {
    Query find(db,
               "SELECT coalesce(conekta_customer_id, '') FROM polar_customers"
               " WHERE tenant = ?1 AND polar_customer_id = ?2 AND status = 'active'");
    if (!find.Bind(polar_customer_id).Step()) return {};
    if (std::string kept = find.Text(0); !kept.empty()) return kept;
  }
  if (FindConektaCustomer(db, conekta_customer_id)) return {};
  Query update(db, "UPDATE polar_customers SET conekta_customer_id = ?3 WHERE tenant = ?1 AND polar_customer_id = ?2");
  update.Bind(polar_customer_id).Bind(conekta_customer_id).Run();
  return conekta_customer_id;
}

bool SetCountry(const Scope& db, const std::string& polar_customer_id, const std::string& country) {
  Query update(db, "UPDATE polar_customers SET country = ?3 WHERE tenant = ?1 AND polar_customer_id = ?2");
  return update.Bind(polar_customer_id).Bind(country).Run() > 0;
}

}  // namespace plinto::polar::server::sql
