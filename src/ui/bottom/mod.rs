//! The cards below the chart: the tabs with trades, sidebets, notes and messages, the results by game, and the session.

mod by_game;
mod cells;
mod columns;
mod curve;
mod drift_row;
mod game_row;
mod session_card;
mod trade_list;
mod trade_table;
mod trade_text;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use egui::{Align, Layout, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use self::by_game::by_game_ui;
use self::session_card::{replay_ui, session_ui};
use self::trade_list::ListedRows;
use self::trade_table::{TradeTable, trade_table_ui};
use super::degraded::unless_minimal_ui;
use super::layout::{BottomForm, BottomRegion};
use super::notes::{ShownNote, note_list_ui};
use super::notices::Notices;
use super::page_part::{PageAction, card_ui, part_ui};
use super::status_line::{NO_NOTICES, notice_ui};
use super::theme::role::{BODY, STRONG};
use super::theme::{RADIUS, ROW, Theme};
use super::widgets::{line_galley, paint_line, text_galley};
use crate::account::{SessionSums, Statistics};
use crate::engine::View;

/// Below this width of the first card the table has no head, and headers are short.
const TIGHT: f32 = 480.0;

/// The state of the cards.
#[derive(Debug, Clone, Default)]
pub struct Bottom {
    trades: TradeTable,
    sidebets: TradeTable,
    tab: BottomTab,
}

/// A tab of the first card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum BottomTab {
    #[default]
    Trades,
    Session,
    Sidebets,
    Notes,
    Messages,
}

impl BottomTab {
    const ALL: [Self; 5] = [
        Self::Trades,
        Self::Session,
        Self::Sidebets,
        Self::Notes,
        Self::Messages,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Trades => "Trades",
            Self::Session => "Session",
            Self::Sidebets => "Sidebets",
            Self::Notes => "Notes",
            Self::Messages => "Messages",
        }
    }
}

/// What the cards are drawn with, in addition to the view.
#[derive(Debug, Clone, Copy)]
pub struct BottomContext<'a> {
    /// Where they are, and how much of them is shown.
    pub region: BottomRegion,
    /// The current time.
    pub now: DateTime<Utc>,
    /// The notices so far, for the tab "Messages".
    pub notices: &'a Notices,
    /// The notes of the session, for the tab "Notes".
    pub notes: &'a [ShownNote],
    /// The results of the session's games.
    pub results: &'a Statistics,
    /// The sums of the session at the newest price.
    pub sums: SessionSums,
    /// Places, from 1, of the rows that differ from what the account computes.
    pub wrong: &'a BTreeSet<usize>,
    /// Number of the row that the piano presses now.
    pub pressed: Option<u32>,
}

impl BottomContext<'_> {
    /// Whether the first card is narrow.
    fn is_tight(&self) -> bool {
        self.region.tabs.width() < TIGHT
    }

    /// Returns the height of a row of tabs or of a title.
    fn title_height(&self) -> f32 {
        if self.is_tight() { 28.0 } else { 32.0 }
    }
}

/// Draws the cards.
pub fn bottom_ui(
    ui: &mut Ui,
    bottom: &mut Bottom,
    view: &View,
    context: &BottomContext<'_>,
    actions: &mut Vec<PageAction>,
) {
    let BottomRegion {
        form,
        tabs,
        by_game,
        session,
    } = context.region;
    if form == BottomForm::Closed {
        return;
    }
    let title = context.title_height();
    card_ui(ui, "tabs", tabs, false, |ui| {
        bottom.tabs_ui(ui, view, context, session.is_some(), actions);
        if form == BottomForm::Cards {
            let rest = tabs.with_min_y(tabs.top() + title);
            part_ui(ui, "content", rest.shrink2(vec2(1.0, 0.0)), |ui| {
                bottom.tab_ui(ui, view, context, actions);
            });
        }
    });
    if let Some(rect) = by_game {
        card_ui(ui, "by game", rect, false, |ui| {
            unless_minimal_ui(ui, view, "By game", |ui| {
                by_game_ui(ui, view, context, actions);
            });
        });
    }
    if let Some(rect) = session {
        card_ui(ui, "session", rect, false, |ui| {
            part_session_ui(ui, view, Some(title), context, actions);
        });
    }
}

impl Bottom {
    fn tabs_ui(
        &mut self,
        ui: &mut Ui,
        view: &View,
        context: &BottomContext<'_>,
        has_session_card: bool,
        actions: &mut Vec<PageAction>,
    ) {
        let height = context.title_height();
        let row = Rect::from_min_size(ui.max_rect().min, vec2(ui.max_rect().width(), height));
        if has_session_card && self.tab == BottomTab::Session {
            self.tab = BottomTab::Trades;
        }
        part_ui(ui, "row", row.shrink2(vec2(8.0, 0.0)), |ui| {
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                let tabs = BottomTab::ALL.into_iter();
                for tab in tabs.filter(|tab| *tab != BottomTab::Session || !has_session_card) {
                    if card_tab_ui(ui, tab.name(), tab == self.tab).clicked() {
                        self.tab = tab;
                    }
                }
                if self.tab == BottomTab::Session {
                    replay_ui(ui, view, context.now, actions);
                }
            });
        });
    }

    fn tab_ui(
        &mut self,
        ui: &mut Ui,
        view: &View,
        context: &BottomContext<'_>,
        actions: &mut Vec<PageAction>,
    ) {
        let (table, listed) = match self.tab {
            BottomTab::Messages => return messages_ui(ui, context.notices),
            BottomTab::Notes => return note_list_ui(ui, view, context.notes, actions),
            BottomTab::Session => {
                return part_session_ui(ui, view, None, context, actions);
            }
            BottomTab::Trades => (&mut self.trades, ListedRows::All),
            BottomTab::Sidebets => (&mut self.sidebets, ListedRows::Sidebets),
        };
        unless_minimal_ui(ui, view, self.tab.name(), |ui| {
            trade_table_ui(ui, table, listed, view, context, actions);
        });
    }
}

fn part_session_ui(
    ui: &mut Ui,
    view: &View,
    title: Option<f32>,
    context: &BottomContext<'_>,
    actions: &mut Vec<PageAction>,
) {
    unless_minimal_ui(ui, view, "Session", |ui| {
        session_ui(ui, view, title, context, actions);
    });
}

/// Draws a tab of a card. The chosen one has a ground.
fn card_tab_ui(ui: &mut Ui, name: &str, chosen: bool) -> egui::Response {
    let theme = Theme::of(ui);
    // As wide as when it is chosen: nothing shifts.
    let widest = text_galley(ui, (STRONG, name, theme.text));
    let size = vec2((widest.size().x + 16.0).ceil(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, name));
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, RADIUS, theme.raised);
    }
    let (role, ink) = if chosen {
        (STRONG, theme.text)
    } else {
        (BODY, theme.quiet)
    };
    let text = line_galley(ui, &[(role, name, ink)], 0.0, rect.width());
    paint_line(ui.painter(), rect.left_center() + vec2(8.0, 0.0), text);
    response
}

fn messages_ui(ui: &mut Ui, notices: &Notices) {
    let theme = Theme::of(ui);
    let scroll = ScrollArea::vertical().auto_shrink([false, false]);
    scroll.show(ui, |ui| {
        if notices.lines().len() == 0 {
            ui.colored_label(theme.quiet, NO_NOTICES);
        }
        for line in notices.lines() {
            ui.horizontal(|ui| {
                ui.add_space(8.0);
                notice_ui(ui, theme, line, true);
            });
        }
    });
}
