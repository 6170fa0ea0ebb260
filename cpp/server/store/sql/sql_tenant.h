// One tenant's part of an SQL database: runs jobs within its scope. The stores beside SqlStore are made of it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "server/store/engines/run_on.h"
#include "server/store/engines/sql_runner.h"

namespace plinto::polar::server {

class SqlTenant {
 public:
  SqlTenant(std::shared_ptr<SqlRunner> runner, std::string tenant)
      : runner_(std::move(runner)), tenant_(std::move(tenant)) {}

  template <class T>
  Task<Result<T>> Run(std::function<T(const Scope&)> job, SqlAccess access = SqlAccess::kWrite) const {
    return RunOn<T>(
        *runner_,
        [tenant = tenant_, job = std::move(job)](SqlConnection& connection) { return job(Scope(connection, tenant)); },
        access);
  }

 private:
  std::shared_ptr<SqlRunner> runner_;
  std::string tenant_;
};

}  // namespace plinto::polar::server
