//! The public books from outside: a stranger checks the chain with what REST tells alone, and finds nobody in it.

use std::fmt::Write as _;

use data_encoding::HEXLOWER;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tests::calls::terms;
use tests::campaigns::{PER_DONATION, gift, given, open, stranger};
use tests::city::{self, TestCity};
use tests::http::Client;

/// Every move, by pages of so many.
async fn all(client: &Client, limit: u64) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/ledger/entries?limit={limit}&after={after}");
        let page = client.get(&path).await.expect(200).json();
        all.extend(page["items"].as_array().expect("a list").iter().cloned());
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => return all,
        }
    }
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

fn sha256(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

fn ms(value: &Value) -> i64 {
    let at = civic::time::Timestamp::parse_rfc3339(value.as_str().unwrap_or_default());
    at.expect("an instant").ms()
}

/// Computes the chain anew as the books say how, and gives the first number at which it does not hold.
fn broken_at(entries: &[Value]) -> Option<i64> {
    let mut before = "0".repeat(64);
    for (number, moves) in (1..).zip(entries.chunk_by(|one, other| one["number"] == other["number"])) {
        let txn = &moves[0];
        let reverses = txn["reverses"].as_str().unwrap_or("nothing");
        let mut said = format!(
            "arengo ledger 2\nnumber {number}\nbefore {before}\nid {}\nkind {}\nreverses {reverses}\nseal {}\n",
            text(txn, "txn_id"),
            text(txn, "kind"),
            text(txn, "seal"),
        );
        for (position, one) in (1..).zip(moves) {
            let (debit, credit) = (text(one, "debit"), text(one, "credit"));
            writeln!(said, "entry {position} {debit} {credit} {} EUR", one["amount_minor"]).expect("written");
        }
        let opened = txn["recorded_at"].is_string().then(|| {
            let (effective, recorded) = (ms(&txn["effective_at"]), ms(&txn["recorded_at"]));
            let cause = text(txn, "cause");
            sha256(&format!("cause {cause}\neffective {effective}\nrecorded {recorded}\n"))
        });
        let sealed = opened.is_none_or(|seal| seal == text(txn, "seal"));
        if !sealed || sha256(&said) != text(txn, "hash") {
            return Some(number);
        }
        text(txn, "hash").clone_into(&mut before);
    }
    None
}

/// A call whose pot adds to each gift, with two campaigns and three gifts, one of them with a name; and their ids.
async fn played(city: &TestCity) -> (civic::id::CampaignId, civic::id::PotId, Vec<civic::id::DonationId>) {
    let mut call = terms(city);
    call.rule = civic::match_rule::MatchRule::parse(PER_DONATION).expect("a rule");
    let (admitted, campaigns) = open(city, call, &[30_000, 20_000]).await;
    let mut gifts = vec![
        given(city, campaigns[0], "anna@example.org", 5_000).await,
        given(city, campaigns[1], "bruno@example.org", 7_000).await,
    ];
    let mut named = gift("carla@example.org", 2_500);
    named.name_shown = Some("Carla C.".to_owned());
    let promised = civic::donation::write::give(&stranger(city), campaigns[0], named)
        .await
        .expect("promised");
    let fact = tests::campaigns::confirmed(city, promised.donation, 2_500);
    tests::campaigns::told(city, &fact).await.expect("learnt");
    gifts.push(promised.donation);
    (campaigns[0], admitted.pot, gifts)
}

#[tokio::test]
async fn a_stranger_checks_the_whole_chain_with_what_rest_tells_alone() {
    city::with(async |city| {
        played(city).await;
        let entries = all(&city.visitor(), 3).await;
        assert!(entries.len() > 8, "{entries:#?}");
        assert_eq!(broken_at(&entries), None, "{entries:#?}");
        let head = civic::ledger::verify(&city.city, None).await.expect("read").head;
        let last = entries.last().expect("some");
        assert_eq!(
            (last["number"].as_i64(), text(last, "hash")),
            (Some(head.number), &*head.hash)
        );

        let opened = entries.iter().position(|one| one["recorded_at"].is_string());
        let closed = entries.iter().position(|one| one["recorded_at"].is_null());
        for (at, field, lie) in [
            (opened, "cause", "cal_another"),
            (opened, "effective_at", "2026-01-01T00:00:00.000Z"),
            (closed, "kind", "refund_paid"),
            (closed, "debit", "custodian:bank"),
            (closed, "seal", "0"),
        ] {
            let mut changed = entries.clone();
            let one = &mut changed[at.expect("there are both")];
            one[field] = lie.into();
            assert_eq!(broken_at(&changed), one_number(&entries, at), "{field}");
        }
    })
    .await;
}

fn one_number(entries: &[Value], at: Option<usize>) -> Option<i64> {
    entries[at?]["number"].as_i64()
}

#[tokio::test]
async fn the_books_lead_from_no_gift_to_a_person() {
    city::with(async |city| {
        let (campaign, _, gifts) = played(city).await;
        let visitor = city.visitor();
        let entries = all(&visitor, 100).await;
        let csv = visitor.get("/it/books.csv").await.expect(200).text();
        let page = visitor.get("/it/books").await.expect(200).text();
        for told in [serde_json::to_string(&entries).expect("json"), csv, page] {
            for id in &gifts {
                assert!(!told.contains(&id.to_string()), "{told}");
            }
            for name in ["anna@", "bruno@", "carla@", "Carla"] {
                assert!(!told.contains(name), "{name}: {told}");
            }
        }
        let about_gifts: Vec<&Value> = entries
            .iter()
            .filter(|one| text(one, "cause").starts_with("gift"))
            .collect();
        assert!(
            about_gifts.len() >= 6,
            "gifts and what the city adds to each: {entries:#?}"
        );
        for one in &about_gifts {
            assert!(one["effective_at"].is_null() && one["recorded_at"].is_null(), "{one}");
            assert_eq!(text(one, "day").len(), 10, "{one}");
        }
        let path = format!("/api/v1/campaigns/{campaign}/donations");
        let public = visitor.get(&path).await.expect(200).json();
        for line in public["items"].as_array().expect("a list") {
            let cause = format!("gift/{}", text(line, "id"));
            let of = about_gifts.iter().filter(|one| text(one, "cause") == cause);
            let of: Vec<_> = of.collect();
            assert_eq!(of.len(), 1, "each public gift stands in the books once");
            assert_eq!(of[0]["amount_minor"], line["amount_minor"]);
        }
    })
    .await;
}

#[tokio::test]
async fn page_and_csv_say_what_the_interface_says_and_filters_stand_in_the_address() {
    city::with(async |city| {
        let (campaign, pot, _) = played(city).await;
        let visitor = city.visitor();
        let entries = all(&visitor, 100).await;
        let csv = visitor.get("/it/books.csv").await.expect(200);
        assert!(csv.header("content-disposition").starts_with("attachment"));
        let csv = csv.text();
        let lines: Vec<&str> = csv.lines().skip(1).collect();
        assert_eq!(lines.len(), entries.len(), "{csv}");
        for (line, entry) in lines.iter().zip(&entries) {
            let cells: Vec<&str> = line.split(',').collect();
            assert_eq!(cells.len(), 15, "{line}");
            assert_eq!((cells[4], cells[14]), (text(entry, "cause"), text(entry, "hash")));
            assert_eq!(cells[12], entry["amount_minor"].to_string());
        }
        let of_pot = visitor
            .get(&format!("/api/v1/ledger/entries?limit=100&pot={pot}"))
            .await;
        let of_pot = of_pot.expect(200).json();
        let of_pot = of_pot["items"].as_array().expect("a list").clone();
        assert!(!of_pot.is_empty() && of_pot.len() < entries.len());
        assert!(
            of_pot
                .iter()
                .all(|one| text(one, "debit").starts_with(&pot.to_string()))
        );
        let csv = visitor
            .get(&format!("/it/books.csv?pot={pot}"))
            .await
            .expect(200)
            .text();
        assert_eq!(csv.lines().count(), of_pot.len() + 1);

        let page = visitor.get("/it/books").await.expect(200).text();
        let last = text(entries.last().expect("some"), "hash");
        for said in [last, "Messo nel fondo", "È arrivata una donazione", "Come controllare"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        let filtered = format!("/it/books?campaign={campaign}&kind=gift_confirmed");
        let filtered = visitor.get(&filtered).await.expect(200).text();
        assert!(
            filtered.contains("50\u{a0}€") && filtered.contains("25\u{a0}€"),
            "{filtered}"
        );
        assert!(!filtered.contains("70\u{a0}€"), "the other campaign's gift: {filtered}");
        let unknown: civic::id::PotId = city.city.system().id();
        visitor.get("/it/books?kind=nothing").await.expect(422);
        visitor.get(&format!("/it/books?pot={unknown}")).await.expect(404);

        let balances = visitor.get("/api/v1/ledger/balances").await.expect(200).json();
        let of = &balances["items"][0];
        let sum: i64 = ["available", "held", "reserved", "committed", "payable", "paid"]
            .iter()
            .filter_map(|name| of[format!("{name}_minor")].as_i64())
            .sum();
        assert_eq!(of["total_minor"].as_i64(), Some(sum), "{of}");
        assert_eq!(of["reserved_minor"], 8_700, "0.60 of 145 euros");
        let gifts = visitor
            .get("/api/v1/ledger/balances/campaigns")
            .await
            .expect(200)
            .json();
        let held: i64 = gifts["items"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|one| one["donor_funds_minor"].as_i64())
            .sum();
        assert_eq!(held, 14_500);
    })
    .await;
}
