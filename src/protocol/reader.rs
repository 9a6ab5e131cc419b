//! Reading one JSON object key by key: what is there is taken, what is not stays absent, what is odd is counted.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::number;
use super::{Counts, GameId, MAX_TICK, Tick};

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

    pub(super) fn game_id(&mut self, key: &'static str, value: &Value) -> Option<GameId> {
        self.take(key, value, |v| v.as_str().and_then(GameId::new))
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
