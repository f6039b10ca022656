//! Moderation: hidden and restored by a reasoned decision that the author sees and nobody else.

use civic::actor::Role;
use civic::comment::read::{Gone, one, wordings};
use civic::comment::write::{edit, remove};
use civic::error::{Code, Error};
use civic::moderation::Subject;
use civic::moderation::write::{hide, restore};
use civic::proposal::ProposalState;
use civic::proposal::read::page;
use civic::proposal::write::withdraw;
use tests::city;
use tests::form::submit;
use tests::given;
use tests::person::{citizen, staff};

use super::{begun, counted};

#[tokio::test]
async fn a_hidden_comment_keeps_its_place_and_only_its_author_and_moderators_see_it_with_the_reason() {
    city::with(async |city| {
        let (author, reader, proposal) = begun(city).await;
        let moderator = staff(city, "moderatrice", Role::Moderator).await;
        let comment = given::comment(city, &reader, proposal, "Siete degli incapaci").await;
        let act = format!("/it/comments/{comment}/act/hide");
        submit(&moderator.pages, &act, &act, &[("reason", "")])
            .await
            .expect(422);
        submit(&moderator.pages, &act, &act, &[("reason", "Offende le persone")])
            .await
            .expect(303);
        let own = format!("/it/proposals/{proposal}-piste-ciclabili-sicure");
        for (person, sees) in [(&author, false), (&reader, true), (&moderator, true)] {
            let card = one(&person.cx(city).await, comment).await.expect("its place is known");
            assert_eq!(card.gone, Some(Gone::Hidden));
            assert_eq!((card.body.is_some(), card.hidden_reason.is_some()), (sees, sees));
            let html = person.pages.get(&own).await.expect(200).text();
            assert_eq!(html.contains("incapaci"), sees);
            assert_eq!(html.contains("Offende le persone"), sees);
            assert_eq!(wordings(&person.cx(city).await, comment).await.is_ok(), sees);
        }
        let html = city.visitor().get(&own).await.expect(200).text();
        assert!(
            html.contains(&comment.to_string()) && !html.contains("incapaci"),
            "the place stays"
        );
        assert_eq!(counted(city, &reader, proposal).await, 0);
        let closed = edit(&reader.cx(city).await, comment, None, "Mi scuso").await;
        assert_eq!(closed, Err(Error::Conflict(Code::Hidden)));
        let twice = hide(&moderator.cx(city).await, Subject::Comment(comment), "Ancora").await;
        assert_eq!(twice, Err(Error::Conflict(Code::AlreadyDone)));
        let act = format!("/it/comments/{comment}/act/restore");
        submit(&moderator.pages, &act, &act, &[("reason", "Era un malinteso")])
            .await
            .expect(303);
        assert_eq!(one(&author.cx(city).await, comment).await.expect("read").gone, None);
        assert_eq!(counted(city, &reader, proposal).await, 1);
        let twice = restore(&moderator.cx(city).await, Subject::Comment(comment), "Ancora").await;
        assert_eq!(twice, Err(Error::Conflict(Code::AlreadyDone)));
    })
    .await;
}

#[tokio::test]
async fn a_removed_comment_is_not_moderated_and_a_hidden_one_can_be_removed() {
    city::with(async |city| {
        let (_, reader, proposal) = begun(city).await;
        let moderator = staff(city, "moderatrice", Role::Moderator).await;
        let comment = given::comment(city, &reader, proposal, "Parole").await;
        let subject = Subject::Comment(comment);
        hide(&moderator.cx(city).await, subject, "Perché sì")
            .await
            .expect("hidden");
        remove(&reader.cx(city).await, comment).await.expect("removed");
        let refused = restore(&moderator.cx(city).await, subject, "Torna").await;
        assert_eq!(refused, Err(Error::Conflict(Code::Removed)));
        assert_eq!(counted(city, &reader, proposal).await, 0);
        let foreign = hide(&reader.cx(city).await, Subject::Proposal(proposal), "Non mi piace").await;
        assert_eq!(foreign, Err(Error::Denied(Code::NotAllowed)));
    })
    .await;
}

#[tokio::test]
async fn a_hidden_proposal_is_not_there_for_others_and_comes_back_exactly_as_it_was() {
    city::with(async |city| {
        let (author, reader, proposal) = begun(city).await;
        let moderator = staff(city, "moderatrice", Role::Moderator).await;
        given::comment(city, &reader, proposal, "Serve").await;
        civic::support::write::give(&reader.cx(city).await, proposal)
            .await
            .expect("supported");
        let before = page(&reader.cx(city).await, proposal).await.expect("read");
        let own = format!("/it/proposals/{proposal}-piste-ciclabili-sicure");
        let subject = Subject::Proposal(proposal);
        hide(&moderator.cx(city).await, subject, "Contiene dati di altri")
            .await
            .expect("hidden");
        assert_eq!(page(&reader.cx(city).await, proposal).await, Err(Error::NotFound));
        city.visitor().get(&own).await.expect(404);
        reader.pages.get(&own).await.expect(404);
        for person in [&author, &moderator] {
            let html = person.pages.get(&own).await.expect(200).text();
            assert!(html.contains("Contiene dati di altri"));
        }
        let closed = civic::proposal::write::add(&author.cx(city).await, proposal, "Nota").await;
        assert_eq!(closed, Err(Error::Conflict(Code::Hidden)));
        restore(&moderator.cx(city).await, subject, "Dati tolti")
            .await
            .expect("restored");
        assert_eq!(page(&reader.cx(city).await, proposal).await.expect("read"), before);
        let other = citizen(city, "altro").await;
        assert!(page(&other.cx(city).await, proposal).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn hiding_is_a_mark_beside_the_state() {
    city::with(async |city| {
        let (author, _, proposal) = begun(city).await;
        let moderator = staff(city, "moderatrice", Role::Moderator).await;
        let subject = Subject::Proposal(proposal);
        withdraw(&author.cx(city).await, proposal, "Ho cambiato idea")
            .await
            .expect("withdrawn");
        hide(&moderator.cx(city).await, subject, "Insulti")
            .await
            .expect("hidden");
        restore(&moderator.cx(city).await, subject, "Tolti")
            .await
            .expect("restored");
        let shown = page(&author.cx(city).await, proposal).await.expect("read");
        assert_eq!(shown.card.state, ProposalState::Withdrawn);
        city.settle().await;
        assert_eq!(city.letters_to("autrice@example.org").len(), 2, "hidden, restored");
    })
    .await;
}
