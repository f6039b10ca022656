//! People of a test: each signs in as people do, and has a browser and a program of their own.

use civic::actor::{Actor, Role, Scope, Within};
use civic::id::{CallId, ConsultationId, MemberId};
use civic::language::Language;
use civic::member::sign_in::{NewSignIn, Proof};
use civic::member::{self, NewGrant, NewSession};
use civic::time::Timestamp;
use civic::{Cx, member::token::NewToken};
use totp_rs::{Algorithm, Builder};

use crate::city::TestCity;
use crate::http::Client;

/// Days that a person's token lives.
const TOKEN_DAYS: u32 = 30;

/// One person: who they are and the two ways in which they reach the city.
pub struct Person {
    /// Which member.
    pub id: MemberId,
    /// Their address.
    pub email: String,
    /// Their browser, signed in.
    pub pages: Client,
    /// Their program, with a token for everything they may do.
    pub api: Client,
    /// The token of their session.
    pub session: String,
    /// Their bearer token.
    pub token: String,
}

impl Person {
    /// The actor that this person's session is now.
    pub async fn actor(&self, city: &TestCity) -> Actor {
        let found = member::read::by_session(&city.city.system(), &self.session)
            .await
            .expect("the database answers");
        found.expect("the session stands").0
    }

    /// One operation of this person.
    pub async fn cx(&self, city: &TestCity) -> Cx {
        city.city.cx(self.actor(city).await, Language::It)
    }
}

/// A citizen who signs in by the code of the letter.
pub async fn citizen(city: &TestCity, name: &str) -> Person {
    let email = format!("{name}@example.org");
    let session = sign_in(city, &email).await;
    equip(city, email, session, &[Scope::ReadOwn, Scope::Participate]).await
}

/// A person with a role for the whole city, who has given the second factor.
pub async fn staff(city: &TestCity, name: &str, role: Role) -> Person {
    let person = holder(city, name, role, None, None).await;
    give_factor(city, person, &Scope::ALL).await
}

/// A person with a role for one consultation or until an instant, who has not given the second factor.
pub async fn holder(
    city: &TestCity,
    name: &str,
    role: Role,
    consultation: Option<ConsultationId>,
    until: Option<Timestamp>,
) -> Person {
    let within = consultation.map_or(Within::City, Within::Consultation);
    holder_within(city, name, role, within, until).await
}

/// A person with a role for one call, who has given the second factor.
pub async fn staff_of_call(city: &TestCity, name: &str, role: Role, call: CallId) -> Person {
    let person = holder_within(city, name, role, Within::Call(call), None).await;
    give_factor(city, person, &Scope::ALL).await
}

async fn holder_within(city: &TestCity, name: &str, role: Role, within: Within, until: Option<Timestamp>) -> Person {
    let person = citizen(city, name).await;
    let grant = NewGrant {
        member: person.id,
        role,
        within,
        until,
    };
    member::write::grant_role(&city.city.system(), grant)
        .await
        .expect("the role is given");
    person
}

/// The same person after setting up and giving the second factor, with a session and a token that have it.
pub async fn give_factor(city: &TestCity, person: Person, scopes: &[Scope]) -> Person {
    let before = NewSession {
        member: person.id,
        token: person.session,
        expires_at: city.city.clock.now(),
    };
    let session = second_factor(city, &before).await;
    equip(city, person.email, session, scopes).await
}

async fn sign_in(city: &TestCity, email: &str) -> NewSession {
    let cx = city.city.cx(Actor::Visitor, Language::It);
    let new = NewSignIn {
        email: email.to_owned(),
        browser: format!("browser of {email}"),
        return_to: "/".to_owned(),
    };
    let browser = new.browser.clone();
    let id = member::sign_in::ask(&cx, new).await.expect("asked");
    let letter = member::sign_in::letter(&city.city, id)
        .await
        .expect("answers")
        .expect("a letter is due");
    let signed_in = member::sign_in::confirm(&cx, Proof::Digits(letter.digits), &browser)
        .await
        .expect("confirmed");
    signed_in.session
}

async fn second_factor(city: &TestCity, session: &NewSession) -> NewSession {
    let found = member::read::by_session(&city.city.system(), &session.token)
        .await
        .expect("answers");
    let cx = city.city.cx(found.expect("stands").0, Language::It);
    let setup = member::second_factor::begin(&cx).await.expect("begun");
    let code = code(&setup.secret, cx.now.ms());
    member::second_factor::confirm(&cx, &code, &session.token)
        .await
        .expect("confirmed")
}

/// The six digits that an authenticator shows at an instant.
pub fn code(secret: &str, at_ms: i64) -> String {
    let bytes = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).expect("base 32");
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_secret(bytes)
        .build_noncompliant();
    totp.generate(u64::try_from(at_ms / 1_000).expect("after 1970"))
        .to_string()
}

async fn equip(city: &TestCity, email: String, session: NewSession, scopes: &[Scope]) -> Person {
    let actor = member::read::by_session(&city.city.system(), &session.token)
        .await
        .expect("answers")
        .expect("stands")
        .0;
    let new = NewToken {
        name: "program".to_owned(),
        scopes: scopes.to_vec(),
        days: TOKEN_DAYS,
    };
    let made = member::token::make(&city.city.cx(actor, Language::It), new)
        .await
        .expect("made");
    let pages = Client::new(&city.base);
    pages.set_cookie("__Host-session", &session.token);
    Person {
        id: session.member,
        email,
        pages,
        api: Client::with_bearer(&city.base, &made.text),
        session: session.token,
        token: made.text,
    }
}
