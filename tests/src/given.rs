//! What tests begin with: a consultation that collects, a published proposal, a comment.

use civic::comment::{NewComment, Stance};
use civic::consultation::{DistrictKind, NewConsultation, NewDistrict, NewPhase, NewTheme, Outline, PhaseKind};
use civic::id::{CommentId, ConsultationId, ProposalId};
use civic::language::Localised;
use civic::proposal::ProposalInput;
use civic::time::{DAY_MS, Timestamp};

use crate::city::TestCity;
use crate::person::Person;

/// A text that is long enough for any proposal.
pub const BODY: &str = "Una pista ciclabile **continua** e protetta, con incroci sicuri e parcheggi per le biciclette.";

/// The part of the address of the given consultation.
pub const SLUG: &str = "milano-domani";

/// A consultation: ten days of information, thirty of collection (today is its first day), thirty of discussion, thirty
/// of review, and results; two themes; two districts, squares of a tenth of a degree side by side.
pub async fn consultation(city: &TestCity) -> ConsultationId {
    let cx = city.city.system();
    let phase = |kind, from: i64, to: i64| NewPhase {
        kind,
        starts_at: cx.now.plus_ms(from * DAY_MS),
        ends_at: cx.now.plus_ms(to * DAY_MS),
    };
    let new = NewConsultation {
        slug: SLUG.to_owned(),
        title: Localised::both("Milano domani", "Milan tomorrow"),
        question: Localised::both("Come ci muoviamo nel 2030?", "How do we move in 2030?"),
        description: Localised::both("Proposte per la città.", "Proposals for the city."),
        phases: vec![
            phase(PhaseKind::Information, -10, 0),
            phase(PhaseKind::Collection, 0, 30),
            phase(PhaseKind::Discussion, 30, 60),
            phase(PhaseKind::Review, 60, 90),
            phase(PhaseKind::Results, 90, 120),
        ],
        themes: vec![
            theme("mobilita", "Mobilità", "Mobility"),
            theme("verde", "Verde", "Green"),
        ],
        districts: vec![square("1", 9_100_000), square("2", 9_200_000)],
        source: None,
    };
    civic::consultation::write::open(&cx, new).await.expect("opened")
}

/// Another consultation, in its collection for thirty days, with one theme and no districts.
pub async fn another_consultation(city: &TestCity, slug: &str) -> ConsultationId {
    let cx = city.city.system();
    let new = NewConsultation {
        slug: slug.to_owned(),
        title: Localised::same(slug),
        question: Localised::both("Che cosa serve?", "What is needed?"),
        description: Localised::same(""),
        phases: vec![NewPhase {
            kind: PhaseKind::Collection,
            starts_at: cx.now,
            ends_at: cx.now.plus_ms(30 * DAY_MS),
        }],
        themes: vec![theme("altro", "Altro", "Other")],
        districts: vec![],
        source: None,
    };
    civic::consultation::write::open(&cx, new).await.expect("opened")
}

fn theme(slug: &str, it: &str, en: &str) -> NewTheme {
    NewTheme {
        slug: slug.to_owned(),
        name: Localised::both(it, en),
        parent: None,
    }
}

fn square(code: &str, west: i64) -> NewDistrict {
    let (east, south, north) = (west + 100_000, 45_400_000, 45_500_000);
    let ring = vec![
        (west, south),
        (east, south),
        (east, north),
        (west, north),
        (west, south),
    ];
    NewDistrict {
        kind: DistrictKind::District,
        code: code.to_owned(),
        name: Localised::both(&format!("Municipio {code}"), &format!("Municipio {code}")),
        outline: Some(Outline(vec![ring])),
    }
}

/// A draft of this person, on the first theme.
pub async fn draft(city: &TestCity, person: &Person, consultation: ConsultationId, title: &str) -> ProposalId {
    let cx = person.cx(city).await;
    let themes = civic::consultation::read::themes(&cx, consultation)
        .await
        .expect("read");
    let input = ProposalInput {
        title: Some(title.to_owned()),
        body: Some(BODY.to_owned()),
        theme: Some(themes.first().map(|theme| theme.id)),
        ..ProposalInput::default()
    };
    let begun = civic::proposal::write::begin(&cx, consultation, input).await;
    begun.expect("the draft is kept")
}

/// A published proposal of this person.
pub async fn proposal(city: &TestCity, person: &Person, consultation: ConsultationId, title: &str) -> ProposalId {
    let id = draft(city, person, consultation, title).await;
    civic::proposal::write::publish(&person.cx(city).await, id)
        .await
        .expect("published")
}

/// A comment of this person.
pub async fn comment(city: &TestCity, person: &Person, proposal: ProposalId, body: &str) -> CommentId {
    let new = NewComment {
        body: body.to_owned(),
        stance: Some(Stance::For),
        parent: None,
        lang: None,
    };
    let written = civic::comment::write::write(&person.cx(city).await, proposal, new).await;
    written.expect("the comment is written")
}

/// An instant by its text in RFC 3339.
pub fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("an instant")
}
