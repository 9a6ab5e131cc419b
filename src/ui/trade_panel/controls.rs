//! The controls that order: the amount with its chips, the share of a sale, and three buttons that say what they will do
//! or why they cannot.

use egui::{
    Align, Align2, Color32, FontSelection, Frame, Key, Margin, Rect, Sense, Stroke, StrokeKind, Ui,
    vec2,
};
use rust_decimal::Decimal;

use super::blocks::Blocks;
use super::chips::chips_ui;
use super::money::paint_text;
use crate::account::{ActionKind, ActionSource, Chip, SHARES, lamports};
use crate::engine::View;
use crate::game::Time;
use crate::replay::{Button, Highlight};
use crate::trading::{Order, PendingOrderView, Refusal};
use crate::ui::browser::trades_in_browser;
use crate::ui::command::KeyCommand;
use crate::ui::debounce::pressed_by;
use crate::ui::format::sol;
use crate::ui::hints::Spot;
use crate::ui::order_preview::{OrderPreview, max_amount, preview_order};
use crate::ui::page_part::part_ui;
use crate::ui::theme::role::{AMOUNT, CAPTION, TABLE};
use crate::ui::theme::{RADIUS, Theme};
use crate::ui::ticket::{Ticket, TicketInput};
use crate::ui::widgets::{
    Segment, SegmentStyle, TradeButton, TradeState, named, pixel, segmented_ui, with_fewer_places,
    wrapped_ui,
};

/// Least width of a panel with the long texts of its buttons.
const LONG: f32 = 280.0;
/// Least usual time to an answer, in milliseconds: the bar of a sent order reaches its end after this.
const LEAST_ANSWER: i64 = 400;

/// What the controls are drawn with.
#[derive(Debug, Clone, Copy)]
pub struct ControlsContext<'a> {
    pub view: &'a View,
    pub blocks: &'a Blocks,
    /// Who operates the ticket.
    pub input: TicketInput,
    pub now: Time,
    /// Share of the balance above which a buy or a sidebet needs a second press, in percent.
    pub ask_above: Option<Decimal>,
}

/// What the three trade buttons are drawn with.
#[derive(Debug, Clone, Copy)]
pub struct ButtonsContext<'a> {
    pub view: &'a View,
    /// Who operates the ticket.
    pub input: TicketInput,
    pub now: Time,
    /// Share of the balance above which a buy or a sidebet needs a second press, in percent.
    pub ask_above: Option<Decimal>,
    /// Whether they have room for the long texts where they are wide enough.
    pub long: bool,
}

/// Draws trade buttons in these places. Returns the order whose button was pressed, and the input device.
pub fn buttons_ui(
    ui: &mut Ui,
    ticket: &Ticket,
    places: impl IntoIterator<Item = (Button, Rect)>,
    context: &ButtonsContext<'_>,
) -> Option<(Order, ActionSource)> {
    let mut pressed = None;
    for (button, rect) in places {
        // The ring of the piano grows outside of the button, and is 2 points lower with it.
        part_ui(ui, "button", rect.expand(10.0), |ui| {
            let place = egui::UiBuilder::new().id_salt(button).max_rect(rect);
            ui.scope_builder(place, |ui| {
                pressed = trade_button_ui(ui, button, ticket, context).or(pressed);
            });
        });
    }
    pressed
}

/// Draws amount, chips and buttons. Returns the order whose button was pressed, and the input device.
pub fn controls_ui(
    ui: &mut Ui,
    ticket: &mut Ticket,
    context: ControlsContext<'_>,
) -> Option<(Order, ActionSource)> {
    let blocks = context.blocks;
    let max = max_amount(context.view);
    // While the player trades in a browser, the amount here has no use.
    let enabled = !trades_in_browser(context.view);
    part_ui(ui, "amount", blocks.amount, |ui| {
        ui.add_enabled_ui(enabled, |ui| amount_ui(ui, ticket, max, &context));
    });
    part_ui(ui, "chips", blocks.chips, |ui| {
        ui.add_enabled_ui(enabled, |ui| {
            chips_ui(ui, blocks.chips, ticket, (max, context.input));
        });
    });
    Spot::Amount.note(ui.ctx(), blocks.amount);
    Spot::Trade.note(ui.ctx(), blocks.buy.union(blocks.sell));
    let buttons = ButtonsContext {
        view: context.view,
        input: context.input,
        now: context.now,
        ask_above: context.ask_above,
        long: !blocks.is_compact(),
    };
    let bought = buttons_ui(ui, ticket, [(Button::Buy, blocks.buy)], &buttons);
    part_ui(ui, "share of the sale", blocks.shares, |ui| {
        let draw = |ui: &mut Ui| shares_ui(ui, ticket, context.input);
        ui.add_enabled_ui(enabled, draw);
    });
    let others = [
        (Button::Sell, blocks.sell),
        (Button::Sidebet, blocks.sidebet),
    ];
    buttons_ui(ui, ticket, others, &buttons).or(bought)
}

