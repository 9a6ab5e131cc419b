//! The whole window without a display: drawn frame by frame before a running source, and found by its labels.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Event, Key, Modifiers};
use egui_kittest::wgpu::WgpuTestRenderer;
use egui_kittest::{Harness, HarnessBuilder};
use pianola::engine::GameSource;
use pianola::host::{Host, StopReport};
use pianola::library::worker::LibraryWorker;
use pianola::settings::Saver;
use pianola::settings::Settings;
use pianola::settings::file::LoadedSettings;
use pianola::table::Speed;
use pianola::ui::{App, Startup};
use tempfile::TempDir;

use crate::support::process::LIMIT;
use crate::support::window::labels::{Control, click_at, control, texts};

/// The size that the program opens its window with.
pub const SIZE: [f32; 2] = [1_400.0, 900.0];
/// Between two frames the others may have the processor.
const PAUSE: Duration = Duration::from_millis(4);

type Slot = Rc<RefCell<Option<App>>>;

/// The window, with a home of its own.
pub struct Window {
    pub harness: Harness<'static, Slot>,
    host: Host,
    pub home: TempDir,
}

/// The built-in table with the same games every time.
pub fn practice(seed: u64, times: f64) -> GameSource {
    GameSource::Practice {
        seed: Some(seed),
        speed: Speed::Times(times),
    }
}

impl Window {
    /// Opens the window in front of a source, with what was found of the settings.
    pub fn open(place: GameSource, loaded: LoadedSettings) -> Self {
        Self::at_home(tempfile::tempdir().unwrap(), place, loaded, None)
    }

    /// The same, playing a recording.
    pub fn replaying(place: GameSource, recording: PathBuf) -> Self {
        let home = tempfile::tempdir().unwrap();
        Self::at_home(home, place, LoadedSettings::default(), Some(recording))
    }

    /// Opens the window in this home, painted.
    pub fn painted(
        home: TempDir,
        place: GameSource,
        loaded: LoadedSettings,
        replay: Option<PathBuf>,
        renderer: WgpuTestRenderer,
    ) -> Self {
        let builder = Harness::builder().renderer(renderer);
        Self::built(builder, home, place, loaded, replay)
    }

    /// Opens the window in this home.
    pub fn at_home(
        home: TempDir,
        place: GameSource,
        loaded: LoadedSettings,
        replay: Option<PathBuf>,
    ) -> Self {
        Self::built(Harness::builder(), home, place, loaded, replay)
    }

    fn built(
        builder: HarnessBuilder<Slot>,
        home: TempDir,
        place: GameSource,
        loaded: LoadedSettings,
        replay: Option<PathBuf>,
    ) -> Self {
        let mut host = Host::start(Arc::new(|| {})).unwrap();
        let file = home.path().join("settings.json");
        let LoadedSettings { settings, notice } = loaded;
        let start = Startup {
            host: host.handle(),
            events: host.take_events().unwrap(),
            saver: Saver::start(file.clone(), &settings).unwrap(),
            settings,
            file,
            notice,
            source: Some(place),
            out: Some(home.path().join("out")),
            auto_record: false,
            raw_capture: false,
            replay,
            since: Instant::now(),
        };
        let slot = Slot::default();
        let made = slot.clone();
        let harness = builder
            .with_size(SIZE)
            .with_step_dt(1.0 / 60.0)
            .with_context_setup(move |ctx| {
                let library_worker = LibraryWorker::start(Arc::new(|| {})).unwrap();
                *made.borrow_mut() = Some(App::new(ctx, start, library_worker));
            })
            .build_ui_state(
                |ui, slot: &mut Slot| {
                    let mut slot = slot.borrow_mut();
                    let shell = slot.as_mut().unwrap();
                    shell.logic(ui.ctx());
                    // The harness leaves a margin; the real window has none.
                    let whole = egui::UiBuilder::new().max_rect(ui.ctx().content_rect());
                    ui.scope_builder(whole, |ui| shell.ui(ui));
                },
                slot,
            );
        Self {
            harness,
            host,
            home,
        }
    }

    /// The same with the settings that a newcomer has.
    pub fn new(place: GameSource) -> Self {
        Self::open(place, LoadedSettings::default())
    }

    /// Where it records.
    pub fn out(&self) -> PathBuf {
        self.home.path().join("out")
    }

