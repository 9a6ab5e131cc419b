//! Messages as the server sends them, in four sizes, from the practice table's stream: a fresh clone has no captures.

use pianola::table::{FaultyStream, GameStep, GameStream, Message, StepKind};
use serde_json::{Value, json};

/// Texts of one size, in the order of a stream.
pub struct Sample {
    /// The size by name.
    pub name: &'static str,
    /// Each is the text of an event's array, `["gameStateUpdate",{…}]`.
    pub texts: Vec<String>,
}

impl Sample {
    fn new(name: &'static str, mean: usize, texts: Vec<String>) -> Self {
        let sample = Self { name, texts };
        let real = sample.bytes() / sample.texts.len();
        assert!(real.abs_diff(mean) < mean / 10, "{name}: {real} bytes");
        sample
    }

    /// Returns the length of all texts together.
    pub fn bytes(&self) -> usize {
        self.texts.iter().map(String::len).sum()
    }
}

/// Returns every size: the ticks of a whole game in three, and the large messages of ten games.
pub fn samples() -> Vec<Sample> {
    let ticks = ticks();
    let sized = |rows, royale: usize| -> Vec<String> {
        let each = ticks.iter().map(|tick| tick_text(tick, rows, royale));
        each.collect()
    };
    vec![
        Sample::new("0.7 kB", 700, sized(0, 0)),
        Sample::new("4.3 kB", 4_300, sized(10, 1)),
        Sample::new("10.6 kB", 10_600, sized(10, 10_600)),
        Sample::new("350 kB", 350_000, large(350_000)),
    ]
}

/// Returns the TICK messages of the first game of usual length.
fn ticks() -> Vec<Value> {
    let mut stream = FaultyStream::new(GameStream::seeded(1), &[]);
    loop {
        let mut step = stream.next_step();
        if let StepKind::Tick { tick: 1, rug_tick } = step.kind
            && (200..=400).contains(&rug_tick)
        {
            let mut ticks = Vec::new();
            while matches!(step.kind, StepKind::Tick { .. } | StepKind::Rug) {
                ticks.extend(updates(step));
                step = stream.next_step();
            }
            return ticks;
        }
    }
}

/// Returns the lines of a capture of so many games; a tick has about `length` bytes.
#[allow(dead_code, reason = "of one bench only")]
pub fn capture(games: usize, length: usize) -> String {
    let mut stream = FaultyStream::new(GameStream::seeded(1), &[]);
    let (mut lines, mut micros, mut ended) = (String::new(), 1_765_761_431_000_000_u64, 0);
    while ended < games {
        let step = stream.next_step();
        micros += step.delay_micros;
        ended += usize::from(matches!(step.kind, StepKind::Settled));
        let is_tick = matches!(step.kind, StepKind::Tick { .. });
        for mut message in step.messages {
            let payload = message.args.remove(0);
            let data = if is_tick && message.event == "gameStateUpdate" {
                padded(&payload, 10, length).to_string()
            } else {
                payload.to_string()
            };
            let event = message.event;
            let millis = format!("{}.{:03}", micros / 1_000, micros % 1_000);
            let line = format!("{{\"ts\":{millis},\"event\":\"{event}\",\"data\":{data}}}\n");
            lines.push_str(&line);
        }
    }
    lines
}

fn updates(step: GameStep) -> impl Iterator<Item = Value> {
    step.messages.into_iter().filter_map(payload)
}

fn payload(mut message: Message) -> Option<Value> {
    (message.event == "gameStateUpdate").then(|| message.args.remove(0))
}

fn text(payload: &Value) -> String {
    json!(["gameStateUpdate", payload]).to_string()
}

fn tick_text(tick: &Value, rows: usize, length: usize) -> String {
    text(&padded(tick, rows, length))
}

/// Returns a tick with so many rows, filled up to `length` with announced royales, as in the 11 kB ticks of 2026.
fn padded(tick: &Value, rows: usize, length: usize) -> Value {
    let mut tick = tick.clone();
    let seen = tick["leaderboard"].as_array().cloned().unwrap_or_default();
    tick["leaderboard"] = seen.iter().cycle().take(rows).cloned().collect();
    if length == 0 {
        tick["rugRoyale"].take();
    }
    let missing = length.saturating_sub(tick.to_string().len());
    let royale = royale(0).to_string().len() + 1;
    if missing > royale {
        tick["rugRoyale"]["upcomingEvents"] = (0..missing / royale).map(royale_of).collect();
    }
    tick
}

fn royale_of(number: usize) -> Value {
    royale(u32::try_from(number).unwrap_or_default())
}

fn royale(number: u32) -> Value {
    json!({
        "id": format!("6f1c2b1e-93a4-4f21-bacc-{number:012}"), "name": "Rug Royale", "status": "SCHEDULED",
        "startTime": 1_765_761_322_177_u64, "endTime": 1_765_763_122_177_u64, "prepTimeMinutes": 30,
        "levelRequired": 1, "token": "0xPractice", "startingBalance": 100, "participantCount": number,
        "prizeTiers": { "1": 3, "2": 1, "3": 0.5, "4": 0.15, "5": 0.1, "6-10": 0.05 }, "leaderboard": [],
    })
}

/// Returns a SNAPSHOT and the FULL messages of ten games, filled up to `length` with sidebets of finished games,
/// which in real traffic are 75 to 90 % of these messages.
fn large(length: usize) -> Vec<String> {
    let mut stream = FaultyStream::new(GameStream::seeded(1), &[]);
    let mut all: Vec<Value> = stream.greeting().into_iter().filter_map(payload).collect();
    while all.len() < 20 {
        let step = stream.next_step();
        if matches!(step.kind, StepKind::Genesis | StepKind::Settled) {
            all.extend(updates(step));
        }
    }
    all.into_iter()
        .map(|message| large_text(message, length))
        .collect()
}

fn large_text(mut message: Value, length: usize) -> String {
    let entries = message["gameHistory"].as_array_mut().expect("a history");
    for entry in &mut *entries {
        entry["globalSidebets"] = json!([]);
    }
    let games = entries.len();
    let bare = message.to_string().len();
    let each = sidebet(0).to_string().len() + 1;
    let per_game = length.saturating_sub(bare) / each / games;
    let entries = message["gameHistory"].as_array_mut().expect("a history");
    for entry in entries {
        entry["globalSidebets"] = (0..per_game).map(sidebet_of).collect();
    }
    text(&message)
}

fn sidebet_of(number: usize) -> Value {
    sidebet(u32::try_from(number).unwrap_or_default())
}

fn sidebet(number: u32) -> Value {
    let player = 100 + number % 60;
    let stake = f64::from(1 + number % 40) / 1_000.0;
    json!({
        "playerId": format!("did:privy:player-{player:04}"), "username": format!("player-{player:04}"),
        "gameId": "20251215-3c3ebc6051054e71", "betAmount": stake, "xPayout": 5,
        "coinAddress": "So11111111111111111111111111111111111111112", "bonusPortion": 0, "realPortion": stake,
        "timestamp": 1_765_761_322_177_u64 + u64::from(number) * 333, "type": "placed", "startedAtTick": number,
        "end": number + 40, "id": format!("bdf991b3-13a4-4f21-bacc-{number:012}"),
    })
}
