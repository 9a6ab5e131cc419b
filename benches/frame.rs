//! One frame of the whole window at 1400 x 900, 200 moves on the chart and the pointer on it: ui and tessellation, as
//! a software or hardware renderer would get it. After criterion's means the percentiles, and frames during a burst of
//! events; the page Review of a session of 20 trades, in the window of the program; and frames of the window beside a
//! lab run. `cargo bench --bench frame`
#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

#[path = "support/confirmed_action.rs"]
mod confirmed_action;
#[path = "support/day_session.rs"]
mod day_session;
#[path = "../tests/support/window/made_view.rs"]
mod made_view;
#[path = "support/no_sync.rs"]
mod no_sync;
#[path = "support/proven_games.rs"]
mod proven_games;

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use criterion::Criterion;
use egui::{Context, Event, Key, Modifiers, RawInput, Rect, pos2, vec2};
use pianola::engine::{GameSource, SessionCore};
use pianola::feed;
use pianola::host::Host;
use pianola::lab::{LabProgress, LabSettings, LabStrategy, in_pool, run};
use pianola::library::worker::LibraryWorker;
use pianola::recording::{RecorderState, RecordingPolicy};
use pianola::settings::{Saver, Settings};
use pianola::strategy::{EXAMPLES, Strategy};
use pianola::table::Speed;
use pianola::ui::{App, Startup};

use made_view::{Shown, running, themed, window, with_moves};
use proven_games::ProvenGames;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Returns the input of a frame of a window with 1400 x 900 points.
fn input(frame: u32, events: Vec<Event>) -> RawInput {
    RawInput {
        screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1_400.0, 900.0))),
        time: Some(f64::from(frame) / 60.0),
        events,
        ..RawInput::default()
    }
}

/// A window that is painted again and again.
struct Screen {
    ctx: Context,
    shown: Shown,
    frames: u32,
}

impl Screen {
    fn new(ticks: usize, keys: &[Key]) -> Self {
        let mut view = running(ticks);
        with_moves(&mut view, 200);
        let ctx = Context::default();
        themed(&ctx);
        let mut screen = Self {
            ctx,
            shown: window(view),
            frames: 0,
        };
        screen.frame(vec![Event::PointerMoved(pos2(500.0, 400.0))]);
        for key in keys {
            screen.frame(vec![Event::Key {
                key: *key,
                physical_key: None,
                pressed: true,
                repeat: false,
                modifiers: Modifiers::NONE,
            }]);
        }
        for _ in 0..3 {
            screen.frame(Vec::new());
        }
        screen
    }

    fn frame(&mut self, events: Vec<Event>) -> usize {
        self.frames += 1;
        let input = input(self.frames, events);
        let page = &mut self.shown.page;
        let mut output = self.ctx.run_ui(input, |ui| page.ui(ui));
        // The benchmark uploads no textures.
        output.textures_delta.clear();
        let painted = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        painted.len()
    }
}

/// The keys that show a case.
type Case = (&'static str, usize, &'static [Key]);

const CASES: [Case; 6] = [
    ("line, 500 ticks", 500, &[Key::Home]),
    ("line, 5,000 ticks", 5_000, &[Key::Home]),
    ("candles, 500 ticks", 500, &[Key::Home, Key::C]),
    ("candles, 5,000 ticks", 5_000, &[Key::Home, Key::C]),
    ("line, log, 5,000 ticks", 5_000, &[Key::Home, Key::G]),
    ("line, following, 5,000 ticks", 5_000, &[]),
];
/// Frames whose times are sorted.
const FRAMES: usize = 3_000;
/// Games of the day whose session is reviewed.
const REVIEWED_GAMES: u64 = 60;
/// Frames at the pace of a window: ten seconds.
const FRAMES_AT_SIXTY: usize = 600;
/// Events of the burst.
const BURST: u32 = 10_000;

/// Prints the median of the times, the 99th percentile, and the longest.
fn say(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index of a few thousand"
        )]
        let index = (share * (times.len() - 1) as f64) as usize;
        times[index]
    };
    let n = times.len();
    let (p50, p99, most) = (at(0.5), at(0.99), at(1.0));
    println!("{name:<32} p50 {p50:>9.1?}  p99 {p99:>9.1?}  longest {most:>9.1?}  ({n} frames)");
}

fn timed(screen: &mut Screen) -> Duration {
    let start = Instant::now();
    black_box(screen.frame(Vec::new()));
    start.elapsed()
}

/// Draws frames while another thread takes 10,000 events of one game as fast as it can, and publishes each view.
fn burst() {
    let mut screen = Screen::new(2, &[Key::Home]);
    let view = screen.shown.view.clone();
    let done = Arc::new(AtomicBool::new(false));
    let over = Arc::clone(&done);
    let events = std::thread::Builder::new().name("burst".to_owned()).spawn(move || {
        let start = Instant::now();
        let mut core = SessionCore::new(RecordingPolicy::everything(), None, None, Vec::new());
        let up = feed::FeedState::Up {
            since: made_view::noon(),
        };
        core.set_feed_state(&up);
        for tick in 0..BURST {
            let price = 1.0 + f64::from(tick % 997) / 300.0;
            let update = serde_json::json!({
                "gameId": made_view::GAME, "active": true, "rugged": false, "tickCount": tick, "price": price,
            });
            core.event("gameStateUpdate", &[update], made_view::noon());
            view.send_replace(core.view(up.clone(), RecorderState::default(), made_view::noon()));
        }
        over.store(true, Ordering::Release);
        start.elapsed()
    });
    let mut times = Vec::new();
    while !done.load(Ordering::Acquire) {
        times.push(timed(&mut screen));
    }
    let took = events
        .expect("a thread")
        .join()
        .expect("the events were taken");
    say("during a burst", times);
    println!("the burst: {BURST} events, each published as a view, in {took:.2?}");
}

