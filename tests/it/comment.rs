//! Comments: threads, stance, editing with a trace, removing, orders; hiding and restoring with a reason.

mod moderated;

use civic::comment::read::{Gone, Sort, Thread, one, thread, threads, wordings};
use civic::comment::write::{edit, remove, support, write};
use civic::comment::{NewComment, Stance};
use civic::error::{Code, Error};
use civic::id::{CommentId, ProposalId};
use civic::limits::{COMMENT_EDIT_MS, REPLY_DEPTH_MAX, THREAD_DEPTH};
use civic::page::Paging;
use civic::proposal::read::page;
use civic::time::SECOND_MS;
use tests::city::{self, TestCity};
use tests::form::submit;
use tests::person::{Person, citizen};
use tests::{given, rows};

fn reply(body: &str, parent: Option<CommentId>) -> NewComment {
    NewComment {
        body: body.to_owned(),
        parent,
        ..NewComment::default()
    }
}

async fn say(city: &TestCity, person: &Person, on: ProposalId, body: &str, parent: Option<CommentId>) -> CommentId {
    city.advance_ms(SECOND_MS);
    write(&person.cx(city).await, on, reply(body, parent))
        .await
        .expect("said")
}

async fn shown(city: &TestCity, person: &Person, on: ProposalId, sort: Sort) -> Vec<Thread> {
    let cx = person.cx(city).await;
    threads(&cx, on, sort, Paging::default()).await.expect("read").items
}

/// How many comments the proposal says that it has.
async fn counted(city: &TestCity, person: &Person, on: ProposalId) -> i64 {
    page(&person.cx(city).await, on).await.expect("read").card.comments
}

/// A consultation, somebody who wrote the proposal, somebody else, and the proposal.
async fn begun(city: &TestCity) -> (Person, Person, ProposalId) {
    let consultation = given::consultation(city).await;
    let author = citizen(city, "autrice").await;
    let reader = citizen(city, "lettore").await;
    let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
    (author, reader, proposal)
}

#[tokio::test]
async fn answers_follow_what_they_answer_and_deep_ones_are_shown_flat() {
    city::with(async |city| {
        let (author, reader, proposal) = begun(city).await;
        let root = say(city, &reader, proposal, "Inizio", None).await;
        let second = say(city, &author, proposal, "Altro ramo", Some(root)).await;
        let mut parent = root;
        for depth in 1..=REPLY_DEPTH_MAX {
            parent = say(city, &author, proposal, &format!("Profondità {depth}"), Some(parent)).await;
        }
        say(city, &reader, proposal, "Al secondo", Some(second)).await;
        let too_deep = write(&author.cx(city).await, proposal, reply("Troppo", Some(parent))).await;
        assert_eq!(too_deep, Err(Error::field("parent", Code::OutOfRange)));
        let all = shown(city, &reader, proposal, Sort::Newest).await;
        let said: Vec<(i64, String)> = all[0]
            .replies
            .iter()
            .map(|card| (card.depth, card.body.as_ref().expect("there").as_str().to_owned()))
            .collect();
        let mut wanted = vec![(1, "Altro ramo".to_owned()), (2, "Al secondo".to_owned())];
        wanted.extend((1..=REPLY_DEPTH_MAX).map(|depth| (depth.min(THREAD_DEPTH), format!("Profondità {depth}"))));
        assert_eq!(said, wanted);
        assert_eq!(counted(city, &reader, proposal).await, 11);
        let deepest = all[0].replies.last().expect("there");
        assert!(!deepest.can.reply, "no button where no answer is taken");
        let html = reader
            .pages
            .get(&format!("/it/comments/{parent}"))
            .await
            .expect(200)
            .text();
        assert!(html.contains("Profondità 8"));
    })
    .await;
}

