//! The window as a whole: which page is shown, which source runs behind it, and what the player has set.

use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use super::app::{App, Link};
use super::command::{KeyCommand, pressed};
use super::settings_page::{Asked, Facts, SettingsPage};
use super::source_menu::{Chosen, source_menu_ui};
use super::theme::{GRID, Theme};
use super::welcome::{welcome_ui, words};
use crate::feed::{Address, State};
use crate::host::{Asks, Place, Running, Told, Wish, next_told};
use crate::settings::file::Saver;
use crate::settings::{Look, SCALE, Settings, SourceKind, recordings_of};

/// How often ages are shown anew while the server says nothing.
const AGE_EVERY: Duration = Duration::from_millis(500);
/// How often the wait for the next try is shown anew.
const WAIT_EVERY: Duration = Duration::from_secs(1);

/// What the window starts with.
#[derive(Debug)]
pub struct Start {
    /// The way to the host.
    pub asks: Asks,
    /// What it tells.
    pub told: Receiver<Told>,
    /// What the player has set.
    pub settings: Settings,
    /// Writes what he sets.
    pub saver: Saver,
    /// The file it goes to.
    pub file: PathBuf,
    /// What the player should know of the file.
    pub notice: Option<String>,
    /// The source of the command line; it counts until another one is chosen.
    pub place: Option<Place>,
    /// The folder of the command line; it counts until the end.
    pub out: Option<PathBuf>,
    /// Auto-record from the command line.
    pub auto_record: bool,
    /// When the program started.
    pub since: Instant,
}

/// A page of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Play,
    Settings,
}

/// What is behind the window.
#[derive(Debug)]
enum Behind {
    /// A source is being stopped or started.
    Changing,
    /// A source runs.
    Runs,
    /// None runs, and this is why.
    Nothing(String),
}

/// The running source, as far as the window's frame needs it.
#[derive(Debug)]
struct Shown {
    name: String,
    kind: SourceKind,
    folder: PathBuf,
    words: [String; 2],
}

/// The window.
pub struct Shell {
    start: Start,
    /// The settings as they were when they were last written and applied.
    applied: Settings,
    app: Option<App>,
    behind: Behind,
    shown: Option<Shown>,
    /// The source that was asked for last.
    wanted: SourceKind,
    page: Page,
    settings_page: SettingsPage,
    /// A change that would end a position; the player is asked.
    doubtful: Option<Box<Wish>>,
    /// What the engine last said of auto-record.
    auto_record: Option<bool>,
    frames: u32,
}

impl Shell {
    /// Returns the window and asks for the first source.
    pub fn new(ctx: &egui::Context, start: Start) -> Self {
        Theme::install(ctx);
        let mut shell = Self {
            applied: start.settings.clone(),
            app: None,
            behind: Behind::Changing,
            shown: None,
            wanted: SourceKind::Practice,
            page: Page::Play,
            settings_page: SettingsPage::new(&start.settings),
            doubtful: None,
            auto_record: None,
            frames: 0,
            start,
        };
        shell.apply_look(ctx);
        shell.restart();
        shell
    }

    /// What must happen each cycle: the host's news, what was set.
    pub fn logic(&mut self, ctx: &egui::Context) {
        loop {
            match next_told(&self.start.told) {
                Ok(Some(told)) => self.take(told),
                Ok(None) => break,
                Err(gone) => {
                    self.behind = Behind::Nothing(gone.to_string());
                    break;
                }
            }
        }
        if let Some(app) = &mut self.app {
            app.take_news();
            let view = app.view();
            // The switch may be turned in the bar or by a key: what the engine says is what is kept.
            let auto = view.recording.auto_record;
            if self
                .auto_record
                .replace(auto)
                .is_some_and(|old| old != auto)
            {
                self.start.settings.auto_record = auto;
                self.applied.auto_record = auto;
                self.start.saver.save(&self.start.settings);
            }
            match view.feed {
                State::Up { .. } | State::Stale { .. } => ctx.request_repaint_after(AGE_EVERY),
                State::Down { .. } | State::Connecting { .. } => {
                    ctx.request_repaint_after(WAIT_EVERY);
                }
                State::Stopped => {}
            }
        }
        // egui's own keys (Ctrl + and -) scale, too.
        let zoom = ctx.zoom_factor();
        if self.frames > 1 && (zoom - self.applied.scale).abs() > 0.001 {
            self.start.settings.scale = zoom.clamp(*SCALE.start(), *SCALE.end());
        }
        self.apply(ctx);
    }

