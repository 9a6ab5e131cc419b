//! The raw capture of a run, played back: the same games, prices and proofs come out again, from the real programs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pianola::recording::GameFile;
use pianola::table::Playback;
use serde_json::{Value, json};

use crate::support::captures;
use crate::support::files::game_files;
use crate::support::process::{Running, pianola, run, stderr, stdout, table, until};
use crate::support::seeds::seed_of;

type Said = (String, Vec<Value>);

fn capture_files(out: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(out.join(".captures")).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn only_capture(out: &Path) -> PathBuf {
    let files = capture_files(out);
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].clone()
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn played(path: &Path) -> Vec<Said> {
    let mut playback = Playback::open(path, false).unwrap();
    let steps = std::iter::from_fn(|| playback.next_step());
    let messages = steps.flat_map(|step| step.messages);
    messages.map(|m| (m.event, m.args)).collect()
}

/// What each proven game is, apart from when it was heard. A stopped recording may also have part of the next game.
fn truths(out: &Path) -> BTreeMap<String, Value> {
    let game = |path: &PathBuf| {
        let text = std::fs::read(path).unwrap();
        GameFile::parse(&text).unwrap();
        let file: Value = serde_json::from_slice(&text).unwrap();
        let meta = &file["meta"];
        let id = meta["game_id"].as_str().unwrap().to_owned();
        let same = [
            "server_seed",
            "server_seed_hash",
            "peak_multiplier",
            "duration_ticks",
            "complete",
            "proof",
            "end_reason",
            "anomalies",
        ];
        let meta: Vec<_> = same.iter().map(|key| meta[*key].clone()).collect();
        (id, json!([meta, file["prices"]]))
    };
    let games = game_files(out);
    let games = games.iter().map(game);
    games
        .filter(|(_, game)| game[0][5]["status"] == "proven")
        .collect()
}

/// The second run found every game of the first; it may have taken one more to its end.
fn assert_same(first: &BTreeMap<String, Value>, mut second: BTreeMap<String, Value>) {
    second.retain(|id, _| first.contains_key(id));
    assert_eq!(*first, second);
}

/// Records a table into `out` until so many games are there.
fn record(url: &str, out: &Path, games: &str, more: &[&str]) -> String {
    let output = pianola()
        .args(["record", "--url", url, "--games", games, "--out"])
        .arg(out)
        .args(more)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stdout(&output)
}

#[test]
fn a_captured_run_gives_the_same_games_again() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    let (_playing, url) = table(&["--seed", "5", "--speed", "60"]);
    record(&url, &first, "2", &["--raw-capture"]);
    let capture = only_capture(&first);
    let (_again, url) = table(&["--capture", capture.to_str().unwrap(), "--speed", "max"]);
    let truth = truths(&first);
    record(&url, &second, &truth.len().to_string(), &[]);
    assert!(truth.len() >= 2);
    assert_same(&truth, truths(&second));
    // A file that begins in the middle of a game, as a rotated one does.
    let text = std::fs::read_to_string(&capture).unwrap();
    let is_tick =
        |line: &&str| line.contains(r#""active":true"#) && line.contains(r#""tickCount":20,"#);
    let at = text.lines().position(|line| is_tick(&line)).unwrap();
    let rest: Vec<_> = text
        .lines()
        .skip(at)
        .map(|line| format!("{line}\n"))
        .collect();
    let begins_late = folder.path().join("late.jsonl");
    let mut file = std::fs::File::create(&begins_late).unwrap();
    std::io::Write::write_all(&mut file, rest.concat().as_bytes()).unwrap();
    let third = folder.path().join("third");
    let (_late, url) = table(&["--capture", begins_late.to_str().unwrap(), "--speed", "max"]);
    record(&url, &third, &truth.len().to_string(), &[]);
    // The reveal tells the ticks before it, too.
    assert_same(&truth, truths(&third));
    // The other readers of the folder ignore it.
    let out = first.to_str().unwrap();
    let listed = run(&["library", "--out", out, "--json"]);
    let rows = stdout(&listed);
    assert_eq!(
        rows.matches("\"game_id\"").count(),
        game_files(&first).len(),
        "{rows}"
    );
    assert!(rows.contains("\"unreadable\":0"), "{rows}");
    assert_eq!(
        run(&["library", "--out", out, "--rebuild"]).status.code(),
        Some(0)
    );
    let verified = run(&["verify", out]);
    assert_eq!(verified.status.code(), Some(0), "{}", stdout(&verified));
    let names = lines(&capture)
        .into_iter()
        .map(|line| line["event"].as_str().unwrap().to_owned());
    let names: Vec<_> = names.collect();
    assert_eq!((&names[0][..], &names[1][..]), ("(capture)", "connect"));
    assert_eq!(names.last().unwrap(), "(down)");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&capture).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_captured_session_gives_the_same_events_and_its_requests_and_answers_are_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    let script = folder.path().join("script.txt");
    // The first game is short, and the player does not act in it: the login takes a moment.
    let seed = seed_of(199, &[1..15, 110..170]).to_string();
    let mut text = std::fs::File::create(&script).unwrap();
    std::io::Write::write_all(
        &mut text,
        b"2 presale buy 0.05\n2 12 sell 50\n2 20 sidebet 0.002\n",
    )
    .unwrap();
    let output = pianola()
        .arg("play")
        .arg(&script)
        .args([
            "--practice",
            "--seed",
            &seed,
            "--speed",
            "20",
            "--raw-capture",
            "--out",
        ])
        .arg(&first)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let capture = only_capture(&first);
    let lines = lines(&capture);
    let named = |event: &str| {
        lines
            .iter()
            .filter(|line| line["event"] == event)
            .collect::<Vec<_>>()
    };
    let login = named("authenticate");
    assert_eq!(
        (&login[0]["dir"], &login[0]["data"]),
        (&json!("sent"), &json!("[removed]"))
    );
    let mut asked = Vec::new();
    for (event, key) in [
        ("buyOrder", "amount"),
        ("sellOrder", "percentage"),
        ("requestSidebet", "betAmount"),
    ] {
        let [line] = named(event)[..] else {
            panic!("one {event}")
        };
        assert!(
            line["dir"] == "sent" && line["trace"]["__trace"] == true,
            "{line}"
        );
        assert!(
            line["data"]
                .as_object()
                .is_some_and(|data| !data.is_empty()),
            "{key}: {line}"
        );
        asked.push(line["ack_id"].clone());
    }
    let answered: Vec<_> = named("(ack)")
        .iter()
        .map(|line| line["ack_id"].clone())
        .collect();
    assert_eq!(asked, answered);
    assert!(
        named("(ack)")
            .iter()
            .all(|line| line["data"]["success"] == true)
    );
    // Received lines, as the file has them, are what is played; what a table says of itself is not.
    let received = lines.iter().filter(|line| {
        let event = line["event"].as_str().unwrap();
        let is_note = event == "connect" || event.starts_with('(') || event == "pianola/table";
        line["dir"] != "sent" && !is_note
    });
    assert!(!named("pianola/table").is_empty());
    let received: Vec<Said> = received
        .map(|line| {
            let args = [line.get("trace"), line.get("data")].into_iter().flatten();
            (
                line["event"].as_str().unwrap().to_owned(),
                args.cloned().collect(),
            )
        })
        .collect();
    let said = played(&capture);
    assert_eq!(said.len(), received.len());
    assert!(said == received);
    for event in ["playerUpdate", "gameStatePlayerUpdate", "standard/newTrade"] {
        assert!(said.iter().any(|(name, _)| name == event), "{event}");
    }
    let (_again, url) = table(&["--capture", capture.to_str().unwrap(), "--speed", "max"]);
    let truth = truths(&first);
    assert!(truth.len() >= 2);
    record(&url, &second, &truth.len().to_string(), &[]);
    assert_same(&truth, truths(&second));
}

