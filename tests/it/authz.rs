//! Who may do what, walked in full: every act of the policy on everything it may be about, and every route of the pages
//! by every kind of reader. What comes out is compared with reviewed tables in `snapshots/`.
//!
//! Another surface is another module beside `pages`: a list of its operations with one way to ask for each.

mod pages;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use civic::actor::{Actor, Grant, Person, Role, Scope, Within};
use civic::application::{ApplicationFacts, ApplicationState};
use civic::call::CallFacts;
use civic::campaign::CampaignFacts;
use civic::comment::CommentFacts;
use civic::donation::DonationFacts;
use civic::id::{CallId, ConsultationId, Ids, MemberId, TypedId};
use civic::language::Language;
use civic::limits::{SECOND_FACTOR_FRESH_MS, STAFF_SESSION_MS};
use civic::policy::{Act, On, may};
use civic::proposal::{ProposalFacts, ProposalState};
use civic::time::Timestamp;

const NOW: Timestamp = Timestamp::from_ms(1_800_000_000_000);

fn id<I: TypedId>(ids: &Ids) -> I {
    ids.next(NOW)
}

/// Everybody who may come: their name in the table and who they are.
fn actors(ids: &Ids, author: MemberId, here: ConsultationId, call: CallId) -> Vec<(&'static str, Actor)> {
    let person = |id, grants: &[Grant], factor_age_ms: Option<i64>, scopes: Option<&[Scope]>| {
        Actor::Member(Person {
            id,
            nickname: "nome".to_owned(),
            language: Language::It,
            grants: grants.to_vec(),
            second_factor_at: factor_age_ms.map(|age| NOW.plus_ms(-age)),
            scopes: scopes.map(<[Scope]>::to_vec),
        })
    };
    let of = |role, within| [Grant { role, within }];
    let (elsewhere, other) = (Within::Consultation(id(ids)), id::<MemberId>(ids));
    let city = |role| of(role, Within::City);
    vec![
        ("visitor", Actor::Visitor),
        ("citizen", person(other, &[], None, None)),
        ("author", person(author, &[], None, None)),
        ("moderator", person(other, &city(Role::Moderator), Some(0), None)),
        (
            "moderator-here",
            person(other, &of(Role::Moderator, Within::Consultation(here)), Some(0), None),
        ),
        (
            "moderator-elsewhere",
            person(other, &of(Role::Moderator, elsewhere), Some(0), None),
        ),
        ("moderator-asleep", person(other, &city(Role::Moderator), None, None)),
        (
            "moderator-since-morning",
            person(other, &city(Role::Moderator), Some(STAFF_SESSION_MS), None),
        ),
        ("editor", person(other, &city(Role::Editor), Some(0), None)),
        ("office", person(other, &city(Role::Office), Some(0), None)),
        (
            "office-here",
            person(other, &of(Role::Office, Within::Call(call)), Some(0), None),
        ),
        (
            "office-asleep",
            person(other, &of(Role::Office, Within::Call(call)), None, None),
        ),
        (
            "office-elsewhere",
            person(other, &of(Role::Office, Within::Call(id(ids))), Some(0), None),
        ),
        (
            "author-in-office",
            person(author, &of(Role::Office, Within::Call(call)), Some(0), None),
        ),
        (
            "commissioner-here",
            person(other, &of(Role::Commissioner, Within::Call(call)), Some(0), None),
        ),
        (
            "commissioner-elsewhere",
            person(other, &of(Role::Commissioner, Within::Call(id(ids))), Some(0), None),
        ),
        (
            "author-in-commission",
            person(author, &of(Role::Commissioner, Within::Call(call)), Some(0), None),
        ),
        ("treasurer", person(other, &city(Role::Treasurer), Some(0), None)),
        (
            "treasurer-a-while",
            person(other, &city(Role::Treasurer), Some(SECOND_FACTOR_FRESH_MS), None),
        ),
        (
            "treasurer-here",
            person(other, &of(Role::Treasurer, Within::Call(call)), Some(0), None),
        ),
        (
            "treasurer-elsewhere",
            person(other, &of(Role::Treasurer, Within::Call(id(ids))), Some(0), None),
        ),
        (
            "author-as-treasurer",
            person(author, &city(Role::Treasurer), Some(0), None),
        ),
        (
            "administrator",
            person(other, &city(Role::Administrator), Some(0), None),
        ),
        (
            "administrator-a-while",
            person(other, &city(Role::Administrator), Some(SECOND_FACTOR_FRESH_MS), None),
        ),
        (
            "author-token-reading",
            person(author, &[], None, Some(&[Scope::ReadOwn])),
        ),
        (
            "author-token-taking-part",
            person(author, &[], None, Some(&[Scope::Participate])),
        ),
        (
            "moderator-token-taking-part",
            person(other, &city(Role::Moderator), None, Some(&[Scope::Participate])),
        ),
        (
            "moderator-token-staff",
            person(other, &city(Role::Moderator), None, Some(&[Scope::Staff])),
        ),
        (
            "administrator-token-all",
            person(other, &city(Role::Administrator), Some(0), Some(&Scope::ALL)),
        ),
        ("system", Actor::System),
    ]
}

