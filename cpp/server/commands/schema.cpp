// `plinto-polar schema`: prints what is generated from the core's descriptions (`npm run generate` writes the files).
#include "core/schema/openapi.h"
#include "core/schema/typescript.h"
#include "server/commands/commands.h"
#include "server/commands/process.h"

namespace plinto::polar::server {

void AddSchema(CLI::App& program, Run& run) {
  CLI::App* command = program.add_subcommand("schema", "Prints the API's types for other languages.");
  auto* group = command->add_option_group("what");
  group->require_option(1);
  const CLI::Option* typescript = group->add_flag("--typescript")->description("TypeScript, as in js/generated.ts");
  group->add_flag("--openapi")->description("an OpenAPI 3.1 document, as in docs/openapi.json");
  command->callback([typescript, &run] {
    const bool wants_typescript = typescript->count() > 0;
    run = [wants_typescript] {
      std::string text = wants_typescript ? schema::PrintTypeScript() : schema::PrintOpenApi(PLINTO_POLAR_VERSION);
      text.pop_back();  // PrintLine ends the line
      PrintLine(text);
      return 0;
    };
  });
}

}  // namespace plinto::polar::server
