//! The pages as they are heard and as they are sent: outlines in both languages, policy headers, keys of forms, tails of
//! addresses, ways out of errors, and the other language.

use bytes::Bytes;
use civic::actor::Role;
use http::Method;
use http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, ORIGIN};
use tests::city::{self, TestCity};
use tests::form::hidden;
use tests::http::Client;
use tests::outline::Outline;
use tests::person::{Person, citizen, staff};
use tests::{given, rows, snapshot};

/// A consultation with a proposal that was answered and one that is discussed; gives the second one's path without the
/// language.
async fn furnished(city: &TestCity) -> (Person, String) {
    let consultation = given::consultation(city).await;
    let author = citizen(city, "autrice").await;
    civic::member::write::change_profile(&author.cx(city).await, Some("Ada"), None)
        .await
        .expect("named");
    let editor = staff(city, "redattrice", Role::Editor).await;
    let decided = given::proposal(city, &author, consultation, "Una fontana in piazza").await;
    let cx = editor.cx(city).await;
    for (step, text) in [
        (civic::proposal::ProposalStep::TakeUp, None),
        (civic::proposal::ProposalStep::Accept, Some("Si farà in primavera.")),
    ] {
        civic::proposal::write::answer(&cx, decided, step, text)
            .await
            .expect("answered");
    }
    // Published later, so that the newest is the first of the two.
    city.advance_ms(1_000);
    let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
    given::comment(city, &author, proposal, "Serve a tutti, *davvero*.").await;
    city.settle().await;
    (author, format!("/proposals/{proposal}-piste-ciclabili-sicure"))
}

