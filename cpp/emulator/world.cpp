#include "emulator/world.h"

#include <algorithm>

namespace plinto::polar::emulator {

World::World(Config configuration, Timestamp start)
    : config(std::move(configuration)), random(config.seed), now(start), clock(start) {
  // Drawn in any case, so that ids follow from the seed alone.
  std::string token = random.Token("polar_oat_");
  std::string secret = random.Token("whsec_");
  if (config.access_token.empty()) config.access_token = std::move(token);
  if (config.webhook_secret.empty()) config.webhook_secret = std::move(secret);
  faults.dice = Random(~config.seed);
  events.ids = Random(config.seed).Branch("system events");
  webhooks.event_ids = Random(config.seed).Branch("webhook events");
  webhooks.attempt_dice = Random(config.seed).Branch("webhook attempts");
  tokens.push_back({config.access_token});
  conekta.random = Random(config.seed).Branch("conekta");
  conekta.log_ids = Random(config.seed).Branch("conekta log");
  std::string key = conekta.random.Token("key_");
  if (config.conekta && config.conekta->api_key.empty()) config.conekta->api_key = std::move(key);
  while (config.public_url.ends_with('/')) config.public_url.pop_back();
  organization = {.id = random.Uuid(), .created_at = now, .name = "Emulator", .slug = "emulator"};
}

void World::Schedule(Timestamp at, Job job) { jobs.emplace(std::pair(at, next_job_++), std::move(job)); }

void World::RunUntil(Timestamp until) {
  until = std::max(until, now);
  while (!jobs.empty() && jobs.begin()->first.first <= until) {
    auto due = jobs.extract(jobs.begin());
    now = std::max(now, due.key().first);
    RunJob(*this, due.mapped());
  }
  now = until;
}

Timestamp World::Stamp() {
  last_stamp_ = std::max(now, Timestamp{last_stamp_.microseconds + 1});
  return last_stamp_;
}

}  // namespace plinto::polar::emulator
