//! Every route of the pages, asked for by every kind of reader. A route in `web/src/pages.rs` that has no row here fails
//! the test; forms are sent with valid keys and nothing filled in, so that only the permission shows.

mod routes;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use civic::actor::{Role, Scope};
use civic::application::write::begin;
use civic::campaign::CampaignInput;
use civic::id::{ApplicationId, CallId, CampaignId, CommentId, DonationId, ProposalId, ReceiptId};
use tests::city::{self, TestCity};
use tests::form;
use tests::http::{Answer, Client};
use tests::outside::root;
use tests::person::{Person, citizen, give_factor, holder, staff, staff_of_call};
use tests::{calls, campaigns, given, receipts};

use routes::ROUTES;

const ROLES: [&str; 10] = [
    "visitor",
    "citizen",
    "author",
    "moderator-asleep",
    "moderator",
    "editor",
    "office",
    "commissioner",
    "treasurer",
    "administrator",
];

/// The routes of the source text, each with its methods: `.at("…", get(…).post(…))`.
fn routes() -> Vec<(String, Vec<&'static str>)> {
    let source = std::fs::read_to_string(root().join("web/src/pages.rs")).expect("the routes");
    let mut routes = Vec::new();
    for part in source.split(".at(").skip(1) {
        let Some((_, rest)) = part.split_once('"') else {
            continue;
        };
        let (route, rest) = rest.split_once('"').expect("a whole literal");
        let handlers = rest.split("\n        .at(").next().unwrap_or_default();
        let has = |method: &str| handlers.contains(&format!(" {method}(")) || handlers.contains(&format!(".{method}("));
        let methods: Vec<&str> = [("get", "GET"), ("post", "POST")]
            .into_iter()
            .filter(|(method, _)| has(method))
            .map(|(_, name)| name)
            .collect();
        assert!(!methods.is_empty(), "{route} takes no method");
        routes.push((route.to_owned(), methods));
    }
    routes
}

struct Made {
    proposal: ProposalId,
    draft: ProposalId,
    hidden: ProposalId,
    comment: CommentId,
    call: CallId,
    application: ApplicationId,
    begun: ApplicationId,
    fund: CampaignId,
    written: CampaignId,
    donation: DonationId,
    receipt: ReceiptId,
}

impl Made {
    fn path(&self, pattern: &str) -> String {
        pattern
            .replace("{proposal}", &self.proposal.to_string())
            .replace("{draft}", &self.draft.to_string())
            .replace("{hidden}", &self.hidden.to_string())
            .replace("{comment}", &self.comment.to_string())
            .replace("{application}", &self.application.to_string())
            .replace("{begun}", &self.begun.to_string())
            .replace("{fund}", &self.fund.to_string())
            .replace("{written}", &self.written.to_string())
            .replace("{donation}", &self.donation.to_string())
            .replace("{receipt}", &self.receipt.to_string())
    }
}

async fn make(city: &TestCity) -> (Person, Made) {
    let fund = campaigns::fund(city, &staff(city, "fondo", Role::Editor).await).await;
    campaigns::given(city, fund, "prima@example.org", 3_000).await;
    // Calls open at a whole minute.
    campaigns::go_to(city, given::at("2026-12-09T09:00:00Z"));
    city.settle().await;
    let receipt = receipts::all(city, fund).await[0].id;
    let consultation = given::consultation(city).await;
    let author = citizen(city, "autrice").await;
    let proposal = given::proposal(city, &author, consultation, "Piste ciclabili sicure").await;
    let hidden = given::proposal(city, &author, consultation, "Nascosta").await;
    let moderator = staff(city, "prima", Role::Moderator).await;
    let subject = civic::moderation::Subject::Proposal(hidden);
    civic::moderation::write::hide(&moderator.cx(city).await, subject, "Insulti")
        .await
        .expect("hidden");
    let call = calls::published(city, calls::terms(city)).await;
    let mut draft = calls::terms(city);
    draft.slug = "bozza".to_owned();
    civic::call::write::open(&city.city.system(), draft)
        .await
        .expect("opened");
    let keeper = staff(city, "altro-fondo", Role::Editor).await;
    let written = civic::campaign::write::begin_fund(&keeper.cx(city).await, CampaignInput::default())
        .await
        .expect("begun");
    let made = Made {
        fund,
        receipt,
        written,
        donation: campaigns::promise(city, fund, "dono@example.org", 2_000).await.donation,
        application: calls::handed_in(city, &author, call, calls::whole("Orto urbano", 30_000)).await,
        begun: begin(&author.cx(city).await, call, calls::whole("Orto urbano", 30_000))
            .await
            .expect("begun"),
        call,
        draft: given::draft(city, &author, consultation, "Ancora da finire").await,
        comment: given::comment(city, &author, proposal, "Serve a tutti").await,
        proposal,
        hidden,
    };
    city.settle().await;
    (author, made)
}

