//! A receipt: the paper that tells a donor what was received for whom, and whether the tax office gives a part of it back.
//!
//! Rule: numbers have no gaps per promoter and year, and a cancelled one is kept. What a receipt says of the gift is fixed
//! when it is issued; the donor completes it with their tax data once, and the number stays. A line on taxes stands there
//! only when the promoter's legal form earns one, the payment left a trace and the donor's tax code is known; else a sentence
//! says why there is none. What a reward asks for counts as its value, and is no gift. Deliberately absent: advice on which
//! of the tax benefits to choose, and how a paper looks.

pub mod read;
pub(crate) mod store;
pub mod write;

use serde::{Deserialize, Serialize};

use crate::Settings;
use crate::application::paper::{line, take, there};
use crate::application::{Promoter, RegisterSection};
use crate::call::LegalForm;
use crate::error::{Faults, Result};
use crate::language::Language;
use crate::limits::RECEIPT_LINE_MAX_CHARS;
use crate::money::Money;
use crate::named::named;
use crate::payment::Method;
use crate::tax_code::TaxCode;

use read::{ReceiptPage, YearStatement};

named! {
    /// Where a receipt stands.
    pub enum ReceiptState {
        /// It holds.
        Issued = "issued",
        /// It does not hold any more.
        Cancelled = "cancelled",
    }

    /// Why a receipt does not hold any more.
    pub enum CancelReason {
        /// The whole gift goes back.
        Refunded = "refunded",
        /// Another sum is left of the gift, and has its own receipt.
        Changed = "changed",
        /// The donor's bank took the gift back.
        Lost = "lost",
    }

    /// What the tax office gives for a gift, or why it gives nothing.
    pub enum TaxBenefit {
        /// A person's tax is lower by 35 % of the gift (art. 83, 1, of the code of the third sector: voluntary bodies).
        Credit35 = "credit_35",
        /// A person's tax is lower by 30 % of the gift (the same, other bodies of the third sector).
        Credit30 = "credit_30",
        /// A body deducts the gift from its income, up to a tenth of it (art. 83, 2).
        Deduction10 = "deduction_10",
        /// None: whoever receives it is no body of the third sector.
        NotForThem = "not_for_them",
        /// None: cash leaves no trace.
        Cash = "cash",
        /// None: all of it is for the reward.
        AllReward = "all_reward",
        /// None: the donor's tax code is not there.
        NoTaxCode = "no_tax_code",
    }
}

impl TaxBenefit {
    /// Whether there is one.
    #[must_use]
    pub const fn is_there(self) -> bool {
        matches!(self, Self::Credit35 | Self::Credit30 | Self::Deduction10)
    }
}

/// Who receives a gift, as its receipt prints them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// What they are by law; none for the city itself.
    pub legal_form: Option<LegalForm>,
    /// Their name.
    pub name: String,
    /// Their tax code; nothing of a person or a group, whose own it would be.
    pub tax_code: String,
    /// Their seat; nothing of a person or a group.
    pub seat: String,
    /// The number in the national register of the third sector.
    pub third_sector_number: String,
    /// The section of that register.
    pub third_sector_section: Option<RegisterSection>,
}

impl Recipient {
    /// The city, which keeps funds of its own.
    #[must_use]
    pub fn city(settings: &Settings) -> Self {
        Self {
            legal_form: None,
            name: settings.city_name.clone(),
            tax_code: String::new(),
            seat: String::new(),
            third_sector_number: String::new(),
            third_sector_section: None,
        }
    }

    /// What a receipt prints of a promoter.
    #[must_use]
    pub fn of(promoter: &Promoter) -> Self {
        let is_body = !matches!(promoter.legal_form, Some(LegalForm::Person | LegalForm::Group) | None);
        let of_body = |text: &str| if is_body { text.to_owned() } else { String::new() };
        Self {
            legal_form: promoter.legal_form,
            name: promoter.name.clone(),
            tax_code: of_body(&promoter.tax_code),
            seat: of_body(&promoter.seat),
            third_sector_number: of_body(&promoter.third_sector_number),
            third_sector_section: promoter.third_sector_section.filter(|_| is_body),
        }
    }

    /// What a person's gift to them earns; none when it earns nothing. Social cooperatives are bodies of the third sector by
    /// law; social enterprises in the form of a company are not taken for such here.
    #[must_use]
    pub const fn credit(&self) -> Option<TaxBenefit> {
        match (self.legal_form, self.third_sector_section) {
            (Some(LegalForm::ThirdSector), Some(RegisterSection::Voluntary)) => Some(TaxBenefit::Credit35),
            (Some(LegalForm::ThirdSector), Some(_)) | (Some(LegalForm::Cooperative), _) => Some(TaxBenefit::Credit30),
            (
                Some(
                    LegalForm::ThirdSector
                    | LegalForm::Person
                    | LegalForm::Group
                    | LegalForm::Association
                    | LegalForm::Foundation
                    | LegalForm::SocialEnterprise
                    | LegalForm::Company,
                )
                | None,
                _,
            ) => None,
        }
    }
}

