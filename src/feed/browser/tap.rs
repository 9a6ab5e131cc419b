//! What is known of the browser and its pages, for the screen.

use std::fmt;

use crate::feed::Address;
use crate::game::ServerInfo;

/// What is read of the browser right now. The latest value counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tap {
    /// The page whose game is read: its address without query, `https://rugs.fun/`.
    pub page: Option<String>,
    /// The connection was open already when it was first read, or something of it was missed: its login and its first
    /// snapshot are not known. Reloading the page brings both.
    pub late: bool,
    /// Other pages that show the game as well; they are not read.
    pub others: Vec<String>,
    /// A dialog is open in the page: it stands still until the player answers it.
    pub dialog: bool,
    /// Frames of the game's connection that could not be understood.
    pub unreadable: u64,
}

impl Tap {
    /// Returns what is known of the server behind the page: the game's own site plays in real time. `None` while no
    /// page is read.
    pub fn server(&self) -> Option<ServerInfo> {
        let page = self.page.as_deref()?;
        let is_live = Address::parse(page).is_ok_and(|page| page.is_live());
        Some(if is_live {
            ServerInfo::REAL
        } else {
            ServerInfo::default()
        })
    }

    /// Whether there is something that the player should know.
    pub fn is_odd(&self) -> bool {
        self.late || self.dialog || !self.others.is_empty()
    }
}

impl fmt::Display for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(page) = &self.page else {
            return f.write_str("No page of the game is read");
        };
        write!(f, "Reading {page}")?;
        if self.dialog {
            f.write_str(". A dialog is open there: the page stands still until it is answered")?;
        }
        if self.late {
            f.write_str(
                ". It was open already, so its login was not seen: reload the page to see it",
            )?;
        }
        match self.others.as_slice() {
            [] => Ok(()),
            [other] => write!(
                f,
                ". The game is open in another tab too, which is not read: {other}"
            ),
            others => write!(
                f,
                ". The game is open in {} other tabs too, which are not read: {}",
                others.len(),
                others.join(", ")
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_games_own_site_plays_in_real_time_and_a_page_here_at_an_unknown_speed() {
        let of = |page: Option<&str>| {
            let page = page.map(str::to_owned);
            let tap = Tap {
                page,
                ..Tap::default()
            };
            tap.server()
        };
        assert_eq!(of(Some("https://rugs.fun/")), Some(ServerInfo::REAL));
        assert_eq!(
            of(Some("http://127.0.0.1:4000/")),
            Some(ServerInfo::default())
        );
        assert_eq!(of(Some("")), Some(ServerInfo::default()));
        assert_eq!(of(None), None);
    }
}
