//! The bodies of requests: JSON, and merge patches (RFC 7396).
//!
//! Rule: a body that is no JSON is 400, of another type 415, and a field that does not fit is 422 with its name, as when a
//! rule of `civic` refuses it.

use civic::error::{Code, Error, Fault, Faults, Result};
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchemaRef, Registry};
use poem_openapi::types::ParseFromJSON;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde_json::Value;

use crate::problem::Refused;

/// A JSON body.
pub struct Body<T>(pub T);

/// A merge patch: what is left out stays, `null` takes away.
pub struct Patch<T>(pub T);

async fn read<T: ParseFromJSON>(request: &Request, body: &mut RequestBody, wanted: &str) -> Result<T> {
    let given = request.content_type().unwrap_or("");
    let media = given.split(';').next().unwrap_or("").trim();
    if !media.eq_ignore_ascii_case(wanted) {
        return Err(Error::Conflict(Code::MediaTypeRefused));
    }
    let unreadable = || Error::Conflict(Code::BadRequest);
    let bytes = body.take().map_err(|_| unreadable())?.into_bytes().await;
    let value: Value = serde_json::from_slice(&bytes.map_err(|_| unreadable())?).map_err(|_| unreadable())?;
    if !value.is_object() {
        return Err(unreadable());
    }
    strict::<T>(&value)?;
    T::parse_from_json(Some(value.clone())).map_err(|bad| Error::Invalid(faults::<T>(&value, bad.message())))
}

/// The framework takes a number for a text; the description does not.
fn strict<T: ParseFromJSON>(value: &Value) -> Result<()> {
    let schema = Registry::new().create_fake_schema::<T>();
    let mut faults = Faults::new();
    for (field, about) in &schema.properties {
        let MetaSchemaRef::Inline(about) = about else { continue };
        if about.ty == "string" && matches!(value.get(*field), Some(Value::Number(_) | Value::Bool(_))) {
            faults.add(Fault::new(field, Code::Malformed));
        }
    }
    faults.check()
}

/// Which fields do not fit: the framework tells of one only, and not by name.
fn faults<T: ParseFromJSON>(value: &Value, reason: &str) -> Vec<Fault> {
    let mut registry = Registry::new();
    let schema = registry.create_fake_schema::<T>();
    let given = value.as_object();
    let name = |field: &str, code| Fault {
        field: field.to_owned().into(),
        code,
        limit: None,
    };
    let missing = schema
        .required
        .iter()
        .filter(|field| given.is_none_or(|given| given.get(**field).is_none_or(Value::is_null)))
        .map(|field| name(field, Code::Empty));
    let mut faults: Vec<Fault> = missing.collect();
    for (field, value) in given.into_iter().flatten() {
        let known = schema.properties.iter().any(|(known, _)| known == field);
        if !known {
            faults.push(name(field, Code::UnknownValue));
        } else if !value.is_null() && holds(value, reason) {
            faults.push(name(field, Code::Malformed));
        }
    }
    if faults.is_empty() {
        faults.push(name("body", Code::Malformed));
    }
    faults
}

/// Whether the value, or one inside it, is the one that the framework's reason ends with.
fn holds(value: &Value, reason: &str) -> bool {
    let inside = match value {
        Value::Array(items) => items.iter().any(|item| holds(item, reason)),
        Value::Object(fields) => fields.values().any(|field| holds(field, reason)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    };
    inside || reason.contains(&format!("found {value}."))
}

macro_rules! bodies {
    ($($body:ident = $media:literal;)*) => {$(
        impl<'a, T: ParseFromJSON> ApiExtractor<'a> for $body<T> {
            const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
            type ParamType = ();
            type ParamRawType = ();

            fn register(registry: &mut Registry) {
                T::register(registry);
            }

            fn request_meta() -> Option<MetaRequest> {
                Some(MetaRequest {
                    description: None,
                    content: vec![MetaMediaType { content_type: $media, schema: T::schema_ref() }],
                    required: true,
                })
            }

            async fn from_request(
                request: &'a Request,
                body: &mut RequestBody,
                _: ExtractParamOptions<()>,
            ) -> poem::Result<Self> {
                Ok(Self(read(request, body, $media).await.map_err(Refused)?))
            }
        }
    )*};
}

bodies! {
    Body = "application/json";
    Patch = "application/merge-patch+json";
}
