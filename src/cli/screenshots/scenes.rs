//! What is played for the pictures: which games, which keys, what is waited for, and when a picture is taken.
//!
//! The games are those of fixed seeds, so the ticks below are places in games that are always the same.

use rust_decimal::Decimal;

use crate::account::{ActionKind, ActionStatus, WalletKind};
use crate::engine::View;
use crate::game::Phase;
use crate::settings::ThemeChoice;
use crate::table::Speed;
use crate::trading::TraderView;
use crate::ui::{KeyCommand, LibraryKey, ReplayKey};

/// The window as it opens.
const WIDE: [u16; 2] = [1_400, 900];
/// Half of a small screen.
const NARROW: [u16; 2] = [700, 800];
/// What is only waited for.
const QUICK: Speed = Speed::Times(20.0);
/// A wait with something to do at its end: a phase lasts long enough to be noticed.
const BRISK: Speed = Speed::Times(5.0);
/// As the real server.
const REAL: Speed = Speed::Times(1.0);
/// The rug is over soon.
const SLOW: Speed = Speed::Times(0.5);
/// So many ticks before its place a game goes on at the real speed.
const NEAR: u32 = 12;

/// What a view must show.
pub(super) type Is = Box<dyn Fn(&View) -> bool>;

/// One source and one window, from the start.
pub(super) struct Scene {
    pub seats: Seats,
    pub seed: u64,
    pub look: ThemeChoice,
    /// The lines for a newcomer are shown.
    pub welcome: bool,
    pub steps: Vec<Step>,
}

/// Where the games are played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seats {
    /// The built-in table.
    Practice,
    /// A table that is wrong on purpose: SOL vanishes from the wallet.
    Wrong,
    /// A table that takes no orders.
    Watching,
}

/// What happens next.
pub(super) enum Step {
    /// The games run so fast from now on.
    Speed(Speed),
    /// A key is pressed.
    Press(KeyCommand),
    /// Nothing is done until a view shows this.
    Until(String, Is),
    /// A picture is taken.
    Take(Shot),
}

/// A picture.
pub(super) struct Shot {
    /// Its file.
    pub name: &'static str,
    /// Its pixels.
    pub size: [u16; 2],
    /// What it is to show, in words.
    pub what: &'static str,
    /// Whether a view shows that.
    pub shows: Is,
}

/// Returns what is played, in order.
pub(super) fn scenes() -> Vec<Scene> {
    let practice = |seed, steps| Scene {
        seats: Seats::Practice,
        seed,
        look: ThemeChoice::Dark,
        welcome: false,
        steps,
    };
    vec![
        practice(PROFIT_SEED, profit()),
        practice(RUG_SEED, rug()),
        Scene {
            seats: Seats::Wrong,
            ..practice(DRIFT_SEED, drift())
        },
        Scene {
            look: ThemeChoice::Light,
            ..practice(LIGHT_SEED, light())
        },
        Scene {
            seats: Seats::Watching,
            // Who watches for the first time reads why nothing is sent.
            welcome: true,
            ..practice(LIVE_SEED, live())
        },
        // Last: it shows what the others left.
        practice(LIGHT_SEED, played_again()),
    ]
}

/// At 3.1x at tick 40; the next game is at 0.8x at tick 50 and at 3.4x at tick 150, and rugs at tick 341.
const PROFIT_SEED: u64 = 961;
/// Rugs at its peak: 2.4x at tick 150, the rug at tick 151.
const RUG_SEED: u64 = 311;
/// At 1.5x at tick 22 and 2.1x at tick 30.
const DRIFT_SEED: u64 = 67;
/// At 3.8x at tick 104 and 1.2x at tick 160.
const LIGHT_SEED: u64 = 19;
/// At 0.9x at tick 100 and 4x at tick 183.
const LIVE_SEED: u64 = 74;

