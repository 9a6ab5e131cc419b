//! The steps of a scene, short ways to write them, and what they wait for.

use egui::{Key, Modifiers};
use rust_decimal::Decimal;

use pianola::account::{ActionKind, ActionStatus};
use pianola::engine::View;
use pianola::game::Phase;
use pianola::replay::Highlight;
use pianola::table::Speed;
use pianola::trading::TraderView;
use pianola::ui::KeyCommand;

/// The speed of plain waits.
pub const QUICK: Speed = Speed::Times(20.0);
/// The speed of waits that end with a press: a phase lasts long enough to be seen.
pub const BRISK: Speed = Speed::Times(5.0);
/// The speed of the real server.
pub const REAL: Speed = Speed::Times(1.0);
/// The speed of short times that a picture is taken in: a busy machine paints few frames.
pub const SLOW: Speed = Speed::Times(0.2);
/// Ticks before a moment at which a game continues at the real speed.
const NEAR: u32 = 12;

/// A condition on a view.
pub type ViewCheck = Box<dyn Fn(&View) -> bool>;
/// A condition on a view and on the control that the hand of a strategy presses.
pub type FrameCheck = Box<dyn Fn(&View, Option<Highlight>) -> bool>;

/// A step of a scene.
pub enum SceneStep {
    /// Changes the speed of the games.
    Speed(Speed),
    /// Presses a key.
    Press(KeyCommand),
    /// Waits until a view fulfils the condition; the text names it.
    Until(String, ViewCheck),
    /// Presses a key, frame by frame, until a view fulfils the condition; the text names it.
    PressUntil(KeyCommand, String, ViewCheck),
    /// Opens the panel of this name.
    Open(&'static str),
    /// Takes a picture.
    Take(Shot),
    /// Changes the size of the window, in pixels.
    Resize([u16; 2]),
    /// Clicks at this place, which a key cannot reach.
    Click([f32; 2]),
    /// Replaces the text that has the focus.
    Type(&'static str),
    /// Presses a key that is no command of the window.
    Key(Modifiers, Key),
    /// Takes the next frame of the strip: its width and height, what it shows, and the condition on the view and on the
    /// control that the hand presses.
    Frame([u16; 2], &'static str, FrameCheck),
    /// Writes the frames of the strip as one picture with so many columns.
    Strip(&'static str, usize),
}

/// A picture.
pub struct Shot {
    /// Its file name.
    pub name: &'static str,
    /// Its width and height in pixels.
    pub size: [u16; 2],
    /// What it shows, in words.
    pub what: &'static str,
    /// The condition for taking it.
    pub shows: ViewCheck,
}

pub fn until(what: &str, holds: impl Fn(&View) -> bool + 'static) -> SceneStep {
    SceneStep::Until(what.to_owned(), Box::new(holds))
}

pub fn phase(phase: Phase) -> SceneStep {
    until(&format!("phase {phase}"), move |view| view.phase == phase)
}

/// Buys in the next presale, and waits until there are `buys` buys.
pub fn bought_in_presale(buys: usize) -> Vec<SceneStep> {
    let mut steps = vec![
        SceneStep::Speed(BRISK),
        phase(Phase::Presale),
        SceneStep::Speed(REAL),
    ];
    steps.extend(pressed(KeyCommand::Buy, ActionKind::Buy, buys));
    steps
}

/// Waits for a tick of the running game or the next one, fast until shortly before it.
pub fn reached(tick: u32) -> [SceneStep; 6] {
    let at = move |tick: u32| {
        until(&format!("tick {tick}"), move |view| {
            view.phase == Phase::Active && view.tick >= Some(tick)
        })
    };
    [
        SceneStep::Speed(BRISK),
        phase(Phase::Active),
        SceneStep::Speed(QUICK),
        at(tick.saturating_sub(NEAR)),
        SceneStep::Speed(REAL),
        at(tick),
    ]
}

/// Presses a trading key, and waits until there are `rows` rows of its kind.
pub fn pressed(key: KeyCommand, kind: ActionKind, rows: usize) -> [SceneStep; 3] {
    [
        until("a wallet and no order on its way", is_free),
        SceneStep::Press(key),
        until(&format!("{} number {rows}", kind.as_str()), move |view| {
            count(view, kind) >= rows
        }),
    ]
}

/// Waits for a wallet, and raises the amount by a number of the smallest chips. Each scene begins with it.
pub fn raised_by(chips: usize) -> Vec<SceneStep> {
    let wait = until("a wallet", is_free);
    let chips = presses(KeyCommand::AmountUp, chips);
    std::iter::once(wait).chain(chips).collect()
}

pub fn presses(key: KeyCommand, times: usize) -> impl Iterator<Item = SceneStep> {
    std::iter::repeat_with(move || SceneStep::Press(key)).take(times)
}

pub fn take(
    name: &'static str,
    size: [u16; 2],
    what: &'static str,
    shows: impl Fn(&View) -> bool + 'static,
) -> SceneStep {
    SceneStep::Take(Shot {
        name,
        size,
        what,
        shows: Box::new(shows),
    })
}

pub fn count(view: &View, kind: ActionKind) -> usize {
    let rows = view.actions.iter();
    rows.filter(|row| row.action == kind && row.status == ActionStatus::Confirmed)
        .count()
}

/// Whether an order can be placed.
pub fn is_free(view: &View) -> bool {
    let trader = view.trader.as_ref();
    trader.is_some_and(|trader| trader.account.is_some() && trader.pending.is_none())
}

pub fn holds(view: &View) -> bool {
    let held = view.trader.as_ref().and_then(TraderView::held);
    held.is_some_and(|held| !held.position_qty.is_zero())
}

/// Whether a game runs with an open position.
pub fn plays(view: &View) -> bool {
    view.phase == Phase::Active && holds(view)
}

pub fn profits(view: &View) -> bool {
    let pnl = view.trader.as_ref().and_then(|trader| trader.pnl);
    pnl.is_some_and(|pnl| pnl > Decimal::ZERO)
}

pub fn bets(view: &View) -> bool {
    let trader = view.trader.as_ref();
    trader.is_some_and(|trader| trader.sidebet().is_some())
}
