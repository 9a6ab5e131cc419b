//! Reads one JSON object of the wire key by key, and counts what does not fit.
//!
//! A type of the wire is written once, with [`wire_object`]: each field with its documentation, its type, its key and the
//! function below that reads it. An absent key and `null` give `None`; a value that does not fit gives `None` and is counted.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::counts::Counts;
use super::id::{self, GameId};
use super::json::Json;
use super::number;
use super::tick::{MAX_TICK, Tick};

/// Characters kept of a hash.
const MAX_HASH_CHARS: usize = 128;
/// Characters kept of a version.
const MAX_VERSION_CHARS: usize = 16;
/// Characters kept of a user name.
const MAX_NAME_CHARS: usize = 64;
/// A longer seed is rejected: half of one proves nothing.
const MAX_SEED_CHARS: usize = 128;
/// Ticks by which the window of a sidebet may reach beyond the longest game.
const LONGEST_WINDOW: Tick = 1_000;

/// The name of a key, as odd fields are counted.
pub(super) type Key = &'static str;

/// A JSON object of the wire.
pub(super) trait FromObject: Sized {
    /// Reads the object; `None` when it lacks a required field.
    fn read<'a, J: Json<'a>>(object: J, notes: &mut Notes<'_>) -> Option<Self>;
}

/// Counts the odd keys of one event while it is read.
pub(super) struct Notes<'a> {
    counts: &'a mut Counts,
    event: &'a str,
    /// Keys of this event that are present and unreadable, in the order of the wire.
    unreadable: Vec<Key>,
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

    pub(super) fn malformed(&mut self, key: Key) {
        self.counts.malformed_key(self.event, key);
        if !self.unreadable.contains(&key) {
            self.unreadable.push(key);
        }
    }

    fn cut(&mut self, key: &str) {
        self.counts.cut_text(self.event, key);
    }

    /// Returns the unreadable keys and forgets them.
    pub(super) fn take_unreadable(&mut self) -> Vec<Key> {
        std::mem::take(&mut self.unreadable)
    }

    /// Reads a value that is not `null`; counts it under `key` when `read` rejects it.
    fn read<'v, J: Json<'v>, T>(
        &mut self,
        key: Key,
        value: J,
        read: impl FnOnce(J) -> Option<T>,
    ) -> Option<T> {
        if value.is_null() {
            return None;
        }
        let result = read(value);
        if result.is_none() {
            self.malformed(key);
        }
        result
    }

    /// Reads a text and cuts it to `chars` characters; a cut is counted.
    fn text_within<'v>(
        &mut self,
        key: &'static str,
        value: impl Json<'v>,
        chars: usize,
    ) -> Option<String> {
        let mut text = text(self, key, value)?;
        if let Some((end, _)) = text.char_indices().nth(chars) {
            text.truncate(end);
            self.cut(key);
        }
        Some(text)
    }
}

pub(super) fn flag<'a>(notes: &mut Notes<'_>, key: Key, value: impl Json<'a>) -> Option<bool> {
    notes.read(key, value, Json::flag)
}

pub(super) fn text<'a>(notes: &mut Notes<'_>, key: Key, value: impl Json<'a>) -> Option<String> {
    notes.read(key, value, |v| v.text().map(Cow::into_owned))
}

pub(super) fn hash<'a>(notes: &mut Notes<'_>, key: Key, value: impl Json<'a>) -> Option<String> {
    notes.text_within(key, value, MAX_HASH_CHARS)
}

pub(super) fn version<'a>(notes: &mut Notes<'_>, key: Key, value: impl Json<'a>) -> Option<String> {
    notes.text_within(key, value, MAX_VERSION_CHARS)
}

pub(super) fn user_name<'a>(
    notes: &mut Notes<'_>,
    key: Key,
    value: impl Json<'a>,
) -> Option<String> {
    notes.text_within(key, value, MAX_NAME_CHARS)
}

/// Reads a revealed seed.
pub(super) fn seed<'a>(notes: &mut Notes<'_>, key: Key, value: impl Json<'a>) -> Option<String> {
    let short = |text: &Cow<'_, str>| text.chars().nth(MAX_SEED_CHARS).is_none();
    notes.read(key, value, |v| v.text().filter(short).map(Cow::into_owned))
}

/// Reads the id of a player or of a trade.
pub(super) fn id<'a>(notes: &mut Notes<'_>, key: Key, value: impl Json<'a>) -> Option<String> {
    let text = text(notes, key, value)?;
    let cut = id::cut_id(&text);
    if cut.is_some() {
        notes.cut(key);
    }
    Some(cut.unwrap_or(text))
}

pub(super) fn game_id<'a>(notes: &mut Notes<'_>, key: Key, value: impl Json<'a>) -> Option<GameId> {
    let (id, is_cut) = notes.read(key, value, |v| GameId::from_wire(&v.text()?))?;
    if is_cut {
        notes.cut(key);
    }
    Some(id)
}

pub(super) fn decimal<'a>(
    notes: &mut Notes<'_>,
    key: Key,
    value: impl Json<'a>,
) -> Option<Decimal> {
    notes.read(key, value, |v| number::parse(v.number()?))
}

/// Reads a whole number, also one written as `100.0`.
pub(super) fn integer<'a, T: TryFrom<i128>>(
    notes: &mut Notes<'_>,
    key: Key,
    value: impl Json<'a>,
) -> Option<T> {
    notes.read(key, value, |v| {
        let digits = v.number()?;
        let whole = if let Ok(whole) = digits.parse::<i64>() {
            i128::from(whole)
        } else {
            let decimal = number::parse(digits)?;
            decimal
                .is_integer()
                .then(|| decimal.normalize().mantissa())?
        };
        T::try_from(whole).ok()
    })
}

