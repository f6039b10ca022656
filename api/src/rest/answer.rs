//! The shapes of answers: one thing, a thing that was made, a list, nothing.
//!
//! Rule: one thing has an `ETag` of its version and a digest of what is shown; `If-Match` compares the version only, so a
//! support given meanwhile spoils nobody's edit. Lists are `{items, next}`, never bare arrays.

use civic::error::{Code, Error, Result};
use civic::page::Page;
use civic::secret::hash;
use poem::error::ResponseError;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{FromRequest, IntoResponse, Request, RequestBody, Response};
use poem_openapi::registry::{MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchemaRef, Registry};
use poem_openapi::types::{ToJSON, Type};
use poem_openapi::{ApiResponse, Object};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::problem::{MEDIA_TYPE, Problem, Refused};
use crate::wire::application::ApplicationOut;
use crate::wire::attachment::AttachmentOut;
use crate::wire::call::CallOut;
use crate::wire::campaign::{CampaignOut, UpdateOut};
use crate::wire::comment::{CommentOut, ThreadOut, WordingOut};
use crate::wire::consultation::ConsultationOut;
use crate::wire::donation::{DonationOut, PublicGiftOut, RefundOut};
use crate::wire::ledger::{CampaignBalancesOut, LedgerEntryOut, PotBalancesOut};
use crate::wire::payout::{PayableOut, PayoutFileOut, PayoutOut};
use crate::wire::proposal::{ProposalOut, VersionOut};
use crate::wire::receipt::{ReceiptOut, ToldGiftOut};
use crate::wire::reconciliation::MovementOut;
use crate::wire::statement::{LineOut, StatementOut};

/// What a handler gives.
pub type Answered<T> = std::result::Result<T, Refused>;

impl ApiResponse for Refused {
    fn meta() -> MetaResponses {
        // One of them stands for all: the description completes the rest.
        MetaResponses {
            responses: vec![MetaResponse {
                description: "A problem.",
                status: Some(500),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: MEDIA_TYPE,
                    schema: Problem::schema_ref(),
                }],
                headers: Vec::new(),
            }],
        }
    }

    fn register(registry: &mut Registry) {
        Problem::register(registry);
    }
}

/// The operation of this request: who asks, in which language, at which instant.
#[derive(Clone)]
pub struct Call(pub civic::Cx);

impl<'a> FromRequest<'a> for Call {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let missing = || Refused(Error::Bug("a request without an operation".to_owned()));
        Ok(request.extensions().get::<Self>().cloned().ok_or_else(missing)?)
    }
}

/// Digits of the digest that an `ETag` carries.
const DIGEST_DIGITS: usize = 16;

fn etag(version: i64, body: &str) -> String {
    let digest = hash(body);
    format!("\"{version}-{}\"", &digest[..DIGEST_DIGITS])
}

/// The version that an `If-Match` header names; `None` when it is not there or `*`.
///
/// # Errors
/// `Invalid` when it is none of our tags.
pub fn expected(if_match: Option<String>) -> Result<Option<i64>> {
    let Some(tag) = if_match.filter(|tag| tag.trim() != "*") else {
        return Ok(None);
    };
    let inside = tag.trim().strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
    let version = inside.and_then(|tag| tag.rsplit_once('-').map_or(tag, |(version, _)| version).parse().ok());
    version
        .map(Some)
        .ok_or_else(|| Error::field("If-Match", Code::Malformed))
}

fn meta(status: u16, description: &'static str, schema: Option<MetaSchemaRef>, headers: &[&str]) -> MetaResponses {
    let content = schema.map(|schema| MetaMediaType {
        content_type: "application/json",
        schema,
    });
    MetaResponses {
        responses: vec![MetaResponse {
            description,
            status: Some(status),
            status_range: None,
            content: content.into_iter().collect(),
            headers: headers
                .iter()
                .map(|name| MetaHeader {
                    name: (*name).to_owned(),
                    description: None,
                    required: false,
                    deprecated: false,
                    schema: String::schema_ref(),
                })
                .collect(),
        }],
    }
}

