//! Guides in the place of the empty chart: how to connect a browser, and what to do without a connection.

use chrono::{DateTime, Utc};
use egui::{Align, Layout, Rect, Stroke, Ui, UiBuilder, vec2};

use super::browser::trades_in_browser;
use super::browser_launch::BrowserLaunch;
use super::next_try::next_try_text;
use super::theme::role::{BODY, CAPTION, STRONG, TITLE};
use super::theme::{PADDING, Theme};
use super::widgets::{
    Icon, Lamp, PushButton, icon_link_ui, lamp_ui, line_galley, link_ui, paint_line,
};
use crate::engine::View;
use crate::feed::{BrowserAddress, DisconnectReason, FeedState, browser_command};
use crate::settings::BROWSER;

/// The widest guide.
const WIDTH: f32 = 720.0;
/// Height of a step, and without room for its explanation.
const STEP: f32 = 72.0;
const SHORT_STEP: f32 = 40.0;
/// The least height of a plot with room for the explanations.
const ROOMY: f32 = 400.0;

/// What the player chose in a guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuideAction {
    /// Try to connect now.
    TryNow,
    /// Go to the practice table.
    Practice,
    /// Watch the live feed without a browser.
    Watch,
}

/// Returns why there is no connection, also during the next attempt.
fn trouble(view: &View) -> Option<&DisconnectReason> {
    match &view.feed {
        FeedState::Down { why, .. }
        | FeedState::Connecting {
            after: Some(why), ..
        } => Some(why),
        _ => None,
    }
}

/// Whether a guide replaces the chart: after the first failure until there is a connection.
pub fn needs_guide(view: &View) -> bool {
    trouble(view).is_some()
}

/// Draws the guide for the state of the connection to `host` at the time `now` into an empty plot.
pub fn guide_ui(
    ui: &mut Ui,
    view: &View,
    host: &str,
    now: DateTime<Utc>,
    plot: Rect,
) -> Option<GuideAction> {
    let why = trouble(view)?;
    let next_try = next_try_text(&view.feed, now);
    let width = (plot.width() - 2.0 * PADDING).min(WIDTH);
    let top = if plot.height() > ROOMY { 40.0 } else { 8.0 };
    let left_side = plot.center().x - width / 2.0;
    let rect = Rect::from_min_size(
        egui::pos2(left_side, plot.top() + top),
        vec2(width, plot.height() - top),
    );
    let mut inside = ui.new_child(UiBuilder::new().max_rect(rect).id_salt("guide"));
    inside.set_clip_rect(plot.intersect(ui.clip_rect()));
    let ui = &mut inside;
    ui.spacing_mut().item_spacing = vec2(16.0, 8.0);
    if trades_in_browser(view) {
        browser_guide_ui(ui, why, next_try)
    } else {
        offline_guide_ui(ui, why, host, next_try)
    }
}

fn offline_guide_ui(
    ui: &mut Ui,
    why: &DisconnectReason,
    host: &str,
    next_try: Option<String>,
) -> Option<GuideAction> {
    let theme = Theme::of(ui);
    let title = format!("No connection to {host}");
    ui.add(egui::Label::new(TITLE.sized(24.0).text(title)).wrap());
    let words = why.naming(host);
    ui.add(egui::Label::new(BODY.text(words).color(theme.quiet)).wrap());
    ui.label(BODY.text(next_try.unwrap_or_default()));
    ui.horizontal_wrapped(|ui| {
        if ui.add(PushButton::new("Try now").primary()).clicked() {
            Some(GuideAction::TryNow)
        } else if ui.add(PushButton::new("Practice table")).clicked() {
            Some(GuideAction::Practice)
        } else {
            None
        }
    })
    .inner
}

