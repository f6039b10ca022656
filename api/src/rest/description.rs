//! The description of REST in OpenAPI: what the framework knows, completed by what surrounds every operation.
//!
//! Rule: it keeps the errors and warnings of the Italian guidelines for interoperable APIs at zero (`make conformance`):
//! contact, terms, a described server, problems for every error, limits that say when to come back, formats on numbers.

use std::collections::BTreeMap;

use civic::Settings;
use serde_json::{Map, Value, json};

/// The methods of every path, for those who ask for another one.
pub struct Routes(BTreeMap<String, Vec<String>>);

/// Paths beside the operations.
const OTHERS: [&str; 3] = ["/api", "/api/openapi.json", "/api/reference.css"];

impl Routes {
    /// The paths of a description, and those beside it.
    pub fn of(document: &Value) -> Self {
        let mut routes: BTreeMap<String, Vec<String>> = OTHERS
            .iter()
            .map(|path| ((*path).to_owned(), vec!["GET".to_owned()]))
            .collect();
        for (path, methods) in document["paths"].as_object().into_iter().flatten() {
            let methods = methods.as_object().into_iter().flat_map(Map::keys);
            let methods = methods.map(|method| method.to_uppercase()).collect();
            routes.insert(format!("/api/v1{path}"), methods);
        }
        Self(routes)
    }

    /// The methods that a path takes, for `Allow`; empty when there is no such path.
    pub fn allowed(&self, path: &str) -> String {
        let fits = |template: &str| {
            let same = |(wanted, given): (&str, &str)| wanted.starts_with('{') || wanted == given;
            template.split('/').count() == path.split('/').count() && template.split('/').zip(path.split('/')).all(same)
        };
        let Some((_, methods)) = self.0.iter().find(|(template, _)| fits(template)) else {
            return String::new();
        };
        let mut methods = methods.clone();
        if methods.iter().any(|method| method == "GET") {
            methods.push("HEAD".to_owned());
        }
        methods.push("OPTIONS".to_owned());
        methods.join(", ")
    }
}

/// An error that operations may answer: status, name, and what it means.
const PROBLEMS: [(&str, &str, &str); 12] = [
    ("400", "BadRequest", "The request cannot be read."),
    (
        "401",
        "Unauthenticated",
        "There is no token, or it opens nothing any more.",
    ),
    (
        "403",
        "Denied",
        "The token's scopes, or the member's roles, do not cover this.",
    ),
    (
        "404",
        "NotFound",
        "There is nothing here, or nothing that the asking member may know of.",
    ),
    (
        "409",
        "Conflict",
        "The present state or phase is against it, or the first request with this key still runs.",
    ),
    ("412", "OutOfDate", "Somebody changed it meanwhile."),
    ("413", "TooLarge", "The body is over its limit."),
    (
        "415",
        "MediaTypeRefused",
        "The body is of a type that is not read here.",
    ),
    (
        "422",
        "Invalid",
        "Some fields are wrong, or the key was used with another body.",
    ),
    ("429", "SlowDown", "Too many in a short time."),
    ("500", "Fault", "A fault of ours; it is recorded."),
    ("503", "Busy", "The system is busy, or a part of it does not answer."),
];

/// The whole description.
pub fn document(spec: &str, settings: &Settings) -> Value {
    let mut document: Value = serde_json::from_str(spec).unwrap_or_default();
    document["info"] = info(settings);
    document["servers"] = servers(settings);
    document["security"] = json!([{}, { "bearer": [] }]);
    let components = &mut document["components"];
    components["securitySchemes"] = json!({
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token that a member makes on their page, with scopes: read_own, participate, staff.",
        }
    });
    components["responses"] = problems();
    components["parameters"] = parameters();
    components["headers"] = headers();
    for (path, methods) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            complete(path, method, operation);
        }
    }
    document
}

fn info(settings: &Settings) -> Value {
    json!({
        "title": format!("Arengo, {}", settings.city_name),
        "version": env!("CARGO_PKG_VERSION"),
        "x-summary": "Consultations, proposals, supports and comments of a city's citizens.",
        "description": "Everything that the pages show and do. Reading what is public needs no token. Lists are pages: \
                        give the `next` of one as `after` to the following. A write with an `Idempotency-Key` is done \
                        once, however often it is sent. Errors are problems (RFC 9457) with a stable `code`, in Italian \
                        or English by `Accept-Language`.",
        "termsOfService": format!("{}/it/rules", settings.base_url),
        "contact": {
            "name": settings.city_name,
            "email": settings.contact_email,
            "url": settings.base_url,
        },
        "license": { "name": "EUPL-1.2", "url": "https://interoperable-europe.ec.europa.eu/collection/eupl/eupl-text-eupl-12" },
    })
}

fn servers(settings: &Settings) -> Value {
    let safe = settings.base_url.starts_with("https://") && !settings.demonstration;
    let mut server = json!({
        "url": format!("{}/api/v1", settings.base_url),
        "description": if safe { "This installation." } else { "A demonstration, for trying." },
    });
    if !safe {
        server["x-sandbox"] = json!(true);
    }
    json!([server])
}

