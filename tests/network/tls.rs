//! TLS is verified: the real program connects to no server that cannot prove its name.
//!
//! The certificates are made here, with the library that the program uses on Linux.
#![cfg(target_os = "linux")]

use std::io::Read as _;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslAcceptor, SslMethod};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509NameBuilder};

use crate::support::process::{pianola, until};

/// A certificate with its key.
struct Certificate {
    x509: X509,
    key: PKey<Private>,
}

/// Makes a certificate for a host, signed by `by` or by itself, valid from so many days on until so many days on.
fn certificate(host: Option<&str>, by: Option<&Certificate>, from: i64, to: i64) -> Certificate {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    let common = host.unwrap_or("the authority of a test");
    name.append_entry_by_text("CN", common).unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let mut serial = BigNum::new().unwrap();
    serial
        .rand(64, openssl::bn::MsbOption::MAYBE_ZERO, false)
        .unwrap();
    builder
        .set_serial_number(&serial.to_asn1_integer().unwrap())
        .unwrap();
    builder.set_subject_name(&name).unwrap();
    builder
        .set_issuer_name(by.map_or(&*name, |by| by.x509.subject_name()))
        .unwrap();
    builder.set_pubkey(&key).unwrap();
    let now = chrono::Utc::now().timestamp();
    let at = |days: i64| Asn1Time::from_unix(now + days * 86_400).unwrap();
    builder.set_not_before(&at(from)).unwrap();
    builder.set_not_after(&at(to)).unwrap();
    if let Some(host) = host {
        let mut names = SubjectAlternativeName::new();
        if host.parse::<std::net::IpAddr>().is_ok() {
            names.ip(host);
        } else {
            names.dns(host);
        }
        let context = builder.x509v3_context(by.map(|by| &*by.x509), None);
        let names = names.build(&context).unwrap();
        builder.append_extension(names).unwrap();
    } else {
        let authority = BasicConstraints::new().critical().ca().build().unwrap();
        builder.append_extension(authority).unwrap();
    }
    builder
        .sign(by.map_or(&key, |by| &by.key), MessageDigest::sha256())
        .unwrap();
    Certificate {
        x509: builder.build(),
        key,
    }
}

/// A server that shows a certificate and counts who talks to it behind that.
struct Server {
    port: u16,
    /// Connections whose handshake began.
    came: Arc<AtomicUsize>,
    /// What was sent to it inside.
    heard: Arc<Mutex<String>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn start(shown: &Certificate) -> Self {
        let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
        acceptor.set_certificate(&shown.x509).unwrap();
        acceptor.set_private_key(&shown.key).unwrap();
        let acceptor = acceptor.build();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (came, heard) = (
            Arc::<AtomicUsize>::default(),
            Arc::<Mutex<String>>::default(),
        );
        let stop = Arc::<AtomicBool>::default();
        let (came_in, heard_in, stopped) = (came.clone(), heard.clone(), stop.clone());
        let serve = move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                came_in.fetch_add(1, Ordering::SeqCst);
                let stream = stream.unwrap();
                stream
                    .set_read_timeout(Some(Duration::from_secs(10)))
                    .unwrap();
                let mut bytes = [0; 4_096];
                if let Ok(mut inside) = acceptor.accept(stream) {
                    let read = inside.read(&mut bytes).unwrap_or(0);
                    let text = String::from_utf8_lossy(&bytes[..read]);
                    heard_in.lock().unwrap().push_str(&text);
                }
            }
        };
        let thread = std::thread::Builder::new().name("tls-server".to_owned());
        Self {
            port,
            came,
            heard,
            stop,
            thread: Some(thread.spawn(serve).unwrap()),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        if let Some(thread) = self.thread.take() {
            thread.join().ok(); // The test reports a failure.
        }
    }
}

/// Lets the program connect, with this authority trusted; returns what it said and what the server heard.
fn connect(
    host: &str,
    shown: &Certificate,
    trusted: &Certificate,
    folder: &Path,
) -> (String, String) {
    let server = Server::start(shown);
    let authority = folder.join("authority.pem");
    let mut file = std::fs::File::create(&authority).unwrap();
    std::io::Write::write_all(&mut file, &trusted.x509.to_pem().unwrap()).unwrap();
    let log = folder.join("log");
    let url = format!("https://{host}:{}/?token=pl4nted-s3cret", server.port);
    let mut program = pianola()
        .env("PIANOLA_LOG", "info")
        .env("SSL_CERT_FILE", &authority)
        .env("SSL_CERT_DIR", folder.join("none"))
        .args(["record", "--url", &url, "--out"])
        .arg(folder.join("out"))
        .stderr(std::fs::File::create(&log).unwrap())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    until("an attempt", || {
        let log_text = std::fs::read_to_string(&log).unwrap();
        (server.came.load(Ordering::SeqCst) > 0 && log_text.contains("no connection")).then_some(())
    });
    program.kill().unwrap();
    program.wait().unwrap();
    let heard = server.heard.lock().unwrap().clone();
    (std::fs::read_to_string(&log).unwrap(), heard)
}

#[test]
fn only_a_certificate_of_a_trusted_authority_for_this_host_and_this_day_is_believed() {
    let authority = certificate(None, None, -1, 1);
    let other = certificate(None, None, -1, 1);
    let good = certificate(Some("localhost"), Some(&authority), -1, 1);
    let by_number = certificate(Some("127.0.0.1"), Some(&authority), -1, 1);
    // The test tests something: a server with a valid certificate is trusted.
    for (host, shown) in [("localhost", &good), ("127.0.0.1", &by_number)] {
        let folder = tempfile::tempdir().unwrap();
        let (said, heard) = connect(host, shown, &authority, folder.path());
        assert!(
            heard.contains("GET ") && heard.contains("token=pl4nted-s3cret"),
            "{host}: {said}"
        );
    }
    let self_signed = certificate(Some("localhost"), None, -1, 1);
    let wrong_host = certificate(Some("rugs.fun"), Some(&authority), -1, 1);
    let expired = certificate(Some("localhost"), Some(&authority), -3, -2);
    let future = certificate(Some("localhost"), Some(&authority), 2, 3);
    for (what, shown, trusted) in [
        ("signed by itself", &self_signed, &authority),
        ("of an untrusted authority", &good, &other),
        ("for another host", &wrong_host, &authority),
        ("expired", &expired, &authority),
        ("not valid yet", &future, &authority),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (said, heard) = connect("localhost", shown, trusted, folder.path());
        assert_eq!(heard, "", "{what}: something was sent");
        assert!(said.contains("TLS error"), "{what}: {said}");
        assert!(!said.contains("pl4nted-s3cret"), "{what}: {said}");
    }
}
