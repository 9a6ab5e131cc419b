//! The first lines of the trade panel: P&L of the position, of this game and of the session, and the wallet.

use egui::accesskit::Live;
use egui::{Align, Align2, Color32, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use rust_decimal::Decimal;

use super::TradePanelContext;
use super::blocks::Blocks;
use super::numbers::PanelNumbers;
use crate::account::WalletKind;
use crate::engine::View;
use crate::game::{Phase, Time};
use crate::trading::TraderView;
use crate::ui::format::{NO_VALUE, count, exact, exact_multiplier, percent, signed, sol};
use crate::ui::motion;
use crate::ui::page_part::part_ui;
use crate::ui::theme::Theme;
use crate::ui::theme::role::{BODY, CAPTION, MONEY, POSITION, TABLE, TABLE_MONO};
use crate::ui::widgets::{
    LinePart, fitting_amounts, line_galley, link_ui, paint_line, text_galley,
};

/// Width of the link that refills the wallet.
const REFILL: f32 = 36.0;
/// Widths of the names and least widths of the digits of a line, by panel size: wide, narrow.
const COLUMNS: [[f32; 2]; 2] = [[72.0, 90.0], [64.0, 72.0]];
/// Least width of a note, with the gap before it.
const NOTE: f32 = 64.0;

/// A line of the block.
struct MoneyRow<'a> {
    name: &'a str,
    value: Option<Decimal>,
    /// The wallet has no sign and no colour.
    is_money: bool,
    note: &'a dyn Fn() -> String,
    tip: &'a str,
}

/// Draws the lines. Returns whether the player wants to refill the wallet.
pub fn money_ui(
    ui: &mut Ui,
    view: &View,
    blocks: &Blocks,
    context: &TradePanelContext<'_>,
    flash: &mut OrderFlash,
) -> bool {
    let ((games, last), replay) = (context.games, !context.input.takes_presses());
    let trader = view.trader.as_ref();
    let account = trader.and_then(|trader| trader.account.as_ref());
    let start = view.session.start.map(|_| view.session.start_value);
    let numbers = account.map(|account| PanelNumbers::of(account, start, view.order_price()));
    position_ui(ui, numbers.as_ref(), blocks, account.is_some());
    let flash = flash.update(ui, view, numbers.as_ref());
    let game_note = || match &numbers {
        Some(_) if blocks.is_compact() => holding(numbers.as_ref(), account.is_some()),
        Some(numbers) => game_note(view, numbers, last),
        None => String::new(),
    };
    let session_note = || numbers.map_or(String::new(), |_| count(games, "game"));
    let short = blocks.is_compact();
    let wallet_note = || trader.map_or(String::new(), |trader| wallet_note(trader, replay, short));
    let rows = [
        MoneyRow {
            name: "This game",
            value: numbers.map(|numbers| numbers.this_game),
            is_money: false,
            note: &game_note,
            tip: "The change of the wallet by this game if the position is sold now. A sidebet counts when it is decided",
        },
        MoneyRow {
            name: "Session",
            value: numbers.and_then(|numbers| numbers.session),
            is_money: false,
            note: &session_note,
            tip: "This session: its games so far, this game, and what the server's balance drifted by",
        },
        MoneyRow {
            name: "Wallet",
            value: numbers.map(|numbers| numbers.balance),
            is_money: true,
            note: &wallet_note,
            tip: "Without the open position and the stake of a running sidebet",
        },
    ];
    let mut refill = false;
    for (place, (row, rect)) in rows.iter().zip(blocks.rows).enumerate() {
        let ground = flash
            .filter(|flash| flash.shows(place))
            .map(|flash| flash.ground(ui, place));
        let refills =
            row.is_money && numbers.is_some() && !replay && trader.is_some_and(can_refill);
        let room = if refills { REFILL + 4.0 } else { 0.0 };
        row_ui(
            ui,
            row,
            rect.with_max_x(rect.right() - room),
            blocks,
            ground,
        );
        if refills {
            let link = rect.with_min_x(rect.right() - REFILL);
            part_ui(ui, "refill", link, |ui| {
                ui.with_layout(egui::Layout::right_to_left(Align::Center), |ui| {
                    let tip = "Begin a new session with a full wallet; asks first";
                    refill = link_ui(ui, "Refill").on_hover_text(tip).clicked();
                });
            });
        }
    }
    if !blocks.is_compact() {
        let y = blocks.rule.center().y.round();
        let line = egui::Stroke::new(1.0, Theme::of(ui).line);
        ui.painter().hline(blocks.rule.x_range(), y, line);
    }
    refill
}

