//! Decides which addresses belong to the game. Pure.

use url::Url;

use crate::feed::address::{is_below, is_this_computer};

/// The hosts of the game; a name includes all names below it.
#[derive(Debug, Clone)]
pub(super) struct GameHosts(Vec<String>);

impl GameHosts {
    pub(super) fn new(hosts: Vec<String>) -> Self {
        Self(hosts)
    }

    /// Whether an address of a page, a worker or a connection belongs to the game. Unencrypted addresses must be on this
    /// computer: elsewhere, anyone could change what they carry.
    pub(super) fn is_game(&self, address: &str) -> bool {
        // The address of a worker made from a text of the page contains the page's address.
        let address = address.strip_prefix("blob:").unwrap_or(address);
        let Ok(url) = Url::parse(address) else {
            return false;
        };
        let private = match url.scheme() {
            "https" | "wss" => true,
            "http" | "ws" => is_this_computer(&url),
            _ => false,
        };
        let host = url.host_str().filter(|_| private);
        host.is_some_and(|host| self.0.iter().any(|game| is_below(host, game)))
    }
}

/// Returns an address for the screen: without query and other possible secrets.
pub(super) fn shown(address: &str) -> String {
    let text = match Url::parse(address) {
        Ok(mut url) => {
            url.set_query(None);
            url.set_fragment(None);
            // Both fail only without a host, and then there is no user either.
            url.set_username("").ok();
            url.set_password(None).ok();
            url.to_string()
        }
        Err(_) => String::new(),
    };
    crate::capture::text::clean(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_games_own_hosts_belong_to_it() {
        let hosts = GameHosts::new(super::super::HOSTS.map(str::to_owned).to_vec());
        for game in [
            "https://rugs.fun/",
            "https://rugs.fun./x?y",
            "wss://backend.rugs.fun/socket.io/?EIO=4",
            "https://RUGS.FUN",
            "wss://BackEnd.Rugs.Fun.:8443/socket.io/",
            "https://evil.com@rugs.fun/",
            "blob:https://rugs.fun/1b9d",
            "http://127.0.0.1:5000/",
            "ws://localhost:1/socket.io/",
            "http://[::1]:8/",
        ] {
            assert!(hosts.is_game(game), "{game}");
        }
        for other in [
            "",
            "about:blank",
            "chrome://newtab/",
            "https://notrugs.fun/",
            "https://rugs.fun.evil.example/",
            "https://evil.example/rugs.fun",
            "https://evil.example/?https://rugs.fun",
            "https://rugs.fun@evil.example/",
            "blob:https://evil.example/1",
            "data:text/html,rugs.fun",
            "http://10.0.0.1/",
            "https://evilrugs.fun/",
            "https://rugs.fun.evil.com/",
            "wss://backend.rugs.fun.evil.com/socket.io/?EIO=4",
            "wss://rugs.fun:443@evil.com/socket.io/",
            "wss://rugs.fun%2eevil.com/",
            "wss://evil.com\\@rugs.fun/",
            "wss://evil.com#@rugs.fun/",
            "https://rugs-fun/",
            "https://xn--rugs-fun.evil.com/",
            "https://rug\u{455}.fun/",
            "https://rugs.fun../",
            "http://rugs.fun/",
            "ws://backend.rugs.fun/socket.io/",
            "foo://rugs.fun/",
            "blob:blob:https://rugs.fun/",
            "wss://127.0.0.1.evil.com/",
            "wss://2130706434/",
        ] {
            assert!(!hosts.is_game(other), "{other}");
        }
    }

    #[test]
    fn a_shown_address_holds_no_secret() {
        let shown = shown("https://me:hunter2@rugs.fun/a?token=hunter2#hunter2");
        assert_eq!(shown, "https://rugs.fun/a");
    }
}
