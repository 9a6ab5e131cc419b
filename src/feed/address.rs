//! The address of a server, and the rules it must satisfy.
//!
//! Never shows the values of a query, which may be a credential: `Display` and `Debug` print the names only.

use std::fmt;

use url::{Host, Url};

/// The public server, with the query that the site's own page sends.
const LIVE: &str = "https://backend.rugs.fun?frontend-version=1.0";
/// The registered domain of the live game.
const LIVE_DOMAIN: &str = "rugs.fun";

/// A checked address of a Socket.IO server.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    url: Url,
}

/// Why an address is not accepted. No variant repeats a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// The text is not a URL.
    #[error(
        "the address cannot be read ({0}), so there is nowhere to connect to; write it like https://backend.rugs.fun"
    )]
    Unreadable(url::ParseError),
    /// The URL names no host.
    #[error(
        "the address names no host, so there is nowhere to connect to; write it like https://backend.rugs.fun"
    )]
    NoHost,
    /// Neither http(s) nor ws(s).
    #[error(
        "the address starts with \"{0}:\", which a Socket.IO connection cannot use; start it with https:// (or http:// for a server on this computer)"
    )]
    Scheme(String),
    /// User name or password inside the URL.
    #[error(
        "the address contains a user name or password, which would end up in logs and histories; remove the part before the @"
    )]
    Credentials,
    /// Unencrypted connection to another computer.
    #[error(
        "the address is unencrypted and \"{0}\" is not this computer, so anyone on the way could read and change what is traded; use https://"
    )]
    Unencrypted(String),
}

impl Address {
    /// Returns the address of the live game.
    ///
    /// # Panics
    /// Never: the constant is a valid URL (there is a test).
    pub fn live() -> Self {
        Self::parse(LIVE).expect("the constant is a valid address, see the test")
    }

    /// Checks `text` and returns the address; `ws` and `wss` count as `http` and `https`.
    ///
    /// # Errors
    /// Unencrypted addresses outside this computer, credentials, other schemes, a missing host.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let mut url = Url::parse(text.trim()).map_err(|error| match error {
            url::ParseError::EmptyHost => AddressError::NoHost,
            other => AddressError::Unreadable(other),
        })?;
        let plain = match url.scheme() {
            "http" | "ws" => true,
            "https" | "wss" => false,
            other => return Err(AddressError::Scheme(crate::capture::text::clean(other))),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Credentials);
        }
        let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
            return Err(AddressError::NoHost);
        };
        if plain && !is_this_computer(&url) {
            return Err(AddressError::Unencrypted(crate::capture::text::clean(host)));
        }
        let scheme = if plain { "http" } else { "https" };
        if url.set_scheme(scheme).is_err() {
            return Err(AddressError::Scheme(scheme.to_owned()));
        }
        // A fragment is never sent, but the library would put it into the request.
        url.set_fragment(None);
        Ok(Self { url })
    }

    /// Whether the server runs on this computer.
    pub fn is_loopback(&self) -> bool {
        is_this_computer(&self.url)
    }

    /// Whether this is the live game: `rugs.fun` or a name below it.
    pub fn is_live(&self) -> bool {
        matches!(self.url.host(), Some(Host::Domain(name)) if is_below(name, LIVE_DOMAIN))
    }

    /// Returns the whole URL with its query. Not for logs or the screen.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// Returns the host, in lower case.
    pub fn host(&self) -> Option<&str> {
        self.url.host_str()
    }

    /// Returns the URL of a practice table's announcement.
    pub(super) fn announcement_url(&self) -> Option<Url> {
        let mut url = self.url.clone();
        url.set_query(None);
        url.join("/pianola").ok()
    }

    /// Returns the values of the query, which must not be shown: encoded and decoded.
    pub(super) fn query_values(&self) -> Vec<String> {
        let decoded = self.url.query_pairs().map(|(_, value)| value.into_owned());
        let pairs = self.url.query().unwrap_or_default().split('&');
        let encoded = pairs.filter_map(|pair| pair.split_once('='));
        decoded
            .chain(encoded.map(|(_, value)| value.to_owned()))
            .collect()
    }
}

