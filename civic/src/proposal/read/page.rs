//! One proposal with all that its page shows, and several of them in the same number of statements.

use std::collections::{HashMap, HashSet};

use super::merged::Merges;
use super::store::{self, CardRow, row};
use super::{Named, Permissions, ProposalCard, ProposalLink, card};
use crate::Cx;
use crate::attachment::read::AttachmentCard;
use crate::consultation::{self, Doing, PhaseKind};
use crate::error::{Error, Result};
use crate::id::{ConsultationId, DecisionId, DistrictId, ProposalId};
use crate::language::Lang;
use crate::policy::{Act, On};
use crate::proposal::{Point, ProposalFacts, ProposalState, ProposalStep, is_freely_editable};
use crate::text::{Markdown, SafeHtml};
use crate::time::Timestamp;

/// The city's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The reasons; empty when the source of an import gave none.
    pub text: Markdown,
    /// Their language.
    pub lang: Lang,
    /// When it was given.
    pub answered_at: Option<Timestamp>,
}

/// A note that the author added below the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addendum {
    /// The note.
    pub text: Markdown,
    /// When.
    pub written_at: Timestamp,
}

/// Everything that one proposal's page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalPage {
    /// What lists show too.
    pub card: ProposalCard,
    /// How many numbered texts it has; none while it is a draft.
    pub text_version: i64,
    /// The consultation's title in the reader's language, and its slug.
    pub consultation: ConsultationName,
    /// The whole text.
    pub body: Markdown,
    /// Notes added below it.
    pub addenda: Vec<Addendum>,
    /// The quarter, beside the district.
    pub quarter: Option<Named<DistrictId>>,
    /// The point on the map.
    pub point: Option<Point>,
    /// Supports that an import brought as a number without persons.
    pub tally_supports: i64,
    /// Whether the actor supports it.
    pub supported: bool,
    /// When the text was last changed.
    pub edited_at: Option<Timestamp>,
    /// When and why it was taken back.
    pub withdrawn: Option<(Timestamp, String)>,
    /// Why a moderator hid it; for its author and staff.
    pub hidden_reason: Option<String>,
    /// The city's answer; of one that was joined to another, why.
    pub answer: Option<Answer>,
    /// The one it lives on in.
    pub merged_into: Option<ProposalLink>,
    /// Those that live on in it, as many as its page names.
    pub merged: Vec<ProposalLink>,
    /// Pictures and files.
    pub attachments: Vec<AttachmentCard>,
    /// The reference number in the source of an import.
    pub reference: Option<String>,
    /// What the actor may do.
    pub can: Permissions,
    /// Why it can be neither supported nor commented on; `None` while it can, and for what is not public.
    pub closed: Option<Closed>,
    /// The steps by which the actor can answer it now.
    pub steps: Vec<ProposalStep>,
    /// Where it came from and when support ends, as the phase says.
    pub phase: Option<consultation::Phase>,
}

impl ProposalPage {
    /// The text as HTML.
    #[must_use]
    pub fn html(&self) -> SafeHtml {
        self.body.to_html()
    }
}

/// Why a proposal can be neither supported nor commented on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// Its author took it back.
    Withdrawn,
    /// It is part of another one now.
    Merged,
    /// The offices examine the proposals.
    Review,
    /// The consultation is over.
    Results,
    /// No phase that would allow it holds now.
    Phase,
}

impl Closed {
    /// The name, for its words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::Merged => "merged",
            Self::Review => "review",
            Self::Results => "results",
            Self::Phase => "phase",
        }
    }
}

fn closed(facts: &ProposalFacts, can: Permissions, phase: Option<&consultation::Phase>) -> Option<Closed> {
    match facts.state {
        _ if facts.hidden || can.support || can.comment => None,
        ProposalState::Draft => None,
        ProposalState::Withdrawn => Some(Closed::Withdrawn),
        ProposalState::Merged => Some(Closed::Merged),
        ProposalState::Published
        | ProposalState::UnderReview
        | ProposalState::Accepted
        | ProposalState::PartlyAccepted
        | ProposalState::Declined
        | ProposalState::Delivered => Some(match phase.map(|phase| phase.kind) {
            Some(PhaseKind::Review) => Closed::Review,
            Some(PhaseKind::Results) => Closed::Results,
            Some(PhaseKind::Information | PhaseKind::Collection | PhaseKind::Discussion) | None => Closed::Phase,
        }),
    }
}

