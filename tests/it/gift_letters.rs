//! Letters to donors: with or without an account, in the language of the gift, each once, and true when it goes out.
//! Those about receipts are in `receipt.rs`.

use std::sync::Arc;

use civic::actor::{Actor, Role};
use civic::campaign::write as campaigns;
use civic::donation::write::{confirm_by_hand, give, pay, refund, settle_refund};
use civic::donation::{Given, Way, read};
use civic::id::{CampaignId, DonationId};
use civic::language::Language;
use civic::limits::{AGREEMENT_DAYS, DONATION_SESSION_MS, LETTER_QUIET_MS, LETTERS_SPREAD};
use civic::mail::Letter;
use civic::match_rule::MatchRule;
use civic::money::Money;
use civic::payment::{Fact, Method};
use civic::time::DAY_MS;
use server::work::Worker;
use tests::calls::terms;
use tests::campaigns::{PER_DONATION, confirmed, fund, gift, given, go_to, open, promise, stranger, told};
use tests::city::{self, TestCity};
use tests::person::{citizen, staff};
use tests::provider::{Fault, payment_of};

/// The letters to somebody once all that is due is done, also what waits for its quiet time.
async fn letters(city: &TestCity, email: &str) -> Vec<Letter> {
    city.settle().await;
    city.advance_ms(LETTER_QUIET_MS);
    city.settle().await;
    city.settle().await;
    about_gifts(city, email)
}

/// The letters to somebody, but for those about receipts.
fn about_gifts(city: &TestCity, email: &str) -> Vec<Letter> {
    let mut all = city.letters_to(email);
    all.retain(|letter| !letter.message_id.starts_with("<rcp_"));
    all
}

fn one(letters: Vec<Letter>) -> Letter {
    assert_eq!(letters.len(), 1, "{letters:#?}");
    letters.into_iter().next().expect("one")
}

/// That a letter says all of this, in both of its forms.
fn says(letter: &Letter, all: &[&str]) {
    for said in all {
        assert!(letter.text.contains(said), "{said}: {}", letter.text);
        let html = said.replace('&', "&amp;");
        assert!(letter.html.contains(&html), "{said}: {}", letter.html);
    }
}

fn subjects(letters: &[Letter]) -> Vec<&str> {
    letters.iter().map(|letter| letter.subject.as_str()).collect()
}

/// Follows the link of a letter, as somebody who is not signed in.
async fn opens(city: &TestCity, letter: &Letter, status: u16) {
    let link = letter.text.lines().find_map(|line| line.strip_prefix(&city.base));
    city.visitor().get(link.expect("a link")).await.expect(status);
}

/// A gift by card through the provider's page.
async fn paid(city: &TestCity, to: CampaignId, email: &str, cents: i64) -> DonationId {
    let promised = promise(city, to, email, cents).await;
    let page = pay(&stranger(city), promised.donation, Some(&promised.proof)).await;
    page.expect("a page");
    let fact = city
        .payments
        .paid(promised.donation, Method::Card, city.city.clock.now());
    told(city, &fact).await.expect("learnt");
    promised.donation
}

async fn promised_by(city: &TestCity, to: CampaignId, email: &str, way: Way) -> Given {
    let mut new = gift(email, 3_000);
    new.way = way;
    let given = give(&stranger(city), to, new).await;
    given.expect("promised")
}

async fn to_the_end(city: &TestCity, id: CampaignId) {
    let page = civic::campaign::read::page(&city.city.system(), id).await;
    go_to(city, page.expect("read").grace_ends_at.expect("a grace"));
}