/// Returns what is wrong with the amount: a text, and whether MAX cures it.
fn wrong_amount(ticket: &Ticket, max: Decimal, view: &View) -> Option<(String, bool)> {
    let smallest = view.limits.min_buy;
    let text = match ticket.amount() {
        Err(error) => error.to_string(),
        Ok(amount) if amount <= Decimal::ZERO => Refusal::Amount.to_string(),
        Ok(amount) if lamports(amount) != amount => Refusal::Decimals.to_string(),
        Ok(amount) if amount > max && view.trader.is_some() => {
            return Some((format!("only {}: MAX", sol(max)), true));
        }
        Ok(amount) if amount < smallest => format!("at least {}", smallest.normalize()),
        Ok(_) => return None,
    };
    Some((text, false))
}

fn amount_ui(ui: &mut Ui, ticket: &mut Ticket, max: Decimal, context: &ControlsContext<'_>) {
    let theme = Theme::of(ui);
    let rect = context.blocks.amount;
    let by_player = context.input.takes_presses();
    let wrong = wrong_amount(ticket, max, context.view).filter(|_| by_player);
    let frame = match (&wrong, context.input.presses(Highlight::Field)) {
        (_, true) => Stroke::new(2.0, theme.replay),
        (Some(_), _) => Stroke::new(1.0, theme.amber),
        (None, _) => Stroke::new(1.0, theme.line2),
    };
    let kind = StrokeKind::Inside;
    ui.painter().rect(rect, RADIUS, theme.input(), frame, kind);
    let inside = rect.shrink2(vec2(12.0, 0.0));
    let (unit, _) = paint_text(ui, inside, Align::RIGHT, (TABLE, "SOL", theme.quiet));
    let is_compact = context.blocks.is_compact();
    let size = if is_compact { 15.0 } else { 18.0 };
    let digits = inside
        .with_max_x(unit.left() - 8.0)
        .with_min_x(inside.left() + inside.width() * if wrong.is_some() { 0.5 } else { 0.42 });
    let note = inside.with_max_x(digits.left());
    let font = AMOUNT.sized(size).font();
    let cures = wrong.as_ref().is_some_and(|(_, cures)| *cures);
    part_ui(ui, "field", digits, |ui| {
        ui.spacing_mut().interact_size.y = digits.height();
        let field = egui::TextEdit::singleline(&mut ticket.text)
            .font(FontSelection::FontId(font))
            .frame(Frame::NONE)
            .margin(Margin::ZERO)
            .align(Align2::RIGHT_CENTER)
            .text_color_opt(wrong.as_ref().map(|_| theme.amber))
            .interactive(by_player)
            .min_size(vec2(0.0, digits.height()))
            .desired_width(digits.width());
        let field = named(ui.add(field), "Amount");
        if field.changed() {
            ticket.typed();
        }
        let enter = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if enter && cures {
            ticket.press(Chip::Max, max);
        }
    });
    match wrong {
        Some((text, cures)) => {
            // Two lines have room for every reason.
            let lines = egui::UiBuilder::new()
                .max_rect(note)
                .layout(egui::Layout::left_to_right(Align::Center));
            ui.scope_builder(lines, |ui| wrapped_ui(ui, theme.amber, CAPTION.text(text)));
            if cures {
                let cure = ui.interact(note, ui.scope_id().with("cure"), Sense::click());
                cure.widget_info(|| {
                    egui::WidgetInfo::labeled(egui::Role::Button, true, "Use what there is")
                });
                if cure.clicked() {
                    ticket.press(Chip::Max, max);
                }
            }
        }
        None => {
            paint_text(ui, note, Align::LEFT, (TABLE, "Amount", theme.quiet));
        }
    }
}

fn shares_ui(ui: &mut Ui, ticket: &mut Ticket, input: TicketInput) {
    let names = SHARES.map(|share| format!("{share} %"));
    let tips = SHARES.map(|share| KeyCommand::Share(share).tip(ui.ctx()));
    let parts = SHARES.iter().zip(&names).zip(&tips);
    let segments: Vec<_> = parts
        .map(|((share, name), tip)| Segment::text(*share, name).tip(tip))
        .collect();
    let chosen = SHARES
        .into_iter()
        .find(|share| ticket.share == Decimal::from(*share));
    let style = SegmentStyle {
        width: Some(ui.available_width()),
        height: ui.available_height(),
        digits: true,
        piano: input.presses(Highlight::Share(ticket.share)),
    };
    let clicked = segmented_ui(ui, chosen, &segments, style);
    if let Some(share) = clicked.filter(|_| input.takes_presses()) {
        ticket.share = share.into();
    }
}

