//! The page at `/graphiql`: GraphiQL, self-hosted.
//!
//! Rule: everything it loads is ours, and nothing of it is inline. Its editor writes style attributes, so this page alone
//! may have inline styles (architecture, decision 12).

use civic::error::{Code, Error};
use poem::http::{Method, header};
use poem::{Endpoint, Request, Response};

use super::http::{language, refuse};

/// What the page may load.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'; \
                      font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// Shows GraphiQL; holds what gives the address of a built file.
pub struct Graphiql(pub fn(&str) -> String);

impl Endpoint for Graphiql {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Ok(refuse(Error::Conflict(Code::MethodRefused), language(&request)));
        }
        let address = |name| (self.0)(name);
        let page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>GraphiQL</title>\n\
             <link rel=\"stylesheet\" href=\"{}\">\n<script type=\"module\" src=\"{}\"></script>\n\
             <link rel=\"icon\" href=\"{}#town\" type=\"image/svg+xml\">\n\
             </head>\n<body>\n<main id=\"graphiql\"></main>\n</body>\n</html>\n",
            address("graphiql.css"),
            address("graphiql.js"),
            address("icons.svg"),
        );
        Ok(Response::builder()
            .content_type("text/html; charset=utf-8")
            .header(header::CONTENT_SECURITY_POLICY, POLICY)
            .header(header::REFERRER_POLICY, "same-origin")
            .header(header::X_FRAME_OPTIONS, "DENY")
            .body(page))
    }
}
