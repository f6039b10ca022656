//! Letters: to whom, in which language, once; over SMTP as over memory; and one bad mailbox keeps nobody else waiting.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use civic::actor::{Role, Within};
use civic::error::{Code, Error};
use civic::language::Language;
use civic::limits::{LETTER_AGAIN_MS, LETTER_QUIET_MS};
use civic::mail::queue::{self, Queue};
use civic::mail::{Letter, Mailer};
use civic::member::NewGrant;
use civic::member::write::{change_profile, grant_role, revoke_role};
use civic::moderation::{Subject, write::hide};
use civic::proposal::write::{add, answer, correct, merge};
use civic::proposal::{ProposalInput, ProposalStep};
use civic::support::write::{give, take_back};
use civic::time::DAY_MS;
use sea_orm::ConnectionTrait;
use server::config::{Encryption, MailConfig};
use server::smtp::Post;
use server::work::Worker;
use tests::city::{self, TestCity};
use tests::given;
use tests::person::{Person, citizen, staff};
use tests::rows;
use tests::smtp_sink::SmtpSink;

fn titled(title: &str) -> ProposalInput {
    ProposalInput {
        title: Some(title.to_owned()),
        ..ProposalInput::default()
    }
}

fn corrected() -> ProposalInput {
    titled("Piste ciclabili più sicure")
}

async fn speaks(city: &TestCity, person: &Person, language: Language) {
    change_profile(&person.cx(city).await, None, Some(language))
        .await
        .expect("changed");
}

#[tokio::test]
async fn supporters_are_told_of_a_correction_in_their_language_once() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let editor = staff(city, "redattrice", Role::Editor).await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let (ada, ben, left) = (
            citizen(city, "ada").await,
            citizen(city, "ben").await,
            citizen(city, "left").await,
        );
        speaks(city, &ben, Language::En).await;
        for person in [&ada, &ben, &left] {
            give(&person.cx(city).await, proposal).await.expect("supported");
        }
        take_back(&left.cx(city).await, proposal).await.expect("taken back");
        correct(&editor.cx(city).await, proposal, None, corrected(), "Ortografia")
            .await
            .expect("corrected");
        city.settle().await;
        city.advance_ms(LETTER_QUIET_MS);
        city.settle().await;
        city.settle().await;
        let one = |person: &Person| {
            let letters = city.letters_to(&person.email);
            assert_eq!(letters.len(), 1, "{letters:#?}");
            letters.into_iter().next().expect("one")
        };
        let (italian, english) = (one(&ada), one(&ben));
        assert!(
            italian
                .text
                .contains(&format!("{}/it/proposals/{proposal}/versions", city.base))
        );
        assert!(
            english
                .text
                .contains(&format!("{}/en/proposals/{proposal}/versions", city.base))
        );
        assert!(italian.html.contains("lang=\"it\"") && english.html.contains("lang=\"en\""));
        assert_ne!(italian.subject, english.subject);
        for person in [&left, &author] {
            assert!(city.letters_to(&person.email).is_empty());
        }
        add(&author.cx(city).await, proposal, "Ho misurato la strada.")
            .await
            .expect("added");
        city.settle().await;
        city.advance_ms(LETTER_QUIET_MS);
        city.settle().await;
        let ids: Vec<String> = city
            .letters_to(&ada.email)
            .into_iter()
            .map(|letter| letter.message_id)
            .collect();
        assert!(
            ids.len() == 2 && ids[0] != ids[1],
            "each change has a letter of its own"
        );
    })
    .await;
}

