//! The what-if: the same trades with another exit, with a slider and the result for each of its values.

use egui::{Rect, Role, Sense, Slider, Ui, UiBuilder, WidgetInfo, pos2};
use rust_decimal::Decimal;

use super::card::review_card_ui;
use super::exit_rule::ExitRule;
use super::no_cards::COMPUTING;
use super::plot::{ReviewPlot, below_ui};
use crate::protocol::number;
use crate::review::{Exit, FreshResult, WhatIfTotal};
use crate::ui::format::{count, exact, exact_multiplier, signed};
use crate::ui::theme::Theme;
use crate::ui::theme::role::{AXIS, BODY, CAPTION, PILL, TABLE};
use crate::ui::widgets::{
    SegmentStyle, fitting_amounts, line_galley, named, paint_line, segmented_ui, truncated_ui,
    wrapped_ui,
};

/// Heights of the line of controls, of the sentence, of the slider, of its values and of the fresh games.
const CONTROLS: f32 = 30.0;
const SENTENCE: f32 = 24.0;
const SLIDER: f32 = 20.0;
const LOW_LINE: f32 = 18.0;
/// Shown before the slider was used.
const NEW_GAMES: &str = "Move the slider: the same exit is then played on 100,000 new games, too.";

/// What the player chose.
#[derive(Debug, Clone)]
pub struct WhatIfChoice {
    /// The rule.
    pub rule: ExitRule,
    /// The exits of its slider.
    pub exits: Vec<Exit>,
    /// The place on the slider.
    pub place: usize,
    /// Whether the player has used it: the table of the trades then has it.
    pub is_used: bool,
}

impl Default for WhatIfChoice {
    fn default() -> Self {
        Self::of(ExitRule::Price)
    }
}

impl WhatIfChoice {
    fn of(rule: ExitRule) -> Self {
        Self {
            rule,
            exits: rule.exits(),
            place: rule.first(),
            is_used: false,
        }
    }

    /// Returns the exit that is chosen.
    pub fn exit(&self) -> Exit {
        self.exits
            .get(self.place)
            .copied()
            .unwrap_or(Exit::Shift(0))
    }
}

/// What is known of the same rule on new games.
#[derive(Debug, Clone, Copy)]
pub enum FreshState<'a> {
    /// It is being played: how many games are done.
    Running(u64),
    /// It was played.
    Done(&'a FreshResult),
    /// It was not played yet.
    None,
}

/// What was computed for the card.
#[derive(Debug, Clone, Copy)]
pub struct WhatIfResults<'a> {
    /// The total for each exit of the slider; `None` while it is computed.
    pub totals: Option<&'a [WhatIfTotal]>,
    /// The trades of the session.
    pub trips: usize,
    /// The same on new games.
    pub fresh: FreshState<'a>,
}

/// Draws the card.
pub fn what_if_ui(ui: &mut Ui, rect: Rect, choice: &mut WhatIfChoice, results: WhatIfResults<'_>) {
    let theme = Theme::of(ui);
    let total = results
        .totals
        .and_then(|totals| totals.get(choice.place))
        .copied();
    let title = |ui: &mut Ui| total_ui(ui, &theme, total);
    review_card_ui(ui, "What if", rect, title, |ui| {
        let mut free = ui.max_rect();
        let mut from_top = |height: f32| {
            let (line, below) = free.split_top_bottom_at_y(free.top() + height);
            free = below;
            line
        };
        let controls = from_top(CONTROLS);
        let sentence = from_top(SENTENCE);
        let segments = ExitRule::ALL.map(ExitRule::segment);
        let chosen = ui.scope_builder(UiBuilder::new().max_rect(controls), |ui| {
            segmented_ui(ui, Some(choice.rule), &segments, SegmentStyle::default())
        });
        if let Some(rule) = chosen.inner {
            *choice = WhatIfChoice {
                is_used: true,
                ..WhatIfChoice::of(rule)
            };
        }
        sentence_ui(ui, &theme, sentence, (choice.exit(), total, results.trips));
        let (free, fresh) = free.split_top_bottom_at_y(free.bottom() - LOW_LINE);
        let (free, values) = free.split_top_bottom_at_y(free.bottom() - LOW_LINE);
        let (plot, slider) = free.split_top_bottom_at_y(free.bottom() - SLIDER);
        let plot = plot_ui(ui, &theme, plot, choice, results.totals);
        slider_ui(ui, slider.with_max_x(plot.rect.right()), choice);
        values_ui(ui, &theme, values, &plot, choice);
        fresh_ui(ui, &theme, fresh, results.fresh);
    });
}

