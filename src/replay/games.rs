//! The games of a session, each once, found or not.

use std::collections::HashMap;

use crate::protocol::GameId;
use crate::recording::{GameFile, SessionFile};

/// Games in an order, and where each of them stands in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Games {
    list: Vec<(GameId, Result<GameFile, String>)>,
    places: HashMap<GameId, usize>,
}

impl Games {
    /// Looks for every game that rows and drifts name, in the order in which they name them.
    pub(super) fn of(
        file: &SessionFile,
        find: &mut dyn FnMut(&GameId) -> Result<GameFile, String>,
    ) -> Self {
        let mut games = Self::default();
        let of_rows = file.actions.iter().map(|row| &row.game_id);
        let of_drifts = file.drifts.iter().filter_map(|d| d.game_id.as_ref());
        for id in of_rows.chain(of_drifts) {
            if !games.places.contains_key(id) {
                let found = find(id).and_then(|file| {
                    let told = file.meta.game_id.clone();
                    let right = told == *id;
                    right.then_some(file).ok_or(format!("the file of {told}"))
                });
                games.push(id.clone(), found);
            }
        }
        games
    }

    /// Adds a game at the end, unless it is there already.
    pub(super) fn push(&mut self, id: GameId, file: Result<GameFile, String>) {
        if !self.places.contains_key(&id) {
            self.places.insert(id.clone(), self.list.len());
            self.list.push((id, file));
        }
    }

    /// Returns the same games with others between them, each before the first that began later. The order of those
    /// that were there stays: it is that of the rows, whatever the clock did.
    pub(super) fn with(self, others: impl IntoIterator<Item = GameFile>) -> Self {
        let mut others: Vec<_> = others.into_iter().collect();
        others.sort_by_key(|file| file.meta.start_time);
        others.retain(|file| !self.places.contains_key(&file.meta.game_id));
        let mut others = others.into_iter().peekable();
        let mut games = Self::default();
        for (id, file) in self.list {
            let start = file.as_ref().ok().and_then(|file| file.meta.start_time);
            while let Some(earlier) =
                others.next_if(|o| start.is_some() && o.meta.start_time < start)
            {
                games.push(earlier.meta.game_id.clone(), Ok(earlier));
            }
            games.push(id, file);
        }
        for later in others {
            games.push(later.meta.game_id.clone(), Ok(later));
        }
        games
    }

    /// Returns the file of a game, or why there is none.
    pub(super) fn get(&self, id: &GameId) -> Result<&GameFile, &str> {
        let place = self.place(id).ok_or("no file")?;
        self.at(place).1
    }

    /// Returns where a game stands.
    pub(super) fn place(&self, id: &GameId) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// Returns the game at a place, which must be one.
    pub(super) fn at(&self, place: usize) -> (&GameId, Result<&GameFile, &str>) {
        let (id, file) = &self.list[place];
        (id, file.as_ref().map_err(String::as_str))
    }

    /// Returns how many there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }
}
