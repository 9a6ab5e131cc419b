//! The page of the settings. It edits the settings directly; text that cannot be used yet stays in its field with the
//! reason below.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use egui::{ComboBox, TextEdit, Ui};

use super::browser::command_ui;
use super::dialog::{self, Dialog, DialogKind, DialogResult};
use super::key_editor::KeyEditor;
use super::limit_fields::LimitFields;
use super::theme::{GRID, Theme, small};
use super::top_bar::{SourceChoice, capture_text, speed_ui};
use super::widgets::{named, wrapped_ui};
use crate::capture::CaptureState;
use crate::feed::{Address, BrowserAddress};
use crate::settings::{BROWSER, Settings, SourceKind, ThemeChoice, folder_of};
use crate::table::Speed;

/// The scales that can be chosen, in percent.
const SCALES: [u16; 10] = [75, 90, 100, 110, 125, 150, 175, 200, 250, 300];
const BROWSER_TIP: &str = "You play in your own page; nothing is ever sent or pressed from here";
const LIVE_TIP: &str = "Watched, with a wallet on this computer; nothing is ever sent";

/// A text field and why its text cannot be used.
#[derive(Debug, Default)]
struct Field {
    text: String,
    error: Option<String>,
    /// Whether to move the focus to it.
    focus: bool,
}

impl Field {
    fn new(text: String) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }

    /// Shows the error of its text, if any. Returns whether there was none.
    fn accept<T, E: Display>(&mut self, parsed: Result<T, E>) -> bool {
        self.error = parsed.err().map(|error| error.to_string());
        self.error.is_none()
    }
}

/// The state of the page.
#[derive(Debug, Default)]
pub struct SettingsPage {
    keys: KeyEditor,
    folder: Field,
    url: Field,
    browser: Field,
    limits: LimitFields,
    dialog: Option<Dialog>,
}

/// What the page asks for, apart from the changed settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SettingsAction {
    /// Change the source or its speed.
    Choose(SourceChoice),
    /// Connect to the address of this kind in the settings.
    Connect(SourceKind),
    /// The folder of the recordings has changed.
    FolderChanged,
    /// Turn auto-record on or off.
    AutoRecord(bool),
}

/// What the page shows in addition to the settings.
#[derive(Debug, Clone, Copy)]
pub struct SettingsContext<'a> {
    /// The running source.
    pub running: SourceKind,
    /// The current speed of the practice table.
    pub speed: Speed,
    /// The current folder of the recordings.
    pub folder: Option<&'a Path>,
    /// Why no source runs.
    pub failure: Option<&'a str>,
    /// Whether the command line sets the folder.
    pub folder_is_fixed: bool,
    /// The settings file.
    pub file: &'a Path,
    /// Why the last change was not saved.
    pub save_error: Option<&'a str>,
    /// Whether auto-record is on; `None` while the source is being changed.
    pub auto_record: Option<bool>,
    /// The raw capture of the running source.
    pub capture: Option<&'a CaptureState>,
}

impl SettingsPage {
    /// Returns the page of these settings.
    pub fn new(settings: &Settings) -> Self {
        Self {
            folder: Field::new(folder_text(settings)),
            url: Field::new(settings.url.clone()),
            browser: Field::new(settings.browser.clone()),
            limits: LimitFields::new(&settings.limits),
            ..Self::default()
        }
    }

    /// Sets limits that were typed and not set yet. To be called when the page is no longer shown.
    pub fn leave(&mut self, settings: &mut Settings) {
        self.limits.leave(&mut settings.limits);
    }

    /// Moves the focus to the field of the other address.
    pub fn focus_address(&mut self) {
        self.url.focus = true;
    }

