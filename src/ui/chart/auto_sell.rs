//! The lines of auto-sell on the chart: take-profit and stop-loss at their prices, time at its tick. The player can drag
//! them.

use egui::{Align2, Color32, CursorIcon, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use rust_decimal::{Decimal, RoundingStrategy};

use super::axes::{AxisTag, TAG, TagForm};
use super::canvas::{Canvas, Label};
use crate::engine::View;
use crate::protocol::{Tick, number};
use crate::strategy::{AutoSell, StopLoss};
use crate::trading::TraderView;
use crate::ui::format::multiplier;
use crate::ui::theme::{Theme, role};
use crate::ui::widgets::index;

/// How far from a line it can be taken with the pointer.
const REACH: f32 = 5.0;

/// A rule of auto-sell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AutoSellLine {
    /// The price at which the profit is taken.
    TakeProfit,
    /// The price at which the loss is cut.
    StopLoss,
    /// The tick at which the position is sold.
    Time,
}

/// A line and its value: a price, or the tick of [`AutoSellLine::Time`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacedLine {
    /// The rule.
    pub line: AutoSellLine,
    /// The price or tick.
    pub value: f64,
}

impl AutoSellLine {
    fn colour(self, theme: &Theme) -> Color32 {
        match self {
            Self::TakeProfit => theme.gain,
            Self::StopLoss => theme.loss,
            Self::Time => theme.quiet,
        }
    }

    fn text(self, value: f64) -> String {
        match self {
            Self::TakeProfit => "Take-profit".to_owned(),
            Self::StopLoss => "Stop-loss".to_owned(),
            Self::Time => format!("Sells at tick {value:.0}"),
        }
    }
}

/// Returns the lines of the rules that are set; `moved` is the one that the player drags.
pub fn lines(view: &View, moved: Option<PlacedLine>) -> Vec<PlacedLine> {
    let Some(shown) = view.auto_sell else {
        return Vec::new();
    };
    let Some(rules) = shown.set else {
        return Vec::new();
    };
    let price = |price: Decimal| number::to_f64_lossy(price);
    let stop = rules.stop_loss.and_then(|stop| match stop {
        StopLoss::Price(at) => Some(at),
        StopLoss::LossPercent(_) => Some(stop.price(average_cost(view)?)),
    });
    let time = rules.after_ticks.zip(shown.opened_tick);
    let time = time.map(|(ticks, opened)| f64::from(opened.saturating_add(ticks)));
    let lines = [
        (AutoSellLine::TakeProfit, rules.take_profit.map(price)),
        (AutoSellLine::StopLoss, stop.map(price)),
        (AutoSellLine::Time, time),
    ];
    let lines = lines.into_iter().filter_map(|(line, value)| {
        let moved = moved.filter(|moved| moved.line == line);
        Some(moved.unwrap_or(PlacedLine {
            line,
            value: value?,
        }))
    });
    lines.collect()
}

fn average_cost(view: &View) -> Option<Decimal> {
    let held = view.trader.as_ref().and_then(TraderView::held);
    held?.entry_price
}

/// Returns the rules after a line was dragged. A price keeps a distance to the newest one, and a tick is in the future, so
/// that a drag alone never sells.
pub fn dragged(view: &View, moved: PlacedLine) -> Option<AutoSell> {
    let shown = view.auto_sell?;
    let mut rules = shown.set?;
    let newest = view.price?;
    let cent = Decimal::new(1, 2);
    let at = Decimal::from_f64_retain(moved.value)?.round_dp(2);
    match moved.line {
        AutoSellLine::TakeProfit => {
            rules.take_profit = Some(at.max(newest.round_dp(2).saturating_add(cent)));
        }
        AutoSellLine::StopLoss => {
            let at = at.min(newest.round_dp(2).saturating_sub(cent)).max(cent);
            if at >= newest {
                // So near to zero there is no price below the newest one to sell at.
                return None;
            }
            rules.stop_loss = Some(match rules.stop_loss? {
                StopLoss::Price(_) => StopLoss::Price(at),
                StopLoss::LossPercent(_) => {
                    let kept = at.checked_div(average_cost(view)?)?;
                    let loss = Decimal::ONE.saturating_sub(kept);
                    let loss = loss.saturating_mul(Decimal::ONE_HUNDRED);
                    // A larger loss is a lower price: rounded the other way, the stop could be above the newest price.
                    let up = RoundingStrategy::AwayFromZero;
                    let loss = loss.round_dp_with_strategy(1, up);
                    if loss <= Decimal::ZERO || loss >= Decimal::ONE_HUNDRED {
                        // Above the cost there is no loss, and there is none of all: keep it as a price.
                        StopLoss::Price(at)
                    } else {
                        StopLoss::LossPercent(loss)
                    }
                }
            });
        }
        AutoSellLine::Time => {
            let opened = shown.opened_tick?;
            let tick = Tick::try_from(index(moved.value.round())).ok()?;
            let tick = tick.max(view.tick?.saturating_add(1));
            rules.after_ticks = Some(tick.saturating_sub(opened).max(1));
        }
    }
    Some(rules)
}

