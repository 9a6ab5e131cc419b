//! The player's own words beside a session: the file `<session>.notes.json`. `docs/formats.md` is the contract.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::json;
use crate::protocol::{GameId, Tick};

/// Version of the formats of notes and diary.
pub(super) const FORMAT: u32 = 1;
/// The longest file of notes that is read, in bytes.
pub(crate) const MAX_NOTES_BYTES: u64 = 8 << 20;
/// The most characters of a text.
const MAX_TEXT: usize = 4_000;
/// The most characters of a tag.
const MAX_TAG: usize = 32;
/// The most tags of a session, a trip or a tick.
const MAX_TAGS: usize = 16;
/// The most trips and ticks of a session with notes.
const MAX_PLACES: usize = 1_000;

/// The notes of a session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SessionNotes {
    /// The session's key in other data, if it has one.
    pub session_id: Option<Uuid>,
    /// The session has a star.
    pub starred: bool,
    /// The note on the whole session.
    pub text: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// The notes on trips and ticks, in the order in which they were made.
    pub places: Vec<PlacedNote>,
}

/// What a note is on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum NotePlace {
    /// A trip.
    Trip {
        /// The row of its first fill.
        seq: u32,
    },
    /// A tick.
    Tick {
        /// The game.
        game_id: GameId,
        /// The tick; `None` in the presale.
        tick: Option<Tick>,
    },
}

/// A note on a trip or a tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedNote {
    /// What it is on.
    pub place: NotePlace,
    /// It has a star.
    pub starred: bool,
    /// The text.
    pub text: String,
    /// The tags.
    pub tags: Vec<String>,
}

/// A change of a session's notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoteEdit {
    /// Give the session a star, or take it away.
    Star(bool),
    /// Set the note on the whole session.
    Session {
        /// It has a star.
        starred: bool,
        /// The text.
        text: String,
        /// The tags.
        tags: Vec<String>,
    },
    /// Set the note on a trip or a tick. An empty one removes it.
    Place(PlacedNote),
}

impl SessionNotes {
    /// Changes them.
    pub fn apply(&mut self, edit: NoteEdit) {
        match edit {
            NoteEdit::Star(starred) => self.starred = starred,
            NoteEdit::Session {
                starred,
                text,
                tags,
            } => (self.starred, self.text, self.tags) = (starred, text, tags),
            NoteEdit::Place(note) => self.put(note),
        }
    }

    /// Whether there is nothing in them.
    pub fn is_empty(&self) -> bool {
        !self.starred && self.text.is_empty() && self.tags.is_empty() && self.places.is_empty()
    }

    /// Returns the number of notes: on the whole session, its trips and its ticks. A star alone is none.
    pub fn count(&self) -> usize {
        let has_own = !self.text.is_empty() || !self.tags.is_empty();
        self.places.len() + usize::from(has_own)
    }

    /// Returns the note on a place.
    pub fn note_at(&self, place: &NotePlace) -> Option<&PlacedNote> {
        self.places.iter().find(|note| note.place == *place)
    }

    /// Sets the note on a place. An empty one removes it.
    pub fn put(&mut self, note: PlacedNote) {
        let place = self.places.iter().position(|old| old.place == note.place);
        let is_empty = !note.starred && note.text.is_empty() && note.tags.is_empty();
        match place {
            Some(at) if is_empty => drop(self.places.remove(at)),
            Some(at) => self.places[at] = note,
            None if is_empty => {}
            None => self.places.push(note),
        }
    }

    /// Returns all tags, each once, in their order.
    pub fn all_tags(&self) -> Vec<&str> {
        let mut tags: Vec<&str> = Vec::new();
        let placed = self.places.iter().flat_map(|note| &note.tags);
        for tag in self.tags.iter().chain(placed) {
            if !tags.contains(&tag.as_str()) {
                tags.push(tag);
            }
        }
        tags
    }

    /// Checks the limits.
    ///
    /// # Errors
    ///
    /// The text says what is too long or too many.
    pub fn check(&self) -> Result<(), String> {
        check_text(&self.text, MAX_TEXT)?;
        check_tags(&self.tags)?;
        if self.places.len() > MAX_PLACES {
            return Err(format!(
                "a session can have {MAX_PLACES} notes on its trips and ticks; remove one"
            ));
        }
        for note in &self.places {
            check_text(&note.text, MAX_TEXT)?;
            check_tags(&note.tags)?;
        }
        Ok(())
    }

    /// Reads a file's text.
    ///
    /// # Errors
    ///
    /// The text says what is wrong, without the path.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let file: NotesFile = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        check_format(file.format)?;
        let notes = Self {
            session_id: file.session_id,
            starred: file.star,
            text: file.text,
            tags: file.tags,
            places: file
                .notes
                .into_iter()
                .map(PlacedNote::try_from)
                .collect::<Result<_, _>>()?,
        };
        notes.check()?;
        Ok(notes)
    }

    /// Returns the text of the file.
    pub(crate) fn to_text(&self) -> serde_json::Result<Vec<u8>> {
        json::to_text(&NotesFile {
            format: FORMAT,
            session_id: self.session_id,
            star: self.starred,
            tags: self.tags.clone(),
            text: self.text.clone(),
            notes: self.places.iter().map(NoteRow::from).collect(),
        })
    }
}

pub(super) fn check_format(format: u32) -> Result<(), String> {
    if format > FORMAT {
        return Err(format!("format {format} is newer than this program knows"));
    }
    Ok(())
}

