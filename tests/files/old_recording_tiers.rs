//! How far a recording of the Python original can be trusted: its tier, and its faults in words.

use pianola::game::millis;
use pianola::library::{PythonRecording, Tier, TimeRule};

use crate::old_recordings::{folder, read, tick_line};

/// Counted by `tests/python/tiers.py`, which shares no code with the program: tier, first tick, rug, ticks, missing ticks
/// before the end, ticks after the rug, and the UTC time of the first tick.
type Counted = (
    Tier,
    Option<u32>,
    Option<u32>,
    usize,
    u32,
    u32,
    &'static str,
);
#[rustfmt::skip]
const COUNTED: [(&str, Counted); 22] = {
    use Tier::{A, B, C, D};
    [
        ("game_20251029_212119", (A, Some(0), Some(358), 359, 0, 1, "2025-10-30T01:21:32.802Z")),
        ("game_20251030_075122", (D, Some(179), None, 61, 0, 0, "2025-10-30T11:51:22.910Z")),
        ("game_20251030_123256_30434754", (D, None, None, 0, 0, 0, "")),
        ("game_20251030_152253_ccaf4f0b", (B, Some(128), Some(239), 112, 0, 1, "2025-10-30T19:22:53.093Z")),
        ("game_20251030_164052_c156493e", (A, Some(0), Some(179), 180, 0, 1, "2025-10-30T20:41:07.140Z")),
        ("game_20251030_195717_94f146ee", (B, Some(6), Some(190), 185, 0, 1, "2025-10-30T23:57:17.016Z")),
        ("game_20251031_090848", (D, None, None, 0, 0, 0, "")),
        ("game_20251031_100400_f1974c06", (D, None, None, 0, 0, 0, "")),
        ("game_20251031_110837_a9084337", (B, Some(13), Some(209), 197, 0, 1, "2025-10-31T15:08:37.255Z")),
        ("game_20251031_111741_41654a7b", (D, None, None, 0, 0, 0, "")),
        ("game_20251031_150533", (D, None, None, 0, 0, 0, "")),
        ("game_20251031_150633", (D, Some(13), None, 14, 38, 0, "2025-10-31T19:06:51.390Z")),
        ("game_20251031_151531", (D, Some(2), None, 34, 68, 0, "2025-10-31T19:15:46.646Z")),
        ("game_20251031_152108", (C, Some(2), Some(55), 21, 35, 1, "2025-10-31T19:21:23.490Z")),
        ("game_20251102_184626", (A, Some(0), Some(12), 13, 0, 1, "2025-11-02T23:46:41.558Z")),
        ("game_20251102_184909", (A, Some(0), Some(91), 92, 0, 1, "2025-11-02T23:49:24.060Z")),
        ("game_20251102_201949", (A, Some(0), Some(174), 175, 0, 1, "2025-11-03T01:20:03.288Z")),
        ("game_20251103_091421", (B, Some(955), Some(961), 7, 0, 1, "2025-11-03T14:14:21.323Z")),
        ("game_20251103_105301", (A, Some(0), Some(93), 94, 0, 1, "2025-11-03T15:53:16.233Z")),
        ("game_20251108_120935_6c404176", (D, Some(46), None, 1, 0, 0, "2025-11-08T17:09:35.373Z")),
        ("game_20251108_125459_106d4042", (A, Some(0), Some(492), 493, 0, 1, "2025-11-08T17:55:14.002Z")),
        ("game_20251108_135236_3faa4dec", (D, Some(0), None, 13, 0, 0, "2025-11-08T18:52:51.346Z")),
    ]
};

#[test]
fn the_tiers_are_those_counted_by_another_program() {
    let Some(folder) = folder() else { return };
    for (name, counted) in COUNTED {
        let recording = read(&folder.join(format!("{name}.jsonl")));
        let (meta, counts) = (&recording.file.meta, recording.counts);
        let prices = &recording.file.prices;
        let first = prices.iter().position(Option::is_some);
        let start = meta.start_time.filter(|_| first.is_some());
        let found = (
            recording.tier(),
            first.map(|tick| u32::try_from(tick).unwrap()),
            counts.rug,
            prices.iter().flatten().count(),
            counts.holes_before_end,
            counts.after_rug,
            start.map_or(String::new(), millis::text),
        );
        let (tier, first, rug, ticks, holes, after, start) = counted;
        let counted = (tier, first, rug, ticks, holes, after, start.to_owned());
        assert_eq!(found, counted, "{name}");
        assert_eq!(counts.impossible_steps, 0, "{name}");
        assert_eq!(recording.time_rule, TimeRule::NewYork, "{name}");
        // The day in the id is the UTC day on which the server made the game.
        let day = meta.start_time.unwrap().format("%Y%m%d-").to_string();
        assert!(meta.game_id.as_str().starts_with(&day), "{name}");
    }
}

#[test]
fn the_worst_fault_decides_the_tier() {
    let clean = [
        tick_line(0, "1", false),
        tick_line(1, "1.02", false),
        tick_line(2, "0.01", true),
    ];
    let tier = |lines: &[String]| {
        PythonRecording::parse(lines.join("\n").as_bytes())
            .unwrap()
            .tier()
    };
    assert_eq!(tier(&clean), Tier::A);
    assert_eq!(tier(&clean[1..]), Tier::B);
    assert_eq!(tier(&[clean[0].clone(), clean[2].clone()]), Tier::C);
    assert_eq!(tier(&clean[..2]), Tier::D);
    for odd in [
        // Another price of the same tick; steps that no draw makes; another start; two games.
        tick_line(1, "1.03", false),
        tick_line(2, "1.12", false),
        tick_line(2, "0.5", false),
        tick_line(0, "1.5", false),
        clean[0].replace("\"g\"", "\"h\""),
    ] {
        assert_eq!(
            tier(&[&clean[..2], std::slice::from_ref(&odd), &clean[2..]].concat()),
            Tier::E,
            "{odd}"
        );
    }
    // What follows the first rugged line is no part of the game.
    let after = [tick_line(4, "3", true), tick_line(5, "7", false)];
    let recording = PythonRecording::parse([&clean[..], &after].concat().join("\n").as_bytes());
    let recording = recording.unwrap();
    assert_eq!((recording.tier(), recording.counts.after_rug), (Tier::A, 2));
    assert_eq!(recording.file.prices.len(), 3);
}

#[test]
fn the_faults_are_named_in_words() {
    let Some(folder) = folder() else { return };
    let faults = |name: &str| read(&folder.join(name)).faults().join(", ");
    let report = faults("game_20251031_150633.jsonl");
    for words in [
        // One more than the README counts: tick 0 comes from the countdown alone.
        "38 holes",
        "149 repeated ticks",
        "13 lines that are no JSON",
        "the rug was not recorded",
        "no seed",
        "times without a zone",
    ] {
        assert!(report.contains(words), "{words} is not in {report}");
    }
    let report = faults("game_20251029_212119.jsonl");
    // The hole that the README counts lies after the rug.
    assert!(!report.contains("hole"), "{report}");
    assert!(report.contains("1 tick after the rug left out"), "{report}");
    let report = faults("game_20251031_150533.jsonl");
    assert!(
        report.contains("only the countdown was recorded"),
        "{report}"
    );
    let report = faults("game_20251030_075122.jsonl");
    assert!(report.contains("joined at tick 179"), "{report}");
    let report = faults("game_20251108_135236_3faa4dec.jsonl");
    assert!(report.contains("the end line is missing"), "{report}");
}