/// A JSON answer.
pub struct Shown<T>(pub T);

impl<T: ToJSON> IntoResponse for Shown<T> {
    fn into_response(self) -> Response {
        Response::builder()
            .content_type("application/json")
            .body(self.0.to_json_string())
    }
}

impl<T: ToJSON> ApiResponse for Shown<T> {
    fn meta() -> MetaResponses {
        meta(200, "As it is now.", Some(T::schema_ref()), &[])
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// Room for a list of twenty from the beginning: growing to it took half of the time of writing it.
const LIST_BYTES: usize = 16 * 1_024;

/// The same, written from its fields without a tree of values between: a third of what the list that is asked most costs.
/// What it writes must be what `Shown` writes.
pub struct Written<T>(pub T);

impl<T: Serialize + Send> IntoResponse for Written<T> {
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(LIST_BYTES);
        match serde_json::to_writer(&mut body, &self.0) {
            Ok(()) => Response::builder().content_type("application/json").body(body),
            Err(error) => Refused(Error::Bug(error.to_string())).as_response(),
        }
    }
}

impl<T: ToJSON + Serialize> ApiResponse for Written<T> {
    fn meta() -> MetaResponses {
        Shown::<T>::meta()
    }

    fn register(registry: &mut Registry) {
        Shown::<T>::register(registry);
    }
}

/// One thing, with its version.
pub struct One<T>(pub T, pub i64);

impl<T: ToJSON> IntoResponse for One<T> {
    fn into_response(self) -> Response {
        let body = self.0.to_json_string();
        Response::builder()
            .header(header::ETAG, etag(self.1, &body))
            .content_type("application/json")
            .body(body)
    }
}

impl<T: ToJSON> ApiResponse for One<T> {
    fn meta() -> MetaResponses {
        meta(200, "As it is now.", Some(T::schema_ref()), &["ETag"])
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// A thing that was made: itself with its version, and its path below `/api/v1`.
pub struct Made<T>(pub One<T>, pub String);

impl<T: ToJSON> IntoResponse for Made<T> {
    fn into_response(self) -> Response {
        let mut answer = self.0.into_response();
        answer.set_status(StatusCode::CREATED);
        if let Ok(location) = HeaderValue::from_str(&format!("/api/v1{}", self.1)) {
            answer.headers_mut().insert(header::LOCATION, location);
        }
        answer
    }
}

impl<T: ToJSON> ApiResponse for Made<T> {
    fn meta() -> MetaResponses {
        meta(201, "It is made.", Some(T::schema_ref()), &["ETag", "Location"])
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// Done, and there is nothing to show.
pub struct Done;

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

impl ApiResponse for Done {
    fn meta() -> MetaResponses {
        meta(204, "Done.", None, &[])
    }

    fn register(_: &mut Registry) {}
}

macro_rules! lists {
    ($($(#[$doc:meta])* $list:ident of $item:ty;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Object)]
        #[oai(skip_serializing_if_is_none)]
        pub struct $list {
            /// The items.
            pub items: Vec<$item>,
            /// What to give as `after` for the next page; not there on the last one.
            pub next: Option<String>,
        }

        impl<C: Into<$item>> From<Page<C>> for $list {
            fn from(page: Page<C>) -> Self {
                Self {
                    items: page.items.into_iter().map(Into::into).collect(),
                    next: page.next.map(|cursor| cursor.text()),
                }
            }
        }

        impl<C: Into<$item>> From<Vec<C>> for $list {
            fn from(items: Vec<C>) -> Self {
                Self { items: items.into_iter().map(Into::into).collect(), next: None }
            }
        }
    )*};
}

lists! {
    /// Consultations.
    ConsultationList of ConsultationOut;
    /// Proposals.
    ProposalList of ProposalOut;
    /// Versions of a text, last first.
    VersionList of VersionOut;
    /// Threads.
    ThreadList of ThreadOut;
    /// Comments.
    CommentList of CommentOut;
    /// Wordings of a comment, first to last.
    WordingList of WordingOut;
    /// Pictures and files.
    AttachmentList of AttachmentOut;
    /// Calls.
    CallList of CallOut;
    /// Applications.
    ApplicationList of ApplicationOut;
    /// Campaigns.
    CampaignList of CampaignOut;
    /// News, newest first.
    UpdateList of UpdateOut;
    /// Gifts as their donors and treasurers see them.
    DonationList of DonationOut;
    /// Gifts as everybody sees them.
    GiftList of PublicGiftOut;
    /// What goes back.
    RefundList of RefundOut;
    /// Receipts.
    ReceiptList of ReceiptOut;
    /// Gifts as a promoter tells the tax office of them.
    ToldGiftList of ToldGiftOut;
    /// Payouts.
    PayoutList of PayoutOut;
    /// Files of payouts for the bank.
    PayoutFileList of PayoutFileOut;
    /// Statements of the bank.
    StatementList of StatementOut;
    /// Lines of statements.
    LineList of LineOut;
    /// Movements on the account of the provider of payments.
    MovementList of MovementOut;
    /// Campaigns whose promoters are paid.
    PayableList of PayableOut;
    /// Moves of money.
    LedgerEntryList of LedgerEntryOut;
    /// Pots.
    PotBalancesList of PotBalancesOut;
    /// The accounts of campaigns.
    CampaignBalancesList of CampaignBalancesOut;
}

impl Serialize for ProposalList {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let mut list = to.serialize_struct("ProposalList", 2)?;
        list.serialize_field("items", &self.items)?;
        match &self.next {
            Some(next) => list.serialize_field("next", next)?,
            None => list.skip_field("next")?,
        }
        list.end()
    }
}

#[cfg(test)]
mod tests {
    use civic::id::TypedId;
    use civic::time::Timestamp;

    use super::*;
    use crate::wire::proposal::{AuthorOut, DistrictNameOut, Origin, ProposalState, ThemeNameOut};
    use crate::wire::{Moment, Ref};

    fn id<T: TypedId>() -> Option<Ref<T>> {
        Ref::read(&format!("{}_{:026}", T::PREFIX, 0))
    }

    fn item() -> Option<ProposalOut> {
        let instant = Timestamp::parse_rfc3339("2026-03-29T01:30:00.250+02:00").map(Moment);
        Some(ProposalOut {
            id: id()?,
            slug: "piu-alberi".to_owned(),
            consultation_id: id()?,
            title: "Pi\u{f9} \"alberi\"".to_owned(),
            excerpt: "Uno\ndue".to_owned(),
            lang: "it".to_owned(),
            author: Some(AuthorOut {
                id: id()?,
                name: "Anna".to_owned(),
            }),
            origin: Origin::Organisation,
            state: ProposalState::PartlyAccepted,
            hidden: false,
            theme: Some(ThemeNameOut {
                id: id()?,
                name: "Verde".to_owned(),
            }),
            district: Some(DistrictNameOut {
                id: id()?,
                name: "Municipio 3".to_owned(),
            }),
            support_count: 7,
            comment_count: 0,
            version: 2,
            created_at: instant?,
            published_at: instant,
        })
    }

    #[test]
    fn a_list_is_written_as_it_is_shown() {
        let full = item();
        let bare = item().map(|item| ProposalOut {
            author: None,
            theme: None,
            district: None,
            published_at: None,
            ..item
        });
        let items: Vec<ProposalOut> = [full, bare].into_iter().flatten().collect();
        assert_eq!(items.len(), 2);
        for next in [None, Some("abc".to_owned())] {
            let list = ProposalList {
                items: items.clone(),
                next,
            };
            assert_eq!(serde_json::to_value(&list).ok(), list.to_json());
        }
    }
}
