//! Joining proposals: to which one may be, what both pages say afterwards, on all three surfaces.

use civic::actor::Role;
use civic::error::{Code, Error};
use civic::moderation::{self, Subject};
use civic::proposal::read::{Filter, Sort, list, page};
use civic::proposal::write::{merge, withdraw};
use http::Method;
use serde_json::json;
use tests::form::submit;
use tests::person::{citizen, staff};
use tests::{city, given};

#[tokio::test]
async fn a_proposal_is_joined_only_to_another_one_that_everybody_finds_in_its_consultation() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let elsewhere = given::another_consultation(city, "altrove").await;
        let author = citizen(city, "autrice").await;
        let editor = staff(city, "redattrice", Role::Editor).await;
        let moderator = staff(city, "moderatore", Role::Moderator).await;
        let id = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let other = given::proposal(city, &author, consultation, "Piste ciclabili continue").await;
        let foreign = given::proposal(city, &author, elsewhere, "Piste ciclabili altrove").await;
        let draft = given::draft(city, &author, consultation, "Piste ciclabili forse").await;
        let gone = given::proposal(city, &author, consultation, "Piste ciclabili ritirate").await;
        withdraw(&author.cx(city).await, gone, "Ho cambiato idea.")
            .await
            .expect("withdrawn");
        let hidden = given::proposal(city, &author, consultation, "Piste ciclabili nascoste").await;
        let cx = moderator.cx(city).await;
        moderation::write::hide(&cx, Subject::Proposal(hidden), "Fuori tema.")
            .await
            .expect("hidden");

        let cx = editor.cx(city).await;
        for into in [id, foreign, draft, gone, hidden] {
            let refused = merge(&cx, id, into, "Sono uguali.").await;
            assert_eq!(refused, Err(Error::field("into", Code::MergeRefused)));
        }
        let refused = merge(&cx, id, other, " ").await;
        assert_eq!(refused, Err(Error::field("reason", Code::Empty)));
        let Err(Error::Invalid(both)) = merge(&cx, id, id, "").await else {
            panic!("it was joined to itself")
        };
        assert_eq!(both.len(), 2, "all that is wrong is told at once: {both:?}");
        let denied = merge(&author.cx(city).await, id, other, "Sono uguali.").await;
        assert_eq!(denied, Err(Error::Denied(Code::NotAllowed)));

        merge(&cx, id, other, "Sono uguali.").await.expect("joined");
        let again = merge(&cx, id, other, "Sono uguali.").await;
        assert_eq!(again, Err(Error::Conflict(Code::WrongState)));
        let into_joined = merge(&cx, other, id, "Al contrario.").await;
        assert_eq!(into_joined, Err(Error::field("into", Code::MergeRefused)));

        let visitor = city
            .city
            .cx(civic::actor::Actor::Visitor, civic::language::Language::It);
        let joined = page(&visitor, id).await.expect("readable");
        assert_eq!(joined.body.as_str(), given::BODY, "its text stays readable");
        assert_eq!(joined.merged_into.map(|link| link.id), Some(other));
        assert!(!joined.can.support && !joined.can.comment && !joined.can.merge);
        let target = page(&visitor, other).await.expect("readable");
        let titles: Vec<&str> = target.merged.iter().map(|link| link.title.as_str()).collect();
        assert_eq!(titles, ["Piste ciclabili sicure"]);
        let filter = Filter {
            consultation: Some(consultation),
            ..Filter::default()
        };
        let listed = list(&visitor, &filter, Sort::Newest, civic::page::Paging::default())
            .await
            .expect("listed");
        assert!(
            listed.items.iter().all(|card| card.id != id),
            "lists show the other one only"
        );

        let cx = moderator.cx(city).await;
        moderation::write::hide(&cx, Subject::Proposal(other), "Fuori tema.")
            .await
            .expect("hidden");
        let joined = page(&visitor, id).await.expect("readable");
        assert_eq!(joined.merged_into, None, "what is hidden is named nowhere");
    })
    .await;
}

