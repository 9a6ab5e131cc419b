//! What the parts of the page of a game share: their rectangles, and what the player did in them.

use egui::{Rect, Stroke, StrokeKind, Ui, UiBuilder, vec2};

use super::guide::GuideAction;
use super::theme::{CARD_RADIUS, Theme};
use crate::account::ActionSource;
use crate::protocol::{GameId, Tick};
use crate::recording::NotePlace;
use crate::strategy::AutoSell;
use crate::trading::Order;

/// A part of the page that the caller draws.
pub type Part<'a> = Option<&'a mut dyn FnMut(&mut Ui)>;

/// What a note is to be written on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoteSubject {
    /// The whole session.
    Session,
    /// A trade or a tick.
    Place(NotePlace),
    /// What is on the screen.
    Screen,
}

impl NoteSubject {
    /// Returns the place of a note; `screen` is the one on the screen.
    pub fn place(self, screen: impl FnOnce() -> Option<NotePlace>) -> Option<NotePlace> {
        match self {
            Self::Session => None,
            Self::Place(place) => Some(place),
            Self::Screen => screen(),
        }
    }
}

/// What the player did on the page.
#[derive(Debug, Clone, PartialEq)]
pub enum PageAction {
    /// Press a trade button, by this input device.
    Order(Order, ActionSource),
    /// Take the hand back from the piano: the player touched the ticket.
    TakeHandBack,
    /// Refill the wallet of play money.
    RefillWallet,
    /// Show the row of a setting, by its name.
    ShowSetting(&'static str),
    /// Turn auto-sell on with these rules, or off.
    AutoSell(Option<AutoSell>),
    /// Stop trading, or resume it.
    Stop(bool),
    /// Replay a game of the history.
    ReplayGame(GameId),
    /// Replay the running session from its start.
    ReplaySession,
    /// Write a note.
    Note(NoteSubject),
    /// Do what was chosen in a guide.
    Guide(GuideAction),
    /// Show a tick of a game: on the chart if it shows the game, in a replay also of another game.
    ShowTick(GameId, Tick),
}

/// Draws a part of the page in a card. The part gets the whole card.
pub fn card_ui(ui: &mut Ui, name: &str, rect: Rect, replay: bool, draw: impl FnOnce(&mut Ui)) {
    let theme = Theme::of(ui);
    let frame = if replay { theme.replay } else { theme.line };
    let stroke = Stroke::new(1.0, frame);
    let painter = ui.painter();
    painter.rect(rect, CARD_RADIUS, theme.panel, stroke, StrokeKind::Inside);
    part_ui(ui, name, rect, draw);
}

/// Draws a part of the page in its own rectangle. Nothing of it is visible outside.
pub fn part_ui(ui: &mut Ui, name: &str, rect: Rect, draw: impl FnOnce(&mut Ui)) {
    let builder = UiBuilder::new()
        .id_salt(name)
        .accessibility_label(name)
        .max_rect(rect);
    let mut part = ui.new_child(builder);
    part.shrink_clip_rect(rect);
    draw(&mut part);
}

/// Draws a part of a page in a card, with space around it.
pub fn padded_card_ui(ui: &mut Ui, name: &str, rect: Rect, draw: impl FnOnce(&mut Ui)) {
    card_ui(ui, name, rect, false, |ui| {
        let inside = rect.shrink2(vec2(12.0, 10.0));
        ui.scope_builder(UiBuilder::new().max_rect(inside), draw);
    });
}
