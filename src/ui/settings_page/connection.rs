//! Where the games come from: the sources and their addresses.

use egui::{Align, Color32, Key, Layout, Ui};

use super::rows::{Field, section_ui};
use super::{SettingsAction, SettingsContext};
use crate::feed::{Address, AddressError, BrowserAddress};
use crate::settings::{BROWSER, Settings, SourceKind};
use crate::ui::theme::Theme;
use crate::ui::theme::role::CAPTION;
use crate::ui::top_bar::{SourceChoice, speed_ui};
use crate::ui::widgets::{PushButton, named};

/// The fields of the addresses.
#[derive(Debug, Default)]
pub struct Connection {
    url: Field,
    browser: Field,
}

impl Connection {
    /// Returns the fields with the addresses of the settings.
    pub fn new(settings: &Settings) -> Self {
        Self {
            url: Field::new(settings.url.clone()),
            browser: Field::new(settings.browser.clone()),
        }
    }

    /// Moves the focus to the field of the other address.
    pub fn focus_address(&mut self) {
        self.url.focus = true;
    }

    /// Draws a row per source.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        settings: &mut Settings,
        context: SettingsContext<'_>,
        actions: &mut Vec<SettingsAction>,
    ) {
        let theme = Theme::of(ui);
        let running = context.running;
        let choose = |kind| SettingsAction::Choose(SourceChoice::Source(kind));
        section_ui(ui, "Connection", "where the games come from", |ui| {
            let quiet = theme.quiet;
            let practice = ("Practice table", "Real game rules, play money", quiet);
            let (clicked, ()) =
                source_row_ui(ui, running == SourceKind::Practice, practice, |ui| {
                    let speed = speed_ui(ui, "speed on the page", context.speed);
                    actions.extend(speed.map(SettingsAction::Choose));
                });
            actions.extend(clicked.then_some(choose(SourceKind::Practice)));
            let note = "Watch only: nothing is sent to rugs.fun. Trade with a paper balance at live prices.";
            let live = ("Live feed rugs.fun", note, quiet);
            let (clicked, ()) = source_row_ui(ui, running == SourceKind::Live, live, |_| ());
            actions.extend(clicked.then_some(choose(SourceKind::Live)));

            let note = "Play in your browser. Pianola watches and records your orders.";
            let (note, colour) = self.browser.note(&theme, note);
            let (note, field) = (note.to_owned(), &mut self.browser);
            let row = ("My browser", note.as_str(), colour);
            let (clicked, connect) = source_row_ui(ui, running == SourceKind::Browser, row, |ui| {
                let names = ["Address of the browser", "Connect to the browser"];
                address_ui(ui, field, BROWSER, 132.0, names)
            });
            if clicked || connect {
                let parsed = self.browser.text.parse::<BrowserAddress>();
                if self.browser.accept(parsed).is_some() {
                    self.browser.text.trim().clone_into(&mut settings.browser);
                    actions.push(SettingsAction::Connect(SourceKind::Browser));
                }
            }
            let (note, colour) = self.url.note(&theme, "A server of the same game");
            let (note, field) = (note.to_owned(), &mut self.url);
            let row = ("Another address", note.as_str(), colour);
            let (clicked, connect) = source_row_ui(ui, running == SourceKind::Url, row, |ui| {
                // Both buttons say "Connect", so each has a name of its own for screen readers.
                let names = ["Address of another source", "Connect to the address"];
                address_ui(ui, field, "https://…", 176.0, names)
            });
            if clicked || connect {
                let parsed = Address::parse(&self.url.text).map_err(|error| help(&error));
                if self.url.accept(parsed).is_some() {
                    self.url.text.trim().clone_into(&mut settings.url);
                    actions.push(SettingsAction::Connect(SourceKind::Url));
                }
            }
        });
    }
}

/// Returns what a good address looks like.
fn help(error: &AddressError) -> String {
    let example = "Example: https://backend.rugs.fun";
    match error {
        AddressError::Unreadable(_) | AddressError::NoHost => {
            format!("Not a valid address. {example}")
        }
        AddressError::Scheme(_) => format!("An address starts with https://. {example}"),
        AddressError::Credentials => {
            format!("No user name or password in the address. {example}")
        }
        AddressError::Unencrypted(host) => {
            format!("{host} is not this computer: use https://. {example}")
        }
    }
}

/// Draws the row of a source. Returns whether it was chosen, and the result of its control.
fn source_row_ui<R>(
    ui: &mut Ui,
    on: bool,
    (name, note, colour): (&str, &str, Color32),
    control: impl FnOnce(&mut Ui) -> R,
) -> (bool, R) {
    let line = Theme::of(ui).line;
    let width = ui.available_width();
    let (rect, _) = ui.allocate_exact_size(egui::vec2(width, 1.0), egui::Sense::empty());
    ui.painter().rect_filled(rect, 0, line);
    let size = egui::vec2(width, 44.0);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.set_min_height(size.y);
        let result = control(ui);
        let clicked = ui.with_layout(Layout::top_down(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add_space(2.0);
            let clicked = ui.radio(on, name).clicked();
            let text = CAPTION.text(note).color(colour);
            let indented = egui::Frame::new().inner_margin(egui::Margin {
                left: 20,
                ..egui::Margin::ZERO
            });
            indented.show(ui, |ui| ui.add(egui::Label::new(text).wrap()));
            clicked
        });
        (clicked.inner, result)
    })
    .inner
}

/// Draws the field of an address and the button that connects. Returns whether to connect.
fn address_ui(
    ui: &mut Ui,
    field: &mut Field,
    hint: &str,
    width: f32,
    [field_name, button_name]: [&str; 2],
) -> bool {
    let button = PushButton::new("Connect").size(0.0, 28.0);
    let button = named(ui.add(button), button_name);
    let edit = field.ui(ui, field_name, hint, width);
    let enter = ui.input(|input| input.key_pressed(Key::Enter));
    (edit.lost_focus() && enter) || button.clicked()
}
