#include "server/service/deliveries/plinto_events.h"

#include <array>

#include "core/foundation/text.h"
#include "server/service/customers/conekta_customers.h"
#include "server/service/customers/customers.h"
#include "server/service/customers/fit_name.h"
#include "server/service/deliveries/outcome.h"

namespace plinto::polar::server {
namespace {

struct Topic {
  std::string_view type;
  Subject::Kind kind;
  enum class Change : std::uint8_t { kCreated, kUpdated, kDeleted } change;
};
constexpr std::array kTopics = {
    Topic{"user.created", Subject::Kind::kUser, Topic::Change::kCreated},
    Topic{"user.updated", Subject::Kind::kUser, Topic::Change::kUpdated},
    Topic{"user.deleted", Subject::Kind::kUser, Topic::Change::kDeleted},
    Topic{"organization.created", Subject::Kind::kOrganization, Topic::Change::kCreated},
    Topic{"organization.updated", Subject::Kind::kOrganization, Topic::Change::kUpdated},
    Topic{"organization.deleted", Subject::Kind::kOrganization, Topic::Change::kDeleted},
};

const Topic* TopicOf(std::string_view type) {
  for (const Topic& topic : kTopics) {
    if (topic.type == type) return &topic;
  }
  return nullptr;
}

std::string TextOf(const Json& data, std::string_view name) {
  const std::string* text = FindString(data, name);
  return text == nullptr ? std::string() : std::string(TrimAscii(*text));
}

std::string NameOf(const Json& data) {
  for (const char* member : {"display_name", "name"}) {
    if (std::string name = TextOf(data, member); !name.empty()) return name;
  }
  std::string full = TextOf(data, "first_name");
  const std::string last = TextOf(data, "last_name");
  if (!last.empty()) full += (full.empty() ? "" : " ") + last;
  return full;
}

/// What is kept of an event until it has been worked off: only what that takes. Of a deletion, the id.
Json WorthKeeping(const PlintoEvent& event, Timestamp received) {
  Json kept = Json::object();
  const Topic* topic = TopicOf(event.type);
  if (topic == nullptr) return kept;
  SetMember(kept, "id", ToLowerAscii(TextOf(event.data, "id")));
  SetMember(kept, "at", event.created_at.value_or(received).microseconds);
  if (topic->change == Topic::Change::kDeleted) return kept;
  for (const char* member : {"email", "owner_id"}) {
    if (std::string text = TextOf(event.data, member); !text.empty()) SetMember(kept, member, std::move(text));
  }
  if (std::string name = NameOf(event.data); !name.empty()) SetMember(kept, "name", std::move(name));
  if (FindBool(event.data, "email_verified").value_or(false)) SetMember(kept, "email_verified", true);
  return kept;
}

/// The same, read again.
struct News {
  std::string id;
  Timestamp at;
  std::string email;
  bool email_verified = false;
  std::string name;
  std::string owner_id;
};

Result<News> ReadNews(const std::string& payload) {
  const Result<Json> json = ParseJson(payload);
  if (!json) return json.error();
  News news{ToLowerAscii(TextOf(*json, "id")),
            Timestamp{FindInteger(*json, "at").value_or(0)},
            TextOf(*json, "email"),
            FindBool(*json, "email_verified").value_or(false),
            TextOf(*json, "name"),
            ToLowerAscii(TextOf(*json, "owner_id"))};
  if (!IsUuid(news.id)) return ValidationError("data.id", "The event must name its user or organization by a UUID.");
  return news;
}

Task<Status> CreateUser(Host& host, const Settings& settings, Subject subject, News news, Timestamp deadline) {
  if (news.email.empty()) co_return ValidationError("data.email", "The user must have an e-mail.");
  // They become a customer with the event that tells their address verified, or with their first checkout after it.
  if (!news.email_verified) co_return Done{};
  CustomerCreate create{.external_id = subject.id, .type = CustomerType::kIndividual, .email = news.email};
  if (const std::string name = FitName(news.name); !name.empty()) create.name = name;
  const Result<CustomerRow> created =
      co_await CreateCustomer(host, settings, std::move(subject), std::move(create), deadline);
  if (!created) co_return created.error();
  co_return Done{};
}

/// Needs the owner's e-mail, which Plinto does not tell with the organization. Where the owner is not a customer
/// either, or was erased, the organization becomes one with its first checkout.
Task<Status> CreateTeam(Host& host, const Settings& settings, Subject subject, News news, Timestamp deadline) {
  if (!IsUuid(news.owner_id)) co_return Done{};
  const Result<bool> erased = co_await host.store.IsErased(news.owner_id);
  if (!erased) co_return erased.error();
  if (*erased) co_return Done{};
  Subject owner{Subject::Kind::kUser, news.owner_id};
  Result<std::optional<CustomerRow>> known = co_await FindCustomer(host, settings, std::move(owner), deadline);
  if (!known) co_return std::move(known).error();
  if (!*known || (*known)->email.empty()) co_return Done{};
  PlintoUser user{news.owner_id, (*known)->email, (*known)->name};
  OrganizationProfile profile{std::move(news.name)};
  const Result<CustomerRow> created =
      co_await CreateOrganization(host, settings, std::move(subject), std::move(profile), std::move(user), deadline);
  if (!created) co_return created.error();
  co_return Done{};
}

/// Brings a customer that is there up to date. Creates one that is not, where the server is set to.
Task<Status> BringToPolar(Host& host, const Settings& settings, const Topic& topic, News news, Timestamp deadline) {
  const Subject subject{topic.kind, news.id};
  const bool is_user = topic.kind == Subject::Kind::kUser;
  const Result<std::optional<CustomerRow>> stored = co_await host.store.FindCustomer(subject);
  if (!stored) co_return stored.error();
  // A new subject is not looked for at Polar first: creating its customer finds out.
  if (*stored || topic.change != Topic::Change::kCreated) {
    std::string email = is_user && news.email_verified ? news.email : std::string();
    const Result<std::optional<CustomerRow>> updated =
        co_await UpdateCustomer(host, settings, subject, std::move(email), news.name, deadline);
    if (!updated) co_return updated.error();
    if (*updated) co_return Done{};
  }
  if (!settings.create_customer_on_signup) co_return Done{};
  if (is_user) co_return co_await CreateUser(host, settings, subject, std::move(news), deadline);
  co_return co_await CreateTeam(host, settings, subject, std::move(news), deadline);
}

Task<Status> Apply(Host& host, const Settings& settings, const WebhookRow& webhook, Timestamp deadline) {
  const Topic* const topic = TopicOf(webhook.event_type);
  if (topic == nullptr) co_return Done{};
  Result<News> read = ReadNews(webhook.payload);
  if (!read) co_return std::move(read).error();
  News news = *std::move(read);
  const Subject subject{topic->kind, news.id};
  SubjectNews told{news.id, news.at, topic->change == Topic::Change::kDeleted};

  if (told.is_gone) {
    // First of all, what comes late must not bring the subject back. Then it is forgotten here, whether Polar answers
    // or not.
    Status saved = co_await host.store.SaveSubjectNews(told);
    if (!saved) co_return saved;
    const Result<Erasure> erased = co_await host.store.EraseSubject(subject, host.clock.Now());
    if (!erased) co_return erased.error();
    Status ended = co_await DeleteAtConekta(host, settings, subject, deadline);
    if (!ended) co_return ended;
    co_return co_await DeleteAtPolar(host, settings, std::move(news.id), deadline);
  }

  const Result<std::optional<SubjectNews>> known = co_await host.store.FindSubjectNews(news.id);
  if (!known) co_return known.error();
  if (*known && ((*known)->is_gone || (*known)->at > news.at)) co_return Done{};
  // A subject that was erased at its own request is made known again by a request of its own, not by Plinto's events.
  const Result<bool> erased = co_await host.store.IsErased(news.id);
  if (!erased) co_return erased.error();
  if (*erased) co_return Done{};
  Status applied = co_await BringToPolar(host, settings, *topic, std::move(news), deadline);
  if (!applied) co_return applied;
  co_return co_await host.store.SaveSubjectNews(std::move(told));
}

}  // namespace

WebhookRow PlintoDelivery(PlintoEvent event, Timestamp received) {
  WebhookRow row;
  row.source = WebhookSource::kPlinto;
  const Json kept = WorthKeeping(event, received);
  row.payload = DumpJson(kept);
  if (const std::string* id = FindString(kept, "id"); id != nullptr && IsUuid(*id)) row.about = *id;
  // Its customer is made with the owner's address, which comes with the owner.
  const std::string owner = ToLowerAscii(TextOf(kept, "owner_id"));
  if (event.type == "organization.created" && IsUuid(owner)) row.waits_for = owner;
  row.event_id = std::move(event.id);
  row.event_type = std::move(event.type);
  return row;
}

Task<Result<AppliedEvent>> ApplyPlintoEvent(Shared& shared, const WebhookRow& webhook, Timestamp deadline) {
  const Result<Json> told = ParseJson(webhook.payload);
  Status applied = CheckStorable(told ? *told : Json());
  if (applied) applied = co_await Apply(shared.host, shared.settings, webhook, deadline);
  if (!applied) co_return std::move(applied).error();
  co_return AppliedEvent{};
}

}  // namespace plinto::polar::server
