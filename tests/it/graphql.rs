//! GraphQL as a stranger's program uses it: one document for everything, errors by their codes, nodes, loaders.

mod keys;
mod limits;
mod live;
mod slow;

use http::Method;
use serde_json::{Value, json};
use tests::http::{Answer, Client};
use tests::statements::Statements;
use tests::{city, given, person};

/// The data of an answer without errors.
#[track_caller]
fn data(answer: Answer) -> Value {
    let told = answer.expect(200).json();
    assert_eq!(told["errors"], Value::Null, "{told:#}");
    told["data"].clone()
}

/// The code of an answer's first error.
#[track_caller]
fn code(answer: &Answer) -> String {
    let told = answer.json();
    let code = told["errors"][0]["extensions"]["code"].as_str();
    code.unwrap_or_else(|| panic!("no code in {told:#}")).to_owned()
}

async fn ask(client: &Client, document: &str, variables: Value) -> Value {
    data(client.graphql(document, variables).await)
}

#[tokio::test]
async fn one_document_finds_a_proposal_by_a_misspelt_word_and_reads_all_around_it() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let proposal = given::proposal(city, &ada, consultation, "Piste per le biciclette").await;
        given::comment(city, &ada, proposal, "Sono **d’accordo**").await;
        city.settle().await;
        let document = "query Find($text: String!) {
            search(text: $text, first: 5, filter: { kind: PROPOSAL }) {
                total
                items {
                    title { text marked }
                    proposal {
                        id title body author { name } supportCount
                        consultation { slug title figures { proposalCount } themes { name } }
                        threads(first: 3) { edges { node { root { html author { name } proposal { id } } more } } }
                    }
                }
            }
        }";
        let found = ask(&city.visitor(), document, json!({ "text": "bicicklette" })).await;
        let first = &found["search"]["items"][0]["proposal"];
        assert_eq!(first["id"], json!(proposal), "{found:#}");
        assert_eq!(first["body"], given::BODY);
        assert_eq!(first["consultation"]["slug"], given::SLUG);
        assert_eq!(first["consultation"]["figures"]["proposalCount"], 1);
        let root = &first["threads"]["edges"][0]["node"]["root"];
        assert!(
            root["html"].as_str().is_some_and(|html| html.contains("<strong>")),
            "{root}"
        );
        assert_eq!(root["proposal"]["id"], json!(proposal));
    })
    .await;
}

#[tokio::test]
async fn a_citizen_supports_comments_writes_and_publishes_in_one_document() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let bea = person::citizen(city, "bea").await;
        let proposal = given::proposal(city, &ada, consultation, "Piste ciclabili sicure").await;
        let document = "mutation Act($p: ID!, $c: ID!, $theme: ID!, $body: String!) {
            supportGive(id: $p) { tally { supportCount supported } proposal { supportCount supported } }
            commentWrite(proposal: $p, input: { body: \"Bene\", stance: FOR }) {
                comment { id body stance can { edit } author { name } }
            }
            proposalBegin(consultation: $c, input: { title: \"Alberi in ogni via\", body: $body, theme: $theme }) {
                proposal { id state version can { publish } }
            }
        }";
        let themes = ask(
            &bea.api,
            "query($id: ID!) { consultation(id: $id) { themes { id } } }",
            json!({ "id": consultation }),
        )
        .await;
        let theme = &themes["consultation"]["themes"][0]["id"];
        let variables = json!({ "p": proposal, "c": consultation, "theme": theme, "body": given::BODY });
        let done = ask(&bea.api, document, variables).await;
        assert_eq!(
            done["supportGive"]["tally"],
            json!({ "supportCount": 1, "supported": true })
        );
        assert_eq!(done["supportGive"]["proposal"]["supported"], true);
        assert_eq!(done["commentWrite"]["comment"]["stance"], "FOR");
        let begun = &done["proposalBegin"]["proposal"];
        assert_eq!(
            (&begun["state"], &begun["can"]["publish"]),
            (&json!("DRAFT"), &json!(true))
        );

        let published = ask(
            &bea.api,
            "mutation($id: ID!) { proposalPublish(id: $id) { proposal { state publishedAt } } }",
            json!({ "id": begun["id"] }),
        )
        .await;
        assert_eq!(published["proposalPublish"]["proposal"]["state"], "PUBLISHED");

        let mine = "{ me { profile { nickname } drafts { edges { node { id } } }
            supports { edges { node { id } } } comments { edges { node { body } } }
            proposals { edges { node { id } } pageInfo { hasNextPage endCursor } } } }";
        let mine = ask(&bea.api, mine, json!({})).await;
        assert_eq!(mine["me"]["drafts"]["edges"], json!([]));
        assert_eq!(mine["me"]["supports"]["edges"][0]["node"]["id"], json!(proposal));
        assert_eq!(mine["me"]["proposals"]["edges"][0]["node"]["id"], begun["id"]);
        assert_eq!(mine["me"]["comments"]["edges"][0]["node"]["body"], "Bene");
        assert_eq!(
            ask(&city.visitor(), "{ me { profile { id } } }", json!({})).await["me"],
            Value::Null
        );
    })
    .await;
}

