//! What is played for the pictures: games, keys, waits, and when a picture is taken.
//!
//! The seeds are fixed, so each tick below is the same moment of the same game.

use super::lab_scene::lab;
use super::piano_scene::{PIANO_SEED, piano};
use super::review_scene::{REVIEW_SEED, reviewed};
use super::steps::{
    REAL, SLOW, SceneStep, Shot, bets, bought_in_presale, count, holds, phase, plays, pressed,
    presses, profits, raised_by, reached, take, until,
};
use pianola::account::{ActionKind, WalletKind};
use pianola::engine::View;
use pianola::feed::FeedState;
use pianola::game::Phase;
use pianola::settings::{MoneyColours, ThemeChoice};
use pianola::ui::{DRIFT_PANEL, KeyCommand, LibraryKey, ReplayKey};

/// The size of the window when it opens.
pub const WIDE: [u16; 2] = [1_400, 900];
/// A large screen, a small one, and the smallest window.
const LARGE: [u16; 2] = [1_920, 1_080];
const MEDIUM: [u16; 2] = [1_024, 768];
const SMALL: [u16; 2] = [700, 600];

/// One source and one window, from the start.
pub struct Scene {
    pub table: SceneTable,
    pub seed: u64,
    pub look: ThemeChoice,
    pub money_colours: MoneyColours,
    /// The lines for a newcomer are shown.
    pub welcome: bool,
    pub steps: Vec<SceneStep>,
}

impl Scene {
    /// Whether it paints one of these pictures.
    pub fn paints(&self, names: &[String]) -> bool {
        self.steps.iter().any(|step| match step {
            SceneStep::Take(Shot { name, .. }) | SceneStep::Strip(name, _) => {
                names.iter().any(|wanted| wanted == name)
            }
            _ => false,
        })
    }
}

/// Where the games are played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SceneTable {
    /// The built-in table.
    Practice,
    /// A table with the drift fault: SOL vanishes from the wallet.
    Drifting,
    /// A table that takes no orders.
    Watching,
    /// A browser that is not there.
    NoBrowser,
}

/// Returns the scenes in order.
pub fn scenes() -> Vec<Scene> {
    let practice = |seed, steps| Scene {
        table: SceneTable::Practice,
        seed,
        look: ThemeChoice::Dark,
        money_colours: MoneyColours::default(),
        welcome: false,
        steps,
    };
    vec![
        practice(PROFIT_SEED, profit()),
        practice(RUG_SEED, rug()),
        Scene {
            table: SceneTable::Drifting,
            ..practice(DRIFT_SEED, drift())
        },
        Scene {
            look: ThemeChoice::Light,
            ..practice(LIGHT_SEED, held("light.png"))
        },
        Scene {
            money_colours: MoneyColours::BlueOrange,
            ..practice(LIGHT_SEED, held("colour_blind.png"))
        },
        Scene {
            table: SceneTable::NoBrowser,
            ..practice(LIGHT_SEED, no_browser())
        },
        Scene {
            table: SceneTable::Watching,
            // The welcome text explains why nothing is sent.
            welcome: true,
            ..practice(LIVE_SEED, live())
        },
        practice(PIANO_SEED, piano()),
        practice(REVIEW_SEED, reviewed()),
        practice(LIGHT_SEED, lab()),
        // Last: it shows the recordings of the others.
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

/// One game before; then buys in the presale and at the low, a partial sale on the way up, and a sidebet. The rest of the
/// game runs in windows of other sizes, behind the palette, the help sheet and the settings.
fn profit() -> Vec<SceneStep> {
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
    steps.push(SceneStep::Press(KeyCommand::Share(25)));
    steps.extend(pressed(KeyCommand::Sell, ActionKind::Sell, 2));
    steps.extend(reached(138));
    steps.extend(pressed(KeyCommand::Sidebet, ActionKind::SidebetPlace, 1));
    steps.extend(reached(152));
    // A sidebet runs for ten seconds only.
    steps.push(SceneStep::Speed(SLOW));
    let shown = |view: &View| plays(view) && bets(view) && profits(view);
    steps.push(take(
        "play.png",
        WIDE,
        "a position in profit with a sidebet",
        shown,
    ));
    steps.push(SceneStep::Speed(REAL));
    steps.push(SceneStep::Press(KeyCommand::Candles));
    steps.push(take("large.png", LARGE, "a running game in candles", plays));
    steps.push(SceneStep::Press(KeyCommand::Candles));
    steps.push(take("medium.png", MEDIUM, "a running game", plays));
    steps.push(take("small.png", SMALL, "a running game", plays));
    for (key, name) in [
        (KeyCommand::Palette, "palette.png"),
        (KeyCommand::Help, "help.png"),
        (KeyCommand::Settings, "settings.png"),
    ] {
        steps.push(SceneStep::Press(key));
        steps.push(take(name, WIDE, "a running game", plays));
        steps.push(SceneStep::Press(key));
    }
    steps
}

/// The first sidebet is lost; the rug that takes the position wins the second one.
fn rug() -> Vec<SceneStep> {
    let mut steps = raised_by(40);
    steps.extend(bought_in_presale(1));
    steps.extend(presses(KeyCommand::AmountDown, 40));
    steps.extend(reached(20));
    steps.extend(pressed(KeyCommand::Sidebet, ActionKind::SidebetPlace, 1));
    steps.extend(reached(102));
    steps.extend(pressed(KeyCommand::Buy, ActionKind::Buy, 2));
    steps.extend(reached(126));
    steps.extend(pressed(KeyCommand::Sidebet, ActionKind::SidebetPlace, 2));
    steps.extend(reached(138));
    // Before the rug: what follows it is short.
    steps.push(SceneStep::Speed(SLOW));
    steps.push(phase(Phase::Rugged));
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
            let is_own = view.actions.last().map(|row| &row.game_id) == view.game_id.as_ref();
            let all = results.iter().all(|kind| count(view, *kind) == 1);
            view.phase == Phase::Rugged && is_own && all
        },
    ));
    steps
}

