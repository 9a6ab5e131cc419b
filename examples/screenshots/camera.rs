//! Plays the scenes: shows the window as eframe does, presses its keys, waits for its views, and takes the pictures.

use std::collections::VecDeque;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::WITHOUT_DISPLAY;
use super::album::{Album, tiled};
use super::input::{clicked, pressed, pressed_by, typed};
use super::recordings::Recordings;
use super::scenes::scenes;
use super::stage::Stage;
use super::steps::{SceneStep, Shot};
use pianola::engine::View;
use pianola::feed::FeedState;

/// The limit of a step.
const LIMIT: Duration = Duration::from_mins(1);
/// How often a scene is played at most. On a busy machine a moment passes without a frame that shows it.
const ATTEMPTS: u32 = 3;
/// Interval of the repaints.
const REPAINT_EVERY: Duration = Duration::from_millis(20);
/// Frames in a row that must fulfil the condition before a picture is taken: some sizes are known one frame late.
const CALM: u32 = 3;

/// A painted frame.
type PaintedFrame = Arc<egui::ColorImage>;

/// The app around the window.
pub struct Camera {
    album: Album,
    recordings: Recordings,
    since: Instant,
    /// The scenes that remain, by their places in [`scenes`].
    remaining: VecDeque<usize>,
    /// Attempts at the running scene.
    attempts: u32,
    stage: Option<Stage>,
    /// The pictures of the running scene.
    painted: Vec<PathBuf>,
    steps: VecDeque<SceneStep>,
    /// The start of the step.
    begun: Instant,
    /// The keys and texts of the next frame.
    input: Vec<egui::Event>,
    /// The frames of the strip so far.
    strip: Vec<PaintedFrame>,
    /// Frames in a row that fulfilled the condition.
    calm: u32,
    /// The size was requested.
    resized: bool,
    /// Receives the requested frame.
    frame: Option<Receiver<PaintedFrame>>,
    /// Sends the result, once.
    result: SyncSender<anyhow::Result<()>>,
    over: bool,
}

impl Camera {
    /// Returns the camera for all scenes, or for those of some pictures, with the first scene started while the window opens.
    pub fn new(
        ctx: &egui::Context,
        album: Album,
        recordings: Recordings,
        since: Instant,
        (only, result): (&[String], SyncSender<anyhow::Result<()>>),
    ) -> Self {
        let all = scenes().into_iter().enumerate();
        let wanted = all.filter(|(_, scene)| only.is_empty() || scene.paints(only));
        let mut camera = Self {
            album,
            recordings,
            since,
            remaining: wanted.map(|(place, _)| place).collect(),
            attempts: 0,
            stage: None,
            painted: Vec::new(),
            steps: VecDeque::new(),
            begun: Instant::now(),
            input: Vec::new(),
            strip: Vec::new(),
            calm: 0,
            resized: false,
            frame: None,
            result,
            over: false,
        };
        if let Err(why) = camera.next_scene(ctx) {
            camera.end(ctx, Err(why));
        }
        camera
    }

    /// Ends the running scene and starts the next one.
    fn next_scene(&mut self, ctx: &egui::Context) -> anyhow::Result<()> {
        // The previous scene ends first: both write to the same folder.
        if self.stage.take().is_some() {
            self.remaining.pop_front();
        }
        for path in self.painted.drain(..) {
            writeln!(std::io::stdout(), "{}", path.display())?;
        }
        self.attempts = 0;
        self.recordings.keep()?;
        self.start_scene(ctx)
    }

    /// Starts the first scene that remains, or ends where none does.
    fn start_scene(&mut self, ctx: &egui::Context) -> anyhow::Result<()> {
        let Some(place) = self.remaining.front() else {
            self.end(ctx, Ok(()));
            return Ok(());
        };
        let scene = scenes().swap_remove(*place);
        let folder = self.recordings.folder();
        self.stage = Some(Stage::start(ctx, &scene, folder, self.since)?);
        self.steps = scene.steps.into();
        self.attempts += 1;
        self.begin_step();
        Ok(())
    }

    /// Plays the running scene once more, with the recordings that it began with.
    fn begin_again(&mut self, ctx: &egui::Context) -> anyhow::Result<()> {
        self.stage = None;
        self.painted.clear();
        self.strip.clear();
        self.input.clear();
        self.recordings.put_back()?;
        self.start_scene(ctx)
    }