/// Reads a tick; one that no game can reach is malformed.
pub(super) fn tick<'a>(notes: &mut Notes<'_>, key: Key, value: impl Json<'a>) -> Option<Tick> {
    let tick = integer(notes, key, value)?;
    if tick > MAX_TICK + LONGEST_WINDOW {
        notes.malformed(key);
        return None;
    }
    Some(tick)
}

pub(super) fn list<'a, J: Json<'a>>(notes: &mut Notes<'_>, key: Key, value: J) -> Option<J> {
    notes.read(key, value, |v| v.is_list().then_some(v))
}

pub(super) fn map<'a, J: Json<'a>>(notes: &mut Notes<'_>, key: Key, value: J) -> Option<J> {
    notes.read(key, value, |v| v.is_object().then_some(v))
}

pub(super) fn object<'a, T: FromObject>(
    notes: &mut Notes<'_>,
    key: Key,
    value: impl Json<'a>,
) -> Option<T> {
    T::read(map(notes, key, value)?, notes)
}

/// Reads a list of objects; an entry that is none costs itself only.
pub(super) fn objects<'a, T: FromObject>(
    notes: &mut Notes<'_>,
    key: Key,
    value: impl Json<'a>,
) -> Option<Vec<T>> {
    let list = list(notes, key, value)?.elements();
    Some(list.filter_map(|entry| object(notes, key, entry)).collect())
}

/// Reads the prices of a game, by tick. An unreadable price is `None` and not counted: the board names it.
pub(super) fn prices<'a>(
    notes: &mut Notes<'_>,
    key: Key,
    value: impl Json<'a>,
) -> Option<Vec<Option<Decimal>>> {
    let list = list(notes, key, value)?;
    Some(list.elements().map(price).collect())
}

/// Reads a number; `None` for anything else.
pub(super) fn price<'a>(value: impl Json<'a>) -> Option<Decimal> {
    number::parse(value.number()?)
}

/// Reads the address of the selected coin: an object, `null` (SOL) or, in August 2025, a text. Anything else counts as SOL.
pub(super) fn coin_address<'a>(_: &mut Notes<'_>, _: Key, value: impl Json<'a>) -> Option<String> {
    let address = value.get("address").unwrap_or(value);
    address.text().map(Cow::into_owned)
}

/// Defines a type of the wire together with the function that reads it.
///
/// A field is written `name: Type = "key" as reader`, where `reader` is a function of this module or one with the same
/// signature. The sections, in this order:
///
/// - `required`: without one of these fields the whole object is unreadable.
/// - `optional`: these fields become an `Option`; an absent key gives `None`.
/// - `group`: optional fields that lie in a struct of their own.
/// - `computed`: fields that are not on the wire, with the function that makes them once every key is read.
/// - `ignored`: keys that are known and not used. Every other key is counted as unknown.
///
/// Odd fields are counted under their own key, or all under the key that follows `under`.
macro_rules! wire_object {
    (
        $(#[$meta:meta])*
        pub struct $name:ident $(under $under:literal)? {
            $(required {
                $($(#[$required_meta:meta])*
                $required:ident: $required_type:ty = $required_key:literal as $required_reader:path,)*
            })?
            optional {
                $($(#[$field_meta:meta])*
                $field:ident: $type:ty = $key:literal as $reader:path,)*
            }
            $($(#[$group_meta:meta])*
            group $group:ident: $group_type:ident {
                $($group_field:ident = $group_key:literal as $group_reader:path,)*
            })?
            $(computed {
                $($(#[$computed_meta:meta])*
                $computed:ident: $computed_type:ty = $computed_value:path,)*
            })?
            ignored [$($ignored:literal),*]
        }
    ) => {
        $(#[$meta])*
        pub struct $name {
            $($($(#[$required_meta])* pub $required: $required_type,)*)?
            $($(#[$field_meta])* pub $field: Option<$type>,)*
            $($(#[$group_meta])* pub $group: $group_type,)?
            $($($(#[$computed_meta])* pub $computed: $computed_type,)*)?
        }

        impl $name {
            /// Returns the object with its required fields only.
            fn only($($($required: $required_type,)*)?) -> Self {
                Self {
                    $($($required,)*)?
                    $($field: None,)*
                    $($group: $group_type::default(),)?
                    $($($computed: Default::default(),)*)?
                }
            }
        }

        impl $crate::protocol::fields::FromObject for $name {
            fn read<'a, J: $crate::protocol::json::Json<'a>>(
                object: J,
                notes: &mut $crate::protocol::fields::Notes<'_>,
            ) -> Option<Self> {
                #[derive(Default)]
                struct Found {
                    $($($required: Option<$required_type>,)*)?
                    $($field: Option<$type>,)*
                    $($group: $group_type,)?
                }
                let under: &[$crate::protocol::fields::Key] = &[$($under)?];
                let noted_as = |key| under.first().copied().unwrap_or(key);
                let mut found = Found::default();
                for (key, value) in object.entries() {
                    match &*key {
                        $($($required_key => {
                            found.$required =
                                $required_reader(notes, noted_as($required_key), value);
                        })*)?
                        $($key => found.$field = $reader(notes, noted_as($key), value),)*
                        $($($group_key => {
                            found.$group.$group_field =
                                $group_reader(notes, noted_as($group_key), value);
                        })*)?
                        $($ignored => {})*
                        other => notes.unknown(other),
                    }
                }
                let mut read = Self::only($($(found.$required?,)*)?);
                $(read.$field = found.$field;)*
                $(read.$group = found.$group;)?
                $($(read.$computed = $computed_value(notes);)*)?
                Some(read)
            }
        }
    };
}
pub(super) use wire_object;
