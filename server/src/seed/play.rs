//! Plays the script: opens the consultations, then lets each proposal live through its days.
//!
//! Rule: who does what when follows from places in the script and from nothing else, so that two demonstrations of one
//! day are alike. Supports and comments fall into phases that allow them.

use std::collections::HashMap;

use bytes::Bytes;
use civic::attachment::write::NewAttachment;
use civic::consultation::{DistrictKind, Doing, NewConsultation, NewDistrict, NewPhase, NewTheme};
use civic::error::{Error, Result};
use civic::id::{ConsultationId, DistrictId, ProposalId, ThemeId};
use civic::moderation::{self, Subject};
use civic::proposal::{self, Origin, Point, ProposalInput, ProposalState, ProposalStep};
use civic::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};
use civic::{City, Cx, attachment, consultation};

use super::script::{self, Town};
use super::{Member, scene};
use civic::actor::Role;

/// How far the next supporter stands from the last one among the members: shares no divisor with their number.
pub(super) const STRIDE: usize = 37;
/// A consultation is made so many days before its first phase.
const MADE_BEFORE_DAYS: i64 = 3;
/// Millionths of a degree in one degree.
const DEGREE_E6: f64 = 1_000_000.0;

/// The instant so many days of 24 hours before.
pub(super) fn days_before(now: Timestamp, days: i64) -> Timestamp {
    now.plus_ms(-days * DAY_MS)
}

/// What the play needs at every step.
pub(super) struct Stage<'a> {
    pub(super) city: &'a City,
    pub(super) now: Timestamp,
    pub(super) members: Vec<Member>,
    pub(super) town: &'a Town,
    written: u64,
    progress: &'a mut (dyn FnMut(u64) + Send),
}

/// One consultation on the stage.
struct Place {
    id: ConsultationId,
    themes: HashMap<String, ThemeId>,
    districts: HashMap<String, DistrictId>,
    /// What was played already, by title.
    titles: HashMap<String, ProposalId>,
    /// When the last phase ends in which people may say something.
    silence: Timestamp,
}

