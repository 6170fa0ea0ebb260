// The mistakes that are planted in the product (cpp/server/base/defects.h), each of which the simulation has to find.
#pragma once

#include <array>
#include <string_view>

namespace plinto::polar::sim {

struct Planted {
  std::string_view name;
  std::string_view what;
};

inline constexpr std::array kPlanted = {
    Planted{"acknowledge-before-commit", "a delivery is acknowledged while it is still being stored"},
    Planted{"accept-what-was-refused", "a batch of usage is accepted although the store has refused it"},
    Planted{"retry-without-id", "usage that is sent again has a new id"},
    Planted{"quantity-rounded", "a quantity loses what it has behind the point on its way to Polar"},
    Planted{"usage-dropped", "usage that Polar did not take is marked as reported"},
    Planted{"finish-without-facts", "a delivery is finished although its facts were not stored"},
    Planted{"fold-without-order", "the fact that came last replaces a newer one"},
    Planted{"dated-by-our-clock", "what is fetched from Polar is dated by this server's clock"},
    Planted{"claim-without-lock", "a notification is claimed that somebody else holds"},
    Planted{"lease-too-short", "a notification is held for less time than its delivery takes"},
    Planted{"sequence-not-rising", "a later notification may have a lower sequence"},
    Planted{"erasure-without-a-last-word", "somebody who is erased is not told of as somebody without access"},
    Planted{"verified-without-storing", "a customer counts as verified although what Polar said was not stored"},
    Planted{"retention-too-early", "retention removes deliveries that Polar may still repeat"},
    Planted{"key-ignored", "a checkout that is asked for again is made again, in spite of its Idempotency-Key"},
    Planted{"told-whatever-is-answered", "a notification counts as delivered whatever the application answers"},
    Planted{"leases-not-counted", "what others have leased is not taken from the balance"},
    Planted{"leases-never-expire", "a lease that has expired stays set aside"},
    Planted{"commit-not-once", "a lease that is committed again is recorded again"},
    Planted{"release-without-end", "a lease that was given back stays set aside"},
    Planted{"limits-not-kept", "usage beyond a limit is recorded"},
    Planted{"threshold-told-again", "it is forgotten that a threshold was told"},
    Planted{"grant-untold", "nobody is told of a grant that is given or taken back"},
    Planted{"conekta-end-believed", "an event of Conekta's that tells of an end is believed"},
    Planted{"conekta-not-verified", "what Conekta says is not stored when a customer is verified"},
    Planted{"cancellation-forgotten", "a kept cancellation is forgotten once it is carried out, before its date"},
    Planted{"cancellation-not-taken-back", "a kept cancellation that was taken back stays"},
    Planted{"cancellation-begun-unnoted", "it is not noted that a kept cancellation is being carried out"},
    Planted{"charged-after-deletion", "what runs at Conekta of somebody whom Polar has deleted is charged on"},
    Planted{"left-at-conekta", "who is made anew at Polar does not keep what they have at Conekta"},
    Planted{"failure-finished", "a delivery whose processing failed counts as processed"},
};

}  // namespace plinto::polar::sim
