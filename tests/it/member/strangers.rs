//! What a stranger can do to an address by asking to sign in with it: nothing that keeps its owner out, and not without
//! bound.

use std::net::IpAddr;

use civic::Cx;
use civic::actor::Actor;
use civic::error::Error;
use civic::id::SignInId;
use civic::language::Language;
use civic::limits::{SIGN_IN_MAILS_IN_ALL_PER_HOUR, SIGN_INS_PER_NETWORK_HOUR};
use civic::member::sign_in::{self, NewSignIn, Proof};
use civic::time::HOUR_MS;
use tests::city::{self, TestCity};
use tests::form::submit;
use tests::rows;

use super::{ask, confirm, digits};

const OWNER: &str = "ada@example.org";

fn cx_from(city: &TestCity, address: &str) -> Cx {
    let from: IpAddr = address.parse().expect("an address");
    Cx {
        from: Some(from),
        ..city.city.cx(Actor::Visitor, Language::It)
    }
}

async fn asked(city: &TestCity, address: &str, email: &str, browser: &str) -> Result<SignInId, Error> {
    let new = NewSignIn {
        email: email.to_owned(),
        browser: browser.to_owned(),
        return_to: "/it".to_owned(),
    };
    sign_in::ask(&cx_from(city, address), new).await
}

async fn code_of(city: &TestCity, id: SignInId) -> Option<Proof> {
    let letter = sign_in::letter(&city.city, id).await.expect("read")?;
    Some(Proof::Digits(letter.digits))
}

#[tokio::test]
async fn a_strangers_requests_end_no_sign_in_of_the_owner_and_block_no_new_one() {
    city::with(async |city| {
        let first = asked(city, "192.0.2.1", OWNER, "the owner's").await.expect("asked");
        for _ in 0..20 {
            asked(city, "198.51.100.1", OWNER, "a stranger's").await.expect("asked");
        }
        let again = asked(city, "192.0.2.1", OWNER, "the owner's phone")
            .await
            .expect("asked");
        let code = code_of(city, again).await.expect("a letter to the owner");
        confirm(city, code, "the owner's phone").await.expect("in by the phone");
        let code = code_of(city, first).await.expect("still open");
        confirm(city, code, "the owner's")
            .await
            .expect("in by the first letter too");
    })
    .await;
}

#[tokio::test]
async fn letters_to_one_address_are_bounded_however_many_networks_ask() {
    city::with(async |city| {
        let mut letters = 0;
        for network in 0..20 {
            for _ in 0..4 {
                let address = format!("203.0.{network}.9");
                let id = asked(city, &address, OWNER, "a stranger's").await.expect("asked");
                letters += u64::from(code_of(city, id).await.is_some());
            }
        }
        assert_eq!(letters, SIGN_IN_MAILS_IN_ALL_PER_HOUR);
        assert_eq!(
            rows::number(city, "select count(*) from sign_in").await,
            i64::try_from(letters).expect("few")
        );
    })
    .await;
}

#[tokio::test]
async fn one_network_mails_so_many_strangers_and_no_more_within_the_hour() {
    city::with(async |city| {
        for person in 0..SIGN_INS_PER_NETWORK_HOUR {
            let address = format!("2001:db8::{person:x}");
            let email = format!("person-{person}@example.org");
            asked(city, &address, &email, "one browser").await.expect("asked");
        }
        let refused = asked(city, "2001:db8::1", "one-more@example.org", "one browser").await;
        assert!(
            matches!(refused, Err(Error::TooMany { retry_after_s, .. }) if retry_after_s <= 3_601),
            "{refused:?}"
        );
        asked(city, "2001:db8:0:1::1", "neighbour@example.org", "another")
            .await
            .expect("another network");
        let kept = rows::texts(city, "select name from rate").await;
        assert!(kept.iter().all(|name| name.len() == 43), "no address is kept: {kept:?}");
        city.advance_ms(HOUR_MS);
        asked(city, "2001:db8::1", "one-more@example.org", "one browser")
            .await
            .expect("an hour later");
        city.advance_ms(25 * HOUR_MS);
        civic::member::write::forget_expired(&city.city)
            .await
            .expect("forgotten");
        assert_eq!(rows::number(city, "select count(*) from rate").await, 0);
    })
    .await;
}

#[tokio::test]
async fn whoever_asks_again_may_type_the_code_of_either_letter() {
    city::with(async |city| {
        let browser = city.visitor();
        let first = ask(city, &browser, OWNER, "/it/sign-in").await;
        let second = ask(city, &browser, OWNER, "/it/sign-in").await;
        assert_ne!(digits(&first), digits(&second));
        let code = [("code", &*digits(&first))];
        submit(&browser, "/it/sign-in/code", "/it/sign-in/code", &code)
            .await
            .expect(303);
        assert!(browser.cookie("__Host-session").is_some());
    })
    .await;
}

#[tokio::test]
async fn a_network_that_asked_too_often_is_told_on_the_page_to_wait() {
    city::with(async |city| {
        for person in 0..SIGN_INS_PER_NETWORK_HOUR {
            let email = format!("person-{person}@example.org");
            asked(city, "127.0.0.1", &email, "one browser").await.expect("asked");
        }
        let refused = submit(&city.visitor(), "/it/sign-in", "/it/sign-in", &[("email", OWNER)])
            .await
            .expect(429);
        assert!(
            !refused.header("retry-after").is_empty() && refused.text().contains(OWNER),
            "{refused}"
        );
    })
    .await;
}