fn browser_guide_ui(
    ui: &mut Ui,
    why: &DisconnectReason,
    next_try: Option<String>,
) -> Option<GuideAction> {
    let theme = Theme::of(ui);
    let address = match why {
        DisconnectReason::NoBrowser(address) => address.as_str(),
        _ => BROWSER,
    };
    let answers = !matches!(
        why,
        DisconnectReason::NoBrowser(_) | DisconnectReason::BrowserGone
    );
    let launch = BrowserLaunch::of(ui.ctx());
    launch.search(ui.ctx());
    let found = launch.found();
    let name = found.as_ref().map_or("Chromium", |browser| browser.name);
    ui.label(TITLE.sized(24.0).text("Connect your browser"));
    if ui.max_rect().height() > ROOMY {
        let words = "You play on rugs.fun in your browser. Pianola watches that page, records your orders and checks the server's numbers.";
        ui.add(egui::Label::new(BODY.text(words).color(theme.quiet)).wrap());
    }
    let mut action = None;
    let close = format!("Close {name}");
    let note = if answers {
        "A browser answers".to_owned()
    } else {
        DisconnectReason::NoBrowser(address.to_owned()).in_the_window()
    };
    step_ui(ui, 1, &close, &note, |ui| {
        if answers {
            lamp_ui(ui, Lamp::Checked);
        } else if ui.add(PushButton::new("Check again")).clicked() {
            action = Some(GuideAction::TryNow);
        }
    });
    let start = format!("Start {name} with the game profile");
    let failed = launch.failed();
    let note = failed
        .as_deref()
        .unwrap_or("Opens rugs.fun. Your normal profile is not touched.");
    let parsed = address.parse::<BrowserAddress>().ok();
    step_ui(ui, 2, &start, note, |ui| {
        let text = format!("Start {name}");
        match (answers, found, parsed) {
            (true, ..) => lamp_ui(ui, Lamp::Checked),
            (false, Some(browser), Some(address)) => {
                if ui.add(PushButton::new(&text).primary()).clicked() {
                    launch.start(ui.ctx(), browser, address);
                }
            }
            _ => {
                ui.label(CAPTION.text("no browser found").color(theme.amber));
            }
        }
    });
    let note = if answers {
        why.in_the_window()
    } else {
        "Pianola connects as soon as the page is open.".to_owned()
    };
    step_ui(ui, 3, "Log in on the page", &note, |ui| {
        ui.label(CAPTION.text("not seen yet").color(theme.quiet));
        lamp_ui(ui, Lamp::Off);
    });
    ui.horizontal_wrapped(|ui| {
        ui.label(BODY.text("Other ways").color(theme.quiet));
        if icon_link_ui(ui, Icon::Copy, "Copy the start command").clicked() {
            ui.ctx().copy_text(browser_command(address));
        }
        if link_ui(ui, "Watch without browser").clicked() {
            action = Some(GuideAction::Watch);
        }
        if link_ui(ui, "Back to practice").clicked() {
            action = Some(GuideAction::Practice);
        }
        if let Some(next_try) = next_try {
            ui.label(CAPTION.text(next_try).color(theme.quiet));
        }
    });
    action
}

/// Draws a step: its number, what to do, an explanation, and a control at the right.
fn step_ui(ui: &mut Ui, number: u8, title: &str, note: &str, control: impl FnOnce(&mut Ui)) {
    let theme = Theme::of(ui);
    let roomy = ui.max_rect().height() > ROOMY;
    let (height, indent) = if roomy {
        (STEP, 64.0)
    } else {
        (SHORT_STEP, 44.0)
    };
    let size = vec2(ui.available_width(), height);
    let (rect, row) = ui.allocate_exact_size(size, egui::Sense::hover());
    let frame = Stroke::new(1.0, theme.line);
    let painter = ui.painter();
    painter.rect(rect, 8, theme.raised, frame, egui::StrokeKind::Inside);
    let centre = rect.left_center() + vec2(indent / 2.0, 0.0);
    let radius = if roomy { 15.0 } else { 12.0 };
    painter.circle_stroke(centre, radius, Stroke::new(2.0, theme.accent));
    let digit = line_galley(ui, &[(STRONG, &number.to_string(), theme.text)], 0.0, 30.0);
    let left = centre - vec2(digit.size().x / 2.0, 0.0);
    paint_line(painter, left, digit);
    let room = Rect::from_min_max(rect.min + vec2(indent, 0.0), rect.max - vec2(16.0, 0.0));
    let inside = UiBuilder::new()
        .max_rect(room)
        .layout(Layout::right_to_left(Align::Center));
    let mut inside = ui.new_child(inside.id_salt(number));
    control(&mut inside);
    inside.with_layout(Layout::top_down(Align::Min), |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.add_space(if roomy { 14.0 } else { 11.0 });
        let role = if roomy { TITLE } else { STRONG };
        ui.add(egui::Label::new(role.text(title)).truncate());
        if roomy {
            let note = egui::Label::new(BODY.text(note).color(theme.quiet)).truncate();
            ui.add(note);
        }
    });
    if !roomy {
        row.on_hover_text(note);
    }
}
