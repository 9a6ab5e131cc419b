//! What is played for the pictures: which games, which keys, what is waited for, and when a picture is taken.
//!
//! The games are those of fixed seeds, so the ticks below are places in games that are always the same.

use crate::account::{ActionKind, ActionStatus};
use crate::engine::View;
use crate::game::Phase;
use crate::settings::Look;
use crate::table::Speed;
use crate::ui::KeyCommand;

/// The window as it opens.
const WIDE: [u32; 2] = [1_400, 900];
/// Half of a small screen.
const NARROW: [u32; 2] = [700, 800];
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
pub(super) type Is = Box<dyn Fn(&View) -> bool + Send>;

/// One source and one window, from the start.
pub(super) struct Scene {
    pub seats: Seats,
    pub seed: u64,
    pub look: Look,
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
    pub size: [u32; 2],
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
        look: Look::Dark,
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
            look: Look::Light,
            ..practice(LIGHT_SEED, light())
        },
        Scene {
            seats: Seats::Watching,
            // Who watches for the first time reads why nothing is sent.
            welcome: true,
            ..practice(LIVE_SEED, live())
        },
    ]
}

const PROFIT_SEED: u64 = 1;
const RUG_SEED: u64 = 2;
const DRIFT_SEED: u64 = 3;
const LIGHT_SEED: u64 = 4;
const LIVE_SEED: u64 = 5;

/// A game before; then bought in the presale, sold in part on the way up, with a sidebet on the end.
fn profit() -> Vec<Step> {
    let mut steps = vec![until("a wallet", |view| is_free(view))];
    steps.extend(raised_by(40));
    steps.push(Step::Speed(BRISK));
    steps.push(phase(Phase::Presale));
    steps.extend(pressed(KeyCommand::Buy, ActionKind::Buy, 1));
    steps.extend(reached(20));
    steps.extend(pressed(KeyCommand::Sell, ActionKind::Sell, 1));
    steps
}

fn rug() -> Vec<Step> {
    Vec::new()
}

fn drift() -> Vec<Step> {
    Vec::new()
}

fn light() -> Vec<Step> {
    Vec::new()
}

fn live() -> Vec<Step> {
    Vec::new()
}

fn until(what: &str, is: impl Fn(&View) -> bool + Send + 'static) -> Step {
    Step::Until(what.to_owned(), Box::new(is))
}

fn phase(phase: Phase) -> Step {
    until(&format!("phase {phase}"), move |view| view.phase == phase)
}

/// Waits for a tick of the running game, quickly as far as that is safe.
fn reached(tick: u32) -> [Step; 5] {
    let at = move |tick: u32| {
        until(&format!("tick {tick}"), move |view| {
            view.phase == Phase::Active && view.tick >= Some(tick)
        })
    };
    [
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

/// Raises the amount by so many of the smallest chip.
fn raised_by(chips: usize) -> impl Iterator<Item = Step> {
    std::iter::repeat_with(|| Step::Press(KeyCommand::AmountUp)).take(chips)
}

fn count(view: &View, kind: ActionKind) -> usize {
    let rows = view.actions.iter();
    rows.filter(|row| row.action == kind && row.status == ActionStatus::Confirmed)
        .count()
}

/// Whether an order can be placed.
fn is_free(view: &View) -> bool {
    let desk = view.desk.as_ref();
    desk.is_some_and(|desk| desk.account.is_some() && desk.pending.is_none())
}

fn holds(view: &View) -> bool {
    let held = view.desk.as_ref().and_then(crate::account::DeskView::held);
    held.is_some_and(|held| !held.position_qty.is_zero())
}

fn bets(view: &View) -> bool {
    let desk = view.desk.as_ref();
    desk.is_some_and(|desk| desk.sidebet().is_some())
}