#[tokio::test]
async fn errors_carry_stable_codes_fields_and_a_sentence_in_the_readers_language() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let bea = person::citizen(city, "bea").await;
        let proposal = given::proposal(city, &ada, consultation, "Piste ciclabili sicure").await;
        let draft = given::draft(city, &ada, consultation, "Ancora da finire").await;
        let give = "mutation($id: ID!) { supportGive(id: $id) { tally { supportCount } } }";
        let id = json!({ "id": proposal });
        assert_eq!(code(&city.visitor().graphql(give, id.clone()).await), "unauthenticated");
        let edit = "mutation($id: ID!) { proposalEdit(id: $id, input: { title: \"Mio\" }) { proposal { id } } }";
        assert_eq!(code(&bea.api.graphql(edit, id.clone()).await), "not_yours");
        assert_eq!(code(&bea.api.graphql(edit, json!({ "id": draft })).await), "not_found");
        let late =
            "mutation($id: ID!) { proposalEdit(id: $id, version: 7, input: { title: \"Mio\" }) { proposal { id } } }";
        assert_eq!(code(&ada.api.graphql(late, id.clone()).await), "out_of_date");

        let short = ada.api.graphql(edit, id.clone()).await;
        let error = &short.json()["errors"][0];
        assert_eq!(error["extensions"]["code"], "invalid");
        let field = &error["extensions"]["fields"][0];
        assert_eq!(
            (&field["field"], &field["code"], &field["limit"]),
            (&json!("title"), &json!("too_short"), &json!(5))
        );
        assert_eq!(error["path"], json!(["proposalEdit"]));

        let both = "mutation($id: ID!) {
            done: supportGive(id: $id) { tally { supportCount } }
            not: proposalEdit(id: $id, input: { title: \"Mio\" }) { proposal { id } } }";
        let told = ada.api.graphql(both, id.clone()).await.json();
        assert_eq!(
            told["data"],
            json!({ "done": { "tally": { "supportCount": 1 } }, "not": null })
        );
        assert_eq!(told["errors"][0]["path"], json!(["not"]));

        let asked = json!({ "query": "{ proposals(first: 0) { edges { cursor } } }" }).to_string();
        let mut sentences = Vec::new();
        for language in ["it", "en"] {
            let request = ada.api.request(Method::POST, "/graphql");
            let request = request
                .header("content-type", "application/json")
                .header("accept-language", language);
            let answer = ada
                .api
                .send(request.body(asked.clone().into()).expect("a request"))
                .await;
            assert_eq!(answer.json()["errors"][0]["extensions"]["fields"][0]["field"], "first");
            sentences.push(answer.json()["errors"][0]["message"].clone());
        }
        assert_ne!(sentences[0], sentences[1]);

        let bad = city.visitor().graphql("{ propsals { id } }", json!({})).await;
        assert_eq!(code(&bad), "bad_request");
        assert!(!bad.text().contains("Did you mean"), "{bad}");
    })
    .await;
}

#[tokio::test]
async fn a_hidden_or_unfinished_thing_is_not_to_be_known_of() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let moderator = person::staff(city, "mod", civic::actor::Role::Moderator).await;
        let proposal = given::proposal(city, &ada, consultation, "Piste ciclabili sicure").await;
        let draft = given::draft(city, &ada, consultation, "Ancora da finire").await;
        let hide = "mutation($id: ID!) { proposalHide(id: $id, input: { reason: \"Spam\" }) {
            decision { id } proposal { hidden hiddenReason } } }";
        let hidden = ask(&moderator.api, hide, json!({ "id": proposal })).await;
        assert_eq!(hidden["proposalHide"]["proposal"]["hiddenReason"], "Spam");
        for id in [proposal, draft] {
            let document = "query($id: ID!) { node(id: $id) { id } proposal(id: $id) { title } }";
            let seen = ask(&city.visitor(), document, json!({ "id": id })).await;
            assert_eq!(seen, json!({ "node": null, "proposal": null }));
            let seen = ask(&ada.api, document, json!({ "id": id })).await;
            assert_eq!(seen["node"]["id"], json!(id));
        }
    })
    .await;
}