#[tokio::test]
async fn whoever_promises_a_transfer_is_written_how_to_make_it_in_their_language_once() {
    city::with(async |city| {
        let (_, open) = open(city, terms(city), &[62_500]).await;
        let mut new = gift("anna@example.org", 4_000);
        new.way = Way::BankTransfer;
        let english = city.city.cx(Actor::Visitor, Language::En);
        let promised = give(&english, open[0], new.clone()).await.expect("promised");
        give(&english, open[0], new).await.expect("the same again");
        let letter = one(letters(city, "anna@example.org").await);
        assert_eq!(letter.subject, "How to pay your donation");
        let code = promised.reference_code.expect("a code");
        says(
            &letter,
            &[
                "€40",
                "“Progetto 0”",
                "Fondazione di Comunità Milano",
                "IT60X0542811101000000123456",
                &format!("Reference: {code}"),
                "16 April 2027",
                "If people do not reach €25,000, you get the whole of your donation back",
            ],
        );
        opens(city, &letter, 200).await;

        promised_by(city, open[0], "bruno@example.org", Way::Cash).await;
        promise(city, open[0], "carla@example.org", 3_000).await;
        let letter = one(letters(city, "bruno@example.org").await);
        says(&letter, &["30\u{a0}€", "Porta i soldi in contanti a Fondazione"]);
        assert!(
            letters(city, "carla@example.org").await.is_empty(),
            "she is at the till"
        );
    })
    .await;
}