#[tokio::test]
async fn a_comment_is_written_on_the_page_with_its_stance_and_answered_on_its_own() {
    city::with(async |city| {
        let (author, reader, proposal) = begun(city).await;
        let own = format!("/it/proposals/{proposal}-piste-ciclabili-sicure");
        let action = format!("/it/proposals/{proposal}/comments");
        let fields = [("stance", "against"), ("comment", "Costa *troppo*.")];
        let done = submit(&reader.pages, &own, &action, &fields).await.expect(303);
        let (_, anchor) = done.location().split_once('#').expect("leads to the comment");
        let html = city.visitor().get(&own).await.expect(200).text();
        assert!(html.contains("Costa <em>troppo</em>.") && html.contains("arengo-stance-against"));
        let thread_page = format!("/it/comments/{anchor}");
        submit(
            &author.pages,
            &thread_page,
            &action,
            &[("stance", ""), ("comment", "Dipende.")],
        )
        .await
        .expect(303);
        let all = shown(city, &reader, proposal, Sort::Newest).await;
        assert_eq!((all.len(), all[0].replies.len()), (1, 1));
        assert_eq!(
            (all[0].root.stance, all[0].replies[0].stance),
            (Some(Stance::Against), None)
        );
        for (fields, kept) in [
            ([("stance", "for"), ("comment", "")], ""),
            ([("stance", "maybe"), ("comment", "Forse sì")], "Forse sì"),
        ] {
            let refused = submit(&reader.pages, &own, &action, &fields).await.expect(422).text();
            assert!(
                refused.contains(kept) && refused.contains("role=\"alert\""),
                "{refused}"
            );
        }
        let long = "parola ".repeat(600);
        let refused = submit(&reader.pages, &thread_page, &action, &[("comment", &long)])
            .await
            .expect(422)
            .text();
        assert!(refused.contains(long.trim_end()), "everything typed is given back");
    })
    .await;
}

