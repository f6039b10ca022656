//! A field of a change: left out, taken away by `null`, or given (RFC 7396, and GraphQL's undefined).

use std::borrow::Cow;

use async_graphql::registry::Registry as GraphRegistry;
use async_graphql::{InputType, InputValueError, InputValueResult, Value};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};

/// A field that a change may leave out, take away or give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Given<T> {
    /// Left as it is.
    #[default]
    Left,
    /// Taken away.
    Cleared,
    /// Set to this.
    Value(T),
}

impl<T> Given<T> {
    /// As `civic` takes it: nothing, `Some(None)` to take away, or the value.
    pub fn change<U>(self, read: impl FnOnce(T) -> U) -> Option<Option<U>> {
        match self {
            Self::Left => None,
            Self::Cleared => Some(None),
            Self::Value(value) => Some(Some(read(value))),
        }
    }

    /// The value, or the empty one where it is taken away.
    pub fn or_empty(self) -> Option<T>
    where
        T: Default,
    {
        self.change(|value| value).map(Option::unwrap_or_default)
    }
}

impl<T: Type> Type for Given<T> {
    const IS_REQUIRED: bool = false;
    type RawValueType = T::RawValueType;
    type RawElementValueType = T::RawElementValueType;

    fn name() -> Cow<'static, str> {
        format!("given_{}", T::name()).into()
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref().merge(MetaSchema {
            nullable: true,
            ..MetaSchema::ANY
        })
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn as_raw_value(&self) -> Option<&T::RawValueType> {
        match self {
            Self::Value(value) => value.as_raw_value(),
            Self::Left | Self::Cleared => None,
        }
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a T::RawElementValueType> + 'a> {
        match self {
            Self::Value(value) => value.raw_element_iter(),
            Self::Left | Self::Cleared => Box::new(std::iter::empty()),
        }
    }
}

impl<T: ParseFromJSON> ParseFromJSON for Given<T> {
    fn parse_from_json(value: Option<serde_json::Value>) -> ParseResult<Self> {
        match value {
            None => Ok(Self::Left),
            Some(serde_json::Value::Null) => Ok(Self::Cleared),
            Some(value) => T::parse_from_json(Some(value))
                .map(Self::Value)
                .map_err(ParseError::propagate),
        }
    }
}

impl<T: ToJSON> ToJSON for Given<T> {
    fn to_json(&self) -> Option<serde_json::Value> {
        match self {
            Self::Left => None,
            Self::Cleared => Some(serde_json::Value::Null),
            Self::Value(value) => value.to_json(),
        }
    }
}

impl<T: InputType> InputType for Given<T> {
    type RawValueType = T::RawValueType;

    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        T::type_name().to_string()
    }

    fn create_type_info(registry: &mut GraphRegistry) -> String {
        T::create_type_info(registry);
        T::type_name().to_string()
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        match value {
            None => Ok(Self::Left),
            Some(Value::Null) => Ok(Self::Cleared),
            Some(value) => T::parse(Some(value))
                .map(Self::Value)
                .map_err(InputValueError::propagate),
        }
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Value(value) => value.to_value(),
            Self::Left | Self::Cleared => Value::Null,
        }
    }

    fn as_raw_value(&self) -> Option<&T::RawValueType> {
        match self {
            Self::Value(value) => value.as_raw_value(),
            Self::Left | Self::Cleared => None,
        }
    }
}