#[tokio::test]
async fn author_and_supporters_are_told_what_becomes_of_a_proposal_once_for_all_steps_of_ten_minutes() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let editor = staff(city, "redattrice", Role::Editor).await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let other = given::proposal(city, &author, consultation, "Più alberi").await;
        let ada = citizen(city, "ada").await;
        speaks(city, &ada, Language::En).await;
        give(&ada.cx(city).await, proposal).await.expect("supported");
        city.settle().await;
        let step = async |step: ProposalStep, text: Option<&str>| {
            let done = answer(&editor.cx(city).await, proposal, step, text).await;
            done.expect("answered");
            city.settle().await;
        };
        step(ProposalStep::TakeUp, None).await;
        step(ProposalStep::Accept, Some("Si farà.")).await;
        assert!(city.letters_to(&ada.email).is_empty(), "not yet");
        city.advance_ms(LETTER_QUIET_MS);
        city.settle().await;
        city.settle().await;
        let (to_ada, to_author) = (city.letters_to(&ada.email), city.letters_to(&author.email));
        assert_eq!((to_ada.len(), to_author.len()), (1, 1), "{to_ada:#?} {to_author:#?}");
        assert!(to_ada[0].text.contains("Accepted"), "{}", to_ada[0].text);
        assert!(to_author[0].text.contains("Accolta"), "{}", to_author[0].text);

        merge(&editor.cx(city).await, other, proposal, "È la stessa idea.")
            .await
            .expect("merged");
        city.settle().await;
        city.advance_ms(LETTER_QUIET_MS);
        city.settle().await;
        let to_author = city.letters_to(&author.email);
        assert!(to_author.len() == 2 && to_author[1].text.contains("Unita a un’altra"));
    })
    .await;
}

#[tokio::test]
async fn a_letter_that_cannot_be_read_is_left_out_and_holds_up_none_behind_it() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let editor = staff(city, "redattrice", Role::Editor).await;
        let ada = citizen(city, "ada").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        give(&ada.cx(city).await, proposal).await.expect("supported");
        let correct_it = async |title: &str| {
            let done = correct(&editor.cx(city).await, proposal, None, titled(title), "Ortografia").await;
            done.expect("corrected");
            city.settle().await;
        };
        correct_it("Prima correzione").await;
        let later = r#"UPDATE letter SET topic = NULL, payload = '{"kind":"of_a_later_program"}'"#;
        city.city.db.owner().execute_unprepared(later).await.expect("changed");
        city.advance_ms(1);
        correct_it("Seconda correzione").await;
        city.advance_ms(LETTER_QUIET_MS);
        city.settle().await;
        assert_eq!(city.letters_to(&ada.email).len(), 1);
        assert_eq!(
            rows::number(city, "SELECT COUNT(*) FROM letter").await,
            0,
            "none is tried again"
        );
    })
    .await;
}

#[tokio::test]
async fn whoever_is_given_a_role_or_loses_it_is_told_in_their_language_once() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let boss = staff(city, "boss", Role::Administrator).await;
        let ada = citizen(city, "ada").await;
        speaks(city, &ada, Language::En).await;
        let new = NewGrant {
            member: ada.id,
            role: Role::Moderator,
            within: Within::Consultation(consultation),
            until: Some(city.city.clock.now().plus_ms(30 * DAY_MS)),
        };
        let grant = grant_role(&boss.cx(city).await, new).await.expect("given");
        grant_role(&boss.cx(city).await, new).await.expect("there already");
        city.settle().await;
        city.settle().await;
        let letters = city.letters_to(&ada.email);
        assert_eq!(letters.len(), 1, "{letters:#?}");
        assert_eq!(letters[0].subject, "You have a new role");
        for said in ["Moderat", "“Milan tomorrow”", "It is good until", "/en/me"] {
            assert!(letters[0].text.contains(said), "{said}: {}", letters[0].text);
        }
        revoke_role(&boss.cx(city).await, grant).await.expect("taken");
        city.settle().await;
        let letters = city.letters_to(&ada.email);
        assert_eq!(
            (letters.len(), letters[1].subject.as_str()),
            (2, "A role of yours has ended")
        );
        assert_ne!(letters[0].message_id, letters[1].message_id);

        let short = grant_role(&boss.cx(city).await, new).await.expect("given again");
        revoke_role(&boss.cx(city).await, short)
            .await
            .expect("and taken at once");
        city.settle().await;
        let letters = city.letters_to(&ada.email);
        assert_eq!(
            letters.len(),
            3,
            "what is over already is only told as over: {letters:#?}"
        );
    })
    .await;
}

