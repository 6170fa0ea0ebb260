// Conekta, as one tenant has an account there: the emulator at the simulation's time, the deliveries that it makes,
// the page that its buyers pay on, and what it says of them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/json.h"
#include "emulator/emulator.h"
#include "providers/postman.h"

namespace plinto::polar::sim {

inline constexpr std::string_view kConektaPlan = "weekly";
inline constexpr std::int64_t kConektaAmount = 34'900;  ///< of what is bought once
inline constexpr std::string_view kGoodCard = "4242424242424242";
inline constexpr std::string_view kRefusedCard = "4000000000000002";
inline constexpr std::string_view kNeverAgainCard = "4000000000000341";  ///< pays, and fails on renewals

class ConektaAccount {
 public:
  ConektaAccount(Schedule& schedule, Dice& dice, const Weather& weather, std::uint64_t seed, Postman::Deliver deliver);

  /// Made once for all simulations: nothing of it is in a trace.
  [[nodiscard]] static const emulator::RsaKey& key();
  [[nodiscard]] std::string api_key() const { return emulator_.conekta_api_key(); }

  /// A request over the wire, whose answer bears Conekta's time.
  HttpResponse Handle(HttpRequest request);
  /// The same for whoever manages the account, or asks for the truth.
  HttpResponse Ask(const std::string& method, const std::string& path, const std::string& body = "");
  [[nodiscard]] Json Read(const std::string& path);
  /// All of a list.
  [[nodiscard]] std::vector<Json> ReadAll(const std::string& path);

  /// The buyer sends the form of the page. Its answer's status.
  int SendForm(const std::string& page, const std::string& form);
  int PayByCard(const std::string& page, std::string_view number);
  /// The money of a reference comes, though it may have expired.
  void Receive(const std::string& page);

  /// Everything of a user, by Conekta's customers that were made for them and are there.
  [[nodiscard]] std::vector<Json> SubscriptionsOf(const std::string& user);
  [[nodiscard]] std::vector<Json> OrdersOf(const std::string& user);
  [[nodiscard]] bool HasCustomer(const std::string& user) const;
  /// Whose a customer is; empty where there is none, or no more.
  [[nodiscard]] std::string UserOf(const std::string& customer) const;
  /// The subscriptions that are paid for now, and those that are not over.
  [[nodiscard]] std::set<std::string> ActiveOf(const std::string& user);
  [[nodiscard]] std::vector<std::string> RunningOf(const std::string& user);
  /// What is paid and was not given back: all orders, and those of what is bought once.
  [[nodiscard]] std::set<std::string> PaidOrdersOf(const std::string& user);
  /// Of customers who were removed, too: a purchase stays one.
  [[nodiscard]] std::set<std::string> PaidOnceBy(const std::string& user);
  [[nodiscard]] std::set<std::string> PurchasesOf(const std::string& user);
  /// `/conekta/customers/{id}/subscriptions/{id}`; empty where there is no such customer any more.
  [[nodiscard]] std::string PathOf(const std::string& subscription);

  /// Which statuses an object has had in that time, by its events.
  [[nodiscard]] std::set<std::string> StatusesOf(const std::string& object, Timestamp from, Timestamp until) const;

 private:
  struct Had {
    Timestamp since;
    std::string status;
  };
  void Hear(const HttpRequest& delivery);
  void NoteWhose(const HttpRequest& request, const HttpResponse& answer);

  Schedule& schedule_;
  emulator::Emulator emulator_;
  Postman postman_;
  std::map<std::string, std::string> users_;           ///< by customer
  std::map<std::string, std::string> removed_;         ///< the same of those who are not there any more
  std::map<std::string, std::vector<Had>> histories_;  ///< by subscription and order
  std::set<std::string> heard_;                        ///< events
};

[[nodiscard]] std::string TextIn(const Json& json, std::string_view name);

}  // namespace plinto::polar::sim
