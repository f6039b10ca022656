//! My folder through the pages: what waits, lists, settings, tokens, leaving everywhere.

use civic::actor::{Actor, Role, Scope};
use civic::member;
use civic::moderation::{self, Subject};
use civic::repeat;
use tests::city::{self, TestCity};
use tests::http::{Answer, Client};
use tests::outline::Outline;
use tests::{given, person};

/// The keys of a page's form with these fields, to be sent as often as one likes.
pub fn with_keys<'a>(keys: &'a [(&'static str, String)], fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let keys = keys.iter().map(|(name, value)| (*name, value.as_str()));
    keys.chain(fields.iter().copied()).collect()
}

/// Sends a form of the page at `from` with these fields.
pub async fn send(pages: &Client, from: &str, to: &str, fields: &[(&str, &str)]) -> Answer {
    let keys = pages.get(from).await.expect(200).keys();
    pages.post_form(to, &with_keys(&keys, fields)).await
}

/// The page at this path, which must be sound.
pub async fn page(pages: &Client, path: &str) -> String {
    let answer = pages.get(path).await.expect(200);
    let outline = Outline::of(&answer.text());
    assert!(outline.problems.is_empty(), "{path}: {:#?}", outline.problems);
    answer.text()
}

#[tokio::test]
async fn the_folder_shows_what_waits_and_what_i_did_and_nobody_elses() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = person::citizen(city, "autrice").await;
        let other = person::citizen(city, "altro").await;
        given::draft(city, &author, consultation, "Bozza segreta").await;
        let mine = given::proposal(city, &author, consultation, "Alberi in via Padova").await;
        let theirs = given::proposal(city, &other, consultation, "Tram di notte").await;
        given::comment(city, &author, theirs, "Sono d'accordo").await;
        civic::support::write::give(&author.cx(city).await, theirs)
            .await
            .expect("supported");
        let folder = page(&author.pages, "/it/me").await;
        for shown in [
            "abitante-",
            "Bozza segreta",
            "Alberi in via Padova",
            "Tram di notte",
            "Sono d&#39;accordo",
        ] {
            assert!(
                folder.contains(shown) || folder.contains(&shown.replace("&#39;", "'")),
                "{shown} in {folder}"
            );
        }
        let foreign = page(&other.pages, "/it/me").await;
        assert!(
            !foreign.contains("Bozza segreta") && !foreign.contains("Alberi"),
            "{foreign}"
        );
        for (what, title) in [
            ("drafts", "Bozza segreta"),
            ("proposals", "Alberi in via Padova"),
            ("supports", "Tram di notte"),
            ("comments", "Tram di notte"),
        ] {
            let list = page(&author.pages, &format!("/it/me/{what}")).await;
            assert!(list.contains(title), "{what}: {list}");
        }
        author.pages.get("/it/me/nothing").await.expect(404);
        let asked = city.visitor().get("/it/me/proposals").await.expect(303);
        assert!(asked.location().starts_with("/it/sign-in?return="), "{asked}");
        let _ = mine;
    })
    .await;
}