/// A consultation by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsultationName {
    /// Which.
    pub id: ConsultationId,
    /// Its part of the address.
    pub slug: String,
    /// Its title in the reader's language.
    pub title: String,
}

/// Everything that one proposal's page shows.
///
/// # Errors
/// `NotFound` when there is none, or none that the actor may know of; `Denied(SecondFactorNeeded)` for moderators whose
/// role sleeps.
pub async fn page(cx: &Cx, id: ProposalId) -> Result<ProposalPage> {
    if let Some(page) = pages(cx, &[id]).await?.pop() {
        return Ok(page);
    }
    let facts = store::find(cx.db(), id).await?.ok_or(Error::NotFound)?.facts()?;
    cx.check(Act::ReadProposal, On::Proposal(&facts))?;
    Err(Error::NotFound)
}

/// What pages show beside their own rows, read once for all of them.
struct Beside {
    rules: HashMap<ConsultationId, consultation::Rules>,
    cards: HashMap<ProposalId, CardRow>,
    districts: HashMap<DistrictId, String>,
    addenda: HashMap<ProposalId, Vec<Addendum>>,
    supported: HashSet<ProposalId>,
    reasons: HashMap<DecisionId, String>,
    attachments: HashMap<ProposalId, Vec<AttachmentCard>>,
    merges: Merges,
}

/// The same of several, in that order; those that the actor may not know of are left out.
///
/// # Errors
/// Those of the database.
pub async fn pages(cx: &Cx, ids: &[ProposalId]) -> Result<Vec<ProposalPage>> {
    let mut readable = HashMap::new();
    for row in store::find_many(cx.db(), ids).await? {
        let facts = row.facts()?;
        if cx.can(Act::ReadProposal, On::Proposal(&facts)) {
            readable.insert(row.id, (row, facts));
        }
    }
    if readable.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<&row::Model> = readable.values().map(|(row, _)| row).collect();
    let mut beside = beside(cx, &rows).await?;
    ids.iter()
        .filter_map(|id| readable.remove(id))
        .map(|(row, facts)| whole(cx, row, &facts, &mut beside))
        .collect()
}

async fn beside(cx: &Cx, rows: &[&row::Model]) -> Result<Beside> {
    let ids: Vec<ProposalId> = rows.iter().map(|row| row.id).collect();
    let mut consultations: Vec<ConsultationId> = rows.iter().map(|row| row.consultation_id).collect();
    consultations.sort();
    consultations.dedup();
    let quarters: Vec<DistrictId> = rows.iter().filter_map(|row| row.quarter_id).collect();
    let decisions: Vec<DecisionId> = rows.iter().filter_map(|row| row.hidden_by).collect();
    let changed: Vec<ProposalId> = rows
        .iter()
        .filter(|row| row.text_version > 1)
        .map(|row| row.id)
        .collect();
    let mut addenda: HashMap<ProposalId, Vec<Addendum>> = HashMap::new();
    for version in store::addenda(cx.db(), &changed).await? {
        addenda.entry(version.proposal_id).or_default().push(Addendum {
            text: Markdown::from_stored(version.body),
            written_at: version.written_at,
        });
    }
    let mut attachments: HashMap<ProposalId, Vec<AttachmentCard>> = HashMap::new();
    for card in crate::attachment::read::of(cx, &ids).await? {
        if let Some(proposal) = card.owner.proposal() {
            attachments.entry(proposal).or_default().push(card);
        }
    }
    let cards = store::every_card_of(cx.db(), &ids).await?;
    Ok(Beside {
        rules: consultation::read::rules_of(cx, &consultations).await?,
        cards: cards.into_iter().map(|card| (card.id, card)).collect(),
        districts: consultation::read::district_names(cx, &quarters).await?,
        addenda,
        supported: crate::support::read::supported_among(cx, &ids).await?,
        reasons: crate::moderation::read::reasons(cx, &decisions).await?,
        attachments,
        merges: Merges::around(cx, rows).await?,
    })
}

