//! What only a browser can tell of our pages: accessibility at both widths, bytes, shifts, requests to others, cookies.

mod money;

use civic::actor::{Role, Within};
use civic::comment::{self, NewComment, Stance};
use civic::id::ApplicationId;
use civic::member::{self, NewGrant};
use civic::moderation::{self, Subject};
use tests::browser::Browser;
use tests::calls::{handed_in, published, whole};
use tests::city::TestCity;
use tests::outside::without;
use tests::person::{self, Person};
use tests::{city, given};

/// Compressed bytes of page, style sheet and scripts that a first visit may cost, fonts apart.
const FIRST_VISIT_MAX_BYTES: u64 = 40_000;

/// A city in which every kind of thing can be seen, and the paths of its pages.
struct Full {
    public: Vec<String>,
    own: Vec<String>,
    staff: Vec<String>,
    desk: Vec<String>,
    author: Person,
    moderator: Person,
    chief: Person,
}

async fn full(city: &TestCity) -> Full {
    let consultation = given::consultation(city).await;
    let author = person::citizen(city, "autrice").await;
    let moderator = person::staff(city, "moderatore", Role::Moderator).await;
    let chief = person::staff(city, "capo", Role::Administrator).await;
    let grant = NewGrant {
        member: chief.id,
        role: Role::Editor,
        within: Within::City,
        until: None,
    };
    member::write::grant_role(&city.city.system(), grant)
        .await
        .expect("given");
    let mut proposals = Vec::new();
    // More than one page of them, and no more of one person than an hour allows.
    let neighbour = person::citizen(city, "vicina").await;
    for number in 1..=25 {
        let writer = if number <= 10 { &author } else { &neighbour };
        let title = format!("Piste ciclabili numero {number}");
        proposals.push(given::proposal(city, writer, consultation, &title).await);
    }
    let draft = given::draft(city, &author, consultation, "Ancora una bozza").await;
    let first = proposals[0];
    let root = given::comment(
        city,
        &moderator,
        first,
        "Sono d'accordo, e servono anche le rastrelliere.",
    )
    .await;
    let reply = NewComment {
        body: "Dove le mettiamo?".to_owned(),
        stance: Some(Stance::Neutral),
        parent: Some(root),
        lang: None,
    };
    let reply = comment::write::write(&author.cx(city).await, first, reply)
        .await
        .expect("answered");
    let gone = given::comment(city, &author, first, "Un commento di troppo").await;
    moderation::write::hide(&moderator.cx(city).await, Subject::Comment(gone), "Fuori tema")
        .await
        .expect("hidden");
    civic::proposal::write::withdraw(&author.cx(city).await, proposals[1], "Ho cambiato idea")
        .await
        .expect("withdrawn");
    civic::proposal::write::merge(&chief.cx(city).await, proposals[2], first, "Sono la stessa proposta.")
        .await
        .expect("joined");
    city.settle().await;
    let (it, own) = (
        |path: &str| format!("{}/it{path}", city.base),
        |path: &str| format!("{}/en{path}", city.base),
    );
    let (call, own_application, draft_application) = calls(city, &author, &chief).await;
    Full {
        public: vec![
            it("/calls"),
            it("/books"),
            it(&format!("/calls/{call}?cost=50000&raised=x")),
            it("/calls/finito/ranking"),
            it(""),
            it("/consultations"),
            it(&format!("/consultations/{}", given::SLUG)),
            it(&format!("/proposals?consultation={}&sort=newest", given::SLUG)),
            it(&format!("/proposals/map?consultation={}", given::SLUG)),
            it(&format!("/proposals/{first}")),
            it(&format!("/proposals/{}", proposals[1])),
            it(&format!("/proposals/{}", proposals[2])),
            it(&format!("/comments/{root}")),
            it("/search?q=ciclabbili"),
            it("/search?q=zzzz"),
            it("/sign-in"),
            it("/about"),
            it("/rules"),
            it("/accessibility"),
            it("/privacy"),
            it("/legal-notes"),
            it("/developers"),
        ],
        own: vec![
            own(&format!("/proposals/{first}")),
            own("/me"),
            own("/me/applications"),
            own(&format!("/calls/{call}/apply")),
            own(&format!("/applications/{own_application}")),
            own(&format!("/applications/{own_application}/act/complete")),
            own(&format!("/applications/{own_application}/act/withdraw")),
            own(&format!("/applications/{draft_application}/edit/promoter")),
            own(&format!("/applications/{draft_application}/edit/partners")),
            own(&format!("/applications/{draft_application}/edit/costs")),
            own(&format!("/applications/{draft_application}/edit/files")),
            own(&format!("/applications/{draft_application}/edit/check")),
            own("/me/drafts"),
            own("/me/proposals"),
            own("/me/comments"),
            own("/me/supports"),
            own("/me/settings"),
            own("/me/tokens"),
            own(&format!("/proposals/new?consultation={}", given::SLUG)),
            own(&format!("/proposals/{draft}/edit/idea")),
            own(&format!("/proposals/{draft}/edit/details")),
            own(&format!("/proposals/{draft}/edit/place")),
            own(&format!("/proposals/{draft}/edit/check")),
            own(&format!("/proposals/{first}/act/withdraw")),
            own(&format!("/comments/{reply}/edit")),
        ],
        staff: vec![
            it(&format!("/proposals/{first}/act/hide")),
            it(&format!("/comments/{gone}/act/restore")),
            it(&format!("/proposals/{first}/versions")),
            it("/second-factor"),
            it("/desk"),
        ],
        desk: vec![
            own("/desk"),
            own("/desk/consultations/new"),
            own(&format!("/desk/consultations/{}", given::SLUG)),
            own("/desk/roles"),
            own("/desk/calls/new"),
            own("/desk/calls/bozza"),
            own("/desk/calls/bozza/act/publish"),
            own("/desk/calls/finito/applications"),
            own(&format!("/proposals/{first}/act/merge")),
        ],
        author,
        moderator,
        chief,
    }
}

