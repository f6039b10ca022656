//! What can go wrong: nine closed kinds, each case with a stable snake_case code.
//!
//! Rule: a code never changes its meaning once published, and each has a sentence in both languages
//! (`locales/*/errors.ftl`) that says what to do; a test asserts it. Deliberately absent: messages made in code, and
//! anything internal, which goes to the log and never to the reader.

use std::borrow::Cow;

use fluent_templates::{Loader, static_loader};
use unic_langid::{LanguageIdentifier, langid};

use crate::language::Language;

static_loader! {
    static SENTENCES = { locales: "./locales", fallback_language: "it", customise: |bundle| bundle.set_use_isolating(false) };
}

const IT: LanguageIdentifier = langid!("it");
const EN: LanguageIdentifier = langid!("en");

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// The stable name of one thing that can be wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name as it appears in answers.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// There is nothing here, or nothing that you may know of.
    NotFound = "not_found",
    /// The request needs a signed-in member.
    Unauthenticated = "unauthenticated",
    /// The request needs a role or scope that the actor lacks.
    NotAllowed = "not_allowed",
    /// Only the author may do this.
    NotYours = "not_yours",
    /// A staff role acts only after the second factor.
    SecondFactorNeeded = "second_factor_needed",
    /// The token's scopes do not cover this.
    ScopeMissing = "scope_missing",
    /// Several fields are wrong; see them one by one.
    Invalid = "invalid",
    /// A field that must be filled is empty.
    Empty = "empty",
    /// A text is longer than its limit.
    TooLong = "too_long",
    /// A text is shorter than its limit.
    TooShort = "too_short",
    /// A number is outside its range.
    OutOfRange = "out_of_range",
    /// A value is none of those offered.
    UnknownValue = "unknown_value",
    /// A value has the wrong form.
    Malformed = "malformed",
    /// Too many of something in one request or on one thing.
    TooMany = "too_many",
    /// An e-mail address that is not one.
    EmailMalformed = "email_malformed",
    /// A nickname that looks like an address or imitates staff.
    NicknameRefused = "nickname_refused",
    /// The nickname belongs to somebody.
    NicknameTaken = "nickname_taken",
    /// The theme is of another consultation.
    ThemeUnknown = "theme_unknown",
    /// The district is of another consultation.
    DistrictUnknown = "district_unknown",
    /// The point is outside the city.
    PointOutside = "point_outside",
    /// The lifecycle has no such step from here.
    WrongState = "wrong_state",
    /// The other proposal cannot take this one up.
    MergeRefused = "merge_refused",
    /// The consultation's present phase does not allow it.
    WrongPhase = "wrong_phase",
    /// Somebody changed it meanwhile.
    OutOfDate = "out_of_date",
    /// Too late to change the text itself; an addendum is possible.
    EditingClosed = "editing_closed",
    /// The text was changed as often as may be in a day, or in all.
    TooManyChanges = "too_many_changes",
    /// The member has as many drafts in this consultation as may be.
    TooManyDrafts = "too_many_drafts",
    /// The thing was removed by its author.
    Removed = "removed",
    /// The thing was hidden by a moderator.
    Hidden = "hidden",
    /// Already done.
    AlreadyDone = "already_done",
    /// Two phases would overlap.
    PhasesOverlap = "phases_overlap",
    /// Proposals have the theme.
    ThemeInUse = "theme_in_use",
    /// Proposals are in the district or quarter.
    DistrictInUse = "district_in_use",
    /// The name is taken.
    NameTaken = "name_taken",
    /// The window of applications has not begun.
    TooEarly = "too_early",
    /// The window or the time given is over.
    TooLate = "too_late",
    /// The costs are outside what the call allows.
    CostOutOfRange = "cost_out_of_range",
    /// The call is not for this legal form.
    LegalFormRefused = "legal_form_refused",
    /// The call is not for projects in this place.
    PlaceExcluded = "place_excluded",
    /// The tax code's check digit or form is wrong.
    TaxCodeWrong = "tax_code_wrong",
    /// The account's number contradicts its check digits or its country's form.
    IbanWrong = "iban_wrong",
    /// The application was handed in before; once is all.
    AlreadySubmitted = "already_submitted",
    /// One does not judge one's own application.
    OwnApplication = "own_application",
    /// The terms of a public call never change.
    CallFrozen = "call_frozen",
    /// The office waits for the applicant to complete the application.
    CompletionOpen = "completion_open",
    /// Some applications are neither found admissible nor excluded yet.
    ChecksMissing = "checks_missing",
    /// Some scores are missing.
    ScoresMissing = "scores_missing",
    /// The list is drawn up from the scores, so none changes any more.
    ScoresSealed = "scores_sealed",
    /// The commissioner declared a conflict of interest.
    ConflictDeclared = "conflict_declared",
    /// The list is not drawn up yet.
    RankingMissing = "ranking_missing",
    /// The pot has not so much left.
    PotExceeded = "pot_exceeded",
    /// The account has not so much on it.
    AccountShort = "account_short",
    /// The txn's id was posted with other content.
    TxnDiffers = "txn_differs",
    /// The campaign takes no gifts any more.
    CampaignClosed = "campaign_closed",
    /// The campaign takes no gifts yet.
    CampaignNotOpen = "campaign_not_open",
    /// The gift is smaller than it can be.
    GiftTooSmall = "gift_too_small",
    /// The gift is larger than it can be.
    GiftTooLarge = "gift_too_large",
    /// The gift is smaller than its reward asks.
    GiftBelowReward = "gift_below_reward",
    /// None of the reward is left.
    SoldOut = "sold_out",
    /// The city can add nothing any more.
    PotEmpty = "pot_empty",
    /// The city would add less than the donor was told.
    QuoteChanged = "quote_changed",
    /// The terms must be agreed to.
    TermsMissing = "terms_missing",
    /// The provider of payments refuses this payment.
    PaymentRefused = "payment_refused",
    /// The payment belongs to another gift, or the gift has another.
    PaymentDiffers = "payment_differs",
    /// One does not review one's own campaign.
    OwnCampaign = "own_campaign",
    /// The call has no such round, or it is over.
    RoundOver = "round_over",
    /// Two different persons are needed for this.
    AnotherPerson = "another_person",
    /// The same gift was paid in another window.
    GiftPaidElsewhere = "gift_paid_elsewhere",
    /// No bank account of the promoter is entered and verified.
    BankAccountMissing = "bank_account_missing",
    /// The bank account was changed, and rests for some days.
    BankAccountResting = "bank_account_resting",
    /// Another payout of the campaign is under way.
    PayoutUnderWay = "payout_under_way",
    /// No part of what the promoter gets is due yet, or nothing is left.
    NothingDue = "nothing_due",
    /// The file is no statement that we can read.
    StatementUnreadable = "statement_unreadable",
    /// The statement is of another currency, or of another account.
    StatementForeign = "statement_foreign",
    /// The lines of the statement do not add up.
    StatementSums = "statement_sums",
    /// The account to pay from is not in the configuration.
    DebtorAccountMissing = "debtor_account_missing",
    /// More than is left cannot go back.
    RefundTooLarge = "refund_too_large",
    /// The donor's bank holds the gift back.
    GiftInDispute = "gift_in_dispute",
    /// The request's key was used with another body.
    KeyReused = "key_reused",
    /// The first request with this key is still running.
    KeyBusy = "key_busy",
    /// The sign-in code or link is wrong.
    CodeWrong = "code_wrong",
    /// The sign-in code or link is over.
    CodeExpired = "code_expired",
    /// The tries for this sign-in are used up.
    TriesUsedUp = "tries_used_up",
    /// The file is none of the accepted kinds.
    FileKindRefused = "file_kind_refused",
    /// The file is larger than its limit.
    FileTooLarge = "file_too_large",
    /// The picture cannot be read.
    PictureBroken = "picture_broken",
    /// The picture has more pixels than its limit.
    PictureTooLarge = "picture_too_large",
    /// The request's body is larger than its limit.
    BodyTooLarge = "body_too_large",
    /// The body is of a type that is not read here.
    MediaTypeRefused = "media_type_refused",
    /// The form did not come from our own page.
    ForeignForm = "foreign_form",
    /// The method is not one of this address.
    MethodRefused = "method_refused",
    /// The query is too deep, too costly or too wide.
    QueryTooCostly = "query_too_costly",
    /// The request cannot be read.
    BadRequest = "bad_request",
    /// Too many requests for now.
    SlowDown = "slow_down",
    /// The database is busy.
    Busy = "busy",
    /// A part of the system does not answer.
    Unavailable = "unavailable",
    /// A fault of ours.
    Bug = "bug",
}

