//! The line above the cards: which sessions, and what to do with them.

use std::path::{Path, PathBuf};

use egui::{Align, ComboBox, Layout, Rect, Ui, UiBuilder};
use rust_decimal::Decimal;

use crate::game::Time;
use crate::ui::format::{date_and_time, signed};
use crate::ui::theme::role::CAPTION;
use crate::ui::theme::{CONTROL, Theme};
use crate::ui::widgets::{Icon, PushButton, combo_ui, icon_button_ui};

/// Sessions in the menu: the newest ones. Earlier ones are reached by the arrows, or from the library.
const IN_MENU: usize = 60;

/// A session that can be chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionChoice {
    /// Its file, or the journal of the running one.
    pub path: PathBuf,
    /// Its start.
    pub start: Time,
    /// Its realised P&L, in SOL.
    pub pnl: Decimal,
    /// It is being recorded.
    pub is_running: bool,
}

impl SessionChoice {
    fn name(&self) -> String {
        if self.is_running {
            format!("Now, since {}", date_and_time(self.start))
        } else {
            date_and_time(self.start)
        }
    }
}

/// What the player did in the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolbarAction {
    /// Show a session.
    Choose(PathBuf),
    /// Replay it.
    Replay,
}

/// Draws the line. `choices` begins with the newest session.
pub fn toolbar_ui(
    ui: &mut Ui,
    rect: Rect,
    choices: &[SessionChoice],
    chosen: Option<&Path>,
) -> Option<ToolbarAction> {
    let mut action = None;
    let line = |layout| UiBuilder::new().max_rect(rect).layout(layout);
    let mut used = rect.right();
    ui.scope_builder(line(Layout::right_to_left(Align::Center)), |ui| {
        ui.add_enabled_ui(chosen.is_some(), |ui| {
            let replay = PushButton::new("Replay").replay().icon(Icon::Play);
            let tip = "Replay the session from its start";
            if ui.add(replay).on_hover_text(tip).clicked() {
                action = Some(ToolbarAction::Replay);
            }
        });
        used = ui.min_rect().left();
    });
    let left = rect.with_max_x(used - 8.0);
    let builder = UiBuilder::new()
        .max_rect(left)
        .layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        let place = choices
            .iter()
            .position(|choice| Some(choice.path.as_path()) == chosen);
        session_ui(ui, choices, place, &mut action);
    });
    action
}

fn session_ui(
    ui: &mut Ui,
    choices: &[SessionChoice],
    place: Option<usize>,
    action: &mut Option<ToolbarAction>,
) {
    let current = place.and_then(|place| choices.get(place));
    let name = current.map_or("No session".to_owned(), SessionChoice::name);
    ui.spacing_mut().interact_size.y = CONTROL;
    let combo = ComboBox::from_id_salt("session")
        .width(190.0)
        .height(420.0)
        .selected_text(name);
    let options = choices
        .iter()
        .enumerate()
        .take(IN_MENU)
        .map(|(place, choice)| {
            (
                Some(place),
                format!("{}   {}", choice.name(), signed(choice.pnl)),
            )
        });
    let (_, clicked) = combo_ui(ui, combo, "Session", place, options);
    let step = |by: isize| {
        let to = place?.checked_add_signed(by)?;
        (to < choices.len()).then_some(to)
    };
    let mut to = clicked.flatten();
    for (icon, name, place) in [
        (Icon::Back, "Earlier session", step(1)),
        (Icon::Forward, "Later session", step(-1)),
    ] {
        ui.add_enabled_ui(place.is_some(), |ui| {
            if icon_button_ui(ui, icon, name, false).clicked() {
                to = place;
            }
        });
    }
    if let Some(choice) = to.and_then(|to| choices.get(to)) {
        *action = Some(ToolbarAction::Choose(choice.path.clone()));
    }
    if choices.len() > IN_MENU {
        let theme = Theme::of(ui);
        let text = format!("{} sessions", choices.len());
        ui.label(CAPTION.text(text).color(theme.quiet));
    }
}
