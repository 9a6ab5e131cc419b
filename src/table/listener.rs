//! The TCP side of the table on loopback: accepts connections, drops them hard, and refuses pages of other sites.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::extract::connect_info::Connected;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Names the relation between the page that sends a request and the address that it is sent to.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Drops one TCP connection.
#[derive(Debug, Clone)]
pub(super) struct ConnectionHandle {
    cut: Arc<watch::Sender<bool>>,
}

impl ConnectionHandle {
    /// Drops the connection: nothing more is read or written, and queued messages are lost.
    pub fn cut(&self) {
        self.cut.send_replace(true);
    }
}

impl Connected<IncomingStream<'_, CountingListener>> for ConnectionHandle {
    fn connect_info(stream: IncomingStream<'_, CountingListener>) -> Self {
        stream.remote_addr().clone()
    }
}

/// Accepts connections and counts the open ones.
pub(super) struct CountingListener {
    pub listener: TcpListener,
    pub open: Arc<AtomicUsize>,
}

impl Listener for CountingListener {
    type Io = CuttableStream;
    type Addr = ConnectionHandle;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, _from) = Listener::accept(&mut self.listener).await;
        // Without it small frames wait up to 40 ms for the acknowledgement of the one before.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection of the table stays without TCP_NODELAY");
        }
        let (cut, mut is_cut) = watch::channel(false);
        let flag = is_cut.clone();
        self.open.fetch_add(1, Ordering::Relaxed);
        let io = CuttableStream {
            stream,
            flag,
            cut: Box::pin(async move {
                if is_cut.wait_for(|cut| *cut).await.is_err() {
                    // The last handle is gone, so nothing can cut this connection.
                    std::future::pending::<()>().await;
                }
            }),
            open: self.open.clone(),
        };
        (io, ConnectionHandle { cut: Arc::new(cut) })
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// A connection that [`ConnectionHandle::cut`] ends at once.
pub(super) struct CuttableStream {
    stream: TcpStream,
    flag: watch::Receiver<bool>,
    /// Wakes the reader of the connection when it is cut.
    cut: Pin<Box<dyn Future<Output = ()> + Send>>,
    open: Arc<AtomicUsize>,
}

impl Drop for CuttableStream {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl CuttableStream {
    /// Returns the TCP stream, or the error of a connection that was cut.
    fn alive(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        if *self.flag.borrow() {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(Pin::new(&mut self.stream))
    }
}

impl AsyncRead for CuttableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.alive()?;
        // A read is always pending, so this is where a cut wakes the connection.
        if self.cut.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.alive()?.poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.alive()?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.alive()?.poll_shutdown(context)
    }
}

/// Answers 403 to every request that a page of another site sends.
///
/// A web page may open a WebSocket to any address, loopback included, and would read the table. Its `Origin` shows
/// that; `Host` shows a page whose own name resolves to 127.0.0.1. A request without `Origin` (an image, a script, a
/// form) still has `Sec-Fetch-Site`, which a page can neither set nor leave out.
pub(super) async fn refuse_foreign_pages(request: Request, next: Next) -> Response {
    if is_foreign(request.headers()) {
        return (
            StatusCode::FORBIDDEN,
            "the practice table answers this computer only\n",
        )
            .into_response();
    }
    next.run(request).await
}

fn is_foreign(headers: &HeaderMap) -> bool {
    let foreign = |name: HeaderName, host_of: fn(&str) -> Option<&str>| {
        headers.get_all(name).iter().any(|value| {
            let host = value.to_str().ok().and_then(host_of);
            !host.is_some_and(is_loopback_host)
        })
    };
    foreign(header::ORIGIN, |origin| {
        origin.split_once("://").map(|(_, host)| host)
    }) || foreign(header::HOST, |host| Some(host))
        || is_cross_site(headers)
}

/// Whether a page of another origin sends this. Allowed are `none` (the user typed the address: no page reads the
/// answer) and `same-origin` (the table's own address; it serves no page that could send anything). A client that is
/// no browser sends no such header.
fn is_cross_site(headers: &HeaderMap) -> bool {
    let allowed = |value: &HeaderValue| value == "none" || value == "same-origin";
    !headers.get_all(SEC_FETCH_SITE).iter().all(allowed)
}

/// Whether `host`, with or without a port, is this computer.
fn is_loopback_host(host: &str) -> bool {
    if let Ok(address) = host.parse::<SocketAddr>() {
        return address.ip().is_loopback();
    }
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.to_ascii_lowercase();
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || name.ends_with(".localhost")
        || bare
            .parse()
            .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_computer_is_loopback() {
        for host in [
            "localhost",
            "LOCALHOST:80",
            "app.localhost:3000",
            "127.0.0.1",
            "127.1.2.3:9",
            "[::1]",
            "[::1]:80",
        ] {
            assert!(is_loopback_host(host), "{host}");
        }
        for host in [
            "",
            "rugs.fun",
            "127.0.0.1.evil.example",
            "localhost.evil.example:80",
            "evil.example:127",
            "192.168.0.1",
            "[::2]:80",
            "127.0.0.1@evil.example",
        ] {
            assert!(!is_loopback_host(host), "{host}");
        }
    }
}
