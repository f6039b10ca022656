//! REST as a stranger's program uses it: the flows, every kind of wrong input, repeats, versions, problems.

mod problems;
mod repeats;

use http::Method;
use serde_json::json;
use tests::{city, given, person};

#[tokio::test]
async fn a_citizen_writes_publishes_changes_and_withdraws_a_proposal() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let shown = ada
            .api
            .get(&format!("/api/v1/consultations/{consultation}"))
            .await
            .expect(200)
            .json();
        let theme = &shown["themes"][0]["id"];
        let path = format!("/api/v1/consultations/{consultation}/proposals");
        let begun = ada
            .api
            .send_json(Method::POST, &path, &json!({ "title": "Alberi" }))
            .await
            .expect(201);
        let at = begun.location().to_owned();
        assert_eq!(begun.json()["state"], "draft");

        let patch = |body: serde_json::Value, tag: String| {
            let request = ada.api.request(Method::PATCH, &at);
            let request = request.header("content-type", "application/merge-patch+json");
            let request = if tag.is_empty() {
                request
            } else {
                request.header("if-match", tag)
            };
            request.body(body.to_string().into()).expect("a patch")
        };
        let change = json!({ "title": "Alberi in ogni via", "body": given::BODY, "theme": theme });
        ada.api
            .send(patch(change, begun.header("etag").to_owned()))
            .await
            .expect(200);
        let late = ada
            .api
            .send(patch(
                json!({ "title": "Altro titolo" }),
                begun.header("etag").to_owned(),
            ))
            .await;
        assert_eq!(late.expect(412).json()["code"], "out_of_date");

        let published = ada
            .api
            .send_json(Method::POST, &format!("{at}/publish"), &json!({}))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&published["state"], &published["version"]),
            (&json!("published"), &json!(3))
        );
        let list = city.visitor().get("/api/v1/proposals").await.expect(200).json();
        assert_eq!(list["items"][0]["title"], "Alberi in ogni via");

        let lost = ada
            .api
            .send(patch(json!({ "theme": null }), String::new()))
            .await
            .expect(422);
        assert_eq!(
            lost.json()["errors"][0]["field"],
            "theme",
            "what is public keeps its theme"
        );
        let cleared = ada
            .api
            .send(patch(json!({ "point": null }), String::new()))
            .await
            .expect(200)
            .json();
        assert!(cleared.get("point").is_none(), "{cleared}");
        let reason = json!({ "reason": "Ci ho ripensato" });
        let gone = ada
            .api
            .send_json(Method::POST, &format!("{at}/withdraw"), &reason)
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&gone["state"], &gone["withdraw_reason"]),
            (&json!("withdrawn"), &json!("Ci ho ripensato"))
        );
        assert_eq!(
            city.visitor().get("/api/v1/proposals").await.expect(200).json()["items"],
            json!([])
        );
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_its_authors_alone_whatever_list_is_asked_for() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let draft = given::draft(city, &ada, consultation, "Ancora un segreto").await;
        let lists = [
            "/api/v1/proposals",
            "/api/v1/proposals?state=draft",
            "/it/proposals?state=draft",
        ];
        for list in lists {
            let shown = city.visitor().get(list).await.expect(200).text();
            assert!(!shown.contains("Ancora un segreto"), "{list} shows a draft");
        }
        city.visitor()
            .get(&format!("/api/v1/proposals/{draft}"))
            .await
            .expect(404);
        assert_eq!(
            ada.api.get("/api/v1/me/drafts").await.expect(200).json()["items"][0]["id"],
            draft.to_string()
        );
    })
    .await;
}

