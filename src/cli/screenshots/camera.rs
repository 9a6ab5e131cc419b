//! The camera: shows the window as eframe does, presses its keys, waits for its views, and takes the pictures.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::super::output;
use super::WITHOUT_DISPLAY;
use super::album::Album;
use super::scenes::{Scene, Shot, Step, scenes};
use super::stage::Stage;
use crate::engine::View;
use crate::feed::FeedState;
use crate::paths;
use crate::ui::KeyCommand;

/// How long a step may take. Games are waited for at the quick speeds only.
const LIMIT: Duration = Duration::from_mins(1);
/// How often the view is looked at while nothing is new in it.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Frames in a row that must show what is wanted before a picture is taken: some sizes are known one frame late.
const CALM: u32 = 3;

/// Where a painted frame arrives.
type Frame = Arc<egui::ColorImage>;

/// The app around the window.
pub(super) struct Camera {
    album: Album,
    folder: PathBuf,
    since: Instant,
    scenes: VecDeque<Scene>,
    stage: Option<Stage>,
    steps: VecDeque<Step>,
    /// When the step began.
    begun: Instant,
    /// The key that is pressed in the next frame.
    key: Option<KeyCommand>,
    /// Frames in a row that showed what the picture is to show.
    calm: u32,
    /// The size was asked for.
    resized: bool,
    /// The frame that was asked for.
    frame: Option<Receiver<Frame>>,
    /// How it ended, told once.
    tell: SyncSender<anyhow::Result<()>>,
    over: bool,
}

impl Camera {
    /// Returns the camera with the first scene before it: while the window opens, that is set up.
    pub fn new(
        ctx: &egui::Context,
        album: Album,
        folder: &Path,
        since: Instant,
        tell: SyncSender<anyhow::Result<()>>,
    ) -> Self {
        let mut camera = Self {
            album,
            folder: folder.to_owned(),
            since,
            scenes: scenes().into(),
            stage: None,
            steps: VecDeque::new(),
            begun: Instant::now(),
            key: None,
            calm: 0,
            resized: false,
            frame: None,
            tell,
            over: false,
        };
        if let Err(why) = camera.next_scene(ctx) {
            camera.end(ctx, Err(why));
        }
        camera
    }

    fn next_scene(&mut self, ctx: &egui::Context) -> anyhow::Result<()> {
        // The one before ends first: both write to the same folder.
        self.stage = None;
        let Some(scene) = self.scenes.pop_front() else {
            self.end(ctx, Ok(()));
            return Ok(());
        };
        self.stage = Some(Stage::set(ctx, &scene, &self.folder, self.since)?);
        self.steps = scene.steps.into();
        self.begun = Instant::now();
        Ok(())
    }

    fn end(&mut self, ctx: &egui::Context, how: anyhow::Result<()>) {
        if !std::mem::replace(&mut self.over, true) {
            self.tell.try_send(how).ok(); // There is room for one, and only one is sent.
        }
        ctx.send_viewport_cmd(egui::ViewportCommand::Close);
    }

    fn step_done(&mut self) {
        self.steps.pop_front();
        self.begun = Instant::now();
        self.calm = 0;
        self.resized = false;
        self.frame = None;
    }

    /// Goes on by at most one step; `seen` is what the frame showed, from its begin to its end.
    fn go_on(&mut self, ctx: &egui::Context, seen: &[Option<View>; 2]) -> anyhow::Result<()> {
        if self.key.is_some() || self.over {
            return Ok(()); // Pressed in the next frame.
        }
        let shows = |is: &dyn Fn(&View) -> bool| {
            let fine = |view: &View| is_fine(view) && is(view);
            seen.iter().all(|view| view.as_ref().is_some_and(fine))
        };
        match self.steps.front() {
            None => return self.next_scene(ctx),
            Some(Step::Speed(speed)) => {
                let stage = self.stage.as_ref().context("a scene is set")?;
                stage.set_speed(*speed)?;
            }
            Some(Step::Press(command)) => self.key = Some(*command),
            Some(Step::Until(_, is)) if shows(is) => {}
            Some(Step::Until(..)) => return Ok(()),
            Some(Step::Take(shot)) => {
                let shows = shows(&shot.shows);
                let shot = (shot.name, shot.size);
                if !self.take(ctx, shot, shows)? {
                    return Ok(());
                }
            }
        }
        self.step_done();
        Ok(())
    }

