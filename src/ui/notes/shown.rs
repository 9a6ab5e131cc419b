//! The notes of a session as lines and flags: where each one is, and what it says. Pure.

use std::sync::Arc;

use crate::account::Action;
use crate::engine::View;
use crate::game::Phase;
use crate::protocol::{GameId, Tick};
use crate::recording::{NotePlace, SessionNotes};
use crate::ui::format::escaped;
use crate::ui::game_name::name_of;
use crate::ui::widgets::Icon;

/// A note as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownNote {
    /// What it is on; `None` for the whole session.
    pub place: Option<NotePlace>,
    /// Its game and tick; the tick is `None` in the presale. `None` for the whole session, and for a trade without a row.
    pub at: Option<(GameId, Option<Tick>)>,
    /// What it says, in one line.
    pub words: String,
    /// It has a star.
    pub starred: bool,
}

impl ShownNote {
    /// Returns its tick on the chart of a game, where the presale is tick 0.
    pub fn tick_in(&self, game: &GameId) -> Option<Tick> {
        let (of, tick) = self.at.as_ref()?;
        (of == game).then(|| tick.unwrap_or(0))
    }

    /// Returns where it is, as `Game 18:05:12, tick 118`.
    pub fn place_text(&self, view: &View) -> String {
        match (&self.place, &self.at) {
            (None, _) => "Session".to_owned(),
            (Some(_), None) => "A trade".to_owned(),
            (Some(place), Some((game, tick))) => {
                let trade = match place {
                    NotePlace::Trip { .. } => ", trade",
                    NotePlace::Tick { .. } => "",
                };
                format!("{}, {}{trade}", name_of(view, game), tick_text(*tick))
            }
        }
    }
}

/// Returns a tick in words.
pub fn tick_text(tick: Option<Tick>) -> String {
    tick.map_or("presale".to_owned(), |tick| format!("tick {tick}"))
}

/// Returns a text and its tags in one line; of a star alone, that it is one.
pub fn note_words(text: &str, tags: &[String]) -> String {
    let text = text.split_whitespace().map(ToOwned::to_owned);
    let tags = tags.iter().map(|tag| format!("#{tag}"));
    let words: Vec<_> = text.chain(tags).collect();
    if words.is_empty() {
        return "Star".to_owned();
    }
    escaped(&words.join(" "))
}

/// Returns the icon before a note.
pub fn note_icon(starred: bool) -> Icon {
    if starred { Icon::Star } else { Icon::Flag }
}

/// Returns the notes of a session: that on the whole session, then the others, the newest first. A trade is where its row
/// is.
pub fn shown_notes(notes: &SessionNotes, rows: &[Action]) -> Vec<ShownNote> {
    let has_own = notes.starred || !notes.text.is_empty() || !notes.tags.is_empty();
    let own = has_own.then(|| ShownNote {
        place: None,
        at: None,
        words: note_words(&notes.text, &notes.tags),
        starred: notes.starred,
    });
    let placed = notes.places.iter().rev().map(|note| ShownNote {
        place: Some(note.place.clone()),
        at: at(&note.place, rows),
        words: note_words(&note.text, &note.tags),
        starred: note.starred,
    });
    own.into_iter().chain(placed).collect()
}

fn at(place: &NotePlace, rows: &[Action]) -> Option<(GameId, Option<Tick>)> {
    match place {
        NotePlace::Tick { game_id, tick } => Some((game_id.clone(), *tick)),
        NotePlace::Trip { seq } => {
            let row = rows.iter().find(|row| row.seq == *seq)?;
            let tick = row.executed_tick.unwrap_or(row.tick);
            let tick = (row.phase != Phase::Presale).then_some(tick);
            Some((row.game_id.clone(), tick))
        }
    }
}