    fn end(&mut self, ctx: &egui::Context, how: anyhow::Result<()>) {
        if !std::mem::replace(&mut self.over, true) {
            self.result.try_send(how).ok(); // There is room for one, and only one is sent.
        }
        ctx.send_viewport_cmd(egui::ViewportCommand::Close);
    }

    fn begin_step(&mut self) {
        self.begun = Instant::now();
        self.calm = 0;
        self.resized = false;
        self.frame = None;
    }

    /// Continues by at most one step; `seen` are the views at the start and the end of the frame.
    fn advance(&mut self, ctx: &egui::Context, seen: &[Option<View>; 2]) -> anyhow::Result<()> {
        if !self.input.is_empty() || self.over {
            return Ok(()); // Pressed in the next frame.
        }
        let shows = |is: &dyn Fn(&View) -> bool| {
            let fine = |view: &View| is_fine(view) && is(view);
            seen.iter().all(|view| view.as_ref().is_some_and(fine))
        };
        match self.steps.front() {
            None => return self.next_scene(ctx),
            Some(SceneStep::Speed(speed)) => {
                let stage = self.stage.as_ref().context("a scene is set")?;
                stage.set_speed(*speed)?;
            }
            Some(SceneStep::Open(panel)) => egui::Popup::open_id(ctx, egui::Id::unique(panel)),
            Some(SceneStep::Press(command)) => self.input = pressed_by(*command),
            Some(SceneStep::Until(_, is)) if shows(is) => {}
            Some(SceneStep::Until(..)) => return Ok(()),
            Some(SceneStep::PressUntil(command, _, is)) => {
                // The view at the end of the frame is the one after the press before.
                if !seen[1]
                    .as_ref()
                    .is_some_and(|view| is_fine(view) && is(view))
                {
                    self.input = pressed_by(*command);
                    return Ok(());
                }
            }
            Some(SceneStep::Resize(size)) => {
                let size = *size;
                if !self.resize(ctx, size) {
                    return Ok(());
                }
            }
            Some(SceneStep::Click(place)) => self.input = clicked((*place).into()),
            Some(SceneStep::Type(text)) => {
                self.input = typed(text);
            }
            Some(SceneStep::Key(modifiers, key)) => {
                self.input = pressed(*modifiers, *key).into();
            }
            Some(SceneStep::Frame(size, _, is)) => {
                let hand = self.stage.as_ref().and_then(|stage| stage.shell.hand());
                let shows = shows(&|view| is(view, hand));
                // The hand presses for a moment only.
                let size = *size;
                let Some(image) = self.take(ctx, size, shows, 1) else {
                    return Ok(());
                };
                self.strip.push(image);
            }
            Some(SceneStep::Strip(name, columns)) => {
                let (name, columns) = (*name, *columns);
                let strip = tiled(&std::mem::take(&mut self.strip), columns);
                self.write(name, &strip)?;
            }
            Some(SceneStep::Take(shot)) => {
                let shows = shows(&shot.shows);
                let (name, size) = (shot.name, shot.size);
                let Some(image) = self.take(ctx, size, shows, CALM) else {
                    return Ok(());
                };
                self.write(name, &image)?;
            }
        }
        self.steps.pop_front();
        self.begin_step();
        Ok(())
    }

    /// Takes a picture over several frames: the size, the condition in `calm` frames in a row, the frame itself. Returns it
    /// once it is taken.
    fn take(
        &mut self,
        ctx: &egui::Context,
        size: [u16; 2],
        shows: bool,
        calm: u32,
    ) -> Option<PaintedFrame> {
        // What arrives now is the previous frame: it counts if that one fulfilled the condition.
        if let Some(frame) = &self.frame
            && let Ok(image) = frame.try_recv()
        {
            self.frame = None;
            if self.calm >= calm && image.size == size.map(usize::from) {
                return Some(image);
            }
        }
        let is_calm = self.resize(ctx, size) && shows;
        self.calm = if is_calm { self.calm + 1 } else { 0 };
        if self.calm >= calm && self.frame.is_none() {
            let (send, frame) = sync_channel(1);
            ctx.request_screenshot(move |image| {
                send.try_send(image).ok(); // The step may be over.
            });
            self.frame = Some(frame);
        }
        None
    }

