//! Places on a timeline, and the landmarks between which one jumps.

use crate::protocol::Tick;

/// A place on a timeline. They are in the order in which things happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Playhead {
    /// Which game, from 0.
    pub game: usize,
    /// Its tick; `None` is its presale, which comes before tick 0.
    pub tick: Option<Tick>,
}

/// What one can jump to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Landmark {
    /// The next place, the presale of a game included.
    Tick,
    /// Where the player pressed, or a result came.
    Action,
    /// Where a buy was done.
    Entry,
    /// The highest price of a game.
    Peak,
    /// The rug of a game.
    Rug,
    /// The presale of a game.
    Game,
    /// The presale of a game that the player played.
    Played,
    /// Where recorded and computed differ.
    Difference,
}

/// The landmarks of a timeline, each list ascending.
#[derive(Debug, Clone, Default)]
pub(super) struct Landmarks {
    pub actions: Vec<Playhead>,
    pub entries: Vec<Playhead>,
    pub peaks: Vec<Playhead>,
    pub rugs: Vec<Playhead>,
    pub games: Vec<Playhead>,
    pub played: Vec<Playhead>,
    pub differences: Vec<Playhead>,
}

impl Landmarks {
    /// Brings the lists into their order; a place is listed once.
    pub fn sort(&mut self) {
        for list in [
            &mut self.actions,
            &mut self.entries,
            &mut self.played,
            &mut self.differences,
        ] {
            list.sort_unstable();
            list.dedup();
        }
    }

    pub fn of(&self, kind: Landmark) -> &[Playhead] {
        match kind {
            Landmark::Tick => &[],
            Landmark::Action => &self.actions,
            Landmark::Entry => &self.entries,
            Landmark::Peak => &self.peaks,
            Landmark::Rug => &self.rugs,
            Landmark::Game => &self.games,
            Landmark::Played => &self.played,
            Landmark::Difference => &self.differences,
        }
    }
}