#[tokio::test]
async fn people_support_and_discuss_a_proposal() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let (ada, bob) = (person::citizen(city, "ada").await, person::citizen(city, "bob").await);
        let proposal = given::proposal(city, &ada, consultation, "Piste ciclabili sicure").await;
        let at = format!("/api/v1/proposals/{proposal}");
        for _ in 0..2 {
            let tally = bob
                .api
                .send_json(Method::PUT, &format!("{at}/support"), &json!({}))
                .await
                .expect(200)
                .json();
            assert_eq!(tally, json!({ "support_count": 1, "supported": true }));
        }
        let comment = json!({ "body": "Sono *d’accordo*", "stance": "for" });
        let written = bob
            .api
            .send_json(Method::POST, &format!("{at}/comments"), &comment)
            .await
            .expect(201);
        let reply = json!({ "body": "Grazie", "parent": written.json()["id"] });
        ada.api
            .send_json(Method::POST, &format!("{at}/comments"), &reply)
            .await
            .expect(201);
        let threads = city
            .visitor()
            .get(&format!("{at}/comments?sort=most_supported"))
            .await
            .expect(200)
            .json();
        assert_eq!(threads["items"][0]["root"]["html"], "<p>Sono <em>d’accordo</em></p>\n");
        assert_eq!(threads["items"][0]["replies"][0]["body"], "Grazie");
        let location = written.location();
        ada.api
            .send_json(Method::PUT, &format!("{location}/support"), &json!({}))
            .await
            .expect(200);
        assert_eq!(
            city.visitor().get(location).await.expect(200).json()["support_count"],
            1
        );
        bob.api
            .send_json(Method::DELETE, location, &json!({}))
            .await
            .expect(204);
        let removed = city.visitor().get(location).await.expect(200).json();
        assert_eq!(removed["gone"], "removed");
        assert!(removed.get("body").is_none(), "{removed}");
        let tally = bob
            .api
            .send_json(Method::DELETE, &format!("{at}/support"), &json!({}))
            .await
            .expect(200)
            .json();
        assert_eq!(tally, json!({ "support_count": 0, "supported": false }));
    })
    .await;
}

#[tokio::test]
async fn a_moderator_hides_and_restores_and_the_author_sees_why() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let mod_ = person::staff(city, "mara", civic::actor::Role::Moderator).await;
        let proposal = given::proposal(city, &ada, consultation, "Da guardare meglio").await;
        let at = format!("/api/v1/proposals/{proposal}");
        let reason = json!({ "reason": "Contiene dati di altri" });
        ada.api
            .send_json(Method::POST, &format!("{at}/hide"), &reason)
            .await
            .expect(403);
        mod_.api
            .send_json(Method::POST, &format!("{at}/hide"), &reason)
            .await
            .expect(200);
        city.visitor().get(&at).await.expect(404);
        assert_eq!(
            ada.api.get(&at).await.expect(200).json()["hidden_reason"],
            "Contiene dati di altri"
        );
        mod_.api
            .send_json(Method::POST, &format!("{at}/restore"), &reason)
            .await
            .expect(200);
        city.visitor().get(&at).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn search_finds_over_rest_what_was_written_by_a_misspelt_word() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        given::proposal(city, &ada, consultation, "Biciclette al parco").await;
        city.settle().await;
        let found = city
            .visitor()
            .get("/api/v1/search?q=bicilette")
            .await
            .expect(200)
            .json();
        assert_eq!(found["items"][0]["proposal"]["title"], "Biciclette al parco");
        assert!(
            found["items"][0]["title"]
                .as_array()
                .expect("spans")
                .iter()
                .any(|span| span["marked"] == true)
        );
    })
    .await;
}

#[tokio::test]
async fn a_list_is_read_page_by_page_without_repeats() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        for number in 1..=5 {
            given::proposal(city, &ada, consultation, &format!("Proposta numero {number}")).await;
        }
        let mut titles = Vec::new();
        let mut after = String::new();
        loop {
            let path = format!("/api/v1/proposals?sort=random&seed=7&limit=2&after={after}");
            let page = city.visitor().get(&path).await.expect(200).json();
            let items = page["items"].as_array().expect("items").clone();
            titles.extend(
                items
                    .iter()
                    .map(|item| item["title"].as_str().expect("a title").to_owned()),
            );
            match page["next"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break,
            }
        }
        titles.sort();
        titles.dedup();
        assert_eq!(titles.len(), 5);
        let facets = city
            .visitor()
            .get(&format!("/api/v1/consultations/{consultation}/facets"))
            .await
            .expect(200);
        assert_eq!(facets.json()["total"], 5);
    })
    .await;
}

