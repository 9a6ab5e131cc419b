//! The page of the settings: what is typed is its own until it can be used; what can be used is set at once.

use std::path::PathBuf;

use super::browser::command_ui;
use super::dialog::{self, Dialog, Pick};
use super::health::capture_words;
use super::limits::Limits;
use super::source_menu::{Chosen, speed_ui};
use super::theme::{GRID, Theme};
use crate::capture::CaptureState;
use crate::feed::{Address, BrowserAddress};
use crate::settings::{BROWSER, Settings, SourceKind, ThemeChoice, folder_of};
use crate::table::Speed;

/// The sizes that can be chosen, in percent.
const SCALES: [u16; 10] = [75, 90, 100, 110, 125, 150, 175, 200, 250, 300];

/// What is being typed, and the folder dialog.
#[derive(Debug, Default)]
pub struct SettingsPage {
    folder: String,
    url: String,
    limits: Limits,
    /// Why what was typed is not used.
    folder_wrong: Option<String>,
    url_wrong: Option<String>,
    browser: String,
    browser_wrong: Option<String>,
    /// The address is to be typed next.
    focus_url: bool,
    dialog: Option<Dialog>,
}

/// What a page asks for beside changed settings.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Asked {
    /// Go to this source.
    pub source: Option<Chosen>,
    /// Connect to the address of this kind that stands in the settings now.
    pub connect: Option<SourceKind>,
    /// The folder is another one.
    pub folder: bool,
    /// Switch auto-record.
    pub auto_record: Option<bool>,
}

/// What the page shows beside the settings.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The source that runs.
    pub running: SourceKind,
    /// Speed of the practice table now.
    pub speed: Speed,
    /// Where is recorded now.
    pub folder: Option<&'a std::path::Path>,
    /// Why nothing runs, if so.
    pub nothing: Option<&'a str>,
    /// The folder was given on the command line.
    pub forced: bool,
    /// The settings file.
    pub file: &'a std::path::Path,
    /// Why the last change was not saved.
    pub trouble: Option<&'a str>,
    /// The raw capture of what runs.
    pub capture: Option<&'a CaptureState>,
    /// Whether auto-record is on; `None` while the source is being changed.
    pub auto_record: Option<bool>,
}

impl SettingsPage {
    /// Returns the page of settings.
    pub fn new(settings: &Settings) -> Self {
        let mut page = Self::default();
        page.folder = page.folder_text(settings);
        page.url.clone_from(&settings.url);
        page.browser.clone_from(&settings.browser);
        page.limits = Limits::of(&settings.limits);
        page
    }

    /// Sets what was typed and not set yet; the page is no longer shown.
    pub fn leave(&mut self, settings: &mut Settings) {
        self.limits.leave(&mut settings.limits);
    }

    /// Puts the cursor into the address.
    pub fn ask_for_address(&mut self) {
        self.focus_url = true;
    }

    #[expect(clippy::unused_self, reason = "reads like its neighbours")]
    fn folder_text(&self, settings: &Settings) -> String {
        let chosen = settings.recordings.as_ref();
        chosen.map_or(String::new(), |folder| folder.display().to_string())
    }

    /// Draws the page.
    pub fn show(&mut self, ui: &mut egui::Ui, settings: &mut Settings, facts: Facts<'_>) -> Asked {
        let mut asked = Asked::default();
        self.take_folder(settings, &mut asked);
        let theme = Theme::of(ui);
        let scroll = egui::ScrollArea::vertical().id_salt("settings");
        scroll.auto_shrink([false, true]).show(ui, |ui| {
            ui.set_max_width(720.0);
            ui.spacing_mut().item_spacing.y = 2.0 * GRID;
            if let Some(trouble) = facts.trouble {
                let trouble = egui::RichText::new(trouble).color(theme.alert);
                ui.add(egui::Label::new(trouble).wrap());
            }
            heading(ui, "Appearance");
            appearance_ui(ui, settings);
            heading(ui, "Source");
            self.source_ui(ui, settings, facts, &mut asked, theme);
            self.browser_ui(ui, settings, facts, &mut asked, theme);
            heading(ui, "Recordings");
            self.recordings_ui(ui, settings, facts, &mut asked, theme);
            heading(ui, "Limits");
            self.limits.show(ui, &mut settings.limits);
            double_press_ui(ui, &mut settings.ignore_double_press);
            ui.add_space(4.0 * GRID);
            let file = format!("Settings file {}", facts.file.display());
            ui.label(egui::RichText::new(file).small().color(theme.quiet));
        });
        asked
    }