#[tokio::test]
async fn several_changes_within_the_quiet_time_are_one_letter_about_the_last_and_none_is_lost() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let editor = staff(city, "redattrice", Role::Editor).await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let (ada, left) = (citizen(city, "ada").await, citizen(city, "left").await);
        for person in [&ada, &left] {
            give(&person.cx(city).await, proposal).await.expect("supported");
        }
        let change = async |title: &str| {
            let cx = editor.cx(city).await;
            let done = correct(&cx, proposal, None, titled(title), "Ortografia").await;
            done.expect("corrected");
            city.settle().await;
        };
        for title in ["Prima correzione", "Seconda correzione", "Terza correzione"] {
            change(title).await;
        }
        assert!(city.letters_to(&ada.email).is_empty(), "not yet");
        take_back(&left.cx(city).await, proposal).await.expect("taken back");
        city.advance_ms(LETTER_QUIET_MS);
        city.settle().await;
        city.settle().await;
        let letters = city.letters_to(&ada.email);
        assert_eq!(letters.len(), 1, "{letters:#?}");
        assert!(letters[0].text.contains("Terza correzione"));
        assert!(
            city.letters_to(&left.email).is_empty(),
            "it is no proposal of theirs any more"
        );

        // What changes while a letter is on its way is told by another one.
        change("Quarta correzione").await;
        city.advance_ms(LETTER_QUIET_MS);
        let on_its_way = queue::take(&city.city, Queue::Other)
            .await
            .expect("taken")
            .expect("due");
        change("Quinta correzione").await;
        queue::done(&city.city, &on_its_way).await.expect("done");
        city.settle().await;
        assert_eq!(city.letters_to(&ada.email).len(), 1, "the quiet time begins anew");
        city.advance_ms(LETTER_QUIET_MS);
        city.settle().await;
        let letters = city.letters_to(&ada.email);
        assert!(letters.len() == 2 && letters[1].text.contains("Quinta correzione"));
    })
    .await;
}

#[tokio::test]
async fn an_author_is_told_why_something_was_hidden_in_their_language_once() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "author").await;
        speaks(city, &author, Language::En).await;
        let moderator = staff(city, "moderatrice", Role::Moderator).await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let comment = given::comment(city, &author, proposal, "Serve").await;
        let cx = moderator.cx(city).await;
        hide(&cx, Subject::Comment(comment), "Offende <le> persone")
            .await
            .expect("hidden");
        city.settle().await;
        city.settle().await;
        let letters = city.letters_to("author@example.org");
        assert_eq!(letters.len(), 1);
        assert!(
            letters[0].text.contains("Offende <le> persone"),
            "the plain form is plain"
        );
        assert!(!letters[0].html.contains("<le>") && letters[0].html.contains("lang=\"en\""));
        let link = letters[0]
            .text
            .lines()
            .find_map(|line| line.strip_prefix(&city.base))
            .expect("a link");
        author.pages.get(link).await.expect(200);
    })
    .await;
}

fn smtp(sink: &SmtpSink) -> Post {
    let config = MailConfig {
        host: sink.address().ip().to_string(),
        port: sink.address().port(),
        encryption: Encryption::None,
        username: String::new(),
        password: toml::from_str::<BTreeMap<String, _>>("password = ''")
            .expect("read")
            .remove("password")
            .expect("there"),
        from: "Arengo <arengo@example.org>".to_owned(),
    };
    Post::new(&config, std::env::temp_dir()).expect("a mailer")
}