    /// Draws the page.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        settings: &mut Settings,
        context: SettingsContext<'_>,
    ) -> Vec<SettingsAction> {
        let mut actions = Vec::new();
        self.take_dialog(settings, &mut actions);
        let theme = Theme::of(ui);
        let scroll = egui::ScrollArea::vertical().id_salt("settings");
        scroll.auto_shrink([false, true]).show(ui, |ui| {
            ui.set_max_width(720.0);
            ui.spacing_mut().item_spacing.y = 2.0 * GRID;
            if let Some(error) = context.save_error {
                wrapped_ui(ui, theme.amber, error);
            }
            heading_ui(ui, "Appearance");
            appearance_ui(ui, settings);
            heading_ui(ui, "Source");
            self.source_ui(ui, settings, context, &mut actions);
            heading_ui(ui, "Recordings");
            self.recordings_ui(ui, settings, context, &mut actions);
            heading_ui(ui, "Limits");
            self.limits.ui(ui, &mut settings.limits);
            double_press_ui(ui, &mut settings.ignore_double_press);
            ui.collapsing("Keys", |ui| self.keys.ui(ui, &mut settings.keys, |_| true));
            ui.add_space(4.0 * GRID);
            let file = format!("Settings file {}", context.file.display());
            ui.colored_label(theme.quiet, small(file));
        });
        actions
    }

    fn source_ui(
        &mut self,
        ui: &mut Ui,
        settings: &mut Settings,
        context: SettingsContext<'_>,
        actions: &mut Vec<SettingsAction>,
    ) {
        let choose = |kind| SettingsAction::Choose(SourceChoice::Source(kind));
        ui.horizontal_wrapped(|ui| {
            let practice = context.running == SourceKind::Practice;
            if ui.radio(practice, "Practice table").clicked() {
                actions.push(choose(SourceKind::Practice));
            }
            ui.label("at speed");
            let speed = speed_ui(ui, "speed on the page", context.speed);
            actions.extend(speed.map(SettingsAction::Choose));
        });
        let live = ui.radio(context.running == SourceKind::Live, "Live feed rugs.fun");
        if live.on_hover_text(LIVE_TIP).clicked() {
            actions.push(choose(SourceKind::Live));
        }
        ui.horizontal_wrapped(|ui| {
            let radio = ui.radio(context.running == SourceKind::Url, "Another address");
            let hint = "https://… or http://127.0.0.1:PORT";
            // Both buttons say "Connect": screen readers need to tell them apart.
            let names = ["Address of another source", "Connect to the address"];
            let connect = address_ui(ui, &mut self.url, hint, 320.0, names);
            let connect = radio.clicked() || connect;
            if connect && self.url.accept(Address::parse(&self.url.text)) {
                self.url.text.trim().clone_into(&mut settings.url);
                actions.push(SettingsAction::Connect(SourceKind::Url));
            }
        });
        error_ui(ui, &self.url);
        ui.horizontal_wrapped(|ui| {
            let radio = ui.radio(context.running == SourceKind::Browser, "My browser");
            let radio = radio.on_hover_text(BROWSER_TIP);
            let names = ["Address of the browser", "Connect to the browser"];
            let connect = address_ui(ui, &mut self.browser, BROWSER, 160.0, names);
            let connect = radio.clicked() || connect;
            if connect
                && self
                    .browser
                    .accept(self.browser.text.parse::<BrowserAddress>())
            {
                self.browser.text.trim().clone_into(&mut settings.browser);
                actions.push(SettingsAction::Connect(SourceKind::Browser));
            }
        });
        error_ui(ui, &self.browser);
        command_ui(ui, &settings.browser);
    }

    fn recordings_ui(
        &mut self,
        ui: &mut Ui,
        settings: &mut Settings,
        context: SettingsContext<'_>,
        actions: &mut Vec<SettingsAction>,
    ) {
        let theme = Theme::of(ui);
        ui.horizontal_wrapped(|ui| {
            ui.label("Folder");
            let field = TextEdit::singleline(&mut self.folder.text)
                .hint_text("this user's data folder")
                .desired_width(320.0);
            let field = named(ui.add(field), "Folder of the recordings");
            if field.lost_focus() && self.folder.text != folder_text(settings) {
                if self.folder.text.trim().is_empty() {
                    self.set_folder(None, settings, actions);
                } else if let Some(folder) = folder_of(&self.folder.text) {
                    self.set_folder(Some(folder), settings, actions);
                } else {
                    let error = "A folder is named with its whole path";
                    self.folder.error = Some(error.to_owned());
                }
            }
            let choose = egui::Button::new("Choose…");
            if ui.add_enabled(self.dialog.is_none(), choose).clicked() {
                let title = "Folder of the recordings";
                match Dialog::open(ui.ctx(), DialogKind::Folder, title, context.folder) {
                    Ok(dialog) => self.dialog = Some(dialog),
                    Err(error) => self.folder.error = Some(error),
                }
            }
            if settings.recordings.is_some() && ui.button("Use the default").clicked() {
                self.set_folder(None, settings, actions);
            }
        });
        error_ui(ui, &self.folder);
        let saving_to = match context.folder {
            None => "Nothing is recorded now".to_owned(),
            Some(folder) => {
                let fixed = if context.folder_is_fixed {
                    ", as --out says until the window is closed"
                } else {
                    ""
                };
                format!("Saving to {}{fixed}", folder.display())
            }
        };
        ui.colored_label(theme.quiet, saving_to);
        if let Some(failure) = context.failure {
            wrapped_ui(ui, theme.amber, failure);
        }
        let mut auto = context.auto_record.unwrap_or(settings.auto_record);
        let switch = egui::Checkbox::new(&mut auto, "Record every game automatically");
        let switch = ui.add_enabled(context.auto_record.is_some(), switch);
        let tip = "Games in which you act are recorded in any case";
        if switch.on_hover_text(tip).changed() {
            actions.push(SettingsAction::AutoRecord(auto));
        }
        capture_ui(ui, &mut settings.raw_capture, context.capture);
        ui.checkbox(&mut settings.welcome, "Show tips");
    }

    fn set_folder(
        &mut self,
        folder: Option<PathBuf>,
        settings: &mut Settings,
        actions: &mut Vec<SettingsAction>,
    ) {
        settings.recordings = folder;
        self.folder = Field::new(folder_text(settings));
        actions.push(SettingsAction::FolderChanged);
    }

    fn take_dialog(&mut self, settings: &mut Settings, actions: &mut Vec<SettingsAction>) {
        let Some(dialog) = &mut self.dialog else {
            return;
        };
        match dialog.take() {
            DialogResult::Open => return,
            DialogResult::Path(folder) if folder.to_str().is_some() => {
                self.set_folder(Some(folder), settings, actions);
            }
            DialogResult::Path(_) => {
                let error = "The name of this folder is no text; choose another one";
                self.folder.error = Some(error.to_owned());
            }
            DialogResult::Cancelled => {}
            DialogResult::Missing => {
                let error = format!("{}: type the path here", dialog::MISSING);
                self.folder.error = Some(error);
            }
        }
        self.dialog = None;
    }
}