/// Draws the lines. Returns their tags on the price axis.
pub fn paint(canvas: &mut Canvas<'_>, lines: &[PlacedLine], labels: bool) -> Vec<AxisTag> {
    let frame = canvas.frame().with_min_y(canvas.top);
    let mut tags = Vec::new();
    for PlacedLine { line, value } in lines {
        let colour = line.colour(&canvas.theme);
        let stroke = Stroke::new(1.0, colour);
        let text = line.text(*value);
        let places = if *line == AutoSellLine::Time {
            let x = canvas.x(*value);
            canvas.painter.vline(x, frame.y_range(), stroke);
            let y = frame.bottom() - 6.0;
            [
                (pos2(x + 6.0, y), Align2::LEFT_BOTTOM),
                (pos2(x - 6.0, y), Align2::RIGHT_BOTTOM),
            ]
        } else {
            let y = canvas.y(*value);
            tags.push(AxisTag {
                price: *value,
                y,
                colour,
                form: TagForm::Outlined,
            });
            if frame.y_range().contains(y) {
                canvas.painter.hline(frame.x_range(), y, stroke);
            }
            let x = frame.left() + 8.0;
            [
                (pos2(x, y - 2.0), Align2::LEFT_BOTTOM),
                (pos2(x, y + 2.0), Align2::LEFT_TOP),
            ]
        };
        let label = Label {
            text: &text,
            role: role::TABLE_STRONG.sized(11.0),
            colour,
        };
        if labels {
            canvas.label(&places, label);
        }
    }
    tags
}

