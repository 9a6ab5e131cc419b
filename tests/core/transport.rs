//! The transport of a replay: its playhead at a time that the test sets.

use std::time::Duration;

use pianola::game::{EndReason, GameEvent, Time};
use pianola::recording::{GameFile, Origin, SessionFile};
use pianola::replay::{
    PlaybackSpeed, PlayedRange, Playhead, TickTiming, Timeline, Transport, TransportCommand,
};
use serde_json::json;

use crate::support::made_games;

const START: &str = "2026-01-01T00:00:00Z";

fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn head(game: usize, tick: impl Into<Option<u32>>) -> Playhead {
    let tick = tick.into();
    Playhead { game, tick }
}

/// A game of so many ticks that took so long, some seconds after the start.
fn game(name: &str, after_secs: i64, ticks: u32, took_millis: i64) -> GameFile {
    let facts = made_games::facts(&made_games::id(name), START, ticks);
    let GameEvent::GameComplete(mut game) = made_games::complete(&facts, EndReason::Rug) else {
        unreachable!("it makes that");
    };
    let start = START.parse::<Time>().unwrap() + chrono::Duration::seconds(after_secs);
    game.start = start;
    game.end = Some(start + chrono::Duration::milliseconds(took_millis));
    let mut file = GameFile::new(&game, Origin::Practice);
    // As files were written before there were arrivals.
    file.arrivals.clear();
    file
}

/// Three games: 10 ticks of 300 ms, half a minute of nothing, 5 ticks, three seconds of nothing, 5 ticks.
fn timeline() -> Timeline {
    timeline_of([
        game("a", 0, 11, 3_000),
        game("b", 33, 6, 1_000),
        game("c", 37, 6, 1_000),
    ])
}

fn timeline_of(games: [GameFile; 3]) -> Timeline {
    let meta = json!({
        "player_id": null, "username": null, "session_start": START, "session_end": START, "format": 1,
        "origin": "practice", "wallet": "local", "start_balance": "1", "start_lots": [], "end_balance": "1",
        "realised_pnl": "0", "verifications": 0, "drift_count": 0, "app": "test",
    });
    let file = json!({ "meta": meta, "actions": [], "drifts": [] });
    let file = SessionFile::parse(&serde_json::to_vec(&file).unwrap()).unwrap();
    Timeline::of_session(file, &mut |_| Err(String::new()), games).unwrap()
}

/// A transport with its timeline and its clock.
struct TestTransport {
    timeline: Timeline,
    transport: Transport,
    now: Duration,
}

impl TestTransport {
    fn new() -> Self {
        let now = millis(123_456);
        Self {
            timeline: timeline(),
            transport: Transport::new(now),
            now,
        }
    }

    fn at(at: Playhead, commands: &[TransportCommand]) -> Self {
        let mut replay = Self::new();
        replay.apply(TransportCommand::Seek(at));
        for command in commands {
            replay.apply(*command);
        }
        replay
    }

    fn apply(&mut self, command: TransportCommand) -> PlayedRange {
        self.transport.apply(command, &self.timeline, self.now)
    }

    /// Returns the place after so many milliseconds.
    fn after(&mut self, count: u64) -> Playhead {
        self.now += millis(count);
        self.transport.advance(&self.timeline, self.now);
        self.transport.head()
    }
}

#[test]
fn a_tick_lasts_250_ms_and_presale_and_rug_a_second() {
    let mut replay = TestTransport::new();
    assert_eq!(replay.after(5_000), head(0, None), "it does not play yet");
    replay.apply(TransportCommand::Play);
    assert_eq!(replay.after(999), head(0, None));
    assert_eq!(replay.after(1), head(0, 0));
    assert_eq!(replay.after(249), head(0, 0));
    assert_eq!(replay.after(1), head(0, 1));
    assert_eq!(replay.after(510), head(0, 3));
    replay.apply(TransportCommand::Pause);
    assert_eq!(replay.after(800), head(0, 3));
    replay.apply(TransportCommand::Play);
    // Ten milliseconds of it had been played.
    assert_eq!(replay.after(239), head(0, 3));
    assert_eq!(replay.after(1), head(0, 4));
    replay.apply(TransportCommand::Seek(head(0, 10)));
    assert_eq!(replay.after(999), head(0, 10));
    assert_eq!(replay.after(1), head(1, None));
}

