// `emulate`, whatever carries it: the native program, or Node with the emulator as Wasm. What its flags may say, how it
// goes on with a data file, and what it prints.
//
// Pure: the carrier reads the command line and the files, listens, writes and delivers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/result.h"
#include "emulator/emulator.h"

namespace plinto::polar::emulator {

/// What the command line says, as text.
struct ProgramFlags {
  std::string host = "127.0.0.1";
  bool allow_remote = false;
  std::string webhook_secret = {};
  std::string webhook_url = {};
  std::string rate_limit = "off";
  bool conekta = false;
  std::string conekta_key = {};
  std::vector<std::string> seeds = {};  ///< Each `--seed`.
};

/// What the seeds are.
struct ProgramSeeds {
  std::optional<std::uint64_t> number = {};
  std::string file = {};  ///< Its name; empty for none.
};

[[nodiscard]] bool IsLoopback(std::string_view host);

/// Errors: CONFIGURATION_INVALID, naming the flag.
[[nodiscard]] Result<ProgramSeeds> CheckFlags(const ProgramFlags& flags);

/// The catalog in the file of `--seed`: `text` is nothing when it cannot be read. Errors: CONFIGURATION_INVALID.
[[nodiscard]] Result<std::string> CatalogOf(const std::string& file, std::optional<std::string> text);

struct ProgramStart {
  /// Of the flags, with the address that is listened on. `seed` counts where `is_seeded`.
  Config config = {};
  bool is_seeded = false;
  std::string data = {};  ///< The name of the data file, where `config.journal` is set.
  std::string kept = {};  ///< What it holds.
};

/// Begins, or goes on with what is kept: then everything is as it was when that was left. What a journal has begun with
/// cannot be changed by a flag. Errors: CONFIGURATION_INVALID.
[[nodiscard]] Result<Emulator> StartProgram(ProgramStart start, Timestamp now, const ReplayGuard& guard = {});

/// What a program prints before it says where it listens, line by line.
[[nodiscard]] std::vector<std::string> AnnouncementOf(const Emulator& emulator);

}  // namespace plinto::polar::emulator
