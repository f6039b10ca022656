//! What bounds a proposal: how often its text changes, places off the globe, forms that are out of date, its versions by the
//! page, and its files when the text is closed.

use bytes::Bytes;
use civic::actor::Role;
use civic::attachment::write::{NewAttachment, add as attach, describe, remove};
use civic::error::{Code, Error};
use civic::limits::{ADDENDA_PER_DAY, EDITS_PER_DAY, FREE_EDIT_MS};
use civic::moderation::{Subject, write::hide};
use civic::page::Paging;
use civic::proposal::read::{page, versions};
use civic::proposal::write::{add, correct, edit, publish, withdraw};
use civic::proposal::{Point, ProposalInput, VersionKind};
use civic::support::write::{give, take_back};
use civic::text::ChangeKind;
use civic::time::DAY_MS;
use tests::person::{citizen, staff};
use tests::{city, given, rows};

use super::titled;

#[tokio::test]
async fn a_text_changes_a_few_times_in_a_day_and_gets_fewer_notes() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let reader = citizen(city, "lettore").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let too_many = Error::Conflict(Code::TooManyChanges);
        let cx = author.cx(city).await;
        let early = add(&cx, proposal, "Una nota").await;
        assert_eq!(
            early,
            Err(Error::Conflict(Code::WrongState)),
            "the text itself can change"
        );
        for number in 0..EDITS_PER_DAY {
            let input = titled(&format!("Piste numero {number}"));
            edit(&cx, proposal, None, input).await.expect("changed");
        }
        let refused = edit(&cx, proposal, None, titled("Piste ancora")).await;
        assert_eq!(refused, Err(too_many.clone()));
        city.advance_ms(DAY_MS);
        let cx = author.cx(city).await;
        edit(&cx, proposal, None, titled("Piste ancora"))
            .await
            .expect("another day");
        give(&reader.cx(city).await, proposal).await.expect("supported");
        for number in 0..ADDENDA_PER_DAY {
            add(&cx, proposal, &format!("Nota {number}")).await.expect("added");
        }
        assert_eq!(add(&cx, proposal, "Nota").await, Err(too_many.clone()));
        let shown = page(&cx, proposal).await.expect("read");
        assert_eq!(shown.addenda.len() as u64, ADDENDA_PER_DAY);
        let comment = given::comment(city, &author, proposal, "Prima parola").await;
        for number in 0..civic::limits::EDITS_PER_COMMENT {
            let changed = civic::comment::write::edit(&cx, comment, None, &format!("Parola {number}")).await;
            changed.expect("changed");
        }
        let refused = civic::comment::write::edit(&cx, comment, None, "Ancora").await;
        assert_eq!(refused, Err(too_many));
        let all = civic::comment::read::wordings(&cx, comment).await.expect("read");
        assert_eq!(all.first().map(|one| one.body.as_str()), Some("Prima parola"));
        assert_eq!(all.len() as i64, civic::limits::EDITS_PER_COMMENT + 1);
    })
    .await;
}

#[tokio::test]
async fn a_form_opened_on_the_draft_does_not_overwrite_the_public_text() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let draft = given::draft(city, &author, consultation, "Piste ciclabili sicure").await;
        let cx = author.cx(city).await;
        let opened = page(&cx, draft).await.expect("read").card.version;
        publish(&cx, draft).await.expect("published");
        let stale = edit(&cx, draft, Some(opened), titled("Testo vecchio")).await;
        assert_eq!(stale, Err(Error::Conflict(Code::OutOfDate)));
    })
    .await;
}

#[tokio::test]
async fn versions_come_last_first_by_the_page_each_compared_with_the_text_before_it() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, consultation, "Piste numero uno").await;
        let cx = author.cx(city).await;
        for title in ["Piste numero due", "Piste numero tre"] {
            edit(&cx, proposal, None, titled(title)).await.expect("changed");
        }
        give(&cx, proposal).await.expect("supported");
        add(&cx, proposal, "Una nota").await.expect("added");
        edit(&cx, proposal, None, titled("Piste numero quattro"))
            .await
            .expect("changed within the hour");
        let mut paging = Paging { limit: 2, after: None };
        let mut seen = Vec::new();
        loop {
            let found = versions(&cx, proposal, paging).await.expect("read");
            for one in found.items {
                let removed = one.title_changes.iter().filter(|piece| piece.kind == ChangeKind::Removed);
                let removed: String = removed.map(|piece| piece.text.as_str()).collect();
                seen.push((one.number, one.kind, removed));
            }
            paging.after = found.next;
            if paging.after.is_none() {
                break;
            }
        }
        let wanted = [
            (5, VersionKind::Edit, "tre"),
            (4, VersionKind::Addendum, ""),
            (3, VersionKind::Edit, "due"),
            (2, VersionKind::Edit, "uno"),
            (1, VersionKind::Original, ""),
        ];
        assert_eq!(seen, wanted.map(|(number, kind, text)| (number, kind, text.to_owned())));
        take_back(&cx, proposal).await.expect("taken back");
        let query = format!("{{ proposalVersions(id: \"{proposal}\", first: 2) {{ edges {{ cursor node {{ number }} }} pageInfo {{ hasNextPage }} }} }}");
        let json = city.visitor().graphql(&query, serde_json::json!({})).await.expect(200).json();
        let edges = &json["data"]["proposalVersions"]["edges"];
        assert_eq!((&edges[0]["node"]["number"], &edges[1]["node"]["number"]), (&5.into(), &4.into()), "{json}");
        let html = city.visitor().get(&format!("/it/proposals/{proposal}/versions?limit=2")).await;
        html.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_place_is_on_the_globe_and_of_the_kind_that_its_field_says() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let draft = given::draft(city, &author, consultation, "Piste ciclabili sicure").await;
        let cx = author.cx(city).await;
        for (latitude_e6, longitude_e6) in [(i64::MIN, 0), (0, i64::MIN), (i64::MAX, i64::MAX), (90_000_001, 0)] {
            let input = ProposalInput {
                point: Some(Some(Point {
                    latitude_e6,
                    longitude_e6,
                })),
                ..ProposalInput::default()
            };
            let refused = edit(&cx, draft, None, input).await;
            assert_eq!(refused, Err(Error::field("point", Code::PointOutside)));
        }
        for at in ["9223372036854775807,-9223372036854775808", "-9223372036854775808,1"] {
            let path = format!("/it/consultations/{}/map.svg?at={at}", given::SLUG);
            city.visitor().get(&path).await.expect(200);
        }
        let districts = civic::consultation::read::districts(&cx, consultation)
            .await
            .expect("read");
        let input = ProposalInput {
            quarter: Some(Some(districts[0].id)),
            ..ProposalInput::default()
        };
        let refused = edit(&cx, draft, None, input).await;
        assert_eq!(
            refused,
            Err(Error::field("quarter", Code::DistrictUnknown)),
            "a district is no quarter"
        );
    })
    .await;
}

