//! The status of the browser and its pages, for the screen.

use std::fmt;

use crate::feed::address::Address;
use crate::game::ServerInfo;

/// The current status of the browser. The latest value counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BrowserStatus {
    /// Address of the page whose game is read, without query: `https://rugs.fun/`.
    pub page: Option<String>,
    /// The connection was open before it was read, or a part of it was missed: its login and its first snapshot are
    /// unknown. Reloading the page brings both.
    pub late: bool,
    /// Other pages of the game, which are not read.
    pub others: Vec<String>,
    /// A dialog blocks the page until the player answers it.
    pub dialog: bool,
    /// Unreadable frames of the game's connection.
    pub unreadable: u64,
}

impl BrowserStatus {
    /// Returns the facts of the server behind the page: the game's own site plays in real time. `None` while no page is
    /// read.
    pub fn server(&self) -> Option<ServerInfo> {
        let page = self.page.as_deref()?;
        let is_live = Address::parse(page).is_ok_and(|page| page.is_live());
        Some(if is_live {
            ServerInfo::REAL
        } else {
            ServerInfo::default()
        })
    }

    /// Whether the player should look at the browser.
    pub fn needs_attention(&self) -> bool {
        self.late || self.dialog || !self.others.is_empty()
    }
}

impl fmt::Display for BrowserStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(page) = &self.page else {
            return f.write_str("No page of the game is read");
        };
        write!(f, "Reading {page}")?;
        if self.dialog {
            f.write_str(". A dialog is open there: the page does not run until it is answered")?;
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
            let status = BrowserStatus {
                page,
                ..BrowserStatus::default()
            };
            status.server()
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
