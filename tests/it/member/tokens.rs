//! What a token opens, and what ends it.

use civic::actor::{Role, Scope};
use civic::member::{read, second_factor};
use tests::city;
use tests::form::submit;
use tests::person::{citizen, give_factor, holder, staff};
use tests::{given, rows};

#[tokio::test]
async fn leaving_everywhere_revokes_tokens_too_and_the_page_says_so() {
    city::with(async |city| {
        let author = citizen(city, "autrice").await;
        let settings = "/it/me/settings";
        let shown = author.pages.get(settings).await.expect(200).text();
        assert!(shown.contains("Anche i tuoi token"), "{shown}");
        submit(&author.pages, settings, "/it/me/sign-out-everywhere", &[])
            .await
            .expect(303);
        assert_eq!(read::by_token(&city.city.system(), &author.token).await, Ok(None));
        author.api.get_json("/api/v1/me").await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn removing_the_second_factor_ends_sessions_and_tokens_and_wants_it_once_more() {
    city::with(async |city| {
        let moderator = staff(city, "moderatrice", Role::Moderator).await;
        let settings = "/it/me/settings";
        city.advance_ms(civic::limits::SECOND_FACTOR_FRESH_MS);
        let asked = submit(&moderator.pages, settings, "/it/second-factor/remove", &[])
            .await
            .expect(303);
        assert!(asked.location().starts_with("/it/second-factor?return="), "{asked}");
        city.advance_ms(-civic::limits::SECOND_FACTOR_FRESH_MS);
        let gone = submit(&moderator.pages, settings, "/it/second-factor/remove", &[])
            .await
            .expect(303);
        assert_eq!(gone.location(), "/it?done=factor-removed");
        assert_eq!(read::by_token(&city.city.system(), &moderator.token).await, Ok(None));
        assert_eq!(rows::number(city, "select count(*) from session").await, 0);
        assert_eq!(
            rows::number(city, "select count(*) from member where totp_salt is not null").await,
            0
        );
    })
    .await;
}

#[tokio::test]
async fn the_secret_of_a_second_factor_is_not_in_the_database() {
    city::with(async |city| {
        let ada = citizen(city, "ada").await;
        let setup = second_factor::begin(&ada.cx(city).await).await.expect("begun");
        let kept = rows::texts(city, "select totp_salt from member where totp_salt is not null").await;
        assert!(kept.len() == 1 && !setup.secret.contains(&kept[0]) && !kept[0].contains(&setup.secret));
        let again = second_factor::begun(&ada.cx(city).await)
            .await
            .expect("read")
            .expect("begun");
        assert_eq!(again.secret, setup.secret);
        second_factor::begin(&ada.cx(city).await).await.expect("begun anew");
        let other = second_factor::begun(&ada.cx(city).await)
            .await
            .expect("read")
            .expect("begun");
        assert_ne!(other.secret, setup.secret);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_neither_reads_nor_writes_my_things_knows_none_of_them() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = holder(city, "autrice", Role::Editor, None, None).await;
        let author = give_factor(city, author, &[Scope::Staff]).await;
        let draft = given::draft(city, &author, consultation, "Ancora da finire").await;
        let theirs = citizen(city, "altra").await;
        let other = given::proposal(city, &theirs, consultation, "Piste ciclabili sicure").await;
        civic::support::write::give(&author.cx(city).await, other)
            .await
            .expect("supported");
        author
            .api
            .get_json(&format!("/api/v1/proposals/{draft}"))
            .await
            .expect(404);
        let shown = author
            .api
            .get_json(&format!("/api/v1/proposals/{other}"))
            .await
            .expect(200)
            .json();
        assert_eq!(shown["supported"], false, "{shown}");
        let mine = read::by_session(&city.city.system(), &author.session)
            .await
            .expect("read")
            .expect("stands");
        let cx = city.city.cx(mine.0, civic::language::Language::It);
        assert!(civic::proposal::read::page(&cx, other).await.expect("read").supported);
        civic::proposal::read::page(&cx, draft).await.expect("by the session");
    })
    .await;
}
