//! How far a build is.

use std::fmt;

use crate::plural::count;

/// What a build is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BuildStep {
    /// It lists the files.
    #[default]
    Listing,
    /// It reads and proves the recordings that have changed.
    Reading,
    /// It writes tables.
    Writing,
    /// It puts the new files in their places.
    Publishing,
}

impl BuildStep {
    /// Returns the step in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Listing => "Looking for recordings",
            Self::Reading => "Reading recordings",
            Self::Writing => "Writing tables",
            Self::Publishing => "Saving the data set",
        }
    }
}

/// How far a build is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BuildProgress {
    /// What it is doing.
    pub step: BuildStep,
    /// Done so far: files read, days written.
    pub done: usize,
    /// All of them; 0 if it is not known.
    pub all: usize,
}

impl BuildProgress {
    /// Returns the share that is done, from 0 to 1; `None` if it is not known.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a bar is a few hundred pixels long"
    )]
    pub fn share(self) -> Option<f32> {
        (self.all > 0).then(|| self.done as f32 / self.all as f32)
    }
}

/// As `Reading recordings: 1200 of 4000 files`.
impl fmt::Display for BuildProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { step, done, all } = self;
        f.write_str(step.as_str())?;
        match step {
            BuildStep::Reading => write!(f, ": {done} of {}", count(all, "file")),
            BuildStep::Writing => write!(f, ": {done} of {}", count(all, "day")),
            BuildStep::Listing | BuildStep::Publishing => Ok(()),
        }
    }
}
