// `plinto-polar schema`: prints what is generated from the core's descriptions (`npm run generate` writes the files).
#include "core/schema/openapi.h"
#include "core/schema/typescript.h"
#include "core/schema/webhook_typescript.h"
#include "server/commands/commands.h"
#include "server/commands/process.h"
#include "server/service/caller/access_table.h"

namespace plinto::polar::server {

void AddSchema(CLI::App& program, Run& run) {
  CLI::App* command = program.add_subcommand("schema", "Prints the API's types for other languages.");
  auto* group = command->add_option_group("what");
  group->require_option(1);
  const auto add = [&](const char* flag, const char* description, std::string (*print)()) {
    CLI::Option* const one = group->add_flag_callback(
        flag,
        [print, &run] {
          run = [print] {
            std::string text = print();
            text.pop_back();  // PrintLine ends the line
            PrintLine(text);
            return 0;
          };
        },
        description);
    one->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  };
  add("--typescript", "TypeScript of the API, as in js/generated/types.ts", schema::PrintTypeScript);
  add("--routes", "TypeScript of the routes, as in js/generated/routes.ts", schema::PrintRoutesTypeScript);
  add("--checkout-fields", "the names of a checkout's fields, as in js/generated/checkout-fields.ts",
      schema::PrintCheckoutFieldsTypeScript);
  add("--webhooks", "TypeScript of what webhooks hold, as in js/generated/webhook-data.ts",
      schema::PrintWebhookTypeScript);
  add("--access", "who may do what, as in docs/access.md", PrintAccessTable);
  add("--openapi", "an OpenAPI 3.1 document, as in docs/openapi.json",
      [] { return schema::PrintOpenApi(PLINTO_POLAR_VERSION); });
}

}  // namespace plinto::polar::server
