//! Roles are grants with a scope and an end, and act only after the second factor.

use civic::actor::{Role, Scope, Within};
use civic::error::{Code, Error};
use civic::limits::{SECOND_FACTOR_FRESH_MS, STAFF_IDLE_MS, STAFF_SESSION_MS};
use civic::member::{self, NewGrant, second_factor};
use civic::moderation::{Subject, write::hide};
use civic::time::{DAY_MS, MINUTE_MS, SECOND_MS};
use tests::city::{self, TestCity};
use tests::form::submit;
use tests::given;
use tests::person::{Person, citizen, code, give_factor, holder, staff};

async fn grants(city: &TestCity, person: &Person) -> usize {
    person.actor(city).await.person().expect("a member").grants.len()
}

#[tokio::test]
async fn a_role_acts_only_where_and_until_when_it_was_given() {
    city::with(async |city| {
        let here = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, here, "Piste ciclabili sicure").await;
        let other = given::another_consultation(city, "altrove").await;
        let until = city.city.clock.now().plus_ms(DAY_MS);
        let elsewhere = holder(city, "elsewhere", Role::Moderator, Some(other), None).await;
        let elsewhere = give_factor(city, elsewhere, &Scope::ALL).await;
        let refused = hide(&elsewhere.cx(city).await, Subject::Proposal(proposal), "Insulti.").await;
        assert_eq!(refused, Err(Error::Denied(Code::NotAllowed)));
        let for_a_day = holder(city, "for-a-day", Role::Moderator, Some(here), Some(until)).await;
        let for_a_day = give_factor(city, for_a_day, &Scope::ALL).await;
        let wrong_role = staff(city, "editor", Role::Editor).await;
        let refused = hide(&wrong_role.cx(city).await, Subject::Proposal(proposal), "Insulti.").await;
        assert_eq!(refused, Err(Error::Denied(Code::NotAllowed)));
        hide(&for_a_day.cx(city).await, Subject::Proposal(proposal), "Insulti.")
            .await
            .expect("hidden");
        city.advance_ms(DAY_MS - 1);
        assert_eq!(grants(city, &for_a_day).await, 1);
        city.advance_ms(1);
        assert_eq!(grants(city, &for_a_day).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_role_that_is_taken_away_is_gone_with_the_next_request() {
    city::with(async |city| {
        let boss = staff(city, "boss", Role::Administrator).await;
        let ada = citizen(city, "ada").await;
        let new = NewGrant {
            member: ada.id,
            role: Role::Editor,
            within: Within::City,
            until: None,
        };
        let grant = member::write::grant_role(&boss.cx(city).await, new)
            .await
            .expect("given");
        let again = member::write::grant_role(&boss.cx(city).await, new)
            .await
            .expect("given");
        assert_eq!(grant, again, "the same role twice is given once");
        assert_eq!(grants(city, &ada).await, 1);
        member::write::revoke_role(&boss.cx(city).await, grant)
            .await
            .expect("taken");
        assert_eq!(grants(city, &ada).await, 0);
        let twice = member::write::revoke_role(&boss.cx(city).await, grant).await;
        assert_eq!(twice, Err(Error::NotFound));
    })
    .await;
}

#[tokio::test]
async fn a_staff_role_sleeps_until_the_second_factor_is_given_and_wakes_on_the_page() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let moderator = holder(city, "moderatrice", Role::Moderator, None, None).await;
        let denied = hide(&moderator.cx(city).await, Subject::Proposal(proposal), "Insulti.").await;
        assert_eq!(denied, Err(Error::Denied(Code::SecondFactorNeeded)));
        let page = format!("/it/proposals/{proposal}-piste-ciclabili-sicure");
        let asleep = moderator.pages.get(&page).await.expect(200).text();
        assert!(!asleep.contains("/act/hide") && asleep.contains("/it/second-factor?return="));
        let moderator = give_factor(city, moderator, &Scope::ALL).await;
        let hide = format!("/it/proposals/{proposal}/act/hide");
        assert!(moderator.pages.get(&page).await.expect(200).text().contains(&hide));
        submit(&moderator.pages, &hide, &hide, &[("reason", "Insulti.")])
            .await
            .expect(303);
    })
    .await;
}

