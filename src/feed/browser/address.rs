//! The debugging address of the player's browser, always on this computer.
//!
//! A program that reaches that port controls the browser, so the port must not be on a network.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

/// The address of a browser on this computer, `127.0.0.1:9222`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BrowserAddress(SocketAddr);

/// Why an address is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BrowserAddressError {
    /// Neither a port nor an address with a port.
    #[error("\"{0}\" is no address of a browser; write it like 127.0.0.1:9222, or the port alone")]
    Unreadable(String),
    /// On another computer.
    #[error(
        "\"{0}\" is not this computer, and a program that reaches that port owns the browser behind it; only a browser on this computer is read, like 127.0.0.1:9222"
    )]
    Elsewhere(String),
    /// Port 0 or none.
    #[error(
        "\"{0}\" names no port; write the one after --remote-debugging-port=, like 127.0.0.1:9222"
    )]
    NoPort(String),
}

impl BrowserAddress {
    /// Returns the socket address; always on this computer.
    pub fn socket(self) -> SocketAddr {
        self.0
    }
}

impl FromStr for BrowserAddress {
    type Err = BrowserAddressError;

    /// Reads `127.0.0.1:9222`, `localhost:9222`, `[::1]:9222` or `9222`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let shown = || crate::capture::text::clean(text);
        // The standard library accepts a leading plus sign.
        let port_of = |text: &str| text.parse::<u16>().ok().filter(|_| !text.starts_with('+'));
        let address = if let Some(port) = port_of(text) {
            SocketAddr::from((Ipv4Addr::LOCALHOST, port))
        } else if let Ok(address) = text.parse::<SocketAddr>() {
            address
        } else if text.parse::<IpAddr>().is_ok() || text.eq_ignore_ascii_case("localhost") {
            return Err(BrowserAddressError::NoPort(shown()));
        } else {
            let (host, port) = text
                .rsplit_once(':')
                .ok_or_else(|| BrowserAddressError::Unreadable(shown()))?;
            let port = port_of(port).ok_or_else(|| BrowserAddressError::Unreadable(shown()))?;
            if host.contains(['/', '@', ':', ' ']) || host.is_empty() {
                return Err(BrowserAddressError::Unreadable(shown()));
            }
            if !host.eq_ignore_ascii_case("localhost") {
                return Err(BrowserAddressError::Elsewhere(shown()));
            }
            // As a number: the browser accepts no other name, and no lookup is needed.
            SocketAddr::from((Ipv4Addr::LOCALHOST, port))
        };
        if !address.ip().is_loopback() {
            return Err(BrowserAddressError::Elsewhere(shown()));
        }
        if address.port() == 0 {
            return Err(BrowserAddressError::NoPort(shown()));
        }
        Ok(Self(address))
    }
}

impl fmt::Display for BrowserAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, BrowserAddressError> {
        text.parse::<BrowserAddress>()
            .map(|address| address.to_string())
    }

    #[test]
    fn a_browser_on_this_computer_has_four_spellings() {
        assert_eq!(read("127.0.0.1:9222").unwrap(), "127.0.0.1:9222");
        assert_eq!(read("localhost:9222").unwrap(), "127.0.0.1:9222");
        assert_eq!(read(" LOCALHOST:1 ").unwrap(), "127.0.0.1:1");
        assert_eq!(read("[::1]:9222").unwrap(), "[::1]:9222");
        assert_eq!(read("9222").unwrap(), "127.0.0.1:9222");
    }

    #[test]
    fn no_other_computer_is_read() {
        for text in [
            "192.168.0.1:9222",
            "0.0.0.0:9222",
            "[::]:9222",
            "rugs.fun:9222",
            "localhost.evil.example:9222",
            "127.0.0.1.evil.example:9222",
            "[::2]:1",
            "[::ffff:10.0.0.1]:9222",
        ] {
            let error = read(text).unwrap_err();
            assert!(matches!(error, BrowserAddressError::Elsewhere(_)), "{text}");
            assert!(error.to_string().contains("not this computer"), "{error}");
        }
    }

    #[test]
    fn other_texts_are_refused_with_an_example() {
        for text in [
            "",
            "x",
            "http://127.0.0.1:9222",
            "127.0.0.1:99999",
            ":9222",
            "a@b:1",
            "-1",
            "+9222",
            "localhost:+9222",
            "9_222",
            "127.0.0.1",
            "localhost",
            "0",
            "127.0.0.1:0",
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains("127.0.0.1:9222"), "{text}: {error}");
        }
    }
}
