//! Amounts on the wire: whole euro cents, as a number of 64 bits.

use std::borrow::Cow;

use async_graphql::{InputValueError, InputValueResult, Number, Scalar, ScalarType, Value};
use civic::money::Money;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToJSON, Type};

/// An amount in euro cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cents(pub i64);

impl From<Money> for Cents {
    fn from(amount: Money) -> Self {
        Self(amount.minor())
    }
}

impl From<Cents> for Money {
    fn from(cents: Cents) -> Self {
        Self::eur(cents.0)
    }
}

impl Type for Cents {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "integer_int64".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("integer", "int64")))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ParseFromJSON for Cents {
    fn parse_from_json(value: Option<serde_json::Value>) -> ParseResult<Self> {
        let value = value.unwrap_or_default();
        let read = value.as_i64().map(Self);
        read.ok_or_else(|| ParseError::expected_type(value))
    }
}

impl ParseFromParameter for Cents {
    fn parse_from_parameter(value: &str) -> ParseResult<Self> {
        value.parse().map(Self).map_err(ParseError::custom)
    }
}

impl ToJSON for Cents {
    fn to_json(&self) -> Option<serde_json::Value> {
        Some(self.0.into())
    }
}

/// An amount in euro cents: a whole number of 64 bits.
#[Scalar(name = "Cents")]
impl ScalarType for Cents {
    fn parse(value: Value) -> InputValueResult<Self> {
        let read = match &value {
            Value::Number(number) => number.as_i64().map(Self),
            _ => None,
        };
        read.ok_or_else(|| InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        Value::Number(Number::from(self.0))
    }
}
