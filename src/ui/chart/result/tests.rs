use super::*;
use crate::account::ActionSource;
use crate::game::Time;
use crate::protocol::number;

fn d(text: &str) -> Decimal {
    number::parse(text).expect("a decimal")
}

fn game() -> GameId {
    GameId::new("now").expect("an id")
}

fn row(seq: u32, action: ActionKind, tick: Tick, amount: &str, price: &str) -> Action {
    Action {
        seq,
        status: ActionStatus::Confirmed,
        amount: Some(d(amount)),
        executed_tick: Some(tick),
        executed_price: Some(d(price)),
        ..Action::new(action, ActionSource::Mouse, game(), Time::UNIX_EPOCH)
    }
}

fn buy(seq: u32, tick: Tick, amount: &str, price: &str) -> Action {
    Action {
        entry_price: Some(d(price)),
        ..row(seq, ActionKind::Buy, tick, amount, price)
    }
}

fn sale(seq: u32, tick: Tick, amount: &str, price: &str, pnl: &str) -> Action {
    Action {
        pnl: Some(d(pnl)),
        position_qty_after: Some(Decimal::ZERO),
        sell_percent: Some(d("100")),
        ..row(seq, ActionKind::Sell, tick, amount, price)
    }
}

fn result(rows: &[Action]) -> GameResult {
    GameResult::of(rows, &game(), 291).expect("the player acted")
}

fn lines(result: &GameResult) -> Vec<String> {
    let text = |line: &ResultLine| {
        let sum = line.sum.map_or("–".to_owned(), signed);
        format!("{} | {sum}", line.text)
    };
    result.lines.iter().map(text).collect()
}

/// The game of the mock-up: a quarter was sold, the rest was lost in the rug.
#[test]
fn a_loss_says_what_was_sold_and_what_was_held_into_the_rug() {
    let mut sold = sale(2, 260, "0.032817589", "4.03", "0.007817589");
    sold.sell_percent = Some(d("25"));
    sold.qty = Some(d("0.008143322"));
    sold.position_qty_after = Some(d("0.024429967"));
    sold.entry_price = Some(d("3.07"));
    let mut held = row(3, ActionKind::Liquidated, 291, "0.0003", "0.01");
    held.qty = Some(d("0.024429967"));
    held.pnl = Some(d("-0.0747"));
    let rows = [buy(1, 245, "0.1", "3.07"), sold, held];
    let result = result(&rows);
    assert_eq!(result.caption, "You lost");
    assert_eq!(result.headline, "You lost 0.0669 SOL");
    assert_eq!(result.percent.map(|p| p.round_dp(1)), Some(d("-66.9")));
    assert_eq!(
        lines(&result),
        [
            "Sold 25\u{2009}% before the rug at 4.03x | +0.0078",
            "Held 0.0244 tokens from 3.07x to the rug | −0.0747",
            "If you had sold all at 4.03x | +0.0313",
        ]
    );
    // What was bought after the sale is not in that sum.
    let [bought, sold, held] = rows;
    let rows = [bought, sold, buy(3, 270, "0.1", "5"), held];
    let lines = GameResult::of(&rows, &game(), 291).expect("a result").lines;
    assert!(
        lines
            .iter()
            .all(|line| !line.text.starts_with("If you had"))
    );
}

/// The session began with 0.1 tokens, bought at 2x before.
#[test]
fn a_position_of_before_the_session_has_its_cost() {
    let mut sold = sale(1, 20, "0.075", "3", "0.025");
    sold.sell_percent = Some(d("25"));
    sold.qty = Some(d("0.025"));
    sold.position_qty_after = Some(d("0.075"));
    sold.entry_price = Some(d("2"));
    let mut held = row(2, ActionKind::Liquidated, 291, "0.0015", "0.02");
    held.qty = Some(d("0.075"));
    held.position_qty_after = Some(Decimal::ZERO);
    held.pnl = Some(d("-0.1485"));
    let result = result(&[sold, held]);
    assert_eq!(result.percent.map(|p| p.round_dp(2)), Some(d("-61.75")));
    assert_eq!(
        lines(&result),
        [
            "Sold 25\u{2009}% before the rug at 3.00x | +0.0250",
            "Held 0.0750 tokens from 2.00x to the rug | −0.1485",
            "If you had sold all at 3.00x | +0.1000",
        ]
    );
}