#[tokio::test]
async fn an_editor_joins_two_on_a_page_by_choice_or_by_address_and_keeps_what_was_typed() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let editor = staff(city, "redattrice", Role::Editor).await;
        let first = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let second = given::proposal(city, &author, consultation, "Piste ciclabili continue").await;
        let other = given::proposal(city, &author, consultation, "Panchine al sole").await;
        city.settle().await;
        let act = format!("/it/proposals/{first}/act/merge");
        let own = format!("/it/proposals/{first}-piste-ciclabili-sicure");
        assert!(editor.pages.get(&own).await.expect(200).text().contains(&act));
        assert!(!author.pages.get(&own).await.expect(200).text().contains(&act));
        author.pages.get(&act).await.expect(404);
        let form = editor.pages.get(&act).await.expect(200).text();
        assert!(
            form.contains(&format!("value=\"{second}\"")),
            "what is similar is offered: {form}"
        );

        let reason = "Chiedono la stessa pista.";
        let nothing = submit(&editor.pages, &act, &act, &[("reason", reason)])
            .await
            .expect(422)
            .text();
        assert!(
            nothing.contains(reason) && nothing.contains("href=\"#into_address\""),
            "{nothing}"
        );
        for typed in ["una qualunque", &own, "prp_0000000000000000000000000z"] {
            let fields = [("into_address", typed), ("reason", reason)];
            let refused = submit(&editor.pages, &act, &act, &fields).await.expect(422).text();
            assert!(
                refused.contains(reason) && refused.contains(&format!("value=\"{typed}\"")),
                "{refused}"
            );
            assert!(
                refused.contains("Scegli un’altra proposta che tutti vedono"),
                "{refused}"
            );
        }
        let chosen = second.to_string();
        let fields = [("into", chosen.as_str()), ("reason", "")];
        let refused = submit(&editor.pages, &act, &act, &fields).await.expect(422).text();
        assert!(
            refused.contains(&format!("value=\"{second}\" checked")),
            "the choice stays: {refused}"
        );
        let fields = [("into", chosen.as_str()), ("reason", reason)];
        submit(&editor.pages, &act, &act, &fields).await.expect(303);
        let joined = city.visitor().get(&own).await.expect(200).text();
        assert!(
            joined.contains(&format!("/it/proposals/{second}-piste-ciclabili-continue")),
            "{joined}"
        );
        assert!(
            joined.contains(reason) && joined.contains("Perché è stata unita"),
            "{joined}"
        );

        let act = format!("/it/proposals/{second}/act/merge");
        let address = format!("{}/it/proposals/{other}-panchine-al-sole?done=merge", city.base);
        let fields = [("into_address", address.as_str()), ("reason", reason)];
        submit(&editor.pages, &act, &act, &fields).await.expect(303);
        let target = format!("/it/proposals/{other}-panchine-al-sole");
        let target = city.visitor().get(&target).await.expect(200).text();
        assert!(
            target.contains("Proposte unite a questa") && target.contains(&chosen),
            "{target}"
        );
    })
    .await;
}

#[tokio::test]
async fn programs_join_proposals_and_read_which_lives_on_in_which() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let editor = staff(city, "redattrice", Role::Editor).await;
        let first = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
        let second = given::proposal(city, &author, consultation, "Piste ciclabili continue").await;
        let target = given::proposal(city, &author, consultation, "Una rete di piste").await;
        let at = format!("/api/v1/proposals/{first}");
        let input = json!({ "into": target, "reason": "Fa parte della rete." });
        let merge = format!("{at}/merge");
        author.api.send_json(Method::POST, &merge, &input).await.expect(403);
        let itself = json!({ "into": first, "reason": "Fa parte della rete." });
        let refused = editor
            .api
            .send_json(Method::POST, &merge, &itself)
            .await
            .expect(422)
            .json();
        assert_eq!(refused["errors"][0]["code"], json!("merge_refused"), "{refused}");
        let joined = editor
            .api
            .send_json(Method::POST, &merge, &input)
            .await
            .expect(200)
            .json();
        assert_eq!(
            (
                &joined["state"],
                &joined["merged_into"]["id"],
                &joined["answer"]["text"]
            ),
            (&json!("merged"), &json!(target), &json!("Fa parte della rete."))
        );

        let document = "mutation($id: ID!, $input: MergeIn!) { proposalMerge(id: $id, input: $input) \
                        { proposal { state mergedInto { id title } can { merge } } } }";
        let variables = json!({ "id": second, "input": { "into": target, "reason": "Anche questa." } });
        let told = editor.api.graphql(document, variables).await.expect(200).json();
        let told = &told["data"]["proposalMerge"]["proposal"];
        let named = json!({ "id": target, "title": "Una rete di piste" });
        assert_eq!(
            (&told["state"], &told["mergedInto"]),
            (&json!("MERGED"), &named),
            "{told}"
        );
        let document = "query($id: ID!) { proposal(id: $id) { merged { id slug lang } } }";
        let told = city
            .visitor()
            .graphql(document, json!({ "id": target }))
            .await
            .expect(200)
            .json();
        let ids = |list: &serde_json::Value| -> Vec<serde_json::Value> {
            list.as_array()
                .into_iter()
                .flatten()
                .map(|one| one["id"].clone())
                .collect()
        };
        assert_eq!(
            ids(&told["data"]["proposal"]["merged"]),
            [json!(first), json!(second)],
            "{told}"
        );
        let shown = city
            .visitor()
            .get_json(&format!("/api/v1/proposals/{target}"))
            .await
            .expect(200)
            .json();
        assert_eq!(ids(&shown["merged"]), [json!(first), json!(second)], "{shown}");
    })
    .await;
}
