//! Members: signing in by letter, sessions, nicknames, roles and the second factor; and that nobody sees an address.

mod lapsed;
mod roles;
mod strangers;
mod tokens;

use civic::actor::Actor;
use civic::error::{Code, Error};
use civic::language::Language;
use civic::limits::{SESSION_IDLE_MS, SIGN_IN_MS};
use civic::mail::Letter;
use civic::member::sign_in::{self, NewSignIn, Proof};
use civic::member::write;
use civic::time::{DAY_MS, HOUR_MS};
use http::header::SET_COOKIE;
use tests::city::{self, TestCity};
use tests::form::{forge, submit};
use tests::http::{Answer, Client};
use tests::{given, person, rows};

const EMAIL: &str = "ada@example.org";

/// Asks for a letter by the page's form and gives it as it came.
async fn ask(city: &TestCity, browser: &Client, email: &str, page: &str) -> Letter {
    let language = &page[..3];
    let action = format!("{language}/sign-in");
    let asked = submit(browser, page, &action, &[("email", email)]).await.expect(303);
    assert_eq!(asked.location(), format!("{action}/code"));
    city.settle().await;
    city.letters_to(email).pop().expect("a letter came")
}

/// The six digits of a letter.
fn digits(letter: &Letter) -> String {
    let six = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    letter.text.split_whitespace().find(six).expect("digits").to_owned()
}

/// The path of a letter's link.
fn link(city: &TestCity, letter: &Letter) -> String {
    let word = letter
        .text
        .split_whitespace()
        .find_map(|word| word.strip_prefix(&city.base));
    word.expect("a link to us").to_owned()
}

fn cookies(answer: &Answer) -> Vec<String> {
    let lines = answer.headers.get_all(SET_COOKIE).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .map(ToOwned::to_owned)
        .collect()
}

/// One sign-in asked for by the use case: the browser's token and what the letter says.
async fn asked(city: &TestCity, browser: &str) -> (sign_in::SignInLetter, Proof) {
    let cx = city.city.cx(Actor::Visitor, Language::It);
    let new = NewSignIn {
        email: EMAIL.to_owned(),
        browser: browser.to_owned(),
        return_to: "/it".to_owned(),
    };
    let id = sign_in::ask(&cx, new).await.expect("asked");
    let letter = sign_in::letter(&city.city, id)
        .await
        .expect("read")
        .expect("a letter is due");
    let proof = Proof::Link(id, letter.link_proof.clone());
    (letter, proof)
}

async fn confirm(city: &TestCity, proof: Proof, browser: &str) -> Result<sign_in::SignedIn, Error> {
    sign_in::confirm(&city.city.cx(Actor::Visitor, Language::It), proof, browser).await
}

#[tokio::test]
async fn somebody_signs_in_by_the_digits_of_the_letter_and_lands_where_they_were_going() {
    city::with(async |city| {
        let browser = city.visitor();
        for (number, lands) in [
            (1, "/it/me/settings?done=welcome&return=%2Fit%2Fproposals"),
            (2, "/it/proposals"),
        ] {
            let letter = ask(city, &browser, EMAIL, "/it/sign-in?return=/it/proposals").await;
            assert!(browser.cookie("__Host-sign-in").is_some());
            let code = [("code", &*digits(&letter))];
            let answer = submit(&browser, "/it/sign-in/code", "/it/sign-in/code", &code)
                .await
                .expect(303);
            assert_eq!(answer.location(), lands, "sign-in {number}");
            let kept = cookies(&answer);
            let session = kept
                .iter()
                .find(|line| line.starts_with("__Host-session="))
                .expect("a session");
            for attribute in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
                assert!(session.contains(attribute), "{session}");
            }
            assert!(!session.contains("Domain"), "a __Host- cookie has no domain: {session}");
            assert_eq!(browser.cookie("__Host-sign-in"), None, "the sign-in is forgotten");
            let home = browser.get("/it").await.expect(200).text();
            assert!(home.contains("/it/sign-out"), "signed in");
            submit(&browser, "/it", "/it/sign-out", &[]).await.expect(303);
            assert!(browser.cookie("__Host-session").is_none());
        }
    })
    .await;
}

#[tokio::test]
async fn opening_the_link_burns_nothing_and_its_button_signs_in_once() {
    city::with(async |city| {
        let browser = city.visitor();
        let letter = ask(city, &browser, EMAIL, "/it/sign-in").await;
        let link = link(city, &letter);
        let scanner = city.visitor();
        for _ in 0..10 {
            scanner.get(&link).await.expect(200);
            browser.get(&link).await.expect(200);
        }
        submit(&browser, &link, &link, &[]).await.expect(303);
        assert!(browser.cookie("__Host-session").is_some());
        let again = city.visitor();
        again.set_cookie("__Host-sign-in", "another browser");
        forge(&again, "/it/sign-in", &link, &[]).await.expect(409);
        let shown = browser.get(&link).await.expect(200).text();
        assert!(!shown.contains(&format!("action=\"{link}\"")), "the link is over");
    })
    .await;
}

