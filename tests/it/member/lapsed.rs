//! What happens to a text whose writer is not let in any more when it is sent, and who is led where.

use civic::actor::{Role, Scope};
use civic::limits::STAFF_SESSION_MS;
use civic::member::write;
use tests::city;
use tests::form::{hidden, keys, send, submit};
use tests::person::{citizen, give_factor, holder};
use tests::{given, rows};

use super::digits;

const TYPED: &str = "Una risposta lunga, <scritta> con cura.";

#[tokio::test]
async fn a_comment_sent_after_its_session_ended_comes_back_with_the_way_in() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let page = format!("/it/proposals/{proposal}-piste-ciclabili-sicure");
        let action = format!("/it/proposals/{proposal}/comments");
        let open = keys(&author.pages, &page).await;
        write::sign_out_everywhere(&author.cx(city).await).await.expect("ended");
        let fields = [("comment", TYPED), ("stance", "for")];
        for forgotten in [false, true] {
            if forgotten {
                author.pages.set_cookie("__Host-session", "");
            }
            let back = send(&author.pages, &action, &open, &fields).await.expect(401).text();
            assert!(
                back.contains("Una risposta lunga, &#60;scritta&#62; con cura."),
                "{back}"
            );
            assert!(
                back.contains("action=\"/it/sign-in\"") && !back.contains("for</textarea>"),
                "{back}"
            );
        }
        // Whoever signed in anew in another window sends the old page's form with other keys.
        let again = citizen(city, "autrice").await;
        let back = send(&again.pages, &action, &open, &fields).await.expect(403).text();
        assert!(back.contains("con cura."), "{back}");
        assert_eq!(rows::number(city, "select count(*) from comment").await, 0);
        let ready = hidden(&back, &action).expect("the form again");
        send(&again.pages, &action, &ready, &fields[..1]).await.expect(303);
        assert_eq!(
            rows::number(city, "select count(*) from comment where stance = 'for'").await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn a_late_form_stands_there_again_after_signing_in_and_is_sent_by_one_press() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let action = format!("/it/proposals/{proposal}/comments");
        let open = keys(
            &author.pages,
            &format!("/it/proposals/{proposal}-piste-ciclabili-sicure"),
        )
        .await;
        write::sign_out_everywhere(&author.cx(city).await).await.expect("ended");
        let fields = [("comment", TYPED), ("stance", "against")];
        let back = send(&author.pages, &action, &open, &fields).await.expect(401).text();
        let door = hidden(&back, "/it/sign-in").expect("the way in");
        let ask = send(&author.pages, "/it/sign-in", &door, &[]).await.expect(200).text();
        let ask = hidden(&ask, "/it/sign-in").expect("asks for the address");
        let wrong = send(&author.pages, "/it/sign-in", &ask, &[("email", "nobody")]).await;
        let ask = hidden(&wrong.expect(422).text(), "/it/sign-in").expect("asks again");
        let typed = [("email", author.email.as_str())];
        let code = send(&author.pages, "/it/sign-in", &ask, &typed)
            .await
            .expect(200)
            .text();
        let code = hidden(&code, "/it/sign-in/code").expect("asks for the code");
        let wrong = send(&author.pages, "/it/sign-in/code", &code, &[("code", "000000")]).await;
        let code = hidden(&wrong.expect(422).text(), "/it/sign-in/code").expect("asks again");
        city.settle().await;
        let letter = city.letters_to(&author.email).pop().expect("a letter");
        let digits = digits(&letter);
        let ready = send(&author.pages, "/it/sign-in/code", &code, &[("code", &digits)]).await;
        let ready = ready.expect(200).text();
        assert!(
            ready.contains("value=\"Una risposta lunga, &#60;scritta&#62; con cura.\""),
            "{ready}"
        );
        assert_eq!(
            rows::number(city, "select count(*) from comment").await,
            0,
            "nobody sent it"
        );
        let keys = hidden(&ready, &action).expect("the form again");
        send(&author.pages, &action, &keys, &[("comment", TYPED)])
            .await
            .expect(303);
        assert_eq!(
            rows::number(city, "select count(*) from comment where stance = 'against'").await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn a_new_proposal_that_came_late_still_knows_its_consultation() {
    city::with(async |city| {
        given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let page = format!("/it/proposals/new?consultation={}", given::SLUG);
        let open = keys(&author.pages, &page).await;
        write::sign_out_everywhere(&author.cx(city).await).await.expect("ended");
        let again = citizen(city, "autrice").await;
        let fields = [("title", "Panchine all'ombra"), ("body", "Dove si aspetta il tram.")];
        let back = send(&again.pages, &page, &open, &fields).await.expect(403).text();
        let ready = hidden(&back, &page).expect("the form again");
        send(&again.pages, &page, &ready, &fields).await.expect(303);
        let drafts = "select count(*) from proposal where state = 'draft'";
        assert_eq!(rows::number(city, drafts).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_late_form_without_the_word_of_the_browser_is_only_given_back_to_be_copied() {
    city::with(async |city| {
        let author = citizen(city, "autrice").await;
        let request = author
            .pages
            .request(http::Method::POST, "/it/proposals/new")
            .header("content-type", "application/x-www-form-urlencoded");
        let body = "once=a&csrf=b&body=Ciao+a+tutti";
        let refused = author.pages.send(request.body(body.into()).expect("a request")).await;
        let refused = refused.expect(403).text();
        assert!(refused.contains("Ciao a tutti</textarea>"), "{refused}");
        assert_eq!(hidden(&refused, "/it/proposals/new"), None, "{refused}");
    })
    .await;
}

#[tokio::test]
async fn a_form_from_elsewhere_gives_nothing_back() {
    city::with(async |city| {
        let author = citizen(city, "autrice").await;
        let request = author
            .pages
            .request(http::Method::POST, "/it/proposals/new")
            .header("origin", "https://elsewhere.example.org")
            .header("content-type", "application/x-www-form-urlencoded");
        let body = "once=a&csrf=b&body=Scrivi+la+tua+password";
        let refused = author
            .pages
            .send(request.body(body.into()).expect("a request"))
            .await
            .expect(403);
        assert!(!refused.text().contains("Scrivi la tua"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn a_moderator_whose_factor_lapsed_is_led_to_it_and_the_reason_is_not_lost() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let comment = given::comment(city, &author, proposal, "Serve a tutti.").await;
        let moderator = holder(city, "moderatrice", Role::Moderator, None, None).await;
        let forms = [
            format!("/it/proposals/{proposal}/act/hide"),
            format!("/it/comments/{comment}/act/hide"),
        ];
        for form in &forms {
            let led = moderator.pages.get(form).await.expect(303);
            assert!(led.location().starts_with("/it/second-factor?return="), "{led}");
            author.pages.get(form).await.expect(404);
        }
        let moderator = give_factor(city, moderator, &Scope::ALL).await;
        for form in &forms {
            let open = keys(&moderator.pages, form).await;
            city.advance_ms(STAFF_SESSION_MS);
            let back = send(&moderator.pages, form, &open, &[("reason", "Insulti.")])
                .await
                .expect(403)
                .text();
            assert!(
                back.contains("Insulti.</textarea>") && hidden(&back, "/it/second-factor").is_some(),
                "{back}"
            );
            city.advance_ms(-STAFF_SESSION_MS);
        }
        let restore = format!("/it/proposals/{proposal}/act/restore");
        submit(&moderator.pages, &forms[0], &forms[0], &[("reason", "Insulti.")])
            .await
            .expect(303);
        city.advance_ms(STAFF_SESSION_MS);
        let led = moderator.pages.get(&restore).await.expect(303);
        assert!(led.location().starts_with("/it/second-factor?return="), "{led}");
    })
    .await;
}

#[tokio::test]
async fn an_answer_to_what_cannot_be_a_comment_is_no_comment_on_the_proposal() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let page = format!("/it/proposals/{proposal}-piste-ciclabili-sicure");
        let open = keys(&author.pages, &page).await;
        let fields = [("comment", TYPED), ("parent", "none")];
        send(
            &author.pages,
            &format!("/it/proposals/{proposal}/comments"),
            &open,
            &fields,
        )
        .await
        .expect(404);
        assert_eq!(rows::number(city, "select count(*) from comment").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_demonstration_link_that_is_none_shows_no_button() {
    city::with(async |city| {
        let author = citizen(city, "autrice").await;
        let visitor = city.visitor();
        visitor.get(&format!("/it/demo/{}/bogus", author.id)).await.expect(404);
        let proof = write::demonstration_proof(&city.city, author.id).expect("a demonstration");
        let link = format!("/it/demo/{}/{proof}", author.id);
        submit(&visitor, &link, &link, &[]).await.expect(303);
    })
    .await;
}
