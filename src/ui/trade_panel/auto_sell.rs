//! Auto-sell below SELL: closed it says what is set, open it has three fields and a switch, in the same row.

use egui::{
    Align, Align2, FontSelection, Frame, Margin, Rect, Role, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, WidgetInfo, vec2,
};
use rust_decimal::Decimal;

use super::money::paint_text;
use crate::engine::View;
use crate::protocol::number::parse_typed;
use crate::strategy::{AutoSell, StopLoss};
use crate::ui::format::exact_multiplier;
use crate::ui::theme::role::{CAPTION, TABLE, TABLE_MONO};
use crate::ui::theme::{RADIUS, Theme};
use crate::ui::widgets::{Icon, named};

const GAP: f32 = 4.0;
/// Width of the arrow that opens the row, and of the switch that pins it.
const END: f32 = 20.0;
/// The fields: name, hint while it is empty, and tooltip.
const FIELDS: [(&str, &str, &str); 3] = [
    (
        "Take-profit",
        "profit x",
        "Sell all at this multiplier, for example 2.5x",
    ),
    (
        "Stop-loss",
        "loss %",
        "Sell all at this loss in percent of the cost, for example 20 %, or at a multiplier, for example 1.2x",
    ),
    (
        "Sell after ticks",
        "ticks",
        "Sell all so many ticks after the buy",
    ),
];

/// What is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AutoSellFields {
    open: bool,
    texts: [String; 3],
    /// The rules that the texts were made from.
    shown: Option<AutoSell>,
    /// The rules that were set here and are not in the view yet.
    #[expect(clippy::option_option, reason = "a change, and within it rules or off")]
    sent: Option<Option<AutoSell>>,
}

impl AutoSellFields {
    /// Returns the rules that were typed and are to be set, once; `None` while the fields say what is set, or cannot be
    /// read.
    #[expect(clippy::option_option, reason = "a change, and within it rules or off")]
    pub fn take_typed(&mut self) -> Option<Option<AutoSell>> {
        // The texts of what is set are rounded: they are no other rules.
        if self.texts == texts_of(self.shown.as_ref()) {
            return None;
        }
        let pinned = self.shown.is_some_and(|set| set.pinned);
        let rules = parse(&self.texts, pinned).ok()?;
        let rules = Some(rules).filter(|rules| !rules.is_empty());
        if rules == self.shown || self.sent == Some(rules) {
            return None;
        }
        self.sent = Some(rules);
        self.sent
    }
}

/// Draws the row. Returns the rules to set, or `Some(None)` to turn it off; `None` while nothing changes.
#[expect(clippy::option_option, reason = "a change, and within it rules or off")]
pub fn auto_sell_ui(
    ui: &mut Ui,
    fields: &mut AutoSellFields,
    view: &View,
    rect: Rect,
) -> Option<Option<AutoSell>> {
    let set = view.auto_sell?.set;
    let theme = Theme::of(ui);
    if fields.shown != set {
        // Set on the chart, or turned off by the end of the game.
        fields.texts = texts_of(set.as_ref());
        fields.shown = set;
        fields.sent = None;
    }
    let arrow = rect.with_max_x(rect.left() + END);
    let head = if fields.open { arrow } else { rect };
    let response = ui.interact(head, ui.scope_id().with("auto-sell"), Sense::click());
    let open = fields.open;
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, open, "Auto-sell"));
    let words = summary(set.as_ref());
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_description(words.as_str()));
    let icon = if open { Icon::Down } else { Icon::Forward };
    icon.paint(
        ui.painter(),
        arrow.with_max_x(arrow.left() + 12.0),
        12.0,
        theme.quiet,
    );
    let response = response.on_hover_text(
        "Sells automatically: at a multiplier, at a loss, after a number of ticks. Off after each game unless pinned",
    );
    if response.clicked() {
        fields.open = !fields.open;
    }
    if open {
        return open_ui(ui, fields, view.price, rect.with_min_x(arrow.right()));
    }
    let typed = fields.take_typed();
    let inside = rect.with_min_x(arrow.right());
    paint_text(ui, inside, Align::LEFT, (TABLE, "Auto-sell", theme.quiet));
    let colour = if set.is_some() {
        theme.text
    } else {
        theme.quiet
    };
    let right = inside.with_min_x(inside.left() + 60.0);
    paint_text(ui, right, Align::RIGHT, (TABLE_MONO, &words, colour));
    typed
}

