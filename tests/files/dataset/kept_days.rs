//! Days that a build does not look at, or whose recordings are gone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pianola::dataset::{DataOrigin, DayRange, parse_day};
use pianola::recording::Origin;

use crate::support::data_set::{DataSet, differences, games_on, put_game};
use crate::support::files::overwrite;

/// Damages a data file without changing its length.
fn damage(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    overwrite(path, &bytes);
}

#[test]
fn a_rebuild_builds_and_drops_only_what_its_range_and_origins_name() {
    let days = ["2025-12-15", "2025-12-16", "2025-12-17"];
    let mut set = DataSet::of_days(&days.map(|day| (day, 1)));
    let practice = &games_on(days[0], 9, 1)[0];
    let practice = put_game(set.recordings(), practice, Origin::Practice);
    let (one, both) = (
        BTreeSet::from([DataOrigin::Live]),
        BTreeSet::from([DataOrigin::Live, DataOrigin::Practice]),
    );
    set.options.origins.clone_from(&both);
    assert_eq!(set.build().games, 4);
    let before = set.files();
    let damaged = |set: &DataSet| {
        let mut paths = differences(&before, &set.files());
        paths.retain(|path| path.ends_with(".parquet"));
        paths
    };
    let from_second = DayRange {
        from: parse_day(days[1]),
        to: None,
    };
    // It mends a damaged file of its days, and does not look at others.
    let file = |origin: &str, day: &str| format!("games/origin={origin}/date={day}/part-0.parquet");
    for path in [
        file("live", days[0]),
        file("live", days[1]),
        file("practice", days[0]),
    ] {
        damage(&set.out().join(path));
    }
    set.options.rebuild = true;
    set.options.range = from_second;
    set.build();
    let left = [file("live", days[0]), file("practice", days[0])];
    assert_eq!(damaged(&set), left);
    set.options.range = DayRange::default();
    set.options.origins.clone_from(&one);
    set.build();
    assert_eq!(damaged(&set), left[1..]);
    set.options.origins.clone_from(&both);
    set.build();
    assert_eq!(damaged(&set), [""; 0]);
    // A file of another length in a day that it does not look at is named.
    let cut = set.out().join(file("live", days[0]));
    let whole = fs::read(&cut).unwrap();
    overwrite(&cut, &whole[1..]);
    set.options.range = from_second;
    let notes = set.build().notes;
    let named = format!("{}: missing or cut", file("live", days[0]));
    assert!(
        notes.iter().any(|note| note.starts_with(&named)),
        "{notes:?}"
    );
    set.options.range = DayRange::default();
    assert!(!set.build().notes.iter().any(|note| note.contains("cut")));
    assert_eq!(damaged(&set), [""; 0]);
    // So with days whose recordings are gone.
    for day in &days[..2] {
        fs::remove_dir_all(set.recordings().join(day)).unwrap();
    }
    assert!(!practice.exists());
    set.options.range = from_second;
    let games = |set: &DataSet| {
        let report = set.build();
        (report.games, report.gone.len())
    };
    assert_eq!(games(&set), (3, 0));
    set.options.range = DayRange::default();
    set.options.origins = one;
    assert_eq!(games(&set), (2, 0));
    set.options.origins = both;
    assert_eq!(games(&set), (1, 0));
    assert_eq!(set.fresh(), set.files());
}