/// A call that takes applications with one of this author's that is to be completed and one that is being written; one
/// whose list is public, and a draft. Gives the first one's part of the address, and the two applications.
async fn calls(city: &TestCity, author: &Person, chief: &Person) -> (String, ApplicationId, ApplicationId) {
    use civic::application::write;
    let mut over = tests::calls::terms(city);
    over.slug = "finito".to_owned();
    let over = published(city, over).await;
    let judge = person::staff_of_call(city, "giudice", Role::Commissioner, over).await;
    let ranked = handed_in(city, author, over, whole("Orto urbano", 30_000)).await;
    let system = city.city.system();
    write::find_admissible(&system, ranked).await.expect("admissible");
    write::score(&judge.cx(city).await, ranked, &[8, 7])
        .await
        .expect("scored");
    city.advance_ms(tests::calls::WINDOW_MS);
    let system = city.city.system();
    write::rank(&system, over).await.expect("drawn up");
    write::publish_ranking(&system, over).await.expect("public");
    // To the minute, as terms are.
    let ms = city.city.clock.now().ms();
    city.advance_ms(civic::time::MINUTE_MS - ms.rem_euclid(civic::time::MINUTE_MS));
    let mut draft = tests::calls::terms(city);
    draft.slug = "bozza".to_owned();
    civic::call::write::open(&chief.cx(city).await, draft)
        .await
        .expect("opened");
    let new = tests::calls::terms(city);
    let slug = new.slug.clone();
    let call = published(city, new).await;
    let asked = handed_in(city, author, call, whole("Panchine", 40_000)).await;
    let due = city.city.clock.now().plus_ms(civic::time::DAY_MS);
    write::ask_completion(&city.city.system(), asked, "Manca il *preventivo*.", due)
        .await
        .expect("asked");
    let begun = write::begin(&author.cx(city).await, call, whole("Fontana", 30_000))
        .await
        .expect("begun");
    (slug, asked, begun)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_has_anything_that_axe_objects_to() {
    if without("browser") {
        return;
    }
    city::with(async |city| {
        let full = full(city).await;
        Browser::new().is_accessible(&full.public).await;
        let author = Browser::new().with_cookie("__Host-session", &full.author.session);
        author.is_accessible(&full.own).await;
        let moderator = Browser::new().with_cookie("__Host-session", &full.moderator.session);
        moderator.is_accessible(&full.staff).await;
        let chief = Browser::new().with_cookie("__Host-session", &full.chief.session);
        chief.is_accessible(&full.desk).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_visit_of_a_list_is_light_shifts_nothing_and_leaves_no_cookie() {
    if without("browser") {
        return;
    }
    city::with(async |city| {
        let full = full(city).await;
        let list = full
            .public
            .iter()
            .find(|path| path.contains("sort=newest"))
            .expect("a list");
        for width in [390, 1280] {
            let visit = Browser::new().visit(list, width).await;
            let bytes = visit.bytes.html + visit.bytes.css + visit.bytes.script;
            assert_eq!(visit.status, 200);
            assert!(bytes <= FIRST_VISIT_MAX_BYTES, "{bytes} bytes: {visit:?}");
            assert!(visit.shift < 0.001, "{visit:?}");
            assert!(visit.cookies.is_empty() && visit.troubles.is_empty(), "{visit:?}");
        }
    })
    .await;
}