#[test]
fn a_whole_session_plays_game_after_game_and_pauses_at_its_end() {
    let mut replay = TestTransport::at(head(0, None), &[TransportCommand::Play]);
    let mut games = vec![];
    while replay.transport.is_playing() {
        games.push(replay.after(200).game);
    }
    games.dedup();
    assert_eq!(games, [0, 1, 2]);
    assert_eq!(replay.transport.head(), replay.timeline.last());
    assert_eq!(replay.transport.next_change_in(&replay.timeline), None);
    replay.apply(TransportCommand::Play);
    assert_eq!(
        replay.transport.head(),
        replay.timeline.first(),
        "from the beginning"
    );
    assert!(replay.transport.is_playing());
}

#[test]
fn a_loop_over_games_without_a_pause_between_them_goes_on() {
    let mut replay = TestTransport::new();
    replay.timeline = timeline_of([
        game("a", 0, 11, 3_000),
        game("b", 3, 6, 1_000),
        game("c", 37, 6, 1_000),
    ]);
    for command in [
        TransportCommand::Timing(TickTiming::Recorded),
        TransportCommand::Loop(Some((head(0, 10), head(1, None)))),
        TransportCommand::Seek(head(0, 10)),
        TransportCommand::Play,
    ] {
        replay.apply(command);
    }
    let mut places: Vec<_> = (0..4).map(|_| replay.after(1)).collect();
    places.dedup();
    assert_eq!(places[..2], [head(1, None), head(0, 10)]);
    assert!(replay.transport.is_playing());
}

#[test]
fn speeds_are_clamped_to_their_limits() {
    for (asked, times) in [
        (2.0, 2.0),
        (0.0, 0.1),
        (-5.0, 0.1),
        (1e9, 50.0),
        (f64::NAN, 1.0),
    ] {
        let mut replay = TestTransport::at(
            head(0, 0),
            &[TransportCommand::Speed(PlaybackSpeed::Times(asked))],
        );
        assert_eq!(replay.transport.speed(), PlaybackSpeed::Times(times));
        replay.apply(TransportCommand::Play);
        let lasts = replay.transport.next_change_in(&replay.timeline).unwrap();
        assert_eq!(lasts, millis(250).div_f64(times));
        assert!(replay.after(u64::try_from(lasts.as_millis()).unwrap() / 2) == head(0, 0));
    }
    let mut slow = TestTransport::at(
        head(0, 0),
        &[
            TransportCommand::Speed(PlaybackSpeed::Times(0.1)),
            TransportCommand::Play,
        ],
    );
    for _ in 0..2 {
        slow.after(999);
    }
    assert_eq!(slow.transport.head(), head(0, 0));
    assert_eq!(slow.after(502), head(0, 1));
}

#[test]
fn as_fast_as_possible_is_a_thousand_places_a_second() {
    let mut replay = TestTransport::at(
        head(0, 0),
        &[
            TransportCommand::Speed(PlaybackSpeed::Max),
            TransportCommand::Play,
        ],
    );
    assert_eq!(replay.after(7), head(0, 7));
    let timeline = &replay.timeline;
    let places = u64::try_from(timeline.positions() - timeline.number(head(0, 7))).unwrap();
    assert!(replay.after(places - 1) == replay.timeline.last() && replay.transport.is_playing());
    replay.after(1);
    assert!(!replay.transport.is_playing());
}

#[test]
fn another_speed_skips_nothing() {
    let mut replay = TestTransport::at(head(0, 2), &[TransportCommand::Play]);
    replay.after(240);
    let passed = replay.apply(TransportCommand::Speed(PlaybackSpeed::Max));
    assert_eq!((passed.from, passed.to), (head(0, 2), head(0, 2)));
    assert_eq!(replay.after(0), head(0, 3));
    assert_eq!(replay.after(1), head(0, 4));
}

#[test]
fn a_window_that_was_not_painted_for_a_while_goes_on_where_it_was() {
    let mut replay = TestTransport::at(head(0, 0), &[TransportCommand::Play]);
    assert_eq!(replay.after(3_600_000), head(0, 4));
    // A clock that goes back is no reason to.
    replay.now = Duration::ZERO;
    replay.transport.advance(&replay.timeline, replay.now);
    assert_eq!(replay.after(250), head(0, 5));
}

