//! Auto-sell at a real table, over the socket: the recorded session read back, and its refusal where orders are not
//! ours.

use std::sync::Arc;

use pianola::account::{ActionKind, ActionSource, ActionStatus};
use pianola::engine::{Command, GameSource, Notice};
use pianola::game::Phase;
use pianola::host::{Host, HostEvent, RunningSource, SourceRequest};
use pianola::strategy::AutoSell;
use pianola::table::Speed;
use pianola::trading::{Order, OrderLimits, TraderView};
use rust_decimal::Decimal;

use crate::support::process::{LIMIT, until};
use crate::support::script_run::{replay_command, replayed, sessions};
use crate::support::seeds::seed_of;
use crate::support::source_view::until_view;

fn start(source: GameSource, folder: &std::path::Path) -> (Host, RunningSource) {
    let mut host = Host::start(Arc::new(|| {})).unwrap();
    let events = host.take_events().unwrap();
    assert!(host.handle().start(SourceRequest {
        start_balance: Decimal::ONE,
        source,
        folder: folder.to_owned(),
        auto_record: false,
        raw_capture: false,
        limits: OrderLimits::default(),
    }));
    match events.recv_timeout(LIMIT).unwrap() {
        HostEvent::Running(running) => (host, *running),
        other => panic!("{other:?}"),
    }
}

fn after_ticks(ticks: u32) -> Command {
    Command::AutoSell(Some(AutoSell {
        after_ticks: Some(ticks),
        ..AutoSell::default()
    }))
}

#[test]
fn at_the_practice_table_a_sale_of_auto_sell_is_recorded_as_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let source = GameSource::Practice {
        seed: Some(seed_of(1, std::slice::from_ref(&(150..400)))),
        speed: Speed::Times(10.0),
    };
    let (host, mut running) = start(source, folder.path());
    let held = |trader: Option<&TraderView>| {
        let held = trader.and_then(TraderView::held);
        held.is_some_and(|held| held.lots > 0)
    };
    let rules = after_ticks(5);
    running.commands.try_send(rules).unwrap();
    until_view(&mut running, "the presale", |view| {
        let set = view.auto_sell.and_then(|auto| auto.set);
        view.phase == Phase::Presale && view.no_login.is_none() && set.is_some()
    });
    let amount = Decimal::new(1, 1);
    running
        .commands
        .try_send(Command::Press {
            order: Order::Buy { amount },
            source: ActionSource::Key,
            seen: None,
        })
        .unwrap();
    until_view(&mut running, "the buy", |view| held(view.trader.as_ref()));
    let sold = until_view(&mut running, "the sale", |view| {
        let sold = view
            .actions
            .iter()
            .any(|row| row.source == ActionSource::Auto && row.status == ActionStatus::Confirmed);
        sold && !held(view.trader.as_ref())
    });
    assert_eq!(sold.phase, Phase::Active);
    until_view(&mut running, "it is off after the game", |view| {
        view.auto_sell.is_some_and(|auto| auto.set.is_none())
    });
    host.stop();

    let saved = sessions(folder.path());
    let [(path, session)] = &saved[..] else {
        panic!("{saved:#?}");
    };
    let rows: Vec<_> = session
        .actions
        .iter()
        .map(|row| (row.action, row.source))
        .collect();
    let wanted = [
        (ActionKind::Buy, ActionSource::Key),
        (ActionKind::Sell, ActionSource::Auto),
    ];
    assert_eq!(rows, wanted);
    let sale = &session.actions[1];
    assert_eq!((sale.status, sale.tick), (ActionStatus::Confirmed, 5));
    assert_eq!(sale.sell_percent, Some(Decimal::ONE_HUNDRED));
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(r#""source": "auto""#), "{text}");
    assert!(replayed(path, session).is_right());
    assert_eq!(replay_command(path).0, Some(0));
}

#[test]
fn in_the_browser_auto_sell_does_not_exist() {
    let folder = tempfile::tempdir().unwrap();
    // No browser is there; what counts is the source.
    let browser = "127.0.0.1:9".parse().unwrap();
    let (host, mut running) = start(GameSource::Browser(browser), folder.path());
    running.commands.try_send(after_ticks(5)).unwrap();
    until("the refusal", || {
        let notice = running.notices.try_recv().ok()?;
        let refused = |text: &String| text.starts_with("Auto-sell works at the practice table");
        matches!(&notice, Notice::Message(text) if refused(text)).then_some(())
    });
    assert_eq!(running.view.borrow().auto_sell, None);
    host.stop();
}
