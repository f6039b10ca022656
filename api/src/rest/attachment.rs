//! Pictures and files over REST.

use bytes::Bytes;
use civic::attachment::read::AttachmentCard;
use civic::attachment::write::NewAttachment;
use civic::attachment::{AttachmentKind, Variant, read, write};
use civic::error::Error;
use civic::id::{ApplicationId, AttachmentId, ProposalId};
use civic::page::Paging;
use poem::http::header;
use poem::web::Field;
use poem::{IntoResponse, Response};
use poem_openapi::param::{Path, Query};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromMultipartField, ParseResult, Type};
use poem_openapi::{ApiResponse, Multipart, OpenApi};

use super::Tag;
use super::answer::{Answered, AttachmentList, Call, Done, Made, One, Shown};
use super::body::Patch;
use crate::wire::Ref;
use crate::wire::attachment::{AttachmentOut, DescriptionIn};

/// The operations on pictures and files.
pub struct Attachments;

/// A file to be added.
#[derive(Debug, Multipart)]
pub struct AttachmentIn {
    /// The picture (JPEG, PNG, WebP, GIF) or PDF document: at most 10 MiB.
    pub file: File,
    /// What it shows, for those who cannot see it: at most 120 characters.
    pub description: String,
}

/// The bytes of a file that came in, with the name that it had.
#[derive(Debug)]
pub struct File {
    name: String,
    bytes: Bytes,
}

fn binary() -> MetaSchemaRef {
    MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "binary")))
}

impl Type for File {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> std::borrow::Cow<'static, str> {
        "string_binary".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        binary()
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ParseFromMultipartField for File {
    async fn parse_from_multipart(field: Option<Field>) -> ParseResult<Self> {
        let field = field.ok_or_else(ParseError::expected_input)?;
        let name = field.file_name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(ParseError::custom)?.into();
        Ok(Self { name, bytes })
    }
}

/// The bytes of a picture or file.
pub struct Download {
    card: AttachmentCard,
    bytes: Bytes,
}

impl IntoResponse for Download {
    fn into_response(self) -> Response {
        let how = match self.card.kind {
            AttachmentKind::Picture => "inline",
            AttachmentKind::File => "attachment",
        };
        Response::builder()
            .header(header::CONTENT_DISPOSITION, how)
            .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox")
            .content_type(&self.card.media_type)
            .body(self.bytes)
    }
}

impl ApiResponse for Download {
    fn meta() -> MetaResponses {
        let kinds = ["image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf"];
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The bytes.",
                status: Some(200),
                status_range: None,
                content: kinds
                    .iter()
                    .map(|content_type| MetaMediaType {
                        content_type,
                        schema: binary(),
                    })
                    .collect(),
                headers: Vec::new(),
            }],
        }
    }

    fn register(_: &mut Registry) {}
}

#[OpenApi(tag = "Tag::Attachments")]
impl Attachments {
    /// List the pictures and files of a proposal
    #[oai(
        path = "/proposals/:id/attachments",
        method = "get",
        operation_id = "attachment_list"
    )]
    async fn attachments(
        &self,
        call: Call,
        /// The proposal.
        id: Path<Ref<ProposalId>>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<AttachmentList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(read::list(&call.0, id.0.0, paging).await?.into()))
    }

    /// Add a picture or file to one's proposal
    #[oai(
        path = "/proposals/:id/attachments",
        method = "post",
        operation_id = "attachment_add"
    )]
    async fn attach(
        &self,
        call: Call,
        /// The proposal.
        id: Path<Ref<ProposalId>>,
        input: AttachmentIn,
    ) -> Answered<Made<AttachmentOut>> {
        let new = NewAttachment {
            name: input.file.name,
            description: input.description,
            bytes: input.file.bytes,
        };
        let made = write::add(&call.0, id.0.0, new).await?;
        let card = read::one(&call.0, made).await?;
        Ok(Made(One(card.into(), 1), format!("/attachments/{made}")))
    }

    /// List the pictures and files of an application
    #[oai(
        path = "/applications/:id/attachments",
        method = "get",
        operation_id = "application_attachment_list"
    )]
    async fn attachments_of_application(
        &self,
        call: Call,
        /// The application.
        id: Path<Ref<ApplicationId>>,
        /// At most so many, from 1 to 100; 20 when not said.
        limit: Query<Option<u64>>,
        /// After this place: the `next` of the page before.
        after: Query<Option<String>>,
    ) -> Answered<Shown<AttachmentList>> {
        let paging = Paging::parse(limit.0, after.0.as_deref())?;
        Ok(Shown(read::list(&call.0, id.0.0, paging).await?.into()))
    }

    /// Add a picture or file to one's application
    ///
    /// As long as it is a draft that can be handed in, or is to be completed.
    #[oai(
        path = "/applications/:id/attachments",
        method = "post",
        operation_id = "application_attachment_add"
    )]
    async fn attach_to_application(
        &self,
        call: Call,
        /// The application.
        id: Path<Ref<ApplicationId>>,
        input: AttachmentIn,
    ) -> Answered<Made<AttachmentOut>> {
        let new = NewAttachment {
            name: input.file.name,
            description: input.description,
            bytes: input.file.bytes,
        };
        let made = write::add(&call.0, id.0.0, new).await?;
        let card = read::one(&call.0, made).await?;
        Ok(Made(One(card.into(), 1), format!("/attachments/{made}")))
    }

    /// Show what is known of a picture or file
    #[oai(path = "/attachments/:id", method = "get", operation_id = "attachment_get")]
    async fn get(
        &self,
        call: Call,
        /// The picture or file.
        id: Path<Ref<AttachmentId>>,
    ) -> Answered<One<AttachmentOut>> {
        Ok(One(read::one(&call.0, id.0.0).await?.into(), 1))
    }

    /// Download a picture or file
    #[oai(
        path = "/attachments/:id/:variant",
        method = "get",
        operation_id = "attachment_bytes"
    )]
    async fn bytes(
        &self,
        call: Call,
        /// The picture or file.
        id: Path<Ref<AttachmentId>>,
        /// `full`, or `card` for a small picture.
        variant: Path<String>,
    ) -> Answered<Download> {
        let variant = Variant::parse(&variant.0).ok_or(Error::NotFound)?;
        let (card, bytes) = read::bytes(&call.0, id.0.0, variant).await?;
        Ok(Download { card, bytes })
    }

    /// Say what a picture or file shows
    #[oai(path = "/attachments/:id", method = "patch", operation_id = "attachment_describe")]
    async fn describe(
        &self,
        call: Call,
        /// The picture or file.
        id: Path<Ref<AttachmentId>>,
        input: Patch<DescriptionIn>,
    ) -> Answered<Shown<AttachmentOut>> {
        let id = write::describe(&call.0, id.0.0, &input.0.description).await?;
        Ok(Shown(read::one(&call.0, id).await?.into()))
    }

    /// Remove a picture or file of one's own
    #[oai(path = "/attachments/:id", method = "delete", operation_id = "attachment_remove")]
    async fn detach(
        &self,
        call: Call,
        /// The picture or file.
        id: Path<Ref<AttachmentId>>,
    ) -> Answered<Done> {
        write::remove(&call.0, id.0.0).await?;
        Ok(Done)
    }
}