#[tokio::test]
async fn a_letter_reaches_a_real_mail_server_and_waits_while_that_is_busy() {
    city::with(async |city| {
        let sink = SmtpSink::start().await.expect("a port");
        let post = Arc::new(smtp(&sink));
        let mut worker = Worker::new(city.city.clone(), Arc::clone(&city.index), post)
            .await
            .expect("a worker");
        sink.refuse(Some("451 try later"));
        let browser = city.visitor();
        tests::form::submit(&browser, "/en/sign-in", "/en/sign-in", &[("email", "ada@example.org")])
            .await
            .expect(303);
        worker.turn().await;
        worker.turn().await;
        assert!(sink.mails().is_empty());
        sink.refuse(None);
        city.advance_ms(LETTER_AGAIN_MS);
        worker.turn().await;
        worker.turn().await;
        let mails = sink.wait_for(1).await;
        assert_eq!(mails.len(), 1, "once");
        assert_eq!(
            (&*mails[0].from, &*mails[0].to),
            ("arengo@example.org", &["ada@example.org".to_owned()][..])
        );
        let data = &mails[0].data;
        for header in [
            "Subject: ",
            "Message-ID: <sin_",
            "Content-Type: multipart/alternative",
            "text/plain",
            "text/html",
        ] {
            assert!(data.contains(header), "{header} in {data}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_that_the_mail_server_refuses_for_good_is_left_out_at_once() {
    city::with(async |city| {
        let sink = SmtpSink::start().await.expect("a port");
        let post = Arc::new(smtp(&sink));
        let mut worker = Worker::new(city.city.clone(), Arc::clone(&city.index), post)
            .await
            .expect("a worker");
        sink.refuse(Some("550 no such mailbox"));
        for (email, answer) in [("gone@example.org", None), ("ada@example.org", None)] {
            let browser = city.visitor();
            tests::form::submit(&browser, "/it/sign-in", "/it/sign-in", &[("email", email)])
                .await
                .expect(303);
            worker.turn().await;
            sink.refuse(answer);
        }
        let mails = sink.wait_for(1).await;
        assert_eq!(mails[0].to, ["ada@example.org"]);
    })
    .await;
}

/// A mail server that knows some mailboxes no more, and is sometimes too busy for one.
#[derive(Default)]
struct Picky {
    sent: Mutex<Vec<String>>,
    gone: Vec<String>,
    busy_once: Mutex<Vec<String>>,
}

#[async_trait]
impl Mailer for Picky {
    async fn send(&self, letter: &Letter) -> civic::error::Result<()> {
        if self.gone.contains(&letter.to) {
            return Err(Error::field("email", Code::EmailMalformed));
        }
        let mut busy = self.busy_once.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = busy.iter().position(|to| *to == letter.to) {
            busy.remove(at);
            return Err(Error::Unavailable("try later".to_owned()));
        }
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(letter.to.clone());
        Ok(())
    }
}

#[tokio::test]
async fn one_bad_mailbox_among_supporters_neither_silences_nor_repeats_the_others_letters() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let editor = staff(city, "redattrice", Role::Editor).await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let mut wanted = Vec::new();
        for number in 0..6 {
            let person = citizen(city, &format!("persona{number}")).await;
            give(&person.cx(city).await, proposal).await.expect("supported");
            wanted.push(person.email);
        }
        let picky = Arc::new(Picky {
            gone: vec![wanted.remove(1)],
            busy_once: Mutex::new(vec![wanted[3].clone()]),
            ..Picky::default()
        });
        // The letter about the editor's role is out before.
        city.settle().await;
        let mailer = Arc::<Picky>::clone(&picky);
        let mut worker = Worker::new(city.city.clone(), Arc::clone(&city.index), mailer)
            .await
            .expect("a worker");
        correct(&editor.cx(city).await, proposal, None, corrected(), "Ortografia")
            .await
            .expect("corrected");
        worker.turn().await;
        city.advance_ms(LETTER_QUIET_MS);
        for _ in 0..4 {
            worker.turn().await;
            city.advance_ms(LETTER_AGAIN_MS);
        }
        let mut sent = picky.sent.lock().unwrap_or_else(PoisonError::into_inner).clone();
        sent.sort();
        wanted.sort();
        assert_eq!(sent, wanted, "each of the others once");
    })
    .await;
}