/// Opens the consultations of the script and plays their proposals.
pub(super) async fn play(
    city: &City,
    town: &Town,
    members: Vec<Member>,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<()> {
    let mut stage = Stage {
        city,
        now: city.clock.now(),
        written: members.len() as u64,
        members,
        town,
        progress,
    };
    let mut number = 0;
    for script in script::consultations()? {
        let mut place = stage.open(&script).await?;
        for proposal in &script.proposals {
            number += 1;
            let id = stage.proposal(&place, proposal, number).await?;
            place.titles.insert(proposal.title.clone(), id);
        }
    }
    let written = super::calls::play(&mut stage).await?;
    super::campaigns::play(&mut stage, &written).await
}

impl Stage<'_> {
    pub(super) fn cx(&self, member: &Member, at: Timestamp) -> Cx {
        let mut cx = self.city.cx(member.actor(at), member.language);
        cx.now = at;
        cx
    }

    pub(super) fn wrote(&mut self) {
        self.written += 1;
        (self.progress)(self.written);
    }

    /// The member of this name, or one whom the number picks.
    pub(super) fn member(&self, name: Option<&str>, number: usize) -> Result<Member> {
        let found = match name {
            Some(name) => self.members.iter().find(|member| member.nickname == name),
            None => self.citizen(number),
        };
        found
            .cloned()
            .ok_or_else(|| Error::Bug(format!("the demonstration knows no {name:?}")))
    }

    fn citizen(&self, number: usize) -> Option<&Member> {
        let citizens = self.members.len() - self.town.people.len();
        self.members.get(self.town.people.len() + number % citizens.max(1))
    }

    pub(super) fn staff(&self, role: Role) -> Result<Member> {
        let found = self.members.iter().find(|member| member.role == Some(role));
        found
            .cloned()
            .ok_or_else(|| Error::Bug(format!("the demonstration has no {}", role.as_str())))
    }

    /// Both treasurers: what one asks for, the other agrees to.
    pub(super) fn treasurers(&self) -> Result<[Member; 2]> {
        let all = self
            .members
            .iter()
            .filter(|member| member.role == Some(Role::Treasurer));
        let both: Vec<Member> = all.take(2).cloned().collect();
        both.try_into()
            .map_err(|_| Error::Bug("the demonstration needs two treasurers".to_owned()))
    }

    /// The local day that begins so many days from today.
    pub(super) fn day(&self, days: i64) -> Result<Timestamp> {
        let zone = &self.city.settings.zone;
        let noon = zone
            .day_start(self.now.local(zone).date())
            .map(|start| start.plus_ms(days * DAY_MS + DAY_MS / 2));
        noon.and_then(|noon| zone.day_start(noon.local(zone).date()))
            .ok_or_else(|| Error::Bug("a day that does not begin".to_owned()))
    }

    async fn open(&mut self, script: &script::Consultation) -> Result<Place> {
        let mut phases = Vec::with_capacity(script.phases.len());
        for span in &script.phases {
            phases.push(NewPhase {
                kind: span.kind,
                starts_at: self.day(span.from)?,
                ends_at: self.day(span.to)?,
            });
        }
        let first = phases.iter().map(|phase| phase.starts_at).min().unwrap_or(self.now);
        let voiced = phases.iter().filter(|phase| phase.kind.allows(Doing::Support));
        let silence = voiced.map(|phase| phase.ends_at).max().unwrap_or(self.now);
        let mut cx = self.city.system();
        cx.now = days_before(first.min(self.now), MADE_BEFORE_DAYS);
        let id = consultation::write::open(&cx, self.consultation(script, phases)).await?;
        self.wrote();
        let themes = consultation::read::themes(&cx, id).await?;
        let districts = consultation::read::districts(&cx, id).await?;
        Ok(Place {
            id,
            themes: themes.into_iter().map(|theme| (theme.slug, theme.id)).collect(),
            districts: districts.into_iter().map(|part| (part.code, part.id)).collect(),
            titles: HashMap::new(),
            silence,
        })
    }

    fn consultation(&self, script: &script::Consultation, phases: Vec<NewPhase>) -> NewConsultation {
        let themes = script.themes.iter().map(|theme| NewTheme {
            slug: theme.slug.clone(),
            name: theme.name.clone(),
            parent: theme.above.clone(),
        });
        let districts = self.town.districts.iter().zip(1..).map(|(name, number)| NewDistrict {
            kind: DistrictKind::District,
            code: number.to_string(),
            name: name.clone(),
            outline: None,
        });
        NewConsultation {
            slug: script.slug.clone(),
            title: script.title.clone(),
            question: script.question.clone(),
            description: script.description.clone(),
            phases,
            themes: themes.collect(),
            districts: districts.collect(),
            source: None,
        }
    }

    async fn proposal(&mut self, place: &Place, script: &script::Proposal, number: usize) -> Result<ProposalId> {
        let staffed = script.origin.is_some_and(|origin| origin != Origin::Online);
        let author = if staffed {
            self.staff(Role::Editor)?
        } else {
            self.member(script.by.as_deref(), number * STRIDE)?
        };
        // Not everybody writes at the same hour; never later than the day says.
        let hour = i64::try_from(number % 9).unwrap_or(0);
        let begun = days_before(self.now, script.days_ago).plus_ms(-hour * HOUR_MS - 17 * MINUTE_MS);
        let id = proposal::write::begin(&self.cx(&author, begun), place.id, input(place, script)?).await?;
        self.wrote();
        self.attach(&author, script, id, begun).await?;
        if script.state == ProposalState::Draft {
            return Ok(id);
        }
        let published = begun.plus_ms(12 * MINUTE_MS);
        proposal::write::publish(&self.cx(&author, published), id).await?;
        if let Some(text) = &script.edited {
            let cx = self.cx(&author, published.plus_ms(8 * MINUTE_MS));
            let body = Some(text.clone());
            proposal::write::edit(
                &cx,
                id,
                None,
                ProposalInput {
                    body,
                    ..ProposalInput::default()
                },
            )
            .await?;
        }
        let from = published.plus_ms(HOUR_MS);
        let until = place
            .silence
            .min(self.now.plus_ms(-HOUR_MS))
            .plus_ms(-HOUR_MS)
            .max(from);
        self.supports(&author, id, script.supports, number, (from, until))
            .await?;
        self.comments(script, id, number, (from, until)).await?;
        self.changes(script, &author, id, until).await?;
        let decided = place.silence.plus_ms(DAY_MS).min(self.now.plus_ms(-HOUR_MS)).max(until);
        let into = script.into.as_ref().and_then(|title| place.titles.get(title));
        self.fate(script, &author, (id, into.copied()), decided).await?;
        self.judge(Subject::Proposal(id), (&script.hidden, &script.restored), decided)
            .await?;
        Ok(id)
    }

    async fn attach(
        &mut self,
        author: &Member,
        script: &script::Proposal,
        id: ProposalId,
        at: Timestamp,
    ) -> Result<()> {
        let mut files = Vec::new();
        if let Some((name, description)) = &script.picture {
            let bytes = scene::png(name).ok_or_else(|| Error::Bug(format!("the demonstration draws no {name}")))?;
            files.push((format!("{name}.png"), description, bytes));
        }
        if let Some(title) = &script.paper {
            files.push((format!("{title}.pdf"), title, scene::pdf(title)));
        }
        for (name, description, bytes) in files {
            let new = NewAttachment {
                name,
                description: description.clone(),
                bytes: Bytes::from(bytes),
            };
            attachment::write::add(&self.cx(author, at.plus_ms(4 * MINUTE_MS)), id, new).await?;
            self.wrote();
        }
        Ok(())
    }

    /// What the author adds later and what an editor corrects.
    async fn changes(
        &mut self,
        script: &script::Proposal,
        author: &Member,
        id: ProposalId,
        at: Timestamp,
    ) -> Result<()> {
        if let Some(note) = &script.addendum {
            proposal::write::add(&self.cx(author, at), id, note).await?;
            self.wrote();
        }
        if let Some((title, reason)) = &script.corrected {
            let editor = self.staff(Role::Editor)?;
            let title = Some(title.clone());
            let input = ProposalInput {
                title,
                ..ProposalInput::default()
            };
            proposal::write::correct(&self.cx(&editor, at), id, None, input, reason).await?;
            self.wrote();
        }
        Ok(())
    }

    /// The steps to the state in which the script leaves a proposal.
    async fn fate(
        &mut self,
        script: &script::Proposal,
        author: &Member,
        (id, into): (ProposalId, Option<ProposalId>),
        decided: Timestamp,
    ) -> Result<()> {
        let because = script.because.as_deref();
        let steps: &[ProposalStep] = match script.state {
            ProposalState::Draft | ProposalState::Published => &[],
            ProposalState::UnderReview => &[ProposalStep::TakeUp],
            ProposalState::Accepted => &[ProposalStep::TakeUp, ProposalStep::Accept],
            ProposalState::PartlyAccepted => &[ProposalStep::TakeUp, ProposalStep::AcceptPartly],
            ProposalState::Declined => &[ProposalStep::TakeUp, ProposalStep::Decline],
            ProposalState::Delivered => &[ProposalStep::TakeUp, ProposalStep::Accept, ProposalStep::Deliver],
            ProposalState::Merged => {
                let editor = self.staff(Role::Editor)?;
                let into = into.ok_or_else(|| Error::Bug(format!("{} is joined to nothing", script.title)))?;
                proposal::write::merge(&self.cx(&editor, decided), id, into, because.unwrap_or_default()).await?;
                self.wrote();
                &[]
            }
            ProposalState::Withdrawn => {
                proposal::write::withdraw(&self.cx(author, decided), id, because.unwrap_or_default()).await?;
                self.wrote();
                &[]
            }
        };
        let editor = self.staff(Role::Editor)?;
        for step in steps {
            // Taking up says nothing yet, and being done needs no other answer than the one given.
            let says = !matches!(step, ProposalStep::TakeUp | ProposalStep::Deliver);
            proposal::write::answer(&self.cx(&editor, decided), id, *step, because.filter(|_| says)).await?;
            self.wrote();
        }
        Ok(())
    }

    /// What a moderator hid, and what was shown again.
    pub(super) async fn judge(
        &mut self,
        subject: Subject,
        (hidden, restored): (&Option<String>, &Option<String>),
        at: Timestamp,
    ) -> Result<()> {
        let moderator = self.staff(Role::Moderator)?;
        if let Some(reason) = hidden {
            moderation::write::hide(&self.cx(&moderator, at), subject, reason).await?;
            self.wrote();
        }
        if let Some(reason) = restored {
            let later = at.plus_ms(30 * MINUTE_MS);
            moderation::write::restore(&self.cx(&moderator, later), subject, reason).await?;
            self.wrote();
        }
        Ok(())
    }
}

fn input(place: &Place, script: &script::Proposal) -> Result<ProposalInput> {
    let unknown = |what: &str| Error::Bug(format!("the demonstration knows no {what}"));
    let theme = place.themes.get(&script.theme).copied();
    let district = match &script.district {
        Some(code) => Some(*place.districts.get(code).ok_or_else(|| unknown(code))?),
        None => None,
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "degrees are far from the edge of whole numbers"
    )]
    let degrees = |value: f64| (value * DEGREE_E6).round() as i64;
    let point = script.point.map(|(latitude, longitude)| Point {
        latitude_e6: degrees(latitude),
        longitude_e6: degrees(longitude),
    });
    Ok(ProposalInput {
        title: Some(script.title.clone()),
        body: Some(script.text.clone()),
        lang: script.lang.clone(),
        theme: Some(Some(theme.ok_or_else(|| unknown(&script.theme))?)),
        district: Some(district),
        quarter: None,
        point: Some(point),
        origin: script.origin,
    })
}
