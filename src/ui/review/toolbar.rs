//! The line above the cards: which sessions, and what to do with them.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use egui::{Align, Button, ComboBox, Layout, Popup, Rect, Ui, UiBuilder, vec2};
use rust_decimal::Decimal;

use crate::game::Time;
use crate::recording::Origin;
use crate::ui::format::{count, date_and_time, escaped, signed};
use crate::ui::library::{ORIGINS, origin_name};
use crate::ui::theme::role::CAPTION;
use crate::ui::theme::{CONTROL, Theme};
use crate::ui::widgets::{
    Icon, PushButton, Segment, SegmentStyle, combo_ui, icon_button_ui, segmented_ui, truncated_ui,
};

/// Sessions in the menu: the newest ones. Earlier ones are reached by the arrows, or from the library.
const IN_MENU: usize = 60;
/// The widest menu of a filter.
const MENU: f32 = 132.0;
/// Least width of the line for the long name of all sessions, and of the room for a remark.
const LONG_NAMES: f32 = 800.0;
const REMARK: f32 = 48.0;
/// Why a table cannot be exported.
const NOT_SHOWN: &str = "Available once one session is shown";

/// Which sessions are reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReviewScope {
    /// One.
    #[default]
    Session,
    /// Those that began on a day.
    Day,
    /// All of the folder.
    All,
}

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

/// What the line is drawn with.
#[derive(Debug, Clone, Copy)]
pub struct ToolbarContext<'a> {
    /// Which sessions are shown.
    pub scope: ReviewScope,
    /// The sessions, the newest first.
    pub choices: &'a [SessionChoice],
    /// The session that is chosen.
    pub chosen: Option<&'a Path>,
    /// Whether its trades are shown, so that they can be exported.
    pub can_export: bool,
    /// The day that is shown, the one before it and the one after it with sessions.
    pub days: [Option<NaiveDate>; 3],
    /// The source that is taken.
    pub origin: Option<Origin>,
    /// The tag that is taken, and all tags.
    pub tag: (Option<&'a str>, &'a [String]),
    /// How far the sessions are read.
    pub remark: Option<&'a str>,
}

/// What is written as CSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportKind {
    /// The round trips.
    Trades,
    /// The rows of the session.
    Actions,
}

/// What the player did in the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolbarAction {
    /// Show other sessions.
    Scope(ReviewScope),
    /// Show a session.
    Choose(PathBuf),
    /// Show a day.
    Day(NaiveDate),
    /// Take only this source.
    Origin(Option<Origin>),
    /// Take only this tag.
    Tag(Option<String>),
    /// Replay the session.
    Replay,
    /// Write the session as CSV.
    Export(ExportKind),
    /// Copy the page as a picture.
    CopyPicture,
    /// Put the session into one file for others.
    Share,
    /// Write the page as a picture.
    SavePicture,
}

/// Returns a number of sessions in words.
pub fn sessions(n: usize) -> String {
    count(n, "session")
}

/// Draws the line.
pub fn toolbar_ui(ui: &mut Ui, rect: Rect, context: &ToolbarContext<'_>) -> Option<ToolbarAction> {
    let mut action = None;
    let line = |layout| UiBuilder::new().max_rect(rect).layout(layout);
    let mut used = rect.right();
    ui.scope_builder(line(Layout::right_to_left(Align::Center)), |ui| {
        let can_replay = context.scope == ReviewScope::Session && context.chosen.is_some();
        ui.add_enabled_ui(can_replay, |ui| {
            let replay = PushButton::new("Replay").replay().icon(Icon::Play);
            let tip = "Replay the session from its start";
            if ui.add(replay).on_hover_text(tip).clicked() {
                action = Some(ToolbarAction::Replay);
            }
        });
        export_ui(ui, context, can_replay, &mut action);
        used = ui.min_rect().left();
    });
    let left = UiBuilder::new()
        .max_rect(rect.with_max_x(used - 8.0))
        .layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(left, |ui| {
        ui.spacing_mut().interact_size.y = CONTROL;
        let all = if rect.width() < LONG_NAMES {
            "All"
        } else {
            "All sessions"
        };
        let scopes = [
            Segment::text(ReviewScope::Session, "Session"),
            Segment::text(ReviewScope::Day, "Day"),
            Segment::text(ReviewScope::All, all),
        ];
        let scope = segmented_ui(ui, Some(context.scope), &scopes, SegmentStyle::default());
        action = action.take().or(scope.map(ToolbarAction::Scope));
        match context.scope {
            ReviewScope::Session => session_ui(ui, context, &mut action),
            ReviewScope::Day => {
                day_ui(ui, context, &mut action);
                filter_ui(ui, context, &mut action);
            }
            ReviewScope::All => filter_ui(ui, context, &mut action),
        }
        if let Some(remark) = context.remark
            && ui.available_width() >= REMARK
        {
            let quiet = Theme::of(ui).quiet;
            truncated_ui(ui, quiet, CAPTION.text(remark));
        }
    });
    action
}