/// What a receipt says and what never changes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printed {
    /// Who receives the gift.
    pub recipient: Recipient,
    /// Who held the money until it was theirs.
    pub custodian: String,
    /// To what it was given.
    pub title: String,
    /// The name that the donor had shown.
    pub donor_name: Option<String>,
    /// By which name the payment is known to the provider or the bank, or the paper of the cash desk.
    pub payment: String,
}

/// What a donor completes a receipt with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxData {
    /// The name, as in the register of residents or of companies.
    pub name: String,
    /// The tax code, of a person or a body.
    pub tax_code: String,
    /// Where they live, or their seat.
    pub address: String,
}

impl TaxData {
    /// The same as it may be printed.
    ///
    /// # Errors
    /// `Invalid` with everything that is missing or wrong, each under its field's name.
    pub fn read(&self) -> Result<Self> {
        let mut faults = Faults::new();
        let mut read = Self {
            name: String::new(),
            tax_code: String::new(),
            address: String::new(),
        };
        there(&mut faults, "name", self.name.trim());
        take(
            &mut faults,
            line(&self.name, RECEIPT_LINE_MAX_CHARS, "name"),
            &mut read.name,
        );
        let code = TaxCode::parse(&self.tax_code, "tax_code").map(|code| code.as_str().to_owned());
        take(&mut faults, code, &mut read.tax_code);
        there(&mut faults, "address", self.address.trim());
        take(
            &mut faults,
            line(&self.address, RECEIPT_LINE_MAX_CHARS, "address"),
            &mut read.address,
        );
        faults.check()?;
        Ok(read)
    }

    /// Whether the code is a body's.
    #[must_use]
    pub fn is_of_body(&self) -> bool {
        matches!(TaxCode::parse(&self.tax_code, "tax_code"), Ok(TaxCode::Body(_)))
    }
}

/// What the tax office gives for this part of what was paid, or why it gives nothing.
///
/// ```
/// use civic::application::RegisterSection;
/// use civic::call::LegalForm;
/// use civic::money::Money;
/// use civic::payment::Method;
/// use civic::receipt::{Recipient, TaxBenefit, TaxData, benefit};
///
/// let mut to = Recipient {
///     legal_form: Some(LegalForm::ThirdSector),
///     name: "Orti OdV".to_owned(),
///     tax_code: "97012340150".to_owned(),
///     seat: "Milano".to_owned(),
///     third_sector_number: "12345".to_owned(),
///     third_sector_section: Some(RegisterSection::Voluntary),
/// };
/// let from = |tax_code: &str| TaxData { name: "Anna".to_owned(), tax_code: tax_code.to_owned(), address: "Milano".to_owned() };
/// let (person, body, gift) = (from("RSSMRA80A01F205X"), from("01199250158"), Money::eur(5_000));
/// assert_eq!(benefit(&to, Method::Card, gift, Some(&person)), TaxBenefit::Credit35);
/// assert_eq!(benefit(&to, Method::Card, gift, Some(&body)), TaxBenefit::Deduction10);
/// assert_eq!(benefit(&to, Method::Card, gift, None), TaxBenefit::NoTaxCode);
/// assert_eq!(benefit(&to, Method::Cash, gift, Some(&person)), TaxBenefit::Cash);
/// assert_eq!(benefit(&to, Method::Card, Money::eur(0), Some(&person)), TaxBenefit::AllReward);
/// to.third_sector_section = Some(RegisterSection::SocialPromotion);
/// assert_eq!(benefit(&to, Method::Paypal, gift, Some(&person)), TaxBenefit::Credit30);
/// to.legal_form = Some(LegalForm::Company);
/// assert_eq!(benefit(&to, Method::Card, gift, Some(&person)), TaxBenefit::NotForThem);
/// ```
#[must_use]
pub fn benefit(to: &Recipient, method: Method, gift: Money, donor: Option<&TaxData>) -> TaxBenefit {
    let Some(credit) = to.credit() else {
        return TaxBenefit::NotForThem;
    };
    match donor {
        _ if !leaves_trace(method) => TaxBenefit::Cash,
        _ if gift.minor() == 0 => TaxBenefit::AllReward,
        None => TaxBenefit::NoTaxCode,
        Some(donor) if donor.is_of_body() => TaxBenefit::Deduction10,
        Some(_) => credit,
    }
}

/// Whether a payment by this method can be traced, as the law wants it.
#[must_use]
pub const fn leaves_trace(method: Method) -> bool {
    match method {
        Method::Card | Method::SepaDebit | Method::Paypal | Method::Other | Method::BankTransfer => true,
        Method::Cash => false,
    }
}

/// Makes papers of receipts. The same receipt in the same language is the same bytes.
pub trait Print: Send + Sync {
    /// One receipt, on one page.
    ///
    /// # Errors
    /// `Unavailable` when what papers are made with is not there, `Bug` when one cannot be made.
    fn receipt(&self, settings: &Settings, language: Language, receipt: &ReceiptPage) -> Result<Vec<u8>>;

    /// The receipts of a donor for one year, and their sum.
    ///
    /// # Errors
    /// As for one.
    fn statement(&self, settings: &Settings, language: Language, statement: &YearStatement) -> Result<Vec<u8>>;
}