#[tokio::test]
async fn a_gift_that_came_is_confirmed_once_with_what_the_city_adds_and_what_happens_if_it_fails() {
    city::with(async |city| {
        let (_, open) = open(city, terms(city), &[62_500]).await;
        let anna = promise(city, open[0], "anna@example.org", 5_000).await;
        let fact = confirmed(city, anna.donation, 5_000);
        for _ in 0..3 {
            told(city, &fact).await.expect("learnt");
        }
        let letter = one(letters(city, "anna@example.org").await);
        says(
            &letter,
            &[
                "50\u{a0}€",
                "«Progetto 0»",
                "A 25.000\u{a0}€ il Comune aggiunge 37.500\u{a0}€.",
                "la donazione ti torna indietro per intero",
            ],
        );
        opens(city, &letter, 200).await;

        let ada = citizen(city, "ada").await;
        let mut new = gift("ignored@example.org", 6_000);
        new.email = None;
        let hers = give(&ada.cx(city).await, open[0], new).await.expect("promised");
        told(city, &confirmed(city, hers.donation, 6_000))
            .await
            .expect("learnt");
        let letter = one(letters(city, &ada.email).await);
        assert!(!letter.text.contains("proof="), "{}", letter.text);
        opens(city, &letter, 404).await;
        let path = format!("/it/donations/{}", hers.donation);
        assert!(letter.text.contains(&path));
        ada.pages.get(&path).await.expect(200);

        // The bank asks for it back and gives in: it came only once.
        let dispute = |state| Fact::Disputed {
            payment: payment_of(anna.donation),
            reference: "dp_1".to_owned(),
            amount: Money::eur(5_000),
            state,
            at: city.city.clock.now(),
        };
        for state in [civic::payment::DisputeState::Open, civic::payment::DisputeState::Won] {
            told(city, &dispute(state)).await.expect("learnt");
        }
        assert_eq!(letters(city, "anna@example.org").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_gift_that_the_city_matches_is_told_how_much_and_one_of_the_promoter_that_it_is_not() {
    city::with(async |city| {
        let mut terms = terms(city);
        terms.rule = MatchRule::parse(PER_DONATION).expect("a rule");
        let (_, open) = open(city, terms, &[62_500]).await;
        given(city, open[0], "anna@example.org", 2_000).await;
        let letter = one(letters(city, "anna@example.org").await);
        says(&letter, &["Alla tua donazione il Comune aggiunge 12\u{a0}€."]);
        let mut own = gift("partner@example.org", 2_000);
        own.insider = true;
        let own = give(&stranger(city), open[0], own).await.expect("promised");
        told(city, &confirmed(city, own.donation, 2_000)).await.expect("learnt");
        let letter = one(letters(city, "partner@example.org").await);
        says(&letter, &["A questa donazione il Comune non aggiunge niente."]);
    })
    .await;
}

#[tokio::test]
async fn money_that_came_too_late_is_told_to_go_back_and_then_that_it_is_back() {
    city::with(async |city| {
        let (_, open) = open(city, terms(city), &[62_500]).await;
        let late = promised_by(city, open[0], "anna@example.org", Way::BankTransfer).await;
        city.settle().await;
        to_the_end(city, open[0]).await;
        let before = letters(city, "anna@example.org").await;
        assert_eq!(
            subjects(&before),
            ["Come pagare la tua donazione", "Il tempo per la tua donazione è finito"],
            "nothing of the outcome"
        );
        says(&before[1], &["30\u{a0}€", "Non devi fare niente"]);
        let treasurer = city.city.system();
        confirm_by_hand(&treasurer, late.donation, Money::eur(3_000), treasurer.now, "E2027-9")
            .await
            .expect("come");
        let after = letters(city, "anna@example.org").await;
        assert_eq!(after.len(), 3, "{:?}", subjects(&after));
        says(&after[2], &["30\u{a0}€", "ti tornano per intero"]);
        let page = read::page(&city.city.system(), late.donation, None)
            .await
            .expect("read");
        settle_refund(&city.city.system(), page.refunds[0].id, Way::BankTransfer)
            .await
            .expect("paid");
        let after = letters(city, "anna@example.org").await;
        assert_eq!(after.len(), 4, "{:?}", subjects(&after));
        says(&after[3], &["30\u{a0}€", "Abbiamo fatto un bonifico."]);
    })
    .await;
}

#[tokio::test]
async fn a_debit_that_fails_days_later_is_told_and_a_page_that_was_left_is_not() {
    city::with(async |city| {
        let (_, open) = open(city, terms(city), &[62_500]).await;
        let left = promise(city, open[0], "left@example.org", 5_000).await;
        pay(&stranger(city), left.donation, Some(&left.proof))
            .await
            .expect("a page");
        let refused = promise(city, open[0], "refused@example.org", 5_000).await;
        let failed = |id: DonationId| Fact::Failed {
            donation: id,
            payment: payment_of(id),
        };
        told(city, &failed(refused.donation)).await.expect("learnt");
        city.advance_ms(DONATION_SESSION_MS);
        for email in ["left@example.org", "refused@example.org"] {
            assert!(letters(city, email).await.is_empty(), "{email} knows it");
        }
        let debit = promise(city, open[0], "debito@example.org", 5_000).await;
        let authorised = Fact::Authorised {
            donation: debit.donation,
            payment: payment_of(debit.donation),
        };
        told(city, &authorised).await.expect("learnt");
        city.advance_ms(3 * DAY_MS);
        for _ in 0..2 {
            told(city, &failed(debit.donation)).await.expect("learnt");
        }
        let letter = one(letters(city, "debito@example.org").await);
        says(&letter, &["50\u{a0}€", "La tua banca non ha pagato l’addebito"]);
        opens(city, &letter, 200).await;
    })
    .await;
}

#[tokio::test]
async fn all_donors_are_told_what_the_city_gives_and_when_nobody_signs_that_it_goes_back() {
    city::with(async |city| {
        let (_, open) = open(city, terms(city), &[62_500]).await;
        let id = open[0];
        for email in ["anna@example.org", "bruno@example.org"] {
            paid(city, id, email, 1_000_000).await;
        }
        paid(city, id, "carla@example.org", 500_000).await;
        let asked = paid(city, id, "dario@example.org", 2_000).await;
        city.settle().await;
        refund(&city.city.system(), asked, None).await.expect("given back");
        to_the_end(city, id).await;
        let told = letters(city, "anna@example.org").await;
        assert_eq!(
            subjects(&told),
            ["La tua donazione è arrivata", "La raccolta ha raggiunto l’obiettivo"]
        );
        says(
            &told[1],
            &["10.000\u{a0}€", "«Progetto 0»", "Il Comune aggiunge 37.500\u{a0}€."],
        );
        let told = letters(city, "dario@example.org").await;
        assert_eq!(
            subjects(&told),
            [
                "La tua donazione è arrivata",
                "Soldi della tua donazione sono stati restituiti"
            ],
            "it is no gift any more"
        );
        city.advance_ms(AGREEMENT_DAYS * DAY_MS);
        let told = letters(city, "carla@example.org").await;
        assert_eq!(
            subjects(&told)[2..],
            [
                "Il progetto non va avanti",
                "Soldi della tua donazione sono stati restituiti"
            ]
        );
        says(&told[2], &["5.000\u{a0}€", "l’accordo non è stato firmato in tempo"]);
        says(&told[3], &["5.000\u{a0}€"]);
    })
    .await;
}

#[tokio::test]
async fn donors_of_a_campaign_that_missed_its_target_or_was_cancelled_are_told_first_why_and_then_that_it_is_back() {
    city::with(async |city| {
        let (_, open) = open(city, terms(city), &[62_500, 62_500]).await;
        paid(city, open[0], "anna@example.org", 5_000).await;
        paid(city, open[1], "bruno@example.org", 5_000).await;
        city.settle().await;
        campaigns::cancel(&city.city.system(), open[1], "Il promotore si è sciolto.")
            .await
            .expect("cancelled");
        let told = letters(city, "bruno@example.org").await;
        assert_eq!(told.len(), 3, "{:?}", subjects(&told));
        says(
            &told[1],
            &["50\u{a0}€", "è stata annullata", "Motivo: Il promotore si è sciolto."],
        );
        says(&told[2], &["50\u{a0}€", "ti sono stati restituiti"]);
        to_the_end(city, open[0]).await;
        let told = letters(city, "anna@example.org").await;
        assert_eq!(told.len(), 3, "{:?}", subjects(&told));
        says(&told[1], &["50\u{a0}€", "non ha raggiunto l’obiettivo"]);
        assert_eq!(letters(city, "bruno@example.org").await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_refund_is_told_when_it_begins_when_it_is_made_and_when_the_donors_account_is_needed() {
    city::with(async |city| {
        let (_, open) = open(city, terms(city), &[62_500]).await;
        city.payments.let_refunds_wait();
        let slow = paid(city, open[0], "anna@example.org", 5_000).await;
        refund(&city.city.system(), slow, Some(Money::eur(2_000)))
            .await
            .expect("asked");
        let told_now = letters(city, "anna@example.org").await;
        assert_eq!(told_now.len(), 2, "{:?}", subjects(&told_now));
        says(&told_now[1], &["20\u{a0}€", "tornano da te"]);
        let page = read::page(&city.city.system(), slow, None).await.expect("read");
        let arrived = Fact::Refunded {
            payment: payment_of(slow),
            reference: format!("re_{}", page.refunds[0].id),
            refund: Some(page.refunds[0].id),
            amount: Money::eur(2_000),
            state: civic::payment::RefundState::Succeeded,
            at: city.city.clock.now(),
        };
        for _ in 0..2 {
            told(city, &arrived).await.expect("learnt");
        }
        let told_now = letters(city, "anna@example.org").await;
        assert_eq!(told_now.len(), 3, "{:?}", subjects(&told_now));
        says(&told_now[2], &["20\u{a0}€", "ti sono stati restituiti"]);

        let owed = paid(city, open[0], "bruno@example.org", 4_000).await;
        refund(&city.city.system(), owed, None).await.expect("asked");
        city.payments.fail_next(&[Fault::Refused]);
        let told_now = letters(city, "bruno@example.org").await;
        assert_eq!(told_now.len(), 2, "{:?}", subjects(&told_now));
        says(
            &told_now[1],
            &[
                "40\u{a0}€",
                &city.city.settings.contact_email,
                "IBAN",
                &owed.to_string(),
            ],
        );
    })
    .await;
}

#[tokio::test]
async fn the_donors_of_a_fund_are_more_than_are_queued_at_once_and_two_servers_tell_each_once() {
    city::with(async |city| {
        let editor = staff(city, "redattrice", Role::Editor).await;
        let trees = fund(city, &editor).await;
        let many = LETTERS_SPREAD + 1;
        for number in 0..many {
            given(city, trees, &format!("donor{number}@example.org"), 3_000).await;
        }
        city.settle().await;
        city.advance_ms(1);
        campaigns::end(&city.city.system(), trees).await.expect("ended");
        to_the_end(city, trees).await;
        let worker = async || {
            let made = Worker::new(city.city.clone(), Arc::clone(&city.index), city.mailer()).await;
            made.expect("a worker")
        };
        let (mut first, mut second) = (worker().await, worker().await);
        tokio::join!(first.turn(), second.turn());
        city.settle().await;
        for number in 0..many {
            let told = about_gifts(city, &format!("donor{number}@example.org"));
            assert_eq!(
                subjects(&told),
                ["La tua donazione è arrivata", "La raccolta è finita"],
                "{number}"
            );
        }
    })
    .await;
}