    /// Draws the window.
    pub fn show(&mut self, ui: &mut egui::Ui) {
        let mut chosen = None;
        let mut page = self.page;
        let changing = matches!(self.behind, Behind::Changing);
        let name = self.shown.as_ref().map_or("no source", |shown| &shown.name);
        let settings = &self.start.settings;
        let running = self.wanted;
        let mut lead = |ui: &mut egui::Ui| {
            ui.label(egui::RichText::new("Pianola").size(15.0).strong());
            ui.selectable_value(&mut page, Page::Play, "Play");
            let tip = KeyCommand::Settings.tip();
            ui.selectable_value(&mut page, Page::Settings, "Settings")
                .on_hover_text(tip);
            chosen = source_menu_ui(ui, name, running, settings, changing);
        };
        let runs = matches!(self.behind, Behind::Runs);
        let mut toggle = false;
        match &mut self.app {
            Some(app) => {
                app.bar(ui, &mut lead, runs && self.page == Page::Play);
                toggle = app.take_settings_press();
            }
            None => {
                toggle |= pressed(ui.ctx()).contains(&KeyCommand::Settings);
                bare_bar_ui(ui, &mut lead);
            }
        }
        if toggle {
            page = if page == Page::Play {
                Page::Settings
            } else {
                Page::Play
            };
        }
        self.page = page;
        if let Some(chosen) = chosen {
            self.choose(chosen);
        }
        self.notice_ui(ui);
        match self.page {
            Page::Play => self.play_ui(ui),
            Page::Settings => self.settings_ui(ui),
        }
        self.doubt_ui(ui.ctx());
        self.count_frame(ui.ctx());
    }

    fn play_ui(&mut self, ui: &mut egui::Ui) {
        if let Behind::Nothing(why) = &self.behind {
            let why = why.clone();
            self.nothing_ui(ui, &why);
            return;
        }
        if self.start.settings.welcome
            && let Some(shown) = &self.shown
            && welcome_ui(ui, &shown.words)
        {
            self.start.settings.welcome = false;
        }
        let changing = matches!(self.behind, Behind::Changing);
        match &mut self.app {
            Some(app) => {
                if changing {
                    ui.disable();
                }
                app.page(ui);
            }
            None => {
                egui::CentralPanel::default().show(ui, |ui| {
                    ui.centered_and_justified(|ui| ui.label("The table is being set up…"));
                });
            }
        }
    }

    /// No source runs: why, and what can be done.
    fn nothing_ui(&mut self, ui: &mut egui::Ui, why: &str) {
        let theme = Theme::of(ui);
        egui::CentralPanel::default().show(ui, |ui| {
            ui.add_space(8.0 * GRID);
            ui.heading("Nothing runs");
            ui.add(egui::Label::new(egui::RichText::new(why).color(theme.alert)).wrap());
            ui.add_space(2.0 * GRID);
            ui.horizontal_wrapped(|ui| {
                if ui.button("Try again").clicked() {
                    self.restart();
                }
                if self.wanted != SourceKind::Practice && ui.button("Practice table").clicked() {
                    self.choose(Chosen::Practice);
                }
                if ui.button("Settings").clicked() {
                    self.page = Page::Settings;
                }
            });
        });
    }

    fn settings_ui(&mut self, ui: &mut egui::Ui) {
        let trouble = self.start.saver.trouble();
        let facts = Facts {
            running: self.wanted,
            folder: self.shown.as_ref().map(|shown| shown.folder.as_path()),
            forced: self.start.out.is_some(),
            file: &self.start.file,
            trouble: trouble.as_deref(),
        };
        let frame = egui::Frame::new().inner_margin(4.0 * GRID);
        let (page, settings) = (&mut self.settings_page, &mut self.start.settings);
        let panel = egui::CentralPanel::no_frame().frame(frame);
        let asked = panel.show(ui, |ui| page.show(ui, settings, facts)).inner;
        self.do_asked(asked);
    }

