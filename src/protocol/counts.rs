//! Counts everything of the wire that was skipped, by name.

use std::collections::BTreeMap;

/// Names kept per list. A hostile server can invent names without end: further ones are summed up under [`OTHER`].
const MAX_NAMES: usize = 256;
/// Characters kept of a name.
const MAX_NAME_CHARS: usize = 80;
/// The name that sums up everything beyond [`MAX_NAMES`] names.
const OTHER: &str = "(other)";

/// Counts of everything on the wire that the program did not understand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Unknown events, by event name.
    pub unknown_events: BTreeMap<String, u64>,
    /// Unknown keys, as `event.key`.
    pub unknown_keys: BTreeMap<String, u64>,
    /// Events that could not be read at all, by event name.
    pub malformed_events: BTreeMap<String, u64>,
    /// Keys that were present and unreadable, as `event.key`.
    pub malformed_keys: BTreeMap<String, u64>,
    /// Texts that were cut because they are too long, as `event.key`.
    pub cut_texts: BTreeMap<String, u64>,
}

impl Counts {
    pub(super) fn unknown_event(&mut self, name: &str) {
        count(&mut self.unknown_events, name);
    }

    pub(super) fn malformed(&mut self, name: &str) {
        count(&mut self.malformed_events, name);
    }

    pub(super) fn unknown_key(&mut self, event: &str, key: &str) {
        count(&mut self.unknown_keys, &format!("{event}.{key}"));
    }

    pub(super) fn malformed_key(&mut self, event: &str, key: &str) {
        count(&mut self.malformed_keys, &format!("{event}.{key}"));
    }

    pub(super) fn cut_text(&mut self, event: &str, key: &str) {
        count(&mut self.cut_texts, &format!("{event}.{key}"));
    }

    /// Returns how many texts were cut so far.
    pub fn texts_cut(&self) -> u64 {
        self.cut_texts.values().sum()
    }
}

fn count(list: &mut BTreeMap<String, u64>, name: &str) {
    let name: String = name
        .chars()
        .take(MAX_NAME_CHARS)
        .flat_map(char::escape_debug)
        .collect();
    if let Some(number) = list.get_mut(&name) {
        *number += 1;
    } else if list.len() < MAX_NAMES {
        list.insert(name, 1);
    } else {
        *list.entry(OTHER.to_owned()).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invented_names_do_not_grow_the_counts_without_end() {
        let mut counts = Counts::default();
        for number in 0..10_000 {
            counts.unknown_event(&format!("event {number} {}", "x".repeat(500)));
        }
        assert_eq!(counts.unknown_events.len(), MAX_NAMES + 1);
        assert_eq!(counts.unknown_events[OTHER], 10_000 - MAX_NAMES as u64);
    }

    #[test]
    fn control_characters_are_escaped() {
        let mut counts = Counts::default();
        counts.malformed("\u{1b}[2J");
        assert_eq!(
            counts.malformed_events.keys().next().map(String::as_str),
            Some("\\u{1b}[2J")
        );
    }
}
