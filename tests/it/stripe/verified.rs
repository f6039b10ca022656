//! The verifier: whose message it is, over the bytes as they came.

use civic::limits::PAYMENT_SIGNATURE_MS;
use civic::time::SECOND_MS;
use server::stripe::signature::{check, sign};
use tests::stripe::start;

const BODY: &[u8] = br#"{"id":"evt_1","amount":2500}"#;

fn secrets(all: &[&str]) -> Vec<String> {
    all.iter().map(|secret| (*secret).to_owned()).collect()
}

/// The signature in a header of one.
fn of(header: &str) -> &str {
    header.split_once("v1=").map_or("", |(_, signature)| signature)
}

#[test]
fn a_signature_is_right_under_any_secret_in_force_and_any_v1_of_the_header() {
    let (old, new) = (sign(BODY, start(), "whsec_old"), sign(BODY, start(), "whsec_new"));
    let both = secrets(&["whsec_old", "whsec_new"]);
    assert_eq!(check(&old, BODY, start(), &both), Ok(()));
    assert_eq!(check(&new, BODY, start(), &both), Ok(()));
    let rolled = format!("{old},v1={}", of(&new));
    assert_eq!(check(&rolled, BODY, start(), &secrets(&["whsec_new"])), Ok(()));
    assert!(
        check(&old, BODY, start(), &secrets(&["whsec_new"])).is_err(),
        "the old one is over"
    );
    assert!(check(&old, BODY, start(), &[]).is_err());
    let others = format!("t={},v0={},v1=zz,v1={}", start().ms() / SECOND_MS, of(&old), of(&old));
    assert_eq!(check(&others, BODY, start(), &both), Ok(()));
}

#[test]
fn other_bytes_or_another_time_are_not_what_was_signed() {
    let (header, secret) = (sign(BODY, start(), "whsec_a"), secrets(&["whsec_a"]));
    for changed in [&BODY[1..], b"{\"id\":\"evt_1\", \"amount\":2500}", b""] {
        assert!(check(&header, changed, start(), &secret).is_err());
    }
    let later = header.replace(
        &(start().ms() / SECOND_MS).to_string(),
        &(start().ms() / SECOND_MS + 1).to_string(),
    );
    assert!(check(&later, BODY, start(), &secret).is_err());
}

#[test]
fn five_minutes_are_the_most_that_clocks_may_differ() {
    let secret = secrets(&["whsec_a"]);
    for ms in [-PAYMENT_SIGNATURE_MS, 0, PAYMENT_SIGNATURE_MS] {
        let header = sign(BODY, start().plus_ms(ms), "whsec_a");
        assert_eq!(check(&header, BODY, start(), &secret), Ok(()), "{ms}");
    }
    for ms in [
        -PAYMENT_SIGNATURE_MS - SECOND_MS,
        PAYMENT_SIGNATURE_MS + SECOND_MS,
        -600_000,
        600_000,
    ] {
        let header = sign(BODY, start().plus_ms(ms), "whsec_a");
        assert!(check(&header, BODY, start(), &secret).is_err(), "{ms}");
    }
}

#[test]
fn a_hostile_header_is_refused_and_breaks_nothing() {
    let (header, secret) = (sign(BODY, start(), "whsec_a"), secrets(&["whsec_a"]));
    let time = (start().ms() / SECOND_MS).to_string();
    let many = format!("t={time}{}", format!(",v1={}", "0".repeat(64)).repeat(28));
    let hostile = [
        String::new(),
        "v1=".to_owned(),
        of(&header).to_owned(),
        format!("t={time}"),
        format!("t={time},v1="),
        format!("t=,v1={}", of(&header)),
        format!("t=-5,v1={}", of(&header)),
        format!("t=+{time},v1={}", of(&header)),
        format!("t=99999999999999999999999,v1={}", of(&header)),
        format!("t={time},t={time},v1={}", of(&header)),
        format!("t={time},v1={}", &of(&header)[..32]),
        format!("t={time},v1={}00", of(&header)),
        format!("t={time},v2={}", of(&header)),
        format!("{header}{}", ",v0=x".repeat(1_000)),
        format!("{many},v1={}", of(&header)),
        "=,=,=".repeat(100),
        "à=ò,t=è".to_owned(),
    ];
    for header in hostile {
        assert!(check(&header, BODY, start(), &secret).is_err(), "{header}");
    }
    assert!(
        check(&sign(BODY, start(), ""), BODY, start(), &secrets(&[""])).is_err(),
        "an empty secret"
    );
}