    fn do_asked(&mut self, asked: Asked) {
        if let Some(chosen) = asked.source {
            self.choose(chosen);
        }
        if asked.connect {
            self.start.settings.source = SourceKind::Url;
            self.start.place = None;
            self.restart();
        } else if asked.folder && self.start.out.is_none() {
            self.restart();
        }
    }

    fn notice_ui(&mut self, ui: &mut egui::Ui) {
        let Some(notice) = &self.start.notice else {
            return;
        };
        let theme = Theme::of(ui);
        let frame = egui::Frame::new().inner_margin(2.0 * GRID);
        let panel = egui::Panel::top("notice").frame(frame).show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.colored_label(theme.alert, notice);
                ui.button("Dismiss").clicked()
            })
        });
        if panel.inner.inner {
            self.start.notice = None;
        }
    }

    /// Asks before a position ends with its table.
    fn doubt_ui(&mut self, ctx: &egui::Context) {
        let Some(wish) = self.doubtful.take() else {
            return;
        };
        let mut answer = None;
        egui::Window::new("Leave this table?")
            .collapsible(false)
            .resizable(false)
            .anchor(egui::Align2::CENTER_CENTER, egui::Vec2::ZERO)
            .show(ctx, |ui| {
                ui.label("What you hold here stays behind; the session ends and is saved.");
                ui.horizontal(|ui| {
                    if ui.button("Leave").clicked() {
                        answer = Some(true);
                    }
                    if ui.button("Stay").clicked() || ui.input(|i| i.key_pressed(egui::Key::Escape))
                    {
                        answer = Some(false);
                    }
                });
            });
        match answer {
            None => self.doubtful = Some(wish),
            Some(true) => self.ask(*wish),
            Some(false) => {
                // The settings say again what runs.
                if let Some(shown) = &self.shown {
                    self.wanted = shown.kind;
                    self.start.settings.source = shown.kind;
                }
            }
        }
    }

    fn choose(&mut self, chosen: Chosen) {
        let kind = match chosen {
            Chosen::Speed(speed) => {
                self.start.settings.practice_speed = speed;
                if let Some(Place::Practice { speed: forced, .. }) = &mut self.start.place {
                    *forced = speed;
                }
                if !self.start.asks.speed(speed) {
                    self.busy();
                }
                return;
            }
            Chosen::Url => {
                self.page = Page::Settings;
                self.settings_page.ask_for_address();
                return;
            }
            Chosen::Practice => SourceKind::Practice,
            Chosen::Live => SourceKind::Live,
        };
        let runs = matches!(self.behind, Behind::Runs);
        if runs && self.shown.as_ref().is_some_and(|shown| shown.kind == kind) {
            return;
        }
        self.start.settings.source = kind;
        self.start.place = None;
        self.page = Page::Play;
        self.restart();
    }

    /// Goes to the source that the settings or the command line name.
    fn restart(&mut self) {
        match self.wish() {
            Ok(wish) => {
                self.wanted = kind_of(&wish.place);
                if self.would_leave_something() {
                    self.doubtful = Some(Box::new(wish));
                } else {
                    self.ask(wish);
                }
            }
            // What runs goes on.
            Err(why) if matches!(self.behind, Behind::Runs) => self.start.notice = Some(why),
            Err(why) => self.behind = Behind::Nothing(why),
        }
    }

    fn ask(&mut self, wish: Wish) {
        if self.start.asks.start(wish) {
            self.behind = Behind::Changing;
        } else {
            self.busy();
        }
    }

    fn busy(&mut self) {
        self.start.notice = Some("The source is still being changed; try again.".to_owned());
    }

    fn wish(&self) -> Result<Wish, String> {
        let settings = &self.start.settings;
        let place = match &self.start.place {
            Some(place) => place.clone(),
            None => match settings.source {
                SourceKind::Practice => Place::Practice {
                    seed: None,
                    speed: settings.practice_speed,
                },
                SourceKind::Live => Place::Live,
                SourceKind::Url => {
                    let address = Address::parse(&settings.url);
                    Place::Url(
                        address
                            .map_err(|why| format!("The other address cannot be used: {why}."))?,
                    )
                }
            },
        };
        let origin = place.origin();
        let folder = self
            .start
            .out
            .clone()
            .or_else(|| recordings_of(settings, origin));
        let folder = folder.ok_or(
            "This user has no home folder to keep recordings in; choose one in the settings.",
        )?;
        Ok(Wish {
            place,
            folder,
            auto_record: settings.auto_record || self.start.auto_record,
            limits: settings.limits,
        })
    }

    /// A position or a sidebet at a table ends with it; a local wallet is put down and taken up again.
    fn would_leave_something(&self) -> bool {
        let runs = matches!(self.behind, Behind::Runs);
        let desk = self.app.as_ref().and_then(|app| app.view().desk);
        let holds = |desk: crate::account::DeskView| {
            desk.sidebet().is_some() || desk.held().is_some_and(|held| !held.position_qty.is_zero())
        };
        runs && desk.is_some_and(holds)
    }

    fn take(&mut self, told: Told) {
        match told {
            Told::Running(running) => self.runs(*running),
            Told::Failed(why) => {
                self.app = None;
                self.shown = None;
                self.behind = Behind::Nothing(why);
            }
            Told::Unsaved(why) => {
                self.start.notice = Some(format!("Not everything could be saved: {why}"));
            }
        }
    }

    fn runs(&mut self, running: Running) {
        let Running {
            view,
            commands,
            notices,
            name,
            origin,
            at_table,
            folder,
        } = running;
        self.shown = Some(Shown {
            words: words(origin, at_table, &folder),
            name: name.clone(),
            kind: self.wanted,
            folder,
        });
        let link = Link {
            view,
            commands,
            notices,
            source: name,
            armed: at_table,
        };
        match &mut self.app {
            Some(app) => app.relink(link),
            None => self.app = Some(App::new(link, chrono::Utc::now)),
        }
        if let Some(app) = &mut self.app {
            app.set_limits(self.start.settings.limits);
        }
        self.auto_record = None;
        self.behind = Behind::Runs;
    }

    /// Applies and keeps what was set since the last time.
    fn apply(&mut self, ctx: &egui::Context) {
        if self.start.settings == self.applied {
            return;
        }
        let old = std::mem::replace(&mut self.applied, self.start.settings.clone());
        let new = &self.applied;
        self.start.saver.save(new);
        if let Some(app) = &mut self.app {
            if new.limits != old.limits {
                app.set_limits(new.limits);
            }
            if new.auto_record != old.auto_record {
                app.set_auto_record(new.auto_record);
            }
        }
        self.apply_look(ctx);
    }

    fn apply_look(&self, ctx: &egui::Context) {
        ctx.set_theme(match self.applied.look {
            Look::Dark => egui::ThemePreference::Dark,
            Look::Light => egui::ThemePreference::Light,
            Look::System => egui::ThemePreference::System,
        });
        ctx.set_zoom_factor(self.applied.scale);
    }

    fn count_frame(&mut self, ctx: &egui::Context) {
        // The second frame begins when the first one is on the screen.
        match self.frames {
            0 => ctx.request_repaint(),
            1 => {
                let millis = self.start.since.elapsed().as_millis();
                tracing::debug!(%millis, "first frame");
            }
            _ => {}
        }
        self.frames = self.frames.saturating_add(1);
    }
}

fn kind_of(place: &Place) -> SourceKind {
    match place {
        Place::Practice { .. } => SourceKind::Practice,
        Place::Live => SourceKind::Live,
        Place::Url(_) => SourceKind::Url,
    }
}

fn bare_bar_ui(ui: &mut egui::Ui, lead: &mut dyn FnMut(&mut egui::Ui)) {
    let frame = egui::Frame::new()
        .inner_margin(2.0 * GRID)
        .fill(Theme::of(ui).panel);
    egui::Panel::top("top bar").frame(frame).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| lead(ui));
    });
}

impl eframe::App for Shell {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        Self::logic(self, ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.show(ui);
    }
}