fn whole(cx: &Cx, row: row::Model, facts: &ProposalFacts, beside: &mut Beside) -> Result<ProposalPage> {
    let id = row.id;
    let rules = beside.rules.get(&row.consultation_id).ok_or(Error::NotFound)?;
    let card = card(cx, beside.cards.remove(&id).ok_or(Error::NotFound)?)?;
    let answers = cx.can(Act::AnswerProposal, On::Proposal(facts));
    let steps: Vec<ProposalStep> = facts.state.answers().filter(|_| answers).collect();
    let can = Permissions {
        answer: !steps.is_empty(),
        take_back: beside.supported.contains(&id) && cx.can(Act::SupportProposal, On::Proposal(facts)),
        ..permissions(cx, facts, &row, rules)
    };
    let phase = consultation::phase_at(&rules.phases, cx.now);
    let hidden_reason = row
        .hidden_by
        .and_then(|decision| beside.reasons.get(&decision).cloned());
    let quarter = row.quarter_id.and_then(|id| {
        let name = beside.districts.get(&id)?.clone();
        Some(Named { id, name })
    });
    Ok(ProposalPage {
        card: ProposalCard {
            hidden_reason: hidden_reason.clone(),
            ..card
        },
        text_version: row.text_version,
        consultation: ConsultationName {
            id: rules.id,
            slug: rules.slug.clone(),
            title: rules.title.get(cx.language).to_owned(),
        },
        body: Markdown::from_stored(row.body),
        addenda: beside.addenda.remove(&id).unwrap_or_default(),
        quarter,
        point: row
            .latitude_e6
            .zip(row.longitude_e6)
            .map(|(latitude_e6, longitude_e6)| Point {
                latitude_e6,
                longitude_e6,
            }),
        tally_supports: row.tally_supports,
        supported: beside.supported.contains(&id),
        edited_at: row.edited_at,
        merged_into: row.merged_into.and_then(|into| beside.merges.link(into)),
        merged: beside.merges.joined_to(id),
        withdrawn: row.withdrawn_at.zip(row.withdraw_reason),
        hidden_reason,
        answer: row.answer.map(|text| Answer {
            text: Markdown::from_stored(text),
            lang: row
                .answer_lang
                .as_deref()
                .and_then(Lang::parse)
                .unwrap_or_else(Lang::italian),
            answered_at: row.answered_at,
        }),
        attachments: beside.attachments.remove(&id).unwrap_or_default(),
        reference: row.reference,
        closed: closed(facts, can, phase),
        can,
        steps,
        phase: phase.cloned(),
    })
}

/// A visitor's buttons are those of a member who has yet to sign in, so that they lead somewhere.
fn permissions(cx: &Cx, facts: &ProposalFacts, row: &store::row::Model, rules: &consultation::Rules) -> Permissions {
    let on = On::Proposal(facts);
    let may = |act| cx.can(act, on);
    let may_or_could = |act| matches!(cx.check(act, on), Ok(()) | Err(Error::Unauthenticated));
    let phase_lets = |doing| rules.allows(doing, cx.now).is_ok();
    let open = facts.state == ProposalState::Published && !facts.hidden;
    let discussed = !facts.hidden && facts.state.is_listed();
    let free = is_freely_editable(row.own_supports(), row.published_at, cx.now);
    Permissions {
        edit: may(Act::EditProposal) && (facts.is_draft() || (open && free)),
        publish: may(Act::EditProposal) && facts.is_draft() && phase_lets(Doing::Propose),
        add: may(Act::EditProposal) && open && row.own_supports() > 0,
        correct: may(Act::CorrectProposal) && open,
        merge: may(Act::AnswerProposal) && open,
        withdraw: may(Act::WithdrawProposal) && open,
        support: may_or_could(Act::SupportProposal) && open && phase_lets(Doing::Support),
        comment: may_or_could(Act::WriteComment) && discussed && phase_lets(Doing::Comment),
        moderate: may(Act::Moderate) && !facts.is_draft(),
        ..Permissions::default()
    }
}