    /// Reads the settings file.
    pub fn kept(&self) -> Settings {
        pianola::settings::file::read_only(&self.home.path().join("settings.json"))
    }

    /// Draws a frame, or one for each thing that was done.
    pub fn frame(&mut self) {
        self.harness.step();
    }

    /// Draws until `ready` returns something.
    pub fn until<T>(&mut self, what: &str, mut ready: impl FnMut(&mut Self) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            self.frame();
            if let Some(value) = ready(self) {
                return value;
            }
            assert!(
                start.elapsed() < LIMIT,
                "{what} did not happen within {LIMIT:?}; the window says {:#?}",
                self.texts()
            );
            std::thread::park_timeout(PAUSE);
        }
    }

    /// Draws until something says this, and nothing else.
    pub fn wait_for(&mut self, text: &str) {
        self.until(text, |window| window.says(text).then_some(()));
    }

    /// Draws until something says this, among other things.
    pub fn wait_for_part(&mut self, part: &str) {
        self.until(part, |window| window.says_part(part).then_some(()));
    }

    /// Returns everything that is said.
    pub fn texts(&self) -> Vec<String> {
        texts(&self.harness)
    }

    /// Whether something says this, and nothing else.
    pub fn says(&self, text: &str) -> bool {
        self.texts().iter().any(|said| said == text)
    }

    /// Whether something says this, among other things.
    pub fn says_part(&self, part: &str) -> bool {
        self.texts().iter().any(|said| said.contains(part))
    }

    /// Returns the one button, or what is like one, whose name begins so.
    pub fn control(&self, begins: &str) -> Option<Control> {
        control(&self.harness, begins)
    }

    /// Returns the same; it must be there.
    pub fn its(&self, begins: &str) -> Control {
        let control = self.control(begins);
        control.unwrap_or_else(|| panic!("no {begins:?} among {:#?}", self.texts()))
    }

    /// Draws until it is there.
    pub fn wait_its(&mut self, begins: &str) -> Control {
        self.until(begins, |window| window.control(begins))
    }

    /// Types the address of another table on the page of the settings, and connects to it.
    pub fn connect(&mut self, url: &str) {
        self.click("Source: PRACTICE TABLE");
        self.click("Another address…");
        let field = "Address of another source";
        self.wait_its(field);
        self.click(field);
        self.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        self.harness.event(Event::Text(url.to_owned()));
        self.frame();
        self.click("Connect to the address");
    }

    /// Clicks into the middle of the control whose name begins so, as soon as it is there; a frame later what it does
    /// is drawn.
    pub fn click(&mut self, begins: &str) {
        let pos = self.wait_its(begins).rect.center();
        click_at(&mut self.harness, pos);
        self.frame();
    }

    /// The same, if the last frame shows it.
    pub fn click_if_shown(&mut self, begins: &str) {
        if let Some(control) = self.control(begins) {
            click_at(&mut self.harness, control.rect.center());
            self.frame();
        }
    }

    /// The same as soon as it can be pressed.
    pub fn press(&mut self, begins: &str) {
        self.until(begins, |window| {
            window.control(begins).filter(|control| control.able)
        });
        self.click(begins);
    }

    /// Presses a key with Ctrl and lets it go.
    pub fn ctrl(&mut self, key: Key) {
        self.harness.key_press_modifiers(Modifiers::COMMAND, key);
        self.frame();
        self.frame();
    }

    /// Presses a key and lets it go.
    pub fn key(&mut self, key: Key) {
        self.harness.key_press(key);
        self.frame();
    }

    /// A key with the text that it writes, as a keyboard sends it; `pressed` is false when it is let go.
    pub fn strike(&mut self, key: Key, text: &str, pressed: bool) {
        self.harness.event(Event::Key {
            key,
            physical_key: None,
            pressed,
            // The window finds out by itself what was down already.
            repeat: false,
            modifiers: Modifiers::NONE,
        });
        if pressed {
            self.harness.event(Event::Text(text.to_owned()));
        }
        self.frame();
    }

    /// Types a letter: its key is pressed and let go.
    pub fn type_key(&mut self, key: Key, text: &str) {
        self.strike(key, text, true);
        self.strike(key, text, false);
    }

    /// Closes the window, stops what is behind it; returns what was left and the home.
    pub fn close(self) -> (Vec<StopReport>, TempDir) {
        let Self {
            harness,
            host,
            home,
        } = self;
        drop(harness);
        (host.stop(), home)
    }
}