    fn source_ui(
        &mut self,
        ui: &mut egui::Ui,
        settings: &mut Settings,
        facts: Facts<'_>,
        asked: &mut Asked,
        theme: Theme,
    ) {
        ui.horizontal_wrapped(|ui| {
            let practice = facts.running == SourceKind::Practice;
            if ui.radio(practice, "Practice table").clicked() {
                asked.source = Some(Chosen::Practice);
            }
            ui.label("at speed");
            asked.source = speed_ui(ui, "speed on the page", facts.speed).or(asked.source);
        });
        let live = facts.running == SourceKind::Live;
        if ui
            .radio(live, "Live feed rugs.fun")
            .on_hover_text("Watched, with a wallet on this computer; nothing is ever sent")
            .clicked()
        {
            asked.source = Some(Chosen::Live);
        }
        ui.horizontal_wrapped(|ui| {
            let other = facts.running == SourceKind::Url;
            let mut connect = ui.radio(other, "Another address").clicked();
            let field = egui::TextEdit::singleline(&mut self.url)
                .hint_text("https://… or http://127.0.0.1:PORT")
                .desired_width(320.0);
            let field = named(ui.add(field), "Address of another source");
            if std::mem::take(&mut self.focus_url) {
                field.request_focus();
            }
            connect |= field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            let button = named(ui.button("Connect"), "Connect to the address");
            connect |= button.clicked();
            if connect {
                match Address::parse(&self.url) {
                    Ok(_) => {
                        self.url.trim().clone_into(&mut settings.url);
                        self.url_wrong = None;
                        asked.connect = Some(SourceKind::Url);
                    }
                    Err(why) => self.url_wrong = Some(why.to_string()),
                }
            }
        });
        if let Some(wrong) = &self.url_wrong {
            ui.colored_label(theme.alert, wrong);
        }
    }

    fn browser_ui(
        &mut self,
        ui: &mut egui::Ui,
        settings: &mut Settings,
        facts: Facts<'_>,
        asked: &mut Asked,
        theme: Theme,
    ) {
        ui.horizontal_wrapped(|ui| {
            let mine = facts.running == SourceKind::Browser;
            let radio = ui.radio(mine, "My browser");
            let tip = "You play in your own page; nothing is ever sent or pressed from here";
            let mut connect = radio.on_hover_text(tip).clicked();
            let field = egui::TextEdit::singleline(&mut self.browser)
                .hint_text(BROWSER)
                .desired_width(160.0);
            let field = named(ui.add(field), "Address of the browser");
            connect |= field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            // Beside the other one, a reader of the screen has to know which it is.
            let button = named(ui.button("Connect"), "Connect to the browser");
            connect |= button.clicked();
            if connect {
                match self.browser.parse::<BrowserAddress>() {
                    Ok(_) => {
                        self.browser.trim().clone_into(&mut settings.browser);
                        self.browser_wrong = None;
                        asked.connect = Some(SourceKind::Browser);
                    }
                    Err(why) => self.browser_wrong = Some(why.to_string()),
                }
            }
        });
        if let Some(wrong) = &self.browser_wrong {
            ui.colored_label(theme.alert, wrong);
        }
        command_ui(ui, &settings.browser);
    }

    fn recordings_ui(
        &mut self,
        ui: &mut egui::Ui,
        settings: &mut Settings,
        facts: Facts<'_>,
        asked: &mut Asked,
        theme: Theme,
    ) {
        ui.horizontal_wrapped(|ui| {
            ui.label("Folder");
            let field = egui::TextEdit::singleline(&mut self.folder)
                .hint_text("this user's data folder")
                .desired_width(320.0);
            let field = named(ui.add(field), "Folder of the recordings");
            if field.lost_focus() && self.folder != self.folder_text(settings) {
                if self.folder.trim().is_empty() {
                    self.set_folder(None, settings, asked);
                } else if let Some(folder) = folder_of(&self.folder) {
                    self.set_folder(Some(folder), settings, asked);
                } else {
                    let wrong = "A folder is named with its whole path";
                    self.folder_wrong = Some(wrong.to_owned());
                }
            }
            let choose = egui::Button::new("Choose…");
            if ui.add_enabled(self.dialog.is_none(), choose).clicked() {
                self.open_dialog(ui.ctx(), facts.folder);
            }
            if settings.recordings.is_some() && ui.button("Use the default").clicked() {
                self.set_folder(None, settings, asked);
            }
        });
        if let Some(wrong) = &self.folder_wrong {
            ui.colored_label(theme.alert, wrong);
        }
        let now = facts
            .folder
            .map_or("Nothing is recorded now".to_owned(), |folder| {
                let forced = if facts.forced {
                    ", as --out says until the window is closed"
                } else {
                    ""
                };
                format!("Saving to {}{forced}", folder.display())
            });
        ui.label(egui::RichText::new(now).color(theme.quiet));
        if let Some(why) = facts.nothing {
            let why = egui::RichText::new(why).color(theme.alert);
            ui.add(egui::Label::new(why).wrap());
        }
        let mut auto = facts.auto_record.unwrap_or(settings.auto_record);
        let text = "Record every game automatically";
        let checkbox = egui::Checkbox::new(&mut auto, text);
        let checkbox = ui.add_enabled(facts.auto_record.is_some(), checkbox);
        let changed = checkbox.changed();
        checkbox.on_hover_text("Games in which you act are recorded in any case");
        asked.auto_record = changed.then_some(auto);
        capture_ui(ui, settings, facts.capture, theme);
        ui.checkbox(&mut settings.welcome, "Show tips");
    }