#[expect(clippy::option_option, reason = "a change, and within it rules or off")]
fn open_ui(
    ui: &mut Ui,
    fields: &mut AutoSellFields,
    now: Option<Decimal>,
    rect: Rect,
) -> Option<Option<AutoSell>> {
    let theme = Theme::of(ui);
    let parsed = parse(&fields.texts, fields.shown.is_some_and(|set| set.pinned));
    let width = (rect.width() - END - 3.0 * GAP) / 3.0;
    let mut left = rect.left();
    let (mut is_left, mut has_focus) = (false, false);
    for (place, (name, hint, _)) in FIELDS.into_iter().enumerate() {
        let field = Rect::from_min_size(egui::pos2(left, rect.top()), vec2(width, rect.height()));
        left += width + GAP;
        let is_wrong = parsed.as_ref().err() == Some(&place);
        let is_met = parsed.as_ref().is_ok_and(|rules| is_met(rules, place, now));
        let (frame, ink) = if is_wrong || is_met {
            (theme.amber, theme.amber)
        } else {
            (theme.line2, theme.faint)
        };
        let stroke = Stroke::new(1.0, frame);
        ui.painter()
            .rect(field, RADIUS, theme.input(), stroke, StrokeKind::Inside);
        let inside = field.shrink2(vec2(6.0, 0.0));
        let builder = UiBuilder::new().id_salt(name).max_rect(inside);
        let mut ui = ui.new_child(builder);
        ui.shrink_clip_rect(inside);
        ui.spacing_mut().interact_size.y = inside.height();
        let edit = egui::TextEdit::singleline(&mut fields.texts[place])
            .font(FontSelection::FontId(TABLE_MONO.font()))
            .frame(Frame::NONE)
            .margin(Margin::ZERO)
            .align(Align2::RIGHT_CENTER)
            .hint_text(CAPTION.text(hint).color(theme.faint))
            .text_color_opt((parsed.is_err() || is_met).then_some(ink))
            .min_size(vec2(0.0, inside.height()))
            .desired_width(inside.width());
        let response = named(ui.add(edit), name);
        is_left |= response.lost_focus();
        has_focus |= response.has_focus();
        response.on_hover_text(tip(place, &parsed, is_met));
    }
    let pin = rect.with_min_x(rect.right() - END);
    let pinned = fields.shown.is_some_and(|set| set.pinned);
    let response = ui.interact(pin, ui.scope_id().with("pin"), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, pinned, "Pin auto-sell"));
    let ink = if pinned { theme.accent } else { theme.quiet };
    pin_sign(ui, pin, ink, pinned);
    let response = response.on_hover_text("Stays on after the game");
    if response.clicked() {
        let rules = parsed.ok()?;
        let turned = AutoSell {
            pinned: !pinned,
            ..rules
        };
        return (!turned.is_empty()).then_some(Some(turned));
    }
    // Also when the focus was lost while the fields were not drawn.
    if is_left || !has_focus {
        return fields.take_typed();
    }
    None
}

/// Whether the price has reached what a field says, so that all is sold at once.
fn is_met(rules: &AutoSell, place: usize, now: Option<Decimal>) -> bool {
    now.is_some_and(|now| match (place, rules.take_profit, rules.stop_loss) {
        (0, Some(profit), _) => now >= profit,
        (1, _, Some(StopLoss::Price(stop))) => now <= stop,
        _ => false,
    })
}