    /// Takes a picture; whether it is taken. It takes some frames: the size, the calm, the frame itself.
    fn take(
        &mut self,
        ctx: &egui::Context,
        (name, size): (&str, [u16; 2]),
        shows: bool,
    ) -> anyhow::Result<bool> {
        // What arrives now is the frame before this one: it counts if that one was calm.
        if let Some(frame) = &self.frame
            && let Ok(image) = frame.try_recv()
        {
            self.frame = None;
            if self.calm >= CALM && image.size == size.map(usize::from) {
                let path = self.album.keep(name, &image)?;
                // Whoever does not read the lines has the pictures nevertheless.
                output::print(&paths::text(&path));
                return Ok(true);
            }
        }
        if window_size(ctx) != size && !self.resized {
            self.resized = true;
            let [width, height] = size.map(f32::from);
            ctx.send_viewport_cmd(egui::ViewportCommand::InnerSize(egui::vec2(width, height)));
        }
        let calm = shows && window_size(ctx) == size;
        self.calm = if calm { self.calm + 1 } else { 0 };
        if self.calm >= CALM && self.frame.is_none() {
            let (send, frame) = sync_channel(1);
            ctx.request_screenshot(move |image| {
                send.try_send(image).ok(); // Nobody waits for it any more.
            });
            self.frame = Some(frame);
        }
        Ok(false)
    }

    /// What must not happen: the source does not start, or a step takes too long.
    fn trouble(&self, ctx: &egui::Context) -> Option<anyhow::Error> {
        let stage = self.stage.as_ref()?;
        let picture = self.steps.iter().find_map(|step| match step {
            Step::Take(shot) => Some(shot.name),
            _ => None,
        });
        let picture = picture.unwrap_or("the end");
        if let Some(why) = stage.shell.trouble() {
            return Some(anyhow::anyhow!("{picture}: no source runs: {why}"));
        }
        if self.begun.elapsed() < LIMIT {
            return None;
        }
        let waited = match self.steps.front()? {
            Step::Until(what, _) => what.clone(),
            Step::Take(Shot { size, .. }) if window_size(ctx) != *size => {
                let ([w, h], [is_w, is_h]) = (size, window_size(ctx));
                format!("a window of {w} x {h} pixels (it has {is_w} x {is_h}; {WITHOUT_DISPLAY})")
            }
            Step::Take(shot) => format!("a frame that shows {}", shot.what),
            Step::Speed(_) | Step::Press(_) => "a frame".to_owned(),
        };
        let seen = stage
            .shell
            .seen()
            .map_or("nothing yet".to_owned(), |view| now_shown(&view));
        Some(anyhow::anyhow!(
            "{picture}: waited {} s for {waited}; the window shows {seen}",
            LIMIT.as_secs()
        ))
    }
}

impl eframe::App for Camera {
    fn raw_input_hook(&mut self, _ctx: &egui::Context, input: &mut egui::RawInput) {
        // Whatever hand or pointer is near the window: it is not in the picture.
        input.events.clear();
        input.hovered_files.clear();
        input.dropped_files.clear();
        input.focused = true;
        if let Some(command) = self.key.take() {
            let shortcut = command.row().shortcut;
            let event = |pressed| egui::Event::Key {
                key: shortcut.logical_key,
                physical_key: None,
                pressed,
                repeat: false,
                modifiers: shortcut.modifiers,
            };
            input.events.extend([event(true), event(false)]);
        }
    }

    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        ctx.request_repaint_after(LOOK_EVERY);
        if ctx.input(|input| input.viewport().visible()) == Some(false) {
            // Behind other windows it goes on.
            ctx.send_viewport_cmd(egui::ViewportCommand::RequestPaintWhileHidden);
        }
        if let Some(stage) = &mut self.stage {
            eframe::App::logic(&mut stage.shell, ctx, frame);
        }
        if let Some(why) = self.trouble(ctx) {
            self.end(ctx, Err(why));
        }
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        match &self.stage {
            Some(stage) => eframe::App::clear_color(&stage.shell, visuals),
            None => visuals.panel_fill.to_normalized_gamma_f32(),
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        let Some(stage) = &mut self.stage else {
            return;
        };
        let before = stage.shell.seen();
        eframe::App::ui(&mut stage.shell, ui, frame);
        let seen = [before, stage.shell.seen()];
        let ctx = ui.ctx().clone();
        if let Err(why) = self.go_on(&ctx, &seen) {
            self.end(&ctx, Err(why));
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        // Everything is written before the folder goes.
        self.stage = None;
    }
}

/// Returns the size of the window in pixels.
fn window_size(ctx: &egui::Context) -> [u16; 2] {
    let size = ctx.viewport_rect().size() * ctx.pixels_per_point();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "pixels of a window"
    )]
    [size.x, size.y].map(|pixels| pixels.round() as u16)
}

/// Whether a view has nothing in it that belongs in no picture.
fn is_fine(view: &View) -> bool {
    matches!(view.feed, FeedState::Up { .. }) && view.recorder.trouble.is_none()
}

fn now_shown(view: &View) -> String {
    let tick = view
        .tick
        .map_or(String::new(), |tick| format!(" tick {tick}"));
    let rows: Vec<String> = view
        .actions
        .iter()
        .map(|row| format!("{} {:?}", row.action.as_str(), row.status))
        .collect();
    format!(
        "{:?}, {}{tick}, moves: {}",
        view.feed,
        view.phase,
        rows.join(", ")
    )
}