impl Code {
    /// The sentence that says what to do, in the reader's language.
    #[must_use]
    pub fn sentence(self, language: Language) -> String {
        let id = match language {
            Language::It => &IT,
            Language::En => &EN,
        };
        let key = format!("error-{}", self.as_str().replace('_', "-"));
        SENTENCES
            .try_lookup(id, &key)
            .unwrap_or_else(|| self.as_str().to_owned())
    }
}

/// One wrong field of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field's name as in the API, for example `title`.
    pub field: Cow<'static, str>,
    /// What is wrong with it.
    pub code: Code,
    /// The limit that was passed, where there is one.
    pub limit: Option<u64>,
}

impl Fault {
    /// A fault without a limit.
    #[must_use]
    pub const fn new(field: &'static str, code: Code) -> Self {
        Self {
            field: Cow::Borrowed(field),
            code,
            limit: None,
        }
    }

    /// A fault that passed `limit`.
    #[must_use]
    pub const fn over(field: &'static str, code: Code, limit: u64) -> Self {
        Self {
            field: Cow::Borrowed(field),
            code,
            limit: Some(limit),
        }
    }
}

/// Everything that a use case can answer but success.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not there, or not to be known of.
    #[error("not found")]
    NotFound,
    /// Known, but not for this actor.
    #[error("denied: {}", .0.as_str())]
    Denied(Code),
    /// The input is wrong, field by field.
    #[error("invalid: {0:?}")]
    Invalid(Vec<Fault>),
    /// The input is right, but a rule or the present state is against it.
    #[error("conflict: {}", .0.as_str())]
    Conflict(Code),
    /// Nobody is signed in.
    #[error("unauthenticated")]
    Unauthenticated,
    /// Too often; try again after so many seconds.
    #[error("too many, {limit} are allowed; again in {retry_after_s} s")]
    TooMany {
        /// How many are allowed.
        limit: u64,
        /// Seconds to wait.
        retry_after_s: u64,
    },
    /// The database is busy; try again.
    #[error("busy")]
    Busy,
    /// Something that we depend on does not answer.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A fault of ours; the text is for the log.
    #[error("bug: {0}")]
    Bug(String),
}