#[tokio::test]
async fn an_author_changes_a_comment_for_an_hour_and_the_earlier_wording_stays() {
    city::with(async |city| {
        let (author, reader, proposal) = begun(city).await;
        let comment = given::comment(city, &reader, proposal, "Sono daccordo").await;
        let path = format!("/it/comments/{comment}/edit");
        submit(&reader.pages, &path, &path, &[("comment", "Sono d'accordo")])
            .await
            .expect(303);
        let card = one(&author.cx(city).await, comment).await.expect("read");
        assert!(card.version == 2 && card.edited_at.is_some());
        let stale = edit(&reader.cx(city).await, comment, Some(1), "Altro").await;
        assert_eq!(stale, Err(Error::Conflict(Code::OutOfDate)));
        let all = wordings(&author.cx(city).await, comment).await.expect("read");
        let texts: Vec<&str> = all.iter().map(|wording| wording.body.as_str()).collect();
        assert_eq!(texts, ["Sono daccordo", "Sono d'accordo"]);
        assert!(!all[1].changes.is_empty());
        let same = edit(&reader.cx(city).await, comment, None, " Sono d'accordo ").await;
        assert_eq!(same, Ok(2), "the same text again is no new version");
        let foreign = edit(&author.cx(city).await, comment, None, "Mio").await;
        assert_eq!(foreign, Err(Error::Denied(Code::NotYours)));
        city.advance_ms(COMMENT_EDIT_MS - 1);
        edit(&reader.cx(city).await, comment, None, "Ancora in tempo")
            .await
            .expect("changed");
        city.advance_ms(1);
        let late = edit(&reader.cx(city).await, comment, None, "Tardi").await;
        assert_eq!(late, Err(Error::Conflict(Code::EditingClosed)));
        reader.pages.get(&path).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn a_removed_comment_keeps_its_place_and_loses_its_words_for_everybody() {
    city::with(async |city| {
        let (author, reader, proposal) = begun(city).await;
        let root = say(city, &reader, proposal, "Parole di troppo", None).await;
        say(city, &author, proposal, "Risposta", Some(root)).await;
        let foreign = remove(&author.cx(city).await, root).await;
        assert_eq!(foreign, Err(Error::Denied(Code::NotYours)));
        let own = format!("/it/proposals/{proposal}-piste-ciclabili-sicure");
        submit(&reader.pages, &own, &format!("/it/comments/{root}/remove"), &[])
            .await
            .expect(303);
        for person in [&author, &reader] {
            let all = shown(city, person, proposal, Sort::Newest).await;
            let card = &all[0].root;
            assert_eq!(
                (card.gone, &card.body, &card.author),
                (Some(Gone::Removed), &None, &None)
            );
            assert_eq!(all[0].replies.len(), 1, "the answers stay");
            assert!(!person.pages.get(&own).await.text().contains("Parole di troppo"));
            assert_eq!(wordings(&person.cx(city).await, root).await, Err(Error::NotFound));
        }
        assert_eq!(counted(city, &reader, proposal).await, 1);
        let cx = reader.cx(city).await;
        let removed = Error::Conflict(Code::Removed);
        assert_eq!(remove(&cx, root).await, Err(removed.clone()));
        assert_eq!(edit(&cx, root, None, "Torno").await, Err(removed.clone()));
        assert_eq!(support(&cx, root, true).await.map(|_| ()), Err(removed.clone()));
        assert_eq!(write(&cx, proposal, reply("Rispondo", Some(root))).await, Err(removed));
    })
    .await;
}

#[tokio::test]
async fn threads_are_ordered_as_asked_and_paged_without_repeats() {
    city::with(async |city| {
        let (author, reader, proposal) = begun(city).await;
        let mut written = Vec::new();
        for number in 0..25 {
            written.push(say(city, &reader, proposal, &format!("Commento {number}"), None).await);
        }
        for (comment, supporters) in [(3, vec![&author, &reader]), (7, vec![&author])] {
            for person in supporters {
                support(&person.cx(city).await, written[comment], true)
                    .await
                    .expect("supported");
            }
        }
        let mut by_support = written.clone();
        by_support.reverse();
        by_support.sort_by_key(|id| (*id != written[3], *id != written[7]));
        for (sort, wanted) in [
            (Sort::Newest, written.iter().rev().copied().collect::<Vec<_>>()),
            (Sort::Oldest, written.clone()),
            (Sort::MostSupported, by_support),
        ] {
            let (mut seen, mut paging) = (Vec::new(), Paging::default());
            loop {
                let found = threads(&reader.cx(city).await, proposal, sort, paging)
                    .await
                    .expect("read");
                seen.extend(found.items.iter().map(|thread| thread.root.id));
                let Some(next) = found.next else { break };
                paging.after = Some(next);
                if sort == Sort::Newest {
                    say(city, &author, proposal, "Arrivato intanto", None).await;
                }
            }
            assert_eq!(
                seen.iter()
                    .filter(|id| written.contains(id))
                    .copied()
                    .collect::<Vec<_>>(),
                wanted
            );
        }
        let html = reader
            .pages
            .get(&format!("/it/proposals/{proposal}-piste-ciclabili-sicure"))
            .await
            .text();
        assert!(html.contains("rel=\"next\""));
    })
    .await;
}

#[tokio::test]
async fn a_comment_is_supported_once_and_its_support_taken_back() {
    city::with(async |city| {
        let (author, reader, proposal) = begun(city).await;
        let comment = given::comment(city, &author, proposal, "Serve a tutti").await;
        let cx = reader.cx(city).await;
        let clicks = (0..20).map(|_| support(&cx, comment, true));
        for click in futures_util::future::join_all(clicks).await {
            click.expect("supported");
        }
        assert_eq!(rows::number(city, "select count(*) from comment_support").await, 1);
        let tally = support(&cx, comment, false).await.expect("taken back");
        assert_eq!((tally.supports, tally.supported), (0, false));
    })
    .await;
}

#[tokio::test]
async fn an_answer_belongs_to_the_same_proposal_and_a_text_has_bounds() {
    city::with(async |city| {
        let (author, reader, proposal) = begun(city).await;
        let consultation = page(&author.cx(city).await, proposal)
            .await
            .expect("read")
            .consultation
            .id;
        let other = given::proposal(city, &author, consultation, "Una fontana in piazza").await;
        let elsewhere = given::comment(city, &reader, other, "Da un'altra parte").await;
        let cx = reader.cx(city).await;
        let refused = write(&cx, proposal, reply("Qui", Some(elsewhere))).await;
        assert_eq!(refused, Err(Error::field("parent", Code::UnknownValue)));
        for (body, code) in [(" ", Code::Empty), (&*"a".repeat(4_001), Code::TooLong)] {
            let Err(Error::Invalid(faults)) = write(&cx, proposal, reply(body, None)).await else {
                panic!("taken")
            };
            assert_eq!(faults[0].code, code);
        }
        write(&cx, proposal, reply(&"a".repeat(4_000), None))
            .await
            .expect("as long as may be");
        for _ in 0..58 {
            write(&cx, proposal, reply("Ancora", None)).await.expect("said");
        }
        let flood = write(&cx, proposal, reply("Ancora", None)).await;
        assert!(
            matches!(flood, Err(Error::TooMany { .. })),
            "sixty in an hour: {flood:?}"
        );
        let rest = thread(&cx, elsewhere, Paging::default()).await.expect("read");
        assert_eq!(rest.items.len(), 1);
    })
    .await;
}
