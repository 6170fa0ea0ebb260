// What the emulator sells when its user has no catalog of their own.
#pragma once

namespace plinto::polar::emulator {

struct World;

/// A free, a monthly, a yearly, a seat-based, a metered and a one-time product, with benefits and one meter.
void FillCatalog(World& world);

}  // namespace plinto::polar::emulator
