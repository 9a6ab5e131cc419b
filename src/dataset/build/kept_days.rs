//! Days that a build does not build again: what the user should know of them.

use std::collections::BTreeSet;

use crate::dataset::manifest::ManifestDay;
use crate::dataset::partition::{DataOrigin, Partition};
use crate::plural::count;

/// Returns a sentence on the days of earlier builds, one on those that are gone, and one on files that are damaged and
/// not written again. `looks_at` says whether the build would find a partition's recordings; `in_place` are the data files that
/// are there and whole.
pub(super) fn notes_of_kept_days(
    days: &[ManifestDay],
    looks_at: impl Fn(Partition) -> bool,
    in_place: &BTreeSet<String>,
) -> Vec<String> {
    let is_elsewhere = |day: &ManifestDay| !day.gone && !looks_at(day.partition());
    let days = days.iter().filter(|day| day.source.is_some());
    let kept: Vec<_> = days.filter(|day| day.gone || is_elsewhere(day)).collect();
    let mut notes = Vec::new();
    // The imports stay where none is named, and a build says so in its page.
    let elsewhere = kept
        .iter()
        .copied()
        .filter(|day| is_elsewhere(day) && day.origin != DataOrigin::Original);
    if let Some(days) = days_in_words(&elsewhere.collect::<Vec<_>>()) {
        notes.push(format!(
            "earlier builds also put {days} into this data set: they stay; another folder (--out) leaves them out"
        ));
    }
    let gone = kept.iter().filter(|day| day.gone);
    let gone: Vec<_> = gone.map(|day| day.partition()).collect();
    let stay = "their rows stay, --rebuild drops them";
    match &gone[..] {
        [] => {}
        [day] => notes.push(format!("the recordings of {day} are gone; {stay}")),
        [first, .., last] => notes.push(format!(
            "the recordings of {} days are gone, from {first} to {last}; {stay}",
            gone.len()
        )),
    }
    let files = kept.iter().flat_map(|day| &day.files);
    let mut damaged = files.filter(|file| !in_place.contains(&file.path));
    if let Some(first) = damaged.next() {
        let others = match damaged.count() {
            0 => String::new(),
            n => format!(" and {}", count(n, "other file")),
        };
        notes.push(format!(
            "{}{others}: missing or cut, and this build does not write them again; build their days, too (FOLDER, --origin, --from, --to)",
            first.path
        ));
    }
    notes
}

/// Returns the first of the days, and how many there are; `None` without one.
pub(super) fn days_in_words(days: &[&ManifestDay]) -> Option<String> {
    let [first, others @ ..] = days else {
        return None;
    };
    let first = first.partition();
    Some(match others.len() {
        0 => first.to_string(),
        n => format!("{first} and {}", count(n, "other day")),
    })
}
