//! Writing a proposal through the pages, without a script: the whole way, and every way to go wrong.

mod files;
mod phone;

use civic::actor::Role;
use civic::id::{ProposalId, TypedId};
use civic::proposal::Origin;
use civic::proposal::read::{self, Filter, ProposalPage, Sort};
use civic::time::{DAY_MS, HOUR_MS};
use tests::city::{self, TestCity};
use tests::http::Answer;
use tests::outline::Outline;
use tests::person::Person;
use tests::{given, person};

use super::me::{send, with_keys};

/// Where a proposal of the given consultation begins.
const NEW: &str = "/it/proposals/new?consultation=milano-domani";

/// One step of a proposal.
fn step(id: ProposalId, name: &str) -> String {
    format!("/it/proposals/{id}/edit/{name}")
}

/// Begins a draft through the page; gives its id.
async fn begun(person: &Person, title: &str) -> ProposalId {
    let fields = [("title", title), ("body", given::BODY), ("do", "next")];
    let answer = send(&person.pages, NEW, NEW, &fields).await.expect(303);
    id_in(answer.location())
}

/// The id in an address.
fn id_in(address: &str) -> ProposalId {
    address
        .split(['/', '-', '?'])
        .find_map(ProposalId::read)
        .unwrap_or_else(|| panic!("no proposal in {address}"))
}

async fn stored(city: &TestCity, person: &Person, id: ProposalId) -> ProposalPage {
    read::page(&person.cx(city).await, id).await.expect("read")
}

/// The value that an option of this text has on a page.
fn option(page: &str, label: &str) -> String {
    let (before, _) = page
        .split_once(&format!(">{label}</option>"))
        .unwrap_or_else(|| panic!("no {label} in {page}"));
    let (_, value) = before.rsplit_once("<option value=\"").expect("an option");
    value.split('"').next().unwrap_or_default().to_owned()
}

