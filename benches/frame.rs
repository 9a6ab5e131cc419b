//! One frame of the whole window at 1400 x 900, 200 moves on the chart and the pointer on it: ui and tessellation, as
//! a software or hardware renderer would get it. After criterion's means the percentiles, and frames during a burst of
//! events. `cargo bench --bench frame`
#![allow(clippy::print_stdout, reason = "it says what it measured")]

#[path = "../tests/support/window/made_view.rs"]
mod made_view;

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use criterion::Criterion;
use egui::{Context, Event, Key, Modifiers, RawInput, Rect, pos2, vec2};
use pianola::engine::SessionCore;
use pianola::feed;
use pianola::recording::{RecorderState, RecordingPolicy};

use made_view::{Shown, running, themed, window, with_moves};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1_400.0, 900.0))),
            time: Some(f64::from(self.frames) / 60.0),
            events,
            ..RawInput::default()
        };
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
/// Events of the burst.
const BURST: u32 = 10_000;

/// Sorts the times and says the middle one, the one that 99 of 100 stay below, and the longest.
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

/// Draws frames while another thread takes 10,000 events of one game as fast as it can, and tells each view.
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
}