/// Returns the tooltip of a field. While one field cannot be used, nothing that was typed is set.
fn tip(place: usize, parsed: &Result<AutoSell, usize>, is_met: bool) -> String {
    let (_, _, tip) = FIELDS[place];
    match parsed {
        Ok(_) if is_met => format!("Sells at once: the price is there already. {tip}"),
        Ok(_) => tip.to_owned(),
        Err(wrong) if *wrong == place => format!("Not set: this cannot be used. {tip}"),
        Err(wrong) => format!("Not set: {} cannot be used", FIELDS[*wrong].0),
    }
}

/// Draws a pin: its head is filled while it holds.
fn pin_sign(ui: &Ui, rect: Rect, ink: egui::Color32, pinned: bool) {
    let (painter, at) = (ui.painter(), rect.center());
    let head = at - vec2(0.0, 3.0);
    let stroke = Stroke::new(1.5, ink);
    if pinned {
        painter.circle_filled(head, 4.0, ink);
    } else {
        painter.circle_stroke(head, 3.5, stroke);
    }
    painter.vline(at.x, head.y + 4.0..=at.y + 7.0, stroke);
}

fn texts_of(set: Option<&AutoSell>) -> [String; 3] {
    let Some(set) = set else {
        return Default::default();
    };
    [
        set.take_profit.map_or(String::new(), price_text),
        set.stop_loss.map_or(String::new(), stop_text),
        set.after_ticks
            .map_or(String::new(), |ticks| ticks.to_string()),
    ]
}

fn price_text(price: Decimal) -> String {
    format!("{}x", price.round_dp(4).normalize())
}

fn stop_text(stop: StopLoss) -> String {
    match stop {
        StopLoss::Price(price) => price_text(price),
        StopLoss::LossPercent(percent) => format!("{} %", percent.normalize()),
    }
}