#[tokio::test]
async fn the_second_factor_ends_when_its_bearer_was_away_or_the_day_is_over() {
    city::with(async |city| {
        let moderator = staff(city, "moderatrice", Role::Moderator).await;
        let holds = async || {
            let actor = moderator.actor(city).await;
            actor
                .person()
                .expect("a member")
                .second_factor_holds(city.city.clock.now())
        };
        city.advance_ms(STAFF_IDLE_MS - 1);
        assert!(holds().await);
        city.advance_ms(STAFF_IDLE_MS);
        assert!(!holds().await, "away for half an hour");
        let moderator = staff(city, "altra", Role::Moderator).await;
        let step = 25 * MINUTE_MS;
        for passed in 1..=(STAFF_SESSION_MS / step + 1) {
            city.advance_ms(step);
            let actor = moderator.actor(city).await;
            let holds = actor
                .person()
                .expect("a member")
                .second_factor_holds(city.city.clock.now());
            assert_eq!(holds, passed * step < STAFF_SESSION_MS, "after {passed} steps of use");
        }
    })
    .await;
}

#[tokio::test]
async fn roles_are_given_only_within_minutes_of_the_second_factor_and_never_by_a_token() {
    city::with(async |city| {
        let boss = staff(city, "boss", Role::Administrator).await;
        let ada = citizen(city, "ada").await;
        let new = NewGrant {
            member: ada.id,
            role: Role::Editor,
            within: Within::City,
            until: None,
        };
        let needed = Err(Error::Denied(Code::SecondFactorNeeded));
        let by_token = member::read::by_token(&city.city.system(), &boss.token)
            .await
            .expect("read")
            .expect("stands");
        let by_token = city.city.cx(by_token, civic::language::Language::It);
        let refused = member::write::grant_role(&by_token, new).await;
        assert_eq!(refused, Err(Error::Denied(Code::ScopeMissing)));
        city.advance_ms(SECOND_FACTOR_FRESH_MS - 1);
        member::write::grant_role(&boss.cx(city).await, new)
            .await
            .expect("still fresh");
        city.advance_ms(1);
        assert_eq!(member::write::grant_role(&boss.cx(city).await, new).await, needed);
        let editor = holder(city, "editor", Role::Editor, None, None).await;
        let editor = give_factor(city, editor, &Scope::ALL).await;
        let refused = member::write::grant_role(&editor.cx(city).await, new).await;
        assert_eq!(refused, Err(Error::Denied(Code::NotAllowed)));
    })
    .await;
}

#[tokio::test]
async fn a_code_of_the_second_factor_is_used_once_and_five_wrong_ones_close_it_for_a_while() {
    city::with(async |city| {
        let ada = citizen(city, "ada").await;
        let setup = second_factor::begin(&ada.cx(city).await).await.expect("begun");
        let now_code = || code(&setup.secret, city.city.clock.now().ms());
        let first = now_code();
        let session = second_factor::confirm(&ada.cx(city).await, &first, &ada.session).await;
        let mut session = session.expect("confirmed").token;
        let old = member::read::by_session(&city.city.system(), &ada.session)
            .await
            .expect("read");
        assert!(old.is_none(), "another power, another session");
        let cx = async |session: &str| {
            let found = member::read::by_session(&city.city.system(), session)
                .await
                .expect("read");
            city.city.cx(found.expect("stands").0, civic::language::Language::It)
        };
        let wrong = Err(Error::Conflict(Code::CodeWrong));
        assert_eq!(
            second_factor::give(&cx(&session).await, &first, &session).await,
            wrong,
            "twice"
        );
        city.advance_ms(30 * SECOND_MS);
        session = second_factor::give(&cx(&session).await, &now_code(), &session)
            .await
            .expect("given")
            .token;
        city.advance_ms(16 * MINUTE_MS);
        for _ in 0..5 {
            assert_eq!(second_factor::give(&cx(&session).await, "abc", &session).await, wrong);
        }
        let closed = second_factor::give(&cx(&session).await, &now_code(), &session).await;
        assert!(matches!(closed, Err(Error::TooMany { retry_after_s, .. }) if retry_after_s > 0));
        city.advance_ms(15 * MINUTE_MS);
        second_factor::give(&cx(&session).await, &now_code(), &session)
            .await
            .expect("open again");
    })
    .await;
}
