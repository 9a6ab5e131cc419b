//! Reading one JSON object key by key: what is there is taken, what is not stays absent, what is odd is counted.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::number;
use super::{Counts, GameId, MAX_TICK, Tick, id};

/// Characters that are kept of a hash.
const MAX_HASH_CHARS: usize = 128;
/// Characters that are kept of a version.
const MAX_VERSION_CHARS: usize = 16;
/// Characters that are kept of a user name.
const MAX_NAME_CHARS: usize = 64;
/// A seed that is longer is none: half of one proves nothing.
const MAX_SEED_CHARS: usize = 128;

pub(super) type Object<'a> = &'a Map<String, Value>;

/// The notes taken while one event is read.
pub(super) struct Notes<'a> {
    counts: &'a mut Counts,
    event: &'a str,
    /// Keys of this event that were there and could not be read.
    pub(super) unreadable: Vec<&'static str>,
}

impl<'a> Notes<'a> {
    pub(super) fn new(counts: &'a mut Counts, event: &'a str) -> Self {
        Self {
            counts,
            event,
            unreadable: Vec::new(),
        }
    }

    pub(super) fn unknown(&mut self, key: &str) {
        self.counts.unknown_key(self.event, key);
    }

    pub(super) fn bad(&mut self, key: &'static str) {
        self.counts.malformed_key(self.event, key);
        if !self.unreadable.contains(&key) {
            self.unreadable.push(key);
        }
    }

    /// Reads a value; `null` is absent, anything that does not fit is noted under `key`.
    fn take<T>(
        &mut self,
        key: &'static str,
        value: &Value,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        if value.is_null() {
            return None;
        }
        let taken = read(value);
        if taken.is_none() {
            self.bad(key);
        }
        taken
    }

    pub(super) fn flag(&mut self, key: &'static str, value: &Value) -> Option<bool> {
        self.take(key, value, Value::as_bool)
    }

    pub(super) fn text(&mut self, key: &'static str, value: &Value) -> Option<String> {
        self.take(key, value, |v| v.as_str().map(str::to_owned))
    }

    /// Reads a text of which only so many characters are kept; a longer one is cut and counted.
    fn text_within(&mut self, key: &'static str, value: &Value, chars: usize) -> Option<String> {
        let mut text = self.text(key, value)?;
        if let Some((end, _)) = text.char_indices().nth(chars) {
            text.truncate(end);
            self.counts.cut_text(self.event, key);
        }
        Some(text)
    }

    pub(super) fn hash(&mut self, key: &'static str, value: &Value) -> Option<String> {
        self.text_within(key, value, MAX_HASH_CHARS)
    }

    pub(super) fn version(&mut self, key: &'static str, value: &Value) -> Option<String> {
        self.text_within(key, value, MAX_VERSION_CHARS)
    }

    pub(super) fn user_name(&mut self, key: &'static str, value: &Value) -> Option<String> {
        self.text_within(key, value, MAX_NAME_CHARS)
    }

    /// Reads a revealed seed.
    pub(super) fn seed(&mut self, key: &'static str, value: &Value) -> Option<String> {
        let short = |text: &&str| text.chars().nth(MAX_SEED_CHARS).is_none();
        self.take(key, value, |v| v.as_str().filter(short).map(str::to_owned))
    }

    /// Reads the id of a player or of a trade.
    pub(super) fn id(&mut self, key: &'static str, value: &Value) -> Option<String> {
        let text = self.text(key, value)?;
        let cut = id::cut_id(&text);
        if cut.is_some() {
            self.counts.cut_text(self.event, key);
        }
        Some(cut.unwrap_or(text))
    }

    pub(super) fn game_id(&mut self, key: &'static str, value: &Value) -> Option<GameId> {
        let (id, cut) = self.take(key, value, |v| v.as_str().and_then(GameId::from_wire))?;
        if cut {
            self.counts.cut_text(self.event, key);
        }
        Some(id)
    }

    pub(super) fn decimal(&mut self, key: &'static str, value: &Value) -> Option<Decimal> {
        self.take(key, value, number::from_json)
    }

    /// Reads a whole number, also one written as `100.0`.
    pub(super) fn integer<T: TryFrom<i128>>(
        &mut self,
        key: &'static str,
        value: &Value,
    ) -> Option<T> {
        self.take(key, value, |v| {
            let whole = if let Some(whole) = v.as_i64() {
                i128::from(whole)
            } else {
                let decimal = number::from_json(v)?;
                decimal
                    .is_integer()
                    .then(|| decimal.normalize().mantissa())?
            };
            T::try_from(whole).ok()
        })
    }

    /// Reads a tick; one that no game can have is malformed. The end of a sidebet's window may lie behind the game's.
    pub(super) fn tick(&mut self, key: &'static str, value: &Value) -> Option<Tick> {
        const LONGEST_WINDOW: Tick = 1_000;
        let tick = self.integer(key, value)?;
        if tick > MAX_TICK + LONGEST_WINDOW {
            return self.take(key, value, |_| None);
        }
        Some(tick)
    }

    pub(super) fn object<'v>(&mut self, key: &'static str, value: &'v Value) -> Option<Object<'v>> {
        if value.is_null() {
            return None;
        }
        let object = value.as_object();
        if object.is_none() {
            self.bad(key);
        }
        object
    }

    pub(super) fn list<'v>(&mut self, key: &'static str, value: &'v Value) -> Option<&'v [Value]> {
        if value.is_null() {
            return None;
        }
        let list = value.as_array().map(Vec::as_slice);
        if list.is_none() {
            self.bad(key);
        }
        list
    }
}