    fn set_folder(&mut self, folder: Option<PathBuf>, settings: &mut Settings, asked: &mut Asked) {
        settings.recordings = folder;
        self.folder = self.folder_text(settings);
        self.folder_wrong = None;
        asked.folder = true;
    }

    fn open_dialog(&mut self, ctx: &egui::Context, start: Option<&std::path::Path>) {
        match Dialog::open(ctx, Pick::Folder, "Folder of the recordings", start) {
            Ok(dialog) => self.dialog = Some(dialog),
            Err(why) => self.folder_wrong = Some(why),
        }
    }

    fn take_folder(&mut self, settings: &mut Settings, asked: &mut Asked) {
        let chosen = self.dialog.as_mut().map(Dialog::take);
        match chosen {
            None | Some(dialog::Chosen::NotYet) => return,
            Some(dialog::Chosen::Path(folder)) if folder.to_str().is_some() => {
                self.set_folder(Some(folder), settings, asked);
            }
            Some(dialog::Chosen::Path(_)) => {
                let wrong = "The name of this folder is no text; choose another one";
                self.folder_wrong = Some(wrong.to_owned());
            }
            Some(dialog::Chosen::Nothing) => {}
            Some(dialog::Chosen::Missing) => {
                let wrong = format!("{}: type the path here", dialog::MISSING);
                self.folder_wrong = Some(wrong);
            }
        }
        self.dialog = None;
    }
}

/// The switch of the raw capture, and what it does while it is on.
fn capture_ui(
    ui: &mut egui::Ui,
    settings: &mut Settings,
    capture: Option<&CaptureState>,
    theme: Theme,
) {
    ui.checkbox(&mut settings.raw_capture, "Raw capture (for bug reports)")
        .on_hover_text(
            "Writes everything that goes over the connection to .captures in the folder of the recordings, \
             without secrets; at most 512 MB are kept",
        );
    let Some(capture) = capture else { return };
    if let Some(words) = capture_words(capture) {
        let color = if capture.trouble.is_some() {
            theme.alert
        } else {
            theme.quiet
        };
        ui.add(egui::Label::new(egui::RichText::new(words).color(color)).wrap());
    }
}

/// Draws the switch for the second press of an order button, and says what no limit does.
fn double_press_ui(ui: &mut egui::Ui, on: &mut bool) {
    let quiet = Theme::of(ui).quiet;
    let note = |ui: &mut egui::Ui, text: &str| {
        let text = egui::RichText::new(text).small().color(quiet);
        ui.add(egui::Label::new(text).wrap());
    };
    note(
        ui,
        "Neither STOP nor a limit ever blocks selling what you hold.",
    );
    ui.checkbox(on, "Ignore a double press of an order button");
    note(
        ui,
        "On: a second press of BUY, SELL or SIDEBET within 0.25 s sends nothing. Off: every press is an order.",
    );
}

fn heading(ui: &mut egui::Ui, text: &str) {
    ui.add_space(2.0 * GRID);
    ui.heading(text);
}

/// Gives a field its name for screen readers and tests.
pub(super) fn named(response: egui::Response, name: &str) -> egui::Response {
    response
        .ctx
        .accesskit_node_builder(response.id, |node| node.set_label(name));
    response
}

fn appearance_ui(ui: &mut egui::Ui, settings: &mut Settings) {
    ui.horizontal_wrapped(|ui| {
        ui.label("Theme");
        ui.selectable_value(&mut settings.look, ThemeChoice::Dark, "Dark");
        ui.selectable_value(&mut settings.look, ThemeChoice::Light, "Light");
        ui.selectable_value(&mut settings.look, ThemeChoice::System, "System");
    });
    ui.horizontal_wrapped(|ui| {
        let label = ui.label("Scale");
        let now = format!("{:.0} %", settings.scale * 100.0);
        let combo = egui::ComboBox::from_id_salt("scale")
            .width(72.0)
            .selected_text(now)
            .show_ui(ui, |ui| {
                for percent in SCALES {
                    let scale = f32::from(percent) / 100.0;
                    ui.selectable_value(&mut settings.scale, scale, format!("{percent} %"));
                }
            });
        combo.response.labelled_by(label.id);
    });
}
