//! The lines below the buttons: the running sidebet with its odds, how far the price went while the position was held,
//! and the daily loss limit.

use egui::{Align, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use rust_decimal::Decimal;

use super::blocks::Blocks;
use super::controls::bar_ui;
use super::money::{can_refill, text_ui};
use super::numbers::held;
use crate::account::{SIDEBET_PAYOUT, SIDEBET_WINDOW};
use crate::engine::View;
use crate::game::{Phase, Time};
use crate::protocol::number;
use crate::review::{bet_value, holding_cost};
use crate::settings::Limit;
use crate::trading::{OrderLimits, TraderView};
use crate::ui::format::{count, sol, utc_day};
use crate::ui::page_part::{PageAction, part_ui};
use crate::ui::theme::Theme;
use crate::ui::theme::role::{CAPTION, TABLE, TABLE_MONO, TABLE_STRONG};
use crate::ui::widgets::{fitting, fitting_amounts, link_ui, pixel};

/// Why no odds are shown.
const NO_ODDS: &str = "Odds are known only for games of the published generator";

/// Room for the link beside a reason.
const LINK: f32 = 56.0;
/// Height of a bar.
const BAR: f32 = 4.0;

/// Why the wallet is too small for any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NoOrder {
    /// It holds less than the server takes.
    OutOfMoney,
    /// It holds less than this limit of the player's own.
    BelowMinimum(Limit),
}

impl NoOrder {
    /// Returns the reason in a wallet of play money with nothing open; `None` while an order is possible.
    fn of(view: &View) -> Option<Self> {
        let trader = view.trader.as_ref().filter(|trader| can_refill(trader))?;
        let account = trader
            .account
            .as_ref()
            .filter(|account| account.is_idle())?;
        let limits = &view.limits;
        let own = if limits.min_sidebet < limits.min_buy {
            Limit::MinSidebet
        } else {
            Limit::MinBuy
        };
        if account.balance() < OrderLimits::default().min_buy {
            Some(Self::OutOfMoney)
        } else {
            let is_below = account.balance() < limits.min_buy.min(limits.min_sidebet);
            is_below.then_some(Self::BelowMinimum(own))
        }
    }
}

/// Draws the running sidebet, and below it the odds, or why no order is possible and what to do. `refill_to`: what a
/// refilled wallet holds, where the player plays. Returns what the player does about it.
pub fn sidebet_line_ui(
    ui: &mut Ui,
    view: &View,
    blocks: &Blocks,
    refill_to: Option<Decimal>,
) -> Option<PageAction> {
    let theme = Theme::of(ui);
    let rect = blocks.sidebet_line;
    let bet = view.trader.as_ref().and_then(TraderView::sidebet);
    let tick = view.tick.unwrap_or(0);
    let left = bet.map(|bet| bet.end_tick().saturating_sub(tick).min(SIDEBET_WINDOW));
    let (text, bar, odds) = if blocks.is_compact() {
        let bar = Rect::from_min_size(rect.min, vec2(rect.width(), BAR));
        let text = rect.with_min_y(bar.bottom());
        (text, bar, text)
    } else {
        let text = Rect::from_min_size(rect.min, vec2(rect.width(), 16.0));
        let bar = Rect::from_min_size(
            pos2(rect.left(), text.bottom() + 4.0),
            vec2(rect.width(), BAR),
        );
        (text, bar, rect.with_min_y(rect.bottom() - 16.0))
    };
    let share = left.map_or(0.0, |left| 1.0 - ticks(left) / ticks(SIDEBET_WINDOW));
    let track = if bet.is_some() {
        theme.side_bg
    } else {
        theme.raised
    };
    bar_ui(ui, bar, share, track, theme.side);
    let blocked = refill_to.zip(NoOrder::of(view));
    if let (Some(bet), Some(left)) = (bet, left) {
        let pays = bet.stake.saturating_mul(SIDEBET_PAYOUT);
        let ticks = format!("{} left", count(left, "tick"));
        let name = format!("Sidebet {} SOL · {ticks}", sol(bet.stake));
        let time = text_ui(ui, text, Align::RIGHT, (TABLE_MONO, &ticks, theme.text));
        let room = text.with_max_x(time.rect.left() - 8.0);
        let verb = if blocks.is_compact() { "" } else { "Sidebet " };
        let words = || format!("{verb}{} → {}", sol(bet.stake), sol(pays));
        let words = fitting_amounts(ui, TABLE_STRONG, room.width(), words);
        let response = text_ui(ui, room, Align::LEFT, (TABLE_STRONG, &words, theme.side));
        let progress = ui.interact(bar, ui.scope_id().with("sidebet"), Sense::hover());
        progress.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &name));
        response.on_hover_text(format!(
            "Wins {} SOL if the game rugs from tick {} to {}",
            pays.normalize(),
            bet.start_tick,
            bet.end_tick()
        ));
        if blocks.is_compact() {
            return None;
        }
    } else if !blocks.is_compact() {
        text_ui(ui, text, Align::LEFT, (TABLE, "Sidebet", theme.quiet));
        text_ui(ui, text, Align::RIGHT, (TABLE_MONO, "–", theme.faint));
    }
    let Some((balance, why)) = blocked else {
        let words = odds_words(ui, view, odds.width());
        let said = text_ui(ui, odds, Align::LEFT, (CAPTION, &words, theme.quiet));
        said.on_hover_text(odds_tip(view));
        return None;
    };
    let (words, name, tip, action) = match why {
        NoOrder::OutOfMoney => (
            "Out of play money.".to_owned(),
            format!("Refill to {} SOL", balance.normalize()),
            "Begins a new session; this one is saved",
            PageAction::RefillWallet,
        ),
        NoOrder::BelowMinimum(limit) => (
            format!(
                "Minimum {} is above the balance.",
                limit.with_unit(limit.of(&view.limits))
            ),
            "Lower it".to_owned(),
            "Opens the limits in the settings",
            PageAction::ShowSetting(limit.name()),
        ),
    };
    let said = (TABLE_STRONG, words.as_str(), theme.amber);
    let said = text_ui(ui, odds.with_max_x(odds.right() - LINK), Align::LEFT, said);
    let mut clicked = false;
    let link = odds.with_min_x(said.rect.right() + 8.0);
    part_ui(ui, "no order", link, |ui| {
        clicked = link_ui(ui, &name).on_hover_text(tip).clicked();
    });
    clicked.then_some(action)
}