#[test]
fn the_policy_answers_as_it_was_reviewed() {
    let ids = Ids::seeded(1);
    let (author, here, call) = (id::<MemberId>(&ids), id(&ids), id::<CallId>(&ids));
    let proposal = |state, hidden, author| ProposalFacts {
        id: id(&ids),
        consultation: here,
        author,
        state,
        hidden,
    };
    let proposals = [
        ("draft", proposal(ProposalState::Draft, false, Some(author))),
        ("proposal", proposal(ProposalState::Published, false, Some(author))),
        (
            "withdrawn proposal",
            proposal(ProposalState::Withdrawn, false, Some(author)),
        ),
        (
            "hidden proposal",
            proposal(ProposalState::Published, true, Some(author)),
        ),
        ("proposal of nobody", proposal(ProposalState::Published, false, None)),
    ];
    let comment = |above: &ProposalFacts, hidden, removed| CommentFacts {
        id: id(&ids),
        author: Some(author),
        proposal: above.clone(),
        hidden,
        removed,
    };
    let comments = [
        ("comment", comment(&proposals[1].1, false, false)),
        ("hidden comment", comment(&proposals[1].1, true, false)),
        ("removed comment", comment(&proposals[1].1, false, true)),
        (
            "comment under a hidden proposal",
            comment(&proposals[3].1, false, false),
        ),
    ];
    let mut subjects = vec![
        ("city", On::City),
        ("consultation", On::Consultation(here)),
        ("author's account", On::Member(author)),
    ];
    subjects.extend(proposals.iter().map(|(name, facts)| (*name, On::Proposal(facts))));
    subjects.extend(comments.iter().map(|(name, facts)| (*name, On::Comment(facts))));
    let calls = [("draft call", true), ("call", false)].map(|(name, draft)| (name, CallFacts { id: call, draft }));
    let application = |state, listed| ApplicationFacts {
        id: id(&ids),
        call,
        author,
        state,
        listed,
    };
    let applications = [
        ("application draft", application(ApplicationState::Draft, false)),
        ("submitted application", application(ApplicationState::Submitted, false)),
        ("excluded application", application(ApplicationState::Excluded, false)),
        (
            "admissible application",
            application(ApplicationState::Admissible, false),
        ),
        ("withdrawn application", application(ApplicationState::Withdrawn, false)),
        ("listed application", application(ApplicationState::Admitted, true)),
    ];
    subjects.extend(calls.iter().map(|(name, facts)| (*name, On::Call(facts))));
    subjects.extend(applications.iter().map(|(name, facts)| (*name, On::Application(facts))));
    let campaign = |draft, public| CampaignFacts {
        id: id(&ids),
        call: Some(call),
        author,
        draft,
        public,
    };
    let campaigns = [
        ("campaign draft", campaign(true, false)),
        ("campaign in review", campaign(false, false)),
        ("public campaign", campaign(false, true)),
    ];
    let donation = |proven| DonationFacts {
        id: id(&ids),
        campaign: campaigns[2].1.id,
        call: Some(call),
        promoter: author,
        donor: Some(id(&ids)),
        proven,
    };
    let donations = [
        ("another's donation", donation(false)),
        ("donation with its proof", donation(true)),
    ];
    subjects.extend(campaigns.iter().map(|(name, facts)| (*name, On::Campaign(facts))));
    subjects.extend(donations.iter().map(|(name, facts)| (*name, On::Donation(facts))));
    subjects.push(("another's receipt", On::Receipt(&donations[0].1)));
    subjects.push(("receipt with its gift's proof", On::Receipt(&donations[1].1)));
    let actors = actors(&ids, author, here, call);
    let mut table = String::new();
    for act in Act::ALL {
        writeln!(table, "{act:?}").expect("written");
        // Subjects that everybody is answered alike about share their lines.
        let mut alike: Vec<(String, Vec<&str>)> = Vec::new();
        for (name, on) in &subjects {
            let mut answers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for (who, actor) in &actors {
                let answer = may(actor, NOW, act, *on).map_or_else(|error| error.code().as_str(), |()| "yes");
                answers.entry(answer).or_default().push(who);
            }
            let said: Vec<String> = answers
                .iter()
                .map(|(answer, who)| format!("    {answer}: {}", who.join(", ")))
                .collect();
            let said = said.join("\n");
            match alike.iter_mut().find(|(known, _)| *known == said) {
                Some((_, names)) => names.push(name),
                None => alike.push((said, vec![name])),
            }
        }
        for (said, names) in alike {
            writeln!(table, "  on {}\n{said}", names.join(", ")).expect("written");
        }
    }
    tests::snapshot::matches("policy", &table);
}