/// A game before; then bought in the presale and at the lowest, sold in part on the way up, with a sidebet on the end.
/// What is left of the game is behind the help sheet, the settings, and the narrow window.
fn profit() -> Vec<Step> {
    let mut steps = raised_by(40);
    steps.extend(bought_in_presale(1));
    steps.extend(reached(40));
    steps.extend(pressed(KeyCommand::Sell, ActionKind::Sell, 1));
    steps.extend(bought_in_presale(2));
    steps.push(until("6 seconds to the start", |view| {
        view.countdown_millis.is_some_and(|millis| millis <= 6_500)
    }));
    let presale = |view: &View| view.phase == Phase::Presale && holds(view);
    steps.push(take(
        "presale.png",
        WIDE,
        "an own buy in the presale",
        presale,
    ));
    steps.extend(reached(52));
    steps.extend(pressed(KeyCommand::Buy, ActionKind::Buy, 3));
    steps.extend(reached(118));
    steps.push(Step::Press(KeyCommand::Share(25)));
    steps.extend(pressed(KeyCommand::Sell, ActionKind::Sell, 2));
    steps.extend(reached(138));
    steps.extend(pressed(KeyCommand::Sidebet, ActionKind::SidebetPlace, 1));
    steps.extend(reached(152));
    steps.push(take(
        "profit.png",
        WIDE,
        "a position in profit with a sidebet",
        |view| plays(view) && bets(view) && profits(view),
    ));
    steps.push(Step::Press(KeyCommand::Help));
    steps.push(take("help.png", WIDE, "a running game", plays));
    steps.push(Step::Press(KeyCommand::Help));
    steps.push(Step::Press(KeyCommand::Settings));
    steps.push(take("settings.png", WIDE, "a running game", plays));
    steps.push(Step::Press(KeyCommand::Settings));
    steps.push(take("narrow.png", NARROW, "a running game", plays));
    steps
}

/// The first sidebet is lost, the second one won by the rug that takes the position: less than that loses.
fn rug() -> Vec<Step> {
    let mut steps = raised_by(40);
    steps.extend(bought_in_presale(1));
    steps.extend(presses(KeyCommand::AmountDown, 40));
    steps.extend(reached(20));
    steps.extend(pressed(KeyCommand::Sidebet, ActionKind::SidebetPlace, 1));
    steps.extend(reached(102));
    steps.extend(pressed(KeyCommand::Buy, ActionKind::Buy, 2));
    steps.extend(reached(126));
    steps.extend(pressed(KeyCommand::Sidebet, ActionKind::SidebetPlace, 2));
    steps.extend(reached(149));
    steps.push(phase(Phase::Rugged));
    steps.push(Step::Speed(SLOW));
    steps.push(take(
        "rug.png",
        WIDE,
        "a rug that took a position and won a sidebet",
        |view| {
            let results = [
                ActionKind::Liquidated,
                ActionKind::SidebetLose,
                ActionKind::SidebetWin,
            ];
            view.phase == Phase::Rugged && results.iter().all(|kind| count(view, *kind) == 1)
        },
    ));
    steps
}

/// After the first order SOL vanishes from the wallet.
fn drift() -> Vec<Step> {
    let mut steps = raised_by(40);
    steps.extend(reached(22));
    steps.extend(pressed(KeyCommand::Buy, ActionKind::Buy, 1));
    steps.push(take("drift.png", WIDE, "a drift", |view| {
        let drift = view.trader.as_ref().and_then(|trader| trader.drift);
        plays(view) && view.tick >= Some(27) && drift.is_some()
    }));
    steps
}

/// Half is sold near the top; the rest has come down since.
fn light() -> Vec<Step> {
    let mut steps = raised_by(20);
    steps.extend(bought_in_presale(1));
    steps.extend(reached(96));
    steps.push(Step::Press(KeyCommand::Share(50)));
    steps.extend(pressed(KeyCommand::Sell, ActionKind::Sell, 1));
    steps.extend(reached(126));
    steps.extend(pressed(KeyCommand::Buy, ActionKind::Buy, 2));
    steps.extend(reached(160));
    steps.push(take("light.png", WIDE, "a position", plays));
    steps
}

/// The keys are safe at first where the games are not ours.
fn live() -> Vec<Step> {
    let mut steps = raised_by(40);
    steps.push(Step::Press(KeyCommand::Arm));
    steps.extend(reached(102));
    steps.extend(pressed(KeyCommand::Buy, ActionKind::Buy, 1));
    steps.extend(reached(142));
    steps.extend(pressed(KeyCommand::Buy, ActionKind::Buy, 2));
    steps.extend(reached(183));
    steps.push(take(
        "live.png",
        WIDE,
        "a position in the local wallet",
        |view| {
            let trader = view.trader.as_ref();
            plays(view) && trader.is_some_and(|trader| trader.wallet == WalletKind::Local)
        },
    ));
    steps
}

