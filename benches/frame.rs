//! One frame of the whole window at 1400 x 900, 200 moves on the chart and the pointer on it: ui and tessellation, as
//! a software or hardware renderer would get it. `cargo bench --bench frame`

#[path = "../tests/support/seen.rs"]
mod seen;

use std::hint::black_box;

use criterion::Criterion;
use egui::{Context, Event, Key, Modifiers, RawInput, Rect, pos2, vec2};

use seen::{Shown, running, themed, window, with_moves};

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
        let app = &mut self.shown.app;
        let mut output = self.ctx.run_ui(input, |ui| app.show(ui));
        // Nobody uploads textures here.
        output.textures_delta.clear();
        let painted = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        painted.len()
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("frame");
    let cases: [(&str, usize, &[Key]); 6] = [
        ("line, 500 ticks", 500, &[Key::Home]),
        ("line, 5,000 ticks", 5_000, &[Key::Home]),
        ("candles, 500 ticks", 500, &[Key::Home, Key::C]),
        ("candles, 5,000 ticks", 5_000, &[Key::Home, Key::C]),
        ("line, log, 5,000 ticks", 5_000, &[Key::Home, Key::G]),
        ("line, following, 5,000 ticks", 5_000, &[]),
    ];
    for (name, ticks, keys) in cases {
        let mut screen = Screen::new(ticks, keys);
        group.bench_function(name, |bench| {
            bench.iter(|| black_box(screen.frame(Vec::new())));
        });
    }
    group.finish();
    criterion.final_summary();
}
