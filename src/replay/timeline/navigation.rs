//! Moving on a timeline: first, last, next and previous positions.

use super::Timeline;
use super::playhead::{Landmark, Playhead};
use crate::protocol::GameId;
use crate::replay::games_needed;

impl Timeline {
    /// Returns the games whose rows cannot be computed again, each with the reason why there is no file and the number of
    /// these rows.
    pub fn missing_games(&self) -> Vec<(&GameId, &str, usize)> {
        let needed = self.session().map(games_needed).unwrap_or_default();
        let missing = self
            .games()
            .filter_map(|(id, file)| Some((id, file.err()?)));
        missing
            .filter_map(|(id, why)| Some((id, why, *needed.get(id)?)))
            .collect()
    }

    /// Returns the first position: the presale of the first game.
    pub fn first(&self) -> Playhead {
        Playhead::default()
    }

    /// Returns the last position.
    pub fn last(&self) -> Playhead {
        self.end_of(self.spans.len() - 1)
    }

    /// Returns the last position of a game; for a game that does not exist, the last position of the timeline.
    pub fn end_of(&self, game: usize) -> Playhead {
        let game = game.min(self.spans.len() - 1);
        let tick = self.spans[game].last;
        Playhead { game, tick }
    }

    /// Returns where the replay of a game starts: its presale, or its first known tick if it was joined late.
    pub fn start_of(&self, game: usize) -> Playhead {
        let file = self.game(game).and_then(|(_, file)| file.ok());
        let known = file.and_then(|file| file.prices.iter().position(Option::is_some));
        let tick = known.filter(|tick| *tick > 0);
        Playhead {
            game,
            tick: tick.and_then(|tick| u32::try_from(tick).ok()),
        }
    }

    /// Returns the nearest existing position.
    pub fn clamp(&self, head: Playhead) -> Playhead {
        match self.spans.get(head.game) {
            Some(span) => Playhead {
                tick: span.clamp(head.tick),
                ..head
            },
            None => self.last(),
        }
    }

    /// Returns the number of positions: the length of the seek bar.
    pub fn positions(&self) -> usize {
        self.spans
            .last()
            .map_or(0, |span| span.before + span.positions())
    }

    /// Returns the number of a position, from 0.
    pub fn number(&self, head: Playhead) -> usize {
        let head = self.clamp(head);
        let tick = head.tick.map_or(0, |tick| tick as usize + 1);
        self.spans[head.game].before + tick
    }

    /// Returns the position with a number; beyond the end, the last one.
    pub fn position(&self, number: usize) -> Playhead {
        let after = self.spans.partition_point(|span| span.before <= number);
        let game = after.saturating_sub(1);
        let tick = (number - self.spans[game].before).checked_sub(1);
        let tick = tick.map(|tick| u32::try_from(tick).unwrap_or(u32::MAX));
        self.clamp(Playhead { game, tick })
    }

    /// Returns the landmarks of a kind, ascending; none for ticks.
    pub fn landmarks(&self, kind: Landmark) -> &[Playhead] {
        self.landmarks.of(kind)
    }

    /// Returns the next landmark after a position, if any.
    pub fn next(&self, kind: Landmark, head: Playhead) -> Option<Playhead> {
        let head = self.clamp(head);
        if kind == Landmark::Tick {
            return (head < self.last()).then(|| self.position(self.number(head) + 1));
        }
        let list = self.landmarks(kind);
        list.get(list.partition_point(|mark| *mark <= head))
            .copied()
    }

    /// Returns the last landmark before a position, if any.
    pub fn previous(&self, kind: Landmark, head: Playhead) -> Option<Playhead> {
        let head = self.clamp(head);
        if kind == Landmark::Tick {
            return self.number(head).checked_sub(1).map(|n| self.position(n));
        }
        let list = self.landmarks(kind);
        let before = list.partition_point(|mark| *mark < head).checked_sub(1)?;
        list.get(before).copied()
    }
}