/// Whether a host is `domain` or a name below it. Both in lower case, as [`Url`] writes hosts.
pub(super) fn is_below(host: &str, domain: &str) -> bool {
    // "rugs.fun." is the same host for DNS.
    let host = host.strip_suffix('.').unwrap_or(host);
    let front = host.strip_suffix(domain);
    front.is_some_and(|front| front.is_empty() || front.ends_with('.'))
}

pub(super) fn is_this_computer(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.url.clone();
        shown.set_query(None);
        f.write_str(shown.as_str())?;
        for (at, (name, _)) in self.url.query_pairs().enumerate() {
            let joint = if at == 0 { '?' } else { '&' };
            write!(f, "{joint}{}=…", crate::capture::text::clean(&name))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_live_address_is_valid_live_and_not_loopback() {
        let live = Address::live();
        assert_eq!(
            live.as_str(),
            "https://backend.rugs.fun/?frontend-version=1.0"
        );
        assert!(live.is_live());
        assert!(!live.is_loopback());
    }

    #[test]
    fn plain_addresses_are_for_this_computer_only() {
        for here in [
            "http://127.0.0.1:3000",
            "http://127.9.8.7",
            "http://localhost:1/x",
            "http://LOCALHOST",
            "http://[::1]:9",
            "ws://127.0.0.1",
        ] {
            assert!(Address::parse(here).unwrap().is_loopback(), "{here}");
        }
        for away in [
            "http://rugs.fun",
            "ws://10.0.0.1",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://[::2]",
        ] {
            let error = Address::parse(away).unwrap_err();
            assert!(matches!(error, AddressError::Unencrypted(_)), "{away}");
            let text = error.to_string();
            assert!(
                text.contains("not this computer") && text.contains("use https://"),
                "{text}"
            );
        }
    }

    #[test]
    fn websocket_schemes_become_http_ones() {
        let parse = |text| Address::parse(text).unwrap().as_str().to_owned();
        assert_eq!(parse("ws://localhost:5/?a=1"), "http://localhost:5/?a=1");
        assert_eq!(parse("wss://backend.rugs.fun"), "https://backend.rugs.fun/");
        assert_eq!(parse(" https://x.example/p#part "), "https://x.example/p");
    }

    #[test]
    fn credentials_are_refused_without_being_repeated() {
        for text in [
            "https://user:hunter2@rugs.fun",
            "https://hunter2@rugs.fun",
            "https://:hunter2@rugs.fun",
        ] {
            let error = Address::parse(text).unwrap_err();
            assert_eq!(error, AddressError::Credentials);
            assert!(!format!("{error} {error:?}").contains("hunter2"));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        let parse = |text| Address::parse(text).unwrap_err();
        assert!(matches!(parse("ftp://rugs.fun"), AddressError::Scheme(_)));
        assert!(matches!(parse("javascript:x"), AddressError::Scheme(_)));
        assert!(matches!(parse("rugs.fun"), AddressError::Unreadable(_)));
        assert!(matches!(parse(""), AddressError::Unreadable(_)));
        assert_eq!(parse("https://"), AddressError::NoHost);
    }

    #[test]
    fn only_the_games_own_names_are_live() {
        let live = |text| Address::parse(text).unwrap().is_live();
        assert!(live("https://rugs.fun"));
        assert!(live("https://a.b.RUGS.fun"));
        assert!(live("https://rugs.fun./"));
        assert!(!live("https://notrugs.fun"));
        assert!(!live("https://rugs.fun.example"));
        assert!(!live("https://example/rugs.fun"));
        assert!(!live("http://127.0.0.1"));
    }

    #[test]
    fn the_values_of_the_query_are_not_shown() {
        let address = Address::parse("https://x.example/p?token=hunter2&v=1").unwrap();
        assert_eq!(address.to_string(), "https://x.example/p?token=…&v=…");
        assert!(!format!("{address:?}").contains("hunter2"));
        assert!(address.as_str().contains("hunter2"));
        let coded = Address::parse("https://x.example/?t=a%20b").unwrap();
        assert_eq!(coded.query_values(), ["a b", "a%20b"]);
    }
}