#[tokio::test]
async fn another_browser_is_told_where_to_type_the_code_and_cannot_sign_in() {
    city::with(async |city| {
        let (browser, phone) = (city.visitor(), city.visitor());
        let letter = ask(city, &browser, EMAIL, "/en/sign-in").await;
        let link = link(city, &letter);
        let shown = phone.get(&link).await.expect(200).text();
        assert!(!shown.contains(&format!("action=\"{link}\"")), "no button: {shown}");
        let refused = forge(&phone, "/it/sign-in", &link, &[]).await.expect(409);
        assert!(cookies(&refused).is_empty());
        forge(&phone, "/it/sign-in", "/it/sign-in/code", &[("code", &digits(&letter))])
            .await
            .expect(422);
        submit(&browser, &link, &link, &[]).await.expect(303);
        assert!(
            browser.cookie("__Host-session").is_some(),
            "the one that asked still can"
        );
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_lives_ten_minutes() {
    city::with(async |city| {
        let (_, proof) = asked(city, "one").await;
        city.advance_ms(SIGN_IN_MS - 1);
        confirm(city, proof, "one").await.expect("still good");
        let (letter, proof) = asked(city, "two").await;
        city.advance_ms(SIGN_IN_MS);
        for proof in [proof, Proof::Digits(letter.digits)] {
            assert_eq!(
                confirm(city, proof, "two").await,
                Err(Error::Conflict(Code::CodeExpired))
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_is_used_once_and_counts_five_tries() {
    city::with(async |city| {
        let wrong = || Proof::Digits("000000".to_owned());
        let (letter, proof) = asked(city, "one").await;
        for _ in 0..4 {
            assert_eq!(
                confirm(city, wrong(), "one").await,
                Err(Error::Conflict(Code::CodeWrong))
            );
        }
        confirm(city, Proof::Digits(letter.digits.clone()), "one")
            .await
            .expect("the fifth is right");
        for proof in [proof, Proof::Digits(letter.digits)] {
            assert_eq!(
                confirm(city, proof, "one").await,
                Err(Error::Conflict(Code::CodeExpired))
            );
        }
        let (letter, _) = asked(city, "two").await;
        for _ in 0..5 {
            assert_eq!(
                confirm(city, wrong(), "two").await,
                Err(Error::Conflict(Code::CodeWrong))
            );
        }
        let late = confirm(city, Proof::Digits(letter.digits), "two").await;
        assert_eq!(late, Err(Error::Conflict(Code::TriesUsedUp)));
    })
    .await;
}

#[tokio::test]
async fn two_confirmations_at_once_begin_one_session() {
    city::with(async |city| {
        let (_, proof) = asked(city, "one").await;
        let both = futures_util::future::join(confirm(city, proof.clone(), "one"), confirm(city, proof, "one")).await;
        assert_eq!([both.0, both.1].iter().filter(|done| done.is_ok()).count(), 1);
        assert_eq!(rows::number(city, "select count(*) from session").await, 1);
    })
    .await;
}

#[tokio::test]
async fn known_and_unknown_addresses_get_the_same_answer() {
    city::with(async |city| {
        person::citizen(city, "ada").await;
        let mut answers = Vec::new();
        for email in [EMAIL, "nobody@example.org"] {
            let browser = city.visitor();
            let answer = submit(&browser, "/it/sign-in", "/it/sign-in", &[("email", email)]).await;
            let cookie_names: Vec<String> = browser.cookies().into_keys().collect();
            answers.push((answer.status, answer.location().to_owned(), answer.text(), cookie_names));
            let page = browser.get("/it/sign-in/code").await.expect(200).text();
            assert!(!page.contains(email));
        }
        assert_eq!(answers[0], answers[1]);
        city.settle().await;
        assert_eq!(city.letters_to("nobody@example.org").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn one_address_gets_three_letters_an_hour_and_ten_a_day() {
    city::with(async |city| {
        let asked = async |city: &TestCity| {
            let browser = city.visitor();
            submit(&browser, "/it/sign-in", "/it/sign-in", &[("email", "Ada@example.org")])
                .await
                .expect(303);
            city.settle().await;
            (browser, city.letters_to("Ada@example.org"))
        };
        let mut browsers = Vec::new();
        for wanted in [1, 2, 3, 3, 3] {
            let (browser, letters) = asked(city).await;
            assert_eq!(letters.len(), wanted);
            browsers.push(browser);
        }
        let letter = city.letters_to("Ada@example.org").pop().expect("the third");
        let code = [("code", &*digits(&letter))];
        submit(&browsers[2], "/it/sign-in/code", "/it/sign-in/code", &code)
            .await
            .expect(303);
        for hour in 1_usize..=4 {
            city.advance_ms(HOUR_MS);
            for _ in 0..4 {
                asked(city).await;
            }
            let all = city.letters_to("Ada@example.org").len();
            assert_eq!(all, (3 + 3 * hour).min(10), "after {hour} hours");
        }
        city.advance_ms(DAY_MS);
        assert_eq!(asked(city).await.1.len(), 11);
    })
    .await;
}

#[tokio::test]
async fn an_address_that_cannot_exist_is_refused_and_given_back() {
    city::with(async |city| {
        let browser = city.visitor();
        for (typed, language) in [("nessuna chiocciola", "it"), ("a@b", "en"), ("", "it")] {
            let page = format!("/{language}/sign-in");
            let answer = submit(&browser, &page, &page, &[("email", typed)])
                .await
                .expect(422)
                .text();
            assert!(answer.contains(&format!("value=\"{typed}\"")), "{answer}");
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_that_signs_in_stands_in_the_database() {
    city::with(async |city| {
        let ada = person::citizen(city, "ada").await;
        let sessions = rows::texts(city, "select token_hash from session").await;
        let tokens = rows::texts(city, "select token_hash from access_token").await;
        assert_eq!((sessions.len(), tokens.len()), (1, 1));
        for hash in sessions.iter().chain(&tokens) {
            assert!(hash.len() == 64 && *hash != ada.session && *hash != ada.token);
        }
        let (letter, _) = asked(city, "the browser's token").await;
        let kept = rows::texts(city, "select browser_hash || return_to || email from sign_in").await;
        let told = rows::texts(city, "select payload || subject from outbox").await;
        for text in kept.iter().chain(&told) {
            for secret in [&*letter.digits, &*letter.link_proof, "the browser's token"] {
                assert!(!text.contains(secret), "{text}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session_at_once() {
    city::with(async |city| {
        let (here, there) = (person::citizen(city, "ada").await, person::citizen(city, "ada").await);
        assert_eq!(here.id, there.id);
        write::sign_out_everywhere(&here.cx(city).await)
            .await
            .expect("signed out");
        for person in [&here, &there] {
            let home = person.pages.get("/it").await.expect(200).text();
            assert!(!home.contains("/it/sign-out"), "nobody is signed in");
        }
        assert_eq!(rows::number(city, "select count(*) from session").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_after_a_week_without_use_and_after_a_month_in_any_case() {
    city::with(async |city| {
        let alive = async |person: &person::Person| {
            let found = civic::member::read::by_session(&city.city.system(), &person.session).await;
            found.expect("read").is_some()
        };
        let idle = person::citizen(city, "idle").await;
        city.advance_ms(SESSION_IDLE_MS - 1);
        let busy = person::citizen(city, "busy").await;
        assert!(alive(&idle).await, "used at the last moment");
        city.advance_ms(SESSION_IDLE_MS);
        assert!(!alive(&idle).await && !alive(&busy).await);
        let busy = person::citizen(city, "busy").await;
        for day in 1..=30 {
            city.advance_ms(DAY_MS);
            assert_eq!(alive(&busy).await, day < 30, "on day {day}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_nickname_is_unique_whatever_its_case_and_accents_and_imitates_nobody() {
    city::with(async |city| {
        let (ada, bea) = (person::citizen(city, "ada").await, person::citizen(city, "bea").await);
        let change = async |person: &person::Person, name: &str| {
            write::change_profile(&person.cx(city).await, Some(name), None).await
        };
        change(&ada, "Nicolò R.").await.expect("free");
        let refused = |code| Err(Error::field("nickname", code));
        assert_eq!(change(&bea, "NICOLO r.").await, refused(Code::NicknameTaken));
        assert_eq!(change(&bea, "Staff del Comune").await, refused(Code::NicknameRefused));
        assert_eq!(change(&bea, "bea@example.org").await, refused(Code::NicknameRefused));
        for (name, code) in [("ab", Code::TooShort), ("", Code::Empty)] {
            let Err(Error::Invalid(faults)) = change(&bea, name).await else {
                panic!("{name} was taken")
            };
            assert_eq!((&*faults[0].field, faults[0].code), ("nickname", code));
        }
        assert!(change(&bea, &"b".repeat(41)).await.is_err());
        change(&ada, "Nicolò R.").await.expect("one's own name again");
    })
    .await;
}

#[tokio::test]
async fn nobody_reads_an_address_on_any_page() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = person::citizen(city, "segreta").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let comment = given::comment(city, &author, proposal, "Serve a tutti.").await;
        city.settle().await;
        let moderator = person::staff(city, "moderatrice", civic::actor::Role::Moderator).await;
        let reader = person::citizen(city, "lettore").await;
        let visitor = city.visitor();
        let paths = [
            "/it".to_owned(),
            "/it/consultations".to_owned(),
            format!("/it/consultations/{}", given::SLUG),
            format!("/it/proposals?consultation={}&sort=newest", given::SLUG),
            format!("/it/proposals/{proposal}-piste-ciclabili-sicure"),
            format!("/it/proposals/{proposal}/versions"),
            format!("/it/comments/{comment}"),
        ];
        for client in [&visitor, &reader.pages, &moderator.pages, &author.pages] {
            for path in &paths {
                let page = client.get(path).await.expect(200).text();
                assert!(!page.contains("segreta@"), "{path}");
            }
        }
    })
    .await;
}
