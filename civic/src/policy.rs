//! Who may do what: every permission of the system, in one exhaustive match.
//!
//! Rule: `may` is the only place that answers; a button and its endpoint ask the same question. What the actor may not
//! even know of is `NotFound`. Whether a step fits the state or the phase is a rule of the noun, not a permission.

use crate::actor::{Actor, Person, Role, Scope, Within};
use crate::application::ApplicationFacts;
use crate::call::CallFacts;
use crate::campaign::CampaignFacts;
use crate::comment::CommentFacts;
use crate::donation::DonationFacts;
use crate::error::{Code, Error, Result};
use crate::id::{ConsultationId, MemberId};
use crate::proposal::ProposalFacts;
use crate::time::Timestamp;

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// Read what everybody may read of the city and its consultations.
    ReadPublic,
    /// Make or change a consultation, its phases, themes and districts.
    KeepConsultation,
    /// Read a proposal.
    ReadProposal,
    /// Begin a proposal.
    WriteProposal,
    /// Change, publish or discard one's draft; add and remove its pictures and files.
    EditProposal,
    /// Correct the text of a published proposal, marked as such.
    CorrectProposal,
    /// Answer a proposal for the city, or move it on towards an answer.
    AnswerProposal,
    /// Say that a proposal came in otherwise than online.
    SayOrigin,
    /// Withdraw one's proposal.
    WithdrawProposal,
    /// Support a proposal, or take the support back.
    SupportProposal,
    /// Read a comment.
    ReadComment,
    /// Comment a proposal or answer a comment.
    WriteComment,
    /// Change one's comment.
    EditComment,
    /// Remove one's comment.
    RemoveComment,
    /// Support a comment, or take the support back.
    SupportComment,
    /// Hide or restore what somebody wrote.
    Moderate,
    /// Read one's own drafts, supports, comments and settings.
    ReadOwn,
    /// Change one's own nickname, language, sessions and second factor.
    KeepOwn,
    /// Make and revoke one's own tokens.
    KeepTokens,
    /// Make a token that acts in one's roles.
    MakeStaffToken,
    /// Take one's second factor away.
    RemoveSecondFactor,
    /// Read a call.
    ReadCall,
    /// Make a call, publish it and its list, and close it.
    KeepCall,
    /// See the applications for a call that were handed in.
    SeeApplications,
    /// Draw up the list of a call.
    RankApplications,
    /// Read an application.
    ReadApplication,
    /// Read who is behind an application: names, tax codes, ways to reach them.
    ReadPromoter,
    /// Begin an application.
    WriteApplication,
    /// Change, hand in, complete or discard one's application.
    EditApplication,
    /// Withdraw one's application.
    WithdrawApplication,
    /// Ask for a completion; find an application admissible, or exclude it.
    CheckApplication,
    /// Score applications, or declare a conflict of interest.
    ScoreApplication,
    /// Read a campaign.
    ReadCampaign,
    /// Make a campaign of an application.
    WriteCampaign,
    /// Change one's campaign, hand it in, and tell its news.
    EditCampaign,
    /// Review a campaign: its costs, its round, its end.
    ReviewCampaign,
    /// Give to a campaign.
    Give,
    /// Read a gift with what is not public of it.
    ReadDonation,
    /// Pay a gift that was promised.
    PayDonation,
    /// See the gifts of a campaign with what is not public of them.
    SeeDonations,
    /// Say that money came or is to go back.
    KeepMoney,
    /// Read a receipt.
    ReadReceipt,
    /// Complete a receipt with one's tax data.
    GiveTaxData,
    /// See the receipts of a campaign, and its promoter's yearly file.
    SeeReceipts,
    /// See what a promoter is paid and when.
    SeePayouts,
    /// Enter the account that a promoter is paid to.
    KeepBankAccount,
    /// See the desk, where staff begin their work.
    SeeDesk,
    /// Give and take roles.
    GrantRoles,
    /// Read the state of the system, and who holds which role.
    ReadSystem,
}

impl Act {
    /// Every act there is, for the test that walks them.
    pub const ALL: [Self; 49] = [
        Self::ReadPublic,
        Self::KeepConsultation,
        Self::ReadProposal,
        Self::WriteProposal,
        Self::EditProposal,
        Self::CorrectProposal,
        Self::AnswerProposal,
        Self::SayOrigin,
        Self::WithdrawProposal,
        Self::SupportProposal,
        Self::ReadComment,
        Self::WriteComment,
        Self::EditComment,
        Self::RemoveComment,
        Self::SupportComment,
        Self::Moderate,
        Self::ReadOwn,
        Self::KeepOwn,
        Self::KeepTokens,
        Self::MakeStaffToken,
        Self::RemoveSecondFactor,
        Self::ReadCall,
        Self::KeepCall,
        Self::SeeApplications,
        Self::RankApplications,
        Self::ReadApplication,
        Self::ReadPromoter,
        Self::WriteApplication,
        Self::EditApplication,
        Self::WithdrawApplication,
        Self::CheckApplication,
        Self::ScoreApplication,
        Self::ReadCampaign,
        Self::WriteCampaign,
        Self::EditCampaign,
        Self::ReviewCampaign,
        Self::Give,
        Self::ReadDonation,
        Self::PayDonation,
        Self::SeeDonations,
        Self::KeepMoney,
        Self::ReadReceipt,
        Self::GiveTaxData,
        Self::SeeReceipts,
        Self::SeePayouts,
        Self::KeepBankAccount,
        Self::SeeDesk,
        Self::GrantRoles,
        Self::ReadSystem,
    ];
}