/// SOL vanishes from the wallet after the first order.
fn drift() -> Vec<SceneStep> {
    let mut steps = raised_by(40);
    steps.extend(reached(22));
    steps.extend(pressed(KeyCommand::Buy, ActionKind::Buy, 1));
    steps.push(SceneStep::Open(DRIFT_PANEL));
    steps.push(take("drift.png", WIDE, "a drift", |view| {
        let drift = view.trader.as_ref().and_then(|trader| trader.drift);
        plays(view) && view.tick >= Some(27) && drift.is_some()
    }));
    steps
}

/// Half is sold near the top; the rest has lost value since.
fn held(picture: &'static str) -> Vec<SceneStep> {
    let mut steps = raised_by(20);
    steps.extend(bought_in_presale(1));
    steps.extend(reached(96));
    steps.push(SceneStep::Press(KeyCommand::Share(50)));
    steps.extend(pressed(KeyCommand::Sell, ActionKind::Sell, 1));
    steps.extend(reached(126));
    steps.extend(pressed(KeyCommand::Buy, ActionKind::Buy, 2));
    steps.extend(reached(160));
    steps.push(take(picture, WIDE, "a position", plays));
    steps
}

/// What to do where no browser answers.
fn no_browser() -> Vec<SceneStep> {
    let waits = |view: &View| matches!(view.feed, FeedState::Down { .. });
    vec![take(
        "no_browser.png",
        WIDE,
        "a browser that does not answer",
        waits,
    )]
}

/// On a live feed the trading keys must be armed first.
fn live() -> Vec<SceneStep> {
    let mut steps = raised_by(40);
    steps.push(SceneStep::Press(KeyCommand::ToggleTradeKeys));
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

/// The library with the sessions of the earlier scenes, and the first session at its second sale.
fn played_again() -> Vec<SceneStep> {
    let mut steps = raised_by(0);
    steps.push(SceneStep::Press(KeyCommand::Library));
    // The session with two games.
    steps.push(SceneStep::Press(KeyCommand::InLibrary(LibraryKey::Last)));
    let anything = |_: &View| true;
    steps.push(take("library.png", WIDE, "the library", anything));
    let replay = |key| SceneStep::Press(KeyCommand::Replay(key));
    let bought = |view: &View| count(view, ActionKind::Buy) > 0;
    steps.extend([
        SceneStep::Press(KeyCommand::InLibrary(LibraryKey::Last)),
        SceneStep::Press(KeyCommand::InLibrary(LibraryKey::Open)),
        until("the replay", bought),
        replay(ReplayKey::PlayPause),
        replay(ReplayKey::Start),
    ]);
    // The sale of the first game, two buys for the second one, its sale.
    steps.extend(presses(KeyCommand::Replay(ReplayKey::NextAction), 4));
    // A busy machine answered the live order some ticks after its press.
    let sold = |view: &View| count(view, ActionKind::Sell) == 2 && holds(view);
    let tick_on = KeyCommand::Replay(ReplayKey::NextTick);
    steps.push(SceneStep::PressUntil(
        tick_on,
        "the answer to a sale in a replay".to_owned(),
        Box::new(sold),
    ));
    steps.push(take("replay.png", WIDE, "a sale in a replay", sold));
    steps.push(take("replay_small.png", SMALL, "a sale in a replay", sold));
    steps
}
