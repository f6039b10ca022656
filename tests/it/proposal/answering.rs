//! The city's answers: the possible steps and no others, with reasons where they are owed, through the pages too.

use civic::actor::Role;
use civic::error::{Code, Error};
use civic::id::ProposalId;
use civic::proposal::read::page;
use civic::proposal::write::answer;
use civic::proposal::{ProposalState, ProposalStep};
use tests::city::{self, TestCity};
use tests::form::submit;
use tests::given;
use tests::person::{Person, citizen, staff};

async fn steps(city: &TestCity, person: &Person, proposal: ProposalId) -> Vec<ProposalStep> {
    let shown = page(&person.cx(city).await, proposal).await.expect("read");
    assert_eq!(shown.can.answer, !shown.steps.is_empty());
    shown.steps
}

#[tokio::test]
async fn yes_and_no_need_reasons_and_the_other_steps_need_none() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let editor = staff(city, "redattrice", Role::Editor).await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let cx = editor.cx(city).await;
        for step in [ProposalStep::Publish, ProposalStep::Withdraw, ProposalStep::Merge] {
            let refused = answer(&cx, proposal, step, Some("Testo")).await;
            assert_eq!(refused, Err(Error::Conflict(Code::WrongState)), "{step:?} is no answer");
        }
        answer(&cx, proposal, ProposalStep::TakeUp, None)
            .await
            .expect("taken up");
        for step in [ProposalStep::Accept, ProposalStep::AcceptPartly, ProposalStep::Decline] {
            for text in [None, Some(" ")] {
                let refused = answer(&cx, proposal, step, text).await;
                assert_eq!(refused, Err(Error::field("answer", Code::Empty)), "{step:?}");
            }
        }
        answer(&cx, proposal, ProposalStep::Accept, Some("Si farà."))
            .await
            .expect("accepted");
        answer(&cx, proposal, ProposalStep::Deliver, None)
            .await
            .expect("delivered");
        assert!(steps(city, &editor, proposal).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_page_offers_exactly_the_possible_steps_and_gives_back_what_was_typed() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let editor = staff(city, "redattrice", Role::Editor).await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let own = format!("/it/proposals/{proposal}-piste-ciclabili-sicure");
        let act = format!("/it/proposals/{proposal}/act/answer");
        assert!(steps(city, &author, proposal).await.is_empty());
        author.pages.get(&act).await.expect(404);
        assert_eq!(steps(city, &editor, proposal).await, [ProposalStep::TakeUp]);
        let form = editor.pages.get(&act).await.expect(200).text();
        assert!(form.contains("value=\"take-up\"") && !form.contains("value=\"accept\""));
        submit(&editor.pages, &act, &act, &[("step", "take-up")])
            .await
            .expect(303);
        let html = editor.pages.get(&own).await.expect(200).text();
        assert!(html.contains(&act), "the button is still there");
        let wanted = [ProposalStep::Accept, ProposalStep::AcceptPartly, ProposalStep::Decline];
        assert_eq!(steps(city, &editor, proposal).await, wanted);
        let form = editor.pages.get(&act).await.expect(200).text();
        assert!(form.contains("value=\"decline\"") && !form.contains("value=\"take-up\""));
        let typed = [("answer", "Abbiamo scritto a lungo")];
        let refused = submit(&editor.pages, &act, &act, &typed).await.expect(422).text();
        assert!(refused.contains("Abbiamo scritto a lungo"), "no step was chosen");
        let refused = submit(&editor.pages, &act, &act, &[("step", "decline")]).await;
        assert!(
            refused.expect(422).text().contains("value=\"decline\" checked"),
            "the choice stays"
        );
        let fields = [("step", "decline"), ("answer", "Manca lo spazio.")];
        submit(&editor.pages, &act, &act, &fields).await.expect(303);
        let shown = page(&author.cx(city).await, proposal).await.expect("read");
        assert_eq!(shown.card.state, ProposalState::Declined);
        editor.pages.get(&act).await.expect(404);
        let api = format!("/api/v1/proposals/{proposal}");
        let json = editor.api.get(&api).await.expect(200).json();
        assert_eq!(
            (&json["can"]["answer"], json["steps"].as_array().map(Vec::len)),
            (&false.into(), Some(0))
        );
    })
    .await;
}
