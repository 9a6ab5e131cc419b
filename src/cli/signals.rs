//! Ends a command on a signal: one owner of the signals for all commands.
//!
//! Ctrl-C (SIGINT), SIGTERM and a closed terminal (SIGHUP) ask a command to end; it saves what is open and reports its
//! progress. A second request ends it at once. [`StopPolicy`] decides what a signal means, without a clock of its own;
//! the thread of [`SignalListener`] acts.

use std::io;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::{output, stderr};
use crate::background;
use crate::plural::count;
use crate::recording::UnsavedGames;

/// A terminal and the programs around this one (`timeout`, `xvfb-run`, `cargo run`) may each deliver the same Ctrl-C: a
/// signal within this time after a counted one is a repetition.
const SAME: Duration = Duration::from_millis(500);
/// How often the progress of the saving is reported.
const PROGRESS_EVERY: Duration = Duration::from_secs(1);
/// How long the saving may take. What has no file by then is in the journal, and the next start saves it.
const LIMIT: Duration = Duration::from_secs(9);
/// Interval of the clock while the program ends.
const CLOCK_EVERY: Duration = Duration::from_millis(100);

/// A request to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StopSignal {
    /// From a person or a program: Ctrl-C, `kill`, `timeout`.
    Interrupt,
    /// The terminal was closed. A repetition has no meaning.
    HangUp,
}

/// The reaction to a signal, or to the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SignalAction {
    /// Save what is open and end.
    Stop,
    /// Report the progress of the saving.
    Report,
    /// A second request: end now.
    EndNow,
    /// The saving takes too long: end now.
    GiveUp,
}

/// Decides which signals count. Times are since the start of the program.
#[derive(Debug, Default)]
struct StopPolicy {
    stopping_since: Option<Duration>,
    counted: Option<Duration>,
    reported: Duration,
}

impl StopPolicy {
    /// Takes a signal at the time `now`.
    fn signal(&mut self, signal: StopSignal, now: Duration) -> Option<SignalAction> {
        let same = self.counted.is_some_and(|counted| now < counted + SAME);
        if same || self.counted.is_some() && signal == StopSignal::HangUp {
            return None;
        }
        self.counted = Some(now);
        if self.stopping_since.is_some() {
            return Some(SignalAction::EndNow);
        }
        self.stopping_since = Some(now);
        self.reported = now;
        Some(SignalAction::Stop)
    }

    /// Whether a signal has arrived.
    fn is_stopping(&self) -> bool {
        self.stopping_since.is_some()
    }

    /// Advances the clock.
    fn clock(&mut self, now: Duration) -> Option<SignalAction> {
        let since = self.stopping_since?;
        if now >= since + LIMIT {
            return Some(SignalAction::GiveUp);
        }
        (now >= self.reported + PROGRESS_EVERY).then(|| {
            self.reported = now;
            SignalAction::Report
        })
    }
}

/// Handlers of the signals: none is missed from now on, and nothing happens before [`Self::listen`].
pub struct SignalHandlers {
    runtime: tokio::runtime::Runtime,
    signals: OsSignals,
}

/// Listens for signals on a thread of its own, so that a thread that waits for the disk or for a reader of its output does
/// not delay the reaction.
pub struct SignalListener {
    end: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl SignalHandlers {
    /// Installs the handlers.
    ///
    /// SIGINT and SIGTERM work even if they were ignored at the start, as in a background job of a script. A SIGHUP that
    /// was ignored (`nohup`) stays ignored.
    ///
    /// # Errors
    /// The system installs no handler.
    pub fn new() -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let signals = {
            let _inside = runtime.enter();
            OsSignals::new()?
        };
        Ok(Self { runtime, signals })
    }

    /// Listens: the first signal calls `end_all`. `unsaved` gives the progress of the saving.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn listen(
        self,
        unsaved: UnsavedGames,
        end_all: impl FnOnce() + Send + 'static,
    ) -> io::Result<SignalListener> {
        let Self {
            runtime,
            mut signals,
        } = self;
        let (end, ended) = oneshot::channel();
        let listen = async move {
            let start = Instant::now();
            let mut once = Some(end_all);
            let mut requests = StopPolicy::default();
            loop {
                let action = tokio::select! {
                    signal = signals.next() => requests.signal(signal, start.elapsed()),
                    () = tokio::time::sleep(CLOCK_EVERY), if requests.is_stopping() => {
                        requests.clock(start.elapsed())
                    }
                };
                match action {
                    None => {}
                    Some(SignalAction::Stop) => {
                        report(&unsaved);
                        if let Some(end_all) = once.take() {
                            end_all();
                        }
                    }
                    Some(SignalAction::Report) => report(&unsaved),
                    Some(SignalAction::EndNow) => end_now("stopped at once"),
                    // Everything is saved; the window or the reader of the output does not end.
                    Some(SignalAction::GiveUp) if unsaved.is_over() => {
                        stderr::flush();
                        std::process::exit(i32::from(output::lost_results()));
                    }
                    Some(SignalAction::GiveUp) => {
                        let games = count(unsaved.games(), "game");
                        end_now(&format!("stopped with {games} not saved in time"));
                    }
                }
            }
        };
        let thread = background::spawn("signals", move || {
            runtime.block_on(async {
                tokio::select! {
                    () = listen => {}
                    _ = ended => {}
                }
            });
        })?;
        Ok(SignalListener { end, thread })
    }
}

