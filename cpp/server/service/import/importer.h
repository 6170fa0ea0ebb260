// Takes subscribers of another provider over to Polar, one after the other: first a grant until what they have paid for
// there ends, then a customer at Polar, then a checkout whose trial lasts until then. The old provider's subscription
// is stopped there, by people: the report says when.
//
// Each step is idempotent and written down once it is done (store/imports.h), so that an import that ended anywhere is
// begun again with the same file and goes on. Like the service it owns no clock or socket; one executor.
#pragma once

#include <span>
#include <string>

#include "server/service/host.h"
#include "server/service/import/import_item.h"
#include "server/service/import/subscribers.h"
#include "server/service/mirror/mirror.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

class Importer {
 public:
  /// All must outlive it. `by`: who does it, for the grants.
  Importer(Host host, const Settings& settings, ImportProvider provider, ImportMap map, std::string by)
      : host_(host), settings_(settings), provider_(provider), map_(std::move(map)), by_(std::move(by)) {}

  /// Takes one over, or says what that would do. Errors: those that the next one would meet too.
  [[nodiscard]] Task<Result<ImportItem>> Take(Subscriber subscriber, bool is_dry);
  /// Gives one back to the old provider, unless they have paid at Polar. The same errors.
  [[nodiscard]] Task<Result<ImportItem>> RollBack(Subscriber subscriber, bool is_dry);

 private:
  /// Have they bought it at Polar? Polar is asked for those whom nobody knows here.
  [[nodiscard]] Task<Result<bool>> PaysAtPolar(Subject subject, std::string product_id);
  [[nodiscard]] const Plan* PlanOf(const Subscriber& subscriber) const;
  [[nodiscard]] Task<Result<std::optional<Subject>>> FindSubject(const Subscriber& subscriber, ImportItem& item);
  [[nodiscard]] Task<Status> Grant(const Subscriber& subscriber, const Plan& plan, ImportRow& row);
  [[nodiscard]] Task<Status> FindCustomer(const Subscriber& subscriber, ImportRow& row, ImportItem& item, bool is_dry);
  [[nodiscard]] Task<Status> OpenCheckout(ImportRow& row, ImportItem& item, bool is_dry);
  [[nodiscard]] Task<Result<ImportItem>> TakeSteps(Subscriber subscriber, const Plan& plan, ImportRow row,
                                                   ImportItem item, bool is_dry);
  [[nodiscard]] Task<Status> Keep(const ImportRow& row);

  Host host_;
  const Settings& settings_;
  ImportProvider provider_;
  ImportMap map_;
  std::string by_;
  Mirror mirror_{host_, settings_};
};

}  // namespace plinto::polar::server