#[tokio::test]
async fn an_editor_opens_a_consultation_and_answers_a_proposal() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let editor = person::staff(city, "edda", civic::actor::Role::Editor).await;
        let both = |text: &str| json!({ "it": text, "en": text });
        let phase = json!({ "kind": "collection", "starts_at": "2026-12-01T00:00:00+01:00", "ends_at": "2027-01-01T00:00:00+01:00" });
        let new = json!({
            "slug": "aria", "title": both("Aria"), "question": both("Come respiriamo?"), "description": both("Testo"),
            "phases": [phase], "themes": [{ "slug": "traffico", "name": both("Traffico") }],
        });
        ada.api.send_json(Method::POST, "/api/v1/consultations", &new).await.expect(403);
        let made = editor.api.send_json(Method::POST, "/api/v1/consultations", &new).await.expect(201);
        assert_eq!(made.json()["phases"][0]["starts_at"], "2026-11-30T23:00:00.000Z");
        let phases = json!({ "phases": [phase, phase] });
        let twice = editor.api.send_json(Method::PUT, &format!("{}/phases", made.location()), &phases).await;
        assert_eq!(twice.expect(409).json()["code"], "phases_overlap");

        let proposal = given::proposal(city, &ada, consultation, "Piste ciclabili sicure").await;
        let at = format!("/api/v1/proposals/{proposal}");
        let correction = json!({ "title": "Piste ciclabili sicure e continue", "reason": "Errore di stampa" });
        editor.api.send_json(Method::POST, &format!("{at}/corrections"), &correction).await.expect(201);
        let versions = city.visitor().get(&format!("{at}/versions")).await.expect(200).json();
        assert_eq!(versions["items"][0]["kind"], "correction");
        editor.api.send_json(Method::POST, &format!("{at}/answer"), &json!({ "step": "take_up" })).await.expect(200);
        let answer = json!({ "step": "accept", "text": "Si farà nel 2027." });
        let answered = editor.api.send_json(Method::POST, &format!("{at}/answer"), &answer).await.expect(200).json();
        assert_eq!((&answered["state"], &answered["answer"]["text"]), (&json!("accepted"), &json!("Si farà nel 2027.")));
    })
    .await;
}

#[tokio::test]
async fn a_picture_is_added_downloaded_and_removed() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let proposal = given::proposal(city, &ada, consultation, "Con una carta").await;
        let at = format!("/api/v1/proposals/{proposal}/attachments");
        let pdf = "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n";
        let form = format!(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../carta.pdf\"\r\n\r\n{pdf}\r\n--x\r\n\
             Content-Disposition: form-data; name=\"description\"\r\n\r\nUna carta\r\n--x--\r\n"
        );
        let request = ada
            .api
            .request(Method::POST, &at)
            .header("content-type", "multipart/form-data; boundary=x");
        let added = ada
            .api
            .send(request.body(form.clone().into()).expect("a form"))
            .await
            .expect(201);
        assert_eq!(
            (&added.json()["kind"], &added.json()["name"]),
            (&json!("file"), &json!("carta.pdf"))
        );
        let bytes = city
            .visitor()
            .get(&format!("{}/full", added.location()))
            .await
            .expect(200);
        assert_eq!(
            (bytes.text().as_str(), bytes.header("content-type")),
            (pdf, "application/pdf")
        );
        let request = ada
            .api
            .request(Method::POST, &at)
            .header("content-type", "multipart/form-data; boundary=x");
        let another = request.body(form.replace("Una carta", "Altra carta").into());
        let second = ada.api.send(another.expect("a form")).await.expect(201);
        let first_page = city.visitor().get(&format!("{at}?limit=1")).await.expect(200).json();
        assert_eq!(first_page["items"], json!([added.json()]));
        let next = first_page["next"].as_str().expect("there is another");
        let last_page = city
            .visitor()
            .get(&format!("{at}?limit=1&after={next}"))
            .await
            .expect(200)
            .json();
        assert_eq!(last_page, json!({ "items": [second.json()] }));
        ada.api
            .send_json(Method::DELETE, second.location(), &json!({}))
            .await
            .expect(204);
        let request = ada.api.request(Method::PATCH, added.location());
        let request = request.header("content-type", "application/merge-patch+json");
        let patch = request.body(json!({ "description": "La carta del quartiere" }).to_string().into());
        let described = ada.api.send(patch.expect("a patch")).await.expect(200).json();
        assert_eq!(described["description"], "La carta del quartiere");
        ada.api
            .send_json(Method::DELETE, added.location(), &json!({}))
            .await
            .expect(204);
        assert_eq!(city.visitor().get(&at).await.expect(200).json()["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn the_interface_is_described_and_can_be_browsed_without_scripts() {
    city::with(async |city| {
        let described = city.visitor().get_json("/api/openapi.json").await.expect(200).json();
        assert_eq!(described["openapi"], "3.0.0");
        let page = city.visitor().get("/api").await.expect(200);
        assert!(page.text().contains("POST /proposals/{id}/publish"), "{page}");
        assert!(!page.text().contains("<script"), "a script");
        assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
        let status = city.visitor().get("/api/v1/status").await.expect(200);
        assert_eq!(status.json()["status"], "ok");
    })
    .await;
}