/// The library with the sessions of the scenes before, and the first of them at its second sale.
fn played_again() -> Vec<Step> {
    let mut steps = raised_by(0);
    steps.push(Step::Press(KeyCommand::Library));
    let anything = |_: &View| true;
    steps.push(take("library.png", WIDE, "the library", anything));
    let replay = |key| Step::Press(KeyCommand::Replay(key));
    let bought = |view: &View| count(view, ActionKind::Buy) > 0;
    steps.extend([
        Step::Press(KeyCommand::InLibrary(LibraryKey::Last)),
        Step::Press(KeyCommand::InLibrary(LibraryKey::Open)),
        until("the replay", bought),
        replay(ReplayKey::Play),
        replay(ReplayKey::Start),
    ]);
    // The sale of the first game, two buys for the second one, its sale.
    steps.extend(presses(KeyCommand::Replay(ReplayKey::ActionOn), 4));
    steps.push(take("replay.png", WIDE, "a sale in a replay", |view| {
        count(view, ActionKind::Sell) == 2 && holds(view)
    }));
    steps
}

fn until(what: &str, is: impl Fn(&View) -> bool + 'static) -> Step {
    Step::Until(what.to_owned(), Box::new(is))
}

fn phase(phase: Phase) -> Step {
    until(&format!("phase {phase}"), move |view| view.phase == phase)
}

/// Buys in the next presale; then there are so many buys.
fn bought_in_presale(buys: usize) -> Vec<Step> {
    let mut steps = vec![Step::Speed(BRISK), phase(Phase::Presale), Step::Speed(REAL)];
    steps.extend(pressed(KeyCommand::Buy, ActionKind::Buy, buys));
    steps
}

/// Waits for a tick of the next game, or of the one that runs; quickly as far as that is safe.
fn reached(tick: u32) -> [Step; 6] {
    let at = move |tick: u32| {
        until(&format!("tick {tick}"), move |view| {
            view.phase == Phase::Active && view.tick >= Some(tick)
        })
    };
    [
        Step::Speed(BRISK),
        phase(Phase::Active),
        Step::Speed(QUICK),
        at(tick.saturating_sub(NEAR)),
        Step::Speed(REAL),
        at(tick),
    ]
}

/// Presses a key that trades, and waits until that is done and there are so many rows of its kind.
fn pressed(key: KeyCommand, kind: ActionKind, rows: usize) -> [Step; 3] {
    [
        until("a wallet and no order on its way", is_free),
        Step::Press(key),
        until(&format!("{} number {rows}", kind.as_str()), move |view| {
            count(view, kind) >= rows
        }),
    ]
}

/// Raises the amount by so many of the smallest chip, once there is a wallet. A scene begins with it.
fn raised_by(chips: usize) -> Vec<Step> {
    let wait = until("a wallet", is_free);
    let chips = presses(KeyCommand::AmountUp, chips);
    std::iter::once(wait).chain(chips).collect()
}

fn presses(key: KeyCommand, times: usize) -> impl Iterator<Item = Step> {
    std::iter::repeat_with(move || Step::Press(key)).take(times)
}

fn take(
    name: &'static str,
    size: [u16; 2],
    what: &'static str,
    shows: impl Fn(&View) -> bool + 'static,
) -> Step {
    Step::Take(Shot {
        name,
        size,
        what,
        shows: Box::new(shows),
    })
}

fn count(view: &View, kind: ActionKind) -> usize {
    let rows = view.actions.iter();
    rows.filter(|row| row.action == kind && row.status == ActionStatus::Confirmed)
        .count()
}

/// Whether an order can be placed.
fn is_free(view: &View) -> bool {
    let trader = view.trader.as_ref();
    trader.is_some_and(|trader| trader.account.is_some() && trader.pending.is_none())
}

fn holds(view: &View) -> bool {
    let held = view.trader.as_ref().and_then(TraderView::held);
    held.is_some_and(|held| !held.position_qty.is_zero())
}

/// Whether a game runs in which something is held.
fn plays(view: &View) -> bool {
    view.phase == Phase::Active && holds(view)
}

fn profits(view: &View) -> bool {
    let pnl = view.trader.as_ref().and_then(|trader| trader.pnl);
    pnl.is_some_and(|pnl| pnl > Decimal::ZERO)
}

fn bets(view: &View) -> bool {
    let trader = view.trader.as_ref();
    trader.is_some_and(|trader| trader.sidebet().is_some())
}