/// The notes of the session on the screen, made again only when the notes or the rows are new.
#[derive(Debug, Clone, Default)]
pub struct ShownNotes {
    made_of: Option<(Arc<SessionNotes>, usize)>,
    /// The notes, as [`shown_notes`] returns them.
    pub all: Arc<Vec<ShownNote>>,
}

impl ShownNotes {
    /// Takes the notes of the session, and its rows.
    pub fn update(&mut self, notes: Option<&Arc<SessionNotes>>, rows: &[Action]) {
        let is_same = match (&self.made_of, notes) {
            (Some((old, count)), Some(new)) => Arc::ptr_eq(old, new) && *count == rows.len(),
            (old, new) => old.is_none() && new.is_none(),
        };
        if !is_same {
            let shown = notes.map_or_else(Vec::new, |notes| shown_notes(notes, rows));
            self.all = Arc::new(shown);
            self.made_of = notes.map(|notes| (Arc::clone(notes), rows.len()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{ActionKind, ActionSource};
    use crate::game::Time;
    use crate::recording::PlacedNote;

    fn game(name: &str) -> GameId {
        GameId::new(name).expect("an id")
    }

    fn buy(seq: u32, phase: Phase, tick: Tick) -> Action {
        let source = ActionSource::Mouse;
        Action {
            seq,
            phase,
            executed_tick: Some(tick),
            ..Action::new(ActionKind::Buy, source, game("b"), Time::UNIX_EPOCH)
        }
    }

    fn note(place: NotePlace, text: &str, starred: bool) -> PlacedNote {
        PlacedNote {
            place,
            starred,
            text: text.to_owned(),
            tags: Vec::new(),
        }
    }

    #[test]
    fn the_note_on_the_session_is_first_then_the_newest_and_a_trade_is_where_its_row_is() {
        let mut notes = SessionNotes {
            text: "a calm\n evening".to_owned(),
            tags: vec!["calm".to_owned()],
            ..SessionNotes::default()
        };
        let tick = NotePlace::Tick {
            game_id: game("a"),
            tick: Some(7),
        };
        notes.put(note(tick, "", true));
        for seq in [1, 2, 9] {
            notes.put(note(NotePlace::Trip { seq }, "late", false));
        }
        let rows = [buy(1, Phase::Active, 40), buy(2, Phase::Presale, 0)];
        let shown = shown_notes(&notes, &rows);
        let words: Vec<_> = shown.iter().map(|note| note.words.as_str()).collect();
        assert_eq!(
            words,
            ["a calm evening #calm", "late", "late", "late", "Star"]
        );
        let places: Vec<_> = shown.iter().map(|note| note.at.clone()).collect();
        let expected = [
            None,
            // Row 9 is not there.
            None,
            Some((game("b"), None)),
            Some((game("b"), Some(40))),
            Some((game("a"), Some(7))),
        ];
        assert_eq!(places, expected);
        let ticks = |name: &str| -> Vec<_> {
            let of = game(name);
            shown.iter().filter_map(|note| note.tick_in(&of)).collect()
        };
        assert_eq!(ticks("b"), [0, 40]);
        assert_eq!(ticks("a"), [7]);
        assert!(shown[4].starred);
    }

    #[test]
    fn the_lines_are_made_again_for_new_notes_and_for_new_rows_only() {
        let mut shown = ShownNotes::default();
        let mut notes = SessionNotes::default();
        notes.put(note(NotePlace::Trip { seq: 1 }, "late", false));
        let notes = Arc::new(notes);
        shown.update(Some(&notes), &[]);
        assert_eq!(shown.all[0].at, None);
        let first = Arc::clone(&shown.all);
        shown.update(Some(&notes), &[]);
        assert!(Arc::ptr_eq(&first, &shown.all));
        shown.update(Some(&notes), &[buy(1, Phase::Active, 3)]);
        assert_eq!(shown.all[0].at, Some((game("b"), Some(3))));
        shown.update(None, &[]);
        assert!(shown.all.is_empty());
    }
}