/// The whole window on the page Review.
struct ReviewScreen {
    ctx: Context,
    app: App,
    frames: u32,
}

impl ReviewScreen {
    fn frame(&mut self, events: Vec<Event>) -> Duration {
        self.frames += 1;
        let input = input(self.frames, events);
        let start = Instant::now();
        let app = &mut self.app;
        let mut output = self.ctx.run_ui(input, |ui| {
            app.logic(ui.ctx());
            app.ui(ui);
        });
        output.textures_delta.clear();
        let painted = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        black_box(painted.len());
        start.elapsed()
    }
}

/// Draws the page Review of a day with many games, and moves the pointer over it.
fn review() {
    let home = tempfile::tempdir().expect("a folder");
    let recordings = home.path().join("practice");
    let first = "2026-01-05T00:00:05.123Z".parse().expect("a time");
    ProvenGames::from(first).write(&recordings, |written, _| written.games < REVIEWED_GAMES);
    let mut host = Host::start(Arc::new(|| {})).expect("a thread");
    let file = home.path().join("settings.json");
    let settings = Settings::default();
    let startup = Startup {
        host: host.handle(),
        events: host.take_events().expect("the events"),
        saver: Saver::start(file.clone(), &settings).expect("a thread"),
        settings,
        file,
        notice: None,
        source: Some(GameSource::Practice {
            seed: Some(3),
            speed: Speed::Times(0.1),
        }),
        out: Some(recordings),
        auto_record: false,
        raw_capture: false,
        replay: None,
        since: Instant::now(),
    };
    let ctx = Context::default();
    let library = LibraryWorker::start(Arc::new(|| {})).expect("a thread");
    let mut screen = ReviewScreen {
        app: App::new(&ctx, startup, library),
        ctx,
        frames: 0,
    };
    let until_ready = |what: &str, screen: &mut ReviewScreen| {
        let start = Instant::now();
        loop {
            screen.frame(Vec::new());
            if screen.app.visible_view().is_some() {
                return;
            }
            assert!(start.elapsed() < Duration::from_mins(1), "no {what}");
            std::thread::yield_now();
        }
    };
    until_ready("source", &mut screen);
    screen.frame(vec![Event::Key {
        key: Key::E,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::COMMAND,
    }]);
    until_ready("review", &mut screen);
    let frames = (0..FRAMES).map(|frame| {
        #[expect(clippy::cast_precision_loss, reason = "a place on the page")]
        let at = pos2(40.0 + (frame % 1_300) as f32, 150.0 + (frame % 700) as f32);
        screen.frame(vec![Event::PointerMoved(at)])
    });
    let times = frames.collect();
    say("the page Review", times);
    drop(screen);
    host.stop();
}

/// Draws frames, sixty a second, while the lab plays games on all cores but one, as its page does; then as many without
/// the lab.
fn beside_the_lab() {
    let example = &EXAMPLES[0];
    let strategy = Strategy::parse(example.text).expect("an example");
    let named = LabStrategy {
        name: example.file.to_owned(),
        strategy: Arc::new(strategy),
    };
    let mut settings = LabSettings::new(vec![named], 1);
    (settings.games, settings.sessions) = (10_000, 10_000);
    let progress = Arc::new(LabProgress::default());
    let theirs = Arc::clone(&progress);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let lab = std::thread::Builder::new()
        .name("lab".to_owned())
        .spawn(move || in_pool((cores - 1).max(1), || run(&settings, &theirs)));
    let mut screen = Screen::new(5_000, &[Key::Home]);
    while progress.games() == 0 {
        std::thread::yield_now();
    }
    say("window beside a lab run", at_sixty(&mut screen));
    println!("the lab played {} games meanwhile", progress.games());
    progress.cancel();
    let report = lab.expect("a thread").join().expect("the lab ended");
    report
        .expect("a pool")
        .expect("settings within their limits");
    say("the same without the lab", at_sixty(&mut screen));
}

/// Draws frames as a window does: each one begins a sixtieth of a second after the one before.
fn at_sixty(screen: &mut Screen) -> Vec<Duration> {
    let mut next = Instant::now();
    (0..FRAMES_AT_SIXTY)
        .map(|_| {
            next += Duration::from_secs(1) / 60;
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
            timed(screen)
        })
        .collect()
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("frame");
    for (name, ticks, keys) in CASES {
        let mut screen = Screen::new(ticks, keys);
        group.bench_function(name, |bench| {
            bench.iter(|| black_box(screen.frame(Vec::new())));
        });
    }
    group.finish();
    criterion.final_summary();
    for (name, ticks, keys) in CASES {
        let mut screen = Screen::new(ticks, keys);
        say(name, (0..FRAMES).map(|_| timed(&mut screen)).collect());
    }
    burst();
    review();
    beside_the_lab();
}