#[tokio::test]
async fn authors_read_in_their_folder_why_something_was_hidden() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = person::citizen(city, "autrice").await;
        let moderator = person::staff(city, "moderatore", Role::Moderator).await;
        let proposal = given::proposal(city, &author, consultation, "Parole forti").await;
        let theirs = given::proposal(city, &moderator, consultation, "Parole miti").await;
        let comment = given::comment(city, &author, theirs, "Un insulto").await;
        let staff = moderator.cx(city).await;
        moderation::write::hide(&staff, Subject::Proposal(proposal), "Offende i vicini")
            .await
            .expect("hidden");
        moderation::write::hide(&staff, Subject::Comment(comment), "Offende chi scrive")
            .await
            .expect("hidden");
        for path in ["/it/me", "/it/me/proposals"] {
            let shown = page(&author.pages, path).await;
            assert!(shown.contains("Motivo: Offende i vicini"), "{shown}");
        }
        for path in ["/it/me", "/it/me/comments"] {
            let shown = page(&author.pages, path).await;
            assert!(
                shown.contains("Motivo: Offende chi scrive") && shown.contains("Un insulto"),
                "{shown}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn refused_settings_come_back_as_typed_and_good_ones_are_kept() {
    city::with(async |city| {
        let author = person::citizen(city, "autrice").await;
        let settings = "/it/me/settings";
        for (name, told) in [
            ("Sindaco vero", "non si può usare"),
            ("ab", "troppo corto"),
            ("", "va compilato"),
        ] {
            let fields = [("nickname", name), ("language", "en"), ("return", "/it/proposals")];
            let refused = send(&author.pages, settings, settings, &fields).await.expect(422);
            let text = refused.text();
            assert!(text.contains(told), "{name}: {text}");
            assert!(text.contains(&format!("name=\"nickname\" value=\"{name}\"")), "{text}");
            assert!(
                text.contains("value=\"en\" selected") && text.contains("/it/proposals"),
                "{text}"
            );
        }
        let fields = [("nickname", "Ada di Lambrate"), ("language", "en"), ("return", "")];
        let kept = send(&author.pages, settings, settings, &fields).await.expect(303);
        assert_eq!(kept.location(), "/it/me/settings?done=settings");
        let profile = member::read::profile(&author.cx(city).await).await.expect("read");
        assert_eq!(
            (profile.nickname.as_str(), profile.language.code()),
            ("Ada di Lambrate", "en")
        );
        let fields = [
            ("nickname", "Ada di Lambrate"),
            ("language", "it"),
            ("return", "//evil.example"),
        ];
        let kept = send(&author.pages, settings, settings, &fields).await.expect(303);
        assert_eq!(kept.location(), "/");
        let fields = [("nickname", "Ada di Lambrate"), ("language", "xx"), ("return", "")];
        send(&author.pages, settings, settings, &fields).await.expect(422);
    })
    .await;
}

/// The text of a token on the page that shows it.
fn token_in(page: &str) -> String {
    let (_, rest) = page.split_once("id=\"token\" readonly value=\"").expect("a token");
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_token_is_shown_once_works_and_can_be_revoked() {
    city::with(async |city| {
        let author = person::citizen(city, "autrice").await;
        let tokens = "/it/me/tokens";
        let fields = [
            ("token_name", ""),
            ("scopes", "read_own"),
            ("scopes", "participate"),
            ("days", "7"),
        ];
        let refused = send(&author.pages, tokens, tokens, &fields).await.expect(422).text();
        assert_eq!(refused.matches(" checked>").count(), 2, "{refused}");
        let fields = [("token_name", "Statistiche"), ("days", "7")];
        let refused = send(&author.pages, tokens, tokens, &fields).await.expect(422).text();
        assert!(
            refused.contains("value=\"Statistiche\"") && refused.contains("scopes-wrong"),
            "{refused}"
        );
        let fields = [("token_name", "Statistiche"), ("scopes", "read_own"), ("days", "7")];
        let made = send(&author.pages, tokens, tokens, &fields).await.expect(200);
        assert_eq!(made.header("cache-control"), "no-store");
        let text = token_in(&made.text());
        let actor = member::read::by_token(&city.city.system(), &text)
            .await
            .expect("answers");
        let Some(Actor::Member(bearer)) = actor else {
            panic!("the token works")
        };
        assert_eq!((bearer.id, bearer.scopes), (author.id, Some(vec![Scope::ReadOwn])));
        let list = page(&author.pages, tokens).await;
        assert!(list.contains("Statistiche") && !list.contains(&text), "{list}");
        let (_, own) = list.split_once("Statistiche</strong>").expect("its row");
        let (_, rest) = own
            .split_once("/it/me/tokens/tok_")
            .unwrap_or_else(|| panic!("no revoking in {list}"));
        let revoke = format!("/it/me/tokens/tok_{}", rest.split('"').next().unwrap_or_default());
        send(&author.pages, tokens, &revoke, &[]).await.expect(303);
        let over = member::read::by_token(&city.city.system(), &text)
            .await
            .expect("answers");
        assert_eq!(over, None);
    })
    .await;
}

#[tokio::test]
async fn the_same_form_twice_makes_one_token_whose_text_is_written_down_nowhere() {
    city::with(async |city| {
        let author = person::citizen(city, "autrice").await;
        let tokens = "/it/me/tokens";
        let before = count(city, &author).await;
        let keys = author.pages.get(tokens).await.expect(200).keys();
        let fields = [
            ("once", keys[0].1.as_str()),
            ("csrf", keys[1].1.as_str()),
            ("token_name", "Due volte"),
            ("scopes", "read_own"),
            ("days", "7"),
        ];
        let first = token_in(&author.pages.post_form(tokens, &fields).await.expect(200).text());
        let second = token_in(&author.pages.post_form(tokens, &fields).await.expect(200).text());
        assert_eq!(first, second);
        assert_eq!(count(city, &author).await, before + 1);
        // What is kept for a repeat of the form.
        let without: Vec<(&str, &str)> = fields.into_iter().filter(|(name, _)| *name != "csrf").collect();
        let content = civic::secret::hash(&format!("?{}", serde_urlencoded::to_string(without).expect("encoded")));
        let kept = repeat::claim(&author.cx(city).await, "/me/tokens", &content, &content)
            .await
            .expect("claimed");
        let kept = format!("{kept:?}");
        assert!(kept.contains("expires_at") && !kept.contains(&first), "{kept}");
    })
    .await;
}

async fn count(city: &TestCity, person: &person::Person) -> usize {
    let cx = person.cx(city).await;
    let list = member::token::list(&cx, civic::page::Paging::default()).await;
    list.expect("listed").items.len()
}

#[tokio::test]
async fn leaving_everywhere_ends_every_session_of_mine() {
    city::with(async |city| {
        let author = person::citizen(city, "autrice").await;
        let left = send(&author.pages, "/it/me/settings", "/it/me/sign-out-everywhere", &[])
            .await
            .expect(303);
        assert!(left.location().contains("done=signed-out-everywhere"), "{left}");
        assert_eq!(author.pages.cookie("__Host-session"), None);
        let over = member::read::by_session(&city.city.system(), &author.session)
            .await
            .expect("answers");
        assert_eq!(over, None);
    })
    .await;
}