#[tokio::test]
async fn a_node_is_found_again_by_its_id_and_pages_follow_each_other() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let mut written = Vec::new();
        for number in 0..5 {
            written.push(given::proposal(city, &ada, consultation, &format!("Proposta numero {number}")).await);
            city.advance_ms(1_000);
        }
        let comment = given::comment(city, &ada, written[0], "Bene").await;
        let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
        let ids = json!({ "ids": [consultation, written[0], comment, "mem_nobody"] });
        let found = ask(&city.visitor(), nodes, ids).await;
        assert_eq!(
            found["nodes"],
            json!([
                { "__typename": "Consultation", "id": consultation },
                { "__typename": "Proposal", "id": written[0] },
                { "__typename": "Comment", "id": comment },
                null
            ])
        );

        let document = "query($sort: ProposalSort!, $first: Int!, $after: String) {
            proposals(sort: $sort, seed: 7, first: $first, after: $after, filter: { origin: ONLINE }) {
                edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }";
        for sort in ["NEWEST", "MOST_SUPPORTED", "MOST_DISCUSSED", "RANDOM"] {
            let mut seen = Vec::new();
            let mut after = Value::Null;
            loop {
                let variables = json!({ "sort": sort, "first": 2, "after": after });
                let page = ask(&city.visitor(), document, variables).await["proposals"].clone();
                let edges = page["edges"].as_array().expect("edges").clone();
                assert_eq!(
                    edges.last().map(|edge| &edge["cursor"]),
                    Some(&page["pageInfo"]["endCursor"])
                );
                seen.extend(edges.into_iter().map(|edge| edge["node"]["id"].clone()));
                after = page["pageInfo"]["endCursor"].clone();
                if page["pageInfo"]["hasNextPage"] == false {
                    break;
                }
            }
            assert_eq!(seen.len(), 5, "{sort}");
            seen.sort_by_key(Value::to_string);
            seen.dedup();
            assert_eq!(seen.len(), 5, "{sort}");
        }
    })
    .await;
}

#[tokio::test]
async fn twenty_proposals_with_all_around_them_take_as_many_statements_as_two() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let mut people = Vec::new();
        for name in ["ada", "bea", "cleo"] {
            people.push(person::citizen(city, name).await);
        }
        for number in 0..20 {
            let author = &people[number % 3];
            let proposal = given::proposal(city, author, consultation, &format!("Proposta numero {number}")).await;
            for person in &people {
                given::comment(city, person, proposal, "Un commento").await;
            }
            city.advance_ms(600_000);
        }
        let document = "query($first: Int!) { proposals(first: $first) { edges { node {
            title body supported author { name } attachments { id } can { support } theme { name }
            consultation { title figures { proposalCount } }
            threads(first: 5, sort: OLDEST) { edges { node {
                root { body author { name } can { reply } } more } } }
        } } } }";
        let answers =
            "query($first: Int!) { proposals(first: $first) { edges { node { threads(first: 1) { edges { node {
            replies { id } } } } } } } }";
        let mine = "query($first: Int!) { me { comments(first: $first) { edges { node {
            body proposal { title body consultation { title } } } } } } }";
        // A token's first use is written down.
        ask(&people[0].api, "{ __typename }", json!({})).await;
        let statements = Statements::watch();
        let mut counts = Vec::new();
        let (mut own, mut answered) = (Vec::new(), Vec::new());
        for first in [2, 20] {
            statements.take();
            let read = ask(&people[0].api, document, json!({ "first": first })).await;
            counts.push(statements.take());
            let edges = read["proposals"]["edges"].as_array().expect("edges");
            assert_eq!(edges.len(), first);
            for edge in edges {
                assert_eq!(edge["node"]["threads"]["edges"].as_array().map(Vec::len), Some(3));
            }
            statements.take();
            ask(&people[0].api, answers, json!({ "first": first })).await;
            answered.push(statements.take());
            let read = ask(&people[0].api, mine, json!({ "first": first })).await;
            own.push(statements.take());
            assert_eq!(read["me"]["comments"]["edges"].as_array().map(Vec::len), Some(first));
        }
        for counts in [counts, own, answered] {
            assert_eq!(counts[0], counts[1], "a statement for each row");
            assert!((5..30).contains(&counts[1]), "{counts:?}");
        }
    })
    .await;
}