async fn reader(city: &TestCity, role: &str, author: Person, call: CallId) -> Client {
    match role {
        "visitor" => city.visitor(),
        "citizen" => citizen(city, "lettore").await.pages,
        "author" => author.pages,
        "moderator-asleep" => holder(city, "assonnata", Role::Moderator, None, None).await.pages,
        "moderator" => {
            let holder = holder(city, "moderatrice", Role::Moderator, None, None).await;
            give_factor(city, holder, &Scope::ALL).await.pages
        }
        "editor" => staff(city, "redattrice", Role::Editor).await.pages,
        "office" => staff_of_call(city, "ufficio", Role::Office, call).await.pages,
        "commissioner" => staff_of_call(city, "giudice", Role::Commissioner, call).await.pages,
        "treasurer" => staff(city, "tesoriera", Role::Treasurer).await.pages,
        "administrator" => staff(city, "boss", Role::Administrator).await.pages,
        other => panic!("nobody is {other}"),
    }
}

/// An answer in a word: its status, and for those led elsewhere whether to sign in, to the second factor, or on.
fn said(answer: &Answer) -> String {
    let status = answer.status.as_u16();
    assert!(status < 500, "{answer}");
    let to = answer.location();
    match status {
        303 if to.contains("/sign-in?return=") => "303 sign-in".to_owned(),
        303 if to.contains("/second-factor?return=") => "303 second-factor".to_owned(),
        303 => "303 on".to_owned(),
        _ => status.to_string(),
    }
}

#[tokio::test]
async fn every_route_answers_every_role_as_it_was_reviewed() {
    let routes = routes();
    let known: BTreeSet<&str> = ROUTES.iter().map(|(route, _)| *route).collect();
    let unlisted: Vec<&String> = routes
        .iter()
        .map(|(route, _)| route)
        .filter(|route| !known.contains(&***route))
        .collect();
    assert!(unlisted.is_empty(), "routes without a row in this test: {unlisted:?}");
    let gone: Vec<&&str> = known
        .iter()
        .filter(|route| !routes.iter().any(|(real, _)| real == **route))
        .collect();
    assert!(gone.is_empty(), "rows without a route: {gone:?}");
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for role in ROLES {
        city::with(async |city| {
            let (author, made) = make(city).await;
            let client = reader(city, role, author, made.call).await;
            let keys = form::keys(&client, "/it/sign-in").await;
            let mut at = 0;
            for (route, patterns) in ROUTES {
                let methods = &routes.iter().find(|(real, _)| real == route).expect("it is there").1;
                for (method, pattern) in methods
                    .iter()
                    .flat_map(|method| patterns.iter().map(move |one| (method, one)))
                {
                    let path = made.path(pattern);
                    let answer = match *method {
                        "GET" => client.get(&path).await,
                        // The row before has ended every session, so this one is sent with the keys of whoever is left.
                        _ if path == "/it/sign-out" => form::forge(&client, "/it/sign-in", &path, &[]).await,
                        _ => form::send(&client, &path, &keys, &[]).await,
                    };
                    if at == lines.len() {
                        lines.push((format!("{method} {pattern}"), Vec::new()));
                    }
                    lines[at].1.push(said(&answer));
                    at += 1;
                }
            }
        })
        .await;
    }
    let mut table = String::new();
    for (asked, answers) in &lines {
        let public = asked.contains("sign-in") || asked.contains("sign-out") || asked.starts_with("GET");
        assert!(public || answers[0] != "303 on", "a visitor did something: {asked}");
        // Roles that are answered alike share a word.
        let mut alike: Vec<(&str, Vec<&str>)> = Vec::new();
        for (role, answer) in ROLES.into_iter().zip(answers) {
            match alike.iter_mut().find(|(known, _)| known == answer) {
                Some((_, roles)) => roles.push(role),
                None => alike.push((answer, vec![role])),
            }
        }
        writeln!(table, "{asked}").expect("written");
        for (answer, roles) in alike {
            let roles = if roles.len() == ROLES.len() {
                "everybody".to_owned()
            } else {
                roles.join(", ")
            };
            writeln!(table, "    {answer}: {roles}").expect("written");
        }
    }
    tests::snapshot::matches("routes", &table);
}