/// Returns the rules as one line.
pub fn summary(set: Option<&AutoSell>) -> String {
    let Some(set) = set else {
        return "off".to_owned();
    };
    let stop = |stop| match stop {
        StopLoss::Price(price) => exact_multiplier(price),
        StopLoss::LossPercent(percent) => format!("−{} %", percent.normalize()),
    };
    let parts = [
        set.take_profit.map(exact_multiplier),
        set.stop_loss.map(stop),
        set.after_ticks.map(|ticks| format!("{ticks} t")),
        set.pinned.then(|| "pinned".to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Reads the fields.
///
/// # Errors
/// The first field that cannot be read.
fn parse(texts: &[String; 3], pinned: bool) -> Result<AutoSell, usize> {
    let [profit, loss, ticks] = texts.each_ref().map(|text| text.trim());
    let price = |text: &str| parse_typed(text.trim_end_matches(['x', 'X']).trim()).ok();
    let percent = |text: &str| {
        let digits = text.trim_end_matches('%').trim_start_matches(['-', '−']);
        parse_typed(digits.trim()).ok()
    };
    let filled = |text: &&str| !text.is_empty();
    let take_profit = Some(profit)
        .filter(filled)
        .map(|text| price(text).ok_or(0_usize));
    let stop_loss = Some(loss).filter(filled).map(|text| {
        let is_price = text.ends_with(['x', 'X']);
        let stop = if is_price {
            price(text).map(StopLoss::Price)
        } else {
            percent(text).map(StopLoss::LossPercent)
        };
        stop.ok_or(1_usize)
    });
    let after_ticks = Some(ticks)
        .filter(filled)
        .map(|text| text.parse().ok().ok_or(2_usize));
    let rules = AutoSell {
        take_profit: take_profit.transpose()?,
        stop_loss: stop_loss.transpose()?,
        after_ticks: after_ticks.transpose()?,
        pinned,
    };
    for place in 0..3 {
        let alone = AutoSell {
            take_profit: rules.take_profit.filter(|_| place == 0),
            stop_loss: rules.stop_loss.filter(|_| place == 1),
            after_ticks: rules.after_ticks.filter(|_| place == 2),
            pinned,
        };
        if !alone.is_possible() {
            return Err(place);
        }
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::number;

    fn d(text: &str) -> Decimal {
        number::parse(text).expect("a decimal")
    }

    fn read(texts: [&str; 3]) -> Result<AutoSell, usize> {
        parse(&texts.map(str::to_owned), false)
    }

    #[test]
    fn fields_are_read_with_and_without_their_units() {
        let rules = AutoSell {
            take_profit: Some(d("2.5")),
            stop_loss: Some(StopLoss::LossPercent(d("20"))),
            after_ticks: Some(40),
            pinned: false,
        };
        assert_eq!(read(["2.5x", "20 %", "40"]), Ok(rules));
        assert_eq!(read([" 2,5 ", "-20", "40"]), Ok(rules));
        assert_eq!(texts_of(Some(&rules)), ["2.5x", "20 %", "40"]);
        assert_eq!(summary(Some(&rules)), "2.50x · −20 % · 40 t");
        let price = Some(StopLoss::Price(d("1.2")));
        assert_eq!(
            read(["", "1.2x", ""]).map(|rules| rules.stop_loss),
            Ok(price)
        );
        assert_eq!(read(["", "", ""]).map(|rules| rules.is_empty()), Ok(true));
        assert_eq!(summary(None), "off");
    }

    #[test]
    fn what_is_typed_is_set_once_and_a_rounded_text_is_no_change() {
        let mut fields = AutoSellFields::default();
        assert_eq!(fields.take_typed(), None);
        fields.texts[1] = "20".to_owned();
        let stop_loss = Some(StopLoss::LossPercent(d("20")));
        let rules = AutoSell {
            stop_loss,
            ..AutoSell::default()
        };
        assert_eq!(fields.take_typed(), Some(Some(rules)));
        assert_eq!(fields.take_typed(), None, "it is on its way");
        let exact = AutoSell {
            take_profit: Some(d("1.234567")),
            ..rules
        };
        fields = AutoSellFields {
            texts: texts_of(Some(&exact)),
            shown: Some(exact),
            ..AutoSellFields::default()
        };
        assert_eq!(fields.take_typed(), None);
        fields.texts[0] = "x".to_owned();
        assert_eq!(fields.take_typed(), None, "it cannot be read");
        fields.texts = Default::default();
        assert_eq!(fields.take_typed(), Some(None));
    }

    #[test]
    fn a_price_that_is_reached_already_is_named() {
        let rules = read(["2.5x", "1.2x", "40"]).expect("rules");
        let met = |now: &str| [0, 1, 2].map(|place| is_met(&rules, place, Some(d(now))));
        assert_eq!(met("2.49"), [false; 3]);
        assert_eq!(met("2.5"), [true, false, false]);
        assert_eq!(met("1.2"), [false, true, false]);
        assert!(!is_met(&rules, 0, None));
        let of_loss = read(["", "20 %", ""]).expect("rules");
        assert!(!is_met(&of_loss, 1, Some(d("0.01"))));
        assert!(tip(0, &Ok(rules), true).starts_with("Sells at once: the price is there already."));
    }

    #[test]
    fn a_field_that_cannot_be_met_is_named() {
        assert_eq!(read(["many", "", ""]), Err(0));
        assert_eq!(read(["0", "", ""]), Err(0));
        assert_eq!(read(["2", "100 %", ""]), Err(1));
        assert_eq!(read(["2", "10", "0"]), Err(2));
        assert_eq!(read(["2", "10", "1.5"]), Err(2));
        let tips = [0, 1].map(|place| tip(place, &read(["1.34x", "0", "60"]), false));
        assert_eq!(tips[0], "Not set: Stop-loss cannot be used");
        assert!(tips[1].starts_with("Not set: this cannot be used. Sell all at this loss"));
    }
}