fn export_ui(
    ui: &mut Ui,
    context: &ToolbarContext<'_>,
    has_session: bool,
    action: &mut Option<ToolbarAction>,
) {
    let button = ui.add(PushButton::new("Export"));
    Popup::menu(&button).show(|ui| {
        for (text, chosen) in [
            ("Trades as CSV", ToolbarAction::Export(ExportKind::Trades)),
            ("Orders as CSV", ToolbarAction::Export(ExportKind::Actions)),
        ] {
            let entry = ui.add_enabled(context.can_export, Button::new(text));
            if entry.on_disabled_hover_text(NOT_SHOWN).clicked() {
                *action = Some(chosen);
            }
        }
        for (text, chosen) in [
            ("Page as PNG", ToolbarAction::SavePicture),
            ("Copy picture", ToolbarAction::CopyPicture),
        ] {
            if ui.button(text).clicked() {
                *action = Some(chosen);
            }
        }
        if ui.add_enabled(has_session, Button::new("Share…")).clicked() {
            *action = Some(ToolbarAction::Share);
        }
    });
}

fn session_ui(ui: &mut Ui, context: &ToolbarContext<'_>, action: &mut Option<ToolbarAction>) {
    let choices = context.choices;
    let place = choices
        .iter()
        .position(|choice| Some(choice.path.as_path()) == context.chosen);
    let current = place.and_then(|place| choices.get(place));
    let name = current.map_or("No session".to_owned(), SessionChoice::name);
    let combo = ComboBox::from_id_salt("session")
        .width(170.0)
        .height(420.0)
        .selected_text(name);
    let options = choices
        .iter()
        .enumerate()
        .take(IN_MENU)
        .map(|(place, choice)| {
            let text = format!("{}   {}", choice.name(), signed(choice.pnl));
            (Some(place), text)
        });
    let (_, clicked) = combo_ui(ui, combo, "Chosen session", place, options);
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
}

fn day_ui(ui: &mut Ui, context: &ToolbarContext<'_>, action: &mut Option<ToolbarAction>) {
    let [day, before, after] = context.days;
    let text = day.map_or("No day".to_owned(), |day| {
        day.format("%-d %b %Y").to_string()
    });
    ui.label(text);
    for (icon, name, day) in [
        (Icon::Back, "Earlier day", before),
        (Icon::Forward, "Later day", after),
    ] {
        ui.add_enabled_ui(day.is_some(), |ui| {
            if icon_button_ui(ui, icon, name, false).clicked() {
                *action = day.map(ToolbarAction::Day);
            }
        });
    }
}

fn filter_ui(ui: &mut Ui, context: &ToolbarContext<'_>, action: &mut Option<ToolbarAction>) {
    let (tag, tags) = context.tag;
    let has_tags = !tags.is_empty() || tag.is_some();
    // In a small window the menus share the room that is left; what does not fit ends in "…".
    let menus = if has_tags { 2.0 } else { 1.0 };
    let gaps = (menus - 1.0) * ui.spacing().item_spacing.x;
    let width = ((ui.available_width() - gaps) / menus).min(MENU);
    let name = |origin: Option<Origin>| origin.map_or("All sources", origin_name);
    let options = std::iter::once(None).chain(ORIGINS.map(Some));
    let options = options.map(|origin| (origin, name(origin).to_owned()));
    let source = ("Reviewed source", context.origin, name(context.origin));
    if let Some(origin) = menu_ui(ui, width, source, options) {
        *action = Some(ToolbarAction::Origin(origin));
    }
    if !has_tags {
        return;
    }
    let all = std::iter::once((None, "All tags".to_owned()));
    let options = all.chain(tags.iter().map(|tag| (Some(tag.as_str()), escaped(tag))));
    let chosen = ("Reviewed tag", tag, tag.unwrap_or("All tags"));
    if let Some(tag) = menu_ui(ui, width, chosen, options) {
        *action = Some(ToolbarAction::Tag(tag.map(ToOwned::to_owned)));
    }
}

/// Draws the menu of a filter, exactly as wide as this. Returns the option that was clicked.
fn menu_ui<T: PartialEq + Copy>(
    ui: &mut Ui,
    width: f32,
    (name, current, text): (&str, T, &str),
    options: impl IntoIterator<Item = (T, String)>,
) -> Option<T> {
    let text = escaped(text);
    let layout = Layout::left_to_right(Align::Center);
    let shown = ui.allocate_ui_with_layout(vec2(width, CONTROL), layout, |ui| {
        let combo = ComboBox::from_id_salt(name)
            .width(width)
            .truncate()
            .selected_text(text.as_str());
        combo_ui(ui, combo, name, current, options)
    });
    let (response, clicked) = shown.inner;
    response.on_hover_text(format!("{name}: {text}"));
    clicked
}
