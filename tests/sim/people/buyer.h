// Somebody who buys, uses, cancels and leaves, in an order that is drawn; and their client, which tries again.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/foundation/http.h"

namespace plinto::polar::sim {

class World;

class Buyer {
 public:
  /// Who pays at Conekta, and whether they say so themselves.
  enum class Living : std::uint8_t { kElsewhere, kMexico, kMexicoByBackEnd };

  Buyer(World& world, std::size_t tenant, std::string id, Living living)
      : world_(world), tenant_(tenant), id_(std::move(id)), living_(living) {}

  /// From now on they act now and then.
  void Begin();
  [[nodiscard]] std::size_t tenant() const { return tenant_; }
  [[nodiscard]] const std::string& id() const { return id_; }
  /// Plinto has deleted them.
  [[nodiscard]] bool is_deleted() const { return is_deleted_; }
  [[nodiscard]] bool is_mexican() const { return living_ != Living::kElsewhere; }
  /// A read of their access, whatever comes of it.
  void Look();
  /// What is left of their credits, here and at Polar.
  void CompareBalance(int tries = 0);

 private:
  void Act();
  void Buy();
  void Order(const std::string& key, const HttpRequest& checkout, int tries);
  [[nodiscard]] HttpRequest Checkout(const std::string& product, const std::string& key);
  void Introduce();
  void ActInMexico();
  [[nodiscard]] bool IsStillHere(int moves) const { return moves == moves_ && leaving_ == 0 && !is_deleted_; }
  void PayAtConekta(const std::string& page);
  void Use();
  void Record(const std::string& body, const std::string& external_id, int tries);
  void Reserve();
  void EndLease(const std::string& lease, bool commits);
  void Cap();
  void UseCapped();
  /// Again until there is an answer that counts.
  void Ask(const std::string& path, const std::string& body, int tries,
           const std::function<void(const HttpResponse&)>& then);
  /// What support gives them by hand, and takes back.
  void BeGiven();
  void BeTaken(const std::string& grant, int tries);
  void Change();
  void ChangeAtPolar();
  void ChangeAtConekta();
  void RefundAtConekta();
  /// Their subscriptions, at whichever provider.
  [[nodiscard]] std::vector<std::string> Running();
  void BeDeletedAtPolar();
  void Erase();
  void BeToldOf(const std::string& type);
  void TellOf(HttpRequest event, const std::string& id, int tries);
  [[nodiscard]] HttpRequest Request(const std::string& method, const std::string& path, const std::string& body = "");
  /// As the application's back end, about them.
  [[nodiscard]] HttpRequest OfBackEnd(const std::string& method, const std::string& path, const std::string& body = "");

  World& world_;
  std::size_t tenant_;
  std::string id_;
  Living living_;
  int counted_ = 0;
  int moves_ = 0;    ///< how often they have left: they do not pay what they began before
  int leaving_ = 0;  ///< erasures that are not answered
  bool is_deleted_ = false;
  bool was_deleted_at_polar_ = false;  ///< by whoever manages the account; perhaps they were made anew since
};

}  // namespace plinto::polar::sim
