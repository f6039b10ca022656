//! The rule of editing: freely until the first support or for an hour, then addenda and marked corrections.

use civic::actor::Role;
use civic::error::{Code, Error};
use civic::limits::FREE_EDIT_MS;
use civic::page::Paging;
use civic::proposal::read::{Version, page, versions};
use civic::proposal::write::{add, correct, edit};
use civic::proposal::{ProposalInput, VersionKind};
use civic::support::write::give;
use civic::text::ChangeKind;
use tests::city;
use tests::form::submit;
use tests::given;
use tests::person::{citizen, staff};

use super::titled;

fn worded(body: &str) -> ProposalInput {
    ProposalInput {
        body: Some(body.to_owned()),
        ..ProposalInput::default()
    }
}

#[tokio::test]
async fn the_author_edits_freely_until_the_first_support_and_then_for_an_hour() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let reader = citizen(city, "lettore").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        city.advance_ms(FREE_EDIT_MS * 2);
        let cx = author.cx(city).await;
        assert_eq!(
            edit(&cx, proposal, None, titled("Piste sicure")).await,
            Ok(3),
            "nobody has supported it"
        );
        let fresh = given::proposal(city, &author, consultation, "Una fontana in piazza").await;
        give(&reader.cx(city).await, fresh).await.expect("supported");
        city.advance_ms(FREE_EDIT_MS - 1);
        assert_eq!(
            edit(&author.cx(city).await, fresh, None, titled("Due fontane")).await,
            Ok(3)
        );
        city.advance_ms(1);
        let cx = author.cx(city).await;
        let closed = edit(&cx, fresh, None, titled("Tre fontane")).await;
        assert_eq!(closed, Err(Error::Conflict(Code::EditingClosed)));
        let can = page(&cx, fresh).await.expect("read").can;
        assert!(can.add && !can.edit && !can.correct);
        give(&reader.cx(city).await, proposal).await.expect("supported");
        let closed = edit(&cx, proposal, None, titled("Piste")).await;
        assert_eq!(closed, Err(Error::Conflict(Code::EditingClosed)));
        let others = edit(&reader.cx(city).await, fresh, None, titled("Presa da me")).await;
        assert_eq!(others, Err(Error::Denied(Code::NotYours)));
    })
    .await;
}

#[tokio::test]
async fn saving_without_a_change_leaves_no_trace() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let cx = author.cx(city).await;
        assert_eq!(
            edit(&cx, proposal, Some(2), titled("Piste ciclabili sicure")).await,
            Ok(2)
        );
        let shown = page(&cx, proposal).await.expect("read");
        assert_eq!((shown.card.version, shown.edited_at), (2, None));
        let without_theme = ProposalInput {
            theme: Some(None),
            ..ProposalInput::default()
        };
        let refused = edit(&cx, proposal, None, without_theme).await;
        assert_eq!(
            refused,
            Err(Error::field("theme", Code::Empty)),
            "what is public keeps a theme"
        );
    })
    .await;
}

#[tokio::test]
async fn afterwards_the_author_adds_and_an_editor_corrects_with_a_reason() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let reader = citizen(city, "lettore").await;
        let editor = staff(city, "redattrice", Role::Editor).await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        give(&reader.cx(city).await, proposal).await.expect("supported");
        let cx = editor.cx(city).await;
        let input = || worded(&given::BODY.replace("protetta", "alberata"));
        let refused = correct(&author.cx(city).await, proposal, None, input(), "Errore.").await;
        assert_eq!(refused, Err(Error::Denied(Code::NotAllowed)));
        let without = correct(&cx, proposal, None, input(), "").await;
        assert_eq!(without, Err(Error::field("reason", Code::Empty)));
        assert_eq!(
            correct(&cx, proposal, Some(2), input(), "Parola sbagliata.").await,
            Ok(3)
        );
        assert_eq!(
            add(&author.cx(city).await, proposal, "Ho misurato la strada.").await,
            Ok(4)
        );
        assert!(add(&author.cx(city).await, proposal, "").await.is_err());
        let found = versions(&reader.cx(city).await, proposal, Paging::default()).await;
        let all: Vec<Version> = found.expect("read").items.into_iter().rev().collect();
        let kinds: Vec<(i64, VersionKind)> = all.iter().map(|one| (one.number, one.kind)).collect();
        let wanted = [
            (1, VersionKind::Original),
            (2, VersionKind::Correction),
            (3, VersionKind::Addendum),
        ];
        assert_eq!(kinds, wanted);
        assert_eq!(all[1].reason, "Parola sbagliata.");
        let of = |kind| {
            let pieces = all[1].body_changes.iter().filter(|piece| piece.kind == kind);
            pieces.map(|piece| piece.text.trim()).collect::<Vec<_>>().join("|")
        };
        assert_eq!(
            (of(ChangeKind::Removed), of(ChangeKind::Added)),
            ("protetta,".into(), "alberata,".into())
        );
        let html = city
            .visitor()
            .get(&format!("/it/proposals/{proposal}/versions"))
            .await
            .expect(200)
            .text();
        assert!(html.contains("<del>") && html.contains("<ins>") && html.contains("Parola sbagliata."));
        let html = city
            .visitor()
            .get(&format!("/it/proposals/{proposal}-piste-ciclabili-sicure"))
            .await
            .text();
        assert!(html.contains("alberata") && html.contains("Ho misurato la strada."));
    })
    .await;
}

#[tokio::test]
async fn who_changes_an_outdated_text_is_told_so_and_keeps_what_they_typed() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let editor = staff(city, "redattrice", Role::Editor).await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let cx = author.cx(city).await;
        let act = format!("/it/proposals/{proposal}/act/correct");
        let form = editor.pages.get(&act).await.expect(200).text();
        edit(&cx, proposal, Some(2), titled("Piste più sicure"))
            .await
            .expect("changed");
        let stale = edit(&cx, proposal, Some(2), titled("Piste meno sicure")).await;
        assert_eq!(stale, Err(Error::Conflict(Code::OutOfDate)));
        let hidden = tests::form::hidden(&form, &act).expect("the form");
        let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (&**name, &**value)).collect();
        fields.extend([
            ("title", "Piste vecchie"),
            ("body", "Testo a lungo scritto"),
            ("reason", "Ortografia"),
        ]);
        let refused = editor.pages.post_form(&act, &fields).await.expect(422).text();
        for typed in ["Piste vecchie", "Testo a lungo scritto", "Ortografia"] {
            assert!(refused.contains(typed), "{typed} is given back");
        }
        assert!(
            refused.contains(
                &Code::OutOfDate
                    .sentence(civic::language::Language::It)
                    .replace('\'', "&#39;")
            )
        );
        assert_eq!(page(&cx, proposal).await.expect("read").card.title, "Piste più sicure");
        let fields = [("title", "Piste"), ("body", given::BODY), ("reason", "")];
        let refused = submit(&editor.pages, &act, &act, &fields).await.expect(422).text();
        assert!(refused.contains("continua"), "the text is given back");
    })
    .await;
}

#[tokio::test]
async fn two_edits_of_the_same_version_at_once_leave_one() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let cx = author.cx(city).await;
        let titles: Vec<String> = (0..10).map(|number| format!("Piste numero {number}")).collect();
        let edits = titles.iter().map(|title| edit(&cx, proposal, Some(2), titled(title)));
        let done = futures_util::future::join_all(edits).await;
        assert_eq!(done.iter().filter(|one| **one == Ok(3)).count(), 1);
        let stale = Err(Error::Conflict(Code::OutOfDate));
        assert_eq!(done.iter().filter(|one| **one == stale).count(), 9);
    })
    .await;
}