impl SignalListener {
    /// Ends the thread.
    pub fn end(self) {
        self.end.send(()).ok(); // It may have ended already.
        self.thread.join().ok(); // The thread returns no value.
    }
}

fn report(unsaved: &UnsavedGames) {
    match unsaved.games() {
        0 => {}
        number => output::say(&format!("saving {}…", count(number, "game"))),
    }
}

/// Ends the program without saving more. What the recorder has taken is in the journal; the rest is lost.
fn end_now(how: &str) -> ! {
    output::say(&format!(
        "{how}; the next start saves what is in the journal"
    ));
    stderr::flush();
    std::process::exit(1);
}

#[cfg(unix)]
struct OsSignals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    /// `None`: it was ignored when the program started, and stays ignored.
    hang_up: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl OsSignals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        let ignored = hang_up_is_ignored();
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: if ignored {
                None
            } else {
                Some(signal(SignalKind::hangup())?)
            },
        })
    }

    async fn next(&mut self) -> StopSignal {
        let hang_up = async {
            match &mut self.hang_up {
                Some(hang_up) => hang_up.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => StopSignal::Interrupt,
            _ = self.terminate.recv() => StopSignal::Interrupt,
            _ = hang_up => StopSignal::HangUp,
        }
    }
}

#[cfg(windows)]
struct OsSignals {
    pressed: tokio::signal::windows::CtrlC,
    broken: tokio::signal::windows::CtrlBreak,
    closed: tokio::signal::windows::CtrlClose,
    shut_down: tokio::signal::windows::CtrlShutdown,
}

#[cfg(windows)]
impl OsSignals {
    fn new() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};

        Ok(Self {
            pressed: ctrl_c()?,
            broken: ctrl_break()?,
            closed: ctrl_close()?,
            shut_down: ctrl_shutdown()?,
        })
    }

    async fn next(&mut self) -> StopSignal {
        tokio::select! {
            _ = self.pressed.recv() => StopSignal::Interrupt,
            _ = self.broken.recv() => StopSignal::Interrupt,
            _ = self.closed.recv() => StopSignal::HangUp,
            _ = self.shut_down.recv() => StopSignal::HangUp,
        }
    }
}

/// Whether SIGHUP is ignored: the program is to outlive its terminal.
#[cfg(target_os = "linux")]
fn hang_up_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignores_hang_up(&status)
}

/// Reads the set of ignored signals, a hexadecimal number: the lowest bit is signal 1, which is SIGHUP.
#[cfg(target_os = "linux")]
fn ignores_hang_up(status: &str) -> bool {
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|set| u64::from_str_radix(set.trim(), 16).ok());
    ignored.is_some_and(|set| set & 1 == 1)
}

/// Whether SIGHUP is ignored: a child process inherits that, and survives the signal.
#[cfg(all(unix, not(target_os = "linux")))]
fn hang_up_is_ignored() -> bool {
    let mut child = std::process::Command::new("/bin/sh");
    child.args(["-c", "kill -s HUP $$; exit 0"]);
    child.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// Returns the actions for signals at these times.
    fn steps(signals: &[(StopSignal, u64)]) -> Vec<Option<SignalAction>> {
        let mut requests = StopPolicy::default();
        let signals = signals.iter();
        signals
            .map(|(signal, millis)| requests.signal(*signal, at(*millis)))
            .collect()
    }

    use SignalAction::{EndNow, GiveUp, Report, Stop};
    use StopSignal::{HangUp, Interrupt};

    #[test]
    fn two_signals_within_half_a_second_are_one_and_a_later_one_ends_at_once() {
        assert_eq!(
            steps(&[(Interrupt, 0), (Interrupt, 499)]),
            [Some(Stop), None]
        );
        assert_eq!(
            steps(&[(Interrupt, 0), (Interrupt, 500)]),
            [Some(Stop), Some(EndNow)]
        );
        // Measured from the counted signal: repeated presses end at once.
        assert_eq!(
            steps(&[
                (Interrupt, 70_000),
                (Interrupt, 70_300),
                (Interrupt, 70_600)
            ]),
            [Some(Stop), None, Some(EndNow)]
        );
    }

    #[test]
    fn a_closed_terminal_counts_once() {
        let closed = [(HangUp, 0), (HangUp, 2_000), (Interrupt, 2_100)];
        assert_eq!(steps(&closed), [Some(Stop), None, Some(EndNow)]);
        assert_eq!(
            steps(&[(Interrupt, 0), (HangUp, 2_000)]),
            [Some(Stop), None]
        );
    }

    #[test]
    fn the_progress_is_reported_each_second_until_the_limit() {
        let mut requests = StopPolicy::default();
        assert_eq!(requests.clock(at(60_000)), None);
        assert_eq!(requests.signal(Interrupt, at(60_000)), Some(Stop));
        assert_eq!(requests.clock(at(60_900)), None);
        assert_eq!(requests.clock(at(61_000)), Some(Report));
        assert_eq!(requests.clock(at(61_100)), None);
        assert_eq!(requests.clock(at(62_000)), Some(Report));
        assert_eq!(requests.clock(at(60_000) + LIMIT), Some(GiveUp));
        assert!(LIMIT < Duration::from_secs(10));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn ignored_signals_are_read_from_the_kernel_status() {
        let status =
            |set: &str| format!("Name:\tpianola\nSigBlk:\t0000000000000001\nSigIgn:\t{set}\n");
        assert!(ignores_hang_up(&status("0000000000001001")));
        assert!(!ignores_hang_up(&status("0000000000001002")));
        assert!(!ignores_hang_up(""));
    }
}