fn total_ui(ui: &mut Ui, theme: &Theme, total: Option<WhatIfTotal>) {
    let Some(total) = total else { return };
    let mine = format!("you {}", signed(total.mine));
    let difference = total.other.saturating_sub(total.mine);
    ui.label(CAPTION.text(mine).color(theme.quiet));
    let other = PILL
        .text(signed(total.other))
        .color(theme.money(total.other));
    ui.label(other).on_hover_text(format!(
        "{} instead of {}: {} apart",
        exact(total.other),
        exact(total.mine),
        exact(difference)
    ));
}

fn sentence_ui(
    ui: &mut Ui,
    theme: &Theme,
    rect: Rect,
    (exit, total, trips): (Exit, Option<WhatIfTotal>, usize),
) {
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        let over = match total {
            Some(total) if total.trips < trips => {
                format!(" (over {} of {})", total.trips, count(trips, "trade"))
            }
            _ => String::new(),
        };
        truncated_ui(
            ui,
            theme.text,
            BODY.text(format!("{}{over}", sentence(exit))),
        );
    });
}

/// Returns an exit in words.
fn sentence(exit: Exit) -> String {
    match exit {
        Exit::AtPrice(price) => {
            format!("If you had sold everything at {}", exact_multiplier(price))
        }
        Exit::AfterTicks(ticks) => {
            format!("If you had sold everything after {}", count(ticks, "tick"))
        }
        Exit::Falls(percent) => {
            format!("If you had sold everything {percent}\u{2009}% below the high")
        }
        Exit::Shift(0) => "If you had sold as you did".to_owned(),
        Exit::Shift(by) if by < 0 => {
            format!(
                "If you had sold {} earlier",
                count(by.unsigned_abs(), "tick")
            )
        }
        Exit::Shift(by) => format!("If you had sold {} later", count(by, "tick")),
    }
}

/// Returns the value of an exit as the text below the slider.
fn value(exit: Exit) -> String {
    match exit {
        Exit::AtPrice(price) => exact_multiplier(price),
        Exit::AfterTicks(ticks) => ticks.to_string(),
        Exit::Falls(percent) => format!("{percent}\u{2009}%"),
        Exit::Shift(by) if by > 0 => format!("+{by}"),
        Exit::Shift(by) if by < 0 => format!("\u{2212}{}", by.unsigned_abs()),
        Exit::Shift(_) => "0".to_owned(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
fn x(place: usize) -> f64 {
    place as f64
}

fn plot_ui(
    ui: &mut Ui,
    theme: &Theme,
    rect: Rect,
    choice: &WhatIfChoice,
    totals: Option<&[WhatIfTotal]>,
) -> ReviewPlot {
    let response = ui.interact(rect, ui.scope_id().with("plot"), Sense::hover());
    let last = choice.exits.len().saturating_sub(1);
    let totals = totals.unwrap_or_default();
    let others = totals.iter().map(|total| number::to_f64_lossy(total.other));
    let mine = totals.get(choice.place).map(|total| total.mine);
    let mine_value = mine.map(number::to_f64_lossy);
    let plot = ReviewPlot::of(rect, [0.0, x(last)], others.clone().chain(mine_value));
    let painter = ui.painter().with_clip_rect(rect.expand(4.0));
    plot.level(&painter, 0.0, theme.line2);
    let mut labels = Vec::new();
    let Some(total) = totals.get(choice.place) else {
        ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
            wrapped_ui(ui, theme.quiet, TABLE.text(COMPUTING));
        });
        return plot;
    };
    if let Some((mine, value)) = mine.zip(mine_value) {
        plot.level(&painter, value, theme.money(mine));
        labels.push((AXIS, mine, theme.money(mine)));
    }
    plot.line(&painter, (0..).map(x).zip(others), theme.text);
    let at = plot.at(x(choice.place), number::to_f64_lossy(total.other));
    let line = egui::Stroke::new(1.0, theme.accent);
    painter.vline(at.x, rect.y_range(), line);
    painter.circle_filled(at, 4.0, theme.accent);
    labels.insert(0, (PILL.sized(11.0), total.other, theme.money(total.other)));
    labels.push((AXIS, Decimal::ZERO, theme.quiet));
    plot.labels(ui, &labels);
    let words = format!(
        "{}: {} instead of {}",
        sentence(choice.exit()),
        signed(total.other),
        signed(total.mine)
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &words));
    plot
}