fn folder_text(settings: &Settings) -> String {
    let folder = settings.recordings.as_ref();
    folder.map_or(String::new(), |folder| folder.display().to_string())
}

fn error_ui(ui: &mut Ui, field: &Field) {
    if let Some(error) = &field.error {
        ui.colored_label(Theme::of(ui).amber, error);
    }
}

/// Draws the field of an address and the button that connects. Returns whether to connect.
fn address_ui(
    ui: &mut Ui,
    field: &mut Field,
    hint: &str,
    width: f32,
    [field_name, button_name]: [&str; 2],
) -> bool {
    let edit = TextEdit::singleline(&mut field.text)
        .hint_text(hint)
        .desired_width(width);
    let edit = named(ui.add(edit), field_name);
    if std::mem::take(&mut field.focus) {
        edit.request_focus();
    }
    let enter = ui.input(|input| input.key_pressed(egui::Key::Enter));
    let button = named(ui.button("Connect"), button_name);
    (edit.lost_focus() && enter) || button.clicked()
}

/// Draws the switch of the raw capture and its state.
fn capture_ui(ui: &mut Ui, on: &mut bool, capture: Option<&CaptureState>) {
    let theme = Theme::of(ui);
    ui.checkbox(on, "Raw capture (for bug reports)").on_hover_text(
        "Writes everything that goes over the connection to .captures in the folder of the recordings, \
         without secrets; at most 512 MB are kept",
    );
    if let Some(capture) = capture
        && let Some(words) = capture_text(capture)
    {
        let failed = capture.trouble.is_some();
        let colour = if failed { theme.amber } else { theme.quiet };
        wrapped_ui(ui, colour, words);
    }
}

/// Draws the switch that ignores double presses, and states what no limit blocks.
fn double_press_ui(ui: &mut Ui, on: &mut bool) {
    let quiet = Theme::of(ui).quiet;
    let selling = "Neither STOP nor a limit ever blocks selling what you hold.";
    wrapped_ui(ui, quiet, small(selling));
    ui.checkbox(on, "Ignore a double press of an order button");
    let effect = "On: a second press of BUY, SELL or SIDEBET within 0.25 s sends nothing. Off: every press is an order.";
    wrapped_ui(ui, quiet, small(effect));
}

fn heading_ui(ui: &mut Ui, text: &str) {
    ui.add_space(2.0 * GRID);
    ui.heading(text);
}

fn appearance_ui(ui: &mut Ui, settings: &mut Settings) {
    ui.horizontal_wrapped(|ui| {
        ui.label("Theme");
        ui.selectable_value(&mut settings.look, ThemeChoice::Dark, "Dark");
        ui.selectable_value(&mut settings.look, ThemeChoice::Light, "Light");
        ui.selectable_value(&mut settings.look, ThemeChoice::System, "System");
    });
    ui.horizontal_wrapped(|ui| {
        let label = ui.label("Scale");
        let current = format!("{:.0} %", settings.scale * 100.0);
        let combo = ComboBox::from_id_salt("scale")
            .width(72.0)
            .selected_text(current);
        let combo = combo.show_ui(ui, |ui| {
            for percent in SCALES {
                let scale = f32::from(percent) / 100.0;
                ui.selectable_value(&mut settings.scale, scale, format!("{percent} %"));
            }
        });
        combo.response.labelled_by(label.id);
    });
}
