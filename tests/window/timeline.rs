//! A timeline: its state at any place of a saved session is what the window showed then.

use std::time::Duration;

use pianola::account::{ActionKind, ActionStatus};
use pianola::engine::View;
use pianola::game::{Game, Phase};
use pianola::recording::SessionFile;
use pianola::replay::{
    Landmark, PlaybackSpeed, Playhead, PriceKnowledge, Timeline, TimelineFrame, Transport,
    TransportCommand, check,
};
use pianola::trading::OrderLimits;
use pianola::ui::Projector;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::random_session::{RandomSession, among, evening, file_of};
use crate::support::recorded_session::{self, RecordedSession};
use crate::support::session_facts;

fn head(game: usize, tick: impl Into<Option<u32>>) -> Playhead {
    let tick = tick.into();
    Playhead { game, tick }
}

fn timeline_of(evening: &RandomSession) -> Timeline {
    let games = &evening.games;
    let watched = games.iter().map(file_of);
    Timeline::of_session(evening.session.clone(), &mut among(games), watched).unwrap()
}

fn film_of_json(session: &Value, games: &[Game]) -> Timeline {
    let file = SessionFile::parse(&serde_json::to_vec(session).unwrap()).unwrap();
    Timeline::of_session(file, &mut among(games), []).unwrap()
}

/// Plays a timeline from its beginning to its end; returns every place with its frame.
fn played(timeline: &Timeline) -> Vec<TimelineFrame<'_>> {
    let mut now = Duration::from_secs(7);
    let mut player = Transport::new(now);
    player.apply(TransportCommand::Speed(PlaybackSpeed::Max), timeline, now);
    player.apply(TransportCommand::Play, timeline, now);
    let mut seen = vec![timeline.at(player.head())];
    while player.is_playing() {
        now += player.next_change_in(timeline).unwrap();
        player.advance(timeline, now);
        if seen.last().unwrap().head != player.head() {
            seen.push(timeline.at(player.head()));
        }
    }
    seen
}

/// Fails unless a frame is what the window showed.
fn assert_shown(frame: &TimelineFrame<'_>, view: &View, live: &View) {
    let at = frame.head;
    assert_eq!(frame.phase, live.phase, "{at:?}");
    assert_eq!(
        (&view.game_id, view.phase),
        (&live.game_id, live.phase),
        "{at:?}"
    );
    assert_eq!((view.tick, view.price), (live.tick, live.price), "{at:?}");
    assert_eq!(view.series.game_id, live.series.game_id, "{at:?}");
    assert_eq!(view.series.prices, live.series.prices, "{at:?}");
    assert_eq!(view.series.rug_tick, live.series.rug_tick, "{at:?}");
    let (trader, then) = (view.trader.as_ref().unwrap(), live.trader.as_ref().unwrap());
    assert_eq!(trader.held(), then.held(), "{at:?}");
    assert_eq!(trader.sidebet(), then.sidebet(), "{at:?}");
    let (session, lived) = (&view.session, &live.session);
    let earned = (session.curve.earned(), lived.curve.earned());
    assert_eq!(earned.0, earned.1, "{at:?}");
    let falls = (session.curve.drawdown(), lived.curve.drawdown());
    assert_eq!(falls.0, falls.1, "{at:?}");
    let over = |view: &View| {
        let game = view.game_id.as_ref().unwrap();
        view.seen_game(game).map(|game| (game.ended, game.rug))
    };
    if at.tick.is_some() {
        assert_eq!(over(view), over(live), "{at:?}");
    }
    assert_eq!(session.start_value, lived.start_value);
    assert_eq!(trader.pnl, then.pnl, "{at:?}");
    // What was pressed and what was done; a refusal has no time of its own, it appears where it was pressed.
    let count = |view: &View, status| {
        let rows = view.actions.iter();
        rows.filter(|row| row.status == status).count()
    };
    let done = ActionStatus::Confirmed;
    assert_eq!(count(view, done), count(live, done), "{at:?}");
    assert_eq!(view.actions.len(), live.actions.len(), "{at:?}");
}

