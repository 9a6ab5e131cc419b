//! The table `games`.

use super::anomalies::AnomalyCounts;
use super::row;
use super::words::StartKind;
use crate::fairness::{CommitmentSource, ProofStatus};
use crate::game::{EndReason, Time};

row! {
    /// A recorded game.
    pub struct GameRow in Games {
        /// The server's id of the game.
        game_id: String, "", Before;
        /// Where the game was recorded: `live` (the server, by our own connection), `browser` (the server, by the
        /// player's browser), `practice` (the built-in table), `url` (another address), `original` (a recording of the
        /// Python original).
        source_origin: &'static str, "", Meta;
        /// The game comes from a seeded table and will come again: never training data.
        seeded: bool, "", Meta;
        /// How many times as fast as real time the server ran; 1 for real servers, null if unknown.
        time_scale: Option<f64>, "x real time", Meta;
        /// Arrival of tick 0; `start_kind` says what it is if that was not seen. One that is an `estimate` is computed from
        /// the end of the game, and a leak.
        start_time: Option<Time>, "UTC", During;
        /// Arrival of the first message that says rugged; null if no rug was seen.
        end_time: Option<Time>, "UTC", After;
        /// What `start_time` is: `arrival`, `late_join`, `estimate` or `converted`.
        start_kind: StartKind, "", Meta;
        /// Number of ticks including the rug, missing ones too.
        n_ticks: i32, "ticks", After;
        /// Tick of the rug; null if it is unknown.
        rug_tick: Option<i32>, "tick", After;
        /// First tick under observation: 0, or the tick at which a late join began. The game was sure to reach it.
        entry_tick: i32, "tick", Meta;
        /// Last tick under observation: the rug if `event`, else the last tick that was received.
        exit_tick: i32, "tick", After;
        /// True: the rug was observed. False: the observation ended before it (censored at `exit_tick`).
        event: bool, "", After;
        /// Price at the rug. It is not drawn from the seed, so no proof covers it.
        rug_price: Option<f64>, "x", After;
        /// Highest price.
        peak: Option<f64>, "x", After;
        /// First tick with the highest price; null if no tick has it.
        peak_tick: Option<i32>, "tick", After;
        /// False: ticks before the rug are unknown, so `peak` is a lower bound.
        peak_exact: bool, "", After;
        /// How the end is known: `rug`, `missed` (the next game came without a rug), `stopped` (the recorder stopped),
        /// `crash` (closed by recovery), `history` (known from the server's history alone).
        end_reason: Option<EndReason>, "", After;
        /// Every tick from 0 to the rug is known and the rug price was received.
        complete: bool, "", After;
        /// The proof in the file: `proven`, `repaired`, `mismatch` or `unverifiable`.
        proof: ProofStatus, "", After;
        /// Why the game is unverifiable, as the file says.
        proof_reason: Option<String>, "", After;
        /// Where the commitment comes from: `seen` (a message before the reveal), `file` (beside the seed), `none`.
        commitment: CommitmentSource, "", After;
        /// Number of ticks compared with the path of the seed, as the file says.
        checked_ticks: i32, "ticks", After;
        /// The proof computed when the data set was built. A difference from `proof` is a finding.
        proof_now: ProofStatus, "", After;
        /// Tick of the first difference from the seed; null if there is none, or hash or peak differs.
        mismatch_tick: Option<i32>, "tick", After;
        /// What the seed says there: a price, `rug`, a peak, or the committed hash.
        mismatch_expected: Option<String>, "", After;
        /// What was recorded there; for a hash, the hash of the seed.
        mismatch_seen: Option<String>, "", After;
        /// May be used to train: complete, `proof_now` proven or repaired, not seeded, and no other row has this
        /// `game_id`. Filter by it; as a feature it is a leak.
        trainable: bool, "", After;
        /// Number of ticks without a price.
        missing_ticks: i32, "ticks", After;
        /// Number of ticks whose price was computed from the seed because it was missed.
        repaired_n: i32, "ticks", After;
        /// Number of prices from the tick's own message.
        from_live: i32, "ticks", After;
        /// Number of prices from the window of a later message.
        from_partial: i32, "ticks", After;
        /// Number of prices from the list of a connect snapshot.
        from_snapshot: i32, "ticks", After;
        /// Number of prices from the server's history.
        from_history: i32, "ticks", After;
        /// Number of prices from the revealed seed.
        from_seed: i32, "ticks", After;
        /// Ticks whose price was computed from the seed.
        repaired_ticks: Vec<i32>, "ticks", After;
        /// First tick that arrived in its own message, 0 if seen from the start; null if none did.
        joined_at_tick: Option<i32>, "tick", Meta;
        /// How often the connection was lost during the game.
        reconnects: i32, "", After;
        /// Number of all anomalies in the messages of the game.
        anomalies_n: i32, "", After;
        /// How often this anomaly was seen in the messages of the game
        anomalies: AnomalyCounts, "", After;
        /// Steps between neighbouring ticks, the rug's left out, that version v3 cannot make; null for another version.
        /// It needs no seed.
        v3_violations: Option<i32>, "steps", After;
        /// Price texts of the file that are not the shortest decimal of their double. The double here is still right.
        long_prices_n: i32, "prices", After;
        /// SHA-256 of the seed: the server's commitment.
        server_seed_hash: Option<String>, "hex", Before;
        /// The revealed seed. With `game_id` it determines every price but the rug's.
        server_seed: Option<String>, "hex", After;
        /// Version of the price generator.
        game_version: Option<String>, "", Before;
        /// 0 to 99, from the SHA-256 of `game_id`: 0–79 train, 80–89 validation, 90–99 test.
        bucket: i32, "", Meta;
        /// The file, by its path in the folder of recordings.
        file: String, "", Meta;
        /// SHA-256 of the file.
        file_sha256: String, "hex", Meta;
        /// The program that wrote the file.
        app: String, "", Meta;
        /// Version of the file's format; 0 for the Python original.
        format: i32, "", Meta;
        /// Number of files of this game; the one with the best proof is here.
        source_files_n: i32, "files", Meta;
    }
}

impl GameRow {
    /// Decides `trainable` with the facts of the row.
    pub fn is_trainable(&self) -> bool {
        let proven = matches!(self.proof_now, ProofStatus::Proven | ProofStatus::Repaired);
        let whole = self.complete && self.missing_ticks == 0 && self.n_ticks > 0;
        whole && proven && !self.seeded && self.start_kind != StartKind::Converted
    }
}
