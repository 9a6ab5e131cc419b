//! The cards below the chart: the trades, and the figures of the session.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use egui::{Rect, ScrollArea, Ui};

use super::degraded::unless_minimal_ui;
use super::layout::{BottomForm, BottomRegion};
use super::notices::Notices;
use super::page::{PageAction, card_ui};
use super::statistics::{StatisticsCache, statistics_ui};
use super::status_line::notice_ui;
use super::theme::Theme;
use super::trades::trades_ui;
use crate::engine::View;

/// Space between a card's frame and its contents.
const PADDING: f32 = 8.0;

/// The state of the cards.
#[derive(Debug, Clone, Default)]
pub struct Bottom {
    statistics: StatisticsCache,
    tab: BottomTab,
}

/// A tab of the first card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum BottomTab {
    #[default]
    Trades,
    Messages,
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
    /// Numbers of the rows that differ from what the account computes.
    pub wrong: &'a BTreeSet<u32>,
}

/// Draws the cards.
pub fn bottom_ui(
    ui: &mut Ui,
    bottom: &mut Bottom,
    view: &View,
    context: &BottomContext<'_>,
    _actions: &mut Vec<PageAction>,
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
    let padded = |ui: &mut Ui, name: &str, rect: Rect, draw: &mut dyn FnMut(&mut Ui)| {
        card_ui(ui, name, rect, false, |ui| {
            let inside = rect.shrink(PADDING);
            super::page::part_ui(ui, "inside", inside, draw);
        });
    };
    padded(ui, "tabs", tabs, &mut |ui| {
        ui.horizontal(|ui| {
            ui.selectable_value(&mut bottom.tab, BottomTab::Trades, "Trades");
            ui.selectable_value(&mut bottom.tab, BottomTab::Messages, "Messages");
        });
        if bottom.tab == BottomTab::Messages {
            return messages_ui(ui, context.notices);
        }
        unless_minimal_ui(ui, view, "Moves", |ui| {
            trades_ui(ui, view, context.now, context.wrong);
        });
    });
    let session =
        session.map(|rect| rect.with_min_x(by_game.map_or(rect.left(), |card| card.left())));
    if let Some(rect) = session {
        padded(ui, "session", rect, &mut |ui| {
            unless_minimal_ui(ui, view, "Statistics", |ui| {
                statistics_ui(ui, &mut bottom.statistics, view);
            });
        });
    }
}

fn messages_ui(ui: &mut Ui, notices: &Notices) {
    let theme = Theme::of(ui);
    let scroll = ScrollArea::vertical().auto_shrink([false, false]);
    scroll.show(ui, |ui| {
        for line in notices.lines() {
            ui.horizontal(|ui| notice_ui(ui, theme, line, true));
        }
    });
}
