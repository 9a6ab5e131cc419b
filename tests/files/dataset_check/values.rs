//! Values and rows that differ from the recordings.

use super::*;

/// One value of each table.
#[test]
fn one_changed_value_is_found_and_named() {
    let example = Example::new();
    let found = |of: &str, text: &str| {
        let found = example.check().text();
        assert!(
            found.contains(&format!("{of} {text}")),
            "{of} {text}\n{found}"
        );
        example.restore();
    };
    let mut games = example.games();
    games[1].peak = Some(99.5);
    example.put(&games);
    let right = example.games()[1].peak.unwrap();
    let id = &games[1].game_id;
    let expected = format!(
        "data_differs {} {id} games.peak: the data set has 99.5, the recordings say {right}\n",
        example.file(Table::Games)
    );
    assert_eq!(example.check().text(), expected);
    let mut games = example.games();
    games[0].source_files_n = 2;
    "/etc/hostname".clone_into(&mut games[1].file);
    example.put(&games);
    let text = example.check().text();
    assert!(
        text.contains("games.source_files_n: the data set has 2, the recordings say 1"),
        "{text}"
    );
    assert!(
        text.contains("games.file: the data set has \"/etc/hostname\""),
        "{text}"
    );

    let mut paths = example.paths();
    let price = paths[0].prices[7].unwrap();
    paths[0].prices[7] = Some(f64::from_bits(price.to_bits() + 1));
    example.restore();
    example.put(&paths);
    let text = example.check().text();
    assert!(text.contains("paths.prices: the data set has "), "{text}");
    assert!(
        text.contains(&format!("the recordings say {price} at 7")),
        "{text}"
    );

    let mut ticks = example.ticks();
    ticks[40].price = None;
    ticks[41].price = Some(1.0);
    example.put(&ticks);
    let text = example.check().text();
    assert!(
        text.contains("tick 40 ticks.price: the data set has null"),
        "{text}"
    );
    assert!(text.contains("one more row differs"), "{text}");
    example.restore();

    let mut sessions = vec![example.data.sessions[0].session.clone()];
    let session = sessions[0].session_id.to_string();
    sessions[0].replay_agree += 1;
    example.put(&sessions);
    found(&session, "sessions.replay_agree: the data set has ");

    let mut actions = example.data.sessions[0].actions.clone();
    actions[3].game_trainable ^= true;
    actions[5].amount.0 = Some(7.into());
    example.put(&actions);
    let text = example.check().text();
    assert!(
        text.contains("seq 4 actions.game_trainable: the data set has true"),
        "{text}"
    );
    assert!(
        text.contains("actions.amount: the data set has 7.000000000"),
        "{text}"
    );
    assert!(
        text.contains("actions.amount_f: the data set has 7"),
        "{text}"
    );
    example.restore();

    let mut drifts = example.data.sessions[0].drifts.clone();
    drifts[0].tick = Some(1);
    example.put(&drifts);
    found(&session, "at ");
    example.put(&drifts);
    let text = example.check().text();
    assert!(text.contains("drifts.tick: the data set has 1"), "{text}");
    example.restore();
}

/// Rows of tables that no recording has by itself: they are counted and compared as well.
#[test]
fn quality_imports_and_games_of_the_original_are_compared() {
    let example = Example::new();
    let start = "origin=original/";
    let originals: Vec<_> = example
        .built
        .keys()
        .filter(|path| path.contains(start))
        .collect();
    let tables: Vec<_> = originals
        .iter()
        .map(|path| path.split('/').next().unwrap())
        .collect();
    assert_eq!(tables, ["games", "imports", "paths", "quality", "ticks"]);
    // The same recordings with another content: each of these tables has another row.
    let other = example.folder.path().join("other");
    put_file(&other.join("a.jsonl"), original(IMPORTED, 5).as_bytes());
    put_file(&other.join("b.jsonl"), original(IMPORTED, 3).as_bytes());
    let mut options = example.check_options();
    options.imports = vec![other];
    let text = checked(&options).unwrap().text();
    for expected in [
        "games.n_ticks: the data set has 4, the recordings say 5",
        "imports.last_tick: the data set has 3, the recordings say 4",
        "paths.prices: the data set has 4 items, the recordings say 5 items",
        "tick 4 ticks: the recordings have it, and the data set does not",
        "dataset.json - original 2025-10-29: its recordings are not those of the build",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    // A seed that was found since proves nothing here, and without the paths nothing is known of the rows.
    options.imports.clear();
    let text = checked(&options).unwrap().text();
    assert!(
        text.contains("original 2025-10-29: its recordings are not in the folders"),
        "{text}"
    );
    // A row of quality with another count, in a file that dataset.json states.
    let quality = example.path(Table::Quality);
    let other = data_set::DataSet::of_days(&[("2025-12-15", 1)]);
    other.build();
    let file = files_of(other.out())
        .into_iter()
        .find(|(path, _)| path.starts_with("quality/"));
    overwrite(&quality, &file.unwrap().1);
    let text = example.check().text();
    assert!(text.contains("quality: the recordings have it"), "{text}");
    assert!(text.contains(&example.file(Table::Quality)), "{text}");
}

#[test]
fn missing_and_additional_rows_are_found() {
    let example = Example::new();
    let mut ticks = example.ticks();
    let last = ticks.pop().unwrap();
    example.put(&ticks);
    let of_last = format!("{} tick {}", last.game_id, last.tick);
    let expected = format!("{of_last} ticks: the recordings have it, and the data set does not\n");
    let text = example.check().text();
    assert!(text.ends_with(&expected), "{text}");
    ticks.extend([last.clone(), last.clone(), last]);
    example.put(&ticks);
    let expected = format!(
        "{of_last} ticks: the data set has it, and the recordings do not; one more row is\n"
    );
    let text = example.check().text();
    assert!(text.ends_with(&expected), "{text}");
    example.restore();
    example.put(&example.paths()[..1]);
    let text = example.check().text();
    assert!(
        text.contains("paths: the recordings have it, and the data set does not"),
        "{text}"
    );
    example.restore();
    let mut ticks = example.ticks();
    ticks.swap(3, 4);
    example.put(&ticks);
    let text = example.check().text();
    assert!(
        text.contains("ticks: its rows are in another order"),
        "{text}"
    );
}

/// The data set claims that a game is proven whose seed says otherwise: the recording is proven again, not believed.
#[test]
fn a_claimed_proof_is_computed_again() {
    let example = Example::new();
    let game = &example.games()[0];
    let path = example.recorded.folder.path().join(&game.file);
    let text = fs::read_to_string(&path).unwrap();
    // The same price with another last digit, in the recording and in all tables.
    let price = game.peak.unwrap();
    let changed = format!("{:.3}", price + 0.001);
    let text = text.replace(&format!("\"{price}\""), &format!("\"{changed}\""));
    overwrite(&path, text.as_bytes());
    let report = build_with(&example.options).unwrap();
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.kind == FindingKind::Mismatch)
    );
    assert_eq!(example.check().text(), "");
    let mut games = DataSet::of(example.recorded.folder.path()).games;
    assert_eq!(games[0].game.proof_now.as_str(), "mismatch");
    games[0].game.proof_now = pianola::fairness::ProofStatus::Proven;
    let rows: Vec<_> = games.iter().map(|record| record.game.clone()).collect();
    example.put(&rows);
    let text = example.check().text();
    let expected = "games.proof_now: the data set has \"proven\", the recordings say \"mismatch\"";
    assert!(text.contains(expected), "{text}");
}
