//! Finds and starts the player's browser, on threads of their own: a folder of the search path may be slow.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use egui::{Context, Id};

use crate::background;
use crate::feed::{BrowserAddress, InstalledBrowser};

/// Seconds between two searches.
const SEARCH_EVERY: f64 = 2.0;

/// What was found and started of browsers.
#[derive(Clone, Default)]
pub struct BrowserLaunch(Arc<Mutex<LaunchState>>);

#[derive(Default)]
struct LaunchState {
    found: Option<InstalledBrowser>,
    failed: Option<String>,
    is_searching: bool,
    /// When the last search began, in seconds.
    searched_at: Option<f64>,
}

impl BrowserLaunch {
    /// Returns the one of the window.
    pub fn of(ctx: &Context) -> Self {
        let id = Id::unique("browsers of this computer");
        ctx.data_mut(|data| data.get_temp_mut_or_default::<Self>(id).clone())
    }

    /// Looks for a browser, and again after a while: it may be installed while the window is open.
    pub fn search(&self, ctx: &Context) {
        let now = ctx.input(|input| input.time);
        let mut state = self.lock();
        let is_due = state.searched_at.is_none_or(|at| now - at >= SEARCH_EVERY);
        if state.is_searching || !is_due {
            return;
        }
        (state.is_searching, state.searched_at) = (true, Some(now));
        drop(state);
        let (launch, ctx) = (self.clone(), ctx.clone());
        self.in_thread("find browser", move || {
            let found = InstalledBrowser::find();
            let mut state = launch.lock();
            (state.is_searching, state.found) = (false, found);
            drop(state);
            ctx.request_repaint();
        });
    }

    /// Returns the browser that was found.
    pub fn found(&self) -> Option<InstalledBrowser> {
        self.lock().found.clone()
    }

    /// Returns why the last start failed.
    pub fn failed(&self) -> Option<String> {
        self.lock().failed.clone()
    }

    /// Starts a browser that can be read at this address.
    pub fn start(&self, ctx: &Context, browser: InstalledBrowser, address: BrowserAddress) {
        self.lock().failed = None;
        let (launch, ctx) = (self.clone(), ctx.clone());
        self.in_thread("browser", move || {
            let failed = browser.run(&address).err().map(|error| error.to_string());
            launch.lock().failed = failed;
            ctx.request_repaint();
        });
    }

    fn lock(&self) -> MutexGuard<'_, LaunchState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn in_thread(&self, name: &str, work: impl FnOnce() + Send + 'static) {
        if let Err(error) = background::spawn(name, work) {
            let mut state = self.lock();
            state.is_searching = false;
            state.failed = Some(format!("The browser cannot be started: {error}"));
        }
    }
}