/// On what: the facts that a permission may depend on.
#[derive(Debug, Clone, Copy)]
pub enum On<'a> {
    /// The city as a whole.
    City,
    /// A consultation.
    Consultation(ConsultationId),
    /// A proposal.
    Proposal(&'a ProposalFacts),
    /// A comment, with the proposal it is under.
    Comment(&'a CommentFacts),
    /// A call.
    Call(&'a CallFacts),
    /// An application for a call.
    Application(&'a ApplicationFacts),
    /// A campaign.
    Campaign(&'a CampaignFacts),
    /// A gift.
    Donation(&'a DonationFacts),
    /// The receipt of a gift.
    Receipt(&'a DonationFacts),
    /// A member's own things.
    Member(MemberId),
}

/// Whether `actor` may do `act` on `on` at `now`.
///
/// # Errors
/// `Unauthenticated` when signing in would help, `NotFound` when the actor may not know of it, else `Denied`.
pub fn may(actor: &Actor, now: Timestamp, act: Act, on: On<'_>) -> Result<()> {
    if *actor == Actor::System {
        return Ok(());
    }
    on.be_known_to(actor, now)?;
    match act {
        Act::ReadPublic
        | Act::ReadProposal
        | Act::ReadComment
        | Act::ReadCall
        | Act::ReadApplication
        | Act::ReadCampaign => Ok(()),
        Act::Give => give(actor),
        Act::WriteProposal | Act::SupportProposal | Act::WriteComment | Act::SupportComment | Act::WriteApplication => {
            person(actor, Scope::Participate).map(|_| ())
        }
        Act::EditProposal
        | Act::WithdrawProposal
        | Act::EditComment
        | Act::RemoveComment
        | Act::EditApplication
        | Act::WithdrawApplication
        | Act::EditCampaign => own(person(actor, Scope::Participate)?, on.author()),
        Act::ReadOwn => own(person(actor, Scope::ReadOwn)?, on.author()),
        Act::KeepOwn | Act::KeepTokens => own(session(actor)?, on.author()),
        Act::MakeStaffToken | Act::RemoveSecondFactor => {
            let person = session(actor)?;
            own(person, on.author())?;
            fresh(person, now)
        }
        Act::CorrectProposal | Act::AnswerProposal | Act::SayOrigin | Act::KeepConsultation => {
            staff(actor, now, &[Role::Editor], on.within())
        }
        Act::Moderate => staff(actor, now, &[Role::Moderator], on.within()),
        Act::KeepCall => staff(actor, now, &KEEPERS, on.within()),
        Act::RankApplications => staff(actor, now, &OFFICE, on.within()),
        Act::SeeApplications => staff(actor, now, &READERS, on.within()),
        Act::CheckApplication => {
            staff(actor, now, &OFFICE, on.within())?;
            not_own(actor, on.author())
        }
        Act::ScoreApplication => {
            staff(actor, now, &[Role::Commissioner], on.within())?;
            not_own(actor, on.author())
        }
        Act::WriteCampaign if is_own(actor, on.author()) => person(actor, Scope::Participate).map(|_| ()),
        Act::WriteCampaign => staff(actor, now, &OFFICE, on.within()),
        Act::ReviewCampaign => {
            staff(actor, now, &OFFICE, on.within())?;
            not_own_campaign(actor, on)
        }
        Act::ReadDonation | Act::PayDonation if on.is_proven() || is_own(actor, on.author()) => Ok(()),
        Act::ReadDonation | Act::SeeDonations => staff(actor, now, &TREASURERS, on.within()),
        Act::PayDonation => Err(Error::Denied(Code::NotYours)),
        Act::KeepMoney => {
            staff(actor, now, &TREASURERS, on.within())?;
            fresh(session(actor)?, now)?;
            not_own_campaign(actor, on)
        }
        Act::ReadReceipt if on.is_proven() || is_own(actor, on.author()) || on.is_for(actor) => Ok(()),
        Act::GiveTaxData if on.is_proven() || is_own(actor, on.author()) => Ok(()),
        Act::GiveTaxData => Err(Error::Denied(Code::NotYours)),
        Act::SeeReceipts if is_own(actor, on.author()) => Ok(()),
        Act::ReadReceipt | Act::SeeReceipts => staff(actor, now, &TREASURERS, on.within()),
        Act::SeePayouts if is_own(actor, on.author()) => Ok(()),
        Act::SeePayouts => staff(actor, now, &PAYERS, on.within()),
        Act::KeepBankAccount if is_own(actor, on.author()) => session(actor).map(|_| ()),
        Act::KeepBankAccount => {
            staff(actor, now, &TREASURERS, on.within())?;
            fresh(session(actor)?, now)
        }
        Act::ReadPromoter if is_own(actor, on.author()) => Ok(()),
        Act::ReadPromoter => staff(actor, now, &OFFICE, on.within()),
        Act::ReadSystem => staff(actor, now, &[Role::Administrator], Within::City),
        Act::SeeDesk => any_role(session(actor)?, now),
        Act::GrantRoles => {
            staff(actor, now, &[Role::Administrator], Within::City)?;
            fresh(session(actor)?, now)
        }
    }
}

/// Everybody may give; a program that gives for somebody may take part for them.
fn give(actor: &Actor) -> Result<()> {
    match actor {
        Actor::Visitor | Actor::System => Ok(()),
        Actor::Member(_) => person(actor, Scope::Participate).map(|_| ()),
    }
}

fn person(actor: &Actor, scope: Scope) -> Result<&Person> {
    let person = actor.person().ok_or(Error::Unauthenticated)?;
    if person.covers(scope) {
        Ok(person)
    } else {
        Err(Error::Denied(Code::ScopeMissing))
    }
}

/// A token is no means to change the account that made it.
fn session(actor: &Actor) -> Result<&Person> {
    let person = actor.person().ok_or(Error::Unauthenticated)?;
    if person.scopes.is_none() {
        Ok(person)
    } else {
        Err(Error::Denied(Code::ScopeMissing))
    }
}

fn own(person: &Person, author: Option<MemberId>) -> Result<()> {
    if author == Some(person.id) {
        Ok(())
    } else {
        Err(Error::Denied(Code::NotYours))
    }
}

/// Whoever judges an application has not written it.
fn not_own(actor: &Actor, author: Option<MemberId>) -> Result<()> {
    if author.is_some() && actor.member() == author {
        Err(Error::Denied(Code::OwnApplication))
    } else {
        Ok(())
    }
}

/// Nor has whoever reviews or pays a campaign promoted it.
fn not_own_campaign(actor: &Actor, on: On<'_>) -> Result<()> {
    match on {
        On::Campaign(facts) if actor.member() == Some(facts.author) => Err(Error::Denied(Code::OwnCampaign)),
        // Who says that money came for their own campaign would reach its threshold alone.
        On::Donation(facts) if actor.member() == Some(facts.promoter) => Err(Error::Denied(Code::OwnCampaign)),
        _ => Ok(()),
    }
}

/// Who keeps calls.
const KEEPERS: [Role; 2] = [Role::Editor, Role::Administrator];
/// Who checks applications and draws up the list.
const OFFICE: [Role; 1] = [Role::Office];
/// Who keeps the money.
const TREASURERS: [Role; 1] = [Role::Treasurer];
/// Who sees what promoters are paid.
const PAYERS: [Role; 2] = [Role::Treasurer, Role::Office];
/// Who may know of a campaign that is not public.
const REVIEWERS: [Role; 3] = [Role::Office, Role::Editor, Role::Administrator];
/// Who sees what was handed in.
const READERS: [Role; 4] = [Role::Editor, Role::Administrator, Role::Office, Role::Commissioner];

fn staff(actor: &Actor, now: Timestamp, roles: &[Role], within: Within) -> Result<()> {
    let person = person(actor, Scope::Staff)?;
    if !roles.iter().any(|role| person.holds(*role, within)) {
        return Err(Error::Denied(Code::NotAllowed));
    }
    awake(person, now)
}

fn any_role(person: &Person, now: Timestamp) -> Result<()> {
    if person.grants.is_empty() {
        return Err(Error::Denied(Code::NotAllowed));
    }
    awake(person, now)
}

fn awake(person: &Person, now: Timestamp) -> Result<()> {
    if person.second_factor_holds(now) {
        Ok(())
    } else {
        Err(Error::Denied(Code::SecondFactorNeeded))
    }
}

fn fresh(person: &Person, now: Timestamp) -> Result<()> {
    if person.second_factor_is_fresh(now) {
        Ok(())
    } else {
        Err(Error::Denied(Code::SecondFactorNeeded))
    }
}

impl On<'_> {
    fn author(&self) -> Option<MemberId> {
        match self {
            Self::City | Self::Consultation(_) | Self::Call(_) => None,
            Self::Application(facts) => Some(facts.author),
            Self::Campaign(facts) => Some(facts.author),
            Self::Donation(facts) | Self::Receipt(facts) => facts.donor,
            Self::Proposal(facts) => facts.author,
            Self::Comment(facts) => facts.author,
            Self::Member(member) => Some(*member),
        }
    }

    fn within(&self) -> Within {
        match self {
            Self::City | Self::Member(_) => Within::City,
            Self::Consultation(id) => Within::Consultation(*id),
            Self::Proposal(facts) => Within::Consultation(facts.consultation),
            Self::Comment(facts) => Within::Consultation(facts.proposal.consultation),
            Self::Call(facts) => Within::Call(facts.id),
            Self::Application(facts) => Within::Call(facts.call),
            Self::Campaign(facts) => facts.call.map_or(Within::City, Within::Call),
            Self::Donation(facts) | Self::Receipt(facts) => facts.call.map_or(Within::City, Within::Call),
        }
    }

    /// Whether a gift's own proof was shown.
    fn is_proven(&self) -> bool {
        matches!(self, Self::Donation(facts) | Self::Receipt(facts) if facts.proven)
    }

    /// Whether it is a receipt that the actor issues, as the promoter of what was given to.
    fn is_for(&self, actor: &Actor) -> bool {
        matches!(self, Self::Receipt(facts) if is_own(actor, Some(facts.promoter)))
    }

    /// A draft is its author's; what is hidden is its author's and the moderators'. A removed or hidden comment keeps
    /// its place in the thread, so it may be known of; its text is left out by the read model. A call is public once it
    /// is published, and an application once it is on a public list; before that, it is for those who judge it.
    fn be_known_to(&self, actor: &Actor, now: Timestamp) -> Result<()> {
        match self {
            Self::City | Self::Consultation(_) | Self::Member(_) => Ok(()),
            Self::Proposal(facts) => see(facts, actor, now),
            Self::Comment(facts) => see(&facts.proposal, actor, now),
            Self::Call(facts) if facts.draft => may_know(staff(actor, now, &DRAFTERS, self.within())),
            Self::Call(_) => Ok(()),
            Self::Application(facts) => see_application(facts, actor, now),
            Self::Campaign(facts) if facts.public || is_own(actor, Some(facts.author)) => Ok(()),
            Self::Campaign(facts) if facts.draft => Err(Error::NotFound),
            Self::Campaign(_) => may_know(staff(actor, now, &REVIEWERS, self.within())),
            Self::Donation(facts) if facts.proven || is_own(actor, facts.donor) => Ok(()),
            Self::Receipt(_) if self.is_proven() || is_own(actor, self.author()) || self.is_for(actor) => Ok(()),
            Self::Donation(_) | Self::Receipt(_) => may_know(staff(actor, now, &TREASURERS, self.within())),
        }
    }
}

/// Who may know of a call that is being written.
const DRAFTERS: [Role; 3] = [Role::Editor, Role::Administrator, Role::Office];

/// Those whose role sleeps may know, and are led to wake it.
fn may_know(staff: Result<()>) -> Result<()> {
    match staff {
        done @ (Ok(()) | Err(Error::Denied(Code::SecondFactorNeeded))) => done,
        Err(_) => Err(Error::NotFound),
    }
}

/// A draft is its author's; a commission sees what was found admissible, and nothing of it a moment before.
fn see_application(facts: &ApplicationFacts, actor: &Actor, now: Timestamp) -> Result<()> {
    if facts.listed || is_own(actor, Some(facts.author)) {
        return Ok(());
    }
    let within = Within::Call(facts.call);
    let judges = if facts.is_judged() { &READERS[..] } else { &DRAFTERS[..] };
    match facts.is_draft() {
        true => Err(Error::NotFound),
        false => may_know(staff(actor, now, judges, within)),
    }
}

/// Whether the actor wrote it, and comes by a way that may know: a token that neither reads nor writes its maker's own
/// things sees of them what everybody sees.
#[must_use]
pub fn is_own(actor: &Actor, author: Option<MemberId>) -> bool {
    let knows = |person: &Person| person.covers(Scope::ReadOwn) || person.covers(Scope::Participate);
    actor
        .person()
        .is_some_and(|person| author == Some(person.id) && knows(person))
}

fn see(facts: &ProposalFacts, actor: &Actor, now: Timestamp) -> Result<()> {
    if is_own(actor, facts.author) || !(facts.is_draft() || facts.hidden) {
        return Ok(());
    }
    if facts.is_draft() {
        return Err(Error::NotFound);
    }
    let within = Within::Consultation(facts.consultation);
    may_know(staff(actor, now, &[Role::Moderator], within))
}