/// Whether the wallet is play money that can be filled again.
pub fn can_refill(trader: &TraderView) -> bool {
    trader.page.is_none()
}

fn position_ui(ui: &mut Ui, numbers: Option<&PanelNumbers>, blocks: &Blocks, has_account: bool) {
    let theme = Theme::of(ui);
    let position = numbers.and_then(|numbers| numbers.position);
    if !blocks.is_compact() {
        paint_text(
            ui,
            blocks.title,
            Align::LEFT,
            (TABLE, "Position", theme.quiet),
        );
        let room = blocks.title.with_min_x(blocks.title.left() + 60.0);
        let holding = || holding(numbers, has_account);
        let holding = fitting_amounts(ui, TABLE_MONO, room.width(), holding);
        let response = text_ui(ui, room, Align::RIGHT, (TABLE_MONO, &holding, theme.quiet));
        if let Some(position) = position {
            let (tokens, cost) = (position.tokens, position.average_cost);
            response.on_hover_text(format!("{tokens} tokens, average cost {cost}x"));
        }
    }
    let rect = blocks.position;
    let colour = position.map_or(theme.faint, |position| theme.money(position.pnl));
    let share_role = MONEY.sized(blocks.sizes.position_text * 0.6);
    let share = position.and_then(|position| position.percent).map(percent);
    let share_width = share.as_deref().map_or(0.0, |share| {
        text_galley(ui, (share_role, share, colour)).size().x + 8.0
    });
    let role = POSITION.sized(blocks.sizes.position_text);
    let write = || position.map_or(NO_VALUE.to_owned(), |position| signed(position.pnl));
    let has_unit = position.is_some() && !blocks.is_compact();
    let unit = if has_unit { "SOL" } else { "" };
    let unit = (BODY, unit, theme.quiet);
    let unit_width = text_galley(ui, unit).size().x + 4.0;
    let room = rect.width() - share_width;
    let text = fitting_amounts(ui, role, room - unit_width, write);
    let galley = line_galley(ui, &[(role, &text, colour), unit], 4.0, room);
    let left = if blocks.is_compact() {
        "P&L of the position"
    } else {
        ""
    };
    let number = Rect::from_min_size(rect.min, vec2(galley.size().x, rect.height()));
    let response = ui.interact(number, ui.scope_id().with("position"), Sense::hover());
    let name = format!("P&L of the position {text}");
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    // Screen readers announce it when they are idle.
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_live(Live::Polite));
    paint_line(ui.painter(), pos2(rect.left(), rect.center().y), galley);
    match position {
        Some(position) => {
            let tip = "If the position is sold at this price; in percent of its cost. Sidebets are not in it";
            response.on_hover_text(format!("{}\n{tip}", exact(position.pnl)));
            if let Some(share) = share {
                text_ui(ui, rect, Align::RIGHT, (share_role, &share, colour));
            }
        }
        None if !left.is_empty() => {
            response.on_hover_text(left);
        }
        None => {}
    }
}

/// Returns the tokens and the average cost, or why there is no position.
fn holding(numbers: Option<&PanelNumbers>, has_account: bool) -> String {
    match numbers.and_then(|numbers| numbers.position) {
        Some(position) => {
            let cost = exact_multiplier(position.average_cost);
            format!("{} @ {cost}", sol(position.tokens))
        }
        None if has_account => "no position".to_owned(),
        None => "no account yet".to_owned(),
    }
}