pub(super) fn check_text(text: &str, most: usize) -> Result<(), String> {
    let n = text.chars().count();
    if n > most {
        return Err(format!(
            "a note has {n} characters, more than {most}; shorten it"
        ));
    }
    Ok(())
}

fn check_tags(tags: &[String]) -> Result<(), String> {
    if tags.len() > MAX_TAGS {
        return Err(format!(
            "there are {} tags, more than {MAX_TAGS}; remove one",
            tags.len()
        ));
    }
    let is_good = |tag: &&String| !tag.trim().is_empty() && tag.chars().count() <= MAX_TAG;
    match tags.iter().find(|tag| !is_good(tag)) {
        Some(tag) => Err(format!(
            "the tag {tag:?} does not have 1 to {MAX_TAG} characters"
        )),
        None => Ok(()),
    }
}

#[derive(Serialize, Deserialize)]
struct NotesFile {
    format: u32,
    #[serde(default)]
    session_id: Option<Uuid>,
    #[serde(default)]
    star: bool,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    text: String,
    #[serde(default)]
    notes: Vec<NoteRow>,
}

/// A note: with `trip`, or with `game_id` and `tick`.
#[derive(Serialize, Deserialize)]
struct NoteRow {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trip: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    game_id: Option<GameId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tick: Option<Tick>,
    #[serde(default)]
    star: bool,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    text: String,
}

impl From<&PlacedNote> for NoteRow {
    fn from(note: &PlacedNote) -> Self {
        let (trip, game_id, tick) = match &note.place {
            NotePlace::Trip { seq } => (Some(*seq), None, None),
            NotePlace::Tick { game_id, tick } => (None, Some(game_id.clone()), *tick),
        };
        Self {
            trip,
            game_id,
            tick,
            star: note.starred,
            tags: note.tags.clone(),
            text: note.text.clone(),
        }
    }
}

impl TryFrom<NoteRow> for PlacedNote {
    type Error = String;

    fn try_from(row: NoteRow) -> Result<Self, String> {
        let place = match (row.trip, row.game_id) {
            (Some(seq), None) => NotePlace::Trip { seq },
            (None, Some(game_id)) => NotePlace::Tick {
                game_id,
                tick: row.tick,
            },
            _ => return Err("a note is on a trip, or on a tick of a game".to_owned()),
        };
        Ok(Self {
            place,
            starred: row.star,
            text: row.text,
            tags: row.tags,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(place: NotePlace, text: &str) -> PlacedNote {
        PlacedNote {
            place,
            starred: false,
            text: text.to_owned(),
            tags: vec!["tilt".to_owned()],
        }
    }

    fn tick(tick: Option<Tick>) -> NotePlace {
        NotePlace::Tick {
            game_id: GameId::new("20251215-a").expect("an id"),
            tick,
        }
    }

    #[test]
    fn notes_are_read_as_they_were_written_and_a_place_has_one() {
        let mut notes = SessionNotes {
            session_id: Some(Uuid::from_u128(7)),
            starred: true,
            text: "too fast, \"again\"\n日本".to_owned(),
            tags: vec!["evening".to_owned(), "tilt".to_owned()],
            places: Vec::new(),
        };
        notes.put(note(NotePlace::Trip { seq: 3 }, "late"));
        notes.put(note(tick(Some(12)), "here"));
        notes.put(note(tick(None), "before"));
        notes.put(note(NotePlace::Trip { seq: 3 }, "too late"));
        assert_eq!(notes.places.len(), 3);
        let text = notes.to_text().expect("a text");
        assert_eq!(SessionNotes::parse(&text), Ok(notes.clone()));
        assert_eq!(notes.all_tags(), ["evening", "tilt"]);
        let empty = PlacedNote {
            tags: Vec::new(),
            ..note(tick(None), "")
        };
        notes.put(empty);
        assert_eq!(notes.note_at(&tick(None)), None);
        assert!(!notes.is_empty() && SessionNotes::default().is_empty());
    }

    #[test]
    fn what_is_too_long_or_too_many_is_refused_also_when_it_is_read() {
        let long = |n: usize| "é".repeat(n);
        let limits = [
            (long(4_000), vec![long(32); 16], true),
            (long(4_001), vec![], false),
            (String::new(), vec![long(33)], false),
            (String::new(), vec![" ".to_owned()], false),
            (String::new(), vec![long(1); 17], false),
        ];
        for (text, tags, is_good) in limits {
            let notes = SessionNotes {
                text,
                tags,
                ..SessionNotes::default()
            };
            assert_eq!(notes.check().is_ok(), is_good, "{:?}", notes.check());
            let written = notes.to_text().expect("a text");
            assert_eq!(SessionNotes::parse(&written).is_ok(), is_good);
        }
        let mut many = SessionNotes::default();
        for seq in 0..1_001 {
            many.put(note(NotePlace::Trip { seq }, "x"));
        }
        assert!(many.check().is_err());
        for damaged in [
            "",
            "{}",
            "{\"format\":2}",
            "{\"format\":1,\"notes\":[{}]}",
            "{\"format\":1,\"notes\":[{\"trip\":1,\"game_id\":\"a\"}]}",
            "{\"format\":1,\"tags\":5}",
        ] {
            assert!(
                SessionNotes::parse(damaged.as_bytes()).is_err(),
                "{damaged}"
            );
        }
    }
}
