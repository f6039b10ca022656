//! Hostile texts in every field of every kind, read in a real browser: none may run, and none may become markup of its own.

use civic::actor::Role;
use civic::comment::NewComment;
use civic::id::{ConsultationId, ProposalId};
use civic::limits::{NICKNAME_MAX_CHARS, TITLE_MAX_CHARS};
use civic::proposal::{ProposalInput, ProposalStep};
use civic::time::HOUR_MS;
use civic::{comment, member, moderation, proposal};
use serde_json::json;
use tests::browser::Browser;
use tests::city::TestCity;
use tests::hostile;
use tests::outside::without;
use tests::person::{self, Person};
use tests::{city, given};

/// Texts that one proposal carries: title, text, addition, answer, and comments.
const PER_PROPOSAL: usize = 16;

fn cut(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}

async fn write(city: &TestCity, author: &Person, editor: &Person, at: ConsultationId, texts: &[String]) -> ProposalId {
    let (title, texts) = texts.split_first().expect("texts");
    let id = given::draft(city, author, at, "Un titolo").await;
    let cx = author.cx(city).await;
    let input = ProposalInput {
        title: Some(cut(title, TITLE_MAX_CHARS)),
        body: Some(texts[0].clone()),
        ..ProposalInput::default()
    };
    proposal::write::edit(&cx, id, None, input).await.expect("edited");
    proposal::write::publish(&cx, id).await.expect("published");
    civic::support::write::give(&editor.cx(city).await, id)
        .await
        .expect("supported");
    proposal::write::add(&cx, id, &texts[1]).await.expect("added");
    for body in &texts[3..] {
        let new = NewComment {
            body: body.clone(),
            ..NewComment::default()
        };
        comment::write::write(&cx, id, new).await.expect("commented");
    }
    let cx = staff_cx(city, editor).await;
    proposal::write::answer(&cx, id, ProposalStep::TakeUp, None)
        .await
        .expect("taken up");
    proposal::write::answer(&cx, id, ProposalStep::Decline, Some(&texts[2]))
        .await
        .expect("answered");
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_hostile_texts_in_every_field_run_no_script() {
    if without("browser") {
        return;
    }
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let (author, editor) = (
            person::citizen(city, "autore").await,
            person::staff(city, "redattrice", Role::Editor).await,
        );
        let moderator = person::staff(city, "moderatore", Role::Moderator).await;
        let texts = hostile::texts();
        assert!(texts.len() >= 1_000, "only {} texts", texts.len());
        let mut paths = Vec::new();
        for (turn, some) in texts.chunks_exact(PER_PROPOSAL).enumerate() {
            let id = write(city, &author, &editor, consultation, some).await;
            paths.push(format!("/{}/proposals/{id}", if turn % 2 == 0 { "it" } else { "en" }));
            if turn % 3 == 2 {
                // Nobody may write more than so much in an hour; and a moderator's reason is a text too.
                city.advance_ms(HOUR_MS + 1);
            }
            if turn % 16 == 0 {
                let reason = &some[1];
                let subject = moderation::Subject::Proposal(id);
                let cx = staff_cx(city, &moderator).await;
                moderation::write::hide(&cx, subject, reason).await.expect("hidden");
                paths.push(format!("/it/proposals/{id}/versions"));
            }
        }
        let nickname = cut("<img src=x onerror=arengoStruck=1>", NICKNAME_MAX_CHARS);
        let renamed = member::write::change_profile(&author.cx(city).await, Some(&nickname), None).await;
        paths.extend(surroundings(&texts));
        city.settle().await;
        let browser = Browser::new().with_cookie("__Host-session", &author.session);
        let seen = browser
            .flow("watch-pages", &city.base, &json!({ "paths": paths }))
            .await;
        assert_eq!(seen["pages"], paths.len(), "{renamed:?}");
    })
    .await;
}

/// The second factor does not last as long as this test's hours.
async fn staff_cx(city: &TestCity, staff: &Person) -> civic::Cx {
    let mut cx = staff.cx(city).await;
    if let civic::actor::Actor::Member(person) = &mut cx.actor {
        person.second_factor_at = Some(cx.now);
    }
    cx
}

/// Where texts appear outside their own page, and where an address alone carries one.
fn surroundings(texts: &[String]) -> Vec<String> {
    let fixed = [
        "/it",
        "/it/proposals?sort=newest",
        "/en/proposals?sort=most_discussed",
        "/it/proposals?consultation=milano-domani&sort=newest",
        "/it/search?q=arengoStruck",
        "/it/search?q=script&kind=comment",
        "/it/me",
        "/it/me/proposals",
        "/it/me/comments",
        "/it/me/settings",
    ];
    let typed = texts
        .iter()
        .step_by(40)
        .map(|text| serde_urlencoded::to_string([("q", cut(text, 200))]).expect("a query"));
    let searches = typed.map(|query| format!("/en/search?{query}"));
    fixed.into_iter().map(str::to_owned).chain(searches).collect()
}