fn odds_tip(view: &View) -> String {
    match holding_words(view) {
        Some(holding) => format!("{} to break even\n{holding}", odds_texts()[0]),
        None => NO_ODDS.to_owned(),
    }
}

/// Returns the longest text that fits of the chance that a sidebet wins.
fn odds_words(ui: &Ui, view: &View, width: f32) -> String {
    if !view.has_odds {
        return format!("Chance in {SIDEBET_WINDOW} ticks –");
    }
    let texts = odds_texts();
    fitting(ui, CAPTION, &texts.each_ref().map(String::as_str), width).to_owned()
}

/// Returns the chance that the game rugs within the window of a sidebet, and the chance at which a sidebet earns nothing;
/// the longest text first.
fn odds_texts() -> [String; 3] {
    let payout = number::to_f64_lossy(SIDEBET_PAYOUT);
    let chance = 100.0 * bet_value(1.0, SIDEBET_WINDOW) / payout;
    let needed = 100.0 / payout;
    let figures = format!("in {SIDEBET_WINDOW} ticks {chance:.1} %, needs {needed:.1} %");
    ["Chance of a rug", "Chance", "Rug"].map(|words| format!("{words} {figures}"))
}

/// Returns what the published odds take from a position at each tick, on average; `None` where they are not known.
pub fn holding_words(view: &View) -> Option<String> {
    let price = view.price.unwrap_or(Decimal::ONE);
    let percent = 100.0 * holding_cost(price);
    let words = || format!("Holding costs {percent:.3}\u{2009}% per tick");
    view.has_odds.then(words)
}

/// Draws what holding costs.
pub fn holding_ui(ui: &mut Ui, rect: Rect, words: &str) {
    let quiet = Theme::of(ui).quiet;
    let tip = "Of the value of the position, on average, by the published odds; without what a rug leaves";
    text_ui(ui, rect, Align::LEFT, (CAPTION, words, quiet)).on_hover_text(tip);
}

fn ticks(ticks: u32) -> f32 {
    f32::from(u16::try_from(ticks).unwrap_or(u16::MAX))
}