/// The pages that are compared, by the name of their snapshot.
fn main_pages(proposal: &str) -> [(&'static str, String); 5] {
    [
        ("home", String::new()),
        ("consultations", "/consultations".to_owned()),
        ("consultation", format!("/consultations/{}", given::SLUG)),
        (
            "proposals",
            format!("/proposals?consultation={}&sort=newest", given::SLUG),
        ),
        ("proposal", proposal.to_owned()),
    ]
}

#[tokio::test]
async fn the_main_pages_are_heard_as_they_were_reviewed_in_both_languages() {
    city::with(async |city| {
        let (_, proposal) = furnished(city).await;
        let visitor = city.visitor();
        for language in ["it", "en"] {
            for (name, path) in main_pages(&proposal) {
                let html = visitor.get(&format!("/{language}{path}")).await.expect(200).text();
                let outline = Outline::of(&html);
                assert_eq!(outline.problems, Vec::<String>::new(), "{language} {name}");
                assert!(
                    outline.text.contains("-> #main") && outline.text.contains("-> #footer"),
                    "{}",
                    outline.text
                );
                assert!(html.contains("id=\"main\"") && html.contains("id=\"footer\""));
                assert_eq!(
                    html.contains("<ol class=\"breadcrumb\">"),
                    name != "home",
                    "the way back of {name}"
                );
                snapshot::matches(&format!("page_{name}_{language}"), &outline.text);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_signed_in_reader_hears_their_buttons_and_no_page_has_a_fault_of_outline() {
    city::with(async |city| {
        let (author, proposal) = furnished(city).await;
        let moderator = staff(city, "moderatrice", Role::Moderator).await;
        for person in [&author, &moderator] {
            for (name, path) in main_pages(&proposal) {
                let html = person.pages.get(&format!("/en{path}")).await.expect(200).text();
                assert_eq!(Outline::of(&html).problems, Vec::<String>::new(), "{name}");
                assert!(html.contains("/en/sign-out"));
            }
        }
        let html = author.pages.get(&format!("/it{proposal}")).await.text();
        snapshot::matches("page_proposal_author", &Outline::of(&html).text);
    })
    .await;
}

/// What in a page would run or paint without a file of ours: inline scripts, styles and handlers.
fn inline(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for tag in html.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let attributes = || tag.split_whitespace().skip(1);
        if tag == "style" || tag.starts_with("style ") || (tag.starts_with("script") && !tag.contains("src=\"/assets/"))
        {
            found.push(tag.to_owned());
        }
        if attributes().any(|one| one.starts_with("style=") || (one.starts_with("on") && one.contains("=\""))) {
            found.push(tag.to_owned());
        }
    }
    found
}

#[tokio::test]
async fn every_answer_carries_a_strict_policy_and_nothing_is_inline() {
    city::with(async |city| {
        let (author, proposal) = furnished(city).await;
        let mut paths: Vec<String> = main_pages(&proposal)
            .into_iter()
            .map(|(_, path)| format!("/it{path}"))
            .collect();
        paths.extend(["/it/sign-in", "/it/sign-in/code", "/it/nothing/at/all", "/nowhere"].map(ToOwned::to_owned));
        paths.push(format!(
            "/it{}/versions",
            proposal.split("-piste").next().expect("an id")
        ));
        for client in [&city.visitor(), &author.pages] {
            for path in &paths {
                let answer = client.get(path).await;
                let policy = answer.header("content-security-policy");
                assert!(
                    policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"),
                    "{path}: {policy}"
                );
                assert!(
                    !policy.contains("unsafe") && !policy.contains('*') && policy.contains("frame-ancestors 'none'")
                );
                assert_eq!(answer.header("x-content-type-options"), "nosniff");
                assert!(answer.header("cache-control").contains("private"), "{path}");
                assert_eq!(inline(&answer.text()), Vec::<String>::new(), "{path}");
                let outside = answer.text().matches("src=\"http").count();
                assert_eq!(outside, 0, "{path} loads from elsewhere");
            }
        }
        let svg = city
            .visitor()
            .get(&format!("/it/consultations/{}/map.svg", given::SLUG))
            .await
            .expect(200);
        assert!(svg.header("content-security-policy").contains("sandbox"));
    })
    .await;
}

#[tokio::test]
async fn a_form_from_anywhere_else_is_refused() {
    city::with(async |city| {
        let (author, proposal) = furnished(city).await;
        let reader = citizen(city, "lettore").await;
        let action = format!("/it{}/support", proposal.split("-piste").next().expect("an id"));
        let html = reader.pages.get(&format!("/it{proposal}")).await.text();
        let keys = hidden(&html, &action).expect("the form");
        let body = |keys: &[(String, String)]| Bytes::from(serde_urlencoded::to_string(keys).expect("encoded"));
        let send = async |client: &Client, headers: &[(&str, &str)], body: Bytes| {
            let mut request = client
                .request(Method::POST, &action)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            client.send(request.body(body).expect("a request")).await
        };
        let foreign = [(ORIGIN.as_str(), "https://elsewhere.example")];
        send(&reader.pages, &foreign, body(&keys)).await.expect(403);
        send(&reader.pages, &[(ORIGIN.as_str(), "null")], body(&keys))
            .await
            .expect(403);
        send(&reader.pages, &[("sec-fetch-site", "cross-site")], body(&keys))
            .await
            .expect(403);
        send(&reader.pages, &[], Bytes::new()).await.expect(403);
        send(&author.pages, &[], body(&keys)).await.expect(403);
        let altered: Vec<(String, String)> = keys
            .iter()
            .map(|(name, value)| {
                (
                    name.clone(),
                    if name == "once" {
                        format!("{value}x")
                    } else {
                        value.clone()
                    },
                )
            })
            .collect();
        send(&reader.pages, &[], body(&altered)).await.expect(403);
        assert_eq!(rows::number(city, "select count(*) from support").await, 0);
        let json = reader
            .pages
            .request(Method::POST, &action)
            .header(CONTENT_TYPE, "application/json");
        let refused = reader
            .pages
            .send(json.body(Bytes::from_static(b"{}")).expect("a request"))
            .await;
        refused.expect(415);
        let large = format!("comment={}", "a".repeat(70_000));
        send(&reader.pages, &[], Bytes::from(large)).await.expect(413);
        send(&reader.pages, &[("sec-fetch-site", "same-origin")], body(&keys))
            .await
            .expect(303);
        assert_eq!(rows::number(city, "select count(*) from support").await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_readable_tail_is_for_people_and_leads_to_the_right_one() {
    city::with(async |city| {
        let (_, proposal) = furnished(city).await;
        let id = proposal.split("-piste").next().expect("an id");
        let visitor = city.visitor();
        for other in ["", "-un-altro-titolo", "-piste"] {
            let led = visitor
                .get(&format!("/it{id}{other}?comments=oldest"))
                .await
                .expect(303);
            assert_eq!(led.location(), format!("/it{proposal}?comments=oldest"));
        }
        visitor.get(&format!("/it{proposal}?comments=oldest")).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn error_pages_speak_the_readers_language_and_offer_a_way_out() {
    city::with(async |city| {
        furnished(city).await;
        let visitor = city.visitor();
        for (path, language) in [
            ("/it/proposals/none", "it"),
            ("/en/proposals/prp_00000000000000000000000000", "en"),
            ("/en/consultations/none", "en"),
            ("/it/too/deep/to/be/ours", "it"),
            ("/en/proposals/", "en"),
            ("/nowhere/at/all", "it"),
        ] {
            let answer = visitor.get(path).await.expect(404);
            let html = answer.text();
            let outline = Outline::of(&html);
            assert_eq!(outline.problems, Vec::<String>::new(), "{path}: {html}");
            assert!(html.contains(&format!("<html lang=\"{language}\"")), "{path}");
            assert!(
                outline.text.contains(&format!("-> /{language}\n")),
                "{path} leads home: {}",
                outline.text
            );
        }
        let request = visitor.request(Method::DELETE, "/en/proposals");
        let answer = visitor
            .send(request.body(Bytes::new()).expect("a request"))
            .await
            .expect(405);
        assert!(answer.text().contains("<html lang=\"en\""));
        let request = visitor
            .request(Method::GET, "/nowhere")
            .header(ACCEPT_LANGUAGE, "en-GB,en;q=0.8");
        let answer = visitor
            .send(request.body(Bytes::new()).expect("a request"))
            .await
            .expect(404);
        assert!(answer.text().contains("<html lang=\"en\""));
    })
    .await;
}

#[tokio::test]
async fn the_other_language_keeps_the_page() {
    city::with(async |city| {
        let (_, proposal) = furnished(city).await;
        let visitor = city.visitor();
        let mut paths: Vec<String> = main_pages(&proposal).into_iter().map(|(_, path)| path).collect();
        paths.extend(["/sign-in".to_owned(), format!("{proposal}?comments=oldest")]);
        for path in paths {
            for (here, there) in [("it", "en"), ("en", "it")] {
                let html = visitor.get(&format!("/{here}{path}")).await.expect(200).text();
                let other = format!("/{there}{path}");
                let link = format!(
                    "lang=\"{there}\" hreflang=\"{there}\" href=\"{}\"",
                    other.replace('&', "&#38;")
                );
                assert!(html.contains(&link), "{link} in {html}");
                visitor.get(&other).await.expect(200);
            }
        }
        for (accepts, language) in [("en", "/en"), ("de,it;q=0.1", "/it"), ("", "/it")] {
            let request = visitor.request(Method::GET, "/").header(ACCEPT_LANGUAGE, accepts);
            let led = visitor
                .send(request.body(Bytes::new()).expect("a request"))
                .await
                .expect(303);
            assert_eq!(
                (led.location(), led.header("vary").contains("accept-language")),
                (language, true)
            );
        }
    })
    .await;
}

#[tokio::test]
async fn any_query_is_answered_with_a_page() {
    city::with(async |city| {
        let (_, proposal) = furnished(city).await;
        let visitor = city.visitor();
        for query in [
            "sort=none",
            "after=none",
            "after=AAAA",
            "theme=none&theme=&state=nothing&origin=x&author=y&district=z",
            "sort=random&seed=none",
            "done=../../etc",
            "done=%3Cscript%3E",
            "%FF=%00&a=%E2%80%AE",
            "comments=none",
        ] {
            for path in [
                "/it/proposals".to_owned(),
                format!("/it{proposal}"),
                "/it".to_owned(),
                "/it/consultations".to_owned(),
            ] {
                let answer = visitor.get(&format!("{path}?{query}")).await;
                assert!(matches!(answer.status.as_u16(), 200 | 303), "{answer}");
                assert!(!answer.text().contains("<script>"), "{path}?{query}");
            }
        }
        visitor.get("/it/proposals?consultation=none").await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn who_must_sign_in_before_a_button_works_comes_back_to_its_page() {
    city::with(async |city| {
        let (_, proposal) = furnished(city).await;
        let page = format!("/it{proposal}");
        let action = format!("/it{}/support", proposal.split("-piste").next().expect("an id"));
        let reader = citizen(city, "lettore").await;
        let html = reader.pages.get(&page).await.text();
        let keys = hidden(&html, &action).expect("the form");
        civic::member::write::sign_out_everywhere(&reader.cx(city).await)
            .await
            .expect("signed out");
        let send = async |referer: &str| {
            let body = Bytes::from(serde_urlencoded::to_string(&keys).expect("encoded"));
            let request = reader
                .pages
                .request(Method::POST, &action)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(ORIGIN, &city.base)
                .header("referer", referer);
            reader.pages.send(request.body(body).expect("a request")).await
        };
        let back = |path: &str| {
            format!(
                "/it/sign-in?{}",
                serde_urlencoded::to_string([("return", path)]).expect("encoded")
            )
        };
        let led = send(&format!("{}{page}?done=comment&comments=oldest#comments", city.base))
            .await
            .expect(303);
        assert_eq!(
            led.location(),
            back(&format!("{page}?comments=oldest")),
            "the session ended while the page was open"
        );
        for foreign in ["https://elsewhere.example/it/x", "", "about:blank"] {
            assert_eq!(send(foreign).await.expect(303).location(), back("/it"), "{foreign}");
        }
        assert_eq!(rows::number(city, "select count(*) from support").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_refused_form_keeps_its_page_for_the_other_language() {
    city::with(async |city| {
        let (author, proposal) = furnished(city).await;
        let page = format!("/it{proposal}");
        let action = format!("/it{}/comments", proposal.split("-piste").next().expect("an id"));
        let html = author.pages.get(&page).await.text();
        let keys = hidden(&html, &action).expect("the form");
        let request = author
            .pages
            .request(Method::POST, &action)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("referer", format!("{}{page}", city.base));
        let body = Bytes::from(serde_urlencoded::to_string(&keys).expect("encoded"));
        let html = author
            .pages
            .send(request.body(body).expect("a request"))
            .await
            .expect(422)
            .text();
        assert!(
            html.contains(&format!("hreflang=\"en\" href=\"/en{proposal}\"")),
            "{html}"
        );
    })
    .await;
}