fn projector(timeline: &Timeline) -> Projector {
    Projector::new(OrderLimits::default(), timeline.equity().into())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Wherever one seeks, there is what there was when it was played: in the evening itself, and on the timeline.
    #[test]
    fn each_seek_equals_play(seed in 1u64..1_000_000, games in 1usize..5, pause in 2u64..40, seeks in prop::collection::vec(any::<u32>(), 60)) {
        let evening = evening(seed, games, pause);
        let timeline = timeline_of(&evening);
        prop_assert!(timeline.replayed().unwrap().is_right(), "{:?}", timeline.replayed());
        let played = played(&timeline);
        prop_assert_eq!(played.len(), timeline.positions());
        for seek in seeks {
            let frame = &played[seek as usize % played.len()];
            prop_assert_eq!(&timeline.at(frame.head), frame);
        }
        let mut projector = projector(&timeline);
        let mut compared = 0;
        for ((game, tick), live) in &evening.shown {
            // The last one had only begun when the evening ended.
            if *game < games {
                let frame = timeline.at(head(*game, *tick));
                assert_shown(&frame, &projector.view(&timeline, &frame), live);
                compared += 1;
            }
        }
        prop_assert_eq!(compared, timeline.positions());
    }
}

#[test]
fn a_film_says_what_the_replay_says_and_where() {
    let recorded = RecordedSession::new();
    let session = recorded.json();
    let timeline = film_of_json(&session, &recorded.games);
    let checked = check(timeline.session().unwrap(), &mut among(&recorded.games));
    assert_eq!(*timeline.replayed().unwrap(), checked);
    assert!(timeline.replayed().unwrap().is_right());

    let mut changed = session.clone();
    changed["actions"][4]["balance_after"] = json!("0.5");
    let timeline = film_of_json(&changed, &recorded.games);
    let replayed = timeline.replayed().unwrap();
    assert_eq!(replayed.disagreements.len(), 1);
    let [from, to] = [4, 5].map(|row: usize| {
        let rows = &timeline.session().unwrap().actions;
        rows[row].executed_tick.unwrap()
    });
    for tick in 0..200 {
        let side = timeline.at(head(0, tick)).player.unwrap();
        let shown = (from..to).contains(&tick);
        assert_eq!(side.disagreements.len(), usize::from(shown), "{tick}");
    }
    // What is held is what the account computes, not what the file says.
    let side = timeline.at(head(0, from)).player.unwrap();
    let real = session["actions"][4]["balance_after"].as_str().unwrap();
    assert_eq!(side.account.balance().to_string(), real);
    assert_eq!(
        side.rows.last().unwrap().balance_after,
        Some(Decimal::new(5, 1))
    );
}

#[test]
fn a_press_is_at_its_tick_and_its_effect_where_it_was_executed() {
    let recorded = RecordedSession::new();
    let timeline = film_of_json(&recorded.json(), &recorded.games);
    let at = |tick| timeline.at(head(0, tick)).player.unwrap();
    let presale = timeline.at(head(0, None));
    assert_eq!(
        (presale.phase, presale.price),
        (Phase::Presale, Some(Decimal::ONE))
    );
    let presale = presale.player.unwrap();
    let pressed_at = |tick| timeline.presses_at(head(0, tick)).len();
    assert_eq!(pressed_at(None), 1);
    // Here its news came with tick 0.
    assert_eq!((presale.rows.len(), presale.waiting.len()), (0, 1));
    assert_eq!((at(0).rows.len(), at(0).waiting.len()), (1, 0));
    // The buy of tick 5 is done at tick 6.
    let (pressed, done) = (at(5), at(6));
    let number = timeline.presses_at(head(0, 5)).start;
    assert_eq!(timeline.press(number).unwrap().1.action, ActionKind::Buy);
    assert_eq!((pressed.waiting.len(), done.waiting.len()), (1, 0));
    assert!(pressed.account.balance() > done.account.balance());
    assert_eq!(pressed_at(6.into()), 0);
    // Before it was pressed, nothing was on its way.
    let before = timeline.before(head(0, 5), number).player.unwrap();
    assert_eq!((before.rows, before.waiting.len()), (at(4).rows, 0));
    assert_eq!(
        timeline.before(head(0, 6), number + 1),
        timeline.at(head(0, 6))
    );
    // What was refused is there at once.
    let refused = at(8);
    assert_eq!(refused.rows.last().unwrap().status, ActionStatus::Refused);
    assert_eq!(pressed_at(8.into()), 1);
    let all = timeline.presses();
    let between = all.filter(|(at, _)| (head(0, 6)..=head(0, 11)).contains(at));
    let between: Vec<_> = between.map(|(_, row)| row.seq).collect();
    assert_eq!(between, [4, 5]);
    // A correction by the server holds from its tick on.
    assert_ne!(at(64).account.balance().to_string(), "0.987654321");
    assert_eq!(at(65).account.balance().to_string(), "0.987654321");
}

