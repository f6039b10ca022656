//! A typed id on the wire: text such as `prp_…`, in both frameworks.
//!
//! Rule: an id of another kind is refused where it comes in, so no handler ever sees one.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry as GraphRegistry;
use async_graphql::{
    ContextSelectionSet, ID, InputType, InputValueError, InputValueResult, OutputType, Positioned, ServerResult, Value,
};
use civic::id::TypedId;
use poem::http::HeaderValue;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToHeader, ToJSON, Type};
use serde::{Serialize, Serializer};

/// A typed id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ref<T>(pub T);

impl<T> From<T> for Ref<T> {
    fn from(id: T) -> Self {
        Self(id)
    }
}

impl<T: TypedId> Ref<T> {
    /// Reads the text form; `None` when it is no id of this kind.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        T::read(text).map(Self)
    }
}

/// The letters that an id is written in; the last one holds three bits only.
const LETTERS: &str = "[0-9a-hjkmnp-tv-z]{25}[048cgmrw]";

impl<T: TypedId> Type for Ref<T> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        format!("string_{}", T::PREFIX).into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            pattern: Some(format!("^{}_{LETTERS}$", T::PREFIX)),
            ..MetaSchema::new("string")
        }))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl<T: TypedId> ParseFromJSON for Ref<T> {
    fn parse_from_json(value: Option<serde_json::Value>) -> ParseResult<Self> {
        let value = value.unwrap_or_default();
        let read = value.as_str().and_then(Self::read);
        read.ok_or_else(|| ParseError::expected_type(value))
    }
}

impl<T: TypedId> ParseFromParameter for Ref<T> {
    fn parse_from_parameter(text: &str) -> ParseResult<Self> {
        Self::read(text).ok_or_else(|| ParseError::custom(T::PREFIX))
    }
}

impl<T: TypedId> ToJSON for Ref<T> {
    fn to_json(&self) -> Option<serde_json::Value> {
        Some(serde_json::Value::String(self.0.text()))
    }
}

impl<T: TypedId> Serialize for Ref<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0.text())
    }
}

impl<T: TypedId> ToHeader for Ref<T> {
    fn to_header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0.text()).ok()
    }
}

impl<T: TypedId> InputType for Ref<T> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        <ID as InputType>::type_name()
    }

    fn create_type_info(registry: &mut GraphRegistry) -> String {
        <ID as InputType>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let value = value.unwrap_or_default();
        let read = match &value {
            Value::String(text) => Self::read(text),
            _ => None,
        };
        read.ok_or_else(|| InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.text())
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

impl<T: TypedId> OutputType for Ref<T> {
    fn type_name() -> Cow<'static, str> {
        <ID as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut GraphRegistry) -> String {
        <ID as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Ok(Value::String(self.0.text()))
    }
}
