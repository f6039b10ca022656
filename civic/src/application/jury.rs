//! The commission of a call at one moment: who is in it, and what each said of the admissible applications.
//!
//! Rule: the commission are those who hold the role for the call now; what somebody gave while in it counts, though they left
//! since. Whoever declared a conflict of interest, or wrote the application, neither scores nor is waited for. Nobody sees what
//! others gave until the list is drawn up, and that needs all of it: a state that is stored, which no role given later undoes.

use std::collections::HashMap;

use super::store;
use crate::call::store::json;
use crate::error::Result;
use crate::id::{ApplicationId, MemberId};

/// The commission of a call.
pub(crate) struct Jury {
    members: Vec<MemberId>,
    said: HashMap<(ApplicationId, MemberId), Said>,
    admissible: Vec<(ApplicationId, MemberId)>,
}

/// What one commissioner said of one application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// Points by criterion.
    Points(Vec<u32>),
    /// A conflict of interest, and which.
    Conflict(String),
}

/// How far the scoring of an application is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// So many commissioners scored it.
    pub scored: u64,
    /// So many are to score it.
    pub expected: u64,
}

impl Said {
    pub fn of(row: &store::assessment::Model) -> Result<Self> {
        match (&row.points, &row.conflict) {
            (Some(points), _) => Ok(Self::Points(json(points)?)),
            (None, conflict) => Ok(Self::Conflict(conflict.clone().unwrap_or_default())),
        }
    }
}

impl Jury {
    /// The commission of these members, with what was said, and the admissible applications with who wrote each.
    pub fn of(
        members: Vec<MemberId>,
        rows: &[store::assessment::Model],
        admissible: Vec<(ApplicationId, MemberId)>,
    ) -> Result<Self> {
        let mut said = HashMap::new();
        for row in rows {
            said.insert((row.application_id, row.commissioner_id), Said::of(row)?);
        }
        Ok(Self {
            members,
            said,
            admissible,
        })
    }

    /// Who is to score an application.
    fn judges(&self, id: ApplicationId, author: MemberId) -> impl Iterator<Item = MemberId> {
        let conflicts = move |member: &MemberId| matches!(self.said.get(&(id, *member)), Some(Said::Conflict(_)));
        let members = self.members.iter().copied();
        let left = self
            .said
            .keys()
            .filter(move |(of, member)| *of == id && !self.members.contains(member));
        let all = members.chain(left.map(|(_, member)| *member));
        all.filter(move |member| *member != author && !conflicts(member))
    }

    /// The points that were given to an application, each judge's by criterion.
    pub fn scores(&self, id: ApplicationId, author: MemberId) -> Vec<Vec<u32>> {
        let given = self
            .judges(id, author)
            .filter_map(|member| match self.said.get(&(id, member)) {
                Some(Said::Points(points)) => Some(points.clone()),
                Some(Said::Conflict(_)) | None => None,
            });
        given.collect()
    }

    /// How far the scoring of an application is.
    pub fn progress(&self, id: ApplicationId, author: MemberId) -> Progress {
        Progress {
            scored: self.scores(id, author).len() as u64,
            expected: self.judges(id, author).count() as u64,
        }
    }

    /// How far the scoring of all admissible applications is.
    pub fn whole(&self) -> Progress {
        let each = self.admissible.iter().map(|(id, author)| self.progress(*id, *author));
        each.fold(Progress { scored: 0, expected: 0 }, |all, one| Progress {
            scored: all.scored + one.scored,
            expected: all.expected + one.expected,
        })
    }

    /// Whether every admissible application has the score of each of its judges, and has some.
    pub fn is_complete(&self) -> bool {
        self.admissible.iter().all(|(id, author)| {
            let Progress { scored, expected } = self.progress(*id, *author);
            expected > 0 && scored == expected
        })
    }
}