fn game_note(view: &View, numbers: &PanelNumbers, last: Option<Decimal>) -> String {
    let is_over = matches!(view.phase, Phase::Rugged | Phase::Cooldown | Phase::Presale);
    if !numbers.closed.is_zero() && numbers.position.is_some() {
        return format!("closed {}", signed(numbers.closed));
    }
    match last {
        Some(earned) if is_over && numbers.this_game.is_zero() && numbers.position.is_none() => {
            format!("last game {}", signed(earned))
        }
        _ if view.phase == Phase::Presale => "not started".to_owned(),
        _ => String::new(),
    }
}

fn wallet_note(trader: &TraderView, replay: bool, short: bool) -> String {
    let note = match trader.wallet {
        _ if replay => "in this session",
        WalletKind::Server if trader.page.is_some() => "Server",
        WalletKind::Server => "Practice",
        WalletKind::Local => ["Paper balance", "Paper"][usize::from(short)],
    };
    note.to_owned()
}

fn row_ui(ui: &mut Ui, row: &MoneyRow<'_>, rect: Rect, blocks: &Blocks, ground: Option<Color32>) {
    let theme = Theme::of(ui);
    let role = MONEY.sized(blocks.sizes.row_text);
    let [name, least] = COLUMNS[usize::from(blocks.is_compact())];
    let one = text_galley(ui, (role, &signed(Decimal::NEGATIVE_ONE), theme.text));
    let most = blocks.title.width() - name - NOTE - REFILL;
    let digits = one.size().x.min(most).max(least);
    let label = if blocks.is_compact() { TABLE } else { BODY };
    paint_text(ui, rect, Align::LEFT, (label, row.name, theme.quiet));
    let number = Rect::from_min_size(rect.min + vec2(name, 0.0), vec2(digits, rect.height()));
    if let Some(ground) = ground {
        ui.painter()
            .rect_filled(number.expand2(vec2(4.0, -2.0)), 4.0, ground);
    }
    let (write, colour): (fn(Decimal) -> String, _) = match row.value {
        None => (signed, theme.faint),
        Some(_) if row.is_money => (sol, theme.text),
        Some(value) => (signed, theme.money(value)),
    };
    let write = || row.value.map_or(NO_VALUE.to_owned(), write);
    let text = fitting_amounts(ui, role, digits, write);
    let response = text_ui(ui, number, Align::RIGHT, (role, &text, colour));
    let named = format!("{} {text}", row.name);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &named));
    let tip = match row.value {
        Some(value) => format!("{}\n{}", exact(value), row.tip),
        None => row.tip.to_owned(),
    };
    response.on_hover_text(tip);
    let note = rect.with_min_x(number.right() + 8.0);
    let text = fitting_amounts(ui, CAPTION, note.width(), row.note);
    text_ui(ui, note, Align::LEFT, (CAPTION, &text, theme.quiet));
}

/// Draws a text in a rectangle, cut where it does not fit. Its label is the text.
pub fn text_ui(ui: &mut Ui, rect: Rect, align: Align, part: LinePart<'_>) -> egui::Response {
    let (place, elided) = paint_text(ui, rect, align, part);
    let text = part.1;
    let id = ui
        .scope_id()
        .with((place.min.x.to_bits(), place.min.y.to_bits()));
    let response = ui.interact(place, id, Sense::hover());
    if !text.is_empty() {
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    }
    if elided {
        return response.on_hover_text(text);
    }
    response
}

/// Paints a text that the label of something else contains. Returns its place, and whether it was cut.
pub fn paint_text(ui: &Ui, rect: Rect, align: Align, part: LinePart<'_>) -> (Rect, bool) {
    let galley = line_galley(ui, &[part], 0.0, rect.width());
    let place = Align2([align, Align::Center]).align_size_within_rect(galley.size(), rect);
    let elided = galley.elided;
    paint_line(ui.painter(), pos2(place.left(), rect.center().y), galley);
    (place, elided)
}