/// Lets the player drag the lines and their tags; `tags` are the heights of the tags in the order of the prices. Returns
/// the line that is dragged now, and the one that was dropped.
pub fn drag_ui(
    ui: &Ui,
    canvas: &Canvas<'_>,
    lines: &[PlacedLine],
    tags: &[f32],
    axis: Rect,
) -> (Option<PlacedLine>, Option<PlacedLine>) {
    let frame = canvas.frame().with_min_y(canvas.top);
    let (mut moved, mut dropped) = (None, None);
    let mut heights = tags.iter();
    for placed in lines {
        let id = ui.scope_id().with("auto-sell").with(placed.line);
        let vertical = placed.line == AutoSellLine::Time;
        let (line, tag) = if vertical {
            let x = canvas.x(placed.value);
            (Rect::from_x_y_ranges(x..=x, frame.y_range()), None)
        } else {
            let y = canvas.y(placed.value);
            let line = Rect::from_x_y_ranges(frame.x_range(), y..=y);
            let tag = heights.next().map(|y| {
                Rect::from_center_size(pos2(axis.center().x, *y), vec2(axis.width(), TAG))
            });
            (line, tag)
        };
        let line = line.expand(REACH).intersect(frame);
        let mut response = ui.interact(line, id, Sense::drag());
        if let Some(tag) = tag {
            response |= ui.interact(tag, id.with("tag"), Sense::drag());
        }
        let name = match placed.line {
            AutoSellLine::Time => placed.line.text(placed.value),
            line => format!(
                "{} at {}",
                line.text(placed.value),
                multiplier(placed.value)
            ),
        };
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Slider, true, format!("{name}, drag to change"))
        });
        let response = response.on_hover_and_drag_cursor(if vertical {
            CursorIcon::ResizeHorizontal
        } else {
            CursorIcon::ResizeVertical
        });
        let pointer = response.interact_pointer_pos();
        let at = pointer.map(|at| {
            canvas
                .transform
                .value_from_position(at.max(frame.min).min(frame.max))
        });
        let at = at.map(|at| PlacedLine {
            line: placed.line,
            value: if vertical {
                at.x
            } else {
                canvas.scale.to_price(at.y)
            },
        });
        if response.dragged() {
            moved = at;
        } else if response.drag_stopped() {
            dropped = at.or(Some(*placed));
        }
    }
    (moved, dropped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{Account, LocalWallet, Lot};
    use crate::engine::SessionCore;
    use crate::feed::FeedState;
    use crate::game::Time;
    use crate::recording::{RecorderState, RecordingPolicy};
    use crate::strategy::AutoSellView;
    use crate::trading::{OrderLimits, Trader};

    fn d(text: &str) -> Decimal {
        number::parse(text).expect("a decimal")
    }

    /// At tick 100 and 2.50x, with a position that was opened at tick 60.
    fn view(rules: AutoSell) -> View {
        let trader = Trader::local(OrderLimits::default(), LocalWallet::new(Decimal::ONE));
        let policy = RecordingPolicy::default();
        let core = SessionCore::new(policy, Some(trader), None, Vec::new());
        let up = FeedState::Up {
            since: Time::UNIX_EPOCH,
        };
        let mut view = core.view(up, RecorderState::default(), Time::UNIX_EPOCH);
        view.price = Some(d("2.5"));
        view.tick = Some(100);
        view.auto_sell = Some(AutoSellView {
            set: Some(rules),
            opened_tick: Some(60),
        });
        view
    }

    fn rules() -> AutoSell {
        AutoSell {
            take_profit: Some(d("3")),
            stop_loss: Some(StopLoss::Price(d("1.5"))),
            after_ticks: Some(120),
            pinned: true,
        }
    }

    fn placed(line: AutoSellLine, value: f64) -> PlacedLine {
        PlacedLine { line, value }
    }

    #[test]
    fn each_rule_is_a_line_and_the_dragged_one_is_at_the_pointer() {
        let view = view(rules());
        let all = [
            placed(AutoSellLine::TakeProfit, 3.0),
            placed(AutoSellLine::StopLoss, 1.5),
            placed(AutoSellLine::Time, 180.0),
        ];
        assert_eq!(lines(&view, None), all);
        let moved = placed(AutoSellLine::StopLoss, 1.8);
        assert_eq!(lines(&view, Some(moved)), [all[0], moved, all[2]]);
    }

    #[test]
    fn a_dropped_line_changes_its_rule_only() {
        let view = view(rules());
        let moved = dragged(&view, placed(AutoSellLine::TakeProfit, 4.256_7));
        let take_profit = Some(d("4.26"));
        assert_eq!(
            moved,
            Some(AutoSell {
                take_profit,
                ..rules()
            })
        );
        let moved = dragged(&view, placed(AutoSellLine::Time, 143.6)).expect("rules");
        assert_eq!(moved.after_ticks, Some(84));
        let moved = dragged(&view, placed(AutoSellLine::StopLoss, 2.0)).expect("rules");
        assert_eq!(moved.stop_loss, Some(StopLoss::Price(d("2.00"))));
    }

    #[test]
    fn a_drag_alone_never_sells() {
        let view = view(rules());
        let moved = |line, value| dragged(&view, placed(line, value)).expect("rules");
        let below = moved(AutoSellLine::TakeProfit, 1.0);
        assert_eq!(below.take_profit, Some(d("2.51")));
        let above = moved(AutoSellLine::StopLoss, 9.0);
        assert_eq!(above.stop_loss, Some(StopLoss::Price(d("2.49"))));
        let past = moved(AutoSellLine::Time, 3.0);
        assert_eq!(past.after_ticks, Some(41));
        // In percent of the cost.
        for (cost, price) in [
            ("50", "49.94"),
            ("2", "2"),
            ("50", "0.02"),
            ("1.01", "1.03"),
        ] {
            let stop_loss = Some(StopLoss::LossPercent(d("25")));
            let mut view = view_at_cost(stop_loss, cost);
            view.price = Some(d(price));
            let moved = dragged(&view, placed(AutoSellLine::StopLoss, 99.0)).expect("rules");
            let stop = moved.stop_loss.expect("a stop").price(d(cost));
            assert!(
                moved.is_possible() && stop < d(price),
                "{cost} {price}: {stop}"
            );
        }
        // Below the lowest stop nothing is set.
        let mut low = view;
        low.price = Some(d("0.01"));
        assert_eq!(dragged(&low, placed(AutoSellLine::StopLoss, 0.001)), None);
    }

    /// [`view`] with a position at this average cost.
    fn view_at_cost(stop_loss: Option<StopLoss>, cost: &str) -> View {
        let mut view = view(AutoSell {
            stop_loss,
            ..rules()
        });
        let lot = Lot {
            qty: d("0.01"),
            price: d(cost),
        };
        let trader = view.trader.as_mut().expect("a player");
        trader.account = Some(Account::new(d("1"), [lot]));
        view
    }

    #[test]
    fn a_loss_in_percent_follows_the_cost_and_stays_a_percentage() {
        let stop_loss = Some(StopLoss::LossPercent(d("25")));
        let without_cost = view(AutoSell {
            stop_loss,
            ..rules()
        });
        assert_eq!(
            lines(&without_cost, None).len(),
            2,
            "without a cost there is no line"
        );
        let view = view_at_cost(stop_loss, "2");
        assert_eq!(lines(&view, None)[1], placed(AutoSellLine::StopLoss, 1.5));
        let stop = |value| {
            let moved = dragged(&view, placed(AutoSellLine::StopLoss, value));
            moved.expect("rules").stop_loss.expect("a stop")
        };
        assert_eq!(stop(1.2), StopLoss::LossPercent(d("40.0")));
        assert_eq!(stop(2.3), StopLoss::Price(d("2.30")));
    }
}
