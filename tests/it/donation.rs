//! Gifts: promised once, learnt of in any order, matched within the pot, given back exactly once.

mod orders;
mod paying;
mod racing;

use civic::donation::write::{Learned, give};
use civic::error::{Code, Error};
use civic::match_rule::MatchRule;
use civic::money::Money;
use tests::calls::{euros, terms};
use tests::campaigns::{
    PER_DONATION, cents, confirmed, gift, in_campaign, in_pot, open, promise, stranger, told, turn,
};
use tests::city;

#[tokio::test]
async fn a_gift_is_promised_once_under_its_key_and_its_money_booked_once() {
    city::with(async |city| {
        let (admitted, campaigns) = open(city, terms(city), &[62_500]).await;
        let campaign = campaigns[0];
        assert_eq!(in_pot(city, admitted.pot).await, [6_250_000, 0, 3_750_000, 0]);
        let new = gift("anna@example.org", 5_000);
        let first = give(&stranger(city), campaign, new.clone()).await.expect("promised");
        let again = give(&stranger(city), campaign, new.clone()).await.expect("the same");
        assert_eq!(first, again);
        let mut other = new;
        other.amount = Money::eur(6_000);
        let reused = give(&stranger(city), campaign, other).await;
        assert_eq!(reused, Err(Error::Conflict(Code::KeyReused)));
        let fact = confirmed(city, first.donation, 5_000);
        assert_eq!(told(city, &fact).await, Ok(Learned::New));
        assert_eq!(told(city, &fact).await, Ok(Learned::Known));
        assert_eq!(in_campaign(city, campaign).await, [5_000, 0, 0]);
    })
    .await;
}

#[tokio::test]
async fn a_quote_is_held_and_becomes_the_match_of_the_gift() {
    city::with(async |city| {
        let mut terms = terms(city);
        terms.rule = MatchRule::parse(PER_DONATION).expect("a rule");
        let (admitted, campaigns) = open(city, terms, &[62_500]).await;
        let promised = promise(city, campaigns[0], "anna@example.org", 2_000).await;
        assert_eq!((promised.brings, promised.held), (Money::eur(1_200), Money::eur(1_200)));
        assert_eq!(in_pot(city, admitted.pot).await, [9_998_800, 1_200, 0, 0]);
        told(city, &confirmed(city, promised.donation, 2_000))
            .await
            .expect("learnt");
        assert_eq!(in_pot(city, admitted.pot).await, [9_998_800, 0, 1_200, 0]);
        // The second is not paid: what was held for it is free again.
        promise(city, campaigns[0], "bruno@example.org", 2_000).await;
        city.advance_ms(civic::limits::DONATION_SESSION_MS);
        turn(city).await;
        assert_eq!(
            in_pot(city, admitted.pot).await,
            [euros(100_000).minor() - 1_200, 0, 1_200, 0]
        );
        let _ = cents;
    })
    .await;
}