fn slider_ui(ui: &mut Ui, rect: Rect, choice: &mut WhatIfChoice) {
    let last = choice.exits.len().saturating_sub(1);
    let text = value(choice.exit());
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        ui.spacing_mut().slider_width = rect.width();
        ui.spacing_mut().interact_size.y = SLIDER;
        let slider = Slider::new(&mut choice.place, 0..=last).show_value(false);
        let response = named(ui.add(slider.trailing_fill(true)), "Exit");
        choice.is_used |= response.changed();
        response.on_hover_text_at_pointer(text);
    });
}

/// Paints values below the slider: at its ends and at quarters.
fn values_ui(ui: &Ui, theme: &Theme, rect: Rect, plot: &ReviewPlot, choice: &WhatIfChoice) {
    let last = choice.exits.len().saturating_sub(1);
    let texts = (0..=4).map(|quarter| {
        let place = quarter * last / 4;
        let text = choice
            .exits
            .get(place)
            .map_or(String::new(), |exit| value(*exit));
        (plot.at(x(place), 0.0).x, text)
    });
    below_ui(ui, theme, rect.with_max_x(plot.rect.right()), texts);
}

fn fresh_ui(ui: &mut Ui, theme: &Theme, rect: Rect, fresh: FreshState<'_>) {
    let write = || match fresh {
        FreshState::None => NEW_GAMES.to_owned(),
        FreshState::Running(games) => format!("On new games: {games} played…"),
        FreshState::Done(result) => fresh_text(result),
    };
    let text = write();
    let response = ui.interact(rect, ui.scope_id().with("fresh"), Sense::hover());
    let shown = fitting_amounts(ui, CAPTION, rect.width(), write);
    let galley = line_galley(ui, &[(CAPTION, &shown, theme.quiet)], 0.0, rect.width());
    paint_line(ui.painter(), pos2(rect.left(), rect.center().y), galley);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    let tip = "Your buys with this exit on new games of the published odds. Hindsight flatters: this does not";
    response.on_hover_text(format!("{text}\n{tip}"));
}

/// Returns the result on new games with its interval.
fn fresh_text(result: &FreshResult) -> String {
    let Some(each) = result.per_trip else {
        return "On new games: nothing to play".to_owned();
    };
    let amount = |value: f64| signed(Decimal::from_f64_retain(value).unwrap_or_default());
    let interval = match (each.low, each.high) {
        (Some(low), Some(high)) => format!(" ({} to {})", amount(low), amount(high)),
        _ => String::new(),
    };
    format!(
        "On {} new trades: {} each{interval}",
        result.trips,
        amount(each.value)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_begins_on_a_value_of_its_slider_and_shifts_go_from_40_before_to_200_after() {
        for rule in ExitRule::ALL {
            let choice = WhatIfChoice::of(rule);
            assert!(
                choice.place > 0 && choice.place < choice.exits.len(),
                "{rule:?}"
            );
        }
        let shifts = ExitRule::Shift.exits();
        assert_eq!(shifts.first(), Some(&Exit::Shift(-40)));
        assert_eq!(shifts.last(), Some(&Exit::Shift(200)));
        assert_eq!(WhatIfChoice::of(ExitRule::Shift).exit(), Exit::Shift(0));
        assert_eq!(value(Exit::Shift(-40)), "\u{2212}40");
        assert_eq!(sentence(Exit::Shift(1)), "If you had sold 1 tick later");
    }
}