    /// Asks for a size of the window, once. Returns whether it has it.
    fn resize(&mut self, ctx: &egui::Context, size: [u16; 2]) -> bool {
        let has_size = window_size(ctx) == size;
        if !has_size && !self.resized {
            self.resized = true;
            let [width, height] = size.map(f32::from);
            ctx.send_viewport_cmd(egui::ViewportCommand::InnerSize(egui::vec2(width, height)));
        }
        has_size
    }

    fn write(&mut self, name: &str, image: &egui::ColorImage) -> anyhow::Result<()> {
        self.painted.push(self.album.write(name, image)?);
        Ok(())
    }

    /// Plays the scene once more if a step takes too long.
    ///
    /// # Errors
    ///
    /// If the source does not start, or the last attempt took too long.
    fn check(&mut self, ctx: &egui::Context) -> anyhow::Result<()> {
        let Some(stage) = &self.stage else {
            return Ok(());
        };
        let picture = self.steps.iter().find_map(|step| match step {
            SceneStep::Take(Shot { name, .. }) | SceneStep::Strip(name, _) => Some(*name),
            _ => None,
        });
        let picture = picture.unwrap_or("the end");
        if let Some(why) = stage.shell.failure() {
            anyhow::bail!("{picture}: no source runs: {why}");
        }
        if self.begun.elapsed() < LIMIT {
            return Ok(());
        }
        let waited = match self.steps.front() {
            Some(SceneStep::Until(what, _) | SceneStep::PressUntil(_, what, _)) => what.clone(),
            Some(SceneStep::Take(Shot { size, .. })) if window_size(ctx) != *size => {
                let ([w, h], [is_w, is_h]) = (size, window_size(ctx));
                format!("a window of {w} x {h} pixels (it has {is_w} x {is_h}; {WITHOUT_DISPLAY})")
            }
            Some(SceneStep::Take(shot)) => format!("a frame that shows {}", shot.what),
            Some(SceneStep::Frame(_, what, _)) => format!("a frame that shows {what}"),
            _ => "a frame".to_owned(),
        };
        let seen = stage
            .shell
            .visible_view()
            .map_or("nothing yet".to_owned(), |view| describe(&view));
        let seconds = LIMIT.as_secs();
        let why = format!("{picture}: waited {seconds} s for {waited}; the window shows {seen}");
        if self.attempts >= ATTEMPTS {
            anyhow::bail!("{why}; the scene was played {ATTEMPTS} times");
        }
        tracing::warn!("{why}; the scene begins again");
        self.begin_again(ctx)
    }
}

impl eframe::App for Camera {
    fn raw_input_hook(&mut self, _ctx: &egui::Context, input: &mut egui::RawInput) {
        // Real input does not reach the window.
        input.events.clear();
        input.hovered_files.clear();
        input.dropped_files.clear();
        input.focused = true;
        input.events.append(&mut self.input);
    }

    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        ctx.request_repaint_after(REPAINT_EVERY);
        if ctx.input(|input| input.viewport().visible()) == Some(false) {
            // Continue behind other windows.
            ctx.send_viewport_cmd(egui::ViewportCommand::RequestPaintWhileHidden);
        }
        if let Some(stage) = &mut self.stage {
            eframe::App::logic(&mut stage.shell, ctx, frame);
        }
        if let Err(why) = self.check(ctx) {
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
        let before = stage.shell.visible_view();
        eframe::App::ui(&mut stage.shell, ui, frame);
        let seen = [before, stage.shell.visible_view()];
        let ctx = ui.ctx().clone();
        if let Err(why) = self.advance(&ctx, &seen) {
            self.end(&ctx, Err(why));
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        // Everything is written before the folder is removed.
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

/// Whether a view is free of trouble; a browser that is not there was never connected.
fn is_fine(view: &View) -> bool {
    let is_lost = !matches!(view.feed, FeedState::Up { .. }) && view.last_event.is_some();
    !is_lost && view.recorder.trouble.is_none()
}

fn describe(view: &View) -> String {
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