fn sound(page: &Answer) {
    let outline = Outline::of(&page.text());
    assert!(outline.problems.is_empty(), "{}: {:#?}", page.asked, outline.problems);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_is_written_published_and_found_without_a_script() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let other = person::citizen(city, "altra").await;
        given::proposal(city, &other, consultation, "Piste ciclabili sicure in viale Monza").await;
        city.settle().await;
        let writer = person::citizen(city, "scrive").await;
        sound(&writer.pages.get(NEW).await.expect(200));

        let preview = [("title", "Piste"), ("body", "Testo **forte**"), ("do", "preview")];
        let shown = send(&writer.pages, NEW, NEW, &preview).await.expect(200);
        assert!(shown.text().contains("Testo <strong>forte</strong>"));
        assert!(shown.text().contains("Testo **forte**</textarea>"));
        sound(&shown);

        let id = begun(&writer, "Piste ciclabili sicure in viale Padova").await;
        let details = writer.pages.get(&step(id, "details")).await.expect(200);
        assert!(
            details.text().contains("Piste ciclabili sicure in viale Monza"),
            "a similar one is shown"
        );
        sound(&details);
        let check = writer.pages.get(&step(id, "check")).await.expect(200);
        assert!(
            check.text().contains("/edit/details#theme"),
            "what is missing leads to its step"
        );
        let early = send(&writer.pages, &step(id, "details"), &step(id, "check"), &[]).await;
        early.expect(422);

        let theme = option(&details.text(), "Mobilità");
        let fields = [("theme", theme.as_str()), ("lang", ""), ("do", "next")];
        let kept = send(&writer.pages, &step(id, "details"), &step(id, "details"), &fields).await;
        assert_eq!(kept.expect(303).location(), step(id, "place"));

        let place = writer.pages.get(&step(id, "place")).await.expect(200);
        sound(&place);
        let touched = [("part", ""), ("small.x", "240"), ("small.y", "100")];
        let kept = send(&writer.pages, &step(id, "place"), &step(id, "place"), &touched).await;
        assert_eq!(kept.expect(303).location(), format!("{}#point", step(id, "place")));
        let page = stored(city, &writer, id).await;
        let point = page.point.expect("the point is kept");
        assert!((9_200_000..9_300_000).contains(&point.longitude_e6), "{point:?}");
        assert_eq!(
            page.card.district.map(|place| place.name),
            Some("Municipio 2".to_owned())
        );

        let check = writer.pages.get(&step(id, "check")).await.expect(200);
        sound(&check);
        let published = send(&writer.pages, &step(id, "check"), &step(id, "check"), &[])
            .await
            .expect(303);
        assert!(published.location().contains("done=published"));
        city.settle().await;
        let seen = city.visitor().get(published.location()).await.expect(200);
        assert!(seen.text().contains("<strong>continua</strong>"));
        let same = read::similar(&other.cx(city).await, consultation, "viale Padova", None).await;
        assert!(same.expect("asked").iter().any(|card| card.id == id), "search knows it");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_text_is_told_and_the_text_comes_back() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let writer = person::citizen(city, "scrive").await;
        let long = "è".repeat(10_001);
        for (title, body, wrong) in [
            ("", given::BODY, "title-wrong"),
            ("Orti", given::BODY, "title-wrong"),
            ("Orti per tutti <b>", "", "body-wrong"),
            ("Orti per tutti", long.as_str(), "body-wrong"),
        ] {
            let fields = [("title", title), ("body", body), ("do", "next")];
            let text = send(&writer.pages, NEW, NEW, &fields).await.expect(422).text();
            assert!(text.contains(&format!("id=\"{wrong}\"")), "{title}: {wrong}");
            assert!(text.contains(body), "the text comes back");
            assert!(
                text.contains(&title.replace('<', "&#60;").replace('>', "&#62;")),
                "the title comes back"
            );
        }
        let drafts = read::own(&writer.cx(city).await, true, civic::page::Paging::default()).await;
        assert!(drafts.expect("read").items.is_empty());

        let kept = [("title", ""), ("body", "a metà"), ("do", "save")];
        let kept = send(&writer.pages, NEW, NEW, &kept).await.expect(303);
        let id = id_in(kept.location());
        assert_eq!(stored(city, &writer, id).await.body.as_str(), "a metà");
        let again = writer.pages.get(NEW).await.expect(200);
        assert!(again.text().contains(&step(id, "idea")), "the draft is offered");
        let filter = Filter {
            consultation: Some(consultation),
            ..Filter::default()
        };
        let listed = read::list(
            &writer.cx(city).await,
            &filter,
            Sort::Newest,
            civic::page::Paging::default(),
        )
        .await;
        assert!(listed.expect("read").items.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_form_sent_twice_is_one_proposal() {
    city::with(async |city| {
        given::consultation(city).await;
        let writer = person::citizen(city, "scrive").await;
        let keys = writer.pages.get(NEW).await.expect(200).keys();
        let typed = [("title", "Orti per tutti"), ("body", given::BODY), ("do", "next")];
        let fields = with_keys(&keys, &typed);
        let first = writer.pages.post_form(NEW, &fields).await.expect(303);
        let second = writer.pages.post_form(NEW, &fields).await.expect(303);
        assert_eq!(first.location(), second.location());
        let drafts = read::own(&writer.cx(city).await, true, civic::page::Paging::default()).await;
        assert_eq!(drafts.expect("read").items.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_changed_meanwhile_is_shown_beside_the_typed_one() {
    city::with(async |city| {
        given::consultation(city).await;
        let writer = person::citizen(city, "scrive").await;
        let id = begun(&writer, "Orti per tutti").await;
        let idea = step(id, "idea");
        let version = stored(city, &writer, id).await.card.version;
        let (before, after) = (version.to_string(), (version + 1).to_string());
        let first = [
            ("title", "Orti per tutti"),
            ("body", "Dalla prima finestra"),
            ("version", &before),
            ("do", "next"),
        ];
        send(&writer.pages, &idea, &idea, &first).await.expect(303);
        let second = [
            ("title", "Orti per tutti"),
            ("body", "Dalla seconda finestra"),
            ("version", &before),
            ("do", "next"),
        ];
        let refused = send(&writer.pages, &idea, &idea, &second).await.expect(409);
        let text = refused.text();
        assert!(text.contains("Dalla prima finestra"), "what was kept is shown");
        assert!(
            text.contains("Dalla seconda finestra</textarea>"),
            "what was typed is still in the form"
        );
        assert!(
            text.contains(&format!("name=\"version\" value=\"{after}\"")),
            "and can be kept now"
        );
        sound(&refused);
        assert_eq!(stored(city, &writer, id).await.body.as_str(), "Dalla prima finestra");
        let now = [
            ("title", "Orti per tutti"),
            ("body", "Dalla seconda finestra"),
            ("version", &after),
            ("do", "next"),
        ];
        send(&writer.pages, &idea, &idea, &now).await.expect(303);
        assert_eq!(stored(city, &writer, id).await.body.as_str(), "Dalla seconda finestra");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_its_authors_alone() {
    city::with(async |city| {
        given::consultation(city).await;
        let (writer, other) = (
            person::citizen(city, "scrive").await,
            person::citizen(city, "altra").await,
        );
        let id = begun(&writer, "Orti per tutti").await;
        for name in ["idea", "details", "place", "check"] {
            other.pages.get(&step(id, name)).await.expect(404);
            let keys = [("title", "x"), ("body", "y"), ("do", "next")];
            send(&other.pages, NEW, &step(id, name), &keys).await.expect(404);
            let visitor = city.visitor().get(&step(id, name)).await.expect(303);
            assert!(
                visitor.location().starts_with("/it/sign-in?return="),
                "{}",
                visitor.location()
            );
            assert!(visitor.location().contains(name), "and comes back");
        }
        send(&other.pages, NEW, &format!("/it/proposals/{id}/discard"), &[])
            .await
            .expect(404);
        writer.pages.get(&step(id, "nowhere")).await.expect(404);

        let gone = send(&writer.pages, NEW, &format!("/it/proposals/{id}/discard"), &[]).await;
        assert!(gone.expect(303).location().contains("done=discarded"));
        writer.pages.get(&step(id, "idea")).await.expect(404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_the_collection_a_page_says_when_it_was_and_the_draft_stays() {
    city::with(async |city| {
        given::consultation(city).await;
        let writer = person::citizen(city, "scrive").await;
        let alone = city.visitor().get("/it/proposals/new").await.expect(303);
        assert_eq!(alone.location(), NEW, "the only open one needs no choice");
        let id = begun(&writer, "Orti per tutti").await;
        let details = writer.pages.get(&step(id, "details")).await.expect(200);
        let theme = option(&details.text(), "Verde");
        let fields = [("theme", theme.as_str()), ("do", "next")];
        send(&writer.pages, &step(id, "details"), &step(id, "details"), &fields)
            .await
            .expect(303);

        city.advance_ms(31 * DAY_MS);
        let late = person::citizen(city, "tardi").await;
        let closed = late.pages.get(NEW).await.expect(409);
        assert!(
            closed.text().contains("Fine della raccolta: 24 dicembre 2026"),
            "{closed}"
        );
        sound(&closed);
        // The session of a month ago is over.
        let writer = person::citizen(city, "scrive").await;
        let check = writer.pages.get(&step(id, "check")).await.expect(200);
        assert!(check.text().contains("La tua bozza resta salvata"), "{check}");
        let refused = send(&writer.pages, &step(id, "check"), &step(id, "check"), &[])
            .await
            .expect(409);
        assert!(refused.text().contains("Orti per tutti"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_text_changes_until_it_is_supported_for_an_hour() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let (writer, other) = (
            person::citizen(city, "scrive").await,
            person::citizen(city, "altra").await,
        );
        let id = given::proposal(city, &writer, consultation, "Orti per tutti").await;
        let idea = step(id, "idea");
        sound(&writer.pages.get(&idea).await.expect(200));
        let typed = [
            ("title", "Orti per tutti e tutte"),
            ("body", given::BODY),
            ("version", "2"),
            ("do", "next"),
        ];
        let changed = send(&writer.pages, &idea, &idea, &typed).await.expect(303);
        assert!(changed.location().contains("done=changed"), "{}", changed.location());
        assert_eq!(stored(city, &writer, id).await.card.title, "Orti per tutti e tutte");
        other.pages.get(&idea).await.expect(403);

        let keys = writer.pages.get(&idea).await.expect(200).keys();
        civic::support::write::give(&other.cx(city).await, id)
            .await
            .expect("supported");
        city.advance_ms(HOUR_MS);
        let closed = writer.pages.get(&idea).await.expect(409);
        assert!(
            closed.text().contains(&format!("/it/proposals/{id}/act/add")),
            "an addendum is offered"
        );
        sound(&closed);
        let late = [
            ("title", "Altro titolo"),
            ("body", "Scritto troppo tardi"),
            ("version", "3"),
            ("do", "next"),
        ];
        let refused = writer
            .pages
            .post_form(&idea, &with_keys(&keys, &late))
            .await
            .expect(409);
        assert!(
            refused.text().contains("Scritto troppo tardi"),
            "what was typed is shown to be copied"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_point_can_be_taken_away_and_one_outside_is_refused() {
    city::with(async |city| {
        given::consultation(city).await;
        let writer = person::citizen(city, "scrive").await;
        let id = begun(&writer, "Orti per tutti").await;
        let place = step(id, "place");
        let page = writer.pages.get(&place).await.expect(200).text();
        let district = option(&page, "Municipio 1");
        let outside = [
            ("district", district.as_str()),
            ("point", "45900000,9150000"),
            ("do", "next"),
        ];
        let refused = send(&writer.pages, &place, &place, &outside).await.expect(422).text();
        assert!(refused.contains("href=\"#point\"") && refused.contains("45900000,9150000"));
        assert!(
            refused.contains(&format!("value=\"{district}\" selected")),
            "the choice comes back"
        );

        let near = [("district", district.as_str()), ("do", "near")];
        send(&writer.pages, &place, &place, &near).await.expect(303);
        let page = writer.pages.get(&place).await.expect(200).text();
        assert!(
            page.contains(&format!("name=\"part\" value=\"{district}\"")),
            "the map shows the district"
        );
        let touched = [
            ("district", district.as_str()),
            ("part", district.as_str()),
            ("large.x", "300"),
            ("large.y", "400"),
        ];
        send(&writer.pages, &place, &place, &touched).await.expect(303);
        let point = stored(city, &writer, id).await.point.expect("kept");
        assert!((9_140_000..9_160_000).contains(&point.longitude_e6), "{point:?}");
        let pressed = [
            ("district", district.as_str()),
            ("point", "45450000,9150000"),
            ("large.x", "0"),
            ("large.y", "0"),
        ];
        send(&writer.pages, &place, &place, &pressed).await.expect(303);
        assert!(
            stored(city, &writer, id).await.point.is_some(),
            "a key says no place and changes none"
        );
        let clear = [("district", ""), ("point", "45450000,9150000"), ("do", "clear")];
        send(&writer.pages, &place, &place, &clear).await.expect(303);
        let page = stored(city, &writer, id).await;
        assert!(page.point.is_none() && page.card.district.is_none());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_staff_say_how_a_proposal_came_in_and_a_chosen_language_stays() {
    city::with(async |city| {
        given::consultation(city).await;
        let writer = person::citizen(city, "scrive").await;
        let editor = person::staff(city, "redattrice", Role::Editor).await;
        let id = begun(&writer, "Orti per tutti").await;
        let details = step(id, "details");
        let page = writer.pages.get(&details).await.expect(200).text();
        assert!(!page.contains("name=\"origin\""), "a citizen is not asked");
        let forged = [("origin", "meeting"), ("do", "next")];
        send(&writer.pages, &details, &details, &forged).await.expect(403);

        let chosen = [("lang", "ca"), ("do", "next")];
        send(&writer.pages, &details, &details, &chosen).await.expect(303);
        let idea = step(id, "idea");
        let reworded = [
            ("title", "Orti per tutti"),
            ("body", "Un testo in italiano, senza dubbio alcuno."),
            ("do", "next"),
        ];
        send(&writer.pages, &idea, &idea, &reworded).await.expect(303);
        assert_eq!(stored(city, &writer, id).await.card.lang.code(), "ca");

        let id = begun(&editor, "Orti detti in un incontro").await;
        let details = step(id, "details");
        let told = [("origin", "meeting"), ("do", "next")];
        send(&editor.pages, &details, &details, &told).await.expect(303);
        assert_eq!(stored(city, &editor, id).await.card.origin, Origin::Meeting);
    })
    .await;
}
