//! Positions on a timeline, and the landmarks to jump to.

use crate::protocol::Tick;

/// A position on a timeline. The order of positions is the order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Playhead {
    /// The game, from 0.
    pub game: usize,
    /// The tick; `None` is the presale, before tick 0.
    pub tick: Option<Tick>,
}

/// A kind of position to jump to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Landmark {
    /// Every position, presales included.
    Tick,
    /// A press of the player, or a result.
    Action,
    /// An executed buy.
    Entry,
    /// An executed sale.
    Sale,
    /// The highest price of a game.
    Peak,
    /// The rug of a game.
    Rug,
    /// The presale of a game.
    Game,
    /// The presale of a game with a row of the player.
    Played,
    /// A difference between recorded and computed values.
    Difference,
}

/// The landmarks of a timeline, each list ascending.
#[derive(Debug, Clone, Default)]
pub(super) struct Landmarks {
    pub actions: Vec<Playhead>,
    pub entries: Vec<Playhead>,
    pub sales: Vec<Playhead>,
    pub peaks: Vec<Playhead>,
    pub rugs: Vec<Playhead>,
    pub games: Vec<Playhead>,
    pub played: Vec<Playhead>,
    pub differences: Vec<Playhead>,
}

impl Landmarks {
    /// Sorts the lists and removes repeated positions.
    pub fn sort(&mut self) {
        for list in [
            &mut self.actions,
            &mut self.entries,
            &mut self.sales,
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
            Landmark::Sale => &self.sales,
            Landmark::Peak => &self.peaks,
            Landmark::Rug => &self.rugs,
            Landmark::Game => &self.games,
            Landmark::Played => &self.played,
            Landmark::Difference => &self.differences,
        }
    }
}
