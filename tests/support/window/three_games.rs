//! Three games as a player plays them: presale buy, add, half sold, a sidebet lost and one won, and rugged with a
//! position. The same orders go to a real window and to one without a display.

use std::ops::Range;
use std::path::Path;

use pianola::account::{ActionKind, ActionSource};
use pianola::table::{GameStream, StepKind};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::support::files::game_files;
use crate::support::process::until;
use crate::support::running_session;
use crate::support::session_audit::ExpectedRow;

/// When they rug. The first one is not played: meanwhile the window opens and the amount is built. The second is long
/// enough for everything that is done in it, on a slow machine, too; the third ends within a sidebet of its presale;
/// the fourth is the one that takes the position.
const LENGTHS: [Range<u32>; 4] = [1..30, 180..260, 2..30, 5..60];
/// Where to look for the seed; one was there when the test was written.
const SEEDS: u64 = 1_111;

/// What a hand does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Input {
    /// Clicks the control whose name begins so.
    Mouse(&'static str),
    /// Presses a key.
    Key(char),
    /// Only looks.
    Eye,
}

/// The state of the table, as the player sees it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GameView {
    pub game: String,
    /// The word of the phase, `Presale`.
    pub phase: String,
}

/// Who plays.
pub trait Operator {
    /// Looks at the table.
    fn look(&mut self) -> GameView;
    /// Changes the ticket, until this is visible: the control whose name begins with `sign` looks different.
    fn set(&mut self, input: Input, sign: &'static str);
    /// Waits until a button can be pressed.
    fn wait_for(&mut self, button: &'static str);
    /// Gives an order, once its button (whose name begins with `button`) can be pressed.
    fn order(&mut self, input: Input, button: &'static str);
    /// Where it is recorded.
    fn out(&self) -> &Path;
}

/// The games of a seed.
pub struct Games {
    pub seed: u64,
    /// Their ids, with the one that is not played.
    pub ids: [String; 4],
}

impl Games {
    pub fn find() -> Self {
        let fits = |seed: u64| {
            let mut stream = GameStream::seeded(seed);
            let mut ids = Vec::new();
            for wanted in LENGTHS {
                let mut rug = 0;
                loop {
                    match stream.next_step().kind {
                        StepKind::Tick { rug_tick, .. } if rug_tick >= wanted.end => return None,
                        StepKind::Tick { rug_tick, .. } => rug = rug_tick,
                        StepKind::Rug if wanted.contains(&rug) => break,
                        StepKind::Rug => return None,
                        _ => {}
                    }
                }
                ids.push(stream.market().game.to_string());
            }
            let ids = ids.try_into().ok()?;
            Some(Self { seed, ids })
        };
        (SEEDS..SEEDS + 100_000).find_map(fits).unwrap()
    }
}

/// Plays the three games, and waits until all that came of them is stored.
pub fn play(hand: &mut impl Operator, games: &Games) {
    use Input::{Key, Mouse};
    let mut at = At { hand, rows: 0 };
    let [_, first, second, third] = &games.ids;

    // The player is logged in, and every control has its place.
    at.hand.wait_for("BUY ");
    at.hand.set(Mouse("Clear"), "Amount");
    at.hand.set(Mouse("+.01"), "Amount");
    at.hand.set(Mouse("+.001"), "Amount");
    at.phase(first, "Presale");
    at.order(Mouse("BUY "), "BUY ");
    at.phase(first, "Active");
    at.hand.set(Key('+'), "Amount");
    at.order(Key('b'), "BUY ");
    at.hand.set(Mouse("50 %"), "100 %");
    at.order(Key('s'), "SELL ");
    at.order(Key('d'), "SIDEBET ");
    at.result("the sidebet is lost");
    at.hand.set(Key('4'), "50 %");
    at.order(Mouse("SELL "), "SELL ");

    at.phase(second, "Presale");
    at.hand.set(Mouse("×2"), "Amount");
    at.order(Mouse("SIDEBET "), "SIDEBET ");
    at.result("the sidebet is won");

    at.phase(third, "Presale");
    at.hand.set(Mouse("1/2"), "Amount");
    at.order(Mouse("BUY "), "BUY ");
    at.result("the rug takes the position");
    let out = at.hand.out().to_owned();
    at.until("three games are stored", |_| {
        let known = |path: &std::path::PathBuf| {
            let text = std::fs::read(path).unwrap_or_default();
            let file: Value = serde_json::from_slice(&text).unwrap_or_default();
            file["meta"]["server_seed"].is_string()
        };
        let files = game_files(&out);
        (files.len() == 3 && files.iter().all(known)).then_some(())
    });
}

/// What the session file has to say of it.
pub fn wanted(games: &Games) -> Vec<ExpectedRow> {
    use ActionKind::{Buy, Liquidated, Sell, SidebetLose, SidebetPlace, SidebetWin};
    use ActionSource::{Key, Mouse, Server};
    let row = |game: usize, action, source, amount: i64, percent: i64, phase| ExpectedRow {
        game_id: games.ids[game].clone(),
        action,
        source,
        phase,
        // Zero: the row itself has to be computed to know it.
        amount: Some(Decimal::new(amount, 3)).filter(|amount| !amount.is_zero()),
        percent: Some(Decimal::from(percent)).filter(|percent| !percent.is_zero()),
    };
    vec![
        row(1, Buy, Mouse, 11, 0, Some("Presale")),
        row(1, Buy, Key, 12, 0, Some("Active")),
        row(1, Sell, Key, 0, 50, Some("Active")),
        row(1, SidebetPlace, Key, 12, 0, Some("Active")),
        row(1, SidebetLose, Server, 12, 0, None),
        row(1, Sell, Mouse, 0, 100, Some("Active")),
        row(2, SidebetPlace, Mouse, 24, 0, Some("Presale")),
        row(2, SidebetWin, Server, 120, 0, None),
        row(3, Buy, Mouse, 12, 0, Some("Presale")),
        row(3, Liquidated, Server, 0, 0, None),
    ]
}

/// A hand, and how many rows its session has.
struct At<'a, H> {
    hand: &'a mut H,
    rows: usize,
}

impl<H: Operator> At<'_, H> {
    /// Looks until it is so.
    fn until<T>(&mut self, what: &str, mut ready: impl FnMut(&GameView) -> Option<T>) -> T {
        until(what, || {
            let seen = self.hand.look();
            ready(&seen)
        })
    }

    /// Waits for a phase of a game; fails if it is over.
    fn phase(&mut self, game: &str, phase: &str) {
        let mut there = false;
        self.until(&format!("{phase} of {game}"), |seen| {
            assert!(!there || seen.game == game, "{phase} of {game} was missed");
            there = seen.game == game;
            assert!(!there || seen.phase != "Rugged", "{phase} was missed");
            (there && seen.phase == phase).then_some(())
        });
    }

    /// Gives an order and waits until it is recorded as done.
    fn order(&mut self, input: Input, button: &'static str) {
        self.hand.order(input, button);
        self.row(&format!("{input:?} is done"));
    }

    /// Waits for a row that was not pressed.
    fn result(&mut self, what: &str) {
        self.row(what);
    }

    fn row(&mut self, what: &str) {
        self.rows += 1;
        let (rows, out) = (self.rows, self.hand.out().to_owned());
        self.until(what, |_| {
            let seen = running_session::short(&out);
            assert!(seen.len() <= rows, "{seen:?}");
            running_session::done(&out, rows).then_some(())
        });
    }
}