#[tokio::test]
async fn a_change_of_theme_alone_is_noted_counted_and_out_of_date_like_one_of_the_text() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let cx = author.cx(city).await;
        let themes = civic::consultation::read::themes(&cx, consultation)
            .await
            .expect("read");
        let themed = |number: u64| ProposalInput {
            theme: Some(Some(themes[usize::from(number.is_multiple_of(2))].id)),
            ..ProposalInput::default()
        };
        let opened = page(&cx, proposal).await.expect("read").card.version;
        let out_of_date = Err(Error::Conflict(Code::OutOfDate));
        for number in 0..EDITS_PER_DAY {
            edit(&cx, proposal, None, themed(number)).await.expect("changed");
        }
        assert_eq!(
            edit(&cx, proposal, Some(opened), titled("Testo vecchio")).await,
            out_of_date
        );
        assert_eq!(
            edit(&cx, proposal, Some(opened), themed(EDITS_PER_DAY)).await,
            out_of_date
        );
        let noted = "select count(*) from audit where act = 'proposal_place'";
        assert_eq!(rows::number(city, noted).await, EDITS_PER_DAY as i64);
        let refused = edit(&cx, proposal, None, themed(EDITS_PER_DAY)).await;
        assert_eq!(refused, Err(Error::Conflict(Code::TooManyChanges)));
        city.advance_ms(DAY_MS);
        let cx = author.cx(city).await;
        edit(&cx, proposal, None, themed(EDITS_PER_DAY))
            .await
            .expect("another day");
        let versions = versions(&cx, proposal, Paging::default()).await.expect("read");
        assert_eq!(versions.items.len(), 1, "the text is the same");
    })
    .await;
}

#[tokio::test]
async fn a_correction_changes_something_and_keeps_the_theme() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let editor = staff(city, "redattrice", Role::Editor).await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let cx = editor.cx(city).await;
        let same = correct(&cx, proposal, None, titled("Piste ciclabili sicure"), "Nulla.").await;
        assert_eq!(same, Ok(2), "no change, no version");
        let without = ProposalInput {
            theme: Some(None),
            ..ProposalInput::default()
        };
        let refused = correct(&cx, proposal, None, without, "Via il tema.").await;
        assert_eq!(refused, Err(Error::field("theme", Code::Empty)));
    })
    .await;
}

#[tokio::test]
async fn buttons_and_endpoints_agree_on_drafts_and_hidden_proposals() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let moderator = staff(city, "moderatrice", Role::Moderator).await;
        let draft = given::draft(city, &moderator, consultation, "Bozza di chi modera").await;
        let cx = moderator.cx(city).await;
        let refused = hide(&cx, Subject::Proposal(draft), "Prova.").await;
        assert_eq!(refused.map(|_| ()), Err(Error::Conflict(Code::WrongState)));
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        hide(&cx, Subject::Proposal(proposal), "Offende.")
            .await
            .expect("hidden");
        let refused = withdraw(&author.cx(city).await, proposal, "Ci ripenso.").await;
        assert_eq!(refused, Err(Error::Conflict(Code::Hidden)));
    })
    .await;
}

#[tokio::test]
async fn files_change_as_long_as_the_text_does() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let reader = citizen(city, "lettore").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let paper = || NewAttachment {
            name: "carta.pdf".to_owned(),
            description: "Una carta".to_owned(),
            bytes: Bytes::from_static(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"),
        };
        let cx = author.cx(city).await;
        let kept = attach(&cx, proposal, paper()).await.expect("added");
        give(&reader.cx(city).await, proposal).await.expect("supported");
        city.advance_ms(FREE_EDIT_MS);
        let cx = author.cx(city).await;
        let closed = Error::Conflict(Code::EditingClosed);
        assert_eq!(attach(&cx, proposal, paper()).await, Err(closed.clone()));
        assert_eq!(describe(&cx, kept, "Altro").await, Err(closed.clone()));
        assert_eq!(remove(&cx, kept).await, Err(closed));
    })
    .await;
}
