//! Plays the scenes: shows the window as eframe does, presses its keys, waits for its views, and takes the pictures.

use std::collections::VecDeque;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::WITHOUT_DISPLAY;
use super::album::Album;
use super::scenes::{Scene, SceneStep, Shot, scenes};
use super::stage::Stage;
use pianola::engine::View;
use pianola::feed::FeedState;
use pianola::ui::KeyCommand;

/// The limit of a step.
const LIMIT: Duration = Duration::from_mins(1);
/// Interval of the repaints.
const REPAINT_EVERY: Duration = Duration::from_millis(20);
/// Frames in a row that must fulfil the condition before a picture is taken: some sizes are known one frame late.
const CALM: u32 = 3;

/// A painted frame.
type PaintedFrame = Arc<egui::ColorImage>;

/// The app around the window.
pub struct Camera {
    album: Album,
    folder: PathBuf,
    since: Instant,
    scenes: VecDeque<Scene>,
    stage: Option<Stage>,
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
        folder: &Path,
        since: Instant,
        (only, result): (&[String], SyncSender<anyhow::Result<()>>),
    ) -> Self {
        let mut scenes = scenes();
        scenes.retain(|scene| only.is_empty() || scene.paints(only));
        let mut camera = Self {
            album,
            folder: folder.to_owned(),
            since,
            scenes: scenes.into(),
            stage: None,
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

    fn next_scene(&mut self, ctx: &egui::Context) -> anyhow::Result<()> {
        // The previous scene ends first: both write to the same folder.
        self.stage = None;
        let Some(scene) = self.scenes.pop_front() else {
            self.end(ctx, Ok(()));
            return Ok(());
        };
        self.stage = Some(Stage::start(ctx, &scene, &self.folder, self.since)?);
        self.steps = scene.steps.into();
        self.begun = Instant::now();
        Ok(())
    }

    fn end(&mut self, ctx: &egui::Context, how: anyhow::Result<()>) {
        if !std::mem::replace(&mut self.over, true) {
            self.result.try_send(how).ok(); // There is room for one, and only one is sent.
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
        self.step_done();
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

    /// Writes a picture and prints its path.
    fn write(&self, name: &str, image: &egui::ColorImage) -> anyhow::Result<()> {
        let path = self.album.write(name, image)?;
        writeln!(std::io::stdout(), "{}", path.display())?;
        Ok(())
    }

    /// Returns an error if the source does not start, or a step takes too long.
    fn trouble(&self, ctx: &egui::Context) -> Option<anyhow::Error> {
        let stage = self.stage.as_ref()?;
        let picture = self.steps.iter().find_map(|step| match step {
            SceneStep::Take(Shot { name, .. }) | SceneStep::Strip(name, _) => Some(*name),
            _ => None,
        });
        let picture = picture.unwrap_or("the end");
        if let Some(why) = stage.shell.failure() {
            return Some(anyhow::anyhow!("{picture}: no source runs: {why}"));
        }
        if self.begun.elapsed() < LIMIT {
            return None;
        }
        let waited = match self.steps.front()? {
            SceneStep::Until(what, _) | SceneStep::PressUntil(_, what, _) => what.clone(),
            SceneStep::Take(Shot { size, .. }) if window_size(ctx) != *size => {
                let ([w, h], [is_w, is_h]) = (size, window_size(ctx));
                format!("a window of {w} x {h} pixels (it has {is_w} x {is_h}; {WITHOUT_DISPLAY})")
            }
            SceneStep::Take(shot) => format!("a frame that shows {}", shot.what),
            SceneStep::Frame(_, what, _) => format!("a frame that shows {what}"),
            _ => "a frame".to_owned(),
        };
        let seen = stage
            .shell
            .visible_view()
            .map_or("nothing yet".to_owned(), |view| describe(&view));
        Some(anyhow::anyhow!(
            "{picture}: waited {} s for {waited}; the window shows {seen}",
            LIMIT.as_secs()
        ))
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

/// Returns the events of a key that is pressed and let go.
fn pressed(modifiers: egui::Modifiers, key: egui::Key) -> [egui::Event; 2] {
    [true, false].map(|pressed| egui::Event::Key {
        key,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers,
    })
}

fn pressed_by(command: KeyCommand) -> Vec<egui::Event> {
    let shortcut = command.binding().shortcut;
    pressed(shortcut.modifiers, shortcut.logical_key).into()
}

/// Returns the events that replace the text that has the focus.
fn typed(text: &str) -> Vec<egui::Event> {
    let mut events: Vec<_> = pressed(egui::Modifiers::COMMAND, egui::Key::A).into();
    events.push(egui::Event::Text(text.to_owned()));
    events
}

/// Returns pictures of one size as one, in so many columns.
fn tiled(images: &[PaintedFrame], columns: usize) -> egui::ColorImage {
    let [width, height] = images.first().map_or([0, 0], |image| image.size);
    let rows = images.len().div_ceil(columns.max(1));
    let mut pixels = Vec::with_capacity(width * height * images.len());
    for row in images.chunks(columns.max(1)) {
        for line in 0..height {
            for image in row {
                pixels.extend_from_slice(&image.pixels[line * width..(line + 1) * width]);
            }
            // The last row may have fewer.
            let missing = (columns - row.len()) * width;
            pixels.extend(std::iter::repeat_n(egui::Color32::BLACK, missing));
        }
    }
    egui::ColorImage::new([columns * width, rows * height], pixels)
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