#[test]
fn a_range_is_repeated_until_it_is_taken_back() {
    let range = (head(0, 6), head(0, 3));
    let mut replay = TestTransport::at(
        head(0, 2),
        &[TransportCommand::Loop(Some(range)), TransportCommand::Play],
    );
    assert_eq!(replay.transport.range(), Some((head(0, 3), head(0, 6))));
    let ticks: Vec<_> = (0..7).map(|_| replay.after(250).tick.unwrap()).collect();
    assert_eq!(ticks, [3, 4, 5, 6, 3, 4, 5]);
    replay.apply(TransportCommand::Loop(None));
    let ticks: Vec<_> = (0..3).map(|_| replay.after(250).tick.unwrap()).collect();
    assert_eq!(ticks, [6, 7, 8]);
    // A range of one place would only hold the playhead: it is not set.
    replay.apply(TransportCommand::Loop(Some((head(0, 1), head(0, 1)))));
    assert_eq!(replay.transport.range(), None);
    assert_eq!(replay.after(250), head(0, 9));
    // After its end a range begins again.
    replay.apply(TransportCommand::Loop(Some((head(0, 1), head(0, 2)))));
    assert_eq!(replay.after(250), head(0, 1));
    assert!(replay.transport.is_playing());
}

#[test]
fn recorded_timing_cuts_pauses() {
    let timeline = timeline();
    let lasts = |game, tick: Option<u32>| {
        timeline.duration_of(Playhead { game, tick }, TickTiming::Recorded)
    };
    assert_eq!(lasts(0, Some(3)), millis(300));
    assert_eq!(lasts(1, Some(3)), millis(200));
    // Thirty seconds between the first two, three between the others: a third of them after the rug.
    assert_eq!(
        (lasts(0, Some(10)), lasts(1, None)),
        (millis(2_000), millis(2_000))
    );
    assert_eq!(
        (lasts(1, Some(5)), lasts(2, None)),
        (millis(1_000), millis(2_000))
    );
    assert_eq!(lasts(0, None), millis(1_000), "its length is unknown");
    let mut replay = TestTransport::at(
        head(0, 3),
        &[
            TransportCommand::Timing(TickTiming::Recorded),
            TransportCommand::Play,
        ],
    );
    assert_eq!(replay.after(299), head(0, 3));
    assert_eq!(replay.after(1), head(0, 4));
}

#[test]
fn recorded_timing_follows_the_arrivals_and_spreads_ticks_without_one() {
    let mut recording = game("a", 0, 11, 3_000);
    assert!(
        Timeline::of_game(recording.clone()).is_spread(0),
        "a file without the key"
    );
    recording.arrivals = vec![None; 11];
    let timeline = Timeline::of_game(recording.clone());
    assert!(timeline.is_spread(0), "a game without arrival times");
    assert_eq!(
        timeline.duration_of(head(0, 3), TickTiming::Recorded),
        millis(300)
    );

    // Joined at tick 1; ticks 4 and 5 were missed; a burst after a stall of 40 s; one that was overtaken.
    let arrivals = [1, 2, 3, 6, 7, 8, 9, 10]
        .into_iter()
        .zip([10, 260, 530, 1_280, 41_280, 41_280, 41_281, 41_000]);
    for (tick, millis) in arrivals {
        recording.arrivals[tick] = Some(millis);
    }
    let timeline = Timeline::of_game(recording);
    assert!(!timeline.is_spread(0));
    let lasts: Vec<_> = (0..10)
        .map(|tick| {
            timeline
                .duration_of(head(0, tick), TickTiming::Recorded)
                .as_millis()
        })
        .collect();
    // Before the first arrival the average; nothing lasts longer than two seconds or shorter than a millisecond.
    assert_eq!(lasts, [300, 250, 270, 250, 250, 250, 2_000, 1, 1, 1]);
    assert!(!timeline.is_spread(7), "there is no such game");
}

#[test]
fn an_advance_returns_the_played_range() {
    let mut replay = TestTransport::at(head(0, 2), &[TransportCommand::Play]);
    replay.now += millis(600);
    let passed = replay.transport.advance(&replay.timeline, replay.now);
    assert_eq!((passed.from, passed.to), (head(0, 2), head(0, 4)));
    let passed = replay.apply(TransportCommand::Seek(head(1, 2)));
    assert_eq!((passed.from, passed.to), (head(1, 2), head(1, 2)));
}