#[test]
fn a_rug_ends_the_game_and_the_next_one_begins_with_new_books() {
    let recorded = RecordedSession::new();
    let timeline = film_of_json(&recorded.json(), &recorded.games);
    let rug = recorded.games[0].rug_tick.unwrap();
    assert_eq!(timeline.at(head(0, rug - 1)).phase, Phase::Active);
    let end = timeline.at(head(0, rug));
    assert_eq!((end.phase, end.rug_tick), (Phase::Rugged, Some(rug)));
    assert!(!end.player.as_ref().unwrap().pnl.unwrap().is_zero());
    let presale = timeline.at(head(1, None));
    let (before, after) = (end.player.unwrap(), presale.player.unwrap());
    assert_eq!(before.account.balance(), after.account.balance());
    assert_eq!(after.pnl, Some(Decimal::ZERO));
    let last = timeline.at(timeline.last());
    assert!(last.player.unwrap().account.is_idle());
}

#[test]
fn one_goes_from_landmark_to_landmark() {
    let recorded = RecordedSession::new();
    let mut games = recorded.games.clone();
    // A game between that was only watched.
    let mut between = session_facts::games(77, 1).remove(0);
    between.start = games[1].start - chrono::Duration::seconds(1);
    games.insert(1, between.clone());
    let session = SessionFile::parse(&serde_json::to_vec(&recorded.json()).unwrap()).unwrap();
    let watched = games.iter().map(file_of);
    let timeline = Timeline::of_session(session, &mut among(&games), watched).unwrap();
    let rug = |game: usize| head(game, games[game].rug_tick.unwrap());
    assert_eq!(timeline.last(), rug(2));
    assert_eq!(timeline.at(head(1, 0)).game_id, &between.id);

    let next = |kind, at| timeline.next(kind, at);
    let previous = |kind, at| timeline.previous(kind, at);
    assert_eq!(next(Landmark::Tick, head(0, None)), Some(head(0, 0)));
    assert_eq!(next(Landmark::Tick, rug(0)), Some(head(1, None)));
    assert_eq!(previous(Landmark::Tick, head(1, None)), Some(rug(0)));
    assert_eq!(next(Landmark::Tick, timeline.last()), None);
    assert_eq!(previous(Landmark::Tick, timeline.first()), None);
    assert_eq!(next(Landmark::Action, head(0, 2)), Some(head(0, 5)));
    assert_eq!(previous(Landmark::Action, head(0, 5)), Some(head(0, 2)));
    assert_eq!(next(Landmark::Entry, head(0, 2)), Some(head(0, 6)));
    assert_eq!(next(Landmark::Rug, rug(0)), Some(rug(1)));
    assert_eq!(next(Landmark::Game, head(0, 7)), Some(head(1, None)));
    assert_eq!(next(Landmark::Played, head(0, 7)), Some(head(2, None)));
    assert_eq!(previous(Landmark::Game, head(0, 7)), Some(head(0, None)));
    assert_eq!(previous(Landmark::Played, head(1, 3)), Some(head(0, None)));
    for (game, peak) in timeline.landmarks(Landmark::Peak).iter().enumerate() {
        assert_eq!(timeline.at(*peak).price, games[game].peak());
    }
    for number in 0..timeline.positions() {
        assert_eq!(timeline.number(timeline.position(number)), number);
    }
    assert_eq!(timeline.position(usize::MAX), timeline.last());
    assert_eq!(timeline.clamp(head(0, u32::MAX)), rug(0));
    assert_eq!(timeline.clamp(head(9, 3)), timeline.last());
}

