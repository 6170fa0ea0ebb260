// A benefit: what a product's buyers are granted. Eight kinds, told apart by `type`; their differences lie in
// `properties`. A kind that this version does not know stays JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/foundation/codec.h"

namespace plinto::polar {

enum class BenefitType : std::uint8_t {
  kCustom,
  kDiscord,
  kGithubRepository,
  kDownloadables,
  kLicenseKeys,
  kMeterCredit,
  kFeatureFlag,
  kSlackSharedChannel,
};
template <>
inline constexpr auto kEnumTexts<BenefitType> =
    std::to_array<std::string_view>({"custom", "discord", "github_repository", "downloadables", "license_keys",
                                     "meter_credit", "feature_flag", "slack_shared_channel"});

/// What all kinds have.
struct BenefitBase {
  std::string id;
  OpenEnum<BenefitType> type;
  std::string description;
  std::optional<Json> metadata;
  std::optional<std::string> visibility;
  std::optional<bool> selectable;
  std::optional<bool> deletable;
  std::optional<bool> is_deleted;
  std::optional<std::string> organization_id;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> modified_at;
  Json extra;
};

struct CustomProperties {
  std::optional<std::string> note;
  Json extra;
};
template <>
inline constexpr auto kDescription<CustomProperties> = Describe(Field("note", &CustomProperties::note,
                                                                      "Shown to those who have it."));

struct DiscordProperties {
  std::string guild_id;
  std::string role_id;
  std::optional<bool> kick_member;
  Json extra;
};
template <>
inline constexpr auto kDescription<DiscordProperties> =
    Describe(Field("guild_id", &DiscordProperties::guild_id, "The server."),
             Field("role_id", &DiscordProperties::role_id, "The role that is given."),
             Field("kick_member", &DiscordProperties::kick_member, "Removed from the server at revocation."));

struct GithubRepositoryProperties {
  std::string repository_owner;
  std::string repository_name;
  std::optional<std::string> permission;
  Json extra;
};
template <>
inline constexpr auto kDescription<GithubRepositoryProperties> =
    Describe(Field("repository_owner", &GithubRepositoryProperties::repository_owner, "The owner."),
             Field("repository_name", &GithubRepositoryProperties::repository_name, "The repository."),
             Field("permission", &GithubRepositoryProperties::permission, "`pull`, `triage`, `push` ..."));

struct DownloadablesProperties {
  std::vector<std::string> files;
  Json extra;
};
template <>
inline constexpr auto kDescription<DownloadablesProperties> = Describe(Field("files", &DownloadablesProperties::files,
                                                                             "Ids of the files."));

struct LicenseKeysProperties {
  std::optional<std::string> prefix;
  std::optional<std::int64_t> limit_usage;
  Json extra;
};
template <>
inline constexpr auto kDescription<LicenseKeysProperties> =
    Describe(Field("prefix", &LicenseKeysProperties::prefix, "What each key begins with."),
             Field("limit_usage", &LicenseKeysProperties::limit_usage, "Null without a limit."));

struct MeterCreditProperties {
  std::int64_t units = 0;
  bool rollover = false;
  std::string meter_id;
  Json extra;
};
template <>
inline constexpr auto kDescription<MeterCreditProperties> =
    Describe(Field("units", &MeterCreditProperties::units, "Credited at the start of each period."),
             Field("rollover", &MeterCreditProperties::rollover, "What is left is kept at a period's end."),
             Field("meter_id", &MeterCreditProperties::meter_id, "The meter.", kUuid));

/// A feature flag has none: its name is in the benefit's metadata.
struct FeatureFlagProperties {
  Json extra;
};
template <>
inline constexpr auto kDescription<FeatureFlagProperties> = Describe();

struct SlackSharedChannelProperties {
  std::optional<std::string> slack_integration_id;
  std::optional<std::string> channel_name_template;
  Json extra;
};
template <>
inline constexpr auto kDescription<SlackSharedChannelProperties> =
    Describe(Field("slack_integration_id", &SlackSharedChannelProperties::slack_integration_id, "The integration."),
             Field("channel_name_template", &SlackSharedChannelProperties::channel_name_template, "The channel."));

/// The fields of one kind. The products of a checkout list their benefits without `properties`.
template <class Kind>
constexpr auto DescribeBenefit(std::string_view doc) {
  return Describe(Output(doc), Field("id", &BenefitBase::id, "Polar's id.", kUuid),
                  Field("type", &BenefitBase::type, "The kind."),
                  Field("description", &BenefitBase::description, "Shown to buyers."),
                  Field("metadata", &BenefitBase::metadata, "The merchant's own; a feature flag's name is kept here."),
                  Field("visibility", &BenefitBase::visibility, "Whether buyers see it."),
                  Field("selectable", &BenefitBase::selectable, "Can be added to products."),
                  Field("deletable", &BenefitBase::deletable, "Can be deleted."),
                  Field("is_deleted", &BenefitBase::is_deleted, "Is deleted."),
                  Field("organization_id", &BenefitBase::organization_id, "Polar's organization.", kUuid),
                  Field("created_at", &BenefitBase::created_at, "When it was made."),
                  Field("modified_at", &BenefitBase::modified_at, "Null until it is changed."),
                  Field("properties", &Kind::properties, "What its kind needs."));
}

struct CustomBenefit : BenefitBase {
  std::optional<CustomProperties> properties;
};
template <>
inline constexpr Tag kTag<CustomBenefit> = {"type", "custom"};
template <>
inline constexpr auto kDescription<CustomBenefit> =
    DescribeBenefit<CustomBenefit>("A benefit that the merchant sees to.");

struct DiscordBenefit : BenefitBase {
  std::optional<DiscordProperties> properties;
};
template <>
inline constexpr Tag kTag<DiscordBenefit> = {"type", "discord"};
template <>
inline constexpr auto kDescription<DiscordBenefit> = DescribeBenefit<DiscordBenefit>("A role on a Discord server.");

struct GithubRepositoryBenefit : BenefitBase {
  std::optional<GithubRepositoryProperties> properties;
};
template <>
inline constexpr Tag kTag<GithubRepositoryBenefit> = {"type", "github_repository"};
template <>
inline constexpr auto kDescription<GithubRepositoryBenefit> =
    DescribeBenefit<GithubRepositoryBenefit>("Access to a repository at GitHub.");

struct DownloadablesBenefit : BenefitBase {
  std::optional<DownloadablesProperties> properties;
};
template <>
inline constexpr Tag kTag<DownloadablesBenefit> = {"type", "downloadables"};
template <>
inline constexpr auto kDescription<DownloadablesBenefit> = DescribeBenefit<DownloadablesBenefit>("Files to download.");

struct LicenseKeysBenefit : BenefitBase {
  std::optional<LicenseKeysProperties> properties;
};
template <>
inline constexpr Tag kTag<LicenseKeysBenefit> = {"type", "license_keys"};
template <>
inline constexpr auto kDescription<LicenseKeysBenefit> = DescribeBenefit<LicenseKeysBenefit>("License keys.");

struct MeterCreditBenefit : BenefitBase {
  std::optional<MeterCreditProperties> properties;
};
template <>
inline constexpr Tag kTag<MeterCreditBenefit> = {"type", "meter_credit"};
template <>
inline constexpr auto kDescription<MeterCreditBenefit> = DescribeBenefit<MeterCreditBenefit>("Units on a meter.");

struct FeatureFlagBenefit : BenefitBase {
  std::optional<FeatureFlagProperties> properties;
};
template <>
inline constexpr Tag kTag<FeatureFlagBenefit> = {"type", "feature_flag"};
template <>
inline constexpr auto kDescription<FeatureFlagBenefit> =
    DescribeBenefit<FeatureFlagBenefit>("A feature of the application.");

struct SlackSharedChannelBenefit : BenefitBase {
  std::optional<SlackSharedChannelProperties> properties;
};
template <>
inline constexpr Tag kTag<SlackSharedChannelBenefit> = {"type", "slack_shared_channel"};
template <>
inline constexpr auto kDescription<SlackSharedChannelBenefit> =
    DescribeBenefit<SlackSharedChannelBenefit>("A channel shared by Slack.");

struct Benefit : OneOf<CustomBenefit, DiscordBenefit, GithubRepositoryBenefit, DownloadablesBenefit, LicenseKeysBenefit,
                       MeterCreditBenefit, FeatureFlagBenefit, SlackSharedChannelBenefit> {
  static constexpr Published kPublished = Output("What a product's buyers are granted, told apart by `type`.");
  using OneOf::OneOf;
};

}  // namespace plinto::polar