/// The newest row of the session, and when it was first seen.
#[derive(Debug, Clone, Copy)]
struct Flash {
    rows: u32,
    since: f64,
    pnl: Decimal,
    balance: Decimal,
    /// The change of the wallet.
    change: Decimal,
    /// How far it is, from 0 to 1.
    share: f64,
}

/// The flash of the numbers that the newest own order changed, of the session on the page.
#[derive(Debug, Clone, Copy, Default)]
pub struct OrderFlash {
    session: Option<Time>,
    newest: Option<Flash>,
}

impl Flash {
    /// Whether the number of this row was changed.
    fn shows(&self, row: usize) -> bool {
        match row {
            0 => !self.pnl.is_zero(),
            2 => !self.change.is_zero(),
            _ => false,
        }
    }

    fn ground(&self, ui: &Ui, row: usize) -> Color32 {
        let theme = Theme::of(ui);
        let by = if row == 0 { self.pnl } else { self.change };
        let ground = if by > Decimal::ZERO {
            theme.gain_bg
        } else {
            theme.loss_bg
        };
        ground.gamma_multiply(crate::ui::widgets::pixel(1.0 - self.share))
    }
}

impl OrderFlash {
    /// Takes the rows of a view. Returns the flash that is drawn now.
    fn update(&mut self, ui: &Ui, view: &View, numbers: Option<&PanelNumbers>) -> Option<Flash> {
        let (trader, numbers) = (view.trader.as_ref()?, numbers?);
        let now = ui.input(|input| input.time);
        let newest = view.actions.iter().max_by_key(|row| row.seq);
        let pnl = newest.and_then(|row| row.pnl).unwrap_or_default();
        let flash = self.take(
            (view.session.start, trader.actions),
            numbers.balance,
            pnl,
            now,
        );
        let share = motion::running(ui.ctx(), flash.since, motion::FLASH)?;
        Some(Flash { share, ..flash })
    }

    /// Takes the number of rows of a session that began at this time, the wallet, and the P&L of the newest row. Nothing
    /// flashes in another session, and where a replay goes back.
    fn take(
        &mut self,
        (session, rows): (Option<Time>, u32),
        balance: Decimal,
        pnl: Decimal,
        now: f64,
    ) -> Flash {
        let known = self
            .newest
            .filter(|flash| self.session == session && flash.rows <= rows);
        let flash = match known {
            Some(flash) if flash.rows == rows => flash,
            Some(before) => Flash {
                rows,
                since: now,
                pnl,
                balance,
                change: balance - before.balance,
                share: 0.0,
            },
            None => Flash {
                rows,
                since: f64::NEG_INFINITY,
                pnl: Decimal::ZERO,
                balance,
                change: Decimal::ZERO,
                share: 1.0,
            },
        };
        *self = Self {
            session,
            newest: Some(flash),
        };
        flash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_new_row_of_the_same_session_flashes() {
        let mut flash = OrderFlash::default();
        let start = |second| Time::from_timestamp(second, 0);
        let mut take = |session, rows, balance| {
            let taken = flash.take((start(session), rows), balance, Decimal::ONE, 5.0);
            (taken.since.is_finite(), taken.change)
        };
        let none = (false, Decimal::ZERO);
        assert_eq!(take(1, 2, Decimal::TEN), none, "it was there before");
        assert_eq!(take(1, 3, Decimal::ONE), (true, Decimal::from(-9)));
        assert_eq!(take(1, 3, Decimal::ONE), (true, Decimal::from(-9)));
        assert_eq!(take(1, 1, Decimal::TEN), none, "a replay goes back");
        assert_eq!(take(2, 4, Decimal::TWO), none, "another session");
    }
}