#[test]
fn a_game_without_its_file_keeps_its_place() {
    let recorded = RecordedSession::new();
    let session = recorded.json();
    let timeline = film_of_json(&session, &recorded.games[1..]);
    let frame = timeline.at(head(0, 6));
    assert_eq!(
        (frame.file, frame.known),
        (Err("it is away"), PriceKnowledge::Unknown)
    );
    assert_eq!((frame.prices, frame.price), (&[][..], None));
    let side = frame.player.unwrap();
    assert_eq!((side.rows.len(), side.pnl), (3, None));
    assert!(side.disagreements[0].computed.contains("it is away"));
    // What is held comes from the rows' own prices.
    let whole = film_of_json(&session, &recorded.games);
    assert_eq!(side.account, whole.at(head(0, 6)).player.unwrap().account);
    assert_eq!(
        timeline.at(head(1, 3)).file.unwrap().meta.game_id,
        recorded.games[1].id
    );
    assert!(film_of_json(&session, &[]).positions() > 10);
}

#[test]
fn a_single_game_is_a_timeline_without_a_player() {
    let game = &session_facts::games(5, 1)[0];
    let mut holey = file_of(game);
    holey.meta.repaired_ticks = vec![2];
    holey.prices[3] = None;
    let timeline = Timeline::of_game(holey);
    let known = [1, 2, 3].map(|tick| timeline.at(head(0, tick)).known);
    assert_eq!(
        known,
        [
            PriceKnowledge::Recorded,
            PriceKnowledge::Repaired,
            PriceKnowledge::Unknown
        ]
    );
    assert_eq!(timeline.at(head(0, 3)).price, game.prices.get(2));
    let frame = timeline.at(timeline.last());
    assert_eq!((frame.phase, frame.player), (Phase::Rugged, None));
    assert_eq!(timeline.positions(), game.prices.len() + 1);
    assert!(timeline.replayed().is_none() && timeline.session().is_none());
}

#[test]
fn a_session_without_any_game_is_no_film() {
    let mut empty = RecordedSession::new().json();
    empty["actions"] = json!([]);
    empty["drifts"] = json!([]);
    let session = SessionFile::parse(&serde_json::to_vec(&empty).unwrap()).unwrap();
    assert!(Timeline::of_session(session, &mut among(&[]), []).is_none());
}

#[test]
fn damaged_numbers_do_not_panic() {
    let recorded = RecordedSession::new();
    let session = recorded.json();
    let text = [
        "79228162514264337593543950335",
        "-79228162514264337593543950335",
        "0.0000000000000000000000000001",
        "0",
    ];
    let mut damaged = Vec::new();
    for number in 0..recorded_session::rows(&session).len() {
        for key in ["amount", "sell_percent", "executed_price", "balance_after"] {
            for value in text.map(Value::from).into_iter().chain([Value::Null]) {
                damaged.push((number, key, value));
            }
        }
        for key in ["tick", "executed_tick"] {
            damaged.push((number, key, json!(u32::MAX)));
        }
        damaged.push((number, "game_id", json!("another")));
        damaged.push((number, "confirmed_at", json!("1970-01-01T00:00:00Z")));
        damaged.push((number, "phase", json!("Presale")));
    }
    for (number, key, value) in damaged {
        let mut changed = session.clone();
        changed["actions"][number][key] = value;
        look_around(&film_of_json(&changed, &recorded.games));
    }
    for value in text {
        let mut changed = session.clone();
        changed["drifts"][0]["server"] = json!(value);
        changed["drifts"][1]["tick"] = json!(u32::MAX);
        changed["meta"]["start_balance"] = json!(value);
        look_around(&film_of_json(&changed, &recorded.games));
        let mut file = file_of(&recorded.games[0]);
        file.prices = vec![None, Some(value.parse().unwrap()), None];
        file.meta.end_time = Some(chrono::DateTime::<chrono::Utc>::MIN_UTC);
        file.meta.start_time = Some(chrono::DateTime::<chrono::Utc>::MAX_UTC);
        file.meta.joined_at_tick = Some(u32::MAX);
        look_around(&Timeline::of_game(file.clone()));
        file.prices.clear();
        look_around(&Timeline::of_game(file));
    }
}

fn look_around(timeline: &Timeline) {
    let mut projector = projector(timeline);
    let places = timeline.positions();
    for number in (0..places).step_by(23).chain([places - 1, usize::MAX]) {
        let frame = timeline.at(timeline.position(number));
        projector.view(timeline, &frame);
        for pace in [
            pianola::replay::TickTiming::Fixed,
            pianola::replay::TickTiming::Recorded,
        ] {
            timeline.duration_of(frame.head, pace);
        }
    }
    timeline.at(head(usize::MAX, u32::MAX));
}