#[test]
fn a_player_who_got_out_reads_at_which_price_and_how_much_later_the_game_rugged() {
    let rows = [
        buy(1, 10, "0.01", "1.5"),
        sale(2, 250, "0.1642", "20", "0.1542"),
    ];
    let result = result(&rows);
    assert_eq!(result.caption, "You got out at 20.00x");
    assert_eq!(result.headline, "You got out at 20.00x: +0.1542");
    assert_eq!(
        lines(&result),
        [
            "Bought 0.0100 SOL at 1.50x | –",
            "Sold 100\u{2009}% at 20.00x | +0.1542",
            "The game rugged 41 ticks later | –",
        ]
    );
    let loss = [
        buy(1, 10, "0.01", "1.5"),
        sale(2, 290, "0.008", "1.2", "-0.002"),
    ];
    let result = GameResult::of(&loss, &game(), 291).expect("a result");
    assert_eq!(result.headline, "You got out at 1.20x: −0.0020");
    assert_eq!(result.lines[2].text, "The game rugged 1 tick later");
}

#[test]
fn the_percent_is_of_all_that_the_lines_say_was_bought() {
    let rows = [
        buy(1, 10, "0.1", "1"),
        sale(2, 20, "0.12", "1.2", "0.02"),
        buy(3, 30, "0.1", "1"),
        sale(4, 40, "0.1133", "1.133", "0.0133"),
    ];
    let result = result(&rows);
    assert_eq!(result.lines[0].text, "Bought 0.2000 SOL in 2 buys");
    assert_eq!(result.sum, d("0.0333"));
    assert_eq!(result.percent, Some(d("16.65")));
}

#[test]
fn all_lost_without_a_sale() {
    let mut held = row(3, ActionKind::Liquidated, 291, "0.0003", "0.0041");
    held.qty = Some(d("0.5"));
    held.pnl = Some(d("-0.7451"));
    let mut second = buy(2, 20, "0.2454", "1.6");
    second.entry_price = Some(d("1.49"));
    let rows = [buy(1, 10, "0.5", "1.4"), second, held];
    let result = result(&rows);
    assert_eq!(result.headline, "You lost 0.7451 SOL");
    assert_eq!(
        lines(&result),
        [
            "Bought 0.7454 SOL in 2 buys | –",
            "Held 0.5000 tokens from 1.49x to the rug | −0.7451",
        ]
    );
}

/// The rug's row of a table that does not say how much it took.
#[test]
fn an_unknown_position_is_not_a_dash() {
    let mut held = row(2, ActionKind::Liquidated, 291, "0.0003", "0.01");
    held.pnl = Some(d("-0.01"));
    assert_eq!(
        lines(&result(&[buy(1, 10, "0.01", "1.5"), held])),
        [
            "Bought 0.0100 SOL at 1.50x | –",
            "Held your position from 1.50x to the rug | −0.0100",
        ]
    );
}

#[test]
fn sidebets_alone_are_won_lost_or_even() {
    let settled = |seq, action, pnl: &str| Action {
        pnl: Some(d(pnl)),
        ..row(seq, action, 291, "0.01", "0.01")
    };
    let place = |seq, tick| row(seq, ActionKind::SidebetPlace, tick, "0.01", "1.5");
    let won = [place(1, 260), settled(2, ActionKind::SidebetWin, "0.04")];
    let result_of = |rows: &[Action]| result(rows);
    assert_eq!(result_of(&won).headline, "You won 0.0400 SOL");
    assert_eq!(result_of(&won).percent, Some(d("400")));
    assert_eq!(lines(&result_of(&won)), ["Sidebet won | +0.0400"]);
    let lost = [
        place(1, 60),
        settled(2, ActionKind::SidebetLose, "-0.01"),
        place(3, 160),
        settled(4, ActionKind::SidebetLose, "-0.01"),
    ];
    assert_eq!(result_of(&lost).headline, "You lost 0.0200 SOL");
    assert_eq!(lines(&result_of(&lost)), ["2 sidebets lost | −0.0200"]);
    let even = [place(1, 60), settled(2, ActionKind::SidebetLose, "0")];
    assert_eq!(result_of(&even).headline, "You broke even");
}

#[test]
fn other_games_and_refused_orders_leave_no_card() {
    let mut refused = buy(1, 10, "0.01", "1.5");
    refused.status = ActionStatus::Refused;
    let mut other = buy(2, 10, "0.01", "1.5");
    other.game_id = GameId::new("before").expect("an id");
    assert_eq!(GameResult::of(&[refused, other], &game(), 291), None);
}