fn header(name: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{name}") })
}

fn headers() -> Value {
    let seconds = json!({ "type": "integer", "format": "int64", "minimum": 0 });
    let text = json!({ "type": "string" });
    json!({
        "CacheControl": { "description": "Whether and by whom the answer may be kept.", "schema": text },
        "ETag": { "description": "The version, and a digest of what is shown.", "schema": text },
        "Location": { "description": "Where it is.", "schema": text },
        "RetryAfter": { "description": "Seconds after which to try again.", "schema": seconds },
        "RateLimitLimit": { "description": "How many are allowed in the time after which there are more.", "schema": seconds },
        "RateLimitRemaining": { "description": "How many are left.", "schema": seconds },
        "RateLimitReset": { "description": "Seconds after which there are more.", "schema": seconds },
    })
}

fn problems() -> Value {
    let problem = |(status, name, meaning): &(&str, &str, &str)| {
        let mut response = json!({
            "description": meaning,
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
        });
        if matches!(*status, "429" | "503") {
            response["headers"]["Retry-After"] = header("RetryAfter");
        }
        if *status == "429" {
            response["headers"]["RateLimit-Limit"] = header("RateLimitLimit");
            response["headers"]["RateLimit-Remaining"] = header("RateLimitRemaining");
            response["headers"]["RateLimit-Reset"] = header("RateLimitReset");
        }
        ((*name).to_owned(), response)
    };
    Value::Object(PROBLEMS.iter().map(problem).collect())
}

fn parameters() -> Value {
    json!({
        "IdempotencyKey": {
            "name": "Idempotency-Key",
            "in": "header",
            "required": false,
            "description": "A text of one's own for this very request: with it, the write is done once and its repeats \
                            within a day get the same answer.",
            "schema": { "type": "string", "pattern": "^[!-~]{1,255}$", "minLength": 1, "maxLength": 255 },
        },
        "IfNoneMatch": {
            "name": "If-None-Match",
            "in": "header",
            "required": false,
            "description": "The `ETag` that one has already; the same now is 304.",
            "schema": { "type": "string" },
        },
    })
}

/// What is read in a role alone, of things that everybody may know of.
const FOR_STAFF: [&str; 16] = [
    "/calls/{id}/campaigns/review",
    "/calls/{id}/terms",
    "/campaigns/{id}/donations/all",
    "/campaigns/{id}/payouts",
    "/campaigns/{id}/receipts",
    "/campaigns/{id}/receipts/{year}",
    "/donations",
    "/payouts",
    "/payouts/{id}",
    "/payouts/due",
    "/payouts/files",
    "/reconciliation",
    "/reconciliation/movements",
    "/refunds/owed",
    "/statements",
    "/statements/lines",
];

/// Lists that can be of one thing, which may not be there.
const OF_ONE: [&str; 1] = ["/ledger/entries"];

/// Adds to an operation what surrounds it.
fn complete(path: &str, method: &str, operation: &mut Value) {
    let reads = method == "get";
    let tagged = operation["responses"]["200"]["headers"]["ETag"].is_object();
    let with_body = operation["requestBody"].is_object();
    let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    let has = |place: &str| parameters.iter().any(|parameter| parameter["in"] == place);
    let responses = &mut operation["responses"];
    for (status, name, _) in &PROBLEMS {
        let may = match *status {
            "401" | "500" | "503" => true,
            "403" => !reads || path.starts_with("/me") || FOR_STAFF.contains(&path),
            "404" => path.contains('{') || !reads || OF_ONE.contains(&path),
            "422" => !reads || has("query"),
            "412" => has("header"),
            "413" | "415" => with_body,
            _ => !reads,
        };
        if may {
            responses[*status] = json!({ "$ref": format!("#/components/responses/{name}") });
        }
    }
    for (status, response) in responses.as_object_mut().into_iter().flatten() {
        if !status.starts_with('2') {
            continue;
        }
        let known = response["headers"].as_object().cloned().unwrap_or_default();
        for name in known.keys() {
            response["headers"][name] = header(name);
        }
        response["headers"]["Cache-Control"] = header("CacheControl");
    }
    let mut parameters = parameters;
    if tagged && reads {
        responses["304"] =
            json!({ "description": "It is still what the reader has.", "headers": { "ETag": header("ETag") } });
        parameters.push(json!({ "$ref": "#/components/parameters/IfNoneMatch" }));
    }
    if !reads {
        parameters.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
    }
    if !parameters.is_empty() {
        operation["parameters"] = Value::Array(parameters);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_its_methods_whatever_its_id() {
        let document =
            json!({ "paths": { "/proposals/{id}": { "get": {}, "patch": {} }, "/proposals": { "get": {} } } });
        let routes = Routes::of(&document);
        assert_eq!(routes.allowed("/api/v1/proposals/prp_1"), "GET, PATCH, HEAD, OPTIONS");
        assert_eq!(routes.allowed("/api/v1/proposals"), "GET, HEAD, OPTIONS");
        assert_eq!(routes.allowed("/api/v1/nothing"), "");
    }
}
