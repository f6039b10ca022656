//! Form parameters with brackets, as nested values: `line_items[0][price_data][currency]=eur`.

use serde_json::{Map, Value};

/// The nested value of form pairs.
pub fn nested(pairs: &[(String, String)]) -> Value {
    let mut root = Value::Object(Map::new());
    for (key, value) in pairs {
        let mut steps: Vec<&str> = key.split('[').map(|step| step.trim_end_matches(']')).collect();
        let last = steps.pop().unwrap_or_default();
        let mut at = &mut root;
        for step in steps {
            at = child(at, step);
        }
        // `expand[]=a&expand[]=b` adds one each time.
        let name = if last.is_empty() {
            at.as_object().map_or(0, Map::len).to_string()
        } else {
            last.to_owned()
        };
        *child(at, &name) = Value::String(value.clone());
    }
    root
}

fn child<'a>(at: &'a mut Value, name: &str) -> &'a mut Value {
    if !at.is_object() {
        *at = Value::Object(Map::new());
    }
    at.as_object_mut()
        .expect("made one")
        .entry(name)
        .or_insert_with(|| Value::Object(Map::new()))
}

/// A text parameter.
pub fn text<'a>(params: &'a Value, path: &str) -> Option<&'a str> {
    at(params, path)?.as_str()
}

/// A whole number; none when there is none or it is not one.
pub fn number(params: &Value, path: &str) -> Option<i64> {
    text(params, path)?.parse().ok()
}

/// The value at a path such as `payment_intent_data.metadata`.
pub fn at<'a>(params: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(params, |value, step| value.get(step))
}

/// The values of a list, in order.
pub fn items(params: &Value, path: &str) -> Vec<Value> {
    let Some(list) = at(params, path).and_then(Value::as_object) else {
        return Vec::new();
    };
    let mut numbered: Vec<(usize, &Value)> = list
        .iter()
        .filter_map(|(place, value)| Some((place.parse().ok()?, value)))
        .collect();
    numbered.sort_by_key(|(place, _)| *place);
    numbered.into_iter().map(|(_, value)| value.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_become_nested_values() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let params = nested(&[
            pair("mode", "payment"),
            pair("line_items[0][price_data][unit_amount]", "2500"),
            pair("expand[]", "a"),
            pair("expand[]", "b"),
        ]);
        assert_eq!(text(&params, "mode"), Some("payment"));
        assert_eq!(number(&params, "line_items.0.price_data.unit_amount"), Some(2_500));
        assert_eq!(items(&params, "expand"), ["a", "b"]);
    }
}