/// Draws how far the price went while the position is held: the entry in the middle, the worst at the left, the best at
/// the right.
pub fn held_ui(ui: &mut Ui, view: &View, rect: Rect) {
    let theme = Theme::of(ui);
    let text = Rect::from_min_size(rect.min, vec2(rect.width(), 20.0));
    let bar = Rect::from_min_size(
        pos2(rect.left(), text.bottom() + 3.0),
        vec2(rect.width(), 2.0),
    );
    ui.painter().rect_filled(bar, 1.0, theme.raised);
    let account = view
        .trader
        .as_ref()
        .and_then(|trader| trader.account.as_ref());
    let cost = account.and_then(|account| account.book().position.average_cost());
    let runs = view.phase == Phase::Active && view.series.game_id == view.game_id;
    let cost = cost.filter(|_| runs);
    let found = cost.and_then(|cost| held(&view.actions, &view.series.prices, cost));
    let Some(found) = found else {
        text_ui(ui, text, Align::LEFT, (TABLE, "While held", theme.quiet));
        text_ui(ui, text, Align::RIGHT, (TABLE_MONO, "–", theme.faint));
        return;
    };
    let shown = |share: f64| {
        let sign = if share >= 0.05 {
            "+"
        } else if share <= -0.05 {
            "−"
        } else {
            ""
        };
        format!("{sign}{:.1} %", share.abs())
    };
    let best = text_ui(
        ui,
        text,
        Align::RIGHT,
        (TABLE_MONO, &shown(found.best), theme.gain),
    );
    let before = text.with_max_x(best.rect.left() - 4.0);
    let to = text_ui(ui, before, Align::RIGHT, (TABLE, "to", theme.quiet));
    let before = text.with_max_x(to.rect.left() - 4.0);
    let worst = (TABLE_MONO, &shown(found.worst)[..], theme.loss);
    let worst = text_ui(ui, before, Align::RIGHT, worst);
    let before = text.with_max_x(worst.rect.left() - 8.0);
    let name = format!("While held, {}", count(found.ticks, "tick"));
    let name = fitting(ui, TABLE, &[&name, "While held", "Held"], before.width());
    text_ui(ui, before, Align::LEFT, (TABLE, name, theme.quiet));
    // The farther of the two ends reaches the edge.
    let far = found.best.max(-found.worst).max(10.0);
    let x = |share: f64| {
        let part = pixel(share / far).clamp(-1.0, 1.0);
        bar.center().x + part * bar.width() / 2.0
    };
    let thick = bar.expand2(vec2(0.0, 3.0));
    let part = |from: f64, to: f64| thick.with_min_x(x(from)).with_max_x(x(to));
    let painter = ui.painter();
    if found.worst < 0.0 {
        painter.rect_filled(part(found.worst, 0.0), 1.0, theme.loss);
    }
    if found.best > 0.0 {
        painter.rect_filled(part(0.0, found.best), 1.0, theme.gain);
    }
    let now = Stroke::new(2.0, theme.text);
    painter.vline(x(found.now), thick.expand(2.0).y_range(), now);
}

/// Draws how much of the daily loss limit is used up.
pub fn limit_ui(ui: &mut Ui, view: &View, rect: Rect, now: Time) {
    let theme = Theme::of(ui);
    let text = Rect::from_min_size(rect.min, vec2(rect.width(), 16.0));
    let name = text_ui(
        ui,
        text,
        Align::LEFT,
        (TABLE, "Daily loss limit", theme.quiet),
    );
    let earned = view.risk_usage.earned_today;
    let lost = if earned < Decimal::ZERO {
        -earned
    } else {
        Decimal::ZERO
    };
    let most = view.limits.risk.max_loss_a_day;
    let words = || match most {
        Some(_) if view.risk_usage.earned_is_unknown => "not known".to_owned(),
        Some(most) => format!("{} / {}", sol(lost), sol(most)),
        None => "no limit".to_owned(),
    };
    let room = text.right() - name.rect.right() - 8.0;
    let words = fitting_amounts(ui, TABLE_MONO, room, words);
    let [since, _] = utc_day(now);
    text_ui(ui, text, Align::RIGHT, (TABLE_MONO, &words, theme.text)).on_hover_text(format!(
        "Lost since {since}, without what is open. It blocks buys and sidebets, never a sale"
    ));
    let bar = Rect::from_min_size(
        pos2(rect.left(), text.bottom() + 4.0),
        vec2(rect.width(), BAR),
    );
    let share = most.and_then(|most| lost.checked_div(most));
    let share = share.map_or(0.0, |share| pixel(number::to_f64_lossy(share)));
    let fill = if share >= 0.8 {
        theme.amber
    } else {
        theme.quiet
    };
    bar_ui(ui, bar, share, theme.raised, fill);
    let label = format!("Daily loss limit {words}");
    name.widget_info(|| WidgetInfo::labeled(Role::Label, true, &label));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::SessionCore;
    use crate::feed::FeedState;
    use crate::recording::{RecorderState, RecordingPolicy};

    #[test]
    fn the_odds_of_a_sidebet_are_those_of_the_review_and_absent_where_none_are_known() {
        let [long, _, short] = odds_texts();
        assert_eq!(long, "Chance of a rug in 40 ticks 18.2 %, needs 20.0 %");
        assert_eq!(short, "Rug in 40 ticks 18.2 %, needs 20.0 %");
        let core = SessionCore::new(RecordingPolicy::everything(), None, None, Vec::new());
        let since = Time::UNIX_EPOCH;
        let view = core.view(FeedState::Up { since }, RecorderState::default(), since);
        assert_eq!(odds_tip(&view), NO_ODDS);
        let mut shown = String::new();
        egui::__run_test_ui(|ui| shown = odds_words(ui, &view, 400.0));
        assert_eq!(shown, "Chance in 40 ticks –");
    }

    #[test]
    fn what_holding_costs_is_computed_from_the_price_and_unknown_without_odds() {
        let core = SessionCore::new(RecordingPolicy::everything(), None, None, Vec::new());
        let since = Time::UNIX_EPOCH;
        let mut view = core.view(FeedState::Up { since }, RecorderState::default(), since);
        assert_eq!(holding_words(&view), None);
        view.has_odds = true;
        for (price, percent) in [(None, "0.056"), (Some(3), "0.056"), (Some(101), "0.065")] {
            view.price = price.map(Decimal::from);
            let words = format!("Holding costs {percent}\u{2009}% per tick");
            assert_eq!(holding_words(&view), Some(words));
        }
    }
}