/// Draws a button. Returns the order and what pressed it.
fn trade_button_ui(
    ui: &mut Ui,
    button: Button,
    ticket: &Ticket,
    context: &ButtonsContext<'_>,
) -> Option<(Order, ActionSource)> {
    let (view, theme) = (context.view, Theme::of(ui));
    let command = match button {
        Button::Buy => KeyCommand::Buy,
        Button::Sell => KeyCommand::Sell,
        Button::Sidebet => KeyCommand::Sidebet,
    };
    let long = ui.available_width() >= LONG && context.long;
    // The player sees the price of this frame.
    let write = || preview_order(command, ticket, view, Some(view.order_price()), long);
    let preview = write();
    let by_player = context.input.takes_presses();
    let down = context.input.presses(Highlight::Button(button));
    let sent = in_flight(command, view).map(|pending| sent_share(view, pending, context.now));
    let key = command.key_name(ui.ctx());
    let now = ui.input(|input| input.time);
    let asks = context.input == TicketInput::Player
        && preview
            .order
            .is_some_and(|order| ticket.must_ask(&order, balance_of(view), context.ask_above));
    let left = preview
        .order
        .and_then(|order| ticket.seconds_to_press_again(&order, now))
        .filter(|_| asks);
    let (verb, fill) = match command {
        KeyCommand::Sell => (format!("SELL {} %", ticket.share), theme.sell_fill),
        KeyCommand::Sidebet => (all_verb("SIDEBET", asks, ticket), theme.side_fill),
        _ => (all_verb("BUY", asks, ticket), theme.buy_fill),
    };
    let state = match (by_player, sent) {
        _ if down => TradeState::Piano,
        (false, _) => TradeState::Idle,
        (true, Some(share)) => TradeState::Sent(share),
        (true, None) if asks => TradeState::Ask,
        (true, None) => TradeState::Ready,
    };
    let note = match left {
        _ if !by_player => Some(replay_note(ticket, command, down).to_owned()),
        Some(seconds) => {
            ui.request_repaint_after(std::time::Duration::from_millis(100));
            Some(format!("press {key} again, {seconds} s"))
        }
        None => None,
    };
    let base = TradeButton {
        verb: &verb,
        amount: "",
        note: "",
        key: &key,
        fill,
        height: ui.available_height(),
        state,
    };
    let width = ui.available_width();
    let fits = |preview: &OrderPreview| with_texts(base, preview, note.as_deref()).fits(ui, width);
    let fitting = with_fewer_places(write).find(fits);
    let button = with_texts(base, fitting.as_ref().unwrap_or(&preview), note.as_deref());
    let response = ui.add_enabled(!by_player || down || preview.order.is_some(), button);
    if sent.is_some() {
        ui.request_repaint();
    }
    let OrderPreview { order, text, .. } = preview;
    if !by_player {
        return None;
    }
    let source = pressed_by(&response);
    response.on_disabled_hover_text(text);
    order.zip(source)
}

/// Returns a button with the texts of a preview, or with another note.
fn with_texts<'a>(
    button: TradeButton<'a>,
    preview: &'a OrderPreview,
    note: Option<&'a str>,
) -> TradeButton<'a> {
    let (amount, note) = (&preview.amount, note.unwrap_or(&preview.text));
    TradeButton {
        amount,
        note,
        ..button
    }
}

fn all_verb(verb: &str, asks: bool, ticket: &Ticket) -> String {
    if asks && ticket.is_max() {
        format!("{verb} ALL")
    } else {
        verb.to_owned()
    }
}

fn balance_of(view: &View) -> Option<Decimal> {
    let account = view.trader.as_ref()?.account.as_ref()?;
    Some(account.balance())
}

/// Returns the order in flight that this button sent; `None` also once its answer is not expected any more.
fn in_flight(command: KeyCommand, view: &View) -> Option<PendingOrderView> {
    let pending = view.trader.as_ref()?.pending?;
    let kind = match command {
        KeyCommand::Buy => ActionKind::Buy,
        KeyCommand::Sell => ActionKind::Sell,
        _ => ActionKind::SidebetPlace,
    };
    (pending.order.kind() == kind && !pending.unknown).then_some(pending)
}

/// Returns how far the bar of a sent order is.
fn sent_share(view: &View, pending: PendingOrderView, now: Time) -> f32 {
    let usual = view.trader.as_ref().and_then(|trader| trader.to_ack);
    let usual = usual.map_or(LEAST_ANSWER, |took| took.p95.max(LEAST_ANSWER));
    let passed = (now - pending.since).num_milliseconds().clamp(0, usual);
    let part = |millis: i64| f64::from(i32::try_from(millis).unwrap_or(i32::MAX));
    pixel(part(passed) / part(usual)).max(0.1)
}

fn replay_note(ticket: &Ticket, command: KeyCommand, down: bool) -> &str {
    let next = ticket.notes.as_ref().map_or(" ", |notes| match command {
        KeyCommand::Buy => &notes[0],
        KeyCommand::Sell => &notes[1],
        _ => &notes[2],
    });
    match &ticket.note {
        Some(note) if down => note,
        _ => next,
    }
}

/// Fills a bar up to a share of its width.
pub fn bar_ui(ui: &Ui, rect: Rect, share: f32, ground: Color32, fill: Color32) {
    let painter = ui.painter();
    painter.rect_filled(rect, 2, ground);
    let filled = rect.with_max_x(egui::lerp(rect.x_range(), share.clamp(0.0, 1.0)));
    if filled.width() > 0.5 {
        painter.rect_filled(filled, 2, fill);
    }
}
