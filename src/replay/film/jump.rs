//! Where one can go on a film.

use super::{Film, Head, Landmark};

impl Film {
    /// Returns the first place: the presale of the first game.
    pub fn first(&self) -> Head {
        Head::default()
    }

    /// Returns the last place.
    pub fn last(&self) -> Head {
        self.end_of(self.reels.len() - 1)
    }

    /// Returns the last place of a game; beyond the last game that of the film.
    pub fn end_of(&self, game: usize) -> Head {
        let game = game.min(self.reels.len() - 1);
        let tick = self.reels[game].last;
        Head { game, tick }
    }

    /// Returns the nearest place that the film has.
    pub fn clamp(&self, head: Head) -> Head {
        match self.reels.get(head.game) {
            Some(reel) => Head {
                tick: reel.clamp(head.tick),
                ..head
            },
            None => self.last(),
        }
    }

    /// Returns how many places there are: the length of the seek bar.
    pub fn places(&self) -> usize {
        self.reels
            .last()
            .map_or(0, |reel| reel.before + reel.places())
    }

    /// Returns the number of a place, from 0.
    pub fn number(&self, head: Head) -> usize {
        let head = self.clamp(head);
        let tick = head.tick.map_or(0, |tick| tick as usize + 1);
        self.reels[head.game].before + tick
    }

    /// Returns the place of a number; beyond the end the last one.
    pub fn place(&self, number: usize) -> Head {
        let after = self.reels.partition_point(|reel| reel.before <= number);
        let game = after.saturating_sub(1);
        let tick = (number - self.reels[game].before).checked_sub(1);
        let tick = tick.map(|tick| u32::try_from(tick).unwrap_or(u32::MAX));
        self.clamp(Head { game, tick })
    }

    /// Returns the landmarks of a kind, ascending; ticks are not listed.
    pub fn landmarks(&self, kind: Landmark) -> &[Head] {
        self.landmarks.of(kind)
    }

    /// Returns the next landmark after a place; `None`: there is none.
    pub fn next(&self, kind: Landmark, head: Head) -> Option<Head> {
        let head = self.clamp(head);
        if kind == Landmark::Tick {
            return (head < self.last()).then(|| self.place(self.number(head) + 1));
        }
        let list = self.landmarks(kind);
        list.get(list.partition_point(|mark| *mark <= head))
            .copied()
    }

    /// Returns the last landmark before a place; `None`: there is none.
    pub fn previous(&self, kind: Landmark, head: Head) -> Option<Head> {
        let head = self.clamp(head);
        if kind == Landmark::Tick {
            return self.number(head).checked_sub(1).map(|n| self.place(n));
        }
        let list = self.landmarks(kind);
        let before = list.partition_point(|mark| *mark < head).checked_sub(1)?;
        list.get(before).copied()
    }
}