/// What a use case returns.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// One wrong field.
    #[must_use]
    pub fn field(field: &'static str, code: Code) -> Self {
        Self::Invalid(vec![Fault::new(field, code)])
    }

    /// The wrong fields, where it is about fields.
    #[must_use]
    pub fn faults(self) -> Vec<Fault> {
        match self {
            Self::Invalid(faults) => faults,
            _ => Vec::new(),
        }
    }

    /// The stable code of the whole.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::Denied(code) | Self::Conflict(code) => *code,
            Self::Invalid(_) => Code::Invalid,
            Self::Unauthenticated => Code::Unauthenticated,
            Self::TooMany { .. } => Code::SlowDown,
            Self::Busy => Code::Busy,
            Self::Unavailable(_) => Code::Unavailable,
            Self::Bug(_) => Code::Bug,
        }
    }
}

/// Gathers the faults of an input, so that all are told at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Keeps the fault and gives nothing, or gives the value.
    pub fn take<T>(&mut self, parsed: std::result::Result<T, Fault>) -> Option<T> {
        parsed.map_err(|fault| self.0.push(fault)).ok()
    }

    /// Adds a fault.
    pub fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// `Ok` when nothing was wrong.
    ///
    /// # Errors
    /// `Invalid` with every fault found.
    pub fn check(self) -> Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self.0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_sentence_in_both_languages() {
        for code in Code::ALL {
            for language in Language::ALL {
                assert_ne!(
                    code.sentence(language),
                    code.as_str(),
                    "{} in {}",
                    code.as_str(),
                    language.code()
                );
            }
        }
    }
}