#[test]
fn a_capture_that_cannot_be_written_is_reported_and_the_recording_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    std::fs::File::create(out.join(".captures")).unwrap();
    let (_playing, url) = table(&["--seed", "5", "--speed", "100"]);
    let output = pianola()
        .env("PIANOLA_LOG", "warn")
        .args([
            "record",
            "--url",
            &url,
            "--games",
            "2",
            "--raw-capture",
            "--out",
        ])
        .arg(out)
        .output()
        .unwrap();
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(
        said.contains("the raw capture cannot be written to"),
        "{said}"
    );
    assert!(truths(out).len() >= 2);
}

#[test]
fn real_traffic_goes_through_digit_for_digit() {
    let Some(folder) = captures::folder() else {
        return;
    };
    for name in [captures::STREAMS[0], captures::STREAMS[2]] {
        let out = tempfile::tempdir().unwrap();
        let path = folder.join(name);
        let (playing, url) = table(&["--capture", path.to_str().unwrap(), "--speed", "max"]);
        let recording = Running::start(pianola().args([
            "record",
            "--url",
            &url,
            "--raw-capture",
            "--out",
            out.path().to_str().unwrap(),
        ]));
        assert_eq!(playing.end().0, Some(0));
        let is_down = |path: &PathBuf| {
            let text = std::fs::read_to_string(path).unwrap();
            text.contains(r#""event":"(down)""#)
        };
        until("the end of the connection", || {
            let there = out.path().join(".captures").is_dir();
            (there && capture_files(out.path()).iter().any(is_down)).then_some(())
        });
        recording.interrupt();
        assert_eq!(recording.end().0, Some(0));
        let expected = captures::lines(name).unwrap().into_iter().map(|line| {
            // A coin of a battle is called a token; the redactor cannot know that.
            let args = json!(line.args).to_string();
            (
                line.event,
                args.replace(r#""token":"0xPractice""#, r#""token":"[removed]""#),
            )
        });
        let expected: Vec<_> = expected.collect();
        let said = played(&only_capture(out.path()));
        let said: Vec<_> = said
            .into_iter()
            .map(|(event, args)| (event, json!(args).to_string()))
            .collect();
        assert_eq!(said.len(), expected.len(), "{name}");
        for (number, (said, expected)) in said.iter().zip(&expected).enumerate() {
            assert_eq!(said, expected, "{name}, event {number}");
        }
    }
}

#[test]
fn a_killed_program_leaves_a_capture_that_is_played() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let (_playing, url) = table(&["--seed", "5", "--speed", "200"]);
    let mut recording = Running::start(
        pianola()
            .args(["record", "--url", &url, "--raw-capture", "--out"])
            .arg(&out),
    );
    until("some capture", || {
        let there = out.join(".captures").is_dir();
        let long = |path: &PathBuf| std::fs::metadata(path).unwrap().len() > 500_000;
        (there && capture_files(&out).iter().any(long)).then_some(())
    });
    recording.child.kill().unwrap();
    drop(recording);
    let capture = only_capture(&out);
    let said = played(&capture);
    assert!(said.len() > 100, "{}", said.len());
    // A line that was cut in its middle is reported and not played; one inside the file still refuses it.
    let whole = std::fs::read(&capture).unwrap();
    let cut = folder.path().join("cut.jsonl");
    let end = whole.iter().rposition(|byte| *byte == b'\n').unwrap();
    let mut file = std::fs::File::create(&cut).unwrap();
    std::io::Write::write_all(&mut file, &whole[..end - 10]).unwrap();
    let (_again, url) = table(&["--capture", cut.to_str().unwrap(), "--speed", "max"]);
    assert!(url.starts_with("http://127.0.0.1:"));
    assert!(said.len() - played(&cut).len() <= 1);
    std::io::Write::write_all(&mut file, b"\n{\"event\":\"x\",\"data\":1}\n").unwrap();
    let refused = run(&["table", "--capture", cut.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        stderr(&refused).contains("not JSON"),
        "{}",
        stderr(&refused)
    );
}
